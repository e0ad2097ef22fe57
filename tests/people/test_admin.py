from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from people.models import Member
from tests.factories import MemberFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def administrator(client: Client) -> Client:
    client.force_login(MemberFactory(is_staff=True, is_superuser=True))
    return client


def test_makes_an_account(administrator: Client) -> None:
    data = {"username": "ben", "password1": "a-good-secret", "password2": "a-good-secret", "usable_password": "true"}
    administrator.post(reverse("admin:people_member_add"), data)
    assert Member.objects.get(username="ben").check_password("a-good-secret")


def test_accounts_are_not_deleted(administrator: Client) -> None:
    member = MemberFactory()
    assert (
        administrator.post(reverse("admin:people_member_delete", args=[member.pk]), {"post": "yes"}).status_code == 403
    )
    data = {"action": "delete_selected", "_selected_action": [member.pk], "post": "yes"}
    administrator.post(reverse("admin:people_member_changelist"), data)
    assert Member.objects.filter(pk=member.pk).exists()


def test_its_own_sign_in_leads_to_ours(client: Client) -> None:
    MemberFactory()
    response = client.get(reverse("admin:login"), {"next": reverse("admin:index")})
    assert response["Location"] == f"{reverse('login')}?next={reverse('admin:index')}"


def test_its_sign_in_leads_nowhere_else(administrator: Client) -> None:
    response = administrator.get(reverse("admin:login"), {"next": "https://example.org/"})
    assert response["Location"] == reverse("admin:index")


def test_a_member_finds_nothing(client: Client) -> None:
    client.force_login(MemberFactory())
    assert client.get(reverse("admin:login")).status_code == 404

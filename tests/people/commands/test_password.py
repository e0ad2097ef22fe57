"""Members from the shell: who there is, and a new password for one of them."""

from __future__ import annotations

import io
import sys

import pytest
from django.test import Client
from django.urls import reverse

from people.accounts.services import member_sessions_end
from people.models import Member, WrongSignIn
from tests.factories import MemberFactory
from tests.media_index.commands.running import both, document, failure, run

pytestmark = pytest.mark.django_db


@pytest.fixture
def anna() -> Member:
    return MemberFactory(username="anna")


def signed_in(member: Member) -> Client:
    client = Client()
    client.force_login(member)
    assert works(client)
    return client


def works(client: Client) -> bool:
    return client.get(reverse("library")).status_code == 200


def typed(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(text))


def test_all_browsers_are_signed_out(anna: Member, monkeypatch: pytest.MonkeyPatch) -> None:
    hers, also_hers, bens = signed_in(anna), signed_in(anna), signed_in(MemberFactory(username="ben"))
    typed(monkeypatch, "correct horse battery\n")
    output, told = both("password", "anna")
    assert (output, told) == ("", "anna has a new password, and was signed out of 2 browsers\n")
    assert not works(hers) and not works(also_hers) and works(bens)
    assert Client().login(username="anna", password="correct horse battery")


def test_one_is_made_up(anna: Member) -> None:
    password = run("password", "anna", "--generate").strip()
    assert len(password) >= 16
    assert Client().login(username="anna", password=password)
    assert run("password", "anna", "--generate").strip() != password


def test_a_locked_out_administrator(anna: Member) -> None:
    """Switched off, without rights, and after too many wrong passwords."""
    Member.objects.filter(pk=anna.pk).update(is_active=False, is_staff=False, is_superuser=False)
    WrongSignIn.objects.create(account="x", address="10.0.0.1", at=anna.date_joined)
    run("password", "anna", "--generate", "--administrator")
    anna.refresh_from_db()
    assert anna.is_active and anna.is_staff and anna.is_superuser
    assert not WrongSignIn.objects.exists()


def test_rights_stay_as_they_are(anna: Member) -> None:
    run("password", "anna", "--generate")
    anna.refresh_from_db()
    assert not anna.is_staff and not anna.is_superuser


@pytest.mark.parametrize("password", ["", "short", "password123", "anna"])
def test_too_easy_ones(anna: Member, password: str, monkeypatch: pytest.MonkeyPatch) -> None:
    before = anna.password
    typed(monkeypatch, f"{password}\n")
    assert "password is too" in failure("password", "anna")
    anna.refresh_from_db()
    assert anna.password == before


def test_nobody_of_that_name(anna: Member) -> None:
    assert failure("password", "bob") == "there is no member 'bob' (there are: anna)"


def test_broken_sessions_do_not_matter(anna: Member) -> None:
    from django.contrib.sessions.models import Session
    from django.utils import timezone

    signed_in(anna)
    Session.objects.create(session_key="x" * 32, session_data="broken", expire_date=timezone.now().replace(year=2100))
    assert member_sessions_end(anna) == 1


def test_the_list(anna: Member) -> None:
    MemberFactory(username="ben", is_staff=True, is_active=False)
    signed_in(anna)
    assert run("members").splitlines()[1] == "ben                  administrator  never signed in, switched off"
    assert [(row["name"], row["administrator"], row["active"]) for row in document("members")] == [
        ("anna", False, True),
        ("ben", True, False),
    ]
    assert document("members")[0]["last_sign_in"]


def test_an_empty_list() -> None:
    assert run("members") == "no account yet: `serve` shows the code for the first one\n"

from __future__ import annotations

from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from people.accounts import setup_code as setup_code_module
from people.accounts.setup_code import setup_code
from people.models import Member
from tests.factories import MemberFactory, SourceFactory

pytestmark = pytest.mark.django_db

PASSWORD = "a-rather-good-secret"
HTMX = {"HX-Request": "true"}


@pytest.fixture
def code(tmp_path: Path, settings: object, monkeypatch: pytest.MonkeyPatch) -> str:
    settings.DATA = tmp_path
    monkeypatch.setattr(setup_code_module, "WRONG_SECONDS", 0)
    return setup_code(tmp_path)


def account(code: str, **more: str) -> dict[str, str]:
    return {"code": code, "username": "anna", "password1": PASSWORD, "password2": PASSWORD, **more}


class TestSetup:
    def test_asks_for_the_code_and_an_account(self, code: str, client: Client) -> None:
        text = client.get(reverse("setup")).content.decode()
        for field in ("code", "username", "password1", "password2"):
            assert f'name="{field}"' in text
        assert code not in text

    def test_makes_the_first_account_and_signs_in(self, code: str, client: Client, tmp_path: Path) -> None:
        response = client.post(reverse("setup"), account(code.lower().replace("-", " ")))
        assert response["Location"] == reverse("source-add")
        member = Member.objects.get()
        assert (member.username, member.is_superuser, member.is_staff) == ("anna", True, True)
        assert client.session["_auth_user_id"] == str(member.pk)
        assert not (tmp_path / "setup_code").exists()

    def test_leads_to_the_library_when_there_is_a_source(self, code: str, client: Client) -> None:
        SourceFactory()
        assert client.post(reverse("setup"), account(code))["Location"] == reverse("library")

    @pytest.mark.parametrize(
        ("values", "problem"),
        [
            ({"code": "AAAA-AAAA"}, "not the code that the console shows"),
            ({"code": ""}, "This field is required"),
            ({"code": "x\0"}, "Null characters"),
            ({"username": "a b"}, "valid username"),
            ({"password2": "something-else"}, "didn’t match"),
            ({"password1": "short", "password2": "short"}, "too short"),
            ({"password1": "password123", "password2": "password123"}, "too common"),
        ],
    )
    def test_what_is_wrong_is_told(self, code: str, client: Client, values: dict[str, str], problem: str) -> None:
        response = client.post(reverse("setup"), account(code) | values)
        assert response.status_code == 200
        assert problem in response.content.decode()
        assert not Member.objects.exists()

    def test_is_gone_once_there_is_a_member(self, code: str, client: Client) -> None:
        MemberFactory()
        assert client.get(reverse("setup")).status_code == 404
        assert client.post(reverse("setup"), account(code)).status_code == 404
        assert Member.objects.count() == 1

    def test_needs_the_token_of_its_form(self, code: str) -> None:
        response = Client(enforce_csrf_checks=True).post(reverse("setup"), account(code))
        assert response.status_code == 403
        assert "This form was too old" in response.content.decode()

    def test_wrong_method(self, code: str, client: Client) -> None:
        assert client.put(reverse("setup")).status_code == 405


class TestSignIn:
    def test_leads_to_where_one_wanted_to_go(self, client: Client) -> None:
        member = MemberFactory()
        wanted = client.get(reverse("other-files"))["Location"]
        response = client.post(
            reverse("login"), {"username": member.username, "password": "secret-1234", "next": wanted.split("next=")[1]}
        )
        assert response["Location"] == reverse("other-files")

    def test_leads_nowhere_else(self, client: Client) -> None:
        member = MemberFactory()
        data = {"username": member.username, "password": "secret-1234", "next": "https://example.org/"}
        assert client.post(reverse("login"), data)["Location"] == reverse("library")

    def test_a_wrong_password(self, client: Client) -> None:
        member = MemberFactory()
        response = client.post(reverse("login"), {"username": member.username, "password": "wrong"})
        assert "correct username and password" in response.content.decode()
        assert 'role="alert"' in response.content.decode()

    def test_an_account_that_is_switched_off(self, client: Client) -> None:
        member = MemberFactory(is_active=False)
        client.post(reverse("login"), {"username": member.username, "password": "secret-1234"})
        assert "_auth_user_id" not in client.session

    def test_a_piece_of_a_page_has_the_page_loaded_anew(self, client: Client) -> None:
        MemberFactory()
        response = client.get(reverse("status"), headers=HTMX, follow=True)
        assert response["HX-Refresh"] == "true"

    def test_who_is_signed_in_goes_on(self, client: Client) -> None:
        client.force_login(MemberFactory())
        assert client.get(reverse("login"))["Location"] == reverse("library")

    def test_wrong_method(self, client: Client) -> None:
        MemberFactory()
        assert client.put(reverse("login")).status_code == 405


class TestSignOut:
    def test_signs_out(self, client: Client) -> None:
        client.force_login(MemberFactory())
        assert client.post(reverse("logout"))["Location"] == reverse("login")
        assert "_auth_user_id" not in client.session

    def test_wrong_method(self, client: Client) -> None:
        client.force_login(MemberFactory())
        assert client.get(reverse("logout")).status_code == 405
        assert "_auth_user_id" in client.session


class TestPassword:
    def change(self, client: Client, old: str, new: str = PASSWORD, again: str = PASSWORD) -> str:
        data = {"old_password": old, "new_password1": new, "new_password2": again}
        return client.post(reverse("password"), data, follow=True).content.decode()

    def test_changes_and_stays_signed_in(self, client: Client) -> None:
        member = MemberFactory()
        client.force_login(member)
        assert "Your password is changed" in self.change(client, "secret-1234")
        member.refresh_from_db()
        assert member.check_password(PASSWORD)
        assert client.get(reverse("library")).status_code == 200

    @pytest.mark.parametrize(
        ("old", "new", "again", "problem"),
        [
            ("wrong", PASSWORD, PASSWORD, "old password was entered incorrectly"),
            ("secret-1234", PASSWORD, "else", "didn’t match"),
            ("secret-1234", "12", "12", "too short"),
        ],
    )
    def test_what_is_wrong_is_told(self, client: Client, old: str, new: str, again: str, problem: str) -> None:
        member = MemberFactory()
        client.force_login(member)
        assert problem in self.change(client, old, new, again)
        member.refresh_from_db()
        assert member.check_password("secret-1234")

    def test_wrong_method(self, client: Client) -> None:
        client.force_login(MemberFactory())
        assert client.put(reverse("password")).status_code == 405


class TestErrorPages:
    def test_a_page_that_is_not_there(self, client: Client) -> None:
        client.force_login(MemberFactory())
        response = client.get("/no/such/page/")
        assert response.status_code == 404
        assert "There is nothing here" in response.content.decode()

    def test_an_error_of_ours_needs_nothing_to_be_told(self, monkeypatch: pytest.MonkeyPatch) -> None:
        client = Client(raise_request_exception=False)
        client.force_login(MemberFactory())
        monkeypatch.setattr("media_index.views.library.by_day", lambda *_args: 1 / 0)
        response = client.get("/")
        assert response.status_code == 500
        assert "Something went wrong" in response.content.decode()

"""Access tokens: what one opens, and all that it does not."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from people.accounts import throttle
from people.accounts.access_tokens import MOST_TOKENS, access_token_create
from people.accounts.services import member_password_set
from people.models import AccessToken, Member, WrongSignIn
from tests.factories import MediaFactory, MemberFactory, PrivateSourceFactory, SourceFactory

pytestmark = pytest.mark.django_db
JSON = {"accept": "application/json"}
SEARCH = "/search/?q=type:photo"


@pytest.fixture
def member() -> Member:
    return MemberFactory()


@pytest.fixture
def secret(member: Member) -> str:
    return access_token_create(member=member, name="frame", days=30).secret


def bearer(secret: str) -> dict[str, str]:
    return {**JSON, "authorization": f"Bearer {secret}"}


class TestWhatItOpens:
    def test_search_in_the_members_name_and_no_more(self, client: Client, member: Member, secret: str) -> None:
        shared = MediaFactory(sources=[SourceFactory()])
        own = MediaFactory(sources=[PrivateSourceFactory(owner=member)])
        MediaFactory(sources=[PrivateSourceFactory()])
        response = client.get(SEARCH, headers=bearer(secret))
        assert response.status_code == 200
        assert {one["id"] for one in response.json()["results"]} == {shared.pk, own.pk}
        assert response["Cache-Control"] == "private, no-store"
        assert {"Accept", "Authorization", "Cookie"} <= set(response["Vary"].split(", "))
        assert "Set-Cookie" not in response.headers and not client.cookies

    def test_the_scheme_in_any_case(self, client: Client, secret: str) -> None:
        headers = {**JSON, "authorization": f"bearer  {secret}"}
        assert client.get(SEARCH, headers=headers).status_code == 200

    def test_it_outranks_a_session(self, client: Client, member: Member, secret: str) -> None:
        own = MediaFactory(sources=[PrivateSourceFactory(owner=member)])
        client.force_login(MemberFactory())
        assert [one["id"] for one in client.get(SEARCH, headers=bearer(secret)).json()["results"]] == [own.pk]

    def test_use_is_noted_once_a_minute(self, client: Client, secret: str) -> None:
        client.get(SEARCH, headers=bearer(secret))
        row = AccessToken.objects.get()
        assert row.used_at is not None
        client.get(SEARCH, headers=bearer(secret))
        assert AccessToken.objects.get().used_at == row.used_at
        AccessToken.objects.update(used_at=row.used_at - timedelta(minutes=2))
        client.get(SEARCH, headers=bearer(secret))
        assert AccessToken.objects.get().used_at > row.used_at - timedelta(minutes=2)

    @pytest.mark.parametrize("address", ["/", "/search/", "/status/", "/access-tokens/", "/admin/"])
    def test_no_page(self, client: Client, secret: str, address: str) -> None:
        response = client.get(address, headers={"authorization": f"Bearer {secret}", "accept": "text/html"})
        assert response.status_code == 403
        assert "only searches" in response.json()["error"]

    def test_no_other_address_in_json(self, client: Client, secret: str) -> None:
        assert client.get("/status/", headers=bearer(secret)).status_code == 403

    def test_nothing_that_changes_anything(self, member: Member, secret: str) -> None:
        client = Client(enforce_csrf_checks=True)
        for address in (SEARCH, reverse("password"), reverse("access-tokens"), reverse("logout")):
            assert client.post(address, {"name": "x", "days": 0}, headers=bearer(secret)).status_code == 403, address
        assert AccessToken.objects.count() == 1


class TestWhatIsRefused:
    def wrong(self, client: Client, secret: str) -> None:
        response = client.get(SEARCH, headers=bearer(secret))
        assert response.status_code == 401
        assert response["WWW-Authenticate"] == 'Bearer realm="scanpix"'
        assert response.json() == {"error": "this access token is wrong, expired or revoked"}

    def test_what_is_no_token(self, client: Client, secret: str) -> None:
        for text in ("", "x", "scanpix_", secret[:-1], secret + "x", secret.upper(), secret.replace("_", " "), "é"):
            WrongSignIn.objects.all().delete()
            self.wrong(client, text)

    def test_another_secret_for_the_same_row(self, client: Client, secret: str) -> None:
        self.wrong(client, secret[:-1] + ("A" if secret[-1] != "A" else "B"))

    def test_expired(self, client: Client, secret: str) -> None:
        AccessToken.objects.update(expires_at=timezone.now())
        self.wrong(client, secret)

    def test_revoked(self, client: Client, secret: str) -> None:
        AccessToken.objects.all().delete()
        self.wrong(client, secret)

    def test_of_an_account_that_was_switched_off(self, client: Client, member: Member, secret: str) -> None:
        member.is_active = False
        member.save(update_fields=["is_active"])
        self.wrong(client, secret)

    def test_after_a_new_password_from_the_console(self, client: Client, member: Member, secret: str) -> None:
        member_password_set(member, "another-long-one-9")
        self.wrong(client, secret)

    def test_nobody_is_asked_to_sign_in_in_json(self, client: Client, member: Member) -> None:
        response = client.get(SEARCH, headers=JSON)
        assert (response.status_code, response.json()) == (401, {"error": "sign in, or send an access token"})
        assert client.get(SEARCH).status_code == 302

    def test_guessing_is_slowed_down_and_others_are_let_in(self, client: Client, secret: str) -> None:
        wrong = "scanpix_000000000000_" + "A" * 43
        for _ in range(throttle.PER_ACCOUNT_AND_ADDRESS):
            self.wrong(client, wrong)
        response = client.get(SEARCH, headers=bearer(wrong))
        assert response.status_code == 429
        assert 0 < int(response["Retry-After"]) <= throttle.WINDOW.total_seconds()
        assert WrongSignIn.objects.count() == throttle.PER_ACCOUNT_AND_ADDRESS
        assert client.get(SEARCH, headers=bearer(secret)).status_code == 200

    def test_an_address_that_guesses_much_is_not_listened_to(self, client: Client, secret: str) -> None:
        for number in range(throttle.PER_ADDRESS):
            client.get(SEARCH, headers=bearer(f"scanpix_{number:012x}_" + "A" * 43))
        assert client.get(SEARCH, headers=bearer(secret)).status_code == 429


class TestItsPage:
    @pytest.fixture
    def signed_in(self, client: Client, member: Member) -> Client:
        client.force_login(member)
        return client

    def test_shows_a_new_one_once(self, signed_in: Client) -> None:
        response = signed_in.post("/access-tokens/", {"name": "Frame", "days": "90"})
        made = response.context["made"]
        assert made.secret in response.content.decode()
        assert "no-store" in response["Cache-Control"]
        row = AccessToken.objects.get()
        assert (row.name, row.expires_at - row.created_at > timedelta(days=89)) == ("Frame", True)
        again = signed_in.get("/access-tokens/").content.decode()
        assert made.secret not in again and "Frame" in again and row.public_id in again
        assert made.secret.rpartition("_")[2] not in row.digest
        assert signed_in.get(SEARCH, headers=bearer(made.secret)).status_code == 200

    def test_for_ever(self, signed_in: Client) -> None:
        signed_in.post("/access-tokens/", {"name": "Frame", "days": "0"})
        assert AccessToken.objects.get().expires_at is None

    @pytest.mark.parametrize("form", [{}, {"name": "", "days": "30"}, {"name": "x", "days": "31"}, {"name": "x" * 61}])
    def test_bad_input_makes_none(self, signed_in: Client, form: dict[str, str]) -> None:
        response = signed_in.post("/access-tokens/", form)
        assert response.status_code == 200 and "error" in response.content.decode()
        assert not AccessToken.objects.exists()

    def test_no_more_than_may_be(self, signed_in: Client, member: Member) -> None:
        for _ in range(MOST_TOKENS):
            access_token_create(member=member, name="x", days=None)
        assert "as many tokens" in signed_in.post("/access-tokens/", {"name": "x", "days": "30"}).content.decode()
        assert AccessToken.objects.count() == MOST_TOKENS

    def test_revoking(self, signed_in: Client, secret: str) -> None:
        address = reverse("access-token-revoke", args=[AccessToken.objects.get().public_id])
        assert signed_in.get(address).status_code == 405
        assert signed_in.post(address).status_code == 302
        assert not AccessToken.objects.exists()
        assert signed_in.post(address).status_code == 404

    def test_a_strangers_is_not_there(self, client: Client, secret: str) -> None:
        client.force_login(MemberFactory(is_staff=True, is_superuser=True))
        row = AccessToken.objects.get()
        assert row.public_id not in client.get("/access-tokens/").content.decode()
        assert client.post(reverse("access-token-revoke", args=[row.public_id])).status_code == 404
        assert AccessToken.objects.exists()

    def test_wants_a_sign_in_and_the_forms_own_key(self, client: Client, member: Member) -> None:
        assert client.get("/access-tokens/").status_code == 302
        strict = Client(enforce_csrf_checks=True)
        strict.force_login(member)
        assert strict.post("/access-tokens/", {"name": "x", "days": "30"}).status_code == 403

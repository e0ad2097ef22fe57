"""What holds for all addresses of the portal, whoever adds one."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
from django.core.cache import cache
from django.db import connection
from django.http import HttpResponseBase
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django_q.models import OrmQ

from media_index import thumbnail_store
from media_index.models import Extraction, Scan, Source
from people.models import Member
from tests.factories import LocationFactory, MediaFactory
from tests.media_index.views.addresses import ADMINISTRATORS, POST, PUBLIC, addresses
from tests.media_index.views.conftest import Household
from tests.media_index.views.rows import Rows, fill


def ask(client: Client, name: str, address: str) -> HttpResponseBase:
    return client.post(address) if name in POST else client.get(address)


@pytest.fixture
def rows(household: Household) -> Rows:
    photo = household.photo()
    thumbnail_store.write(photo.content_hash, {"small": b"webp"})
    return Rows.of(photo, household.source, household.administrator)


@pytest.fixture
def secrets(household: Household) -> Rows:
    """What only the other administrator may see."""
    media = MediaFactory(kind="other", has_preview=False)
    LocationFactory(source=household.private, media=media, path="diary/hidden.txt")
    return Rows.of(media, household.private, household.owner)


def test_who_is_not_signed_in_is_sent_to_sign_in(rows: Rows, client: Client) -> None:
    for name, address in addresses(rows).items():
        response = ask(client, name, address)
        if name in PUBLIC:
            assert response.status_code == 200, name
        elif name == "setup":
            assert response.status_code == 404, name
        else:
            assert response.status_code == 302, name
            led_to = client.get(response["Location"], follow=True).request["PATH_INFO"]
            assert led_to == reverse("login"), name


def test_before_the_first_account_everything_leads_to_the_setup(rows: Rows, client: Client) -> None:
    found = addresses(rows)
    Source.objects.all().delete()
    Member.objects.all().delete()
    for name, address in found.items():
        response = ask(client, name, address)
        if name in {"setup", "health"}:
            assert response.status_code == 200, name
        else:
            assert (response.status_code, response["Location"]) == (302, reverse("setup")), name


def test_administrators_pages_are_not_there_for_members(rows: Rows, member_client: Client) -> None:
    checked = 0
    for name, address in addresses(rows).items():
        if name in ADMINISTRATORS or name.startswith("admin:"):
            assert ask(member_client, name, address).status_code == 404, name
            checked += 1
    assert checked > len(ADMINISTRATORS) + 40


def test_no_page_fails_for_an_administrator(rows: Rows, administrator_client: Client) -> None:
    refused = {
        "setup": 404,
        "original": 404,
        "copy": 404,
        "face-crop": 404,
        "feedback": 404,
        "album-move": 404,
        "admin:catch_all_view": 404,
        "admin:autocomplete": 200,
    }
    for name, address in addresses(rows).items():
        status = ask(administrator_client, name, address).status_code
        if name.endswith(("_add", "_delete")):
            assert status in {200, 403}, name
        else:
            assert status == refused.get(name, status) and status in {200, 302, 404}, name
            assert status != 404 or name in refused, name
        administrator_client.force_login(Member.objects.get(pk=rows.objects[Member].pk))


def test_what_belongs_to_somebody_else_is_not_there(
    household: Household, rows: Rows, secrets: Rows, member_client: Client, administrator_client: Client
) -> None:
    others = addresses(secrets)
    own = addresses(rows)
    theirs = [name for name, address in others.items() if address != own[name]]
    assert {"media-detail", "original", "thumbnail", "source-remove", "admin:media_index_media_change"} <= set(theirs)
    for name in theirs:
        if name.startswith("admin:people_member") or name == "admin:auth_user_password_change":
            continue  # accounts are for all administrators
        for client in (member_client, administrator_client):
            status = ask(client, name, others[name]).status_code
            # Deleting is refused before it is looked what.
            assert status == 404 or (status == 403 and name.endswith("_delete")), name


def test_no_page_names_what_belongs_to_somebody_else(
    rows: Rows, secrets: Rows, member_client: Client, administrator_client: Client, household: Household
) -> None:
    traces = ("hidden.txt", "Top secret", secrets.media.content_hash[:8], f"/media/{secrets.media.pk}/")
    for client in (member_client, administrator_client):
        for name, address in addresses(rows).items():
            if name in POST:
                continue
            response = client.get(address)
            if not response.streaming:
                text = response.content.decode()
                assert not [trace for trace in traces if trace in text], name


def test_as_many_statements_for_300_rows_as_for_10(
    household: Household, rows: Rows, administrator_client: Client
) -> None:
    found = {name: address for name, address in addresses(rows).items() if name not in {"logout", "admin:logout"}}
    for name, address in found.items():
        ask(administrator_client, name, address)  # content types and the like are asked for once in a process
    fill(household.source, household.administrator, 10)
    few = {name: statements(administrator_client, name, address) for name, address in found.items()}
    fill(household.source, household.administrator, 290)
    many = {name: statements(administrator_client, name, address) for name, address in found.items()}
    assert {name: (few[name], many[name]) for name in few if few[name] != many[name]} == {}
    assert max(few.values()) > 3


def statements(client: Client, name: str, address: str) -> int:
    # What an address set going before must not spare it work now.
    cache.clear()
    OrmQ.objects.exclude(key="k").delete()
    Scan.objects.filter(state="running").delete()
    Extraction.objects.filter(media__has_preview=False).update(state="failed", reason="corrupt")
    with CaptureQueriesContext(connection) as captured:
        response = ask(client, name, address)
        assert response.status_code < 500, name
    return len(captured)


class Inline(HTMLParser):
    """Collects what the Content-Security-Policy forbids, and what would be asked of other machines."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._in_script = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        # A map of names runs nothing, and only the nonce of the request lets it through.
        is_data = values.get("type") == "application/json" or (
            values.get("type") == "importmap" and values.get("nonce")
        )
        self._in_script = tag == "script" and not is_data
        if tag == "style" or (self._in_script and not values.get("src")):
            self.found.append(f"<{tag}>")
        for name, value in attrs:
            address = (value or "").strip().lower()
            forbidden = name == "style" or name.startswith(("on", "hx-on", "data-hx-on"))
            elsewhere = name in {"src", "srcset", "action", "poster"} or (tag in {"link", "use"} and name == "href")
            if forbidden or address.startswith("javascript:") or (elsewhere and address.startswith(("http", "//"))):
                self.found.append(f"<{tag} {name}={value!r}>")

    def handle_data(self, data: str) -> None:
        if self._in_script and data.strip():
            self.found.append(f"script: {data.strip()[:40]}")

    def handle_endtag(self, tag: str) -> None:
        self._in_script = False


def test_no_page_holds_a_style_or_a_script_or_asks_elsewhere(
    household: Household, rows: Rows, administrator_client: Client, client: Client
) -> None:
    fill(household.source, household.administrator, 8)
    pages = dict(addresses(rows))
    pages |= {"search without": "/search/", "search wrong": '/search/?q=year:x "y', "missing": "/no/such/page/"}
    seen = 0
    for name, address in pages.items():
        for who in (administrator_client, client):
            response = who.get(address)
            if response.streaming or "text/html" not in response["Content-Type"] or not response.content:
                continue
            parser = Inline()
            parser.feed(response.content.decode())
            assert parser.found == [], name
            assert "unsafe" not in response["Content-Security-Policy"], name
            seen += 1
    assert seen > 60


def test_the_parser_of_this_test_finds_what_it_looks_for() -> None:
    parser = Inline()
    parser.feed('<p style="x"><a onclick="x" href=" javascript:x"><style></style><script>x()</script><img src="//x/y">')
    parser.feed('<script type="importmap">{}</script>')
    assert len(parser.found) == 9

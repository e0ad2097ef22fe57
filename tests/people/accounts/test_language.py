"""A member's own language and time zone, and what is said to who has chosen none."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from media_index import thumbnail_store
from people.accounts.language_form import zones
from people.models import Member
from tests.factories import MediaFactory, MemberFactory, SourceFactory

pytestmark = pytest.mark.django_db

GERMAN = {"HTTP_ACCEPT_LANGUAGE": "de-AT,de;q=0.9,en;q=0.5"}


@pytest.fixture
def member() -> Member:
    return MemberFactory()


@pytest.fixture
def own(member: Member, client: Client) -> Client:
    client.force_login(member)
    return client


def test_who_has_not_signed_in_is_spoken_to_as_the_browser_asks(client: Client, member: Member) -> None:
    response = client.get(reverse("login"), **GERMAN)
    assert response["Content-Language"] == "de"
    assert "Accept-Language" in response["Vary"]
    text = response.content.decode()
    assert '<html lang="de" dir="ltr">' in " ".join(text.split())
    assert "Anmelden" in text and "Sign in" not in text


@pytest.mark.parametrize("asked", ["", "fr", "xx-*;;q=", "zh-hant"])
def test_a_language_that_there_is_not_becomes_english(client: Client, member: Member, asked: str) -> None:
    assert client.get(reverse("login"), HTTP_ACCEPT_LANGUAGE=asked)["Content-Language"] == "en"


def test_choosing_a_language_and_a_zone_speaks_so_at_once(own: Client, member: Member) -> None:
    chosen = {"language": "de", "time_zone": "America/Sao_Paulo"}
    response = own.post(reverse("language"), chosen, follow=True)
    text = response.content.decode()
    assert "Deine Einstellungen sind gespeichert." in text
    assert "Sprache, Zeit und Farben" in text
    member.refresh_from_db()
    assert (member.language, member.time_zone) == ("de", "America/Sao_Paulo")


def test_the_own_choice_comes_before_the_browsers(own: Client, member: Member) -> None:
    Member.objects.update(language="en")
    response = own.get(reverse("language"), **GERMAN)
    assert response["Content-Language"] == "en"
    assert "Accept-Language" not in response.get("Vary", "")


def test_both_can_be_left_to_the_browser_again(own: Client, member: Member) -> None:
    Member.objects.update(language="de", time_zone="Asia/Tokyo")
    text = own.post(reverse("language"), {"language": "", "time_zone": ""}, follow=True).content.decode()
    assert "Your settings are kept." in text
    member.refresh_from_db()
    assert (member.language, member.time_zone) == ("", "")


@pytest.mark.parametrize(
    ("zone", "said"),
    [("America/Sao_Paulo", "21. November 2026, 22:30"), ("Asia/Tokyo", "22. November 2026, 10:30")],
)
def test_the_clock_is_the_members(own: Client, zone: str, said: str) -> None:
    Member.objects.update(language="de", time_zone=zone)
    with time_machine.travel(datetime(2026, 11, 22, 1, 30, tzinfo=UTC), tick=False):
        text = own.get(reverse("language")).content.decode()
    assert f"Nach deinen Einstellungen ist es jetzt {said}." in text


@pytest.mark.parametrize(
    "values", [{"language": "tlh"}, {"time_zone": "Mars/Olympus"}, {"time_zone": "../etc/passwd"}, {"theme": "pink"}]
)
def test_what_there_is_not_is_refused(own: Client, member: Member, values: dict[str, str]) -> None:
    response = own.post(reverse("language"), values)
    assert response.status_code == 200
    assert "is not one of the available choices" in response.content.decode()
    member.refresh_from_db()
    assert (member.language, member.time_zone) == ("", "")


def test_a_choice_that_is_gone_counts_as_none(own: Client, settings: object) -> None:
    settings.TIME_ZONE = "Europe/Lisbon"
    Member.objects.update(language="tlh", time_zone="Mars/Olympus")
    with time_machine.travel(datetime(2026, 7, 1, 12, tzinfo=UTC), tick=False):
        text = own.get(reverse("language"), **GERMAN).content.decode()
    assert "1. Juli 2026, 13:00" in text


@pytest.mark.parametrize(
    ("theme", "sheet"),
    [
        ("", 'tokens-dark.css" media="(prefers-color-scheme: dark)">'),
        ("light", ""),
        ("dark", 'tokens-dark.css">'),
    ],
)
def test_the_server_writes_the_colours_into_the_page(own: Client, member: Member, theme: str, sheet: str) -> None:
    text = own.post(reverse("language"), {"theme": theme}, follow=True).content.decode()
    assert "Your settings are kept." in text
    assert (f'data-theme="{theme}"' in text) is bool(theme)
    assert f'<meta name="color-scheme" content="{theme or "light dark"}">' in text
    assert sheet in text and ("tokens-dark" in text) is bool(sheet)
    assert "data-theme" not in Client().get(reverse("login")).content.decode()


def test_pictures_have_no_language(own: Client, member: Member) -> None:
    media = MediaFactory(sources=[SourceFactory()])
    thumbnail_store.write(media.content_hash, {"small": b"webp"})
    response = own.get(reverse("thumbnail", args=[media.content_hash, "small"]))
    assert response.status_code == 200
    assert "Content-Language" not in response
    assert "Accept-Language" not in response.get("Vary", "")


def test_nothing_of_it_is_left_after_the_answer(own: Client) -> None:
    Member.objects.update(language="de", time_zone="Asia/Tokyo")
    zone = timezone.get_current_timezone_name()
    own.get(reverse("language"))
    assert (translation.get_language(), timezone.get_current_timezone_name()) == ("en", zone)


def test_it_is_for_members_only_and_by_get_and_post(client: Client, own: Client) -> None:
    assert own.delete(reverse("language")).status_code == 405
    own.logout()
    assert client.get(reverse("language"))["Location"].startswith(reverse("login"))


def test_zones_are_told_by_parts_of_the_world() -> None:
    by_area = dict(zones())
    assert "Europe/Berlin" in by_area["Europe"] and "America/Argentina/Ushuaia" in by_area["America"]
    assert not {"Etc", "US", "posix"} & by_area.keys()
    assert sum(map(len, by_area.values())) > 300

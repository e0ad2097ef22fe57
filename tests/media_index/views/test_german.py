"""The portal in German: no words of ours are left in English."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from functools import cache
from pathlib import Path

import pytest
from django.core.cache import cache as kept
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from media_index import thumbnail_store
from media_index.models import Place
from people.models import Member
from scanpix.translating.catalogues import catalogues, read
from tests.media_index.views.addresses import POST, addresses
from tests.media_index.views.conftest import Household, client_of
from tests.media_index.views.rows import Rows
from tests.visible import visible

PROJECT = Path(__file__).resolve().parents[3]
NO_PAGES = {
    "original",
    "thumbnail",
    "face-crop",
    "logout",
    "health",
    "copy",
    "album-zip",
    "zip",
    "map-names",
    "map-points",
}
SAME = {
    "Status",
    "Status · scanpix",
    "Name",
    "Original",
    "Zoom",
    "Zoom (Z)",
    "Videos",
    "Video",
    "Album",
    "System",
    "image/jpeg",
}
"""Words that are the same in both languages."""
OF_THE_HOUSEHOLD = re.compile(
    r"(: )?(Pictures|Zwei am See|dogs?|a token|a decision|rated|member\d+|type:photo label:dog|scanpix_\S+|/\S*|root|"
    r"folder/\S+|(Person|Album|Tag) \d+|in Pictures|photos, videos, pictures, clips|"
    r"before, after, since, until|scanpix)?"
    r"( · scanpix)?"
)
"""What people called so, what files are called, and words of the search's language."""
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]")


@cache
def english() -> re.Pattern[str]:
    """What is said in English and otherwise in German, whatever stands for the placeholders."""
    (path,) = catalogues(PROJECT)
    patterns = set()
    for message in read(path):
        said = message.string if isinstance(message.string, str) else message.string[0]
        for text in (message.id,) if isinstance(message.id, str) else message.id:
            if text and text != said and "<" not in text and len(PLACEHOLDER.sub("", text).strip()) > 3:
                patterns.add(".+?".join(re.escape(part) for part in PLACEHOLDER.split(text)))
    return re.compile("|".join(sorted(patterns)))


@pytest.fixture
def rows(household: Household) -> Rows:
    photo = household.photo(taken_at=datetime(2020, 6, 6, 14, 5), title="Zwei am See")
    thumbnail_store.write(photo.content_hash, {"small": b"webp"})
    return Rows.of(photo, household.source, household.administrator)


@pytest.fixture
def german(household: Household) -> Client:
    Member.objects.update(language="de")
    kept.clear()
    return client_of(household.administrator)


def pages(rows: Rows) -> Iterator[tuple[str, str]]:
    for name, address in addresses(rows).items():
        if name not in POST | NO_PAGES and not name.startswith("admin:"):
            yield name, address


def test_no_page_says_in_english_what_is_said_in_german(rows: Rows, german: Client) -> None:
    seen = 0
    for name, address in pages(rows):
        response = german.get(address)
        if response.status_code == 200 and response["Content-Type"].startswith("text/html"):
            assert [text for text in visible(response.content.decode()) if english().fullmatch(text)] == [], name
            seen += 1
    assert seen > 40


@pytest.mark.parametrize(
    "name",
    [
        "library", "search", "search-help", "saved-searches", "person-list", "person-detail", "person-edit", "review",
        "decisions", "media-detail", "status", "source-list", "source-add", "password", "access-tokens", "login",
        "album-list", "tag-list", "changes", "memories", "map", "improve", "picture",
    ],
)  # fmt: skip
def test_what_is_the_same_in_both_languages_is_no_word_of_ours(name: str, rows: Rows, german: Client) -> None:
    """But for a few that are."""
    if name == "login":
        german.logout()
    address, asked = addresses(rows)[name], {"HTTP_ACCEPT_LANGUAGE": "de"}
    in_german = german.get(address, **asked)
    Member.objects.update(language="en")
    in_english = german.get(address, HTTP_ACCEPT_LANGUAGE="en")
    assert in_german.status_code == in_english.status_code == 200
    same = set(visible(in_german.content.decode())) & set(visible(in_english.content.decode()))
    assert {text for text in same if not OF_THE_HOUSEHOLD.fullmatch(text)} <= SAME


def test_dates_are_written_in_german_and_wall_times_stay(rows: Rows, german: Client) -> None:
    Member.objects.update(time_zone="Pacific/Auckland")
    about = visible(german.get(rows.media.get_absolute_url()).content.decode())
    assert any("Samstag, 6. Juni 2020, 14:05" in text for text in about)
    library = visible(german.get(reverse("library")).content.decode())
    assert any("6. Juni 2020" in text for text in library)


def test_sentences_of_filters_are_said_in_german_and_typed_in_english(rows: Rows, german: Client) -> None:
    text = german.get(reverse("search"), {"q": "weekday:sat..sun month:6 -type:video|file size:10mb.. sky"}).content
    said = visible(text.decode())
    for chip in (
        "aufgenommen am Sa bis So",
        "aufgenommen im Juni",
        "nicht nur Videos und Dateien",
        "Dateien von 10MB oder mehr",
    ):
        assert chip in said


def test_what_cannot_be_read_is_told_in_german(rows: Rows, german: Client) -> None:
    said = visible(german.get(reverse("search"), {"q": "year:abc (dog"}).content.decode())
    assert "year: braucht ein Jahr oder einen Bereich von Jahren, etwa 2019 oder 2019..2021" in said
    assert "Die Klammer wird nie geschlossen." in said


def test_scripts_are_answered_in_english(rows: Rows, german: Client) -> None:
    answer = german.get(reverse("search"), {"q": "month:6 year:abc"}, HTTP_ACCEPT="application/json")
    text = answer.content.decode()
    assert "taken in June" in text and "Juni" not in text


def test_scripts_may_ask_in_german(rows: Rows, german: Client) -> None:
    answer = german.get(reverse("search"), {"q": "im Juni ohne Videos"}, HTTP_ACCEPT="application/json")
    text = answer.content.decode()
    assert '"understood": ["taken in June", "not only videos"]' in text


def test_countries_are_called_as_in_german() -> None:
    italy = Place(kind=Place.Kind.COUNTRY, code="IT", name="Italy")
    with override("de"):
        assert (italy.said, str(italy)) == ("Italien", "Italy")
    with override("en"):
        assert italy.said == "Italy"


def test_numbers_in_drawings_have_points(rows: Rows, german: Client) -> None:
    """A comma in an attribute of SVG parts two numbers."""
    text = german.get(rows.media.get_absolute_url()).content.decode()
    numbers = re.findall(r'(?:x|y|width|height|stroke-width|font-size|viewBox|step|min|max)="([^"]*)"', text)
    assert numbers
    assert [number for number in numbers if "," in number] == []

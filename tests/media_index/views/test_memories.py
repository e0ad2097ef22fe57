from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from media_index.memories.remembering import JOURNEYS
from media_index.memories.spans import Span, in_year
from media_index.models import KeptOut, Media
from media_index.views.memories import days_of
from people.models import Face, Person
from tests.media_index.views.conftest import Household, client_of

TODAY = datetime(2024, 11, 20, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    """On one day, whatever day it is."""
    JOURNEYS.forget()
    with time_machine.travel(TODAY):
        yield
    JOURNEYS.forget()


def years_ago(household: Household, years: int, count: int = 3, **values: object) -> list[Media]:
    today = timezone.localdate()
    noon = datetime.combine(in_year(today, today.year - years), datetime.min.time()) + timedelta(hours=12)
    return [
        household.photo(taken_at=noon + timedelta(hours=at), width=4000, height=3000, **values) for at in range(count)
    ]


def key(years: int) -> str:
    today = timezone.localdate()
    middle = in_year(today, today.year - years)
    return Span(middle - timedelta(days=3), middle + timedelta(days=3)).key


def page(client: Client, address: str, status: int = 200) -> str:
    response = client.get(address)
    assert response.status_code == status, address
    return response.content.decode()


def test_memories_of_today(household: Household, member_client: Client) -> None:
    years_ago(household, 1)
    years_ago(household, 4)
    text = page(member_client, reverse("memories"))
    assert "1 year ago" in text and "4 years ago" in text
    assert reverse("memory-detail", args=[key(4)]) in text


def test_a_day_without_any_says_so(household: Household, member_client: Client) -> None:
    household.photo()
    assert "No memories today" in page(member_client, reverse("memories"))


def test_the_photos_of_one_lead_to_the_viewer_within_it(household: Household, member_client: Client) -> None:
    media = years_ago(household, 2)
    text = page(member_client, reverse("memory-detail", args=[key(2)]))
    assert "2 years ago" in text
    for one in media:
        assert f"/media/{one.pk}/?memory={key(2)}" in text
    text = page(member_client, f"/media/{media[0].pk}/?memory={key(2)}")
    assert f"/media/{media[1].pk}/?memory={key(2)}" in text


def test_leafing_on_from_a_memory_never_shows_what_is_kept_out(household: Household, member_client: Client) -> None:
    first, hurting, last = years_ago(household, 2)
    member_client.post(reverse("kept-out"), {"query": f"id:{hurting.pk}"})
    text = page(member_client, f"/media/{first.pk}/?memory={key(2)}")
    assert f"/media/{last.pk}/?memory=" in text
    assert f"/media/{hurting.pk}/?memory=" not in text


def test_a_stranger_remembers_nothing(household: Household, member_client: Client) -> None:
    for media in years_ago(household, 3):
        media.locations.update(source=household.private)
    assert "No memories today" in page(member_client, reverse("memories"))
    assert "/thumbnails/" not in page(member_client, reverse("memory-detail", args=[key(3)]))
    assert page(member_client, reverse("memories-strip")) == ""
    assert "3 years ago" in page(client_of(household.owner), reverse("memories"))


def test_the_strip_above_the_library(household: Household, member_client: Client) -> None:
    years_ago(household, 1)
    address = reverse("memories-strip")
    assert f'hx-get="{address}"' in page(member_client, "/")
    assert "1 year ago" in page(member_client, address)
    assert member_client.post(reverse("memories-dismiss")).status_code == 302
    assert page(member_client, address) == ""
    assert address not in page(member_client, "/")
    # For that member on that day alone.
    assert "1 year ago" in page(client_of(household.administrator), address)


def test_no_room_is_left_where_nothing_is_remembered(household: Household, member_client: Client) -> None:
    household.photo(taken_at=datetime(2020, 1, 1))
    assert reverse("memories-strip") not in page(member_client, "/")


def test_keeping_out_what_is_in_a_memory(household: Household, member_client: Client) -> None:
    media = years_ago(household, 2)
    anna = Person.objects.create(name="Anna")
    for one in media[:2]:
        Face.objects.create(
            media=one, person=anna, confirmed=True, left=0.1, top=0.1, width=0.2, height=0.2, quality=0.9
        )
    text = page(member_client, reverse("memory-keep-out", args=[key(2)]))
    assert 'value="person:Anna"' in text
    assert Span.parse(key(2)).query in text
    response = member_client.post(reverse("kept-out"), {"query": "person:Anna", "next": reverse("memories")})
    assert response["Location"] == reverse("memories")
    assert KeptOut.objects.get().query == f"person:#{anna.pk}"
    text = page(member_client, reverse("kept-out"))
    assert "with Anna" in text
    assert "/media/" not in page(member_client, reverse("memories"))
    row = KeptOut.objects.get()
    assert client_of(household.administrator).post(reverse("kept-out-remove", args=[row.pk])).status_code == 404
    member_client.post(reverse("kept-out-remove", args=[row.pk]))
    assert not KeptOut.objects.exists()
    assert "Nothing is kept out" in page(member_client, reverse("kept-out"))


def test_what_cannot_be_kept_out_is_told_at_the_field(household: Household, member_client: Client) -> None:
    response = member_client.post(reverse("kept-out"), {"query": "at the beach"})
    assert response.status_code == 400
    text = response.content.decode()
    assert 'aria-invalid="true"' in text and 'value="at the beach"' in text
    assert member_client.post(reverse("kept-out"), {"query": "\0"}).status_code == 400


def test_nobody_is_led_elsewhere(household: Household, member_client: Client) -> None:
    response = member_client.post(reverse("kept-out"), {"query": "year:2020", "next": "https://elsewhere.example/"})
    assert response["Location"] == reverse("kept-out")


def test_what_cannot_be_read_any_more_is_told(household: Household, member_client: Client) -> None:
    years_ago(household, 2)
    KeptOut.objects.create(member=household.member, query="colourful:very")
    for address in (
        reverse("memories"),
        reverse("memory-detail", args=[key(2)]),
        reverse("memory-keep-out", args=[key(2)]),
    ):
        text = page(member_client, address)
        assert "colourful:very" in text and "/thumbnails/" not in text
    assert "Not understood any more: colourful:very" in page(member_client, reverse("kept-out"))
    assert page(member_client, reverse("memories-strip")) == ""
    assert "/thumbnails/" not in page(member_client, reverse("search-ideas"))


@pytest.mark.parametrize("name", ["memory-detail", "memory-keep-out"])
@pytest.mark.parametrize("wrong", ["x", "day-2020-13-01-2020-13-07", "day-2020-01-01-2021-01-01"])
def test_a_memory_that_there_is_not(member_client: Client, name: str, wrong: str) -> None:
    page(member_client, reverse(name, args=[wrong]), 404)


def test_only_the_right_methods(household: Household, member_client: Client) -> None:
    for name in ("memories", "memories-strip"):
        assert member_client.post(reverse(name)).status_code == 405
    assert member_client.get(reverse("memories-dismiss")).status_code == 405
    assert member_client.put(reverse("kept-out")).status_code == 405
    row = KeptOut.objects.create(member=household.member, query="year:2020")
    assert member_client.get(reverse("kept-out-remove", args=[row.pk])).status_code == 405


def test_a_person_is_kept_out_from_her_page(household: Household, member_client: Client) -> None:
    (media,) = years_ago(household, 2, 1)
    anna = Person.objects.create(name="Anna")
    Face.objects.create(media=media, person=anna, confirmed=True, left=0.1, top=0.1, width=0.2, height=0.2, quality=0.9)
    assert f'value="person:#{anna.pk}"' in page(member_client, anna.get_absolute_url())
    member_client.post(reverse("kept-out"), {"query": f"person:#{anna.pk}"})
    assert "Kept out of your memories" in page(member_client, anna.get_absolute_url())
    # Search finds her all the same, and she is not offered unasked.
    assert f"/media/{media.pk}/" in page(member_client, "/search/?q=person:anna")
    assert "Anna" not in page(member_client, "/search/suggest/?q=person:")
    assert "Anna" in page(member_client, "/search/suggest/?q=person:an")


def test_as_many_statements_for_more_years(household: Household, member_client: Client) -> None:
    def statements() -> list[int]:
        found = []
        for address in (reverse("memories"), reverse("memory-detail", args=[key(1)])):
            JOURNEYS.forget()
            with CaptureQueriesContext(connection) as captured:
                page(member_client, address)
            found.append(len(captured))
        return found

    years_ago(household, 1)
    statements()
    few = statements()
    for years in range(2, 12):
        years_ago(household, years, 6)
    assert statements() == few


@pytest.mark.parametrize(
    ("first", "last", "language", "told"),
    [
        (date(2019, 11, 19), date(2019, 11, 25), "en", "19–25 November 2019"),
        (date(2019, 11, 19), date(2019, 11, 25), "de", "19.–25. November 2019"),
        (date(2019, 10, 29), date(2019, 11, 4), "en", "29 October – 4 November 2019"),
        (date(2019, 12, 29), date(2020, 1, 4), "en", "29 December 2019 – 4 January 2020"),
        (date(2019, 11, 19), date(2019, 11, 19), "en", "19 November 2019"),
    ],
)
def test_days_say_once_what_both_ends_share(first: date, last: date, language: str, told: str) -> None:
    with translation.override(language):
        assert days_of(Span(first, last)) == told

from __future__ import annotations

import time
from datetime import UTC, datetime
from unittest.mock import patch

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from media_index.kept_counts import KEEP_SECONDS
from media_index.library.history import change_undo
from media_index.library.marks import shelf_set
from media_index.models import Favourite, Media
from tests.factories import LocationFactory, MediaFactory
from tests.media_index.views.conftest import Household, client_of
from tests.media_index.views.test_library import HTMX, ids, page

SHELVES = ("archive", "hidden", "trash")
PAGES = (*SHELVES, "favourites", "recent")


@pytest.mark.parametrize("name", SHELVES)
def test_a_shelf_shows_what_lies_on_it(household: Household, member_client: Client, name: str) -> None:
    lies = {shelf: household.photo(shelf=shelf) for shelf in ("library", *SHELVES)}
    secret = household.secret(shelf=name)
    text = page(member_client, reverse(name))
    assert ids(text) == [lies[name].pk]
    assert f"/media/{lies[name].pk}/?shelf={name}" in text
    assert f"/media/{secret.pk}/" not in text
    assert ids(page(member_client)) == [lies["library"].pk]


@pytest.mark.parametrize("name", SHELVES)
def test_a_file_that_is_no_picture_can_be_taken_back_as_well(
    household: Household, member_client: Client, name: str
) -> None:
    note = MediaFactory(kind="other", has_preview=False, shelf=name)
    LocationFactory(source=household.source, media=note, path="notes/diary.txt")
    text = page(member_client, reverse(name))
    assert "diary.txt" in text
    assert ids(text) == [note.pk]


def test_the_trash_says_that_originals_stay(household: Household, member_client: Client) -> None:
    assert "nothing is deleted" in page(member_client, reverse("trash"))
    household.photo(shelf="trash")
    assert "nothing is deleted" in page(member_client, reverse("trash"))


def test_favourites_are_ones_own(household: Household, member_client: Client) -> None:
    mine, theirs, gone = household.photo(), household.photo(), household.photo(shelf="trash")
    kept = household.photo(shelf="archive")
    for media in (mine, gone, kept):
        Favourite.objects.create(member=household.member, media=media)
    Favourite.objects.create(member=household.administrator, media=theirs)
    assert ids(page(member_client, reverse("favourites"))) == [kept.pk, mine.pk]
    assert ids(page(client_of(household.administrator), reverse("favourites"))) == [theirs.pk]


def test_a_favourite_that_may_not_be_seen_any_more_is_not_there(household: Household, member_client: Client) -> None:
    Favourite.objects.create(member=household.member, media=household.secret())
    assert ids(page(member_client, reverse("favourites"))) == []


def test_recent_is_by_the_day_it_was_added(household: Household, member_client: Client) -> None:
    old, new = household.photo(taken_at=datetime(2021, 1, 1)), household.photo(taken_at=datetime(1999, 1, 1))
    for media, day in ((old, 1), (new, 2)):
        Media.objects.filter(pk=media.pk).update(added_at=datetime(2024, 3, day, 12, tzinfo=UTC))
    household.photo(shelf="archive")
    household.photo(has_preview=False)
    video = MediaFactory(kind="video", has_preview=False, sources=[household.source])
    Media.objects.filter(pk=video.pk).update(added_at=datetime(2024, 3, 1, 13, tzinfo=UTC))
    text = page(member_client, reverse("recent"))
    assert ids(text) == [new.pk, video.pk, old.pk]
    assert "2 March 2024" in text
    assert f"/media/{new.pk}/?recent=1" in text


def test_recent_goes_on_by_key(household: Household, member_client: Client) -> None:
    made = [household.photo() for _ in range(130)]
    Media.objects.update(added_at=datetime(2024, 3, 1, 12, 0, 0, 123, tzinfo=UTC))
    first = member_client.get(reverse("recent"))
    rest = member_client.get(first.context["next"], headers=HTMX)
    found = ids(first.content.decode()) + ids(rest.content.decode())
    assert found == sorted((media.pk for media in made), reverse=True)


@pytest.mark.parametrize("name", PAGES)
def test_an_empty_page_says_what_to_do(household: Household, member_client: Client, name: str) -> None:
    text = page(member_client, reverse(name))
    assert "Nothing here" in text and reverse("library") in text


@pytest.mark.parametrize("name", PAGES)
def test_beyond_the_end(household: Household, member_client: Client, name: str) -> None:
    assert "No older photos" in page(member_client, f"{reverse(name)}?at=1900")


@pytest.mark.parametrize("name", [*PAGES, "library-dates"])
def test_only_answers_to_get(member_client: Client, name: str) -> None:
    assert member_client.post(reverse(name)).status_code == 405


@pytest.mark.parametrize("name", PAGES)
def test_bad_input(member_client: Client, name: str) -> None:
    assert member_client.get(f"{reverse(name)}?at=tomorrow").status_code == 400


@pytest.mark.parametrize("name", ["library", *PAGES, "library-dates"])
def test_statements_do_not_grow(household: Household, member_client: Client, name: str) -> None:
    def fill(count: int) -> None:
        for at in range(count):
            for shelf in ("library", *SHELVES):
                kind = {"kind": "video", "has_preview": False} if at % 4 == 0 else {}
                Favourite.objects.create(member=household.member, media=household.photo(shelf=shelf, **kind))

    counts = []
    for count in (4, 30):
        fill(count)
        page(member_client, reverse(name))
        with CaptureQueriesContext(connection) as captured:
            page(member_client, reverse(name))
        counts.append(len(captured))
    assert counts[0] == counts[1]


def test_months_are_counted_as_the_library_shows_them(household: Household, member_client: Client) -> None:
    for month, count in ((1, 2), (3, 1)):
        for day in range(count):
            household.photo(taken_at=datetime(2020, month, 1 + day))
    household.photo(taken_at=datetime(2019, 12, 31, 23, 59))
    household.photo(taken_at=datetime(2020, 5, 1), shelf="trash")
    household.secret(taken_at=datetime(2020, 6, 1))
    MediaFactory(kind="video", has_preview=False, taken_at=datetime(2020, 3, 3), sources=[household.source])
    years = member_client.get(reverse("library-dates")).context["years"]
    assert [(month.date.month, month.count) for month in years[0].months] == [(3, 2), (1, 2)]
    assert [(year.date.year, year.count) for year in years] == [(2020, 4), (2019, 1)]
    text = page(member_client, reverse("library-dates"))
    assert "/?at=2020-03" in text and "/?at=2019" in text
    part = page(member_client, reverse("library-dates"), headers=HTMX)
    assert "<html" not in part and "sp-scrub" in part


def months(client: Client) -> list[str]:
    years = client.get(reverse("library-dates")).context["years"]
    return [f"{month.date:%Y-%m}" for year in years for month in year.months]


def test_months_follow_what_people_move_at_once(household: Household, member_client: Client) -> None:
    photo, _other = (household.photo(taken_at=datetime(2020, month, 1)) for month in (1, 2))
    assert months(member_client) == ["2020-02", "2020-01"]
    change = shelf_set(media_ids=[photo.pk], shelf="trash", member=household.member)
    assert months(member_client) == ["2020-02"]
    change_undo(change, household.member)
    assert months(member_client) == ["2020-02", "2020-01"]


def test_months_follow_what_the_machine_finds_before_long(household: Household, member_client: Client) -> None:
    photo, _other = (household.photo(taken_at=datetime(2020, month, 1)) for month in (1, 2))
    assert months(member_client) == ["2020-02", "2020-01"]
    photo.locations.all().delete()
    with patch("time.time", return_value=time.time() + KEEP_SECONDS + 1):
        assert months(member_client) == ["2020-02"]


def test_months_are_those_of_the_sources_that_one_may_see_now(household: Household, member_client: Client) -> None:
    household.photo(taken_at=datetime(2020, 1, 1))
    household.secret(taken_at=datetime(2020, 2, 1))
    assert months(member_client) == ["2020-01"]
    assert months(client_of(household.owner)) == ["2020-02", "2020-01"]
    household.source.delete()
    assert months(member_client) == []


def test_no_months(member_client: Client) -> None:
    assert "no photos yet" in page(member_client, reverse("library-dates"))

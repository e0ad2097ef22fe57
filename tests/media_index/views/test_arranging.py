"""Results in another order, on stacks, and by date."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from media_index.models import Embedding, Encoder, Media
from tests.media_index.search.test_likeness import embed
from tests.media_index.views.conftest import Household

JSON = {"accept": "application/json"}


@pytest.fixture
def reds(household: Household, colours: Encoder) -> list[Media]:
    """A red one of long ago with a second take, one that is red as well, and a purple one of last year."""
    noon = datetime(2015, 6, 1, 12)
    made = []
    for taken, vector in (
        (noon, [1, 0, 0]),
        (noon + timedelta(seconds=5), [1, -0.05, 0]),
        (noon + timedelta(days=40), [1, -0.1, 0]),
        (datetime(2023, 2, 1), [1, 0, 1]),
    ):
        photo = household.photo(taken_at=taken, width=400 + len(made))
        made.append(embed(colours, photo, vector))
    return made


def shown(client: Client, query: str = "red", **more: str) -> list[tuple[int, int | None, bool]]:
    """The tiles: their media, how many lie below them, and whether they lie below another one."""
    tiles = client.get("/search/", {"q": query, **more}).context["tiles"]
    return [(tile.media.pk, tile.stack and tile.stack.more, bool(tile.stack and tile.stack.below)) for tile in tiles]


def test_two_takes_are_one_stack(member_client: Client, reds: list[Media]) -> None:
    first, second, third, purple = (photo.pk for photo in reds)
    assert shown(member_client) == [(first, 1, False), (second, 0, True), (third, None, False), (purple, None, False)]
    text = member_client.get("/search/?q=red").content.decode()
    assert f'data-stack="{first}" hidden' in text and "stack=off#m" in text


def test_without_stacks(member_client: Client, reds: list[Media]) -> None:
    assert shown(member_client, stack="off") == [(photo.pk, None, False) for photo in reds]
    text = member_client.get("/search/?q=red&stack=off").content.decode()
    assert "hidden>" not in text.partition("rows-search")[2].partition("</ul>")[0].replace("visually-hidden", "")
    assert "Stack what is alike" in text


def test_in_json_each_says_its_stack(member_client: Client, reds: list[Media]) -> None:
    results = member_client.get("/search/?q=red", headers=JSON).json()["results"]
    first, second, third, purple = (photo.pk for photo in reds)
    assert {one["id"]: one["stack"] for one in results} == {first: first, second: first, third: third, purple: purple}


def test_newest_first(member_client: Client, reds: list[Media]) -> None:
    first, second, third, purple = (photo.pk for photo in reds)
    tiles = shown(member_client, sort="newest")
    assert tiles == [(purple, None, False), (third, None, False), (second, 1, False), (first, 0, True)]
    text = member_client.get("/search/?q=red&sort=newest").content.decode()
    assert 'sort=newest" aria-current="true"' in text and "Best first" in text


def test_filters_alone_have_one_order(member_client: Client, reds: list[Media]) -> None:
    assert "Best first" not in member_client.get("/search/?q=type:photo").content.decode()


def test_ranks_are_told_whatever_the_order_of_stacks(member_client: Client, reds: list[Media]) -> None:
    tiles = member_client.get("/search/?q=red").context["tiles"]
    assert [tile.thumbs.rank for tile in tiles] == [1, 2, 3, 4]


def test_one_statement_more_whatever_the_number(
    household: Household, member_client: Client, colours: Encoder, reds: list[Media]
) -> None:
    def count(**more: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            shown(member_client, **more)
        return len(captured)

    count()
    few = count(), count(stack="off"), count(sort="newest")
    assert few[0] == few[1] + 1 and few[2] == few[0] + 1
    vector = np.array([1, 0, 0], np.float32)
    more = [household.photo() for _ in range(40)]
    Embedding.objects.bulk_create(Embedding(media=photo, encoder=colours, vector=vector) for photo in more)
    assert (count(), count(stack="off"), count(sort="newest")) == few


class TestDates:
    def test_years_and_months_that_narrow(self, member_client: Client, reds: list[Media]) -> None:
        answer = member_client.get("/search/dates/?q=red")
        years = answer.context["years"]
        assert [(year.span.date.year, year.span.count) for year in years] == [(2023, 1), (2015, 3)]
        assert [(f"{one.span.date:%Y-%m}", one.span.count, one.span.level) for one in years[1].months] == [
            ("2015-07", 1, 4),
            ("2015-06", 2, 5),
        ]
        narrowed = member_client.get(years[1].months[1].url).context["found"]
        assert {hit.media_id for hit in narrowed.hits} == {reds[0].pk, reds[1].pk}
        assert len(member_client.get(years[1].url).context["found"].hits) == 3

    def test_back_to_all_dates(self, member_client: Client, reds: list[Media]) -> None:
        answer = member_client.get("/search/dates/?q=red+taken:2015")
        assert answer.context["all_dates"] == "/search/?q=red"
        assert [year.span.count for year in answer.context["years"]] == [3]

    def test_as_a_piece_and_as_a_page(self, member_client: Client, reds: list[Media]) -> None:
        part = member_client.get("/search/dates/?q=red", headers={"HX-Request": "true"}).content.decode()
        assert "<html" not in part and "2015" in part and "June 2015: 2" in part
        page = member_client.get("/search/dates/?q=red").content.decode()
        assert "<html" in page and "Back to the results" in page

    def test_nothing(self, member_client: Client) -> None:
        for query in ("", "type:video"):
            assert "Nothing to show" in member_client.get("/search/dates/", {"q": query}).content.decode()

    def test_counts_nothing_that_one_may_not_see(
        self, household: Household, member_client: Client, reds: list[Media], colours: Encoder
    ) -> None:
        embed(colours, household.secret(taken_at=datetime(1999, 1, 1)), [1, 0, 0])
        for query in ("red", "type:photo"):
            assert "1999" not in member_client.get("/search/dates/", {"q": query}).content.decode()

    def test_the_same_statements_for_any_number(
        self, household: Household, member_client: Client, reds: list[Media]
    ) -> None:
        def count() -> int:
            with CaptureQueriesContext(connection) as captured:
                member_client.get("/search/dates/?q=type:photo")
            return len(captured)

        count()
        few = count()
        for _ in range(20):
            household.photo()
        assert count() == few


def test_the_chip_of_a_likeness_shows_the_photo(member_client: Client, reds: list[Media]) -> None:
    photo = reds[0]
    text = member_client.get(f"/search/?q=similar:{photo.content_hash[:16]}").content.decode()
    assert 'class="chip-picture"' in text and f"/thumbnails/{photo.content_hash}/small/" in text
    assert 'class="chip-picture"' not in member_client.get("/search/?q=type:photo").content.decode()


def test_the_photo_page_leads_to_more_like_it(member_client: Client, reds: list[Media]) -> None:
    text = member_client.get(reds[0].get_absolute_url()).content.decode()
    assert f"?q=similar%3A{reds[0].content_hash[:16]}" in text and "More like this" in text

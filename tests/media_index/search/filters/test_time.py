"""The filters over when a picture was taken or came here, on rows."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from media_index.models import Media, Source
from media_index.search.filters.builtin import FILTERS
from tests.factories import SourceFactory
from tests.media_index.search.asking import found, photo, problem

pytestmark = pytest.mark.django_db
SENTENCES = {one.key: one.sentence for one in FILTERS}


@pytest.fixture
def source(db: None) -> Source:
    return SourceFactory(name="Pictures")


DAYS = {
    "new year": datetime(2020, 1, 1, 0, 0, 1),
    "leap day": datetime(2020, 2, 29, 23, 59, 59),
    "easter": datetime(2021, 4, 4, 12),
    "june": datetime(2019, 6, 5, 5, 59),
    "old june": datetime(1926, 6, 30, 6),
    "christmas": datetime(2022, 12, 24, 18, 30),
    "silvester": datetime(2022, 12, 31, 23, 59, 59, 999999),
}


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("month:6", {"june", "old june"}),
        ("month:12..2", {"new year", "leap day", "christmas", "silvester"}),
        ("month:2|4", {"leap day", "easter"}),
        ("month:june..august", {"june", "old june"}),
        ("-month:1..6", {"christmas", "silvester"}),
        ("day:5", {"june"}),
        ("day:30..4", {"new year", "easter", "old june", "silvester"}),
        ("day:06-05", {"june"}),
        ("day:2-29", {"leap day"}),
        ("day:12-24..01-01", {"new year", "christmas", "silvester"}),
        ("day:02-01..04-04", {"leap day", "easter"}),
        ("-day:12-24..06-05", {"old june"}),
        ("weekday:sunday", {"easter"}),
        ("weekday:wednesday|sat", {"new year", "leap day", "june", "old june", "christmas", "silvester"}),
        ("weekday:saturday..sunday", {"leap day", "easter", "christmas", "silvester"}),
        ("weekday:weekends", {"leap day", "easter", "christmas", "silvester"}),
        ("-weekday:monday..saturday", {"easter"}),
        ("time:6..12", {"old june", "easter"}),
        ("time:23", {"leap day", "silvester"}),
        ("time:21..5", {"new year", "leap day", "june", "silvester"}),
        ("time:5|18", {"june", "christmas"}),
        ("-time:6..23", {"new year", "june"}),
        ("holiday:easter", {"easter"}),
        ("holiday:easter-monday", set()),
        ("holiday:christmas|new-years-day", {"christmas", "new year"}),
        ('holiday:"new year\'s eve"', {"silvester"}),
        ("holiday:advent", {"christmas"}),
        ("-holiday:christmas|easter", {"new year", "leap day", "june", "old june", "silvester"}),
    ],
)
def test_what_comes_again(source: Source, query: str, names: set[str]) -> None:
    for name, at in DAYS.items():
        photo(source, name, taken_at=at)
    assert found(query) == names


def test_a_time_of_day_counts_only_where_a_clock_told_it(source: Source) -> None:
    """The file's own time is that of a copy; a name with a date alone gives midnight sharp."""
    photo(source, "camera", taken_at=datetime(2020, 1, 1, 0, 30))
    photo(source, "copied", taken_at=datetime(2020, 1, 1, 0, 30), taken_from="file")
    photo(source, "dated", taken_at=datetime(2020, 1, 1), taken_from="filename")
    assert found("time:0") == {"camera"}
    assert found("-time:0") == {"copied", "dated"}
    assert found("has:date") == {"camera", "dated"}


def test_a_plain_phrase_of_the_clock(source: Source) -> None:
    photo(source, "late", taken_at=datetime(2020, 8, 1, 23))
    photo(source, "early", taken_at=datetime(2020, 8, 1, 7))
    assert found("photos at night") == {"late"}
    assert found("photos from summer in the morning") == {"early"}
    assert found("photos on saturdays") == {"late", "early"}


def test_added_counts_days_of_the_house(source: Source) -> None:
    for name, at in (("old", datetime(2020, 5, 31, 12, tzinfo=UTC)), ("new", datetime(2020, 6, 2, 12, tzinfo=UTC))):
        Media.objects.filter(pk=photo(source, name).pk).update(added_at=at)
    assert found("added:2020-05") == {"old"}
    assert found("added:2020-06..") == {"new"}
    assert found("added:2019|2020-06-02") == {"new"}
    assert found("-added:2020") == set()


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("month:13", "month: wants a month from 1 to 12 or a range of months, like 6 or 12..2"),
        ("month:6|", ""),
        ("month:smarch", "month: wants a month from 1 to 12 or a range of months, like 6 or 12..2"),
        ("day:02-30", "day: names a day that no year has: 02-30"),
        ("weekday:caturday", "weekday: wants a day of the week or a range of them, like sunday or monday..friday"),
        ("time:25", "time: wants an hour from 0 to 23 or a range of hours, like 6..11 or 21..5"),
        ("holiday:festivus", "holiday: wants a holiday, like christmas, easter or halloween"),
        ("added:soon", "added: wants a date, like 2019, 2019-06 or 2019-06-30"),
    ],
)
def test_what_cannot_be_read(query: str, message: str) -> None:
    if message:
        assert problem(query) == message
    else:
        assert found(query) == set()


@pytest.mark.parametrize(
    ("key", "value", "sentence"),
    [
        ("taken", "2020-06..2020-08", "taken 2020-06 to 2020-08"),
        ("taken", "2021..", "taken 2021 or later"),
        ("year", "2019|2021", "taken in 2019 or 2021"),
        ("month", "12..2", "taken in December to February"),
        ("month", "june", "taken in June"),
        ("day", "12-24", "taken on 24 December"),
        ("day", "28..3", "taken on day 28 to day 3"),
        ("weekday", "saturday..sunday", "taken on Saturday to Sunday"),
        ("time", "21..5", "taken from 21:00 to 05:59"),
        ("time", "12|18", "taken from 12:00 to 12:59 or 18:00 to 18:59"),
        ("holiday", "mother's day|easter", "taken at mothers day or easter"),
        ("added", "2026-01..", "added 2026-01 or later"),
    ],
)
def test_sentences(key: str, value: str, sentence: str) -> None:
    assert SENTENCES[key](value) == sentence

"""Texts of code that knows no Django, and dates and lengths of time, as each language writes them."""

from __future__ import annotations

import subprocess
import sys
from datetime import datetime

import pytest
from django.utils import translation

from media_index import dates, telling
from media_index.reasons import REASONS, explain
from media_index.search.filters import spoken
from media_index.templatetags.portal import duration

MOMENT = datetime(2020, 6, 6, 14, 5)
WITHOUT_DJANGO = """
import sys
from media_index.search.query.values import years
from media_index.telling import ngettext
try:
    years("soon")
except ValueError as error:
    print(error)
print(ngettext("one", "many", 1), ngettext("one", "many", 2), "django" in sys.modules)
"""


def test_without_django_they_are_english() -> None:
    done = subprocess.run([sys.executable, "-c", WITHOUT_DJANGO], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == [
        "wants a year or a range of years, like 2019 or 2019..2021",
        "one many False",
    ]


def test_in_the_portal_they_are_in_the_language_of_who_asks() -> None:
    assert explain("empty").title == "The file is empty"
    with translation.override("de"):
        assert explain("empty").title == "Die Datei ist leer"
        assert telling.ngettext("%(number)s star", "%(number)s stars", 2) == "%(number)s Sterne"
        assert all(reason.title != reason.what and reason.advice != reason.then for reason in REASONS.values())


def test_dates() -> None:
    assert dates.weekday_date(MOMENT) == "Saturday, 6 June 2020"
    assert dates.short_weekday_date(MOMENT) == "Sat, 6 June 2020"
    with translation.override("de"):
        assert dates.weekday_date(MOMENT) == "Samstag, 6. Juni 2020"
        assert dates.short_weekday_date(MOMENT) == "Sa, 6. Juni 2020"
        assert dates.weekday_moment(MOMENT) == "Samstag, 6. Juni 2020, 14:05"


@pytest.mark.parametrize(
    ("seconds", "english", "german"),
    [
        (None, "", ""),
        (20, "less than a minute", "weniger als eine Minute"),
        (3660, "1 hour 1 minute", "1 Stunde 1 Minute"),
    ],
)
def test_lengths_of_time(seconds: float | None, english: str, german: str) -> None:
    assert duration(seconds) == english
    with translation.override("de"):
        assert duration(seconds) == german


@pytest.mark.parametrize(
    ("said", "any_of", "all_of"),
    [
        ([], "", ""),
        (["a"], "a", "a"),
        (["a", "b"], "a or b", "a and b"),
        (["a", "50 %s", "c"], "a or 50 %s or c", "a, 50 %s and c"),
    ],
)
def test_lists(said: list[str], any_of: str, all_of: str) -> None:
    assert spoken.any_of(said) == any_of
    assert spoken.all_of(said) == all_of
    with translation.override("de"):
        assert spoken.all_of(["a", "b", "c"]) == "a, b und c"

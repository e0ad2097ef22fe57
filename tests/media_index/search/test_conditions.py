"""A query tree as conditions on media: brackets, "or", what is taken away, and the chips that say so."""

from __future__ import annotations

from datetime import datetime

import pytest

from media_index.models import Capture, Label, Media, Source
from media_index.search.engine import search
from media_index.search.filters.base import Scope
from tests.factories import MediaFactory, SourceFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def media() -> dict[str, Media]:
    """By name: a year, what is seen, and a video."""
    source: Source = SourceFactory()
    made = {
        "dog 2019": MediaFactory(sources=[source], taken_at=datetime(2019, 7, 1)),
        "dog 2021": MediaFactory(sources=[source], taken_at=datetime(2021, 7, 1)),
        "cat 2021": MediaFactory(sources=[source], taken_at=datetime(2021, 8, 1)),
        "video 2020": MediaFactory(sources=[source], taken_at=datetime(2020, 7, 1), kind="video"),
    }
    for name, one in made.items():
        Label.objects.create(media=one, name=name.split()[0], score=0.9)
    Capture.objects.create(media=made["cat 2021"], camera_model="Pixel 7")
    return made


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("year:2019 or year:2020", {"dog 2019", "video 2020"}),
        ("2019 or 2020", {"dog 2019", "video 2020"}),
        ("photos from 2019 and 2021", {"dog 2019", "dog 2021", "cat 2021"}),
        ("-(type:photo year:2021)", {"dog 2019", "video 2020"}),
        ("not (type:video or year:2019)", {"dog 2021", "cat 2021"}),
        ("(label:dog year:2021) or type:video", {"dog 2021", "video 2020"}),
        ("photos without dogs", {"cat 2021"}),
        ("2021 without dogs or cats", set()),
        ("not not videos", {"video 2020"}),
        ("before 2020 or camera:pixel", {"dog 2019", "cat 2021"}),
        ("summer 2021 -camera:pixel", {"dog 2021"}),
        ("-(year:2021 cat)", {"dog 2019", "dog 2021", "video 2020"}),
        ("july 2021", {"dog 2021"}),
        ("dec 2018 - july 2019", {"dog 2019"}),
    ],
)
def test_which_media_are_kept(media: dict[str, Media], query: str, expected: set[str]) -> None:
    found = search(query, Scope.everything())
    names = {one.pk: name for name, one in media.items()}
    assert ({names[hit.media_id] for hit in found.hits}, found.problems) == (expected, ())


def test_each_part_has_a_chip_that_can_be_taken_away_or_undone() -> None:
    found = search("videos from 2019 or 2020 -(camera:pixel snow)", Scope.everything())
    assert [(chip.sentence, chip.text, chip.without, chip.undo) for chip in found.understood] == [
        (
            "only videos",
            "videos",
            "from 2019 or 2020 -(camera:pixel snow)",
            '"videos" from 2019 or 2020 -(camera:pixel snow)',
        ),
        ("(taken 2019 or taken 2020)", "2019 or 2020", "videos from -(camera:pixel snow)", ""),
        ("not (camera: pixel and labelled snow)", "-(camera:pixel snow)", "videos from 2019 or 2020", ""),
    ]


def test_words_alone_keep_everything() -> None:
    assert search("cats or dogs", Scope.everything()).understood == ()


def test_what_a_filter_refuses_in_brackets_is_told(media: dict[str, Media]) -> None:
    found = search("(year:soon or year:2019) -type:", Scope.everything())
    assert [one.position for one in found.problems] == [1, 25]
    assert [hit.media_id for hit in found.hits] == [media["dog 2019"].pk]

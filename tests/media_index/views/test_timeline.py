from __future__ import annotations

from datetime import datetime

import pytest
from django.core.exceptions import BadRequest

from media_index.models import Extraction, Media
from media_index.views.timeline import Key, days, neighbours, other_files, timeline
from tests.factories import MediaFactory

pytestmark = pytest.mark.django_db


def walk(size: int, listed=timeline) -> list[int]:
    """All ids, part by part."""
    found: list[int] = []
    after = None
    while True:
        part = listed(Media.objects.all(), after, size)
        assert len(part.media) <= size
        found += [media.pk for media in part.media]
        if not part.next:
            return found
        after = Key.parse(part.next)


def newest_first(media: list[Media]) -> list[int]:
    return [item.pk for item in sorted(media, key=lambda item: (item.taken_at, item.pk), reverse=True)]


@pytest.mark.parametrize("size", [1, 2, 3, 7, 100])
def test_parts_make_up_the_whole_in_order_without_gaps(size: int) -> None:
    same = datetime(2021, 5, 5, 12, 0, 0, 123456)
    made = [MediaFactory() for _ in range(4)] + [MediaFactory(taken_at=same) for _ in range(5)]
    made += [MediaFactory(taken_at=same, kind="video", has_preview=False) for _ in range(2)]
    made.append(MediaFactory(kind="video", has_preview=False))
    assert walk(size) == newest_first(made)


def test_shows_photos_with_preview_and_all_videos() -> None:
    photo, video = MediaFactory(), MediaFactory(kind="video", has_preview=False)
    seen = MediaFactory(kind="video")
    MediaFactory(has_preview=False)
    MediaFactory(kind="other", has_preview=False)
    assert set(walk(10)) == {photo.pk, video.pk, seen.pk}


def test_neighbours_are_those_of_the_walk() -> None:
    same = datetime(2021, 5, 5)
    for kind, preview in (("image", True), ("video", False), ("image", True), ("video", True), ("image", False)):
        MediaFactory(taken_at=same, kind=kind, has_preview=preview)
    MediaFactory()
    order = walk(10)
    for at, pk in enumerate(order):
        newer, older = neighbours(Media.objects.all(), Media.objects.get(pk=pk))
        assert (newer.pk if newer else None) == (order[at - 1] if at else None)
        assert (older.pk if older else None) == (order[at + 1] if at + 1 < len(order) else None)


def failed(media: Media, state: str = "failed") -> None:
    Extraction.objects.create(
        media=media,
        extractor="thumbnails",
        version="1",
        lane="cheap",
        state=state,
        reason="corrupt",
        newest="2020-01-01T00:00Z",
    )


@pytest.mark.parametrize("size", [1, 2, 100])
def test_other_files_are_what_the_timeline_does_not_show(size: int) -> None:
    other = MediaFactory(kind="other", has_preview=False)
    broken, hung = MediaFactory(has_preview=False), MediaFactory(has_preview=False)
    failed(broken)
    failed(hung, "set_aside")
    failed(MediaFactory(has_preview=False), "pending")
    MediaFactory(has_preview=False)
    MediaFactory(kind="video", has_preview=False)
    assert walk(size, other_files) == newest_first([other, broken, hung])


def test_a_key_survives_its_text() -> None:
    key = Key(datetime(2020, 1, 2, 3, 4, 5, 6), 7)
    assert Key.parse(str(key)) == key


@pytest.mark.parametrize(
    "text",
    [
        "x",
        "_",
        "2020-01-01_",
        "_5",
        "2020-13-01_5",
        "2020-01-01T00:00:00+00:00_5",
        "2020-01-01_-1",
        f"2020-01-01_{2**63}",
    ],
)
def test_anything_else_is_no_key(text: str) -> None:
    with pytest.raises(BadRequest):
        Key.parse(text)


def test_days_are_those_of_the_wall_clock() -> None:
    late, early = MediaFactory(taken_at=datetime(2020, 1, 2, 0, 0)), MediaFactory(taken_at=datetime(2020, 1, 1, 23, 59))
    found = days([late, early])
    assert [day.date.day for day in found] == [2, 1]
    assert [day.continues for day in found] == [False, False]


def test_a_day_that_the_part_before_began_continues() -> None:
    first, second = MediaFactory(taken_at=datetime(2020, 1, 2, 9)), MediaFactory(taken_at=datetime(2020, 1, 1))
    after = Key(datetime(2020, 1, 2, 10), 1)
    assert [day.continues for day in days([first, second], after)] == [True, False]

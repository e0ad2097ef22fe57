from __future__ import annotations

from datetime import datetime

import pytest
from django.db.models import Q
from hypothesis import given, settings
from hypothesis import strategies as st

from media_index.models import Extraction, Media, Stack
from media_index.views.keyset import Key, end_of
from media_index.views.timeline import Listing, Part, days, neighbours, other_files, part_down, part_up, timeline
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


def test_days_are_those_of_the_wall_clock() -> None:
    late, early = MediaFactory(taken_at=datetime(2020, 1, 2, 0, 0)), MediaFactory(taken_at=datetime(2020, 1, 1, 23, 59))
    assert [day.date.day for day in days([late, early])] == [2, 1]


def test_a_part_ends_with_a_day_where_that_leaves_enough() -> None:
    for hour in range(6):
        MediaFactory(taken_at=datetime(2020, 1, 3, hour))
    for hour in range(6):
        MediaFactory(taken_at=datetime(2020, 1, 1, hour))
    assert len(timeline(Media.objects.all(), size=8).media) == 6
    assert len(timeline(Media.objects.all(), size=6).media) == 6
    assert len(timeline(Media.objects.all(), size=4).media) == 4, "a day larger than a part is cut"


def test_what_lies_elsewhere_is_not_in_the_timeline() -> None:
    shown = MediaFactory()
    for shelf in ("archive", "hidden", "trash"):
        MediaFactory(shelf=shelf)
    stack = Stack.objects.create(kind="burst")
    top = MediaFactory(stack=stack)
    MediaFactory(stack=stack, below=True)
    assert set(walk(10)) == {shown.pk, top.pk}


TIMES = st.sampled_from(
    [datetime(2020, 1, 1), datetime(2020, 1, 1, 0, 0, 0, 1), datetime(2020, 1, 31, 23, 59), datetime(2020, 2, 1)]
)
KINDS = st.sampled_from(["shown", "shown", "video", "below", "archive", "trash", "no preview"])
VALUES = {
    "shown": {},
    "video": {"kind": "video", "has_preview": False},
    "archive": {"shelf": "archive"},
    "trash": {"shelf": "trash"},
    "no preview": {"has_preview": False},
}


@settings(max_examples=60)
@given(
    made=st.lists(st.tuples(TIMES, KINDS), max_size=14),
    at=st.sampled_from(["2019", "2020-01", "2020-01-01", "2020-02", "2021"]),
    size=st.integers(1, 5),
)
def test_from_any_place_up_and_down_each_is_there_once_and_in_order(
    made: list[tuple[datetime, str]], at: str, size: int
) -> None:
    Media.objects.all().delete()
    for moment, kind in made:
        if kind == "below":
            stack = Stack.objects.create(kind="burst")
            MediaFactory(taken_at=moment, stack=stack)
            MediaFactory(taken_at=moment, stack=stack, below=True)
        else:
            MediaFactory(taken_at=moment, **VALUES[kind])
    everything = walk(100)
    shown = Media.objects.in_timeline().filter(Q(has_preview=True) | Q(kind="video"))
    assert everything == newest_first(list(shown))
    listing, start = Listing.timeline(Media.objects.all()), end_of(at)
    down, up, key = [], [], start
    while (part := part_down(listing, key, size=size)).media:
        down += [media.pk for media in part.media]
        again = part_down(listing, *_ends(part), size=size)
        assert again.media == part.media and not again.next
        if not part.next:
            break
        key = Key.parse(part.next)
    key = start
    while (part := part_up(listing, key, size=size)).media:
        up = [media.pk for media in part.media] + up
        if not part.newer:
            break
        key = Key.parse(part.newer)
    assert up + down == everything
    assert all(Media.objects.get(pk=pk).taken_at >= start.moment for pk in up)


def _ends(part: Part) -> tuple[Key, Key]:
    """A part asked for again by its first and its last media."""
    first, last = Key.of(part.media[0]), Key.of(part.media[-1])
    return Key(first.moment, first.pk + 1), last

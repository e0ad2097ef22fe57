"""Which files a camera made of one moment."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import numpy as np

from media_index.duplicates.stacking import Shot, best, place, stacks

NOON = datetime(2024, 6, 1, 12)
SCENE = np.arange(256) % 3 == 0
OTHER = np.arange(256) % 2 == 0


def shot(media: int, name: str = "", seconds: float = 0, **values: Any) -> Shot:
    facts = {"kind": "image", "mime": "image/jpeg", "by_camera": True, "camera": "X 100", "bits": SCENE} | values
    name = name or f"{media}.jpg"
    return Shot(media, taken_at=NOON + timedelta(seconds=seconds), places=frozenset({place(1, b"f", name)}), **facts)


def test_raw_and_developed_lie_on_one_stack() -> None:
    raw = shot(1, "DSC1.NEF", mime="image/x-nikon-nef", bits=None, pixels=99)
    assert stacks([raw, shot(2, "dsc1.jpg"), shot(3, "dsc2.jpg", 60)], set()) == [("raw", (1, 2))]
    assert best([raw, shot(2, "dsc1.jpg")]).media == 2


def test_a_name_that_comes_again_years_later_is_another_photo() -> None:
    raw = shot(1, "DSC1.NEF", mime="image/x-nikon-nef")
    assert stacks([raw, shot(2, "dsc1.jpg", seconds=10**7)], set()) == []


def test_two_jpegs_of_one_name_are_not_raw_and_developed() -> None:
    assert stacks([shot(1, "a.jpg"), shot(2, "a.jpeg", bits=OTHER)], set()) == []


def test_live_photo_and_its_film_but_no_long_film() -> None:
    film = {"kind": "video", "mime": "video/quicktime", "bits": None}
    photo = shot(1, "IMG_1.HEIC", mime="image/heic")
    assert stacks([photo, shot(2, "IMG_1.MOV", 1, duration=2.9, **film)], set()) == [("raw", (1, 2))]
    assert stacks([photo, shot(2, "IMG_1.MOV", 1, duration=40.0, **film)], set()) == []


def test_an_edited_jpeg_goes_with_its_heic() -> None:
    assert stacks([shot(1, "IMG_12.HEIC", mime="image/heic"), shot(2, "IMG_E12.JPG")], set()) == [("raw", (1, 2))]


def test_shots_seconds_apart_that_look_alike_are_a_burst() -> None:
    row = [shot(number, seconds=number) for number in range(1, 6)]
    assert stacks(row, set()) == [("burst", (1, 2, 3, 4, 5))]
    assert stacks(row[::-1], set()) == [("burst", (1, 2, 3, 4, 5))]


def test_no_burst_of_other_scenes_cameras_or_times_that_nobody_knows() -> None:
    assert stacks([shot(1), shot(2, bits=OTHER)], set()) == []
    assert stacks([shot(1), shot(2, camera="Y")], set()) == []
    assert stacks([shot(1), shot(2, seconds=30)], set()) == []
    assert stacks([shot(1, by_camera=False), shot(2, by_camera=False)], set()) == []


def test_what_was_told_apart_is_not_stacked() -> None:
    assert stacks([shot(1), shot(2, seconds=1)], {(1, 2)}) == []

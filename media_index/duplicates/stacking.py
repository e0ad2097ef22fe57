"""Which files a camera made of one moment, and which of them should lie on top. Pure."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import PurePosixPath

from media_index.duplicates.grouping import Pair, groups, pair
from media_index.duplicates.hashing import Bits, distance
from media_index.formats import RAW

SAME_PRESS = timedelta(seconds=3)
"""A raw file and the photo that was made with it carry the same second; the film of a live photo begins up to 1.5 s
before it, and both are cut to whole seconds."""
LONGEST_LIVE = 4.0
"""Seconds: the film of a live photo lasts 3."""
BURST_GAP = timedelta(seconds=2)
"""Cameras take 3 to 20 pictures a second in a burst, and write whole seconds; who presses again takes longer."""
BURST_ALIKE = 88
"""Bits of 256: shots of one camera within seconds need not be as near as copies, as people move. Of 1,266,436 pairs of
unlike photos, which were not taken seconds apart, 4 are as near, of 70,500 others none; of frames of five films that
are up to 0.3 s apart all are within it, but for a fifth in one of them (research/duplicates/bursts.py)."""
HEIC = frozenset({"image/heic", "image/heif", "image/heic-sequence", "image/heif-sequence"})
EDITED = ("_edited", "-edited", "_bearbeitet", "-bearbeitet")
"""What phones and programs put behind the name of a picture that was edited."""


@dataclass(frozen=True, slots=True)
class Shot:
    """A media as far as it matters here. ``places``: folder and stem of its files (:func:`place`); ``camera`` is "" and
    ``bits`` None where they are not known; ``by_camera``: its time is the camera's word."""

    media: int
    kind: str
    mime: str
    taken_at: datetime
    by_camera: bool
    camera: str = ""
    bits: Bits | None = None
    places: frozenset[tuple[int, bytes, str]] = frozenset()
    pixels: int = 0
    size: int = 0
    duration: float | None = None


def place(source: int, folder: bytes, name: str) -> tuple[int, bytes, str]:
    """Where a file lies, and its name without what tells the format or that it was edited. iPhones call what was edited
    ``IMG_E1234`` beside ``IMG_1234``."""
    stem = PurePosixPath(name).stem.lower()
    for end in EDITED:
        stem = stem.removesuffix(end)
    if stem.startswith("img_e") and stem[5:].isdigit():
        stem = f"img_{stem[5:]}"
    return source, folder, stem


def one_press(one: Shot, other: Shot) -> bool:
    """Whether both came of one press of the button: raw and developed, HEIC and JPEG, live photo and its film."""
    if not one.places & other.places:
        return False
    if one.by_camera and other.by_camera and abs(one.taken_at - other.taken_at) > SAME_PRESS:
        return False
    kinds = {_form(one), _form(other)}
    return kinds in ({"raw", "picture"}, {"raw", "heic"}, {"heic", "picture"}, {"heic", "film"}, {"picture", "film"})


def _form(shot: Shot) -> str:
    if shot.mime in RAW:
        return "raw"
    if shot.mime in HEIC:
        return "heic"
    if shot.kind == "image":
        return "picture"
    return "film" if shot.duration is not None and shot.duration <= LONGEST_LIVE else shot.kind


def in_burst(one: Shot, other: Shot) -> bool:
    """Whether two pictures are shots of one burst: the same camera, seconds apart by its own clock, and alike."""
    if not (one.camera and one.camera == other.camera and one.by_camera and other.by_camera):
        return False
    if one.bits is None or other.bits is None or abs(one.taken_at - other.taken_at) > BURST_GAP:
        return False
    return distance(one.bits, other.bits) <= BURST_ALIKE


def stacks(
    shots: Sequence[Shot], different: Collection[Pair], joined: Collection[Pair] = ()
) -> list[tuple[str, tuple[int, ...]]]:
    """The stacks that ``shots`` make: ``("raw" | "burst", ids)``. A burst of raw files with their photos is one burst.
    ``joined``: what lies on one stack already. It compares only what shares a name or follows within
    :data:`BURST_GAP`."""
    near: dict[Pair, int] = dict.fromkeys(joined, -1)
    named: dict[tuple[int, bytes, str], list[Shot]] = {}
    for shot in shots:
        for where in shot.places:
            named.setdefault(where, []).append(shot)
    for together in named.values():
        for at, one in enumerate(together):
            near |= {pair(one.media, other.media): 0 for other in together[at + 1 :] if one_press(one, other)}
    bursts: set[int] = set()
    row = sorted(shots, key=lambda shot: (shot.taken_at, shot.media))
    for at, one in enumerate(row):
        for other in row[at + 1 :]:
            if other.taken_at - one.taken_at > BURST_GAP:
                break
            if pair(one.media, other.media) not in near and in_burst(one, other):
                near[pair(one.media, other.media)] = 1
                bursts |= {one.media, other.media}
    found = groups(((one, other, far) for (one, other), far in near.items()), different)
    return [("burst" if bursts & set(ids) else "raw", ids) for ids in found]


def best(shots: Sequence[Shot]) -> Shot:
    """Which should lie on top: a picture rather than a film, what any program shows rather than a raw file, then the
    one with the most pixels, then the largest file, which of equal shots is mostly the sharpest."""
    return max(
        shots,
        key=lambda shot: (shot.kind == "image", shot.mime not in RAW, shot.pixels, shot.size, -shot.media),
    )

"""When, where and with what a picture was taken."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import Any

from media_index.decoding.clips import DURATION, LONGEST_SECONDS
from media_index.errors import ExtractError
from media_index.extractors.base import Batch, Context, Extractor, ExtractorOptions, Lane, Needs, Outcome
from media_index.extractors.place import altitude, find_position
from media_index.extractors.taken import find_taken
from media_index.places.placing import Placed, placed
from media_index.places.world import world

MAX_TEXT = 100
"""Characters kept of a name of a camera or a lens; the longest seen in real files has 60."""
_ISO_UNKNOWN = 65_535
"""What cameras write into the 16-bit tag when the value stands in another one (EXIF 2.32, Annex G)."""
# Wide of everything built; what lies outside is a broken value.
_MAX_F_NUMBER = 256.0
_MAX_EXPOSURE_SECONDS = 7 * 86_400.0
_MAX_FOCAL_LENGTH_MM = 20_000.0
_MAX_ISO = 10_000_000


@dataclass(frozen=True, slots=True)
class ExifOutcome(Outcome):
    """What a file says of itself; None where it says nothing, or nothing that can be true.

    ``taken_at`` is naive local wall time, ``taken_offset`` minutes east of UTC, ``taken_from`` the source, surest
    first: ``exif_offset``, ``exif``, ``xmp``, ``png``, ``gps``, ``sidecar``, ``filename``, ``file``. ``width`` and
    ``height`` are pixels, upright.
    ``exposure`` is in seconds, ``aperture`` the f-number, focal lengths in millimetres, latitude and longitude in
    degrees (WGS 84), ``altitude`` in metres above the sea, ``place`` what lies there. ``duration`` is that of a video,
    in seconds. Texts hold no NUL.
    """

    taken_at: datetime
    taken_offset: int | None
    taken_from: str
    width: int | None = None
    height: int | None = None
    format: str = ""
    mime: str = ""
    orientation: int = 1
    camera_make: str = ""
    camera_model: str = ""
    lens: str = ""
    iso: int | None = None
    aperture: float | None = None
    exposure: float | None = None
    focal_length: float | None = None
    focal_length_35: int | None = None
    latitude: float | None = None
    longitude: float | None = None
    altitude: float | None = None
    place: Placed | None = None
    duration: float | None = None


def _utc_now() -> datetime:
    return datetime.now(UTC)


class ExifExtractor:
    """Reads no pixels. Of a file that cannot be opened it still tells the time, by its name or its file time."""

    name = "exif"
    version = "3"
    lane = Lane.CHEAP
    needs = Needs(pixels=0, decoded=False)

    def __init__(self, models: Path, *, home: tzinfo | None = None, clock: Callable[[], datetime] = _utc_now) -> None:
        """``models`` is where the list of the world's places is made if the set-up has not; ``home`` is the zone of the
        household, the machine's if None; ``clock`` gives the present, aware."""
        self._models = models
        self._home = home
        self._clock = clock

    def accepts(self, kind: str, mime: str) -> bool:
        """Every file has at least a name and a time."""
        del kind, mime
        return True

    def extract(self, batch: Batch) -> Sequence[ExifOutcome | ExtractError]:
        """An :class:`ExifOutcome` for each file; :class:`media_index.places.table.PlacesError` where one was taken
        somewhere and the list of places cannot be had."""
        now = self._clock()
        return [self._extract(context, now) for context in batch.contexts]

    def unload(self) -> None:
        """Holds nothing."""

    def _extract(self, context: Context, now: datetime) -> ExifOutcome:
        decoded = context.decoded
        tags: Mapping[str, Any] = {} if decoded is None else decoded.tags
        taken = find_taken(tags, context.name, context.modified, now=now, home=self._home)
        latitude, longitude = find_position(tags)
        return ExifOutcome(
            taken_at=taken.at,
            taken_offset=taken.offset,
            taken_from=taken.source,
            width=None if decoded is None else decoded.width,
            height=None if decoded is None else decoded.height,
            format="" if decoded is None else decoded.format,
            mime=context.mime if decoded is None else decoded.mime,
            orientation=1 if decoded is None else decoded.orientation,
            camera_make=_text(tags, "Make"),
            camera_model=_text(tags, "Model"),
            lens=_text(tags, "LensModel"),
            iso=_iso(tags),
            aperture=_aperture(tags),
            exposure=_exposure(tags),
            focal_length=_number(tags, "FocalLength", _MAX_FOCAL_LENGTH_MM),
            focal_length_35=_whole(_number(tags, "FocalLengthIn35mmFilm", _MAX_FOCAL_LENGTH_MM)),
            latitude=latitude,
            longitude=longitude,
            altitude=altitude(tags) if latitude is not None else None,
            place=None if latitude is None or longitude is None else self._placed(latitude, longitude),
            duration=_number(tags, DURATION, LONGEST_SECONDS),
        )

    def _placed(self, latitude: float, longitude: float) -> Placed | None:
        return placed(latitude, longitude, world(self._models))


def _text(tags: Mapping[str, Any], name: str) -> str:
    """A name without NUL and control characters; placeholders such as ``----`` count as nothing."""
    value = tags.get(name)
    if not isinstance(value, str):
        return ""
    printable = "".join(character if character.isprintable() else " " for character in value)
    text = " ".join(printable.split())[:MAX_TEXT].rstrip()
    return text if any(character.isalnum() for character in text) else ""


def _number(tags: Mapping[str, Any], name: str, most: float) -> float | None:
    """A positive number up to ``most``, the first where the tag holds several."""
    value = tags.get(name)
    if isinstance(value, tuple) and value:
        value = value[0]
    if not isinstance(value, int | float) or not math.isfinite(value) or not 0 < value <= most:
        return None
    return float(value)


def _whole(value: float | None) -> int | None:
    return None if value is None or value < 1 else round(value)


def _iso(tags: Mapping[str, Any]) -> int | None:
    value = _whole(_number(tags, "ISOSpeedRatings", _MAX_ISO))
    if value is not None and value != _ISO_UNKNOWN:
        return value
    for name in ("ISOSpeed", "RecommendedExposureIndex", "StandardOutputSensitivity"):
        other = _whole(_number(tags, name, _MAX_ISO))
        if other is not None:
            return other
    return None


def _aperture(tags: Mapping[str, Any]) -> float | None:
    value = _number(tags, "FNumber", _MAX_F_NUMBER)
    if value is not None:
        return round(value, 3)
    apex = _number(tags, "ApertureValue", 16)
    return None if apex is None else round(2 ** (apex / 2), 1)  # EXIF 2.32, Annex C


def _exposure(tags: Mapping[str, Any]) -> float | None:
    value = _number(tags, "ExposureTime", _MAX_EXPOSURE_SECONDS)
    if value is not None:
        return value
    apex = tags.get("ShutterSpeedValue")
    if not isinstance(apex, int | float) or not -20 < apex < 20 or apex == 0:
        return None
    return float(2**-apex)  # EXIF 2.32, Annex C


def build(options: ExtractorOptions) -> list[Extractor]:
    """The one extractor of EXIF."""
    return [ExifExtractor(options.models)]

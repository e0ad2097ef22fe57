"""What other programs keep in a file beside a photo: XMP, and the JSON of Google Takeout."""

from __future__ import annotations

import html
import json
import os
import re
from collections.abc import Iterator
from typing import Any

from media_index.decoding.annotations import MAX_BYTES, MAX_TEXT, read_annotations
from media_index.decoding.opening import open_file
from media_index.decoding.xmp import read_xmp
from media_index.errors import ExtractError

TAKEN, LATITUDE, LONGITUDE = "takeout:photoTakenTime", "takeout:latitude", "takeout:longitude"
"""The names under which Takeout's facts stand among the tags: seconds since 1970 (UTC), degrees (WGS 84)."""

DESCRIBED, FAVOURED = "takeout:description", "takeout:favorited"
"""What somebody wrote there, and whether they liked it best."""
BESIDE = "sidecar:"
"""Stands before the names of what people wrote into an XMP file beside the photo, as it is later than what stands in
the photo itself."""

_MAX_JSON_BYTES = 262_144
"""With all its comments and people such a file has a few kB."""
_TAKEOUT_NAME = 46
"""Characters that Takeout leaves of a name before its ``.json``; seen in exports of 2019 to 2025."""
_SUPPLEMENT = ".supplemental-metadata"
_NUMBERED = re.compile(r"(?P<stem>.+)(?P<number>\(\d{1,4}\))(?P<ending>\.[^.]+)")
_EDITED = re.compile(
    r"(?P<stem>.+)-(?:edited|bearbeitet|modifié|editado|modificato|bewerkt|editada)(?P<ending>\.[^.]+)"
)


def read_sidecars(path: bytes) -> dict[str, Any]:
    """What stands beside the photo at ``path``: properties of XMP by their names, and Takeout's facts.

    A sidecar that is missing, too large or broken counts for nothing.
    """
    found: dict[str, Any] = {}
    folder, name = os.path.split(os.fsdecode(path))
    for beside in _xmp_names(name):
        content = _content(os.fsencode(os.path.join(folder, beside)), MAX_BYTES)  # noqa: PTH118
        if content:
            found |= read_xmp(content)
            found |= {BESIDE + name: value for name, value in read_annotations(content).items()}
            break
    for candidate in takeout_names(name):
        content = _content(os.fsencode(os.path.join(folder, candidate)), _MAX_JSON_BYTES)  # noqa: PTH118
        if content:
            return found | _takeout(content)
    return found


def names_beside(name: str) -> Iterator[str]:
    """How files may be called that tell of one called ``name``."""
    yield from _xmp_names(name)
    yield from takeout_names(name)


def _xmp_names(name: str) -> tuple[str, ...]:
    stem = os.path.splitext(name)[0]  # noqa: PTH122 (a name may hold what no path does)
    return f"{name}.xmp", f"{stem}.xmp", f"{name}.XMP", f"{stem}.XMP"


def takeout_names(name: str) -> Iterator[str]:
    """How Takeout may have called the JSON of a photo called ``name``, the likeliest first, none twice."""
    seen = set()
    for candidate in _candidates(name):
        if candidate not in seen:
            seen.add(candidate)
            yield candidate


def _candidates(name: str) -> Iterator[str]:
    yield f"{name}{_SUPPLEMENT}"[:_TAKEOUT_NAME] + ".json"
    yield f"{name}{_SUPPLEMENT}.json"
    yield f"{name}.json"
    yield f"{name[:_TAKEOUT_NAME]}.json"
    if numbered := _NUMBERED.fullmatch(name):
        plain, number = numbered["stem"] + numbered["ending"], numbered["number"]
        yield f"{plain}{_SUPPLEMENT}"[:_TAKEOUT_NAME] + f"{number}.json"
        yield f"{plain}{number}.json"
    if edited := _EDITED.fullmatch(name):
        yield from _candidates(edited["stem"] + edited["ending"])


def _content(path: bytes, most: int) -> bytes:
    try:
        with open_file(path) as file:
            content = file.read(most + 1)
    except (ExtractError, OSError):
        return b""
    return content if len(content) <= most else b""


def _takeout(content: bytes) -> dict[str, Any]:
    try:
        document = json.loads(content)
    except (ValueError, RecursionError):
        return {}
    if not isinstance(document, dict):
        return {}
    found: dict[str, Any] = {}
    stamp = _inside(document, "photoTakenTime", "timestamp")
    if isinstance(stamp, str | int) and re.fullmatch(r"-?\d{1,12}", str(stamp)):
        found[TAKEN] = int(stamp)
    latitude, longitude = _inside(document, "geoData", "latitude"), _inside(document, "geoData", "longitude")
    if isinstance(latitude, int | float) and isinstance(longitude, int | float) and (latitude or longitude):
        found |= {LATITUDE: float(latitude), LONGITUDE: float(longitude)}
    described = document.get("description")
    if isinstance(described, str) and described.strip():
        # Exports write some signs as HTML does.
        found[DESCRIBED] = html.unescape(described.strip()[:MAX_TEXT])
    if document.get("favorited") is True:
        found[FAVOURED] = True
    return found


def is_written(name: str) -> bool:
    """Whether a fact of a sidecar is what somebody wrote, and not when or where the picture was taken."""
    return name.startswith(BESIDE) or name in (DESCRIBED, FAVOURED)


def _inside(document: dict[str, Any], outer: str, inner: str) -> Any:
    value = document.get(outer)
    return value.get(inner) if isinstance(value, dict) else None

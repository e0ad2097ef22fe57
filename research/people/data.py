"""The photos that figures are measured on, and whose face is whose.

The folder holds ``faces.jsonl`` (``path``; ``identity`` of the main face, or a list of several), and for detectors
``groups.jsonl`` (``path``, ``face_count``) and ``objects.jsonl`` (``path``, ``class``). The main face is the largest,
except where a look at the photo says otherwise (``by_eye.json``: the middle of the face as fractions of the photo).
"""

from __future__ import annotations

import json
import pickle
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from people.engines.base import FaceEngine, FoundFace

PIXELS = 2048
"""Longest side in pixels of a preview."""
HARD = ("kylian mbappe", "maria sharapova", "roger federer", "serena williams")
"""Whole photos from the web with others around; the other sets are press photos and crops."""
BY_EYE = json.loads(Path(__file__).with_name("by_eye.json").read_text(encoding="utf-8"))


@dataclass(frozen=True, slots=True, eq=False)
class Library:
    """The faces of all photos with one identity. ``photos`` ``(n,)`` numbers their photos, ``owner`` names the identity
    of each face's photo, ``truth`` that of the face: None for strangers. ``missed`` counts for each identity the photos
    in which nobody was found."""

    faces: list[FoundFace]
    photos: NDArray[np.int64]
    owner: list[str]
    truth: list[str | None]
    main: list[bool]
    missed: dict[str, int]

    @property
    def vectors(self) -> NDArray[np.float32]:
        return np.stack([face.vector for face in self.faces])

    @property
    def persons(self) -> list[str]:
        return sorted(set(self.owner))

    def of(self, persons: Sequence[str]) -> NDArray[np.int64]:
        """The places of all faces in the photos of these persons."""
        wanted = set(persons)
        return np.array([place for place, owner in enumerate(self.owner) if owner in wanted])


def rows(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]


def preview(file: Path) -> Image.Image:
    """A photo upright and as large as its preview."""
    with Image.open(file) as opened:
        picture = ImageOps.exif_transpose(opened).convert("RGB")
    picture.thumbnail((PIXELS, PIXELS), Image.Resampling.LANCZOS)
    return picture


def read_library(data: Path, engine: FaceEngine, cache: Path) -> Library:
    """All photos of ``faces.jsonl`` with one identity; what the engine finds is kept in ``cache``."""
    photos = [row for row in rows(data / "faces.jsonl") if isinstance(row["identity"], str)]
    kept = cache / f"faces-{engine.name}-{engine.version}.pickle"
    if not kept.exists():
        cache.mkdir(parents=True, exist_ok=True)
        found = [engine.find([preview(data / row["path"])])[0] for row in photos]
        kept.write_bytes(pickle.dumps(found))
    found = pickle.loads(kept.read_bytes())
    faces: list[FoundFace] = []
    numbers: list[int] = []
    owner: list[str] = []
    truth: list[str | None] = []
    main: list[bool] = []
    missed: defaultdict[str, int] = defaultdict(int)
    for number, (row, several) in enumerate(zip(photos, found, strict=True)):
        missed[row["identity"]] += not several
        names, first = _names(Path(row["path"]).name, row["identity"], several)
        for place, face in enumerate(several):
            faces.append(face)
            numbers.append(number)
            owner.append(row["identity"])
            truth.append(names[place])
            main.append(place == first)
    return Library(faces, np.array(numbers), owner, truth, main, dict(missed))


def _names(file: str, identity: str, faces: Sequence[FoundFace]) -> tuple[list[str | None], int]:
    """Who is on each face of a photo, and which is the main one."""
    names: list[str | None] = [None] * len(faces)
    if not faces:
        return names, -1
    seen = dict(BY_EYE.get(file, {}))
    first = max(range(len(faces)), key=lambda place: faces[place].box[2] * faces[place].box[3])
    if "main" in seen:
        first = _nearest(seen.pop("main"), faces)
    for name, place in seen.items():
        names[_nearest(place, faces)] = name
    names[first] = identity
    return names, first


def _nearest(middle: Sequence[float], faces: Sequence[FoundFace]) -> int:
    away = [
        abs(face.box[0] + face.box[2] / 2 - middle[0]) + abs(face.box[1] + face.box[3] / 2 - middle[1])
        for face in faces
    ]
    return int(np.argmin(away))

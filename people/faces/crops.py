"""The picture of one face, cut out of the smallest thumbnail that shows it sharp enough."""

from __future__ import annotations

import io

from blake3 import blake3
from PIL import Image

from media_index import thumbnail_store
from people.models import Face

SIDE = 192
"""Pixels of a crop: the largest it is shown, 96 CSS pixels on a screen of double density."""
AROUND = 0.35
"""What is shown around a face, as a share of its longer side: hair and chin, which boxes of detectors leave out."""
QUALITY = 82


def crop_key(face: Face) -> str:
    """Changes with the picture and the box, so that a browser may keep a crop for good."""
    return blake3(f"{face.media.content_hash} {face.box} {SIDE} {AROUND}".encode()).hexdigest()[:16]


def crop(face: Face) -> bytes:
    """A square WebP around the face. Raises ``OSError`` where the thumbnail is not there or broken."""
    width, height = face.media.width or 1, face.media.height or 1
    side = max(face.width * width, face.height * height) * (1 + 2 * AROUND)
    scale = SIDE / max(side, 1)
    size = thumbnail_store.size_for(round(max(width, height) * min(scale, 1)))
    with Image.open(thumbnail_store.file(face.media.content_hash, size)) as picture:
        shown = picture.convert("RGB")
    half = max(face.width * shown.width, face.height * shown.height) * (0.5 + AROUND)
    across, down = (face.left + face.width / 2) * shown.width, (face.top + face.height / 2) * shown.height
    half = min(half, shown.width / 2, shown.height / 2)
    # Moved into the picture rather than cut off at its edge.
    across = min(max(across, half), shown.width - half)
    down = min(max(down, half), shown.height - half)
    box = (across - half, down - half, across + half, down + half)
    small = shown.resize((SIDE, SIDE), Image.Resampling.LANCZOS, box=box)
    out = io.BytesIO()
    small.save(out, "WEBP", quality=QUALITY)
    return out.getvalue()

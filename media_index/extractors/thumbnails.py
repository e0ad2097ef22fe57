"""Small pictures to browse with, and the preview that all later work reads instead of the original."""

from __future__ import annotations

import io
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from PIL import Image

from media_index.errors import ExtractError
from media_index.extractors.base import Batch, Context, Extractor, ExtractorOptions, Lane, Needs, Outcome

PREVIEW_SIDE = 2048
LARGE_SIDE, MEDIUM_SIDE, SMALL_SIDE = 1280, 640, 320
PLACEHOLDER_SIDE = 16

# Measured on a 12-megapixel photo: JPEG takes 8 ms for the preview where WebP would take 40 and more, and is smaller
# by 4 % only if it takes twice that (optimize). WebP's method 0 takes 18 ms for the large picture, method 2 twice that
# for 18 % less. For the small ones, which a page shows by the dozen, bytes count for more than the few milliseconds.
PREVIEW_QUALITY = 85
_WEBP_QUALITY = 75
_LARGE_METHOD, _MEDIUM_METHOD, _SMALL_METHOD = 0, 1, 2
_PLACEHOLDER_QUALITY = 20
_THREADS = 2
"""Pillow lets go of Python's lock while it resizes and compresses; more threads would take cores from the decoders."""


@dataclass(frozen=True, slots=True)
class ThumbnailsOutcome(Outcome):
    """``preview`` is JPEG, the others are WebP; the longest sides are at most 2,048, 1,280, 640, 320 and 16 pixels,
    never more than the original has. They carry no metadata. ``width`` and ``height`` are the upright original's."""

    preview: bytes
    large: bytes
    medium: bytes
    small: bytes
    placeholder: bytes
    width: int
    height: int
    format: str
    mime: str
    frames: int


class ThumbnailsExtractor:
    """Makes thumbnails of whatever can be decoded, two files at a time."""

    name = "thumbnails"
    version = "2"
    lane = Lane.CHEAP
    needs = Needs(pixels=PREVIEW_SIDE)

    def __init__(self) -> None:
        self._threads: ThreadPoolExecutor | None = None

    def accepts(self, kind: str, mime: str) -> bool:
        """All pictures: one that cannot be opened leaves the reason why behind."""
        del mime
        return kind == "image"

    def extract(self, batch: Batch) -> Sequence[ThumbnailsOutcome | ExtractError]:
        if self._threads is None:
            self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="thumbnails")
        return list(self._threads.map(_extract, batch.contexts))

    def unload(self) -> None:
        if self._threads is not None:
            self._threads.shutdown()
            self._threads = None


def _extract(context: Context) -> ThumbnailsOutcome | ExtractError:
    decoded = context.decoded
    if decoded is None or decoded.pixels.size == 0:
        return ExtractError("no_preview", "the file was not decoded")
    preview = _fit(Image.fromarray(decoded.pixels), PREVIEW_SIDE)
    large = _fit(preview, LARGE_SIDE)
    medium = _fit(large, MEDIUM_SIDE)
    small = _fit(medium, SMALL_SIDE)
    return ThumbnailsOutcome(
        preview=_jpeg(preview),
        large=_webp(large, _LARGE_METHOD),
        medium=_webp(medium, _MEDIUM_METHOD),
        small=_webp(small, _SMALL_METHOD),
        placeholder=_webp(_fit(small, PLACEHOLDER_SIDE), 0, _PLACEHOLDER_QUALITY),
        width=decoded.width,
        height=decoded.height,
        format=decoded.format,
        mime=decoded.mime,
        frames=decoded.frames,
    )


def _fit(image: Image.Image, side: int) -> Image.Image:
    """``image`` with its longest side at most ``side``; itself when it is small enough."""
    longest = max(image.size)
    if longest <= side:
        return image
    if longest == 2 * side:
        return image.reduce(2)  # a mean over 2 x 2 pixels: 1 ms where resizing takes 15
    width, height = (max(1, round(length * side / longest)) for length in image.size)
    return image.resize((width, height), Image.Resampling.HAMMING, reducing_gap=2.0)


def _jpeg(image: Image.Image) -> bytes:
    target = io.BytesIO()
    image.save(target, "JPEG", quality=PREVIEW_QUALITY)
    return target.getvalue()


def _webp(image: Image.Image, method: int, quality: int = _WEBP_QUALITY) -> bytes:
    target = io.BytesIO()
    image.save(target, "WEBP", quality=quality, method=method)
    return target.getvalue()


def build(options: ExtractorOptions) -> list[Extractor]:  # noqa: ARG001  (the factory's shape)
    """The one extractor of thumbnails; no option changes it."""
    return [ThumbnailsExtractor()]

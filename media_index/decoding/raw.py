"""RAW files by LibRaw: the finished picture that the camera put beside the raw data, else that data developed."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any, BinaryIO

from PIL import Image

from media_index.decoding.colour import to_srgb
from media_index.decoding.exif_tags import read_tags
from media_index.decoding.notes import with_sidecars, written_in
from media_index.decoding.picture import MIN_SHARE, Picture, PictureError, turned
from media_index.decoding.refusals import BROKEN, refusal
from media_index.decoding.room import Room
from media_index.errors import ExtractError

if TYPE_CHECKING:
    import rawpy

_ORIENTATIONS = {0: 1, 3: 3, 5: 8, 6: 6}
"""LibRaw's ``flip`` (its documentation, libraw_image_sizes_t) as orientation of EXIF."""
_LEAST_PREVIEW = 640
"""The longest side of a preview that stands in for raw data that LibRaw cannot develop (new compressions of DNG)."""
_BYTES_PER_PIXEL = 16
"""Raw data of 2 bytes, four channels of 2 as LibRaw works on them, three of 1 as result, and Pillow's 4."""
_HALF_BYTES_PER_PIXEL = 6
_MAX_PREVIEW_PIXELS = 200_000_000
_SQUARE = 1.02
"""Up to this ratio of its sides a preview does not show whether it was turned already."""


def open_raw(file: BinaryIO, path: bytes, mime: str, pixels: int, *, max_pixels: int, room: Room) -> Picture:
    """As :func:`media_index.decoding.images.open_picture`, for the types of :data:`media_index.formats.RAW`."""
    import rawpy

    known: Picture | None = None
    try:
        with rawpy.RawPy() as raw:
            raw.open_buffer(file)
            preview = _preview(raw)
            known = _facts(raw, file, path, mime, preview)
            if pixels <= 0:
                return known
            if known.width * known.height > max_pixels:
                raise ExtractError("too_large", f"{known.width} x {known.height} pixels, the limit is {max_pixels}")
            image = _image(raw, known, preview, pixels, room)
    except ExtractError as error:
        raise PictureError(error, known) from error
    except rawpy.LibRawError as error:
        raise PictureError(_reason(error), known) from error
    except (*BROKEN, MemoryError) as error:
        raise PictureError(refusal(error, file, mime), known) from error
    return Picture(
        image, known.width, known.height, known.format, known.mime, known.orientation, known.frames, known.tags
    )


def _facts(raw: rawpy.RawPy, file: BinaryIO, path: bytes, mime: str, preview: Image.Image | None) -> Picture:
    orientation = _ORIENTATIONS.get(raw.sizes.flip, 1)
    width, height = raw.sizes.width, raw.sizes.height
    if orientation >= 5:
        width, height = height, width
    block = preview.info.get("exif") if preview else None
    # Fuji's and Canon's newest formats are no TIFF; there the preview carries the tags.
    tags: dict[str, Any] = (read_tags(block) if isinstance(block, bytes) else {}) | read_tags(file)
    tags = with_sidecars(tags | written_in(file), path, mime)
    kind = mime.rpartition("-")[2].upper()
    return Picture(None, width, height, kind, mime, orientation, 1, tags)


def _preview(raw: rawpy.RawPy) -> Image.Image | None:
    """The embedded picture, not yet loaded; None where there is none that can be opened."""
    import rawpy

    try:
        thumbnail = raw.extract_thumb()
        image: Image.Image
        if isinstance(thumbnail.data, bytes):
            image = Image.open(io.BytesIO(thumbnail.data), formats=("JPEG",))
        else:
            image = Image.fromarray(thumbnail.data)
    except (rawpy.LibRawError, rawpy.NotSupportedError, *BROKEN):
        return None  # the raw data is there all the same
    return image if image.width * image.height <= _MAX_PREVIEW_PIXELS else None


def _image(raw: rawpy.RawPy, known: Picture, preview: Image.Image | None, pixels: int, room: Room) -> Image.Image:
    import rawpy

    longest = max(known.width, known.height)
    wanted = min(pixels, longest) * MIN_SHARE
    if preview is not None and max(preview.size) >= wanted:
        try:
            return _upright(preview, known, pixels)
        except BROKEN:
            preview = None  # the raw data is there all the same
    try:
        half = longest / 2 >= wanted
        needed = known.width * known.height * (_HALF_BYTES_PER_PIXEL if half else _BYTES_PER_PIXEL)
        with room.for_picture(needed):
            developed = raw.postprocess(use_camera_wb=True, half_size=half, output_bps=8)
            return to_srgb(Image.fromarray(developed), pixels)
    except rawpy.LibRawError:
        if preview is None or max(preview.size) < _LEAST_PREVIEW:
            raise
        return _upright(preview, known, pixels)


def _upright(preview: Image.Image, known: Picture, pixels: int) -> Image.Image:
    """The preview turned as the raw data is, unless its shape tells that the camera has done so."""
    least = max(1, int(min(pixels, max(preview.size)) * MIN_SHARE))
    longest = max(preview.size)
    preview.draft("RGB", (max(1, preview.width * least // longest), max(1, preview.height * least // longest)))
    preview.load()
    image = to_srgb(preview, pixels)
    sideways = known.orientation >= 5
    if sideways and (image.width < image.height) == (known.width < known.height) and _is_oblong(image):
        return image
    return turned(image, known.orientation)


def _is_oblong(image: Image.Image) -> bool:
    return max(image.size) > _SQUARE * min(image.size)


def _reason(error: Exception) -> ExtractError:
    import rawpy

    detail = f"LibRaw: {error.args[0].decode() if error.args and isinstance(error.args[0], bytes) else error}"
    if isinstance(error, rawpy.LibRawUnsufficientMemoryError | rawpy.LibRawMemPoolOverflowError):
        return ExtractError("out_of_memory", detail)
    if isinstance(error, rawpy.LibRawFileUnsupportedError | rawpy.LibRawNotImplementedError):
        return ExtractError("unsupported", detail)
    if isinstance(error, rawpy.LibRawIOError):
        return ExtractError("truncated", detail)
    return ExtractError("too_large" if isinstance(error, rawpy.LibRawTooBigError) else "corrupt", detail)

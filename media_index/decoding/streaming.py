"""Pictures too large to be held whole: reduced by libvips while they are read, some rows at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO

from PIL import Image

from media_index.decoding.room import BIG_BYTES, needed_bytes

if TYPE_CHECKING:
    import pyvips

MOST_TIMES = 4
"""How many times the limit of pixels a picture may have that is never held whole: reading it takes time as well, some
seconds for a thousand megapixels."""
_ROWS = 2_048
"""About how many rows libvips keeps while it reduces; measured 145 MB for a PNG of 20,000 x 20,000 pixels."""
_RESULT_BYTES = 60_000_000
_WEBP_BYTES_PER_PIXEL = 5
"""Lossless WebP is unfolded as a whole; lossy WebP is not."""
_ROWS_PER_STRIP, _ROWS_PER_TILE = 278, 323
_MODES = {("b-w", 1): "L", ("grey16", 1): "L", ("srgb", 3): "RGB", ("rgb16", 3): "RGB", ("cmyk", 4): "CMYK"}
"""Kinds of colours of libvips, with their number of bands, that need nothing but Pillow's own name."""


def is_streamed(image: Image.Image, max_pixels: int) -> bool:
    """Whether ``image``, just opened, is better not loaded by Pillow."""
    if image.format not in ("PNG", "TIFF", "WEBP") or (getattr(image, "is_animated", False) and image.format != "TIFF"):
        return False
    if image.info.get("interlace") or image.mode in ("F", "I", "LAB", "YCbCr"):
        return False
    pixels = image.width * image.height
    return pixels > max_pixels or needed_bytes(image, image.size, image.size) >= BIG_BYTES


def streamed_bytes(image: Image.Image) -> int:
    """About how many bytes of memory :func:`read_reduced` takes."""
    width, height = image.size
    needed = _RESULT_BYTES + max(width, height) * 4 * _ROWS
    if image.format == "WEBP":
        needed += width * height * _WEBP_BYTES_PER_PIXEL
    if image.format == "TIFF":
        tags = getattr(image, "tag_v2", {})
        rows = tags.get(_ROWS_PER_TILE) or tags.get(_ROWS_PER_STRIP, height)
        needed += width * min(int(rows), height) * 2 * len(image.getbands())
    return needed


def read_reduced(file: BinaryIO, image: Image.Image, pixels: int) -> Image.Image | None:
    """The first page of ``file``, its longest side at most about ``pixels``, not turned; of mode L, RGB or CMYK, over
    white, with its colour profile. None for other kinds of colours. Raises OSError for a file that is broken, and
    MemoryError."""
    import pyvips

    file.seek(0)
    try:
        small = _reduced(pyvips.Source.new_from_descriptor(file.fileno()), str(image.format), pixels)
        mode = _MODES.get((small.interpretation, small.bands))
        if mode is None or small.format not in ("uchar", "ushort"):
            return None
        if small.format == "ushort":
            small = (small >> 8).cast("uchar")
        result = Image.frombytes(mode, (small.width, small.height), small.write_to_memory())
    except pyvips.Error as error:
        words = " ".join(str(error).split())
        if "out of memory" in words.lower():
            raise MemoryError(words) from error
        # The last words only tell where the pixels were to go.
        raise OSError(f"libvips: {words.replace('unable to write to memory', '')}") from error
    if image.info.get("icc_profile"):
        result.info["icc_profile"] = image.info["icc_profile"]
    return result


def _reduced(source: pyvips.Source, format: str, pixels: int) -> pyvips.Image:
    import pyvips

    # A strip that is missing from a TIFF counts as an error there, and not as truncation.
    how = {"access": "sequential", "fail_on": "error" if format == "TIFF" else "truncated"}
    if format == "WEBP":
        whole = pyvips.Image.webpload_source(source, **how)
        scale = min(1.0, pixels / max(whole.width, whole.height))
        return _opaque(pyvips.Image.webpload_source(source, scale=scale, **how))
    load = pyvips.Image.pngload_source if format == "PNG" else pyvips.Image.tiffload_source
    whole = _opaque(load(source, **how))
    scale = min(1.0, pixels / max(whole.width, whole.height))
    # A line of one pixel must not vanish.
    return whole.resize(max(scale, 1 / whole.width), vscale=max(scale, 1 / whole.height))


def _opaque(image: pyvips.Image) -> pyvips.Image:
    return image.flatten(background=65535 if image.format == "ushort" else 255) if image.hasalpha() else image

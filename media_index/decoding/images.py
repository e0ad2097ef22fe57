"""Opens one image file, bounded and upright. Runs in the child process; imports neither numpy nor Django."""

from __future__ import annotations

import importlib
import os
import stat
import struct
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, NoReturn

from PIL import Image, UnidentifiedImageError

from media_index.decoding.colour import to_srgb
from media_index.decoding.exif_tags import read_tags
from media_index.decoding.truncation import ends_early
from media_index.errors import ExtractError
from media_index.formats import DECODABLE, HEAD_BYTES, by_extension, by_magic, sniff

MIN_SHARE = 1500 / 2048
"""How much of the longest side asked for a reduced JPEG must have: 12 megapixels at half size are 2,000 pixels, near
enough to a preview of 2,048, and decode in less than half the time (30 instead of 70 ms measured)."""

_HEIF_THREADS = 2
"""Threads of libheif in a child. There is a child per core already, so more would only cost memory."""

_PLUGINS = {
    "image/jpeg": ("JPEG",),
    "image/png": ("PNG",),
    "image/gif": ("GIF",),
    "image/webp": ("WEBP",),
    "image/tiff": ("TIFF",),
    "image/bmp": ("BMP",),
    "image/avif": ("AVIF",),
    "image/heic": ("HEIF",),
    "image/heic-sequence": ("HEIF",),
    "image/heif": ("HEIF", "AVIF"),
    "image/heif-sequence": ("HEIF", "AVIF"),
}
"""Only the plugin of the type that the bytes tell is tried: fewer decoders within reach of a hostile file."""
_MODULES = {"WEBP": "PIL.WebPImagePlugin", "TIFF": "PIL.TiffImagePlugin", "AVIF": "PIL.AvifImagePlugin"}
"""Imported on first use. Pillow would otherwise import all its plugins at once."""

_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""What turns the EXIF orientation upright (EXIF 2.32, section 4.6.4, Orientation)."""
_UPRIGHT_ALREADY = frozenset({"HEIF", "TIFF"})
"""libheif applies the file's own rotation and Pillow that of TIFF, both before they tell the size."""

# What Pillow and its plugins are seen to raise on broken files, beside what the documentation names.
_BROKEN = (
    OSError,
    ValueError,
    TypeError,
    LookupError,
    ArithmeticError,
    AttributeError,
    SyntaxError,
    EOFError,
    RuntimeError,
    AssertionError,
    struct.error,
)


@dataclass(frozen=True, slots=True)
class Picture:
    """A decoded file as the child has it; the fields are those of :class:`~media_index.decoding.decoded.Decoded`.

    ``image`` is of mode RGB, or None when no pixels were asked for.
    """

    image: Image.Image | None
    width: int
    height: int
    format: str
    mime: str
    orientation: int = 1
    frames: int = 1
    tags: Mapping[str, Any] = field(default_factory=dict)


def open_picture(path: bytes, pixels: int, *, max_pixels: int) -> Picture:
    """The picture at ``path``, its longest side at most ``pixels``; 0 reads no more than the header and the tags.

    A JPEG may come smaller than asked for, down to :data:`MIN_SHARE`, where that spares decoding it whole. A file
    whose header tells more than ``max_pixels`` is not decoded. Raises ExtractError with the reasons ``empty``,
    ``truncated``, ``corrupt``, ``not_image``, ``unsupported``, ``too_large``, ``out_of_memory``, ``unreadable`` and
    ``vanished``.
    """
    Image.MAX_IMAGE_PIXELS = None  # the limit is ours, and checked below
    with _open_file(path) as file:
        mime = _identify(file, path)
        try:
            with Image.open(file, formats=_loaded(_PLUGINS[mime])) as image:
                return _read(image, file, mime, pixels, max_pixels)
        except MemoryError as error:
            raise ExtractError("out_of_memory", str(error)) from error
        except _BROKEN as error:
            _raise_reason(error, file, mime)


@contextmanager
def _open_file(path: bytes) -> Iterator[BinaryIO]:
    try:
        # Without O_NONBLOCK, opening a named pipe would wait for somebody to write to it.
        file = os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb")
    except (FileNotFoundError, NotADirectoryError) as error:
        raise ExtractError("vanished", error.strerror or str(error)) from error
    except OSError as error:
        raise ExtractError("unreadable", error.strerror or str(error)) from error
    with file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise ExtractError("unreadable", "not a regular file")
        yield file


def _identify(file: BinaryIO, path: bytes) -> str:
    """The type of the file if it can be decoded, or the reason why not."""
    try:
        head = file.read(HEAD_BYTES)
        file.seek(0)
    except OSError as error:
        raise ExtractError("unreadable", error.strerror or str(error)) from error
    name = Path(os.fsdecode(path)).name
    if not head:
        raise ExtractError("empty")
    magic, (kind, mime) = by_magic(head), sniff(head, name)
    if mime in DECODABLE and magic is not None:
        return mime
    if magic is None and not head.strip(b"\0"):
        raise ExtractError("corrupt", "the file starts with nothing but zero bytes")
    promised = by_extension(name)
    if kind != "image" or (magic is None and mime in DECODABLE):
        found = magic or "no known kind of file"
        reason = "not_image" if promised is not None and promised[0] == "image" else "unsupported"
        raise ExtractError(reason, f"the content is {found}")
    raise ExtractError("unsupported", mime)


def _loaded(plugins: tuple[str, ...]) -> tuple[str, ...]:
    for plugin in plugins:
        if plugin == "HEIF" and plugin not in Image.OPEN:
            import pillow_heif

            pillow_heif.register_heif_opener(decode_threads=_HEIF_THREADS, depth_images=False, aux_images=False)
        elif plugin in _MODULES:
            importlib.import_module(_MODULES[plugin])
    return plugins


def _read(image: Image.Image, file: BinaryIO, mime: str, pixels: int, max_pixels: int) -> Picture:
    width, height = image.size
    if width <= 0 or height <= 0:
        raise ExtractError("corrupt", f"{width} x {height} pixels")
    if width * height > max_pixels:
        raise ExtractError("too_large", f"{width} x {height} pixels, the limit is {max_pixels}")
    result = _decode(image, pixels) if pixels > 0 else None
    tags = read_tags(file) if mime == "image/tiff" else read_tags(_exif_block(image))
    orientation = _orientation(image, tags)
    if image.format not in _UPRIGHT_ALREADY and orientation in _TURNS:
        result = result and result.transpose(_TURNS[orientation])
        if orientation >= 5:
            width, height = height, width
    return Picture(
        image=result,
        width=width,
        height=height,
        format="JPEG" if image.format == "MPO" else str(image.format),
        mime=mime,
        orientation=orientation,
        frames=_frames(image),
        tags=tags,
    )


def _decode(image: Image.Image, pixels: int) -> Image.Image:
    longest = max(image.size)
    least = max(1, int(pixels * MIN_SHARE))
    image.draft("RGB", (max(1, image.width * least // longest), max(1, image.height * least // longest)))
    image.load()
    return to_srgb(image, pixels)


def _exif_block(image: Image.Image) -> bytes:
    block = image.info.get("exif")
    if isinstance(block, bytes):
        return block
    # ImageMagick writes EXIF into PNG as hexadecimal text behind three lines of header.
    text = image.info.get("Raw profile type exif")
    if isinstance(text, str):
        try:
            return bytes.fromhex("".join(text.split("\n")[3:]))
        except ValueError:
            return b""
    return b""


def _orientation(image: Image.Image, tags: Mapping[str, Any]) -> int:
    """The orientation that the file states, 1 to 8; 1 where it states none or nonsense."""
    # pillow-heif sets the tag to 1, since it has turned the picture, and keeps the original beside it.
    value = (image.info.get("original_orientation") if image.format == "HEIF" else None) or tags.get("Orientation")
    return value if isinstance(value, int) and 1 <= value <= 8 else 1


def _frames(image: Image.Image) -> int:
    """How many frames or pages the file has. The others of an MPO are views or gain maps of the same picture."""
    if image.format == "MPO":
        return 1
    try:
        return max(1, int(getattr(image, "n_frames", 1)))
    except _BROKEN:
        return 1  # the first frame is good, what comes behind it is not


def _raise_reason(error: Exception, file: BinaryIO, mime: str) -> NoReturn:
    if isinstance(error, UnidentifiedImageError):
        error = _refusal(file, mime) or error
    detail = f"{type(error).__name__}: {error}"
    if isinstance(error, OSError) and error.errno is not None:
        raise ExtractError("unreadable", error.strerror or detail) from error
    words = str(error).lower()
    # libheif tells only in words what it could not allocate, and all of them what they have no decoder for.
    if "memory" in words:
        raise ExtractError("out_of_memory", detail) from error
    if "truncated" in words or isinstance(error, EOFError) or ends_early(file, mime):
        raise ExtractError("truncated", detail) from error
    # The second is what Pillow says when libheif reads the container but has no mode for the pixels in it.
    unsupported = "unsupported" in words or (mime.startswith("image/hei") and "not identified by this driver" in words)
    raise ExtractError("unsupported" if unsupported else "corrupt", detail) from error


def _refusal(file: BinaryIO, mime: str) -> Exception | None:
    """Why a plugin does not take the file: Pillow keeps that to itself, so ask the plugin once more."""
    for plugin in _PLUGINS[mime]:
        factory, accept = Image.OPEN[plugin]
        file.seek(0)
        if accept is None or accept(file.read(16)):
            file.seek(0)
            try:
                factory(file, "").close()
            except _BROKEN as error:
                return error
    return None

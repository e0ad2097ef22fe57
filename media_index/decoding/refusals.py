"""From what a decoder raises to the reason that people are told."""

from __future__ import annotations

import errno
import struct
from typing import BinaryIO

from PIL import Image, ImageCms, UnidentifiedImageError

from media_index.decoding.opening import system_error
from media_index.decoding.plugins import PLUGINS
from media_index.decoding.truncation import ends_early
from media_index.errors import ExtractError

BROKEN = (
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
    ImageCms.PyCMSError,
)
"""What Pillow and its plugins are seen to raise on broken files, beside what the documentation names."""

_NO_PLACE = frozenset({None, errno.EINVAL, errno.EOVERFLOW})
"""What Linux answers when a file's own offsets lead to where no file can reach; None for errors of Pillow's own."""
_TIFF_COMPRESSION = 259
_NO_CODEC = frozenset({34887, 34925, 34933, 34934, 50000, 50001, 50002, 52546})
"""Compressions of TIFF (LERC, LZMA, PNG, JPEG XR, ZSTD, WebP, JPEG XL) that libtiff may be built without."""


def refusal(error: BaseException, file: BinaryIO, mime: str, image: Image.Image | None = None) -> ExtractError:
    """The reason why ``file``, which is of type ``mime``, does not open; ``image`` is what was opened of it so far."""
    if isinstance(error, MemoryError):
        return ExtractError("out_of_memory", str(error))
    if isinstance(error, UnidentifiedImageError):
        error = _asked_again(file, mime) or error
    detail = f"{type(error).__name__}: {error}"
    if isinstance(error, OSError) and error.errno not in _NO_PLACE:
        return system_error(error)
    words = str(error).lower()
    # Limits of the decoders' own on pieces inside a file, such as texts of PNG and boxes of HEIC.
    if "text chunk" in words or "max_text_chunk" in words or "security limit" in words:
        return ExtractError("bomb", detail)
    # libheif tells only in words what it could not allocate, and all of them what they have no decoder for.
    if "memory" in words:
        return ExtractError("out_of_memory", detail)
    if "truncated" in words or isinstance(error, EOFError) or ends_early(file, mime):
        return ExtractError("truncated", detail)
    return ExtractError("unsupported" if _is_unsupported(words, mime, image) else "corrupt", detail)


def _is_unsupported(words: str, mime: str, image: Image.Image | None) -> bool:
    if "unsupported" in words or "not supported" in words:
        return True
    if mime == "image/tiff" and image is not None:
        return getattr(image, "tag_v2", {}).get(_TIFF_COMPRESSION) in _NO_CODEC
    # What Pillow says when libheif reads the container but has no mode for the pixels in it.
    return mime.startswith("image/hei") and "not identified by this driver" in words


def _asked_again(file: BinaryIO, mime: str) -> Exception | None:
    """Why a plugin does not take the file: Pillow keeps that to itself, so ask the plugin once more."""
    for plugin in PLUGINS[mime]:
        factory, accept = Image.OPEN[plugin]
        file.seek(0)
        if accept is None or accept(file.read(16)):
            file.seek(0)
            try:
                factory(file, "").close()
            except BROKEN as error:
                return error
    return None

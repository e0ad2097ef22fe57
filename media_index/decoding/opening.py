"""Opens the file itself, and tells by its first bytes what it is."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from media_index.errors import ExtractError
from media_index.formats import DECODABLE, HEAD_BYTES, RAW, by_extension, by_magic, sniff

_DISK_ERRORS = frozenset((errno.EIO, errno.ENODATA, errno.EREMOTEIO, errno.EUCLEAN, errno.ESTALE))
"""What Linux answers for a bad sector, a damaged file system and a server that lost the file."""


@contextmanager
def open_file(path: bytes) -> Iterator[BinaryIO]:
    """The regular file at ``path``. Raises ExtractError (``vanished``, ``unreadable``, ``disk_error``)."""
    try:
        # Without O_NONBLOCK, opening a named pipe would wait for somebody to write to it.
        file = os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb")
    except OSError as error:
        raise system_error(error) from error
    with file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise ExtractError("unreadable", "not a regular file")
        yield file


def system_error(error: OSError) -> ExtractError:
    """The reason for what the operating system said."""
    words = error.strerror or str(error)
    if error.errno in (errno.ENOENT, errno.ENOTDIR):
        return ExtractError("vanished", words)
    if error.errno == errno.ENOMEM:
        return ExtractError("out_of_memory", words)
    return ExtractError("disk_error" if error.errno in _DISK_ERRORS else "unreadable", words)


def identify(file: BinaryIO, path: bytes) -> str:
    """The type of the file, if it can be decoded.

    Raises ExtractError: ``empty``, ``corrupt``, ``not_image``, ``unsupported``, or those of :func:`system_error`.
    """
    try:
        head = file.read(HEAD_BYTES)
        file.seek(0)
    except OSError as error:
        raise system_error(error) from error
    name = Path(os.fsdecode(path)).name
    if not head:
        raise ExtractError("empty")
    magic, (kind, mime) = by_magic(head), sniff(head, name)
    if mime in DECODABLE and (magic == mime or (mime in RAW and magic == "image/tiff")):
        return mime
    if magic is None and not head.strip(b"\0"):
        raise ExtractError("corrupt", "the file starts with nothing but zero bytes")
    promised = by_extension(name)
    if kind == "image" and mime not in DECODABLE and magic in (None, mime):
        raise ExtractError("unsupported", mime)
    found = magic or "no known kind of file"
    reason = "not_image" if promised is not None and promised[0] == "image" else "unsupported"
    raise ExtractError(reason, f"the content is {found}")


def video_type(file: BinaryIO, path: bytes) -> str | None:
    """The type of the file, if it is a video. Raises ExtractError as :func:`system_error` tells."""
    try:
        file.seek(0)
        kind, mime = sniff(file.read(HEAD_BYTES), Path(os.fsdecode(path)).name)
    except OSError as error:
        raise system_error(error) from error
    return mime if kind == "video" else None

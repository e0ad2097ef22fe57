"""The child that opens files: ``python -m media_index.decoding.worker LIMITS``. It may die, and costs one file then.

It imports neither Django nor torch, and numpy only for RAW, so that it starts within a tenth of a second and stays
small.
"""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import sys
import warnings
from dataclasses import replace
from typing import Any, BinaryIO

from media_index.decoding.images import open_picture
from media_index.decoding.picture import Picture, PictureError
from media_index.decoding.protocol import Limits, Request, frame
from media_index.decoding.room import Room
from media_index.errors import ExtractError

_PR_SET_PDEATHSIG = 1
"""From linux/prctl.h."""
_NICENESS = 5
"""Pages being served come before files being indexed."""
COPY_QUALITY = 92
"""Of JPEG, where libjpeg's own scale says that more is hardly ever seen (its manual: "between 75 and 95")."""


def main() -> None:
    """Answers requests from standard input until it ends."""
    limits = Limits.from_argument(sys.argv[1])
    answers = _private_stdout()
    _confine(limits)
    answers.write(frame({"ready": True}))
    answers.flush()
    room = Room(limits.memory_mb * 1_048_576, limits.turn, lambda waits: _tell(answers, waits=waits))
    for line in sys.stdin.buffer:
        header, pixels = _answer(Request.from_line(line), limits, room)
        answers.write(frame(header))
        answers.write(pixels)
        answers.flush()


def _private_stdout() -> BinaryIO:
    """Standard output for the answers alone; a library that prints does so to standard error from here on."""
    private = os.dup(sys.stdout.fileno())
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    return os.fdopen(private, "wb")


def _confine(limits: Limits) -> None:
    for number in (signal.SIGINT, signal.SIGTERM):
        # Of a whole terminal or system that stops: the parent's business, which may still want this file.
        signal.signal(number, signal.SIG_IGN)
    warnings.simplefilter("ignore")  # what is wrong with a file is told by its reason
    os.nice(_NICENESS)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        memory = limits.memory_mb * 1_048_576
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != limits.parent:  # it died before the line above
            sys.exit("the parent is gone")


def _tell(answers: BinaryIO, *, waits: bool) -> None:
    answers.write(frame({"waits": waits}))
    answers.flush()


def _answer(request: Request, limits: Limits, room: Room) -> tuple[dict[str, Any], bytes]:
    try:
        picture = open_picture(request.path, request.pixels, max_pixels=limits.max_pixels, room=room)
        if limits.output is not None and picture.image is not None:
            with os.fdopen(os.dup(limits.output), "wb") as target:
                picture.image.save(target, "JPEG", quality=COPY_QUALITY)
            return _header(replace(picture, image=None)), b""
        return _header(picture), picture.image.tobytes() if picture.image else b""
    except PictureError as error:
        known = _header(error.known) if error.known else {}
        return known | {"error": error.reason, "detail": error.detail}, b""
    except ExtractError as error:
        return {"error": error.reason, "detail": error.detail}, b""
    except MemoryError as error:
        return {"error": "out_of_memory", "detail": str(error)}, b""
    except Exception as error:  # the edge: whatever it is, the next file must not suffer
        return {"error": "unknown", "detail": f"{type(error).__name__}: {error}"}, b""


def _header(picture: Picture) -> dict[str, Any]:
    columns, rows = picture.image.size if picture.image else (0, 0)
    return {
        "rows": rows,
        "columns": columns,
        "width": picture.width,
        "height": picture.height,
        "format": picture.format,
        "mime": picture.mime,
        "orientation": picture.orientation,
        "frames": picture.frames,
        "tags": dict(picture.tags),
    }


if __name__ == "__main__":
    main()

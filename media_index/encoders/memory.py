"""Give memory back to the system after a model is dropped."""

from __future__ import annotations

import ctypes
import gc
from functools import cache


def give_back() -> None:
    """Collect what nothing refers to any more and return free pages of the C heap to the system.

    The C library keeps freed pages for itself; only glibc can be told to return them, elsewhere that part does nothing.
    """
    gc.collect()
    trim = _malloc_trim()
    if trim is not None:
        trim(0)


@cache
def _malloc_trim() -> ctypes._NamedFuncPointer | None:
    try:
        return ctypes.CDLL("libc.so.6").malloc_trim
    except (OSError, AttributeError):
        return None

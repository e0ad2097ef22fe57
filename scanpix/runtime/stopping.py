"""Whether this process was asked to stop: what works in slices asks now and then, and ends the slice early."""

from __future__ import annotations

_asked = False


def request() -> None:
    """Note that a stop was asked for. There is no way back: a process stops once."""
    global _asked
    _asked = True


def requested() -> bool:
    return _asked

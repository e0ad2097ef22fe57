"""Patience with what takes its time."""

from __future__ import annotations

import time
from collections.abc import Callable

PATIENCE = 300.0
"""Seconds. What is waited for takes a moment, on a machine with much else to do some seconds; a test that holds never
comes near to this, and one that does not ends all the same."""


def until(condition: Callable[[], object], meanwhile: Callable[[], object] | None = None) -> None:
    """Wait for it, and call ``meanwhile`` again and again until then."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, f"waited for {PATIENCE:.0f} s"
        if meanwhile:
            meanwhile()
        time.sleep(0.01)

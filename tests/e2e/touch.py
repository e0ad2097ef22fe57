"""Fingers on a screen, as Chromium's protocol has them."""

from __future__ import annotations

from collections.abc import Sequence

from playwright.sync_api import Page

Point = tuple[float, float]
STEPS = 8
STEP_MS = 16
"""A frame."""


def swipe(page: Page, start: Point, end: Point) -> None:
    """One finger from ``start`` to ``end``, in CSS pixels of the window."""
    move(page, [(start, end)])


def pinch(page: Page, middle: Point, *, apart: tuple[float, float]) -> None:
    """Two fingers at the same height around ``middle``: how far each is from it at first, and at the end."""
    (x, y), (first, last) = middle, apart
    move(page, [((x - first, y), (x - last, y)), ((x + first, y), (x + last, y))])


def move(page: Page, fingers: Sequence[tuple[Point, Point]]) -> None:
    protocol = page.context.new_cdp_session(page)

    def send(kind: str, share: float | None) -> None:
        points = [
            {"x": x0 + (x1 - x0) * share, "y": y0 + (y1 - y0) * share, "id": number}
            for number, ((x0, y0), (x1, y1)) in enumerate(fingers)
            if share is not None
        ]
        protocol.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    send("touchStart", 0)
    for step in range(1, STEPS + 1):
        page.wait_for_timeout(STEP_MS)
        send("touchMove", step / STEPS)
    send("touchEnd", None)
    protocol.detach()

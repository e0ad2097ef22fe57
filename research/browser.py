"""The browser that tests and screenshots use: whichever Chrome or Chromium is installed, or Playwright's own."""

from __future__ import annotations

import shutil
from pathlib import Path

from playwright.sync_api import Browser, Playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def launch(playwright: Playwright) -> Browser | None:
    """A browser without a window, or None where none is installed."""
    installed = next((path for name in NAMES if (path := shutil.which(name))), None)
    if installed is None and not Path(playwright.chromium.executable_path).exists():
        return None
    return playwright.chromium.launch(executable_path=installed, args=list(FLAGS))

"""The memory of a tab that was scrolled through many photos, with nobody looking into it.

While DevTools (and so Playwright) are attached to a page, Chromium keeps what it loads for them: up to 200 MB of answers,
and the elements that waited for them. So a browser of its own is started, Playwright signs in and lets the page scroll
itself, and lets go of it; it comes back when that is done.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, Playwright

from research.bench.portal import pss
from research.browser import FLAGS, NAMES

LISTENING = re.compile(r"DevTools listening on (\S+)")
LONGEST = 1800
"""Seconds after which it is given up."""
SETTLED = 10
"""Seconds after the last step, in which Chromium lets go of what it does by itself."""
SEEN = """() => [...document.querySelectorAll("sp-part")].reduce((sum, part) => sum +
    (part.days ? part.days.reduce((days, [, ids]) => days + ids.length, 0) : part.querySelectorAll(".tile").length), 0)"""
SCROLL = """([photos, seen]) => {
    const count = eval(seen);
    const began = performance.now();
    const step = () => {
        scrollBy(0, 2500);
        if (count() < photos) setTimeout(step, 60);
        else document.title = `scrolled ${count()} ${Math.round((performance.now() - began) / 1000)}`;
    };
    step();
}"""

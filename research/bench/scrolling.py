"""The memory of a tab that was scrolled through many photos, with nobody looking into it.

While DevTools (and so Playwright) are attached to a page, Chromium keeps up to 200 MB of what it loads for them. So
Playwright signs in, starts a script that scrolls, and lets go; it comes back when the title of the page says that it is
done.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Playwright

from research.browser import FLAGS, NAMES

LISTENING = re.compile(r"DevTools listening on (ws://127\.0\.0\.1:(\d+)/\S+)")
LONGEST = 1800
"""Seconds after which it is given up."""
SETTLED = 10
"""Seconds after the last step in which Chromium collects what it let go of."""
KINDS = {"all": "Pss", "own": "Pss_Anon", "files": "Pss_File", "shared": "Pss_Shmem"}
SCROLL = """(photos) => {
    const ids = (part) => part.days?.reduce((days, [, ids]) => days + ids.length, 0);
    const count = (part) => ids(part) ?? part.querySelectorAll(".tile").length;
    const began = performance.now();
    const step = () => {
        scrollBy(0, 2500);
        const seen = [...document.querySelectorAll("sp-part")].reduce((sum, part) => sum + count(part), 0);
        if (seen < photos) return setTimeout(step, 60);
        const seconds = Math.round((performance.now() - began) / 1000);
        document.title = `done: ${seen} photos in ${seconds} s, ${document.querySelectorAll(".tile").length} tiles`;
    };
    step();
}"""


def scrolled(playwright: Playwright, address: str, password: str, photos: int) -> str:
    """Goes down part by part. What was on the page is counted by the ids that the parts know. In megabytes (PSS) of the
    process of the page: all, its own memory, files, and what it shares with the browser: decoded pictures, which
    Chromium gives up when memory is short, and painted tiles."""
    with browser() as (process, socket, port):
        one = playwright.chromium.connect_over_cdp(socket)
        page = one.contexts[0].pages[0]
        page.goto(f"{address}login/")
        page.fill("[name=username]", "bench")
        page.fill("[name=password]", password)
        page.keyboard.press("Enter")
        page.wait_for_selector("sp-part")
        page.wait_for_timeout(3000)
        before = tab(process.pid)
        page.evaluate(SCROLL, photos)
        one.close()
        done = _title(port)
        time.sleep(SETTLED)
        return f"before {json.dumps(before)}; {done}; {json.dumps(tab(process.pid))}"


@contextmanager
def browser() -> Iterator[tuple[subprocess.Popen[str], str, str]]:
    """A Chromium without a window that one may let go of: its process, and the address and port of its DevTools."""
    installed = next(path for name in NAMES if (path := shutil.which(name)))
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        asked = ["--headless=new", "--remote-debugging-port=0", f"--user-data-dir={profile}", "--window-size=1280,900"]
        process = subprocess.Popen([installed, *asked, *FLAGS, "about:blank"], stderr=subprocess.PIPE, text=True)
        assert process.stderr is not None
        listening = next(found for line in process.stderr if (found := LISTENING.search(line)))
        threading.Thread(target=process.stderr.read, daemon=True).start()
        try:
            yield process, listening[1], listening[2]
        finally:
            process.terminate()
            process.wait(30)


def _title(port: str) -> str:
    began = time.monotonic()
    while time.monotonic() - began < LONGEST:
        time.sleep(2)
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/json") as answer:
            for page in json.load(answer):
                if page["title"].startswith("done: "):
                    return str(page["title"])
    raise SystemExit(f"it did not come that far in {LONGEST} seconds")


def tab(browser_pid: int) -> dict[str, int]:
    """Megabytes of the largest process of a page among the children of a browser."""
    found = [
        sizes(folder) for folder in Path("/proc").iterdir() if folder.name.isdigit() and _shows(folder, browser_pid)
    ]
    return max(found, key=lambda one: one["all"])


def sizes(process: Path) -> dict[str, int]:
    text = (process / "smaps_rollup").read_text()
    kilobytes = dict(re.findall(r"^(\w+):\s+(\d+)", text, re.MULTILINE))
    return {name: round(int(kilobytes[key]) * 1024 / 1e6) for name, key in KINDS.items()}


def _shows(process: Path, browser_pid: int) -> bool:
    """Is it one that shows a page, of this browser?"""
    try:
        if b"--type=renderer" not in (process / "cmdline").read_bytes():
            return False
        pid = int(process.name)
        while pid > 1 and pid != browser_pid:
            pid = int(Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[1])
        return pid == browser_pid and os.access(process / "smaps_rollup", os.R_OK)
    except OSError:
        return False

"""The library in a browser: its first load, and the memory of the tab after scrolling through 20,000 photos.

    .venv/bin/python -m research.bench.library_browser [--rows 200000] [--photos 20000] [--keep FOLDER] [--only load]

The household of :mod:`research.bench.pages_world`, with thumbnails for the newest photos, on a server in this process.
A Chromium without a window opens the library with empty caches and a processor slowed to a quarter, as that of an old
phone: LCP and CLS as its observers tell them, total blocking time from its own tracing (of each task over 50 ms on the
main thread, what is more, up to five seconds after the load). Bytes are those on the wire, compressed as the web server
sends them. Then another one scrolls, the processor not slowed (:mod:`research.bench.scrolling`).
"""

from __future__ import annotations

import argparse
import logging
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, CDPSession, Page, sync_playwright

from research.bench.database import own_database
from research.bench.scrolling import scrolled
from research.browser import launch

PASSWORD = "measuring the library"
PHONE, DESK = {"width": 390, "height": 780}, {"width": 1280, "height": 800}
SLOWER = 4
LONG_TASK = 50_000
"""Microseconds; what a task takes beyond blocks whoever taps."""
OBSERVE = """
window.seen = {lcp: 0, cls: 0};
new PerformanceObserver((list) => list.getEntries().forEach((one) => { seen.lcp = one.startTime; }))
  .observe({type: "largest-contentful-paint", buffered: true});
const add = (one) => { if (!one.hadRecentInput) seen.cls += one.value; };
new PerformanceObserver((list) => list.getEntries().forEach(add)).observe({type: "layout-shift", buffered: true});
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=200_000)
    parser.add_argument("--photos", type=int, default=20_000)
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="keep the database there, and use it again")
    parser.add_argument("--only", choices=("load", "scroll"))
    arguments = parser.parse_args()
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # Playwright runs an event loop in this thread
    with own_database(arguments.keep):
        import django

        django.setup()
        from research.bench import pages_world

        pages_world.ensure(arguments.rows)
        pages_world.thumbnails(arguments.photos + 1000)
        with serving() as address, sync_playwright() as playwright:
            browser = launch(playwright)
            if browser is None:
                raise SystemExit("no Chrome or Chromium is installed")
            if arguments.only != "scroll":
                loads(browser, address)
            if arguments.only != "load":
                print(scrolled(playwright, address, PASSWORD, arguments.photos), flush=True)
    print(f"load of the machine: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")


def loads(browser: Browser, address: str) -> None:
    for name, viewport in (("phone", PHONE), ("desk", DESK)):
        for turn in range(3):
            page = signed_in(browser, address, viewport)
            print(f"{name}, load {turn + 1}: {first_load(page, address)}", flush=True)
            page.context.close()


@contextmanager
def serving() -> Iterator[str]:
    from django.core.management import call_command
    from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
    from django.core.wsgi import get_wsgi_application

    from people.models import Member

    member = Member.objects.get(username="bench")
    member.set_password(PASSWORD)
    member.save()
    call_command("collectstatic", interactive=False, verbosity=0)

    class Quiet(WSGIRequestHandler):
        def log_message(self, *_arguments: object) -> None:
            """Says nothing: each thumbnail is a line."""

    logging.disable(logging.WARNING)  # older photos have no pictures here
    server = ThreadedWSGIServer(("127.0.0.1", 0), Quiet)
    server.daemon_threads = True
    server.set_app(get_wsgi_application())
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()


def signed_in(browser: Browser, address: str, viewport: dict[str, int]) -> Page:
    page = browser.new_context(viewport=viewport, device_scale_factor=2 if viewport is PHONE else 1).new_page()
    page.goto(f"{address}login/")
    page.fill("[name=username]", "bench")
    page.fill("[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_selector("sp-part")
    page.goto("about:blank")
    return page


def first_load(page: Page, address: str) -> str:
    cdp = page.context.new_cdp_session(page)
    wire: dict[str, int] = {"picture": 0, "other": 0}
    kinds: dict[str, str] = {}
    cdp.on("Network.responseReceived", lambda event: kinds.update({event["requestId"]: event["type"]}))

    def finished(event: dict[str, Any]) -> None:
        kind = "picture" if kinds.get(event["requestId"]) == "Image" else "other"
        wire[kind] += event["encodedDataLength"]

    cdp.on("Network.loadingFinished", finished)
    cdp.send("Network.enable")
    cdp.send("Network.clearBrowserCache")
    cdp.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    page.add_init_script(OBSERVE)
    events = tracing(cdp)
    page.goto(address, wait_until="load")
    page.wait_for_timeout(5000)
    seen = page.evaluate("window.seen")
    blocking = stop(page, cdp, events)
    return (
        f"LCP {seen['lcp']:.0f} ms, CLS {seen['cls']:.3f}, blocking {blocking:.0f} ms,"
        f" {wire['other'] / 1000:.0f} kB without pictures, {wire['picture'] / 1000:.0f} kB of pictures"
    )


def tracing(cdp: CDPSession) -> list[dict[str, Any]]:
    events: list[dict[str, Any]] = []
    cdp.on("Tracing.dataCollected", lambda event: events.extend(event["value"]))
    cdp.send(
        "Tracing.start", {"traceConfig": {"includedCategories": ["toplevel", "devtools.timeline", "blink.user_timing"]}}
    )
    return events


def stop(page: Page, cdp: CDPSession, events: list[dict[str, Any]]) -> float:
    """Milliseconds that the page's main thread was blocked."""
    done: list[bool] = []
    cdp.on("Tracing.tracingComplete", lambda _event: done.append(True))
    cdp.send("Tracing.end")
    while not done:
        page.wait_for_timeout(100)
    names = {
        (one["pid"], one["tid"])
        for one in events
        if one["name"] == "thread_name" and one["args"]["name"] == "CrRendererMain"
    }
    tasks = [one for one in events if one["name"].endswith("RunTask") and (one["pid"], one["tid"]) in names]
    return sum(max(0, one.get("dur", 0) - LONG_TASK) for one in tasks) / 1000


if __name__ == "__main__":
    main()

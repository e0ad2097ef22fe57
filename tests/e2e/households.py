"""What the end-to-end tests do to come to a portal with photos: an account, a folder, patience."""

from __future__ import annotations

import importlib.util
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, StorageState, expect

from research.bench.portal import Portal

PASSWORD = "a long walk on the beach"
PATIENCE_MS = 180_000
"""For anything a page waits for, on a machine with much else to do; alone, a dozen photos are indexed in 20 s."""
PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
SAMPLES = ("astronaut.png", "chelsea.png", "coffee.png", "rocket.jpg", "coins.png", "page.png", "moon.png", "grass.png")
"""Public-domain photos of the scikit-image wheel."""


@dataclass(frozen=True)
class Home:
    """A portal where somebody lives: her photos are indexed, and a browser with ``signed_in`` is hers. Tests share it,
    and leave the photos as they found them."""

    address: str
    photos: Path
    signed_in: StorageState


def photos_in(folder: Path) -> Path:
    """A new folder with the samples."""
    spec = importlib.util.find_spec("skimage")
    assert spec is not None
    assert spec.origin is not None
    folder.mkdir(parents=True)
    for name in SAMPLES:
        shutil.copy(Path(spec.origin).parent / "data" / name, folder / name)
    return folder


@contextmanager
def listened(browser: Browser, **options: Any) -> Iterator[Page]:
    """A page in a window of its own, of which the browser may complain about nothing and ask nobody else."""
    context = browser.new_context(**options)
    context.set_default_timeout(PATIENCE_MS)
    one = context.new_page()
    complaints: list[str] = []
    asked: list[str] = []
    one.on("console", lambda said: complaints.append(said.text) if said.type in {"error", "warning"} else None)
    one.on("pageerror", lambda error: complaints.append(str(error)))
    one.on("request", lambda sent: asked.append(sent.url))
    yield one
    context.close()
    assert complaints == []
    assert [url for url in asked if not url.startswith(("http://127.0.0.1:", "data:", "blob:", "about:"))] == []


def make_account(page: Page, portal: Portal) -> None:
    """The first one, by the address that the console shows."""
    page.goto(f"{portal.address}setup/?code={portal.code}")
    page.get_by_label("Username").fill("anna")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_label("Password again").fill(PASSWORD)
    page.get_by_role("button", name="Make the account").click()
    page.wait_for_url(lambda address: "/setup/" not in address)


def add_folder(page: Page, portal: Portal, folder: Path) -> None:
    page.goto(f"{portal.address}sources/add/?path={folder.parent}")
    page.get_by_role("link", name=folder.name).click()
    expect(page.get_by_label("Folder", exact=True)).to_have_value(str(folder))
    page.get_by_role("button", name="Add this folder").click()
    page.wait_for_url(lambda address: "/add/" not in address)


def wait_until_indexed(page: Page, portal: Portal) -> None:
    page.goto(f"{portal.address}status/")
    expect(page.get_by_text("Everything is indexed")).to_be_visible()

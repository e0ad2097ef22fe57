"""Real processes and a real browser."""

from __future__ import annotations

import importlib.util
import os
import shutil
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Playwright, StorageState, expect, sync_playwright

from research.bench.portal import Portal, processes_of, serving
from research.browser import launch
from tests.clusters import remove_cluster

# Playwright runs an event loop in this thread; Django would take that for asynchronous code.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"

PASSWORD = "a long walk on the beach"
MODELS_AND_EIGHT_PHOTOS_MS = 180_000
SAMPLES = ("astronaut.png", "chelsea.png", "coffee.png", "rocket.jpg", "coins.png", "page.png", "moon.png", "grass.png")
"""Public-domain photos of the scikit-image wheel."""
PHOTOS = len(SAMPLES)


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as one:
        yield one


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """Any installed Chrome or Chromium, or Playwright's own. Without one the test is skipped, and says so loudly."""
    one = launch(playwright)
    if one is None:
        warnings.warn("NO BROWSER: the end-to-end tests are skipped. Install chromium to run them.", stacklevel=1)
        pytest.skip("no Chrome or Chromium is installed")
    yield one
    one.close()


@pytest.fixture
def page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A page that collects what the browser complains of, and fails the test for it."""
    context = browser.new_context(viewport=getattr(request, "param", {"width": 1280, "height": 800}))
    one = context.new_page()
    complaints: list[str] = []
    asked: list[str] = []
    one.on("console", lambda said: complaints.append(said.text) if said.type in {"error", "warning"} else None)
    one.on("pageerror", lambda error: complaints.append(str(error)))
    one.on("request", lambda sent: asked.append(sent.url))
    yield one
    context.close()
    assert complaints == []
    assert [url for url in asked if not url.startswith(("http://127.0.0.1:", "data:"))] == []


@pytest.fixture
def album(tmp_path: Path) -> Path:
    """A folder of photos, in a folder with a space in its name."""
    return photos_in(tmp_path / "Our photos" / "2024").parent


def photos_in(folder: Path) -> Path:
    spec = importlib.util.find_spec("skimage")
    assert spec is not None
    assert spec.origin is not None
    folder.mkdir(parents=True)
    for name in SAMPLES:
        shutil.copy(Path(spec.origin).parent / "data" / name, folder / name)
    return folder


@pytest.fixture
def portal(tmp_path: Path) -> Iterator[Portal]:
    """A portal on a new data folder; at its end no process may be left."""
    data = tmp_path / "scanpix data"
    data.mkdir()
    with serving(data) as one:
        yield one
    assert one.process.returncode == 0, "\n".join(one.lines[-20:])
    assert processes_of(data) == []
    remove_cluster(data)


@dataclass(frozen=True)
class Home:
    """A portal where somebody lives: her photos are indexed, and a browser with ``signed_in`` is hers. Tests share it, and
    leave it as they found it."""

    address: str
    photos: Path
    signed_in: StorageState


@pytest.fixture(scope="session")
def home(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    base = tmp_path_factory.mktemp("a home")
    photos = photos_in(base / "Our photos" / "2024").parent
    data = base / "scanpix data"
    data.mkdir()
    with serving(data, "--photos", str(photos)) as portal:
        context = browser.new_context()
        page = context.new_page()
        page.goto(f"{portal.address}setup/?code={portal.code}")
        page.get_by_label("Username").fill("rose")
        page.get_by_label("Password", exact=True).fill(PASSWORD)
        page.get_by_label("Password again").fill(PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url(lambda address: "/setup/" not in address)
        page.goto(f"{portal.address}status/")
        expect(page.get_by_text("Everything is indexed")).to_be_visible(timeout=MODELS_AND_EIGHT_PHOTOS_MS)
        signed_in = context.storage_state()
        context.close()
        yield Home(portal.address, photos, signed_in)
    assert processes_of(data) == []
    remove_cluster(data)

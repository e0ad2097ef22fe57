"""Real processes and a real browser."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator
from pathlib import Path

import pillow_heif
import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, Playwright, sync_playwright

from research.bench.portal import Portal, processes_of, serving
from research.browser import launch
from tests.clusters import remove_cluster
from tests.e2e.households import Home, listened, make_account, photos_in, wait_until_indexed

# Playwright runs an event loop in this thread; Django would take that for asynchronous code.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"

LARGE = (4000, 3000)


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
    with listened(browser, viewport=getattr(request, "param", {"width": 1280, "height": 800})) as one:
        yield one


@pytest.fixture
def album(tmp_path: Path) -> Path:
    """A folder of photos, in a folder with a space in its name."""
    return photos_in(tmp_path / "Our photos" / "2024").parent


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


@pytest.fixture(scope="session")
def home(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    """With eight photos, and two of 12 megapixels: one that browsers show, one that they do not."""
    base = tmp_path_factory.mktemp("a home")
    folder = photos_in(base / "Our photos" / "2024")
    pillow_heif.register_heif_opener()
    with Image.open(folder / "rocket.jpg") as opened:
        picture = opened.convert("RGB").resize(LARGE)
    picture.save(folder / "large.jpg", quality=85)
    picture.transpose(Image.Transpose.FLIP_LEFT_RIGHT).save(folder / "phone.heic", "HEIF", quality=70)
    data = base / "scanpix data"
    data.mkdir()
    with serving(data, "--photos", str(folder.parent)) as portal:
        context = browser.new_context()
        page = context.new_page()
        make_account(page, portal)
        wait_until_indexed(page, portal)
        signed_in = context.storage_state()
        context.close()
        yield Home(portal.address, folder.parent, signed_in)
    assert processes_of(data) == []
    remove_cluster(data)


@pytest.fixture
def at_home(browser: Browser, home: Home) -> Iterator[Page]:
    """A page of who lives there, on a desk."""
    with listened(browser, viewport={"width": 1280, "height": 800}, storage_state=home.signed_in) as one:
        yield one
        one.goto("about:blank")  # or what it still asks for is refused when the portal stops

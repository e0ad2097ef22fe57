"""Real processes and a real browser."""

from __future__ import annotations

import os
import shutil
import warnings
from collections.abc import Iterator
from pathlib import Path

import pillow_heif
import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, Playwright, expect, sync_playwright

from research.bench.portal import Portal, processes_of, serving
from research.browser import launch
from tests.bundled_models import shared_models
from tests.clusters import remove_cluster
from tests.e2e.households import PATIENCE_MS, Home, listened, make_account, photos_in, wait_until_indexed

# Playwright runs an event loop in this thread; Django would take that for asynchronous code.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"

# What takes the server a moment may take minutes on a machine that does everything at once.
expect.set_options(timeout=PATIENCE_MS)

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


@pytest.fixture(scope="session")
def models(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Path:
    return shared_models(tmp_path_factory, request.config)


@pytest.fixture
def data(tmp_path: Path, models: Path) -> Path:
    """A new data folder, in whose name there is a space. The models are there; making them is for the first start."""
    folder = tmp_path / "scanpix data"
    folder.mkdir()
    shutil.copytree(models, folder / "models", copy_function=os.link)
    return folder


@pytest.fixture
def portal(data: Path) -> Iterator[Portal]:
    """A portal on a new data folder; at its end no process may be left."""
    with serving(data) as one:
        yield one
    assert one.process.returncode == 0, "\n".join(one.lines[-20:])
    assert processes_of(data) == []
    remove_cluster(data)


@pytest.fixture(scope="session")
def home(browser: Browser, models: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
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
    shutil.copytree(models, data / "models", copy_function=os.link)
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

"""The map and the memories in a real browser: by keyboard from the world to a photo and back, and a place to pick."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from media_index.memories.spans import in_year
from research.bench.portal import Portal
from tests.e2e.households import PATIENCE_MS, add_folder, make_account

pytestmark = pytest.mark.e2e

GPS, EXIF, TAKEN = 0x8825, 0x8769, 0x9003
PLACES = {
    "Lisbon": ("N", (38.0, 43.0, 12.0), "W", (9.0, 8.0, 24.0)),
    "Munich": ("N", (48.0, 8.0, 13.0), "E", (11.0, 34.0, 30.0)),
}
EACH = 3


@pytest.fixture
def journeys(tmp_path: Path) -> Path:
    """Photos of two towns, taken on this day a year ago."""
    folder = tmp_path / "Journeys"
    folder.mkdir()
    today = date.today()
    day = in_year(today, today.year - 1)
    for hour, (town, (north, latitude, east, longitude)) in enumerate(PLACES.items(), 9):
        for at in range(EACH):
            exif = Image.Exif()
            exif[GPS] = {1: north, 2: latitude, 3: east, 4: longitude}
            exif[EXIF] = {TAKEN: f"{day:%Y:%m:%d} {hour:02}:{at * 10:02}:00"}
            Image.new("RGB", (1200, 900), (hour * 20, at * 80, 120)).save(folder / f"{town} {at}.jpg", exif=exif)
    return folder


def fill(page: Page, portal: Portal, folder: Path) -> None:
    make_account(page, portal)
    add_folder(page, portal, folder)
    for _ in range(PATIENCE_MS // 1000):
        page.goto(f"{portal.address}?at={date.today().year - 1}")
        if page.locator(".tile-image").count() == EACH * len(PLACES):
            break
        page.wait_for_timeout(1000)


def test_from_the_world_to_a_photo_and_back(page: Page, portal: Portal, journeys: Path) -> None:
    """All in one, as each portal takes a while to start."""
    fill(page, portal, journeys)
    on_the_map_by_keyboard(page, portal.address)
    in_a_part_of_the_map(page, portal.address)
    picking_a_place(page, portal.address)
    remembering(page, portal.address)
    page.goto("about:blank")  # or the library asks on while the portal ends


def on_the_map_by_keyboard(page: Page, address: str) -> None:
    page.goto(f"{address}map/")
    groups = page.locator(".map-group")
    expect(groups).to_have_count(len(PLACES))
    lisbon = page.get_by_role("button", name=re.compile(f"^{EACH} photos"))
    lisbon.first.focus()
    page.keyboard.press("Enter")
    heading = page.locator("#map-photos h2")
    expect(heading).to_be_focused()
    expect(heading).to_contain_text(f"{EACH} photos")
    expect(page.locator(".map-strip img")).to_have_count(EACH)
    page.locator(".map-strip a").first.click()
    page.wait_for_url(re.compile(r"/media/\d+/\?q=area"))
    page.go_back()
    page.wait_for_url(re.compile(r"/map/\?at="))
    expect(groups).to_have_count(len(PLACES))


def in_a_part_of_the_map(page: Page, address: str) -> None:
    page.goto(f"{address}map/?at=38.72,-9.14,10")
    expect(page.locator(".map-group")).to_have_count(1)
    page.get_by_role("link", name="Search in this part").click()
    page.wait_for_url(re.compile(r"/search/\?q=area"))
    expect(page.locator("main .tile")).to_have_count(EACH)
    page.get_by_role("link", name="On the map").click()
    page.wait_for_url(re.compile(r"/map/\?q=area"))
    expect(page.locator(".map-group")).to_have_count(1)


def picking_a_place(page: Page, address: str) -> None:
    page.goto(f"{address}map/photos/?area=38,-10,39,-9")
    page.locator(".map-strip a").first.click()
    page.locator("sp-map[data-at]").scroll_into_view_if_needed()
    expect(page.locator("sp-map[data-at] .map-pin")).to_be_visible()
    page.locator("details.edit summary").click()
    before = page.locator("details.edit [name=where]").input_value()
    page.locator("details.edit sp-map").scroll_into_view_if_needed()
    canvas = page.locator("details.edit sp-map .map-canvas")
    expect(page.locator("details.edit .map-pin")).to_be_visible()
    canvas.click(position={"x": 200, "y": 60})
    expect(page.locator("details.edit [name=where]")).not_to_have_value(before)


def remembering(page: Page, address: str) -> None:
    page.goto(address)
    strip = page.locator("#memory-strip")
    expect(strip).to_contain_text("1 year ago")
    strip.get_by_role("link", name=re.compile("1 year ago")).click()
    expect(page.locator("main .tile")).to_have_count(EACH * len(PLACES))
    page.get_by_role("link", name=re.compile("show this")).click()
    page.get_by_role("button", name="Lisbon", exact=True).or_(page.get_by_role("button", name="Portugal")).first.click()
    expect(page.get_by_role("status").first).to_contain_text("Kept out of your memories")
    page.get_by_role("link", name=re.compile("1 year ago")).click()
    expect(page.locator("main .tile")).to_have_count(EACH)
    page.goto(address)
    page.get_by_role("button", name="No memories today").click()
    expect(strip).to_have_count(0)

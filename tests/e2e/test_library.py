"""The library in a real browser: to a month by the slider and back, and choosing by mouse, keyboard and touch."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from research.bench.portal import Portal
from tests.e2e.households import PATIENCE_MS, add_folder, make_account

pytestmark = pytest.mark.e2e

YEARS, PER_MONTH = (2019, 2020, 2021), 6
ALL = len(YEARS) * 12 * PER_MONTH
LONG_PRESS_MS = 700
PHONE = {"width": 390, "height": 844}


@pytest.fixture
def years(tmp_path: Path) -> Path:
    """Three years of photos, which tell by their names when they were taken."""
    folder = tmp_path / "Three years"
    folder.mkdir()
    for year in YEARS:
        for month in range(1, 13):
            for at in range(PER_MONTH):
                colour = (year % 100 * 10, month * 20, at * 40)
                Image.new("RGB", (320, 240), colour).save(
                    folder / f"IMG_{year}{month:02}{1 + at // 3:02}_12000{at}.jpg"
                )
    return folder


def fill(page: Page, portal: Portal, folder: Path) -> None:
    make_account(page, portal)
    add_folder(page, portal, folder)
    for _ in range(PATIENCE_MS // 1000):
        page.goto(f"{portal.address}?at=2019-01")
        if page.locator('[data-day^="2019-01"] .tile').count() == PER_MONTH:
            break
        page.wait_for_timeout(1000)
    page.goto(portal.address)


def chosen(page: Page) -> int:
    return page.locator(".tile-check:checked").count()


def first_day(page: Page) -> str:
    """The day on top of the window, below the bar."""
    return page.evaluate(
        "[...document.querySelectorAll('[data-day]')].find((it) => it.getBoundingClientRect().bottom > 90).dataset.day"
    )


def wait_until_on_top(page: Page, month: str) -> None:
    """Until a day of this month is on top of the window, below the bar."""
    page.wait_for_function(
        """(month) => [...document.querySelectorAll('[data-day]')]
        .find((it) => it.getBoundingClientRect().bottom > 90)?.dataset.day.startsWith(month)""",
        arg=month,
    )


def test_the_library_of_three_years(page: Page, browser: Browser, portal: Portal, years: Path) -> None:
    """One after the other, as each portal takes a while to start."""
    fill(page, portal, years)
    to_a_month_and_back(page)
    an_action_leaves_one_where_one_is(page, portal.address)
    page.goto(portal.address)
    choosing_by_mouse_and_keyboard(page, portal.address)
    phone = browser.new_context(viewport=PHONE, has_touch=True, storage_state=page.context.storage_state())
    choosing_by_touch(phone.new_page(), portal.address)
    phone.close()


def an_action_leaves_one_where_one_is(page: Page, address: str) -> None:
    page.goto(address)
    page.get_by_role("slider", name="Date").focus()
    page.keyboard.press("End")
    expect(page).to_have_url(re.compile(r"\?at=2019-01"))
    page.locator('[data-day^="2019-01"] .tile-check').first.check(force=True)
    page.get_by_role("button", name="Favourite").click()
    message = page.locator(".message")
    expect(message).to_contain_text("1 photo is a favourite")
    expect(message).to_be_in_viewport()
    wait_until_on_top(page, "2019-01")
    page.keyboard.press("Control+z")
    expect(message).to_contain_text("Undone")
    wait_until_on_top(page, "2019-01")


def to_a_month_and_back(page: Page) -> None:
    slider = page.get_by_role("slider", name="Date")
    expect(slider).to_have_attribute("aria-valuetext", "December 2021")
    slider.focus()
    page.keyboard.press("End")
    expect(page).to_have_url(re.compile(r"\?at=2019-01"))
    expect(slider).to_have_attribute("aria-valuetext", "January 2019")
    assert page.locator(".tile").count() < ALL, "what lies between is not loaded"

    page.keyboard.press("PageUp")
    expect(page).to_have_url(re.compile(r"\?at=2020-12"))
    wait_until_on_top(page, "2020-12")
    page.reload()
    expect(slider).to_have_attribute("aria-valuetext", "December 2020")
    wait_until_on_top(page, "2020-12")

    box = slider.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 20, box["y"] + 0.5 * box["height"])
    page.mouse.down()
    page.mouse.move(box["x"] + 20, box["y"] + box["height"] - 2, steps=4)
    page.mouse.up()
    expect(page).to_have_url(re.compile(r"\?at=2019-0"))
    page.go_back()
    expect(page).to_have_url(re.compile(r"\?at=2020-12"))
    expect(slider).to_have_attribute("aria-valuetext", "December 2020")

    page.wait_for_timeout(500)
    day = first_day(page)
    page.mouse.move(600, 400)
    page.mouse.wheel(0, -400)
    page.wait_for_timeout(500)
    assert first_day(page) >= day, "upwards comes what is newer"
    page.get_by_role("link", name="By date").click()
    page.get_by_role("link", name=re.compile("March 2021")).click()
    wait_until_on_top(page, "2021-03")


def choosing_by_mouse_and_keyboard(page: Page, address: str) -> None:
    page.wait_for_load_state("networkidle")
    tiles = page.locator(".tile > a")
    tiles.nth(0).click(modifiers=["Control"])
    tiles.nth(3).click(modifiers=["Shift"])
    assert chosen(page) == 4
    expect(page.locator("[data-select-said]")).to_have_text("Selected: 4")
    tiles.nth(1).focus()
    page.keyboard.press(" ")
    assert chosen(page) == 3
    page.keyboard.press("Escape")
    assert chosen(page) == 0
    expect(page.locator(".selection-bar")).to_be_hidden()

    start, end = tiles.nth(0).bounding_box(), tiles.nth(2).bounding_box()
    assert start is not None
    assert end is not None
    page.mouse.move(start["x"] + 60, start["y"] + 60)
    page.mouse.down()
    page.mouse.move(start["x"] + 90, start["y"] + 60, steps=3)
    page.mouse.move(end["x"] + 30, end["y"] + 30, steps=6)
    page.mouse.up()
    assert chosen(page) == 3
    expect(page).to_have_url(address)
    page.get_by_role("button", name="Trash", exact=True).click()
    page.wait_for_load_state()
    page.goto(f"{address}trash/")
    expect(page.locator(".tile")).to_have_count(3)
    page.keyboard.press("Control+a")
    page.get_by_role("button", name=re.compile("Restore|Back to the library")).first.click()
    page.wait_for_load_state()
    page.goto(f"{address}trash/")
    expect(page.locator(".tile")).to_have_count(0)


def choosing_by_touch(page: Page, address: str) -> None:
    page.goto(address)
    page.wait_for_load_state("networkidle")  # what comes above the photos moves them
    expect(page.locator(".selection-bar")).to_be_hidden()
    protocol = page.context.new_cdp_session(page)
    page.evaluate("window.scrollTo(0, 0)")
    boxes = [page.locator(".tile > a").nth(at).bounding_box() for at in (0, 2)]
    (x0, y0), (x1, y1) = ((box["x"] + 40, box["y"] + 40) for box in boxes if box is not None)

    def touch(kind: str, *points: tuple[float, float]) -> None:
        protocol.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y} for x, y in points]})

    touch("touchStart", (x0, y0))
    page.wait_for_timeout(LONG_PRESS_MS)
    for step in range(1, 6):
        touch("touchMove", (x0 + (x1 - x0) * step / 5, y0 + (y1 - y0) * step / 5))
    touch("touchEnd")
    assert chosen(page) == 3
    expect(page).to_have_url(address)
    page.locator(".tile > a").nth(4).click()
    assert chosen(page) == 4

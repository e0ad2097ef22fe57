"""Somebody with poor eyes and no patience for computers: letters twice as large, a phone, plain words; and everything
she does is undone by the one button that stands beside what was done."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.e2e.households import PHONE, Home, listened

pytestmark = pytest.mark.e2e

LETTERS = 32
"""CSS pixels of what is 16 for others: what "largest" is in the settings of phones."""


@pytest.fixture
def page(browser: Browser, home: Home) -> Iterator[Page]:
    with listened(browser, storage_state=home.signed_in, **PHONE) as one:
        sizes = {"standard": LETTERS, "fixed": LETTERS}
        one.context.new_cdp_session(one).send("Page.setFontSizes", {"fontSizes": sizes})
        yield one
        one.goto("about:blank")  # or what it still asks for is refused when the portal stops


def read(page: Page, home: Home, path: str) -> None:
    """Open a page; nothing on it lies beside the screen."""
    page.goto(home.address + path)
    fits(page)


def fits(page: Page) -> None:
    page.wait_for_load_state("networkidle")
    assert page.evaluate("() => parseFloat(getComputedStyle(document.documentElement).fontSize)") == LETTERS
    assert page.evaluate("() => document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0


def undo(page: Page) -> None:
    page.get_by_role("button", name="Undo").first.tap()
    expect(page.get_by_text(re.compile("^Undone: ")).first).to_be_visible()
    fits(page)


def tiles(page: Page) -> Locator:
    return page.locator(".tile:visible")


def select(page: Page, count: int) -> None:
    page.get_by_role("link", name="Select", exact=True).tap()
    for at in range(count):
        tiles(page).nth(at).tap()
    expect(page.locator("[data-select-count]")).to_have_text(str(count))
    fits(page)


def act(page: Page, name: str) -> None:
    """An action of the bar, wherever it has found room."""
    bar = page.locator(".selection-bar")
    if not bar.get_by_role("button", name=name).first.is_visible():
        bar.get_by_text("More to do").first.tap()
    bar.get_by_role("button", name=name).first.tap()


def test_plain_words_find_a_photo(page: Page, home: Home) -> None:
    read(page, home, "")
    page.get_by_role("combobox", name="Search your photos").fill("a cup of coffee please")
    page.keyboard.press("Enter")
    expect(tiles(page).first).to_contain_text("espresso")
    fits(page)
    tiles(page).first.get_by_role("link").first.tap()
    expect(page).to_have_url(re.compile(r"/media/\d+/"))
    fits(page)


def test_to_the_trash_and_back(page: Page, home: Home) -> None:
    read(page, home, "")
    select(page, 2)
    photos = tiles(page).count()
    act(page, "Trash")
    expect(tiles(page)).to_have_count(photos - 2)
    undo(page)
    expect(tiles(page)).to_have_count(photos)
    read(page, home, "trash/")
    expect(tiles(page)).to_have_count(0)


def test_an_album_and_none(page: Page, home: Home) -> None:
    read(page, home, "")
    select(page, 3)
    act(page, "Album")
    page.get_by_label("Title of the new album").fill("For Carl")
    page.get_by_role("dialog").get_by_role("button", name=re.compile("Add")).tap()
    expect(page.get_by_text("For Carl").first).to_be_visible()
    read(page, home, "albums/")
    page.get_by_role("link", name="For Carl").tap()
    expect(tiles(page)).to_have_count(3)
    fits(page)
    read(page, home, "changes/")
    undo(page)
    read(page, home, "albums/")
    expect(page.get_by_role("link", name="For Carl")).to_have_count(0)


def test_a_title_and_a_heart(page: Page, home: Home) -> None:
    read(page, home, "")
    link = tiles(page).first.get_by_role("link").first.get_attribute("href") or ""
    read(page, home, link.lstrip("/") + "edit/")
    page.get_by_label("Title").fill("Where we had coffee")
    page.get_by_role("button", name="Save").tap()
    expect(page.get_by_text("Where we had coffee").first).to_be_attached()
    undo(page)
    expect(page.get_by_text("Where we had coffee", exact=True)).to_have_count(0)
    read(page, home, link.lstrip("/"))
    expect(page.locator("sp-viewer[ready]")).to_be_visible()
    heart = page.locator(".stage").get_by_role("button", name="Favourite")
    heart.tap()
    expect(heart).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_text("1 photo is a favourite").first).to_be_attached()
    read(page, home, "favourites/")
    expect(tiles(page)).to_have_count(1)
    read(page, home, "changes/")
    undo(page)
    read(page, home, "favourites/")
    expect(tiles(page)).to_have_count(0)

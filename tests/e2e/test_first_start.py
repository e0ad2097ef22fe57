"""Somebody who has read nothing starts scanpix for the first time, on a phone: each page says the one next thing."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from research.bench.portal import Portal
from tests.e2e.households import PASSWORD

pytestmark = pytest.mark.e2e


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """With nothing in it, not even the models."""
    folder = tmp_path / "scanpix data"
    folder.mkdir()
    return folder


def next_thing(page: Page) -> str:
    """The words on the one main button of a page."""
    main = page.locator("main .button-main")
    expect(main).to_have_count(1)
    return main.inner_text().strip()


@pytest.mark.parametrize("page", [{"width": 390, "height": 844}], indirect=True, ids=["phone"])
def test_from_the_first_start_to_the_first_found_photo(page: Page, portal: Portal, album: Path) -> None:
    (album / "2023").mkdir()
    for at in range(2):  # what only one photo shows is not offered
        copy = album / "2023" / f"coffee {at}.png"
        copy.write_bytes((album / "2024" / "coffee.png").read_bytes() + bytes(at + 1))

    # The console shows an address that holds the code.
    page.goto(f"{portal.address}setup/?code=WRONG-CODE")
    page.get_by_label("Username").fill("anna")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_label("Password again").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_text("This is not the code that the console shows.")).to_be_visible()
    page.goto(f"{portal.address}setup/?code={portal.code}")
    expect(page.get_by_label("Setup code")).to_have_value(portal.code)
    expect(page.get_by_label("Username")).to_be_focused()
    assert next_thing(page) == "Make the account"
    page.keyboard.type("anna")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_label("Password again").fill(PASSWORD)
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", name="Where are your photos?")).to_be_visible()
    assert next_thing(page) == "Add this folder"
    page.goto(f"{portal.address}sources/add/?path={album.parent}")
    page.get_by_role("link", name=album.name).click()
    expect(page.get_by_text("In here: 10 photos.")).to_be_visible()
    page.get_by_role("button", name="Add this folder").click()

    expect(page.get_by_role("heading", name="Your photos come in")).to_be_visible()
    expect(page.locator(".latest img").first).to_be_visible()
    expect(page.get_by_role("heading", name="Your photos are ready")).to_be_visible()
    expect(page.get_by_text("10 of 10 can be searched")).to_be_visible()
    assert next_thing(page) == "To the library"

    page.get_by_role("link", name="To the library").click()
    expect(page.locator(".tile-image")).to_have_count(10)
    expect(page.get_by_role("heading", name="Try one of these")).to_be_visible()
    offered = [str(one.get_attribute("href")) for one in page.locator("a.idea").all()]
    assert offered
    for address in offered:
        page.goto(portal.address.rstrip("/") + address)
        expect(page.locator(".tile").first).to_be_visible()
    page.get_by_role("combobox", name="Search your photos").fill("a cup of coffee")
    page.keyboard.press("Enter")
    first = page.locator(".tile").first
    expect(first).to_contain_text("espresso")
    first.get_by_role("link").first.click()
    expect(page).to_have_url(re.compile(r"/media/\d+/"))

    page.goto(f"{portal.address}search/?q=cat type:photo")
    expect(page.locator(".tile").first).to_contain_text("cat")
    page.goto(portal.address)
    page.wait_for_load_state("networkidle")
    expect(page.locator("a.idea")).to_have_count(0)
    page.goto("about:blank")  # or the library asks on while the portal ends

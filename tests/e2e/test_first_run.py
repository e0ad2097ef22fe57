"""From the first start to the first found photo, as a family would do it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from research.bench.portal import Portal

pytestmark = pytest.mark.e2e

PASSWORD = "a long walk on the beach"
MODELS_AND_EIGHT_PHOTOS_MS = 180_000


def make_account(page: Page, portal: Portal, code: str) -> None:
    page.goto(portal.address)
    expect(page).to_have_url(re.compile("/setup/$"))
    page.get_by_label("Setup code").fill(code)
    page.get_by_label("Username").fill("anna")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_label("Password again").fill(PASSWORD)
    page.get_by_role("button", name="Make the account").click()


@pytest.mark.parametrize("page", [{"width": 390, "height": 844}], indirect=True, ids=["phone"])
def test_setup_folder_progress_search_photo(page: Page, portal: Portal, album: Path) -> None:
    make_account(page, portal, "WRONG-CODE")
    expect(page.get_by_text("This is not the code that the console shows.")).to_be_visible()
    make_account(page, portal, portal.code)

    page.goto(f"{portal.address}sources/add/?path={album.parent}")
    page.get_by_role("link", name=album.name).click()
    expect(page.get_by_label("Folder", exact=True)).to_have_value(str(album))
    page.get_by_role("button", name="Add this folder").click()

    page.goto(portal.address)
    expect(page.locator(".tile-image")).to_have_count(8, timeout=MODELS_AND_EIGHT_PHOTOS_MS)
    page.goto(f"{portal.address}status/")
    expect(page.get_by_text("Everything is indexed")).to_be_visible(timeout=MODELS_AND_EIGHT_PHOTOS_MS)

    search = page.get_by_role("combobox", name="Search your photos")
    search.fill("a cup of coffee")
    search.press("Enter")
    first = page.locator(".tile").first
    expect(first).to_contain_text("espresso")
    first.get_by_role("link").click()
    expect(page).to_have_url(re.compile(r"/media/\d+/"))
    page.get_by_role("button", name="Information").click()
    expect(page.get_by_text("2024/coffee.png")).to_be_visible()
    picture = page.locator(".pswp__item[aria-hidden=false] img.pswp__img[srcset]")
    expect(picture).to_be_visible()
    assert picture.evaluate("image => image.decode().then(() => image.naturalWidth)") > 300

    page.goto(f"{portal.address}search/?q=cat type:photo")
    expect(page.locator(".tile").first).to_contain_text("cat")
    assert (album / "2024" / "coffee.png").exists()

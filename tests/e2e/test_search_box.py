"""The search box by the keyboard: a suggestion, results, facets, a chip taken away, a search saved and found again."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.households import Home

pytestmark = pytest.mark.e2e


def test_suggestions_facets_chips_and_saved_searches(at_home: Page, home: Home) -> None:
    page = at_home
    page.goto(home.address)

    page.keyboard.press("/")
    box = page.get_by_role("combobox", name="Search your photos")
    expect(box).to_be_focused()
    page.keyboard.type("type:photo landsc")
    option = page.get_by_role("option", name="shape:landscape")
    expect(option).to_be_visible()
    expect(box).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("ArrowDown")
    expect(option).to_have_attribute("aria-selected", "true")
    expect(box).to_have_attribute("aria-activedescendant", option.get_attribute("id") or "")
    page.keyboard.press("Enter")
    expect(box).to_have_value("type:photo shape:landscape ")
    expect(page.get_by_role("option")).to_have_count(0)

    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/search/\?q=type%3Aphoto\+shape%3Alandscape$"))
    facets = page.get_by_role("complementary", name="Narrow down")
    expect(facets.get_by_role("link", name="Photos (take away)")).to_be_visible()
    page.get_by_text("Save this search").click()
    page.get_by_label("Name of the search").fill("Wide ones")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Saved as “Wide ones”.")).to_be_visible()

    page.get_by_role("link", name="Remove: only photos").click()
    expect(page).to_have_url(re.compile(r"/search/\?q=shape%3Alandscape$"))

    box.fill("")
    box.click()
    expect(page.get_by_role("option", name="Wide ones")).to_be_visible()
    expect(page.get_by_role("option", name="type:photo shape:landscape")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("option")).to_have_count(0)
    page.keyboard.type("wid")
    expect(page.get_by_role("option", name="Wide ones")).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/search/\?q=type%3Aphoto\+shape%3Alandscape$"))

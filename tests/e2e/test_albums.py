"""Tags and albums in a real browser: tagged from a selection, an album put in order by mouse and keys, and undone."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.households import Home

pytestmark = pytest.mark.e2e


def order(page: Page) -> list[str]:
    return page.eval_on_selector_all("[data-item]", "items => items.map(item => item.dataset.item)")


def test_tag_a_selection_and_put_an_album_in_order(at_home: Page, home: Home) -> None:
    page = at_home
    page.goto(f"{home.address}?select=1")
    checks = page.locator(".tile-check")
    for at in range(4):
        checks.nth(at).check()
    page.get_by_role("button", name="Tag", exact=True).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Tags").fill("travel/Lisbon, beach")
    dialog.get_by_role("button", name="Tag", exact=True).click()
    expect(page.get_by_text("travel/Lisbon, beach put on 4 photos.")).to_be_visible()

    page.goto(home.address)
    page.locator(".tile > a").first.click()
    field = page.get_by_role("combobox", name="Add tags, several between commas")
    field.press_sequentially("lis")
    option = page.get_by_role("option", name="travel/Lisbon")
    expect(option).to_be_visible()
    page.keyboard.press("Escape")
    expect(option).to_have_count(0)
    field.fill("new")
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="new", exact=True)).to_be_visible()
    expect(field).to_be_focused()

    page.goto(f"{home.address}tags/")
    expect(page.get_by_role("link", name="travel 4 photos")).to_be_visible()
    page.get_by_role("link", name="beach 4 photos").click()
    expect(page.locator(".tile-image")).to_have_count(4)

    page.goto(f"{home.address}albums/add/?q=tag:beach")
    page.get_by_role("textbox", name="Title").fill("Summer")
    page.get_by_label("The photos that it finds now").check()
    page.get_by_role("button", name="Make it").click()
    page.get_by_role("link", name="Put in order").click()
    before = order(page)
    assert len(before) == 4
    later = page.get_by_role("button", name="One place later").first
    later.focus()
    page.keyboard.press("Enter")
    moved = [before[1], before[0], *before[2:]]
    expect(page.locator("[data-said]")).to_have_text("Moved.")
    assert order(page) == moved
    expect(later).not_to_be_focused()  # the focus went along with what was moved
    expect(page.get_by_role("button", name="One place later").nth(1)).to_be_focused()

    first, last = (page.locator(".arrange-picture").nth(at) for at in (0, 3))
    here, there = first.bounding_box(), last.bounding_box()
    assert here is not None and there is not None
    page.mouse.move(here["x"] + 30, here["y"] + 30)
    page.mouse.down()
    end = (there["x"] + there["width"] - 20, there["y"] + there["height"] / 2)
    page.mouse.move(*end, steps=20)
    for step in range(20):  # the others make room one after the other, and only while the pointer moves
        if order(page).index(moved[0]) == len(moved) - 1:
            break
        page.mouse.move(end[0] - step % 2, end[1])
        page.wait_for_timeout(100)
    with page.expect_response(lambda answer: answer.url.endswith("/move/")) as answer:
        page.mouse.up()
    assert answer.value.status == 204
    dragged = order(page)
    assert dragged.index(moved[0]) == 3
    page.reload()
    assert order(page) == dragged

    page.get_by_role("link", name="Done").click()
    page.get_by_role("button", name="Delete").click()
    expect(page.get_by_text("Album “Summer” deleted.")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    page.goto(f"{home.address}albums/")
    page.get_by_role("link", name="Summer 4 photos").click()
    expect(page.locator(".tile-image")).to_have_count(4)
    page.get_by_role("link", name="Slideshow").click()
    page.wait_for_url("**/media/*/?album=*")

"""The viewer in a real browser: by keyboard, by touch, and without script."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from PIL import Image
from playwright.sync_api import Browser, Locator, Page, expect

from tests.e2e.households import PHONE, Home, listened
from tests.e2e.touch import pinch, swipe

pytestmark = pytest.mark.e2e

DESK = {"width": 1280, "height": 800}


@pytest.fixture(params=["desk", "phone"])
def page(browser: Browser, home: Home, request: pytest.FixtureRequest) -> Iterator[Page]:
    way = {**PHONE, "device_scale_factor": 2} if request.param == "phone" else {"viewport": DESK}
    with listened(browser, storage_state=home.signed_in, **way) as one:
        yield one


def library(page: Page, home: Home) -> list[str]:
    """The addresses of the photos' pages in the order of the library, which is open then."""
    page.goto(home.address)
    expect(page.locator(".tile-image")).to_have_count(10)
    return [link.get_attribute("href") or "" for link in page.locator(".tile > a").all()]


def opened(page: Page, link: str) -> None:
    page.locator(f".tile > a[href='{link}']").click()
    expect(page.locator("sp-viewer[ready]")).to_be_visible()


def at(link: str) -> re.Pattern[str]:
    return re.compile(re.escape(link) + "$")


def picture(page: Page) -> Locator:
    """The picture on the stage, not what stands in for it while it comes."""
    return page.locator(".pswp__item[aria-hidden=false] img.pswp__img:not(.pswp__img--placeholder)")


def shown(page: Page) -> str:
    """The address that the browser has picked, once the picture is there."""
    address: str = picture(page).evaluate("image => image.decode().then(() => image.currentSrc)")
    return address


def find(page: Page, home: Home, name: str) -> None:
    page.goto(f"{home.address}search/?q=filename:{name}")
    page.locator(".tile > a").first.click()
    expect(page.locator("sp-viewer[ready]")).to_be_visible()


def by_keys(page: Page, links: list[str]) -> None:
    """Every photo has its address; one step back leads to where one was."""
    opened(page, links[3])
    for link in (links[4], links[5]):
        page.keyboard.press("ArrowRight")
        expect(page).to_have_url(at(link))
    for link in (*links[4:0:-1], links[0]):
        page.keyboard.press("ArrowLeft")
        expect(page).to_have_url(at(link))
    expect(page.locator("[data-previous]")).to_be_hidden()
    page.keyboard.press("ArrowLeft")
    expect(page).to_have_url(at(links[0]))
    name = page.locator("h1").text_content() or ""
    expect(page.locator(".about-name")).to_have_text(name)
    expect(page).to_have_title(re.compile(f"^{re.escape(name)} · "))
    page.go_back()
    expect(page).to_have_url(re.compile(r":\d+/$"))
    page.go_forward()
    expect(page).to_have_url(at(links[0]))
    page.keyboard.press("Escape")
    expect(page).to_have_url(re.compile(r":\d+/$"))


def its_tools(page: Page) -> None:
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog", name="Keys")).to_be_hidden()
    page.keyboard.press("i")
    expect(page.locator(".about")).to_be_hidden()
    page.keyboard.press("i")
    expect(page.locator(".about")).to_be_visible()
    heart = page.get_by_role("button", name="Favourite", exact=True)
    page.keyboard.press("f")
    expect(heart).to_have_attribute("aria-pressed", "true")
    expect(page.locator(".about .message-success")).to_be_visible()
    page.locator(".about").get_by_role("button", name="Undo").first.click()
    expect(heart).to_have_attribute("aria-pressed", "false")
    page.keyboard.press(" ")
    expect(page.get_by_role("button", name="Slideshow")).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("button", name="Slideshow")).to_have_attribute("aria-pressed", "false")


@pytest.mark.parametrize("page", ["desk"], indirect=True)
def test_by_keyboard_on_a_desk(page: Page, home: Home) -> None:
    links = library(page, home)
    by_keys(page, links)
    opened(page, links[0])
    its_tools(page)

    find(page, home, "large")
    assert re.search(r"/thumbnails/\w+/(large|preview)/$", shown(page))
    for _ in range(3):
        page.mouse.move(400, 400)
        page.mouse.wheel(0, -500)
        page.wait_for_timeout(100)
    expect(picture(page)).to_have_attribute("srcset", re.compile("/original/ 4000w"))
    page.wait_for_function(
        """() => [...document.querySelectorAll(".pswp__img")]
        .some((image) => image.currentSrc.endsWith("/original/") && image.complete && image.naturalWidth > 0)""",
    )

    with page.expect_download() as download:
        page.get_by_text("Download", exact=True).click()
        page.get_by_role("link", name="JPEG, 2048 pixels").click()
    assert download.value.suggested_filename == "large-2048.jpg"
    with Image.open(download.value.path()) as copy:
        assert 1500 <= copy.width <= 2048


@pytest.mark.parametrize("page", ["phone"], indirect=True)
def test_by_touch_on_a_phone(page: Page, home: Home) -> None:
    links = library(page, home)
    opened(page, links[2])
    swipe(page, (330, 400), (60, 405))
    expect(page).to_have_url(at(links[3]))
    swipe(page, (60, 400), (330, 405))
    expect(page).to_have_url(at(links[2]))

    about = page.locator(".about")
    expect(about).to_be_hidden()
    page.wait_for_timeout(400)  # until the picture rests
    swipe(page, (200, 560), (200, 260))
    expect(about).to_be_visible()
    expect(page).to_have_url(at(links[2]))
    page.wait_for_timeout(1200)  # while it still glides, a tap does no more than stop it
    page.get_by_role("button", name="Close the information").tap()
    expect(about).to_be_hidden()
    swipe(page, (200, 260), (200, 560))
    expect(page).to_have_url(re.compile(r":\d+/$"))

    find(page, home, "phone")
    page.wait_for_timeout(400)
    pinch(page, (195, 400), apart=(25, 170))
    page.wait_for_function(
        """() => [...document.querySelectorAll(".pswp__img")]
        .some((image) => image.currentSrc.endsWith("/copy/full/") && image.complete && image.naturalWidth > 0)""",
    )
    # Zoomed in, a finger moves the picture and does not leaf.
    address = page.url
    swipe(page, (300, 400), (200, 405))
    page.wait_for_timeout(400)
    assert page.url == address


@pytest.mark.parametrize("page", ["desk"], indirect=True)
def test_without_script(browser: Browser, page: Page, home: Home) -> None:
    links = library(page, home)
    context = browser.new_context(viewport=PHONE["viewport"], java_script_enabled=False, storage_state=home.signed_in)
    plain = context.new_page()
    plain.goto(home.address.rstrip("/") + links[2])
    expect(plain.locator(".stage-image")).to_be_visible()
    plain.get_by_role("link", name="Older").click()
    expect(plain).to_have_url(at(links[3]))
    expect(plain.get_by_text("Where the file is")).to_be_visible()
    plain.get_by_role("button", name="Favourite", exact=True).click()
    expect(plain.get_by_role("button", name="Favourite", exact=True)).to_have_attribute("aria-pressed", "true")
    plain.get_by_role("link", name="Back to the library").click()
    expect(plain).to_have_url(re.compile(r":\d+/$"))
    context.close()

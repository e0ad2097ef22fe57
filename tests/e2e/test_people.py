"""From faces to names: found, named, searched for, drawn, and in the administration."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

import pytest
from PIL import Image, ImageEnhance, ImageOps
from playwright.sync_api import Page, expect

from research.bench.portal import Portal
from tests.e2e.households import PATIENCE_MS, add_folder, make_account, wait_until_indexed

pytestmark = pytest.mark.e2e


@pytest.fixture
def portraits(tmp_path: Path) -> Path:
    """Eileen Collins (a public-domain photo of the scikit-image wheel), four times a little different, and a cup."""
    spec = importlib.util.find_spec("skimage")
    assert spec is not None
    assert spec.origin is not None
    data = Path(spec.origin).parent / "data"
    folder = tmp_path / "Portraits"
    folder.mkdir()
    with Image.open(data / "astronaut.png") as opened:
        photo = opened.convert("RGB")
    for name, made in {
        "plain": photo,
        "mirrored": ImageOps.mirror(photo),
        "bright": ImageEnhance.Brightness(photo).enhance(1.25),
        "near": photo.crop((60, 0, 440, 380)),
    }.items():
        made.save(folder / f"{name}.jpg", quality=92)
    with Image.open(data / "coffee.png") as opened:
        opened.convert("RGB").save(folder / "cup.jpg")
    return folder


def find(page: Page, words: str) -> None:
    search = page.get_by_role("combobox", name="Search your photos")
    search.fill(words)
    search.press("Enter")
    expect(page).to_have_url(re.compile(r"/search/\?"))


def draw_a_face(page: Page, portal: Portal) -> None:
    """Around the cup, with the pointer."""
    page.goto(f"{portal.address}search/?q=filename:cup")
    page.locator(".tile a").first.click()
    page.get_by_text("Add a face").click()
    box = page.locator(".faces-picture").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 0.3 * box["width"], box["y"] + 0.2 * box["height"])
    page.mouse.down()
    page.mouse.move(box["x"] + 0.6 * box["width"], box["y"] + 0.7 * box["height"], steps=4)
    page.mouse.up()
    assert abs(float(page.get_by_label("Left").input_value()) - 30) < 2
    assert abs(float(page.get_by_label("Height").input_value()) - 50) < 2
    page.locator("#add-name").fill("Ben")
    page.locator("sp-faces").get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_text("Ben is added.")).to_be_visible()


def test_a_person_is_named_and_found(page: Page, portal: Portal, portraits: Path) -> None:
    make_account(page, portal)
    add_folder(page, portal, portraits)
    wait_until_indexed(page, portal)

    field = page.get_by_label("Name of this person")
    for _ in range(PATIENCE_MS // 1000):
        page.goto(f"{portal.address}people/")
        if field.count():
            break
        page.wait_for_timeout(1000)
    expect(page.get_by_text("4 faces")).to_be_visible()
    field.fill("Eileen Collins")
    field.press("Enter")
    expect(page.get_by_text("Eileen Collins: 4 faces named.")).to_be_visible()

    find(page, "photos of eileen")
    expect(page.locator(".tile")).to_have_count(4)
    page.locator(".tile a").first.click()
    page.get_by_text("Tag somebody whose face is not to be seen").click()
    page.locator("#tag-name").fill("Ben")
    page.get_by_role("button", name="Tag", exact=True).click()
    expect(page.get_by_text("Ben is tagged.")).to_be_visible()
    draw_a_face(page, portal)

    find(page, "eileen without ben")
    expect(page.locator(".tile")).to_have_count(3)
    expect(page.get_by_text("no detected Ben").first).to_be_visible()
    find(page, "only eileen and ben")
    expect(page.locator(".tile")).to_have_count(1)

    page.goto(f"{portal.address}people/")
    page.get_by_role("link", name="Eileen Collins").click()
    expect(page.get_by_role("heading", name="Eileen Collins")).to_be_visible()
    expect(page.get_by_text("1 together")).to_be_visible()

    page.goto(f"{portal.address}admin/people/person/?q=eileen")
    expect(page.get_by_role("link", name="Eileen Collins")).to_be_visible()
    shown = page.locator("#result_list img").first
    assert shown.evaluate("image => image.decode().then(() => image.naturalWidth)") > 100

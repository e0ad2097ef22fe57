"""axe-core finds nothing on any address of the resolver, light and dark, with everything that opens open."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import pytest
from django.conf import settings
from django.test import Client
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page
from pytest_django.live_server_helper import LiveServer

from media_index import thumbnail_store
from media_index.models import Media
from people.models import Member
from tests.e2e.households import PATIENCE_MS, PHONE
from tests.factories import MediaFactory, MemberFactory, SourceFactory
from tests.media_index.views.addresses import POST, addresses
from tests.media_index.views.rows import Rows, fill

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

AXE = Path(settings.BASE_DIR) / "node_modules" / "axe-core" / "axe.min.js"
NOT_PAGES = {"logout", "admin:logout", "setup"}
"""What would sign out, and what is looked at before there is an account."""

RUN = """async (rules) => {
  const options = rules ? {runOnly: {type: 'rule', values: rules}} : {};
  const {violations} = await axe.run(document, options);
  return violations.flatMap(({id, nodes}) => nodes.map(({target, failureSummary}) =>
    `${id}: ${target.join(' ')}: ${failureSummary.replaceAll('\\n', ' ')}`));
}"""
OPEN_DETAILS = "() => document.querySelectorAll('details').forEach((one) => { one.open = true; })"
DIALOGS = "() => document.querySelectorAll('dialog').length"
SHOW = """(at) => {
  document.querySelectorAll('dialog[open]').forEach((one) => one.close());
  document.querySelectorAll('dialog')[at].showModal();
}"""
COLOURS = ["color-contrast", "link-in-text-block"]


@pytest.fixture
def rows() -> Rows:
    """A filled library: photos with pictures, videos and files without, and a row in every table."""
    member = MemberFactory(username="anna", is_staff=True, is_superuser=True)
    source = SourceFactory(name="Pictures", root="/pictures")
    photo = MediaFactory(sources=[source], width=640, height=480, has_preview=True)
    made = Rows.of(photo, source, member)
    fill(source, member, 12)
    buffer = io.BytesIO()
    Image.linear_gradient("L").resize((640, 480)).save(buffer, "WEBP")
    for media in Media.objects.filter(has_preview=True):
        thumbnail_store.write(media.content_hash, dict.fromkeys(thumbnail_store.SIZES, buffer.getvalue()))
    return made


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    one = browser.new_context(viewport=PHONE["viewport"], reduced_motion="reduce")
    one.set_default_timeout(PATIENCE_MS)
    yield one
    one.close()


def signed_in(context: BrowserContext, live_server: LiveServer, member: Any) -> Page:
    client = Client()
    client.force_login(member)
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])
    return context.new_page()


def violations(page: Page) -> list[str]:
    """Of the page as it came, with all that folds open, then of each dialog, in both colour schemes."""
    page.evaluate(AXE.read_text())
    page.evaluate(OPEN_DETAILS)
    found = _both(page)
    for at in range(page.evaluate(DIALOGS)):
        page.evaluate(SHOW, at)
        found += [f"dialog {at}: {line}" for line in _both(page)]
    return found


def _both(page: Page) -> list[str]:
    _turn(page, "light")
    light = page.evaluate(RUN, None)
    _turn(page, "dark")
    return [*light, *(f"dark: {line}" for line in page.evaluate(RUN, COLOURS))]


def _turn(page: Page, scheme: Literal["light", "dark"]) -> None:
    """The pages of the administration fade from one scheme to the other."""
    page.emulate_media(color_scheme=scheme)
    page.evaluate("() => Promise.all(document.getAnimations().map((one) => one.finished))")


def test_no_address_has_a_violation(context: BrowserContext, live_server: LiveServer, rows: Rows) -> None:
    found: list[str] = []
    pages = addresses(rows) | {"missing": "/no/such/page/", "search wrong": "/search/?q=year:x", "empty": "/search/"}
    page = signed_in(context, live_server, rows.objects[Member])
    looked_at = 0
    for name, address in pages.items():
        if name in POST or name in NOT_PAGES:
            continue
        answer = page.goto(live_server.url + address)
        assert answer is not None
        if "text/html" not in answer.headers.get("content-type", "") or "<html" not in answer.text():
            continue  # a download, or a part of a page
        looked_at += 1
        found += [f"{name}: {line}" for line in violations(page)]
    page.goto("about:blank")
    assert not found, "\n".join(found)
    assert looked_at > 80


def test_signing_in_has_no_violation(context: BrowserContext, live_server: LiveServer, rows: Rows) -> None:
    page = context.new_page()
    page.goto(f"{live_server.url}/login/")
    assert violations(page) == []
    page.goto("about:blank")


def test_the_first_start_has_no_violation(context: BrowserContext, live_server: LiveServer) -> None:
    page = context.new_page()
    page.goto(f"{live_server.url}/setup/")
    assert violations(page) == []
    page.goto("about:blank")

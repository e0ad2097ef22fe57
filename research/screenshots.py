"""Takes a picture of every page of a running portal, on a phone and a desk, light and dark.

    python -m research.screenshots http://127.0.0.1:8000 USER PASSWORD FOLDER [PAGE ...]

Which pages there are is asked of the resolver, and of the links on those that it knows; PAGE is the name of an address.
The account must be an administrator's. Ends with 1 if the browser complained about anything (such as something the
Content-Security-Policy forbids), or if a page is wider than the screen.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode, urljoin, urlsplit

import django
from django.urls import Resolver404, URLPattern, URLResolver, get_resolver, resolve, reverse
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from research.browser import launch

SCREENS = {"phone": (390, 844), "desk": (1440, 900)}
SCHEMES = ("light", "dark")
QUERY = "dog"


VARIANTS = {
    "search": f"/search/?{urlencode({'q': QUERY})}",
    "search-filtered": f"/search/?{urlencode({'q': QUERY + ' type:photo'})}",
    "search-problem": f"/search/?{urlencode({'q': QUERY + ' year:soon'})}",
    "search-nothing": f"/search/?{urlencode({'q': 'year:1850'})}",
    "search-empty": "/search/",
    "search-people": f"/search/?{urlencode({'q': 'faces:2..'})}",
    "search-nothing-near": f"/search/?{urlencode({'q': QUERY + ' year:1850..'})}",
    "search-facets": f"/search/facets/?{urlencode({'q': 'type:photo'})}",
    "search-dates": f"/search/dates/?{urlencode({'q': 'type:photo'})}",
    "library-selecting": "/?select=1",
    "source-add": "/sources/add/?path=/",
    "not-found": "/no-such-page/",
    "admin": "/admin/",
    "admin-media": "/admin/media_index/media/",
    "admin-faces": "/admin/people/face/",
    "admin-persons": "/admin/people/person/",
}
"""Pages that show more with a query, or that the resolver knows nothing of; all others are found by their names."""
NOT_PAGES = {"login", "setup", "logout", "health"}


def plain_pages() -> dict[str, str]:
    """Each address of the portal that needs no arguments, by its name. Some are no pages, which is seen when asked."""
    names = (one.name for one in _portal_patterns(get_resolver()) if one.name and not one.pattern.converters)
    return {name: reverse(name) for name in names if name not in NOT_PAGES}


def _portal_patterns(resolver: URLResolver) -> Iterator[URLPattern]:
    for one in resolver.url_patterns:
        if isinstance(one, URLPattern):
            yield one
        elif one.namespace is None:  # Django's own admin has one
            yield from _portal_patterns(one)


class Camera:
    """One browser window: its size, its colours, and all that the browser complained about in it."""

    def __init__(self, browser: Browser, address: str, screen: str, scheme: str, folder: Path) -> None:
        width, height = SCREENS[screen]
        self.context: BrowserContext = browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme="dark" if scheme == "dark" else "light",
            device_scale_factor=2 if screen == "phone" else 1,
            has_touch=screen == "phone",
            is_mobile=screen == "phone",
        )
        self.page: Page = self.context.new_page()
        self.address, self.suffix, self.folder = address, f"{screen}-{scheme}", folder
        self.complaints: list[str] = []
        self.page.on("console", lambda message: self._hear(message.type, message.text))
        self.page.on("pageerror", lambda error: self._hear("error", str(error)))

    def _hear(self, kind: str, text: str) -> None:
        # A page that is not there is one of those to look at.
        if kind in {"error", "warning"} and "status of 404" not in text:
            self.complaints.append(f"{self.page.url} ({self.suffix}): {text}")

    def take(self, name: str, path: str) -> None:
        self.page.goto(urljoin(self.address, path))
        self.page.wait_for_load_state("networkidle")
        wide = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if wide > 0:
            self.complaints.append(f"{path} ({self.suffix}): {wide} pixels too wide")
        self.page.screenshot(path=self.folder / f"{name}-{self.suffix}.png")

    def sign_in(self, user: str, password: str) -> None:
        self.page.goto(urljoin(self.address, "/login/"))
        self.page.fill("[name=username]", user)
        self.page.fill("[name=password]", password)
        self.page.click("button[type=submit]")
        if "/login/" in self.page.url:
            sys.exit(f"cannot sign in as {user}")

    def shows_page(self, path: str) -> bool:
        """Whether there is a whole page at this address, and not a part of one, a file, or nothing to be read."""
        answer = self.context.request.get(urljoin(self.address, path), max_redirects=0)
        return answer.ok and "text/html" in answer.headers["content-type"] and "<html" in answer.text()

    def links(self, path: str) -> list[str]:
        """The addresses of this portal that a page leads to."""
        self.page.goto(urljoin(self.address, path))
        self.page.wait_for_load_state("networkidle")
        found = self.page.eval_on_selector_all("main a[href]", "links => links.map(link => link.href)")
        return [one.removeprefix(self.address.rstrip("/")) for one in found if one.startswith(self.address)]


def all_pages(camera: Camera) -> dict[str, str]:
    """Every page of the portal by its name: those without arguments, and the first of each kind that these lead to."""
    plain = {name: path for name, path in plain_pages().items() if camera.shows_page(path)}
    found = {**plain, **VARIANTS}
    for path in [*plain.values(), VARIANTS["search"]]:
        for link in camera.links(path):
            name = _name_of(link)
            if name and name not in found and name not in NOT_PAGES and camera.shows_page(link):
                found[name] = link
    return found


def _name_of(link: str) -> str:
    """The name of an address of the portal; "" for what belongs to Django's admin, and for what is none."""
    try:
        match = resolve(urlsplit(link).path)
    except Resolver404:
        return ""
    return "" if match.namespaces else match.url_name or ""


def shoot(camera: Camera, user: str, password: str, only: set[str], known: dict[str, str]) -> dict[str, str]:
    """Takes the pages that are ``known``, or looks for them first. Returns them."""
    found: dict[str, str] = {}
    needs_setup = camera.page.request.get(urljoin(camera.address, "/setup/")).ok
    first = "setup" if needs_setup else "login"
    if not only or first in only:
        camera.take(first, f"/{first}/")
    if needs_setup:
        return found
    camera.sign_in(user, password)
    for name, path in (known or all_pages(camera)).items():
        found[name] = path
        if not only or name in only:
            camera.take(name, path)
    return found


def cameras(browser: Browser, address: str, folder: Path) -> Iterator[Camera]:
    for screen in SCREENS:
        for scheme in SCHEMES:
            yield Camera(browser, address, screen, scheme, folder)


def main(address: str, user: str, password: str, target: str, *only: str) -> int:
    folder = Path(target)
    folder.mkdir(parents=True, exist_ok=True)
    complaints: list[str] = []
    known: dict[str, str] = {}
    with sync_playwright() as playwright:
        browser = launch(playwright)
        if browser is None:
            sys.exit("no Chrome or Chromium is installed")
        for camera in cameras(browser, address, folder):
            known = shoot(camera, user, password, set(only), known)
            complaints += camera.complaints
            camera.context.close()
        browser.close()
    for line in dict.fromkeys(complaints):
        print(line, file=sys.stderr)
    return 1 if complaints else 0


if __name__ == "__main__":
    if len(sys.argv) < 5:
        sys.exit(__doc__)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "scanpix.settings")
    django.setup()
    sys.exit(main(*sys.argv[1:]))

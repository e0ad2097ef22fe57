"""Takes a picture of every page of a running portal, on a phone and a desk, light and dark.

    python -m research.screenshots http://127.0.0.1:8000 USER PASSWORD FOLDER [PAGE ...]

The account must be an administrator's. Ends with 1 if the browser complained about anything (such as something the
Content-Security-Policy forbids), or if a page is wider than the screen.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode, urljoin

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from research.browser import launch

SCREENS = {"phone": (390, 844), "desk": (1440, 900)}
SCHEMES = ("light", "dark")
QUERY = "dog"


FIRST = {
    "media": ("/", ".tile a:has(img)"),
    "source-remove": ("/sources/", "a[href$='/remove/']"),
    "person": (
        "/people/",
        "main a[href^='/people/']:not([href*='/groups/']):not([href*='/review/']):not([href*='/decisions/'])",
    ),
    "group": ("/people/", "main a[href*='/people/groups/']"),
}
"""Pages of one thing: where the first link to such a thing is."""


def pages() -> dict[str, str]:
    """Each page by a name for its file, but for those of one thing."""
    return {
        "library": "/",
        "other-files": "/other-files/",
        "search": f"/search/?{urlencode({'q': QUERY})}",
        "search-filtered": f"/search/?{urlencode({'q': QUERY + ' type:photo'})}",
        "search-problem": f"/search/?{urlencode({'q': QUERY + ' year:soon'})}",
        "search-nothing": f"/search/?{urlencode({'q': 'year:1850'})}",
        "search-empty": "/search/",
        "search-people": f"/search/?{urlencode({'q': 'faces:2..'})}",
        "search-nothing-near": f"/search/?{urlencode({'q': QUERY + ' year:1850..'})}",
        "facets": f"/search/facets/?{urlencode({'q': 'type:photo'})}",
        "search-dates": f"/search/dates/?{urlencode({'q': 'type:photo'})}",
        "search-help": "/search/help/",
        "saved-searches": "/search/saved/",
        "improve": "/search/improve/",
        "picture": "/search/picture/",
        "people": "/people/",
        "review": "/people/review/",
        "decisions": "/people/decisions/",
        "access-tokens": "/access-tokens/",
        "status": "/status/",
        "sources": "/sources/",
        "source-add": "/sources/add/?path=/",
        "password": "/password/",
        "not-found": "/no-such-page/",
        "admin": "/admin/",
        "admin-media": "/admin/media_index/media/",
        "admin-faces": "/admin/people/face/",
        "admin-persons": "/admin/people/person/",
    }


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

    def first(self, path: str, selector: str) -> str:
        """The address of the first link that fits, or ""."""
        self.page.goto(urljoin(self.address, path))
        link = self.page.query_selector(selector)
        return (link.get_attribute("href") or "") if link else ""


def shoot(camera: Camera, user: str, password: str, only: set[str]) -> None:
    needs_setup = camera.page.request.get(urljoin(camera.address, "/setup/")).ok
    first = "setup" if needs_setup else "login"
    if not only or first in only:
        camera.take(first, f"/{first}/")
    if needs_setup:
        return
    camera.sign_in(user, password)
    firsts = {name: camera.first(*where) for name, where in FIRST.items() if not only or name in only}
    for name, path in (pages() | firsts).items():
        if path and (not only or name in only):
            camera.take(name, path)


def cameras(browser: Browser, address: str, folder: Path) -> Iterator[Camera]:
    for screen in SCREENS:
        for scheme in SCHEMES:
            yield Camera(browser, address, screen, scheme, folder)


def main(address: str, user: str, password: str, target: str, *only: str) -> int:
    folder = Path(target)
    folder.mkdir(parents=True, exist_ok=True)
    complaints: list[str] = []
    with sync_playwright() as playwright:
        browser = launch(playwright)
        if browser is None:
            sys.exit("no Chrome or Chromium is installed")
        for camera in cameras(browser, address, folder):
            shoot(camera, user, password, set(only))
            complaints += camera.complaints
            camera.context.close()
        browser.close()
    for line in dict.fromkeys(complaints):
        print(line, file=sys.stderr)
    return 1 if complaints else 0


if __name__ == "__main__":
    if len(sys.argv) < 5:
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))

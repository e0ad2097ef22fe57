"""What a person sees of a page, or has read out: its texts, one by one."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from tests.unmarked import SILENT, VISIBLE

LETTERS = re.compile(r"[^\W\d_]{2,}")


class _Page(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.silent: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in SILENT:
            self.silent.append(tag)
        self.found += [value for name, value in attrs if name in VISIBLE and value]

    def handle_endtag(self, tag: str) -> None:
        if tag in self.silent:
            self.silent.remove(tag)

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.found.append(data)


def visible(page: str) -> list[str]:
    """The texts of an HTML page that hold a word, in their order, without the spaces around them."""
    texts = (" ".join(text.split()) for text in _Page(page).found)
    return [text for text in texts if LETTERS.search(text)]

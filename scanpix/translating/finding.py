"""Finds what is marked for translation, in Python files and in templates."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from django.utils.translation.template import templatize

ROOMS = {"media_index": "*.py", "people": "*.py", "scanpix": "*.py", "templates": "*.html"}
"""Folders of the project whose texts people see, and which files there have them."""
PLAIN, PLURAL, IN_CONTEXT, PLURAL_IN_CONTEXT = None, (1, 2), ((1, "c"), 2), ((1, "c"), 2, 3)
KEYWORDS: dict[str, Any] = {
    **dict.fromkeys(("_", "gettext", "gettext_lazy", "gettext_noop"), PLAIN),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), PLURAL),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), IN_CONTEXT),
    **dict.fromkeys(("npgettext", "npgettext_lazy"), PLURAL_IN_CONTEXT),
}
"""Where Django's functions take their texts, as Babel wants it told: positions from one, "c" for the context."""
COMMENTS = ("Translators:",)


def marked(root: Path) -> Catalog:
    """All texts of the project at ``root`` that are marked, each with the files that have it."""
    found = Catalog(fuzzy=False)
    for room, pattern in ROOMS.items():
        for path in sorted((root / room).rglob(pattern)):
            name = path.relative_to(root).as_posix()
            for _line, text, comments, context in _texts(path):
                found.add(text, locations=[(name, 0)], auto_comments=comments, context=context)
    return found


def _texts(path: Path) -> Iterator[tuple[int, Any, list[str], str | None]]:
    code = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        code = _template_as_code(code, path)
    found: Iterable[Any] = extract("python", BytesIO(code.encode()), keywords=KEYWORDS, comment_tags=COMMENTS)
    yield from found


def _template_as_code(text: str, path: Path) -> str:
    """What is marked in a template, as calls of gettext; Python's tokenizer minds indentation, a template does not."""
    return "\n".join(line.lstrip() for line in templatize(text, origin=str(path)).split("\n"))

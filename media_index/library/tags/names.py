"""Names of tags as people write them: levels between slashes, several between commas. Pure."""

from __future__ import annotations

import re

from django.utils.translation import gettext as _

from media_index.search.query.lexer import fold

SLASH = "/"
LONGEST_NAME = 100
"""Characters of one level: the column's."""
LONGEST_FOLDED = 200
DEEPEST = 8
"""Levels. More than continent, country, region, town, quarter, street, house and room nobody types."""
MOST_AT_ONCE = 20
"""Tags in one field."""
LONGEST_FIELD = 1_000
"""Characters of a field for tags."""
_FORBIDDEN = re.compile(r"[\x00-\x1f\x7f\"]")

Levels = tuple[str, ...]
"""A tag from the top down: ``("travel", "Portugal", "Lisbon")``."""


class TagNameError(ValueError):
    """No name of a tag; the text says why, and what to do."""


def folded(name: str) -> str:
    """A name as it is compared: without case and accents, one space between words."""
    return " ".join(fold(name).split())[:LONGEST_FOLDED]


def levels(text: str) -> Levels:
    """``travel / Portugal/Lisbon`` -> its levels. Raises :class:`TagNameError`."""
    if _FORBIDDEN.search(text):
        raise TagNameError(_("A tag holds no quotation marks and no line breaks: “%(text)s”.") % {"text": text[:60]})
    names = tuple(" ".join(part.split()) for part in text.strip().removeprefix("#").split(SLASH))
    names = tuple(name for name in names if name)
    if not names or not all(folded(name) for name in names):
        raise TagNameError(_("A tag needs a name: letters, digits or signs that can be seen."))
    if len(names) > DEEPEST:
        raise TagNameError(_("“%(text)s” has more than %(most)s levels.") % {"text": text[:60], "most": DEEPEST})
    for name in names:
        if len(name) > LONGEST_NAME:
            raise TagNameError(
                _("“%(text)s …” is longer than %(most)s characters.") % {"text": name[:30], "most": LONGEST_NAME}
            )
    return names


def several(text: str) -> list[Levels]:
    """The tags of a field, between commas or line breaks, each once. Raises :class:`TagNameError`, also for none."""
    parts = [part for part in re.split(r"[,;\n]", text[: LONGEST_FIELD + 1]) if part.strip()]
    found = {tuple(map(folded, one)): one for one in map(levels, (part.strip() for part in parts))}
    if not found:
        raise TagNameError(_("Write a tag first."))
    if len(text) > LONGEST_FIELD or len(found) > MOST_AT_ONCE:
        raise TagNameError(_("That is too much at once: give up to %(most)s tags.") % {"most": MOST_AT_ONCE})
    return list(found.values())


def written(names: Levels) -> str:
    """Levels as they are typed."""
    return SLASH.join(names)

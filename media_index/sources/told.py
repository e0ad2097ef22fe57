"""What is wrong with a source, in words. Kept in English, as it is noted by whoever notices; said in the language of
who asks."""

from __future__ import annotations

import re
from functools import cache

from media_index.telling import gettext
from media_index.telling import gettext_noop as _

NOT_THERE = _("%(place)s is not there")
NOT_A_FOLDER = _("%(place)s is not a folder")
MAY_NOT_BE_READ = _("%(place)s may not be read by the user that runs scanpix")
CANNOT_BE_READ = _("%(place)s cannot be read: %(error)s")
DOES_NOT_ANSWER = _("%(place)s does not answer: is the machine that it lies on switched off?")
EMPTY = _("%(place)s is empty, though there were files: is its disk mounted?")
HOLDS_NOTHING = _("%(place)s holds none of its files any more: is its disk mounted, do the patterns fit?")
MOUNTED_ANEW = _("%(place)s was mounted anew while it was scanned")
ALL = (NOT_THERE, NOT_A_FOLDER, MAY_NOT_BE_READ, CANNOT_BE_READ, DOES_NOT_ANSWER, EMPTY, HOLDS_NOTHING, MOUNTED_ANEW)
_PLACEHOLDER = re.compile(r"%\((\w+)\)s")


def said(text: str) -> str:
    """A text of :data:`ALL` that was kept, in the language of who asks; any other as it is."""
    for template in ALL:
        found = _pattern(template).fullmatch(text)
        if found:
            return gettext(template) % found.groupdict()
    return text


@cache
def _pattern(template: str) -> re.Pattern[str]:
    """Plain text and names of placeholders take turns in what ``split`` gives."""
    parts = _PLACEHOLDER.split(template)
    made = (f"(?P<{part}>.+)" if at % 2 else re.escape(part) for at, part in enumerate(parts))
    return re.compile("".join(made), re.DOTALL)

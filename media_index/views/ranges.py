"""The ``Range`` header (RFC 9110, section 14): which bytes of a file a browser wants. Pure."""

from __future__ import annotations

import re

_ONE_RANGE = re.compile(r"bytes=\s*(\d{0,19})\s*-\s*(\d{0,19})\s*", re.ASCII)


class RangeError(Exception):
    """The wanted bytes lie outside the file (answer 416)."""


def parse_range(header: str, size: int) -> tuple[int, int] | None:
    """First byte and the one after the last of what ``header`` asks of a file of ``size`` bytes.

    None stands for the whole file: no header, one that cannot be read, or several ranges at once, all of which a
    server may ignore. Raises :class:`RangeError` when nothing of the file is in the range.
    """
    found = _ONE_RANGE.fullmatch(header.strip())
    if found is None or found.group() == "" or not any(found.groups()):
        return None
    first, last = found.groups()
    if not first:
        wanted = min(int(last), size)
        if wanted == 0:
            raise RangeError
        return size - wanted, size
    if last and int(last) < int(first):
        return None
    if int(first) >= size:
        raise RangeError
    return int(first), min(int(last), size - 1) + 1 if last else size

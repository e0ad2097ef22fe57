"""Cuts a query into tokens. Never fails: what cannot be meant otherwise is a word."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

TOKEN = re.compile(
    r"""(?P<minus>-)?
        (?:(?P<key>[a-z][a-z0-9_]*):)?
        (?:"(?P<quoted>[^"]*)(?P<closed>")?|(?P<bare>[^\s"]+))""",
    re.VERBOSE | re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Token:
    """A word, a phrase in quotes, or ``key:value``; ``start`` and ``end`` are offsets in the query."""

    value: str
    key: str
    negated: bool
    quoted: bool
    closed: bool
    start: int
    end: int


def tokens(query: str) -> Iterator[Token]:
    for match in TOKEN.finditer(query):
        quoted = match["quoted"] is not None
        yield Token(
            value=match["quoted"] if quoted else match["bare"],
            key=(match["key"] or "").lower(),
            negated=bool(match["minus"]),
            quoted=quoted,
            closed=not quoted or match["closed"] is not None,
            start=match.start(),
            end=match.end(),
        )

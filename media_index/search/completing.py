"""What somebody is typing, and which of many texts it may become. Pure."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field

from media_index.search.query.lexer import TYPOGRAPHIC, fold

LONGEST_NAME = 4
"""Words before the caret that together may be the beginning of one name."""
TYPOS = ((3, 1), (7, 2))
"""From how many letters on how many of them may be wrong: one slip in a short name, two in one as long as "Grandma".
The first letter must be right, which keeps this quick; it seldom is wrong (Kukich 1992, "Techniques for automatically
correcting words in text")."""
_PAIR = re.compile(r"([a-z][a-z0-9_]*):(.*)", re.IGNORECASE | re.DOTALL)
_SIGNS = "-!~(,;|&"
_BOUNDARY = re.compile(r"[\s(|,;]")


@dataclass(frozen=True, slots=True)
class Spot:
    """A piece of a query that is being typed: ``text`` from ``start`` up to the caret, and it ends at ``end``. ``key``
    is the filter whose value it is, if any."""

    start: int
    end: int
    text: str
    key: str = ""


def spots(query: str, caret: int, keys: Collection[str]) -> list[Spot]:
    """What may be completed at the caret, the longest first: the value of a filter, or the last words. Nothing within
    quotation marks that belong to no filter."""
    query = query.translate(TYPOGRAPHIC)
    caret = max(0, min(caret, len(query)))
    start, quoted = _chunk(query[:caret])
    rest = _BOUNDARY.search(query, caret)
    end = query.find('"', caret) + 1 or len(query) if quoted else (rest.start() if rest else len(query))
    chunk = query[start:caret]
    signs = len(chunk) - len(chunk.lstrip(_SIGNS))
    pair = _PAIR.fullmatch(chunk[signs:])
    if pair and pair[1].lower() in keys:
        value = pair[2]
        part = _last_part(value)
        return [Spot(caret - len(value) + part, end, value[part:].strip('"'), pair[1].lower())]
    if quoted or not chunk[signs:]:
        return []
    found = [Spot(start + signs, end, chunk[signs:])]
    for word in reversed(list(_words_before(query, start if not signs else 0))[-LONGEST_NAME + 1 :]):
        found.append(Spot(word, end, query[word:caret]))
    return found[::-1]


def _chunk(before: str) -> tuple[int, bool]:
    """Where the last piece without a space outside quotation marks begins, and whether a mark is open in it."""
    start, quoted = 0, False
    for place, char in enumerate(before):
        if char == '"':
            quoted = not quoted
        elif not quoted and (char.isspace() or char == "("):
            start = place + 1
    return start, quoted


def _last_part(value: str) -> int:
    """Where the last part of a list begins."""
    place, quoted = 0, False
    for at, char in enumerate(value):
        if char == '"':
            quoted = not quoted
        elif char in "|," and not quoted:
            place = at + 1
    return place


def _words_before(query: str, end: int) -> Iterator[int]:
    """Where the plain words begin that stand right before ``end``, from left to right."""
    starts: list[int] = []
    for word in re.finditer(r"\S+", query[:end]):
        if re.search(r'[":()|,;]', word[0]) or word[0][0] in _SIGNS:
            starts.clear()
        else:
            starts.append(word.start())
    yield from starts


@dataclass(frozen=True, slots=True)
class Entry:
    """``text`` may be meant, and stands for ``key:value``."""

    text: str
    key: str
    value: str


@dataclass(frozen=True)
class Lexicon:
    """Texts, found by how any of their words begins, or by how alike they are. Make one and keep it."""

    entries: tuple[Entry, ...]
    _beginnings: list[tuple[str, int, int]] = field(default_factory=list, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        for number, entry in enumerate(self.entries):
            text = plain(entry.text)
            starts = (found.start() for found in re.finditer(r"\S+", text))
            self._beginnings.extend((text[start:], start, number) for start in starts)
        self._beginnings.sort()

    @classmethod
    def of(cls, rows: Iterable[tuple[str, str, str]]) -> Lexicon:
        return cls(tuple(Entry(*row) for row in rows))

    def beginning(self, text: str) -> list[Entry]:
        """Those of which a word begins so, without regard to case and accents: first those that begin so themselves, of
        these the shortest."""
        wanted = plain(text)
        ranks: dict[int, tuple[int, int]] = {}
        for rest, start, number in self._range(wanted):
            rank = (1 if start else 0, len(rest) + start)
            ranks[number] = min(ranks.get(number, rank), rank)
        return self._in_order(ranks)

    def alike(self, text: str, *, whole: bool = False) -> list[Entry]:
        """Those that begin like ``text`` but for the :data:`TYPOS` in it, the likest first; ``whole``: those that are
        written like it to their end."""
        wanted = plain(text)
        most = max((wrong for letters, wrong in TYPOS if len(wanted) >= letters), default=0)
        ranks: dict[int, tuple[int, int]] = {}
        for rest, start, number in self._range(wanted[:1]) if most else ():
            wrong = typos(wanted, rest, most, whole=whole)
            if wrong <= most and not (whole and start):
                rank = (wrong, start)
                ranks[number] = min(ranks.get(number, rank), rank)
        return self._in_order(ranks)

    def _range(self, wanted: str) -> Iterator[tuple[str, int, int]]:
        at = bisect_left(self._beginnings, (wanted, 0, 0))
        while wanted and at < len(self._beginnings) and self._beginnings[at][0].startswith(wanted):
            yield self._beginnings[at]
            at += 1

    def _in_order(self, ranks: dict[int, tuple[int, int]]) -> list[Entry]:
        return [self.entries[number] for number in sorted(ranks, key=lambda one: (ranks[one], one))]


def plain(text: str) -> str:
    """``text`` as it is compared: folded, one space between words, no other signs."""
    return " ".join(re.sub(r"[^\w\s]", " ", fold(text).replace("'", "")).split())


def typos(typed: str, meant: str, most: int, *, whole: bool = False) -> int:
    """How many letters of ``typed`` were left out, added, changed or swapped with the next (optimal string alignment),
    against all of ``meant`` or the beginning that fits best. More than ``most`` is any number above it."""
    meant = meant if whole else meant[: len(typed) + most]
    if abs(len(typed) - len(meant)) > most and (whole or len(meant) < len(typed)):
        return most + 1
    before: list[int] = []
    last = list(range(len(meant) + 1))
    for row, char in enumerate(typed, 1):
        line = [row]
        for column, other in enumerate(meant, 1):
            cost = min(last[column] + 1, line[column - 1] + 1, last[column - 1] + (char != other))
            if row > 1 and column > 1 and char == meant[column - 2] and typed[row - 2] == other:
                cost = min(cost, before[column - 2] + 1)
            line.append(cost)
        if min(line) > most:
            return most + 1
        before, last = last, line
    return last[-1] if whole else min(last)

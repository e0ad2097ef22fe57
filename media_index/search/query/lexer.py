"""Cuts a query into tokens. Never fails: what cannot be meant otherwise is a word."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from enum import Enum, auto

TYPOGRAPHIC = str.maketrans({**dict.fromkeys("“”„‟«»", '"'), **dict.fromkeys("‘’‚‛´", "'"), **dict.fromkeys("–—", "-")})
"""One character for one, so that offsets stay."""
LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th"})
"""Letters that Unicode does not take apart into a plain one and an accent."""
UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue"})

TOKEN = re.compile(
    r"""(?P<open>\() | (?P<close>\))
      | (?P<or>\|+) | (?P<and>&+ | (?<=\w)\+(?=\w) | (?<!\S)\+(?!\S)) | (?P<comma>[,;]+)
      | (?P<not>(?<![^\s(|&,;!-])[-!](?=[-!]*[^\s)|&,;!-]))
      | ~(?P<literal>"[^"]*"? | [^\s"()|&,;]+)
      | (?P<quoted>=?"[^"]*"?)
      | (?P<key>[^\W\d_]\w*):(?P<value>(?:"[^"]*"? | [^\s"()]*[^\s"(),;])*)
      | (?P<word>(?:[^\s"()|&,;+] | (?<=\d),(?=\d) | \+(?!\w) | (?<!\w)\+ | (?<=\w)\(\d+\))+)
      | (?P<rest>\S)""",
    re.VERBOSE | re.IGNORECASE,
)
WORD = re.compile(r'[^\s"()|&,;]+')
ENDING = re.compile(r"[.!?…]+\Z")
RANGE = re.compile(r"[\d-]+\.\.")


class Kind(Enum):
    WORD = auto()
    LITERAL = auto()
    QUOTED = auto()
    PAIR = auto()
    OPEN = auto()
    CLOSE = auto()
    OR = auto()
    AND = auto()
    NOT = auto()
    COMMA = auto()


@dataclass(frozen=True, slots=True)
class Token:
    """``text`` is a word, what stands in quotes, or the value of ``key:value``; ``fold`` a word in small letters, no
    accents, as names and phrases are compared. ``start`` and ``end`` are offsets in the query; ``spaced`` says that a
    space stands before it, ``closed`` that its quotation marks have an end."""

    kind: Kind
    text: str
    start: int
    end: int
    key: str = ""
    fold: str = ""
    spaced: bool = True
    closed: bool = True


def fold(text: str) -> str:
    """``text`` in small letters and without accents: ``Müller`` -> ``muller``."""
    apart = unicodedata.normalize("NFKD", text.translate(TYPOGRAPHIC).casefold())
    return "".join(char for char in apart if not unicodedata.combining(char)).translate(LETTERS)


def spellings(text: str) -> tuple[str, ...]:
    """``text`` folded; and, where it has umlauts, as those who write them with two letters: ``grün`` -> ``gruen``."""
    return tuple(dict.fromkeys((fold(text), fold(text.translate(UMLAUTS)))))


def tokens(query: str, keys: Collection[str] = ()) -> Iterator[Token]:
    """``key:`` starts a pair only where ``key`` is one of ``keys``, in small letters; else it is a word."""
    query = query.translate(TYPOGRAPHIC)
    place = 0
    while found := TOKEN.search(query, place):
        if found["key"] and fold(found["key"]) not in keys:
            found = WORD.match(query, found.start()) or found
        token = _token(found, found.start() == 0 or query[found.start() - 1].isspace())
        yield token
        place = found.end()


def parted(found: Iterable[Token], is_two: Callable[[str, str], bool]) -> Iterator[Token]:
    """The tokens, with words such as ``mid-august`` in two where ``is_two`` says so of their folded halves."""
    for token in found:
        first, _, second = token.fold.partition("-")
        cut = token.text.find("-")
        if token.kind is Kind.WORD and cut > 0 and is_two(first, second):
            yield replace(token, text=token.text[:cut], fold=first, end=token.start + cut)
            # The hyphen stays with the second, so that words that turn out to be mere words keep it.
            second_start = token.start + cut
            yield replace(token, text=token.text[cut:], fold=second, start=second_start, spaced=False)
        else:
            yield token


def _token(found: re.Match[str], spaced: bool) -> Token:
    start, end = found.span()
    group = found.groupdict()
    if group.get("key"):
        value = group["value"]
        closed = value.count('"') % 2 == 0
        return Token(Kind.PAIR, _value(value), start, end, fold(group["key"]), "", spaced, closed)
    for name, kind in (("literal", Kind.LITERAL), ("quoted", Kind.QUOTED)):
        if group.get(name) is not None:
            text = group[name].removeprefix("=" if kind is Kind.QUOTED else "")
            closed = text.count('"') != 1
            return Token(kind, text.replace('"', ""), start, end, "", "", spaced, closed)
    for kind in (Kind.OPEN, Kind.CLOSE, Kind.OR, Kind.AND, Kind.COMMA, Kind.NOT):
        if group.get(kind.name.lower()) is not None:
            return Token(kind, found[0], start, end, "", fold(found[0]), spaced)
    ending = None if RANGE.fullmatch(found[0]) else ENDING.search(found[0])
    text = found[0][: ending.start()] if ending and ending.start() else found[0]
    return Token(Kind.WORD, text, start, start + len(text), "", fold(text), spaced)


def _value(text: str) -> str:
    """What stands in one pair of quotes without them; of several parts each keeps its own."""
    if text.count('"') % 2:
        text += '"'
    inner = text[1:-1]
    return inner if text.startswith('"') and text.endswith('"') and '"' not in inner else text

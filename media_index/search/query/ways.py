"""Reads a query in each of the languages there are, and takes the one that knows the most of its words. Pure.

A household of two languages types in both, and a word of one may look like a word of the other. So a phrase is read as
a whole: by the first language if it knows all of it, else by the one that leaves the fewest letters over. Words that
both have ("in", "was", "die") do not tell.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from media_index.search.query.compounds import apart
from media_index.search.query.language import Language
from media_index.search.query.lexer import Kind, Token, fold, parted
from media_index.search.query.moments import Almanac
from media_index.search.query.names import Vocabulary
from media_index.search.query.pieces import Piece, Sort, pieces
from media_index.search.query.reading import Check, Reader
from media_index.search.query.values import joined, parts

GRAMMAR = ("articles", "fillers", "leaders", "closing", "prepositions", "but", "either", "everybody")
"""The words of a language that say how others belong together."""


@dataclass(frozen=True, slots=True)
class World:
    """What a query is read against, in any language."""

    vocabulary: Vocabulary
    today: date
    keys: Collection[str]
    check: Check | None


@dataclass(frozen=True, slots=True)
class Way:
    """A query as a language has it; ``left`` counts the letters of the words that it does not know. ``sure``: no other
    language knows as much."""

    language: Language
    pieces: tuple[Piece, ...]
    left: int
    sure: bool = True


def best_way(found: Sequence[Token], languages: Sequence[Language], world: World) -> Way:
    """The reading of the tokens that knows the most of them, of equal ones the first."""
    best: Way | None = None
    for language in languages:
        way = _way(found, language, world)
        if best is None or way.left < best.left:
            best = way
        elif way.left == best.left:
            best = replace(best, sure=False)
        if not best.left:
            break
    if best is None:
        raise ValueError("a query is read in one language at least")
    return best


def _way(found: Sequence[Token], language: Language, world: World) -> Way:
    tokens = apart(list(parted(found, language.is_two)), language, world.vocabulary)
    almanac = Almanac(world.today, language.holidays)
    reader = Reader(tokens, language, world.vocabulary, almanac, world.keys, world.check)
    row = tuple(pieces(tokens, reader, language))
    shared = language.words("shared")
    known = frozenset().union(*(language.words(name) for name in GRAMMAR)) - shared
    return Way(language, row, sum(len(one.text) for one in row if _is_left(one, known)))


def _is_left(piece: Piece, known: Collection[str]) -> bool:
    return piece.sort is Sort.WORD and not piece.known and piece.fold not in known


def keys_of(keys: Collection[str], languages: Iterable[Language]) -> frozenset[str]:
    """The keys, and what they are called in these languages."""
    return frozenset(keys).union(*(language.keys for language in languages))


def translated(found: Iterable[Token], keys: Collection[str], languages: Sequence[Language]) -> Iterator[Token]:
    """The tokens, with the keys that a language has names for, and their values, as the filters call them."""
    for token in found:
        if token.kind is not Kind.PAIR:
            yield token
            continue
        names = (language.keys[token.key] for language in languages if token.key in language.keys)
        key = token.key if token.key in keys else next(names, token.key)
        yield replace(token, key=key, text=_value(token.text, key, languages))


def _value(text: str, key: str, languages: Sequence[Language]) -> str:
    named: dict[str, str] = {}
    for language in reversed(languages):
        named.update(language.values(key))
    if not any(fold(part) in named for part in parts(text, "|")):
        return text
    return joined((named.get(fold(part), part) for part in parts(text, "|")), "|")

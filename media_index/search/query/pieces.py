"""A query as a row of pieces: what was read, words, and what joins, takes away or brackets them. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto

from media_index.search.query.ast import And, Condition, Node, Not, Or, Reading, Text
from media_index.search.query.language import Language
from media_index.search.query.lexer import Kind, Token
from media_index.search.query.reading import Reader


class Sort(Enum):
    WORD = auto()
    TERM = auto()
    OPEN = auto()
    CLOSE = auto()
    AND = auto()
    OR = auto()
    BAR = auto()
    COMMA = auto()
    NOT = auto()


@dataclass(frozen=True, slots=True)
class Piece:
    """``node`` is that of a term; ``text`` and ``fold`` a word's. ``read`` says that the term was found in words,
    ``tight`` of a "not" that it takes one thing only, ``known`` of a word that it belongs to a fixed expression."""

    sort: Sort
    start: int
    end: int
    node: Node | None = None
    text: str = ""
    fold: str = ""
    spaced: bool = True
    read: bool = False
    tight: bool = False
    known: bool = False

    @property
    def reading(self) -> Reading | None:
        return Reading(self.node, self.start, self.end) if self.read and self.node is not None else None


SIGNS = {
    Kind.OPEN: Sort.OPEN, Kind.CLOSE: Sort.CLOSE, Kind.AND: Sort.AND, Kind.OR: Sort.BAR, Kind.COMMA: Sort.COMMA,
    Kind.NOT: Sort.NOT,
}  # fmt: skip


def pieces(tokens: Sequence[Token], reader: Reader, language: Language) -> Iterator[Piece]:
    """The tokens of a query with every reading in its place. Words that only begin a question or
    thank for the answer are left out."""
    place, last_place = _between_courtesies(tokens, reader)
    shouting = not any(token.text.islower() for token in tokens if token.kind is Kind.WORD)
    while place < last_place:
        token, found = tokens[place], reader.at(place)
        idiom = reader.phrase("idiom", place)
        if (end := reader.phrase("nothing", place)) > place:
            place = end
        elif found is not None and found.end >= idiom:
            last = tokens[found.end - 1]
            if found.node is None:
                yield from (_word(one) for one in tokens[place : found.end])
            else:
                node = placed(found.node, token.start, last.end)
                yield Piece(Sort.TERM, token.start, last.end, node, read=not found.refused, spaced=token.spaced)
            place = found.end
        elif idiom > place:
            yield from (replace(_word(one), known=True) for one in tokens[place:idiom])
            place = idiom
        elif (end := reader.phrase("take_away", place)) > place:
            yield Piece(Sort.NOT, token.start, tokens[end - 1].end, text=_said(tokens[place:end]), fold=token.fold)
            place = end
        else:
            yield _one(tokens, place, language, shouting)
            place += 1


def _between_courtesies(tokens: Sequence[Token], reader: Reader) -> tuple[int, int]:
    """Where the words begin that mean something, and their end; all of them where none does."""
    begin, end = 0, len(tokens)
    while (after := reader.phrase("start", begin)) > begin:
        begin = after
        while begin < end and tokens[begin].kind is Kind.COMMA:
            begin += 1
    for place in range(len(tokens) - 1, begin, -1):
        if reader.phrase("courtesy", place) == end:
            end = place
        while end > begin and tokens[end - 1].kind is Kind.COMMA:
            end -= 1
    return (begin, end) if begin < end else (0, len(tokens))


def _one(tokens: Sequence[Token], place: int, language: Language, shouting: bool) -> Piece:
    token = tokens[place]
    if token.kind is Kind.WORD:
        sort = _sort_of_word(tokens, place, language)
        tight = not shouting and token.text.isupper() and token.fold in language.words("boolean")
        return Piece(sort, token.start, token.end, None, token.text, token.fold, token.spaced, tight=tight)
    if token.kind in SIGNS:
        tight = token.kind is Kind.NOT
        return Piece(SIGNS[token.kind], token.start, token.end, None, token.text, token.fold, token.spaced, tight=tight)
    node: Node = Text(token.text, token.start, token.end, quoted=token.kind is Kind.QUOTED)
    if token.kind is Kind.PAIR:
        node = Condition(token.key, token.text, token.start, token.end)
    return Piece(Sort.TERM, token.start, token.end, node, spaced=token.spaced)


def _sort_of_word(tokens: Sequence[Token], place: int, language: Language) -> Sort:
    word = language.meant(tokens[place].fold)
    for name, sort in (("not", Sort.NOT), ("and", Sort.AND), ("or", Sort.OR)):
        if word in language.words(name):
            return sort
    before = tokens[place - 1].fold if place else ""
    if word in language.words("but") and before in language.words("everybody"):
        return Sort.NOT
    return Sort.WORD


def _word(token: Token) -> Piece:
    return Piece(Sort.WORD, token.start, token.end, None, token.text, token.fold, token.spaced)


def _said(tokens: Sequence[Token]) -> str:
    return " ".join(token.text for token in tokens)


def placed(node: Node, start: int, end: int) -> Node:
    """A node and all below it with these offsets."""
    if isinstance(node, Not):
        return Not(placed(node.part, start, end), start, end)
    if isinstance(node, And | Or):
        return replace(node, parts=tuple(placed(part, start, end) for part in node.parts), start=start, end=end)
    return replace(node, start=start, end=end)

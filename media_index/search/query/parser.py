"""Turns what was typed into a query tree. Any input gives a tree; what is wrong in it is told with its position."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from media_index.errors import QueryError
from media_index.search.query.ast import And, Condition, Node, Query, Text
from media_index.search.query.clauses import Clause
from media_index.search.query.joining import joined
from media_index.search.query.language import Language, language
from media_index.search.query.lexer import Kind, Token, tokens
from media_index.search.query.names import Vocabulary
from media_index.search.query.pieces import Piece, Sort
from media_index.search.query.reading import Check
from media_index.search.query.ways import World, best_way, keys_of, translated
from media_index.telling import gettext

LONGEST = 1000
"""More characters than anybody types; the rest is not read."""
DEEPEST = 20
"""More brackets inside one another than anybody types."""


def parse(
    source: str,
    keys: Collection[str],
    vocabulary: Vocabulary | None = None,
    *,
    today: date | None = None,
    languages: Sequence[Language] = (),
    check: Check | None = None,
) -> Query:
    """``source`` as a tree; ``keys`` are the filters there are. A word before a colon that is none of them is text.

    Names of the ``vocabulary`` and phrases of one of the ``languages`` (English) in plain words become filters: of that
    which knows the most of the words, of several the first. Quotation marks prevent that. Relative dates count from
    ``today``. ``check(key, value)`` raises :class:`ValueError` with what a filter wants where it cannot take a value:
    typed so, that is a problem; words are then only words.
    """
    problems: list[QueryError] = []
    if len(source) > LONGEST:
        problems.append(
            QueryError(
                gettext("Only the first %(longest)s characters are searched: make it shorter.")
                % {"longest": f"{LONGEST:,}"},
                LONGEST,
            )
        )
    source = source[:LONGEST].replace("\0", " ")
    # An argument that is no UTF-8 comes with half characters, which neither the database nor an encoder takes.
    source = source.encode(errors="replace").decode()
    languages = languages or (language(),)
    found = list(translated(tokens(source, keys_of(keys, languages)), keys, languages))
    world = World(vocabulary or Vocabulary(), today or date.today(), keys, check)
    way = best_way(found, languages, world)
    checked = [_checked(piece, problems, check, source) for piece in way.pieces]
    problems.extend(_unclosed(found))
    root = _Brackets(way.language, problems).tree(checked)
    if root is None:
        root = _as_it_stands(found)
    if isinstance(root, And) and root.grouped:
        root = replace(root, grouped=False)
    readings = tuple(reading for piece in checked if (reading := piece.reading) is not None)
    problems.sort(key=lambda problem: problem.position)
    return Query(source, root, readings, tuple(problems), way.language.code if way.sure else "")


def _unclosed(found: Sequence[Token]) -> list[QueryError]:
    return [
        QueryError(gettext("The quotation mark is never closed."), token.start) for token in found if not token.closed
    ]


def _checked(piece: Piece, problems: list[QueryError], check: Check | None, source: str) -> Piece:
    """A piece without its node where nothing is in it, or its filter cannot take the value."""
    node = piece.node
    if isinstance(node, Text) and not node.text.strip():
        return replace(piece, node=None)
    if isinstance(node, Condition) and not piece.read:
        try:
            if check is not None:
                check(node.key, node.value)
            elif not node.value.strip():
                raise ValueError(gettext("wants a value, like %(key)s:something") % {"key": node.key})
        except ValueError as error:
            before = source[: piece.start]
            position = piece.start - (len(before) - len(before.rstrip("-!")))
            problems.append(QueryError(f"{node.key}: {error}", position))
            return replace(piece, node=None)
    return piece


def _as_it_stands(found: Sequence[Token]) -> Node | None:
    """The words of a query that says nothing otherwise: "and", "the", "-"."""
    words = [token for token in found if token.kind in (Kind.WORD, Kind.AND)]
    if not words:
        return None
    return Text(" ".join(token.text for token in words), words[0].start, words[-1].end)


@dataclass(slots=True)
class _Level:
    """A bracket that is open: its pieces so far, and where it was opened."""

    start: int = 0
    pieces: list[Piece] = field(default_factory=list)


class _Brackets:
    """Makes each bracket a term of the one around it, from the inside out, without recursion."""

    def __init__(self, spoken: Language, problems: list[QueryError]) -> None:
        self._spoken, self._problems = spoken, problems
        self._levels = [_Level()]
        self._ignored = 0
        self._told: set[str] = set()

    def tree(self, found: Sequence[Piece]) -> Node | None:
        for piece in found:
            if piece.sort is Sort.OPEN:
                self._open(piece)
            elif piece.sort is Sort.CLOSE:
                self._close(piece)
            else:
                self._levels[-1].pieces.append(piece)
        end = found[-1].end if found else 0
        while len(self._levels) > 1:
            self._tell(gettext("The bracket is never closed."), self._levels[1].start)
            self._end(end)
        return joined(Clause(self._levels[0].pieces, self._spoken).elements(), strict=False)

    def _open(self, piece: Piece) -> None:
        if len(self._levels) > DEEPEST:
            self._ignored += 1
            self._tell(
                gettext("More than %(deepest)s brackets inside one another are too many.") % {"deepest": DEEPEST},
                piece.start,
            )
        else:
            self._levels.append(_Level(piece.start))

    def _close(self, piece: Piece) -> None:
        if self._ignored:
            self._ignored -= 1
        elif len(self._levels) == 1:
            self._tell(gettext("This bracket closes nothing."), piece.start)
        else:
            self._end(piece.end)

    def _end(self, end: int) -> None:
        level = self._levels.pop()
        node = joined(Clause(level.pieces, self._spoken).elements(), strict=True)
        if node is None and not level.pieces:
            self._tell(gettext("There is nothing between the brackets."), level.start)
        if node is not None:
            # The brackets are taken away with it.
            node = replace(node, start=level.start, end=end)
        if isinstance(node, And):
            node = replace(node, grouped=True)
        self._levels[-1].pieces.append(Piece(Sort.TERM, level.start, end, node))

    def _tell(self, message: str, position: int) -> None:
        """Each mistake once: a row of brackets is one."""
        if message not in self._told:
            self._told.add(message)
            self._problems.append(QueryError(message, position))

"""Turns tokens into a query tree. Any input gives a tree; what is wrong in it is told with its position."""

from __future__ import annotations

from collections.abc import Collection

from media_index.errors import QueryError
from media_index.search.ast import Condition, Query, Text
from media_index.search.lexer import Token, tokens

LONGEST = 1000
"""More characters than anybody types; the rest is not read."""


def parse(source: str, keys: Collection[str]) -> Query:
    """``source`` as a tree; ``keys`` are the filters there are. A word before a colon that is none of them is text.

    A word that is taken away (``-snow``) means the label of that name.
    """
    source = source[:LONGEST].replace("\0", " ")
    # An argument that is no UTF-8 comes with half characters, which neither the database nor an encoder takes.
    source = source.encode(errors="replace").decode()
    texts: list[Text] = []
    conditions: list[Condition] = []
    problems: list[QueryError] = []
    for token in tokens(source):
        if not token.closed:
            problems.append(QueryError("The quotation mark is never closed.", token.start))
        if token.key in keys:
            conditions.append(Condition(token.key, token.value, token.negated, token.start, token.end))
        elif token.negated and not token.key and "label" in keys:
            conditions.append(Condition("label", token.value, True, token.start, token.end))
        else:
            texts.append(Text(_words(source, token), token.start, token.end))
    return Query(source, tuple(part for part in texts if part.text.strip()), tuple(conditions), tuple(problems))


def _words(source: str, token: Token) -> str:
    if token.quoted and not token.key:
        return token.value
    return source[token.start : token.end].replace('"', "")

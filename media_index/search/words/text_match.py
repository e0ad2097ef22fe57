"""Finds media by the words of texts and labels, in the database: whole, as beginnings, or mistyped.

PostgreSQL's full text search over ``media_index_words``, a function of the migrations that folds as
:func:`media_index.search.query.lexer.fold` does, with words kept as they are. Words that are near to one in the query
by their trigrams are taken from ``FileWord``; whether a media has them is asked within the scope, so what lies outside
adds nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

from media_index import plugins
from media_index.models import Media
from media_index.search.filters.base import Scope
from media_index.search.statements import ids_statement, statement
from media_index.search.words.label_names import KNOWN
from media_index.search.words.texts import TextSource
from media_index.search.words.wording import SAME_ENOUGH, SHORTEST_PREFIX, SHORTEST_TYPO, Wording, forms

MOST_OF_A_WORD = 500
"""Texts that are looked at for one word, beside those of the nearest media: as many as a page of results has. It bounds
the time, and what more have in common ("dcim") tells little of one."""
MOST_TYPOS = 30
"""Words that one mistyped word may stand for."""
MOST_OF_A_LABEL = 200
"""Media of one label, the surest first, that are looked at beside the nearest ones."""

LABELLED = f"""{KNOWN},
wanted AS (SELECT name FROM known WHERE name ~* %s),
likely AS MATERIALIZED (
    SELECT best.media_id, best.score FROM wanted CROSS JOIN LATERAL (
        SELECT l.media_id, l.score FROM media_index_label l
         WHERE l.name = wanted.name AND l.media_id IN ({{seen}}) ORDER BY l.score DESC LIMIT %s) best)
"""
"""Of the names that are asked for the surest media that may be ``seen``: others would take their places, and so be told
of."""


@dataclass(frozen=True, slots=True)
class TextMatch:
    """Words of the query stand in a text of a media; ``source`` knows what to say of it."""

    media_id: int
    text: str
    source: TextSource


def sources() -> list[TextSource]:
    """All that there are, of the index and of plug-ins."""
    return [one for group in plugins.resolved("texts") for one in group]


def matching_texts(
    wordings: Sequence[Wording], scope: Scope, media: QuerySet[Media], ids: Sequence[int]
) -> list[TextMatch]:
    """The texts of the scope in which a word of the query stands, of what ``media`` keeps, and of the media ``ids``
    (which it keeps as well) however many there are. One statement."""
    known = sources()
    if not known or not any(wording.words for wording in wordings):
        return []
    try:
        sql, parameters = _texts_sql(wordings, scope, media, ids, known)
    except EmptyResultSet:  # a filter that keeps nothing, or somebody who may see nothing
        return []
    by_key = {one.key: one for one in known}
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return [TextMatch(media_id, text, by_key[key]) for key, media_id, text in cursor.fetchall()]


def labelled(wordings: Sequence[Wording], scope: Scope, media: QuerySet[Media], limit: int) -> list[int]:
    """The media that ``media`` keeps whose labels share a word with the query, the surest first. One statement."""
    words = sorted({word for wording in wordings for word in wording.words})
    if not words:
        return []
    try:
        seen, seen_parameters = ids_statement(scope.media)
        kept, parameters = ids_statement(media)
    except EmptyResultSet:
        return []
    whole = rf"(?<!\w)({'|'.join(sorted({form for word in words for form in forms(word)}))})(?!\w)"
    sql = (
        f"{LABELLED.format(seen=seen)} SELECT media_id FROM likely WHERE media_id IN ({kept}) "
        "GROUP BY media_id ORDER BY sum(score) DESC, media_id LIMIT %s"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [whole, *seen_parameters, MOST_OF_A_LABEL, *parameters, limit])
        return [media_id for (media_id,) in cursor.fetchall()]


def _texts_sql(
    wordings: Sequence[Wording], scope: Scope, media: QuerySet[Media], ids: Sequence[int], known: Sequence[TextSource]
) -> tuple[str, list[Any]]:
    words = sorted({word for wording in wordings for word in wording.words})
    kept, kept_parameters = ids_statement(media)
    looks: list[str] = []
    look_parameters: list[Any] = []
    for source in known:
        rows, row_parameters = statement(source.rows(scope))
        looks.append(
            f"SELECT DISTINCT %s::text AS key, r.media_id, r.text FROM asked CROSS JOIN LATERAL ("
            f"SELECT media_id, text FROM ({rows}) AS t(media_id, text) "
            f"WHERE media_index_words(t.text) @@ asked.query LIMIT %s) AS r "
            f"WHERE r.media_id IN ({kept})"
            f" UNION SELECT %s::text, t.media_id, t.text FROM ({rows}) AS t(media_id, text) "
            f"WHERE t.media_id = ANY(%s) AND media_index_words(t.text) @@ (SELECT query FROM asked WHERE place = 0)"
        )
        look_parameters += [source.key, *row_parameters, MOST_OF_A_WORD, *kept_parameters]
        look_parameters += [source.key, *row_parameters, list(ids)]
    sql = (
        f"WITH typos AS MATERIALIZED ({_typos(words)}), "
        "spelt(query) AS (SELECT array_agg(quote_literal(text))::text[] FROM typos), "
        "asked(place, query) AS MATERIALIZED ("
        "SELECT 0, (array_to_string(array_cat(%s::text[], coalesce((SELECT query FROM spelt), '{}')), ' | '))::tsquery "
        "UNION ALL SELECT 1, q::tsquery FROM unnest(%s::text[]) q "
        "UNION ALL SELECT 2, quote_literal(text)::tsquery FROM typos) "
    ) + " UNION ".join(looks)
    every = [_query(word) for word in words]
    # All of the words together, however frequent each of them is by itself.
    together = [" & ".join(f"({_query(word)})" for word in wording.words) for wording in wordings if wording.words]
    return sql, [*_typo_parameters(words), every, [*every, *together], *look_parameters]


def _typos(words: Sequence[str]) -> str:
    per_word = (
        "(SELECT text FROM media_index_fileword WHERE text %% %s AND text <> %s AND similarity(text, %s) >= %s "
        "ORDER BY similarity(text, %s) DESC, text LIMIT %s)"
    )
    long = [word for word in words if len(word) >= SHORTEST_TYPO]
    return " UNION ".join(per_word for _ in long) or "SELECT ''::text AS text WHERE false"


def _typo_parameters(words: Sequence[str]) -> Iterator[Any]:
    for word in words:
        if len(word) >= SHORTEST_TYPO:
            yield from (word, word, word, SAME_ENOUGH, word, MOST_TYPOS)


def _query(word: str) -> str:
    """A word, its singular and plural, and what it begins."""
    wanted = [_lexeme(form) for form in sorted(forms(word))]
    if len(word) >= SHORTEST_PREFIX:
        wanted.append(f"{_lexeme(word)}:*")
    return " | ".join(wanted)


def _lexeme(word: str) -> str:
    """Quoted, as text of a ``tsquery``. Words hold neither quotes nor backslashes, as :mod:`wording` cuts them."""
    return f"'{word}'"

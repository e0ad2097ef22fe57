"""Search: reads the query, filters exactly, ranks by meaning, and says why."""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils import timezone

from media_index import plugins
from media_index.encoders.base import EncoderError
from media_index.encoders.catalog import MULTILINGUAL
from media_index.errors import QueryError
from media_index.models import Encoder, Label, Media
from media_index.search.ast import Node, Query
from media_index.search.conditions import Conditions, Kept, kept_by
from media_index.search.filters import Scope
from media_index.search.nearest import Near, nearest
from media_index.search.parser import parse
from media_index.search.text_side import TEXT_SIDE, Asked
from media_index.search.translation import translated
from media_index.workshop import options_for

MOST_LABELS_TOLD = 3
FEW = 60
"""What a filter leaves no more of is all shown, best first, and never said not to match: one looks it through at a
glance, and the decision was fitted to hundreds of photos. Of 30 with one that fits it showed that one for 26 % of the
words and 64 % of the captions that `research.bundled.silence` asks."""


@dataclass(frozen=True, slots=True)
class Chip:
    """One thing that was understood: its sentence, the part of the query, and the query without it.

    ``undo`` is the query in which these words are only words, empty where they were typed as a filter."""

    sentence: str
    text: str
    without: str
    undo: str = ""


@dataclass(frozen=True, slots=True)
class Hit:
    """``score`` is the cosine of text and picture less what the calibration takes off, or 1 where there was no text;
    ``probability`` that it fits, 0 to 1, where the encoder knows; ``moment`` in seconds of a video."""

    media_id: int
    moment: float | None
    score: float
    why: tuple[str, ...]
    probability: float | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """The answer to ``query``, as it was read. ``problems`` say what could not be read, with positions; ``notice`` why
    text could not be searched now, ``caution`` what to know of the results. ``translated`` is the text that was
    searched with where words were translated.

    ``hits`` are the matches, ``nearest`` what comes next and is none by the encoder's calibration; together they are at
    most ``limit``, best first. ``count`` is the number of hits."""

    query: str
    understood: tuple[Chip, ...] = ()
    problems: tuple[QueryError, ...] = ()
    hits: tuple[Hit, ...] = ()
    notice: str = ""
    nearest: tuple[Hit, ...] = ()
    caution: str = ""
    translated: str = ""

    @property
    def count(self) -> int:
        return len(self.hits)


def search(query: str, scope: Scope, *, limit: int = 100, encoder: Encoder | None = None) -> Found:
    """The best ``limit`` media of the scope for what was typed. ``encoder`` is the active one unless given.

    Statements: two estimates, the distances and the labels of the hits; the same for any number of media.
    """
    conditions = Conditions(plugins.filters(), scope)
    tree = parse(query, conditions.filters, today=timezone.localdate(), check=conditions.check)
    kept = conditions.of(tree)
    media, sentences = kept_by(scope.media, kept), tuple(one.sentence for one in kept)
    chips, failed = _chips(tree, kept), tree.problems
    if not tree.text:
        hits = _newest(media, limit, sentences) if kept else ()
        return Found(tree.source, chips, failed, hits)
    try:
        asked, used, caution = _asked(tree, encoder)
    except EncoderError as error:
        return Found(tree.source, chips, failed, notice=str(error))
    near = nearest(media, used, asked.vector, limit=max(limit, FEW + 1))
    ranked = _explained(tree, asked, near[:limit], sentences)
    matches = len(ranked) if kept and len(near) <= FEW else _matches(asked, ranked)
    words = text_of(tree, used)
    return Found(
        tree.source,
        chips,
        failed,
        hits=ranked[:matches],
        nearest=ranked[matches:],
        caution=caution,
        translated="" if words == tree.text else words,
    )


def active_encoder() -> Encoder:
    """The encoder that search uses. Raises ``EncoderError`` before the first start has made one."""
    found = Encoder.objects.filter(state=Encoder.State.ACTIVE).first()
    if found is None:
        raise EncoderError("no encoder is active: run `manage.py models activate NAME`")
    return found


def _chips(tree: Query, kept: list[Kept]) -> tuple[Chip, ...]:
    return tuple(
        Chip(one.sentence, tree.source[one.node.start : one.node.end], tree.without(one.node), _undone(tree, one.node))
        for one in kept
    )


def _undone(tree: Query, part: Node) -> str:
    """The query with the words of this part in quotes, where they were read as a filter."""
    read = [one for one in tree.readings if part.start <= one.start and one.end <= part.end]
    return tree.undo(read[0]) if len(read) == 1 else ""


def _newest(media: QuerySet[Media], limit: int, why: tuple[str, ...]) -> tuple[Hit, ...]:
    return tuple(Hit(pk, None, 1.0, why) for pk in media.newest_first().values_list("pk", flat=True)[:limit])  # type: ignore[attr-defined]


def text_of(tree: Query, encoder: Encoder) -> str:
    """The text of a query as this encoder is asked."""
    return tree.text if encoder.name.partition("/")[0] in MULTILINGUAL else translated(tree)


def _asked(tree: Query, encoder: Encoder | None) -> tuple[Asked, Encoder, str]:
    """The text for an encoder's vectors, that encoder, and what to know of it.

    Unless an encoder was named, one that cannot be had any more (its code or its weights went with an upgrade) is
    stood in for by the one that is being built in its place.
    """
    chosen = encoder or active_encoder()
    try:
        return TEXT_SIDE.ask(chosen.key, text_of(tree, chosen), options_for(chosen.key)), chosen, ""
    except EncoderError as error:
        coming = Encoder.objects.filter(state=Encoder.State.BUILDING, automatic=True).order_by("-pk").first()
        if encoder is not None or coming is None:
            raise
        caution = (
            f"Not all photos can be found by description yet: {error}, and the vectors of {coming.name} that take its "
            "place are still being made."
        )
        return TEXT_SIDE.ask(coming.key, text_of(tree, coming), options_for(coming.key)), coming, caution


def _matches(asked: Asked, ranked: tuple[Hit, ...]) -> int:
    """How many of the hits, best first, are matches: all where nobody knows."""
    if asked.relevance is None:
        return len(ranked)
    return asked.relevance.matches([asked.relevance.probability(hit.score - asked.level) for hit in ranked])


def _explained(tree: Query, asked: Asked, near: list[Near], sentences: tuple[str, ...]) -> tuple[Hit, ...]:
    labels: dict[int, list[str]] = {}
    found = Label.objects.filter(media__in=[one.media_id for one in near]).order_by("-score")
    for media_id, name in found.values_list("media_id", "name"):
        labels.setdefault(media_id, []).append(name)
    words = set(re.findall(r"\w+", f"{tree.text} {translated(tree)}".lower()))
    return tuple(
        Hit(
            one.media_id,
            one.moment,
            one.similarity,
            _why(labels.get(one.media_id, []), words, tree.text) + sentences,
            asked.probability(one.similarity),
        )
        for one in near
    )


def _why(labels: list[str], words: set[str], text: str) -> tuple[str, ...]:
    """The labels that share a word with the query, else that it looks like it, and what was seen instead."""
    shared = [name for name in labels if words & _forms(name)]
    if shared:
        return tuple(f"shows: {name}" for name in shared[:MOST_LABELS_TOLD])
    return (f"similar: {labels[0]}" if labels else f"looks like “{text}”",)


def _forms(name: str) -> set[str]:
    """The words of a label and their plurals."""
    words = re.findall(r"\w+", name.lower())
    return {form for word in words for form in (word, f"{word}s", f"{word}es")}

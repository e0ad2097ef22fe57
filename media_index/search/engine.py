"""Search: reads the query, filters exactly, ranks by meaning, and says why."""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.conf import settings
from django.db.models import Q, QuerySet

from media_index import plugins
from media_index.encoders.base import EncoderError
from media_index.errors import QueryError
from media_index.extractors.base import ExtractorOptions
from media_index.models import Encoder, Label, Media
from media_index.search.ast import Condition, Query
from media_index.search.filters import Scope
from media_index.search.nearest import Near, nearest
from media_index.search.parser import parse
from media_index.search.text_side import TEXT_SIDE

MOST_LABELS_TOLD = 3


@dataclass(frozen=True, slots=True)
class Chip:
    """One thing that was understood: its sentence, the part of the query, and the query without it."""

    sentence: str
    text: str
    without: str


@dataclass(frozen=True, slots=True)
class Hit:
    """``score`` is the cosine of text and picture, or 1 where there was no text; ``moment`` in seconds of a video."""

    media_id: int
    moment: float | None
    score: float
    why: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """The answer to ``query``, as it was read. ``problems`` say what could not be read, with positions; ``notice`` why
    text could not be searched now. ``count`` is the number of hits, which ``limit`` bounds."""

    query: str
    understood: tuple[Chip, ...] = ()
    problems: tuple[QueryError, ...] = ()
    hits: tuple[Hit, ...] = ()
    notice: str = ""

    @property
    def count(self) -> int:
        return len(self.hits)


def search(query: str, scope: Scope, *, limit: int = 100, encoder: Encoder | None = None) -> Found:
    """The best ``limit`` media of the scope for what was typed. ``encoder`` is the active one unless given.

    Statements: two estimates, the distances and the labels of the hits; the same for any number of media.
    """
    tree = parse(query, plugins.filters())
    media, sentences, problems = _filtered(tree, scope)
    chips = _chips(tree, sentences)
    failed = tuple(tree.problems) + tuple(problems)
    if not tree.text:
        hits = _newest(media, limit, tuple(sentences.values())) if sentences else ()
        return Found(tree.source, chips, failed, hits)
    try:
        near = _ranked(tree.text, media, encoder or active_encoder(), limit)
    except EncoderError as error:
        return Found(tree.source, chips, failed, notice=str(error))
    return Found(tree.source, chips, failed, _explained(tree, near, tuple(sentences.values())))


def active_encoder() -> Encoder:
    """The encoder that search uses. Raises ``EncoderError`` before the first start has made one."""
    found = Encoder.objects.filter(state=Encoder.State.ACTIVE).first()
    if found is None:
        raise EncoderError("no encoder is active: run `manage.py models activate NAME`")
    return found


def text_options(encoder: Encoder) -> ExtractorOptions:
    return ExtractorOptions(
        models=settings.MODELS, encoders=(encoder.name,), device=settings.DEVICE, threads=settings.THREADS
    )


def _filtered(tree: Query, scope: Scope) -> tuple[QuerySet[Media], dict[Condition, str], list[QueryError]]:
    """The media that meet every condition that could be read, and the sentence of each of those."""
    media = scope.media
    sentences: dict[Condition, str] = {}
    problems: list[QueryError] = []
    for condition in tree.conditions:
        found = plugins.filters()[condition.key]
        try:
            q = found.to_q(condition.value, scope) if condition.value else _wants_value(found.example)
        except ValueError as error:
            problems.append(QueryError(f"{condition.key}: {error}", condition.start))
            continue
        media = media.filter(~q if condition.negated else q)
        sentence = found.sentence(condition.value)
        sentences[condition] = f"not {sentence}" if condition.negated else sentence
    return media, sentences, problems


def _wants_value(example: str) -> Q:
    raise ValueError(f"wants a value, like {example}")


def _chips(tree: Query, sentences: dict[Condition, str]) -> tuple[Chip, ...]:
    return tuple(
        Chip(sentence, tree.source[part.start : part.end], tree.without(part)) for part, sentence in sentences.items()
    )


def _newest(media: QuerySet[Media], limit: int, why: tuple[str, ...]) -> tuple[Hit, ...]:
    return tuple(Hit(pk, None, 1.0, why) for pk in media.newest_first().values_list("pk", flat=True)[:limit])  # type: ignore[attr-defined]


def _ranked(text: str, media: QuerySet[Media], encoder: Encoder, limit: int) -> list[Near]:
    vector = TEXT_SIDE.encode(encoder.name, text, text_options(encoder))
    return nearest(media, encoder, vector, limit=limit)


def _explained(tree: Query, near: list[Near], sentences: tuple[str, ...]) -> tuple[Hit, ...]:
    labels: dict[int, list[str]] = {}
    found = Label.objects.filter(media__in=[one.media_id for one in near]).order_by("-score")
    for media_id, name in found.values_list("media_id", "name"):
        labels.setdefault(media_id, []).append(name)
    words = set(re.findall(r"\w+", tree.text.lower()))
    return tuple(
        Hit(one.media_id, one.moment, one.similarity, _why(labels.get(one.media_id, []), words, tree.text) + sentences)
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

"""Search: reads the query, filters exactly, ranks by meaning and by words, and says why."""

from __future__ import annotations

from dataclasses import replace

from django.db.models import QuerySet

from media_index.encoders.base import EncoderError
from media_index.models import Encoder, Media
from media_index.search.answers import Chip, Found, Hit
from media_index.search.asking import Asker, active_encoder, text_of
from media_index.search.conditions import Kept, kept_by
from media_index.search.feedback import revised
from media_index.search.filters.base import Scope
from media_index.search.finding import Finding, Wanted, find
from media_index.search.likeness import like_vector, mixed, ranking
from media_index.search.looks import Looks
from media_index.search.offers import offers
from media_index.search.query.ast import Node, Query
from media_index.search.ranking import parted
from media_index.search.understanding import read
from media_index.search.vectors.text_side import Asked
from media_index.search.votes import canonical, votes_of

__all__ = ["Chip", "Found", "Hit", "active_encoder", "search"]

FEW = 60
"""What a filter leaves no more of is all shown, best first, and never said not to match: one looks it through at a
glance, and the decision was fitted to hundreds of photos. Of 30 with one that fits it showed that one for 26 % of the
words and 64 % of the captions that `research.bundled.silence` asks."""


def search(query: str, scope: Scope, *, limit: int = 100, encoder: Encoder | None = None) -> Found:
    """The best ``limit`` media of the scope for what was typed. ``encoder`` is the active one unless given.

    The same few statements for any number of media; a few more where nothing is found.
    """
    asker = Asker(encoder)
    tree, conditions = read(query, scope, Looks(asker))
    scope = conditions.scope
    kept = conditions.of(tree)
    chips = _chips(tree, kept)
    plain = Found(tree.source, chips, tree.problems, canonical=canonical(tree))
    media = kept_by(scope.media, kept)
    if not tree.text and not ranking(tree):
        votes = votes_of(scope.member_id, plain.canonical)
        hits = _newest(media, votes.depth(limit), _sentences(kept)) if kept else ()
        found = revised(replace(plain, hits=hits, caution=asker.caution), votes, limit)
        return found if found.hits else replace(found, offers=offers(scope.media, kept, chips, None))
    try:
        wanted = _wanted(tree, scope, asker, conditions.looks)
    except EncoderError as error:
        return _without_encoder(replace(plain, notice=str(error)), tree, scope, kept, limit)
    assert wanted.asked is not None and wanted.encoder is not None
    by_words = None if ranking(tree) else wanted.asked.vector
    votes = votes_of(scope.member_id, plain.canonical, wanted.encoder.key, by_words)
    deep = votes.depth(limit)
    finding = find(wanted, scope, media, max(deep, FEW + 1))
    hits, nearest = _told(finding, kept, deep)
    words = text_of(tree, wanted.encoder)
    found = replace(
        plain,
        hits=hits,
        nearest=nearest,
        caution=asker.caution,
        translated="" if words == tree.text else words,
        encoder_key=wanted.encoder.key,
    )
    found = revised(found, votes, limit)
    return found if found.hits else replace(found, offers=offers(scope.media, kept, chips, wanted))


def _wanted(tree: Query, scope: Scope, asker: Asker, looks: Looks) -> Wanted:
    """What is searched for, by its words, by what it is to be like, or both; only words are judged."""
    asked = asker.ask(tree) if tree.text else None
    if ranking(tree):
        like = like_vector(tree, scope, asker.encoder)
        asked = Asked(like if asked is None else mixed(like, asked.vector))
    return Wanted(tree, asked, asker.encoder, looks.asked)


def _without_encoder(found: Found, tree: Query, scope: Scope, kept: list[Kept], limit: int) -> Found:
    """Labels and names of files can be searched all the same."""
    finding = find(Wanted(tree, None, None, {}), scope, kept_by(scope.media, kept), limit)
    return replace(found, hits=finding.hits(finding.ranked[:limit], _sentences(kept)))


def _told(finding: Finding, kept: list[Kept], limit: int) -> tuple[tuple[Hit, ...], tuple[Hit, ...]]:
    """The matches and what is only near, together ``limit`` at most."""
    asked = finding.wanted.asked
    is_few = bool(kept) and finding.by_vector <= FEW
    relevance = None if asked is None or is_few else asked.relevance
    matches, others = parted(finding.ranked, relevance, asked.level if asked else 0.0)
    shown = matches[:limit]
    sentences = _sentences(kept)
    return finding.hits(shown, sentences), finding.hits(others[: limit - len(shown)], sentences)


def _sentences(kept: list[Kept]) -> tuple[str, ...]:
    return tuple(one.sentence for one in kept)


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

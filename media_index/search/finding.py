"""What a query with words finds: candidates by vectors, labels and texts in one order, each with its reasons."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from django.db.models import QuerySet
from django.utils.translation import gettext

from media_index.models import Encoder, Label, Media
from media_index.search.answers import Hit
from media_index.search.filters.base import Scope
from media_index.search.query.ast import Query
from media_index.search.ranking import Candidate, Ranked, best_first, doubt
from media_index.search.vectors.measuring import measured
from media_index.search.vectors.nearest import Near, nearest
from media_index.search.vectors.text_side import Asked
from media_index.search.words.text_match import TextMatch, labelled, matching_texts
from media_index.search.words.translation import translated
from media_index.search.words.wording import Wording

MOST_LABELLED = 200
"""Media with a label that fits, beside the nearest ones."""
MOST_LABELS_TOLD = 3
QUERY = "query"


@dataclass(frozen=True)
class Wanted:
    """What is looked for: the query, its vector for ``encoder`` (None where no encoder can be had), and the vectors of
    what is to be left out."""

    tree: Query
    asked: Asked | None
    encoder: Encoder | None
    negated: Mapping[str, Asked]

    @cached_property
    def wordings(self) -> tuple[Wording, ...]:
        """The words as they were typed, and in English."""
        said = dict.fromkeys((self.tree.text, translated(self.tree)))
        return tuple(wording for text in said if (wording := Wording.of(text)).words)


@dataclass(frozen=True, slots=True)
class Finding:
    """All candidates, best first, ``by_vector`` of them because they are near; and where words of the query stand."""

    wanted: Wanted
    ranked: list[Ranked]
    texts: Mapping[int, list[TextMatch]]
    by_vector: int

    def hits(self, ranked: Sequence[Ranked], sentences: tuple[str, ...]) -> tuple[Hit, ...]:
        """These of the candidates, with why they are there; ``sentences`` hold for all of them."""
        return tuple(self._hit(one, sentences) for one in ranked)

    def _hit(self, one: Ranked, sentences: tuple[str, ...]) -> Hit:
        asked, found = self.wanted.asked, one.candidate
        probability = asked.probability(one.score) if asked else None
        why = self._why(found) if self.wanted.tree.text else ()
        return Hit(found.media_id, found.moment, one.score, why + sentences, probability)

    def _why(self, candidate: Candidate) -> tuple[str, ...]:
        """The labels that share a word with the query and the texts that hold one, else that it looks like it."""
        wordings = self.wanted.wordings
        names = [name for name, _ in candidate.labels]
        shared = [name for name in names if any(one.shares_with(name) for one in wordings)]
        shows = [gettext("shows: %(label)s") % {"label": name} for name in shared[:MOST_LABELS_TOLD]]
        told = [match.source.said(match.text, wordings) for match in self.texts.get(candidate.media_id, [])]
        if shows or told:
            return (*shows, *dict.fromkeys(told))
        if names:
            return (gettext("similar: %(label)s") % {"label": names[0]},)
        return (gettext("looks like “%(words)s”") % {"words": self.wanted.tree.text},)


def find(wanted: Wanted, scope: Scope, media: QuerySet[Media], limit: int) -> Finding:
    """The candidates for what is wanted among ``media``, at least the ``limit`` nearest ones by their vectors.

    At most four statements beside those of :func:`media_index.search.vectors.nearest.nearest`: media by labels, by
    texts, how near these and how doubtful all are, and the labels.
    """
    near: list[Near] = []
    if wanted.asked is not None and wanted.encoder is not None:
        near = nearest(media, wanted.encoder, wanted.asked.vector, limit=limit)
    by_id = {one.media_id: one for one in near}
    texts: defaultdict[int, list[TextMatch]] = defaultdict(list)
    for match in matching_texts(wanted.wordings, scope, media, list(by_id)):
        texts[match.media_id].append(match)
    named = labelled(wanted.wordings, scope, media, MOST_LABELLED)
    others = [one for one in dict.fromkeys((*named, *texts)) if one not in by_id]
    doubts = _measure(wanted, by_id, others)
    candidates = _candidates([*by_id, *others], by_id, texts, doubts)
    lowest = near[-1].similarity if near else None
    return Finding(wanted, best_first(candidates, wanted.wordings, lowest=lowest), texts, len(near))


def _measure(wanted: Wanted, by_id: dict[int, Near], others: Sequence[int]) -> dict[int, float]:
    """Puts how near the others lie into ``by_id``; by media, the greatest doubt that it shows something negated."""
    if wanted.asked is None or wanted.encoder is None or not (others or wanted.negated):
        return {}
    negated = {f"-{text}": asked for text, asked in wanted.negated.items()}
    # Whoever is near was measured already.
    ids = [*by_id, *others] if negated else others
    vectors = {QUERY: wanted.asked.vector} | {name: asked.vector for name, asked in negated.items()}
    found = measured(wanted.encoder, ids, vectors)
    by_id.update({one: found[QUERY][one] for one in others if one in found[QUERY]})
    doubts: defaultdict[int, float] = defaultdict(float)
    for name, asked in negated.items():
        for media_id, one in found[name].items():
            if asked.relevance is not None:
                doubts[media_id] = max(doubts[media_id], doubt(one.similarity - asked.level, asked.relevance))
    return doubts


def _candidates(
    ids: Sequence[int],
    near: Mapping[int, Near],
    texts: Mapping[int, Sequence[TextMatch]],
    doubts: Mapping[int, float],
) -> list[Candidate]:
    labels: defaultdict[int, list[tuple[str, float]]] = defaultdict(list)
    rows = Label.objects.filter(media__in=ids).order_by("-score", "name").values_list("media_id", "name", "score")
    for media_id, name, score in rows:
        labels[media_id].append((name, score))
    made = []
    for one in ids:
        known = near.get(one)
        candidate = Candidate(
            one,
            known.moment if known else None,
            known.similarity if known else None,
            tuple(labels[one]),
            tuple(match.text for match in texts.get(one, ())),
            doubts.get(one, 0.0),
        )
        made.append(candidate)
    return made

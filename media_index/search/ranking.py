"""Fuses what is known of how well a media fits a query into one score. Pure.

Everything is counted in the encoder's own score, the cosine of text and picture less its background: a label or a text
that shares the words is worth so much of it, and what may show a negated word costs so much. The weighting is linear,
learned on labelled pairs; reciprocal rank fusion (Cormack, Clarke and Büttcher 2009) was compared and lost
(``docs/search-quality.md``).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from media_index.search.vectors.calibration import Relevance
from media_index.search.words.wording import Wording

LABELS = 0.4
"""Cosine that labels are worth which name all that was asked for and are certain. Fitted on ``train`` by
research/search/ranking.py."""
TEXTS = 0.2
"""Cosine that a text is worth in which all words stand: with the bundled encoder it turns one photo in a hundred into
two in five. Chosen, as there are no labelled names of files."""
SURE = 0.1
"""Probability from which on a label is taken at its word: its media are never said not to match, and left out where it
is negated. Fewer leave out three wrong ones of ten by mistake (research/search/negation.py)."""
LEFT_OUT = 0.05
"""Probability from which on a picture is left out: that of a match that is shown, for the few right ones that this
takes away (1 in 100) are missed less than the wrong ones that stay. Fitted on ``train`` by
research/search/negation.py."""
DOUBTED = 0.005
"""Probability from which on a picture sinks."""
DOUBT = 0.5
"""How much of the cosine is taken off by which a media lies nearer to a negated word than where doubt begins
(:data:`DOUBTED`). Fitted on ``train`` by research/search/negation.py."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """What is known of a media: ``similarity`` to the query where it has a vector; ``labels`` with their probabilities;
    ``texts`` in which words of the query stand; ``doubt``, by how much cosine it lies nearer to something negated than
    where doubt begins."""

    media_id: int
    moment: float | None
    similarity: float | None
    labels: tuple[tuple[str, float], ...] = ()
    texts: tuple[str, ...] = ()
    doubt: float = 0.0


@dataclass(frozen=True, slots=True)
class Ranked:
    """A candidate with its ``score``. One that is ``named`` holds all the words in a text or in a label that is
    :data:`SURE`: it is never said not to match."""

    candidate: Candidate
    score: float
    named: bool


def fused(candidate: Candidate, wordings: Sequence[Wording], lowest: float) -> Ranked:
    """The candidate with its score. One without a vector has the similarity ``lowest``.

    Of several ways to say the same (in two languages) the best one counts.
    """
    labels = max((one.named_by(candidate.labels) for one in wordings), default=0.0)
    texts = max((one.share_in(text) for one in wordings for text in candidate.texts), default=0.0)
    similarity = lowest if candidate.similarity is None else candidate.similarity
    score = similarity + LABELS * labels + TEXTS * texts**2 - DOUBT * candidate.doubt
    sure = [name for name, probability in candidate.labels if probability >= SURE]
    named = any(any(map(one.is_whole_in, candidate.texts)) or any(map(one.is_named_by, sure)) for one in wordings)
    return Ranked(candidate, score, named)


def best_first(
    candidates: Iterable[Candidate], wordings: Sequence[Wording], *, lowest: float | None = None
) -> list[Ranked]:
    """All candidates, the best one first; the same order whatever order they come in."""
    given = list(candidates)
    if lowest is None:
        lowest = min((one.similarity for one in given if one.similarity is not None), default=0.0)
    ranked = [fused(one, wordings, lowest) for one in given]
    return sorted(ranked, key=lambda one: (-one.score, one.candidate.media_id))


def parted(ranked: Sequence[Ranked], relevance: Relevance | None, level: float) -> tuple[list[Ranked], list[Ranked]]:
    """The matches and what is only near, each best first. All are matches where nobody knows, and those that are
    ``named`` are so always.

    Whether there are any others is told by the vectors alone: labels make it no better (``docs/search-quality.md``).
    """
    if relevance is None:
        return list(ranked), []
    nearest = max((one.candidate.similarity for one in ranked if one.candidate.similarity is not None), default=None)
    answers = nearest is not None and relevance.probability(nearest - level) >= relevance.threshold
    is_match = [one.named or (answers and relevance.probability(one.score - level) >= relevance.cut) for one in ranked]
    return (
        [one for one, matches in zip(ranked, is_match, strict=True) if matches],
        [one for one, matches in zip(ranked, is_match, strict=True) if not matches],
    )


def doubt(score: float, relevance: Relevance) -> float:
    """By how much cosine a media lies nearer to what is to be left out than where doubt begins; its ``score`` is that
    above the level."""
    return max(0.0, score - relevance.score(DOUBTED))

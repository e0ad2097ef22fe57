"""What a search answers: chips of what was understood, hits and why they are there."""

from __future__ import annotations

from dataclasses import dataclass

from media_index.errors import QueryError


@dataclass(frozen=True, slots=True)
class Chip:
    """One thing that was understood: its sentence, the part of the query, and the query without it.

    ``undo`` is the query in which these words are only words, empty where they were typed as a filter."""

    sentence: str
    text: str
    without: str
    undo: str = ""


@dataclass(frozen=True, slots=True)
class Offer:
    """Where nothing is found: a chip without which ``count`` media are, 1,000 at most being counted."""

    chip: Chip
    count: int


@dataclass(frozen=True, slots=True)
class Hit:
    """``score`` is the cosine of text and picture less what the calibration takes off, with what labels and texts add
    (:mod:`media_index.search.ranking`), or 1 where there was no text; ``probability`` that a picture of this score
    fits, 0 to 1, by the encoder's calibration, None where it has none; ``moment`` in seconds of a video. ``vote``: what
    the member has said of it for this very query, 1 "this", -1 "not this"."""

    media_id: int
    moment: float | None
    score: float
    why: tuple[str, ...]
    probability: float | None = None
    vote: int = 0


@dataclass(frozen=True, slots=True)
class Found:
    """The answer to ``query``, as it was read. ``problems`` say what could not be read, with positions; ``notice`` why
    text could not be searched now, ``caution`` what to know of the results. ``translated`` is the text that was
    searched with where words were translated.

    ``hits`` are the matches, ``nearest`` what comes next and is none by the encoder's calibration; together they are at
    most ``limit``, best first. ``count`` is the number of hits. ``canonical`` is what makes queries the same
    (:func:`media_index.search.votes.canonical`), ``encoder_key`` (``NAME@VERSION``) whose vectors were compared, if
    any. ``offers`` are chips to take away where nothing was found."""

    query: str
    understood: tuple[Chip, ...] = ()
    problems: tuple[QueryError, ...] = ()
    hits: tuple[Hit, ...] = ()
    notice: str = ""
    nearest: tuple[Hit, ...] = ()
    caution: str = ""
    translated: str = ""
    canonical: str = ""
    encoder_key: str = ""
    offers: tuple[Offer, ...] = ()

    @property
    def count(self) -> int:
        return len(self.hits)

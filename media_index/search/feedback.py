"""What a member said of results re-orders them, for that member. Pure.

1. *For the same query* a thumb is a decision: "not this" is no match any more and comes last, "this" comes first.
2. *For a query like it* it is a hint: the media moves by :data:`HINT_PLACES`, and no further.
3. Nothing else moves, other than to make room. Moving the query's vector instead (Rocchio 1971) would change results
   that nobody has spoken of.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from media_index.search.answers import Found, Hit
from media_index.telling import gettext, gettext_noop

HINT_PLACES = {1: 3, -1: 1}
"""How far a hint moves, up and down. Up 3 places helps queries that ask for the same (mean reciprocal rank 0.681 to
0.691) more than it hurts those that only sound like it (0.574 to 0.567). Down, what is wrong for one is too often right
for the other: further than a place hurts more than it helps (research/search/thumbs.py)."""
DEPTH = 500
"""Results that are looked at where there are votes, however few are wanted: a page must not depend on where it ends. As
many as the search page ever shows."""
SAID = {1: gettext_noop("you said: this"), -1: gettext_noop("you said: not this")}
HINTED = {
    1: gettext_noop("you said for a search like this: this"),
    -1: gettext_noop("you said for a search like this: not this"),
}


@dataclass(frozen=True, slots=True)
class Votes:
    """Votes (1 or -1) by media, on the same query and on queries like it."""

    same: Mapping[int, int] = field(default_factory=dict)
    like: Mapping[int, int] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.same or self.like)

    def depth(self, limit: int) -> int:
        """How many results to rank so that ``limit`` of them can be shown."""
        return max(limit, DEPTH) if self else limit


def revised(found: Found, votes: Votes, limit: int) -> Found:
    """An answer of :meth:`Votes.depth` results in the order that the votes ask for, the first ``limit`` of it."""
    if not votes:
        return found
    every = [(hit, True) for hit in found.hits] + [(hit, False) for hit in found.nearest]
    meant = [hit for hit, _ in every if votes.same.get(hit.media_id) == 1]
    hits = [hit for hit, matches in every if matches and hit.media_id not in votes.same]
    others = [hit for hit, matches in every if not matches and hit.media_id not in votes.same]
    refused = [hit for hit, _ in every if votes.same.get(hit.media_id) == -1]
    hits = _told(meant, votes) + hinted(_told(hits, votes), votes.like)
    nearest = hinted(_told(others, votes), votes.like) + _told(refused, votes)
    shown = hits[:limit]
    return replace(found, hits=tuple(shown), nearest=tuple(nearest[: limit - len(shown)]))


def hinted(hits: Sequence[Hit], like: Mapping[int, int], by: Mapping[int, int] = HINT_PLACES) -> list[Hit]:
    """The hits, those with a vote in ``like`` moved ``by`` so many places."""
    # Half a place, so that who moves passes whom it came to and ties cannot occur.
    places = {
        hit.media_id: at - vote * (by[vote] + 0.5) if (vote := like.get(hit.media_id)) else at
        for at, hit in enumerate(hits)
    }
    return sorted(hits, key=lambda hit: places[hit.media_id])


def _told(hits: Sequence[Hit], votes: Votes) -> list[Hit]:
    return [_with_why(hit, votes) for hit in hits]


def _with_why(hit: Hit, votes: Votes) -> Hit:
    same, like = votes.same.get(hit.media_id, 0), votes.like.get(hit.media_id, 0)
    if same:
        return replace(hit, why=(gettext(SAID[same]), *hit.why), vote=same)
    return replace(hit, why=(*hit.why, gettext(HINTED[like]))) if like else hit

"""Tiles of a search: what a thumb on one says, and which ones stand on one stack."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from media_index.search.answers import Found, Hit
from media_index.search.shots import stacks_of
from media_index.views.tiles import Tile


@dataclass(frozen=True, slots=True)
class Thumbs:
    """The thumbs of a result: for which media and query, at which rank (from 1), and what was said before."""

    media_id: int
    query: str
    rank: int
    vote: int = 0


@dataclass(frozen=True, slots=True)
class Stack:
    """A tile's place on a stack: ``leader`` is the id of the best, ``more`` how many lie below it (0 for those that
    do), ``unstacked`` the address where all of them lie side by side."""

    leader: int
    more: int
    unstacked: str = ""

    @property
    def below(self) -> bool:
        return not self.more


def dressed(
    tiles: Mapping[int, Tile], found: Found, hits: Sequence[Hit], *, first: int, unstacked: str = ""
) -> list[Tile]:
    """The tiles of ``hits`` in their order, those of one stack side by side; ``first`` is the rank of the first hit
    less one. With ``unstacked``, the address of the same without stacks, they are stacked, by one statement."""
    ranks = {hit.media_id: first + at for at, hit in enumerate(hits, start=1)}
    votes = {hit.media_id: hit.vote for hit in hits}
    there = [hit for hit in hits if hit.media_id in tiles]
    stacks = stacks_of(found, there) if unstacked else {hit.media_id: (hit.media_id,) for hit in there}
    made = []
    for leader, members in stacks.items():
        for one in members:
            more = len(members) - 1 if one == leader else 0
            stack = Stack(leader, more, unstacked) if len(members) > 1 else None
            thumbs = Thumbs(one, found.query, ranks[one], votes[one])
            made.append(replace(tiles[one], thumbs=thumbs, stack=stack))
    return made

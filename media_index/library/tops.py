"""What lies on top of a stack, so that nobody loses sight of what lies below it.

What lies below is hidden in grids. So whoever may see it must be one who may see what lies on top, and must come upon
that in the timeline where it would stand there itself. Where the one on top leaves (another stack, the trash, its file
is gone, its source is somebody's own by now), the best of the rest takes its place; what no top fits leaves the stack.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db import connection
from django.db.models import Exists, OuterRef

from media_index.duplicates.shots import best_of, shots_of
from media_index.duplicates.stacking import Shot, best
from media_index.library.history import Recording
from media_index.models import Location, Media, Source, Stack

Audience = frozenset[int | None]
"""Who sees a media: owners of private sources; None for the household."""
NOBODY: Audience = frozenset()
LIBRARY = Media.Shelf.LIBRARY

OUT_OF_SIGHT = """
SELECT DISTINCT b.stack_id
  FROM media_index_media b
  JOIN media_index_media t ON t.stack_id = b.stack_id AND NOT t.below
  JOIN media_index_location l ON l.media_id = b.id AND l.gone_at IS NULL
  JOIN media_index_source s ON s.id = l.source_id
 WHERE b.below AND b.shelf IN ('library', 'archive')
   AND NOT EXISTS (
       SELECT 1 FROM media_index_location o JOIN media_index_source w ON w.id = o.source_id
        WHERE o.media_id = t.id AND o.gone_at IS NULL
          AND (w.visibility = 'household' OR (s.visibility <> 'household' AND w.owner_id = s.owner_id)))
"""


def audiences(media_ids: Collection[int]) -> dict[int, Audience]:
    """Who sees each of these, through their live files. One statement."""
    found: defaultdict[int, set[int | None]] = defaultdict(set)
    rows = Location.objects.filter(media__among=media_ids, gone_at__isnull=True)
    for media, visibility, owner in rows.values_list("media", "source__visibility", "source__owner"):
        found[media].add(None if visibility == Source.Visibility.HOUSEHOLD else owner)
    return {media: frozenset(who) for media, who in found.items()}


def covers(top: Audience, below: Audience) -> bool:
    """Whether all who see what lies below see what lies on top."""
    return None in top or below <= top


def fitting(rows: Sequence[Media], seen: Mapping[int, Audience]) -> list[Media]:
    """Those that may lie on top of all of these: who sees any of them sees it."""
    return [
        row for row in rows if all(covers(seen.get(row.pk, NOBODY), seen.get(one.pk, NOBODY)) for one in rows)
    ]  # fmt: skip


def preferred(rows: Sequence[Media], shots: Mapping[int, Shot] | None = None) -> int:
    """The best of these to lie on top: one of the library where there is one, or what stands there would be out of the
    timeline below an archived one. ``shots``: theirs, where they are known."""
    ids = [row.pk for row in rows if row.shelf == LIBRARY] or [row.pk for row in rows]
    return best_of(ids) if shots is None else best([shots[pk] for pk in ids]).media


def stacks_settle(stack_ids: Iterable[int]) -> list[int]:
    """Sees to it that what lies on top of these is there to be seen by all who see anything of them. Returns the ids of
    the media that may have been changed. As many statements for many stacks. Whoever keeps a history calls
    :func:`stacks_end`."""
    rows = Media.objects.filter(stack__among=stack_ids)
    shown = set(rows.found().present().values_list("pk", flat=True))
    seen = audiences(shown)
    stacks: defaultdict[int, list[Media]] = defaultdict(list)
    for row in rows.order_by("pk"):
        stacks[row.stack_id or 0].append(row)
    wrong = [
        (members, rest)
        for members in stacks.values()
        # A stack that lies in the trash as a whole comes back as one, and what lies there alone comes back below the
        # top.
        if (rest := [row for row in members if row.pk in shown]) and not _lies_well(members, rest, seen)
    ]
    shots = shots_of([row.pk for _, rest in wrong for row in rest])
    orders = [_order(members, rest, seen, shots) for members, rest in wrong]
    changed = [pk for order in orders for pk in order.members]
    if changed:
        _lay(changed, [pk for order in orders for pk in order.leaving], [one.top for one in orders if one.top])
    return changed


@dataclass(frozen=True, slots=True)
class _Order:
    """How the ``members`` of a stack are to lie, by their ids; no ``top`` where it falls apart."""

    members: Sequence[int]
    leaving: Sequence[int]
    top: int | None


def _lay(changed: Collection[int], leaving: Collection[int], tops: Collection[int]) -> None:
    """All below first: no two may lie on top of a stack, not even for a moment."""
    Media.objects.filter(pk__among=leaving).update(stack=None, below=False)
    Media.objects.filter(pk__among=changed, stack__isnull=False).update(below=True)
    Media.objects.filter(pk__among=tops).update(below=False)


def _top_of(members: Sequence[Media]) -> Media | None:
    return next((row for row in members if not row.below), None)


def _lies_well(members: Sequence[Media], rest: Sequence[Media], seen: Mapping[int, Audience]) -> bool:
    old = _top_of(members)
    return old is not None and old in rest and len(members) > 1 and not _hidden_by(old, rest, seen)


def _order(
    members: Sequence[Media], rest: Sequence[Media], seen: Mapping[int, Audience], shots: Mapping[int, Shot]
) -> _Order:
    """How a stack is to lie of which ``rest`` is there to be seen."""
    old = _top_of(members)
    fit = [row for row in rest if not _hidden_by(row, rest, seen)]
    wanted = preferred(fit or rest, shots)
    top = old if old is not None and old in rest and not fit else next(row for row in rest if row.pk == wanted)
    leaving = [row.pk for row in _hidden_by(top, rest, seen)]
    ids = [row.pk for row in members]
    if len(rest) - len(leaving) < 2:
        return _Order(ids, ids, None)
    if old is not None and old not in rest:
        leaving.append(old.pk)
    return _Order(ids, leaving, top.pk)


def _hidden_by(top: Media, rest: Sequence[Media], seen: Mapping[int, Audience]) -> list[Media]:
    """Those that somebody, or the timeline, would lose below this one."""
    audience = seen.get(top.pk, NOBODY)
    return [
        row
        for row in rest
        if not covers(audience, seen.get(row.pk, NOBODY)) or (row.shelf == LIBRARY and top.shelf != LIBRARY)
    ]


def stacks_end(record: Recording, stack_ids: Collection[int]) -> None:
    """After a decision about what lies on these, whose media were watched before: what is left of them is settled, and
    what nothing lies on any more goes, to come back where the decision is undone."""
    stacks_settle(stack_ids)
    empty = Stack.objects.filter(pk__in=stack_ids).filter(~Exists(Media.objects.filter(stack=OuterRef("pk"))))
    record.watch(empty)
    empty.delete()


def stacks_out_of_sight() -> list[int]:
    """The stacks with something below that somebody may see who may not see what lies on top. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(OUT_OF_SIGHT)
        return [stack for (stack,) in cursor.fetchall()]

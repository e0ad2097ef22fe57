"""What the machine does by itself: notes what looks alike, and stacks what a camera made of one moment.

1. It goes over the fingerprints that are not ``compared`` yet, some at a time, so that it is the same whether photos
   came together or one after the other.
2. It stacks only what somebody has not told apart (:class:`media_index.models.Different`), adds to stacks of its own
   (``made_by`` nobody) and never touches those of people.
3. It stacks only what the very same members may see, so that nobody loses sight of anything.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from media_index.duplicates.grouping import Pair, pair
from media_index.duplicates.near import alike_refresh
from media_index.duplicates.shots import shots_of
from media_index.duplicates.stacking import BURST_GAP, Shot, place, stacks
from media_index.library.history import hold
from media_index.library.tops import audiences, preferred, stacks_out_of_sight, stacks_settle
from media_index.models import Different, Fingerprint, Location, Media, Stack

BATCH = 200
"""Fingerprints that are taken up at once: some seconds."""


def duplicates_refresh() -> int:
    """Deals with a batch of new fingerprints; returns how many there were, 0 when nothing is left to do."""
    with transaction.atomic():
        rows = list(Fingerprint.objects.select_for_update().filter(compared=False).order_by("media")[:BATCH])
        if not rows:
            return 0
        ids = [row.media_id for row in rows]
        alike_refresh(rows)
        _stack(ids)
        Fingerprint.objects.filter(media__in=ids).update(compared=True, looked=False)
    return len(rows)


def tops_refresh() -> int:
    """Puts something on top of the stacks whose top has gone, was moved away, or is not seen by all who see what lies
    below it; returns how many media changed."""
    hidden = Media.objects.filter(stack__isnull=False, below=False)
    there = Media.objects.filter(pk=OuterRef("pk")).found().present()
    gone = hidden.filter(~Exists(there)).values_list("stack", flat=True)
    topless = Stack.objects.filter(~Exists(Media.objects.filter(stack=OuterRef("pk"), below=False)))
    with transaction.atomic():
        hold()
        changed = stacks_settle({*gone, *topless.values_list("pk", flat=True), *stacks_out_of_sight()})
        Stack.objects.filter(made_by=None).filter(~Exists(Media.objects.filter(stack=OuterRef("pk")))).delete()
    return len(changed)


def _stack(ids: Collection[int]) -> None:
    hold()
    found = _around(ids)
    mates = Media.objects.filter(pk__in=found, stack__isnull=False).order_by().values("stack")
    around = Media.objects.filter(Q(pk__in=found) | Q(stack__in=mates)).exclude(stack__made_by__isnull=False)
    shots = shots_of(list(around.values_list("pk", flat=True)))
    told = Different.objects.filter(one__in=shots, other__in=shots).values_list("one_id", "other_id")
    seen = audiences(list(shots))
    apart: defaultdict[object, list[Shot]] = defaultdict(list)
    for pk, shot in shots.items():
        apart[seen.get(pk)].append(shot)
    for who, alike in apart.items():
        if who:
            for kind, members in stacks(alike, set(told), _joined(alike)):
                _put(kind, members)


def _joined(shots: Collection[Shot]) -> list[Pair]:
    """Of each stack of the machine the first of these with each other one."""
    first: dict[int, int] = {}
    pairs = []
    rows = Media.objects.filter(pk__in=[shot.media for shot in shots], stack__isnull=False).order_by("pk")
    for pk, stack in rows.values_list("pk", "stack"):
        begin = first.setdefault(stack or 0, pk)
        if begin != pk:
            pairs.append(pair(begin, pk))
    return pairs


def _around(ids: Collection[int]) -> set[int]:
    """These, what has their names in their folders, and what was taken within seconds of them."""
    found = set(ids)
    folders: defaultdict[int, set[bytes]] = defaultdict(set)
    live = Location.objects.filter(gone_at__isnull=True, media__isnull=False)
    stems: set[tuple[int, bytes, str]] = set()
    for shot in shots_of(ids).values():
        stems |= shot.places
        for source, folder, _stem in shot.places:
            folders[source].add(folder)
    for source, hashes in folders.items():
        rows = live.filter(source=source, folder_hash__in=hashes)
        for media, its_folder, path in rows.values_list("media", "folder_hash", "path").iterator():
            if media is not None and place(source, bytes(its_folder), path.rsplit("/", 1)[-1]) in stems:
                found.add(media)
    return found | _seconds_apart(ids)


def _seconds_apart(ids: Iterable[int]) -> set[int]:
    asked = Media.objects.filter(pk__in=list(ids), kind=Media.Kind.IMAGE)
    found: set[int] = set()
    for taken_at in set(asked.values_list("taken_at", flat=True)):
        rows = Media.objects.filter(
            kind=Media.Kind.IMAGE, taken_at__gte=taken_at - BURST_GAP, taken_at__lte=taken_at + BURST_GAP
        )
        found |= set(rows.values_list("pk", flat=True))
    return found


def _put(kind: str, ids: Collection[int]) -> None:
    """On a stack of the machine: the one that some of them lie on, or a new one."""
    rows = Media.objects.filter(pk__in=ids)
    shown = list(rows.found().present())
    if len(shown) < 2:
        return
    known = list(Stack.objects.filter(media__in=ids, made_by=None).distinct().order_by("pk"))
    stack = known[0] if known else Stack.objects.create(kind=kind)
    top = preferred(shown)
    Media.objects.filter(Q(pk__in=ids) | Q(stack__in=known)).update(stack=None, below=False)
    Media.objects.filter(pk=top).update(stack=stack)
    rows.exclude(pk=top).update(stack=stack, below=True)
    if stack.kind == Stack.Kind.RAW and kind == Stack.Kind.BURST:
        Stack.objects.filter(pk=stack.pk).update(kind=kind)
    Stack.objects.filter(pk__in=[one.pk for one in known[1:]]).delete()

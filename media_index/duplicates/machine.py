"""What the machine does by itself: notes what looks alike, and stacks what a camera made of one moment.

1. It goes over the fingerprints that are not ``compared`` yet, some at a time, so that it is the same whether photos came
   together or one after the other.
2. It stacks only what somebody has not told apart (:class:`media_index.models.Different`), adds to stacks of its own
   (``made_by`` nobody) and never touches those of people.
3. It stacks only what the very same members may see, so that nobody loses sight of anything.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable

from django.db import transaction
from django.db.models import Exists, OuterRef

from media_index.duplicates.grouping import pair
from media_index.duplicates.near import alike_refresh
from media_index.duplicates.shots import shots_of
from media_index.duplicates.stacking import BURST_GAP, Shot, best, stacks
from media_index.library.history import hold
from media_index.library.stacks import audiences, stacks_settle
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
        Fingerprint.objects.filter(media__in=ids).update(compared=True)
    return len(rows)


def tops_refresh() -> int:
    """Puts something on top of the stacks whose top has gone or was moved away; returns how many media changed."""
    hidden = Media.objects.filter(stack__isnull=False, below=False)
    there = Media.objects.filter(pk=OuterRef("pk")).found().present()
    gone = hidden.filter(~Exists(there)).values_list("stack", flat=True)
    topless = Stack.objects.filter(~Exists(Media.objects.filter(stack=OuterRef("pk"), below=False)))
    with transaction.atomic():
        hold()
        changed = stacks_settle({*gone, *topless.values_list("pk", flat=True)})
        Stack.objects.filter(made_by=None).filter(~Exists(Media.objects.filter(stack=OuterRef("pk")))).delete()
    return len(changed)


def _stack(ids: Collection[int]) -> None:
    hold()
    shots = {pk: shot for pk, shot in shots_of(_around(ids)).items() if not _is_peoples(pk)}
    told = Different.objects.filter(one__in=shots, other__in=shots).values_list("one_id", "other_id")
    different = {pair(one, other) for one, other in told}
    seen = audiences(list(shots))
    apart: defaultdict[object, list[Shot]] = defaultdict(list)
    for pk, shot in shots.items():
        apart[seen.get(pk)].append(shot)
    for who, alike in apart.items():
        if who:
            for kind, members in stacks(alike, different):
                _put(kind, [shots[pk] for pk in members])


def _is_peoples(pk: int) -> bool:
    return Media.objects.filter(pk=pk, stack__made_by__isnull=False).exists()


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
        for media, folder, path in rows.values_list("media", "folder_hash", "path").iterator():
            from media_index.duplicates.stacking import place

            if media is not None and place(source, bytes(folder), path.rsplit("/", 1)[-1]) in stems:
                found.add(media)
    return found | _seconds_apart(ids)


def _seconds_apart(ids: Iterable[int]) -> set[int]:
    asked = Media.objects.filter(pk__in=list(ids), kind=Media.Kind.IMAGE)
    near = Media.objects.filter(
        kind=Media.Kind.IMAGE,
        taken_at__gte=OuterRef("taken_at") - BURST_GAP,
        taken_at__lte=OuterRef("taken_at") + BURST_GAP,
    )
    del near
    found: set[int] = set()
    for taken_at in set(asked.values_list("taken_at", flat=True)):
        rows = Media.objects.filter(
            kind=Media.Kind.IMAGE, taken_at__gte=taken_at - BURST_GAP, taken_at__lte=taken_at + BURST_GAP
        )
        found |= set(rows.values_list("pk", flat=True))
    return found


def _put(kind: str, members: list[Shot]) -> None:
    """On a stack of the machine: the one that some of them lie on, or a new one."""
    ids = [shot.media for shot in members]
    known = list(Stack.objects.filter(media__in=ids, made_by=None).distinct().order_by("pk"))
    whole = set(ids) | set(Media.objects.filter(stack__in=known).values_list("pk", flat=True))
    rows = Media.objects.filter(pk__in=whole)
    if rows.found().present().count() < 2:  # noqa: PLR2004 (one alone is no stack)
        return
    stack = known[0] if known else Stack.objects.create(kind=kind)
    top = best([shot for shot in shots_of(whole).values() if shot.media in set(rows.found().values_list("pk", flat=True))])
    rows.update(stack=None, below=False)
    Media.objects.filter(pk=top.media).update(stack=stack)
    rows.exclude(pk=top.media).update(stack=stack, below=True)
    Stack.objects.filter(pk=stack.pk).update(kind=kind)
    Stack.objects.filter(pk__in=[one.pk for one in known[1:]]).delete()

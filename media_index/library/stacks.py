"""What people decide of stacks: what lies on top, what lies below it, and what does not belong together.

1. Of every stack one lies on top. Where that leaves, another one takes its place (:mod:`media_index.library.tops`).
2. What lies below is hidden in grids: so who may see it must be one who may see what lies on top. Anything else is
   refused.
3. What somebody takes off a stack is noted as different from what stays (:class:`media_index.models.Different`); a
   stack that somebody made or arranged has their name. The machine touches neither.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from contextlib import suppress
from itertools import combinations, product
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from media_index.duplicates.grouping import pair
from media_index.library.history import ChangeError, Recording, change
from media_index.library.marks import with_stacks
from media_index.library.tops import audiences, fitting, preferred, stacks_end
from media_index.models import Change, Different, Media, Stack

Kind = Change.Kind
MOST = 200
"""Media of one stack. Each pair of what is told apart is a row."""


def stack_make(*, media_ids: Collection[int], member: Any, top: int | None = None) -> Change | None:
    """Puts these on one stack, with all that lies below them; ``top`` is to lie on top, else the best one does."""
    with change(Kind.STACK, "", member) as record:
        count = _put_together(record, media_ids, member, top)
        record.summary = ngettext("%(count)s photo stacked", "%(count)s photos stacked", count) % {"count": count}
    return record.change


def stacks_make(*, groups: Collection[Collection[int]], member: Any) -> Change | None:
    """The same for many groups, the best of each on top, as one change. A group that cannot be stacked, as somebody
    would lose sight of its photos, is left out."""
    with change(Kind.STACK, "", member) as record:
        count = 0
        for ids in groups:
            with suppress(ChangeError):
                _put_together(record, ids, member, None)
                count += 1
        record.summary = ngettext(
            "%(count)s group of copies stacked", "%(count)s groups of copies stacked", count
        ) % {"count": count}  # fmt: skip
    return record.change


def _put_together(record: Recording, media_ids: Collection[int], member: Any, top: int | None) -> int:
    """Returns how many media are on the stack."""
    ids = with_stacks(media_ids, member)
    _check_number(ids)
    rows = {row.pk: row for row in Media.objects.filter(pk__in=ids)}
    top = _fitting(rows, top)
    former = {row.stack_id for row in rows.values() if row.stack_id is not None}
    record.watch(Media.objects.filter(pk__in=ids), Media.objects.filter(stack__in=former))
    _together_again(record, ids)
    stack = Stack.objects.create(kind=_kind_of(former), made_by=member)
    record.made(stack)
    Media.objects.filter(pk__in=ids).update(stack=None, below=False)
    Media.objects.filter(pk=top).update(stack=stack)
    Media.objects.filter(pk__in=ids).exclude(pk=top).update(stack=stack, below=True)
    stacks_end(record, former)
    return len(ids)


def stack_top(*, media_id: int, member: Any) -> Change | None:
    """Puts a media on top of the stack it lies on."""
    with change(Kind.STACK, _("Put on top of its stack"), member) as record:
        media = Media.objects.get(pk=media_id)
        if media.stack_id is None:
            raise ChangeError(_("it lies on no stack any more"))
        rows = {row.pk: row for row in Media.objects.filter(stack=media.stack_id)}
        _fitting(rows, media_id)
        record.watch(Media.objects.filter(stack=media.stack_id), Stack.objects.filter(pk=media.stack_id))
        Stack.objects.filter(pk=media.stack_id).update(made_by=member)
        Media.objects.filter(stack=media.stack_id).update(below=True)
        Media.objects.filter(pk=media_id).update(below=False)
    return record.change


def stack_leave(*, media_ids: Collection[int], member: Any) -> Change | None:
    """Takes these off their stacks; they are not put back by the machine."""
    with change(Kind.STACK, "", member) as record:
        rows = Media.objects.filter(pk__in=media_ids, stack__isnull=False)
        leaving: defaultdict[int, set[int]] = defaultdict(set)
        for pk, stack in rows.values_list("pk", "stack"):
            leaving[stack].add(pk)
        members = Media.objects.filter(stack__in=leaving)
        record.watch(members)
        staying: defaultdict[int, set[int]] = defaultdict(set)
        for pk, stack in members.values_list("pk", "stack"):
            staying[stack].add(pk)
        apart = {
            pair(one, other)
            for stack, ids in leaving.items()
            for one, other in [*combinations(sorted(ids), 2), *product(ids, staying[stack] - ids)]
        }
        _tell_apart(record, apart, member)
        count = Media.objects.filter(pk__in=[pk for ids in leaving.values() for pk in ids]).update(
            stack=None, below=False
        )
        stacks_end(record, leaving)
        record.summary = ngettext(
            "%(count)s photo taken off its stack", "%(count)s photos taken off their stacks", count
        ) % {"count": count}
    return record.change


def different_set(*, media_ids: Collection[int], member: Any) -> Change | None:
    """Says of each two of these that they are no copies: never shown as such again."""
    with change(Kind.STACK, "", member) as record:
        _check_number(media_ids)
        _take_apart(record, media_ids)
        _tell_apart(record, {pair(one, other) for one, other in combinations(sorted(media_ids), 2)}, member)
        count = len(media_ids)
        record.summary = ngettext(
            "%(count)s photo told apart", "%(count)s photos told apart", count
        ) % {"count": count}  # fmt: skip
    return record.change


def copies_drop(*, keep: int, media_ids: Collection[int], member: Any) -> Change | None:
    """Moves all of these but ``keep`` to the trash."""
    others = sorted(set(media_ids) - {keep})
    with change(Kind.SHELF, "", member) as record:
        rows = Media.objects.filter(pk__in=others).exclude(shelf=Media.Shelf.TRASH)
        stacks = set(rows.filter(stack__isnull=False).values_list("stack", flat=True))
        record.watch(Media.objects.filter(pk__in=others), Media.objects.filter(stack__in=stacks))
        count = rows.update(shelf=Media.Shelf.TRASH)
        stacks_end(record, stacks)
        record.summary = ngettext(
            "%(count)s copy moved to the trash", "%(count)s copies moved to the trash", count
        ) % {"count": count}  # fmt: skip
    return record.change


def _fitting(rows: Mapping[int, Media], wanted: int | None) -> int:
    """The one to lie on top of these: the wanted one, else the best of those that all may see who see any of them."""
    fit = fitting(list(rows.values()), audiences(rows))
    if wanted is not None and wanted in {row.pk for row in fit}:
        return wanted
    if wanted is not None or not fit:
        raise ChangeError(_("others would lose sight of the photos below it: put one on top that everyone may see"))
    return preferred(fit)


def _check_number(ids: Collection[int]) -> None:
    if len(ids) < 2:
        raise ChangeError(_("choose at least two photos"))
    if len(ids) > MOST:
        raise ChangeError(_("choose at most %(most)s photos") % {"most": MOST})


def _kind_of(former: Collection[int]) -> str:
    """A stack that is only arranged anew stays what it was."""
    kinds = set(Stack.objects.filter(pk__in=former).values_list("kind", flat=True)) if len(former) == 1 else set()
    return kinds.pop() if kinds else Stack.Kind.COPIES


def _take_apart(record: Recording, ids: Collection[int]) -> None:
    """No two of these stay on one stack: what lies on top of it stays, else the first."""
    stacks: defaultdict[int, list[int]] = defaultdict(list)
    rows = Media.objects.filter(pk__in=ids, stack__isnull=False).order_by("below", "pk")
    for pk, stack in rows.values_list("pk", "stack"):
        stacks[stack or 0].append(pk)
    shared = {stack: members for stack, members in stacks.items() if len(members) > 1}
    record.watch(Media.objects.filter(stack__in=shared))
    leaving = [pk for members in shared.values() for pk in members[1:]]
    Media.objects.filter(pk__in=leaving).update(stack=None, below=False)
    stacks_end(record, shared)


def _tell_apart(record: Recording, pairs: Collection[tuple[int, int]], member: Any) -> None:
    ids = {pk for both in pairs for pk in both}
    record.about(ids)
    known = set(Different.objects.filter(one__in=ids, other__in=ids).values_list("one_id", "other_id"))
    record.made(
        *Different.objects.bulk_create(
            Different(one_id=one, other_id=other, member=member) for one, other in sorted(set(pairs) - known)
        )
    )


def _together_again(record: Recording, ids: Collection[int]) -> None:
    """Who stacks what was told apart has changed their mind."""
    rows = Different.objects.filter(one__in=ids, other__in=ids)
    record.watch(rows)
    rows.delete()

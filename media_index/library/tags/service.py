"""What somebody does with tags. Each is one change that can be undone (:mod:`media_index.library.history`).

There is one set of tags for the household. A tag that is put on a photo and is there already, out of sight, is used
without a word. Merging and deleting touch only what the member may see: a tag that others still have on photos of their
own stays for them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from media_index.library.history import ChangeError, Recording, change
from media_index.library.tags import selectors
from media_index.library.tags.colours import KEYS
from media_index.library.tags.names import DEEPEST, Levels, folded, several, written
from media_index.library.tags.tree import TagTree
from media_index.models import Change, Media, MediaTag, Tag
from media_index.search.filters.base import Scope

Kind = Change.Kind
BATCH = 2_000
"""Rows of one statement."""


@dataclass(frozen=True, slots=True)
class Merge:
    """What renaming a tag into another would do: ``photos`` of the scope come to it, ``both`` have it already,
    ``children`` tags lie below the one that goes."""

    photos: int
    both: int
    children: int


def tags_add(*, media_ids: Collection[int], text: str, member: Any) -> Recording:
    """Put the tags of a field on all of the media, which ``member`` may see. New ones are made.

    Raises :class:`media_index.library.tags.names.TagNameError` for what is no tag.
    """
    wanted = several(text)
    names = ", ".join(written(one) for one in wanted)
    with change(Kind.TAG, _so_many(len(media_ids), names, put=True), member) as record:
        ids = [_tag_at(record, one, member).pk for one in wanted]
        tagged = MediaTag.objects.filter(tag__in=ids, media__in=media_ids)
        there = set(tagged.values_list("media_id", "tag_id"))
        _take_over(record, tagged.exclude(keyword=""), member)
        rows = [
            MediaTag(media_id=media_id, tag_id=tag_id, tagged_by=member)
            for tag_id in ids
            for media_id in sorted(media_ids)
            if (media_id, tag_id) not in there
        ]
        record.made(*MediaTag.objects.bulk_create(rows, batch_size=BATCH))
    return record


def _take_over(record: Recording, by_files: QuerySet[MediaTag], member: Any) -> None:
    """What only files said is somebody's word now, and stays when these say so no more."""
    record.watch(by_files)
    by_files.update(keyword="", tagged_by=member)


def tags_remove(*, media_ids: Collection[int], tag_ids: Collection[int], names: str, member: Any) -> Recording:
    """Take tags off media. ``names`` are said of them in the history."""
    with change(Kind.TAG, _so_many(len(media_ids), names, put=False), member) as record:
        rows = MediaTag.objects.filter(tag__in=tag_ids, media__in=media_ids)
        record.watch(rows)
        rows.delete()
    return record


def tag_colour(*, tag: Tag, colour: str, member: Any, scope: Scope) -> Recording:
    """``colour`` is one of :mod:`media_index.library.tags.colours`, or "" for none."""
    if colour and colour not in KEYS:
        raise ChangeError(_("choose one of the colours"))
    with change(Kind.TAG, _("%(tag)s: another colour") % {"tag": tag.name}, member) as record:
        _refuse_gone(selectors.known(scope), tag)
        record.watch([tag])
        record.about(_seen_with(scope, [tag.pk]))
        tag.colour = colour
        tag.save(update_fields=["colour"])
    return record


def merge_preview(*, tag: Tag, into: int, tree: TagTree, scope: Scope) -> Merge:
    """What :func:`tag_rename` would do where another tag of the tree stands at the new place."""
    photos = scope.media.filter(selectors.with_any(tree.below([tag.pk])))
    both = photos.filter(selectors.with_any([into]))
    return Merge(photos.count(), both.count(), len(tree.below([tag.pk])) - 1)


def tag_rename(*, tag: Tag, names: Levels, member: Any, scope: Scope) -> tuple[Tag, Recording]:
    """Give a tag another place and name, with all that lies below it; where one is there already, they become one.
    Returns the tag that is there afterwards. :class:`ChangeError` for a place below itself."""
    with change(Kind.TAG, "", member) as record:
        tree = selectors.known(scope)
        _refuse_gone(tree, tag)
        before = tree.path(tag.pk)
        _refuse_below_itself(tree, tag, names)
        record.about(_seen_with(scope, tree.below([tag.pk])))
        parent = _tag_at(record, names[:-1], member) if names[:-1] else None
        there = Tag.objects.filter(parent=parent, folded=folded(names[-1])).exclude(pk=tag.pk).first()
        if there is not None:
            _merge(record, tag, there, tree, scope, member)
            # Of one that was out of sight nothing is told: to who asks it is a new name.
            text = _("%(tag)s and %(other)s are one now") if there.pk in tree else _("%(tag)s is called %(other)s now")
        else:
            record.watch([tag])
            tag.parent, tag.name, tag.folded = parent, names[-1], folded(names[-1])
            tag.save(update_fields=["parent", "name", "folded"])
            text = _("%(tag)s is called %(other)s now")
        record.summary = text % {"tag": before, "other": written(names)}
    return there or tag, record


def tag_delete(*, tag: Tag, member: Any, scope: Scope) -> Recording:
    """Take a tag, and all that lies below it, off the photos that ``member`` may see. The photos stay."""
    with change(Kind.TAG, "", member) as record:
        tree = selectors.known(scope)
        _refuse_gone(tree, tag)
        record.summary = _("%(tag)s deleted") % {"tag": tree.path(tag.pk)}
        ids = sorted(tree.below([tag.pk]), key=lambda pk: -len(tree.names(pk)))
        rows = MediaTag.objects.filter(tag__in=ids, media__in=_visible(member))
        record.watch(rows)
        rows.delete()
        for row in sorted(Tag.objects.filter(pk__in=ids), key=lambda one: ids.index(one.pk)):
            _leave(record, row, member)
    return record


def _tag_at(record: Recording, names: Levels, member: Any) -> Tag:
    """The tag at this place; it and what it lies below are made where they are not there. One statement a level."""
    at: Tag | None = None
    for name in names:
        found = Tag.objects.filter(parent=at, folded=folded(name)).first()
        if found is None:
            found = Tag.objects.create(parent=at, name=name, folded=folded(name), created_by=member)
            record.made(found)
        at = found
    assert at is not None, "a tag has at least one level"
    return at


def _merge(record: Recording, tag: Tag, keep: Tag, tree: TagTree, scope: Scope, member: Any) -> None:
    """All of ``tag`` that the member may see comes to ``keep``, children of one name together."""
    rows = MediaTag.objects.filter(tag=tag, media__in=_visible(member))
    record.watch(rows)
    new = rows.exclude(media__in=MediaTag.objects.filter(tag=keep).values("media")).order_by("pk")
    made = [MediaTag(media_id=row.media_id, tag=keep, tagged_by_id=row.tagged_by_id) for row in new]
    record.made(*MediaTag.objects.bulk_create(made, batch_size=BATCH))
    rows.delete()
    own = {child.pk for child in tree.children(tag.pk)}
    for child in Tag.objects.filter(pk__in=own).order_by("folded", "pk"):
        twin = Tag.objects.filter(parent=keep, folded=child.folded).first()
        if twin is not None:
            _merge(record, child, twin, tree, scope, member)
            continue
        record.watch([child])
        child.parent = keep
        child.save(update_fields=["parent"])
    _leave(record, tag, member)


def _leave(record: Recording, tag: Tag, member: Any) -> None:
    """Delete a tag that nothing has any more; one that others still have stays for them."""
    record.watch([tag])
    if not MediaTag.objects.filter(tag=tag).exists() and not Tag.objects.filter(parent=tag).exists():
        Tag.objects.filter(pk=tag.pk).delete()
    elif tag.created_by_id == getattr(member, "pk", None):
        Tag.objects.filter(pk=tag.pk).update(created_by=None)


def _refuse_gone(tree: TagTree, tag: Tag) -> None:
    if tag.pk not in tree:
        raise ChangeError(_("somebody changed the same at this moment: look at it again"))


def _refuse_below_itself(tree: TagTree, tag: Tag, names: Levels) -> None:
    own = tuple(map(folded, tree.names(tag.pk)))
    wanted = tuple(map(folded, names))
    if len(wanted) > len(own) and wanted[: len(own)] == own:
        raise ChangeError(_("a tag cannot lie below itself: choose another place"))
    depth = max((len(tree.names(pk)) for pk in tree.below([tag.pk])), default=len(own)) - len(own)
    if len(wanted) + depth > DEEPEST:
        raise ChangeError(_("tags lie at most %(most)s levels deep: choose a place higher up") % {"most": DEEPEST})


def _visible(member: Any) -> Any:
    """On any shelf: a tag in the trash goes along."""
    media = Media.objects.all() if member is None else Media.objects.visible_to(member)
    return media.order_by().values("pk")


def _seen_with(scope: Scope, tag_ids: Iterable[int]) -> Sequence[int]:
    found = scope.media.filter(Q(selectors.with_any(set(tag_ids)))).order_by()
    return list(found.values_list("pk", flat=True))


def _so_many(count: int, names: str, *, put: bool) -> str:
    put_on = ngettext("%(tags)s put on %(count)s photo", "%(tags)s put on %(count)s photos", count)
    taken_off = ngettext("%(tags)s taken off %(count)s photo", "%(tags)s taken off %(count)s photos", count)
    return (put_on if put else taken_off) % {"tags": names, "count": count}

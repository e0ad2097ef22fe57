"""What people change of media, tags, albums and stacks: each is one transaction, kept with what was before.

1. :func:`change` is entered around a decision. The rows that it will change are named first (:meth:`Recording.watch`),
   those that it makes afterwards (:meth:`Recording.made`).
2. At its end what is different is kept as a :class:`media_index.models.Change`, unless nothing is.
3. :func:`change_undo` puts that back. It refuses where a later change is about the same, naming it.
4. Decisions wait for each other (:func:`hold`). Whoever stores what a file tells locks its media first, as
   :meth:`Recording.watch` does.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.models import Model, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from media_index import recording
from media_index.library import about, kept, putting_back
from media_index.library.albums.rights import may_undo
from media_index.library.annotations import word_return
from media_index.library.seeing import changes_visible_to
from media_index.models import Change, Media
from media_index.recording import RecordingError, Row, differences, later_about
from media_index.search.naming.per_scope import names_changed

__all__ = ["ChangeError", "Recording", "change", "change_undo", "hold"]

LOCK = 0x5CA9_0020
"""Key of the advisory lock of changes; any number that nothing else uses."""
LONGEST_SUMMARY = 300


class ChangeError(RecordingError):
    """What was wanted cannot be; the text says why, and what to do."""


@dataclass
class Recording(recording.Recording):
    """What a decision changes. ``change`` is the row that was kept of it, None where nothing was different."""

    change: Change | None = None
    more_media: set[int] = field(default_factory=set)
    is_private: bool = False

    def watch(self, *querysets: Any) -> None:
        """Rows that were read before are read again. Media are locked as well, in the order of their ids."""
        for rows in querysets:
            for model, ids in _ids_of(rows).items():
                found = model._default_manager.filter(pk__among=ids).order_by("pk")
                super().watch(found.select_for_update() if model is Media else found)

    def about(self, media: Iterable[int]) -> None:
        """Media that it is about though none of their rows changes (those with a tag that is renamed): who may see all
        of them is told of it."""
        self.more_media.update(media)

    def private(self) -> None:
        """It concerns the member alone."""
        self.is_private = True


def _ids_of(rows: Any) -> dict[type[Model], list[int]]:
    if isinstance(rows, QuerySet):
        return {rows.model: list(rows.order_by().values_list("pk", flat=True))}
    ids: dict[type[Model], list[int]] = {}
    for one in rows:
        ids.setdefault(type(one), []).append(one.pk)
    return ids


def hold() -> None:
    """Until this transaction ends, nobody else decides."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])


@contextmanager
def change(kind: Change.Kind, summary: str, member: Any) -> Iterator[Recording]:
    """Around everything that one decision changes; ``member`` is None for a command of this machine. ``summary`` is
    told to whoever may see all that it touches, in the language of who decided.

    :class:`ChangeError` where a row that it needs is gone, or one is in its place, by what somebody did meanwhile.
    """
    try:
        with transaction.atomic():
            hold()
            made = Recording(summary, kept.fields())
            yield made
            changes = differences(made, whole=False)
            if changes:
                made.change = _kept(kind, made, changes, member)
                _settle(changes)
            _check_pointers()
    except (DatabaseError, ObjectDoesNotExist) as error:
        if not _is_gone(error):
            raise
        raise ChangeError(_("somebody changed the same at this moment: look at it again")) from error


def _check_pointers() -> None:
    """Foreign keys are looked at when a transaction ends, too late where this one lies within another."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def _is_gone(error: Exception) -> bool:
    """Whether rows are not as they were found. Of saving a row that is gone Django tells by a plain ``DatabaseError``;
    what the server says of itself is of a class below it."""
    return isinstance(error, IntegrityError | ObjectDoesNotExist) or type(error) is DatabaseError


def _kept(kind: Change.Kind, made: Recording, changes: Sequence[Row], member: Any) -> Change:
    albums = about.albums(changes)
    return Change.objects.create(
        kind=kind,
        summary=made.summary[:LONGEST_SUMMARY],
        member=member,
        changes=list(changes),
        rows=[text for one in changes for text in kept.said_of(one)],
        media=_known_to(member, about.media(changes) | made.more_media),
        albums=sorted(albums),
        is_private=made.is_private or about.is_private(changes, albums),
    )


def _known_to(member: Any, media: Collection[int]) -> list[int]:
    """What went along out of sight of who decides (others' photos of an album that is deleted, of a stack that falls
    apart) neither keeps them from undoing it nor is told of."""
    if member is None or not media:
        return sorted(media)
    seen = Media.objects.visible_to(member).filter(pk__among=media).order_by("pk")
    return list(seen.values_list("pk", flat=True))


def _settle(changes: Sequence[Row]) -> None:
    if any(kept.makes_names(one) for one in changes):
        names_changed()


def change_undo(change: Change, member: Any) -> None:
    """Put back what was before; ``member``, who asks for it, is one who may see the change. :class:`ChangeError` where
    that cannot be any more."""
    try:
        with transaction.atomic():
            hold()
            found = Change.objects.select_for_update().get(pk=change.pk)
            if found.undone_at is not None:
                raise ChangeError(_("this was undone already"))
            if found.member_id != getattr(member, "pk", None) and not may_undo(found.changes, member):
                raise ChangeError(_("that is for the album’s owner or an administrator to undo: ask them"))
            _refuse_if_changed_since(found, member)
            used = putting_back.used_since(found.changes)
            if used:
                raise ChangeError(_("“%(name)s” is used by something else by now: undo that first") % {"name": used})
            putting_back.put_back(found.changes)
            found.undone_at, found.undone_by = timezone.now(), member
            found.save(update_fields=["undone_at", "undone_by"])
            word_return(found.changes)
            _settle(found.changes)
    except IntegrityError:
        raise ChangeError(_("something else has taken its place by now: change it by hand")) from None


def _refuse_if_changed_since(found: Change, member: Any) -> None:
    wanted = {text for one in found.changes for text in kept.in_the_way_of(one)}
    newest = later_about(Change, found.pk, wanted)
    if newest is None:
        return
    seen = changes_visible_to(member).filter(pk=newest).values_list("summary", flat=True).first()
    if seen is None:
        raise ChangeError(_("somebody else changed the same since: it cannot be undone any more, change it by hand"))
    raise ChangeError(_("the same was changed since: undo “%(summary)s” first") % {"summary": seen})

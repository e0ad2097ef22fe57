"""Decisions about faces and persons: each is one transaction, kept with what was before, so that it can be undone.

1. :func:`decide` is entered around a decision. The rows that it will change are named first (:meth:`Recording.watch`),
   those that it makes afterwards (:meth:`Recording.made`).
2. At its end the rows before and after are kept as a :class:`people.models.Decision`, unless nothing is different.
3. :func:`decision_undo` puts the rows back. It refuses where a later decision is about the same rows.
4. Decisions and the writing of groups wait for each other (:func:`hold`); what the machine makes of a decision is no
   part of it, and is reckoned anew after the decision and after its undoing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import connection, transaction
from django.db.models import Model, Q
from django.utils import timezone
from django.utils.translation import gettext

from media_index import recording
from media_index.recording import RecordingError, Row, differences, later_about, rows_delete, rows_insert, rows_update
from media_index.search.naming.vocabulary import names_changed
from people import waking
from people.faces.storing import counts_refresh
from people.models import Alias, Cluster, Decision, Face, FaceCount, Member, Person, PersonTag, Rejection, Suggestion

LOCK = 0x5CA9_0010
"""Key of the advisory lock of decisions; any number that nothing else uses."""

FIELDS: dict[type[Model], tuple[str, ...]] = {
    Person: (
        "name",
        "folded",
        "relation",
        "birth_date",
        "cover_id",
        "hidden",
        "favourite",
        "member_id",
        "created_by_id",
        "created_at",
    ),
    Alias: ("person_id", "name", "folded"),
    Face: (
        "media_id",
        "left",
        "top",
        "width",
        "height",
        "quality",
        "score",
        "origin",
        "state",
        "mirrored",
        "person_id",
        "confirmed",
        "confirmed_by_id",
        "confirmed_at",
        "created_at",
    ),
    PersonTag: ("media_id", "person_id", "tagged_by_id", "created_at"),
    Rejection: ("face_id", "person_id", "member_id", "created_at"),
    Cluster: ("hidden", "created_at"),
}
"""What is kept of the rows of each table. The group of a face is the machine's affair."""
TABLES = {model.__name__.lower(): model for model in FIELDS}


class DecisionError(RecordingError):
    """What was wanted cannot be; the text says why, and what to do."""


@dataclass
class Recording(recording.Recording):
    """What a decision changes. ``decision`` is the row that was kept of it, None where nothing was different."""

    decision: Decision | None = None


def hold() -> None:
    """Until this transaction ends, nobody else decides and no groups are written."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])


@contextmanager
def decide(kind: Decision.Kind, summary: str, member: Member | None) -> Iterator[Recording]:
    """Around everything that one decision changes; ``member`` is None for a command of this machine."""
    with transaction.atomic():
        hold()
        made = Recording(summary, FIELDS)
        yield made
        changes = differences(made, whole=True)
        if changes:
            made.decision = Decision.objects.create(
                kind=kind,
                summary=made.summary[:300],
                member=member,
                changes=changes,
                rows=[f"{change['table']}:{change['id']}" for change in changes],
            )
            _settle(changes)


def _settle(changes: Sequence[Row]) -> None:
    """Faces that were decided about are looked at again by grouping, their photos counted, names asked for anew."""
    of = _ids(changes, "face") | {row["face_id"] for row in _rows(changes, "rejection")}
    faces = Face.objects.filter(pk__in=of)
    faces.update(placed=False)
    settled = Q(face__confirmed=True) | ~Q(face__state=Face.State.FACE)
    Suggestion.objects.filter(settled, face__in=of, origin=Suggestion.Origin.MATCH).delete()
    told = {row["media_id"] for row in _rows(changes, "face")}
    counts_refresh(set(FaceCount.objects.filter(media__in=told).values_list("media_id", flat=True)))
    names_changed()
    transaction.on_commit(waking.wake_grouping)


def _ids(changes: Sequence[Row], table: str) -> set[int]:
    return {change["id"] for change in changes if change["table"] == table}


def _rows(changes: Sequence[Row], table: str) -> Iterator[Row]:
    """What the rows of a table were, and what they are."""
    for change in changes:
        if change["table"] == table:
            yield from (row for row in (change["before"], change["after"]) if row is not None)


def decision_undo(decision: Decision) -> None:
    """Put back what was before. :class:`DecisionError` where that cannot be any more."""
    with transaction.atomic():
        hold()
        decision = Decision.objects.select_for_update().get(pk=decision.pk)
        if decision.undone_at is not None:
            raise DecisionError(gettext("this was undone already"))
        newest = later_about(Decision, decision.pk, decision.rows)
        if newest is not None:
            raise DecisionError(_later(decision, Decision.objects.get(pk=newest)))
        _put_back(decision.changes)
        decision.undone_at = timezone.now()
        decision.save(update_fields=["undone_at"])
        _settle(decision.changes)


def _later(decision: Decision, newest: Decision) -> str:
    """What is in the way. What somebody else decided may name whom the asking member does not know of."""
    if newest.member_id != decision.member_id:
        return gettext("somebody else decided about the same since: it cannot be undone any more, change it by hand")
    return gettext("something was decided about the same since: undo “%(summary)s” first") % {"summary": newest.summary}


def _put_back(changes: Sequence[Row]) -> None:
    """In the order in which no row stands in another's way."""
    by_table: dict[str, list[Row]] = {}
    for change in changes:
        by_table.setdefault(change["table"], []).append(change)
    _refuse_if_used(changes)
    faces = by_table.get("face", [])
    Face.objects.filter(pk__in=[change["id"] for change in faces]).update(person=None, confirmed=False, cluster=None)
    for table in ("rejection", "persontag", "alias"):
        _delete(TABLES[table], [change for change in by_table.get(table, []) if change["before"] is None])
    Person.objects.filter(pk__in=_ids(changes, "person")).update(member=None)
    _write(Person, by_table.get("person", []), without=("cover_id",))
    _make_room(faces)
    _write(Face, faces)
    _delete(Face, [change for change in faces if change["before"] is None])
    for table in ("rejection", "persontag", "alias", "cluster"):
        _write(TABLES[table], by_table.get(table, []))
    _write(Person, by_table.get("person", []))
    _delete(Person, [change for change in by_table.get("person", []) if change["before"] is None])


def _refuse_if_used(changes: Sequence[Row]) -> None:
    """A person who would go with this and is in other photos by now keeps it from being undone."""
    made = [change["id"] for change in changes if change["table"] == "person" and change["before"] is None]
    faces = Face.objects.filter(person__in=made, confirmed=True).exclude(pk__in=_ids(changes, "face"))
    tags = PersonTag.objects.filter(person__in=made).exclude(pk__in=_ids(changes, "persontag"))
    if made and (faces.exists() or tags.exists()):
        raise DecisionError(gettext("they are in other photos by now: undo that, or merge them with somebody"))


def _make_room(faces: Sequence[Row]) -> None:
    """Nobody but a machine may have put the person of a face that comes back on another face of its photo; where
    somebody did, it cannot come back."""
    back = {
        (row["media_id"], row["person_id"])
        for row in (change["before"] for change in faces)
        if row is not None and row["person_id"] is not None and not row["mirrored"] and row["state"] == Face.State.FACE
    }
    others = Face.objects.filter(
        media__in=[media for media, _ in back], person__in=[person for _, person in back], mirrored=False
    ).exclude(pk__in=[change["id"] for change in faces])
    rows = [row for row in others if (row.media_id, row.person_id) in back]
    if any(row.confirmed for row in rows):
        raise DecisionError(gettext("another face of the same photo is this person by now: change that first"))
    Face.objects.filter(pk__in=[row.pk for row in rows]).update(person=None, cluster=None, placed=False)


def _write(model: type[Model], changes: Sequence[Row], without: Sequence[str] = ()) -> None:
    """The rows as they were before, those that are gone with their old ids."""
    back = [
        {**change, "before": {name: value for name, value in change["before"].items() if name not in without}}
        for change in changes
        if change["before"] is not None
    ]
    there = set(model._default_manager.filter(pk__in=[one["id"] for one in back]).values_list("pk", flat=True))
    rows_update(model, [one for one in back if one["id"] in there])
    rows_insert(model, [one for one in back if one["id"] not in there])


def _delete(model: type[Model], changes: Sequence[Row]) -> None:
    rows_delete(model, [change["id"] for change in changes])

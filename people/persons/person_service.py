"""What somebody decides about persons and groups. Each is one decision that can be undone
(:mod:`people.persons.history`).

Whoever calls these has made sure that the persons, groups and faces are visible to ``member``; None is a command of
this machine.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext, ngettext

from media_index.memories.keeping_out import numbers_joined
from people.models import Alias, Cluster, Decision, Face, Member, Person, PersonTag, Rejection, Suggestion, folded
from people.persons.face_service import confirm, confirmable, reject
from people.persons.history import DecisionError, Recording, decide
from people.persons.naming import checked_name, create

Kind = Decision.Kind


@dataclass(frozen=True, slots=True)
class MergePreview:
    """What merging would do: ``faces`` and ``photos`` are those that come to the one that stays; in
    ``photos_with_both`` photos the two stand beside each other, so that they are probably not one person."""

    faces: int
    photos: int
    photos_with_both: int


def person_create(*, name: str, member: Member | None, relation: str = "", birth_date: date | None = None) -> Person:
    """Somebody new. :class:`DecisionError` for a name that is empty or too long."""
    with decide(Kind.CREATE, gettext("%(person)s: new") % {"person": name.strip()}, member) as recording:
        person = create(recording, name, member)
        if relation or birth_date:
            person.relation, person.birth_date = relation, birth_date
            person.save(update_fields=["relation", "birth_date"])
    return person


def person_edit(
    *,
    person: Person,
    member: Member | None,
    name: str,
    relation: str = "",
    birth_date: date | None = None,
    aliases: Sequence[str] = (),
    favourite: bool = False,
) -> Decision | None:
    """Change what is told of a person; ``aliases`` are all that they have from now on."""
    with decide(Kind.EDIT, gettext("%(person)s: changed") % {"person": person.name}, member) as recording:
        recording.watch([person], person.aliases.all())
        person.name = checked_name(name)
        person.relation, person.birth_date, person.favourite = relation.strip(), birth_date, favourite
        person.save(update_fields=["name", "relation", "birth_date", "favourite"])
        wanted = {folded(alias): checked_name(alias) for alias in aliases if alias.strip()}
        wanted.pop(person.folded, None)
        person.aliases.exclude(folded__in=wanted).delete()
        known = set(person.aliases.values_list("folded", flat=True))
        for key, alias in wanted.items():
            if key not in known:
                recording.made(Alias.objects.create(person=person, name=alias))
        faces_doubt(person)
    return recording.decision


def faces_doubt(person: Person) -> None:
    """Within a decision: have grouping look again at who is taken for ``person``. A face from before they were born is
    not theirs."""
    Face.objects.filter(person=person, confirmed=False).update(placed=False)


def person_hide(*, person: Person, hidden: bool, member: Member | None) -> Decision | None:
    """Leave a person out of lists, suggestions and questions, or take them in again. Search by the name still works."""
    said = gettext("%(person)s: hidden") if hidden else gettext("%(person)s: shown again")
    with decide(Kind.HIDE, said % {"person": person.name}, member) as recording:
        recording.watch([person])
        person.hidden = hidden
        person.save(update_fields=["hidden"])
    return recording.decision


def person_link(*, person: Person, member: Member, linked: bool) -> Decision | None:
    """This person is the member themselves ("me" in a query), or is not. A member is one person."""
    said = gettext("%(person)s: this is me") if linked else gettext("%(person)s: not me")
    with decide(Kind.EDIT, said % {"person": person.name}, member) as recording:
        others = Person.objects.filter(member=member)
        if linked and person.member_id not in {None, member.pk}:
            raise DecisionError(gettext("%(person)s is somebody else's account already") % {"person": person.name})
        recording.watch(others, [person])
        others.update(member=None)
        if linked:
            Person.objects.filter(pk=person.pk).update(member=member)
    return recording.decision


def person_cover(*, person: Person, face: Face, member: Member | None) -> Decision | None:
    """The face that stands for a person."""
    if face.person_id != person.pk:
        raise DecisionError(gettext("this face is not theirs"))
    with decide(Kind.EDIT, gettext("%(person)s: another cover") % {"person": person.name}, member) as recording:
        recording.watch([person])
        Person.objects.filter(pk=person.pk).update(cover=face)
    return recording.decision


def merge_preview(*, keep: Person, other: Person, faces: object) -> MergePreview:
    """What :func:`person_merge` would do; ``faces`` is the queryset of those that may be told of."""
    theirs = faces.filter(person=other)  # type: ignore[attr-defined]
    both = faces.filter(person=keep, media__in=theirs.values("media"))  # type: ignore[attr-defined]
    return MergePreview(
        faces=theirs.count(),
        photos=theirs.values("media").distinct().count(),
        photos_with_both=both.values("media").distinct().count(),
    )


def person_merge(*, keep: Person, other: Person, member: Member | None) -> Decision | None:
    """Two are one: all of ``other`` comes to ``keep``, their name as an alias, and ``other`` is gone. In photos where
    both were confirmed, the face of ``other`` has no name afterwards."""
    if keep.pk == other.pk:
        raise DecisionError(gettext("this is the same person"))
    with decide(
        Kind.MERGE, gettext("%(other)s merged into %(keep)s") % {"other": other.name, "keep": keep.name}, member
    ) as recording:
        faces = Face.objects.filter(person=other)
        recording.watch([keep, other], other.aliases.all(), faces)
        recording.watch(other.tags.all(), other.rejections.all(), Face.objects.filter(person=keep, confirmed=True))
        _merge_faces(list(faces), keep)
        _merge_rest(recording, keep, other)
        numbers_joined("person", other.pk, keep.pk)
        Person.objects.filter(pk=other.pk).delete()
    return recording.decision


def _merge_faces(faces: Sequence[Face], keep: Person) -> None:
    """Confirmed faces come along, but for those that were said not to be ``keep`` or stand beside them."""
    confirmed = [face for face in faces if face.confirmed]
    theirs = Face.objects.filter(person=keep, mirrored=False, media__in=[face.media_id for face in confirmed])
    beside = set(theirs.filter(confirmed=True).values_list("media", flat=True))
    refused = set(_refused([face.pk for face in confirmed], keep))
    coming = [face for face in confirmed if face.pk not in refused and (face.mirrored or face.media_id not in beside)]
    ids = [face.pk for face in coming]
    Face.objects.filter(pk__in=[face.pk for face in faces]).exclude(pk__in=ids).update(
        person=None, confirmed=False, confirmed_by=None, confirmed_at=None, placed=False
    )
    plain = [face.media_id for face in coming if not face.mirrored]
    theirs.filter(confirmed=False, media__in=plain).update(person=None, placed=False)
    Face.objects.filter(pk__in=ids).update(person=keep, placed=False)


def _refused(faces: Sequence[int], person: Person) -> list[int]:
    return list(Rejection.objects.filter(face__in=faces, person=person).values_list("face", flat=True))


def _merge_rest(recording: Recording, keep: Person, other: Person) -> None:
    """Tags, rejections, names and the account; what ``keep`` has already stays as it is."""
    tagged = set(keep.tags.values_list("media", flat=True))
    for tag in other.tags.exclude(media__in=tagged):
        recording.made(PersonTag.objects.create(media_id=tag.media_id, person=keep, tagged_by=tag.tagged_by))
    mine = set(keep.rejections.values_list("face", flat=True)) | set(keep.faces.values_list("pk", flat=True))
    for row in other.rejections.exclude(face__in=mine):
        recording.made(Rejection.objects.create(face_id=row.face_id, person=keep, member=row.member))
    known = {keep.folded, *keep.aliases.values_list("folded", flat=True)}
    for name in (other.name, *other.aliases.values_list("name", flat=True)):
        if folded(name) not in known:
            known.add(folded(name))
            recording.made(Alias.objects.create(person=keep, name=name))
    keep.relation = keep.relation or other.relation
    keep.birth_date = keep.birth_date or other.birth_date
    if keep.member_id is None and other.member_id is not None:
        account = other.member_id
        Person.objects.filter(pk=other.pk).update(member=None)
        keep.member_id = account
    keep.save(update_fields=["relation", "birth_date", "member"])


def person_split(*, person: Person, faces: Sequence[Face], to: Person | str, member: Member | None) -> Person:
    """These faces are somebody else, by name where new: they never come back by themselves."""
    if not faces or any(face.person_id != person.pk for face in faces):
        raise DecisionError(gettext("choose faces of %(person)s") % {"person": person.name})
    with decide(Kind.SPLIT, "", member) as recording:
        other = create(recording, to, member) if isinstance(to, str) else to
        if other.pk == person.pk:
            raise DecisionError(gettext("these are %(person)s already") % {"person": person.name})
        reject(recording, faces, person, member)
        fresh = list(Face.objects.filter(pk__in=[face.pk for face in faces]))
        confirm(recording, confirmable(fresh, other), other, member)
        recording.summary = ngettext(
            "%(number)d face of %(person)s is %(other)s", "%(number)d faces of %(person)s are %(other)s", len(faces)
        ) % {"number": len(faces), "person": person.name, "other": other.name}
    return other


def person_forget(*, person: Person, member: Member | None) -> Decision | None:
    """Take a name off all photos and forget it; the faces stay, without a name."""
    with decide(Kind.HIDE, gettext("%(person)s: forgotten") % {"person": person.name}, member) as recording:
        faces = Face.objects.filter(person=person)
        recording.watch([person], person.aliases.all(), faces, person.tags.all(), person.rejections.all())
        faces.update(person=None, confirmed=False, confirmed_by=None, confirmed_at=None, placed=False)
        Person.objects.filter(pk=person.pk).delete()
    return recording.decision


def group_name(*, cluster: Cluster, faces: Sequence[Face], person: Person | str, member: Member | None) -> Person:
    """A whole group at once: ``faces``, those of it that the member sees, are ``person``, by name where new."""
    if any(face.cluster_id != cluster.pk for face in faces) or not faces:
        raise DecisionError(gettext("the group has changed meanwhile: look at it again"))
    return faces_name(faces=faces, person=person, member=member)


def faces_name(*, faces: Sequence[Face], person: Person | str, member: Member | None) -> Person:
    """These faces are ``person``, by name where new: one decision. One that alone was asked about and was refused once
    is taken at its new word; of many, those that cannot be are left
    (:func:`people.persons.face_service.confirmable`)."""
    with decide(Kind.NAME, "", member) as recording:
        named = create(recording, person, member) if isinstance(person, str) else person
        able = list(faces) if len(faces) == 1 else confirmable(faces, named)
        confirm(recording, able, named, member)
        said = ngettext("%(person)s: a face named", "%(person)s: a group of %(number)d faces named", len(able))
        recording.summary = said % {"person": named.name, "number": len(able)}
    return named


def group_hide(*, cluster: Cluster, hidden: bool, member: Member | None) -> Decision | None:
    """A group that nobody wants to name: it is not asked about again."""
    with decide(
        Kind.HIDE, gettext("a group of strangers hidden") if hidden else gettext("a group shown again"), member
    ) as recording:
        recording.watch([cluster])
        Cluster.objects.filter(pk=cluster.pk).update(hidden=hidden)
        Suggestion.objects.filter(face__cluster=cluster).delete()
    return recording.decision

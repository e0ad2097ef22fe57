"""What somebody decides about faces. Each is one decision that can be undone (:mod:`people.persons.history`).

Whoever calls these has made sure that the face and the person are visible to ``member``
(:mod:`people.persons.selectors`); None is a command of this machine.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.utils import timezone
from django.utils.translation import gettext, ngettext

from media_index.models import Media
from people import waking
from people.faces.boxes import SAME_FACE, Box, inside, overlap
from people.faces.storing import counts_refresh
from people.models import Decision, Face, Member, Person, PersonTag, Rejection
from people.persons.history import DecisionError, Recording, decide
from people.persons.naming import create

Kind = Decision.Kind
SMALLEST_DRAWN = 0.01
"""Shortest side of a drawn box as a share of the picture: less is a click that slipped."""


def face_confirm(*, face: Face, person: Person, member: Member | None) -> Decision | None:
    """The face shows this person. :class:`DecisionError` where another face of the photo is confirmed as them."""
    with decide(Kind.CONFIRM, gettext("%(person)s: a face confirmed") % {"person": person.name}, member) as recording:
        confirm(recording, [face], person, member)
    return recording.decision


def faces_confirm(*, faces: Sequence[Face], person: Person, member: Member | None) -> Decision | None:
    """All of them show this person: one decision. Where a photo has several, only the one of the best quality; those
    that cannot be (they were said not to be, or the person stands beside them already) are left."""
    with decide(Kind.CONFIRM, "", member) as recording:
        able = confirmable(faces, person)
        confirm(recording, able, person, member)
        said = ngettext("%(person)s: %(number)d face confirmed", "%(person)s: %(number)d faces confirmed", len(able))
        recording.summary = said % {"person": person.name, "number": len(able)}
    return recording.decision


def confirmable(faces: Sequence[Face], person: Person) -> list[Face]:
    """Those of ``faces`` that can be confirmed as ``person`` without taking a decision back: not rejected, not
    confirmed as somebody else, one of a photo."""
    ids = [face.pk for face in faces]
    refused = set(Rejection.objects.filter(face__in=ids, person=person).values_list("face", flat=True))
    beside = set(
        Face.objects.filter(media__in=[face.media_id for face in faces], person=person, confirmed=True, mirrored=False)
        .exclude(pk__in=ids)
        .values_list("media", flat=True)
    )
    beside |= {face.media_id for face in faces if face.confirmed and face.person_id == person.pk and not face.mirrored}
    able = []
    for face in sorted(faces, key=lambda one: (-one.quality, one.pk)):
        if face.pk in refused or face.confirmed or face.state != Face.State.FACE:
            continue
        if not face.mirrored:
            if face.media_id in beside:
                continue
            beside.add(face.media_id)
        able.append(face)
    return able


def confirm(recording: Recording, faces: Sequence[Face], person: Person, member: Member | None) -> None:
    """Within a decision: these faces show ``person``. At most one of a photo, but for mirrored ones."""
    ids = [face.pk for face in faces]
    rejections = Rejection.objects.filter(face__in=ids, person=person)
    plain = [face.media_id for face in faces if not face.mirrored]
    beside = Face.objects.filter(media__in=plain, person=person, mirrored=False).exclude(pk__in=ids)
    if beside.filter(confirmed=True).exists():
        raise DecisionError(
            gettext(
                "%(person)s is in this photo already: take the name off the other face first, or mark this one as a "
                "mirror or a picture in the picture"
            )
            % {"person": person.name}
        )
    recording.watch(Face.objects.filter(pk__in=ids), rejections)
    rejections.delete()
    beside.update(person=None, cluster=None, placed=False)
    Face.objects.filter(pk__in=ids).update(
        person=person,
        confirmed=True,
        confirmed_by=member,
        confirmed_at=timezone.now(),
        state=Face.State.FACE,
    )


def face_reject(*, face: Face, person: Person, member: Member | None) -> Decision | None:
    """The face does not show this person, who is never proposed for it again."""
    with decide(Kind.REJECT, gettext("not %(person)s: a face") % {"person": person.name}, member) as recording:
        reject(recording, [face], person, member)
    return recording.decision


def faces_reject(*, faces: Sequence[Face], person: Person, member: Member | None) -> Decision | None:
    """None of them shows this person."""
    said = ngettext("not %(person)s: %(number)d face", "not %(person)s: %(number)d faces", len(faces))
    with decide(Kind.REJECT, said % {"person": person.name, "number": len(faces)}, member) as recording:
        reject(recording, faces, person, member)
    return recording.decision


def reject(recording: Recording, faces: Sequence[Face], person: Person, member: Member | None) -> None:
    """Within a decision: these faces do not show ``person``."""
    ids = [face.pk for face in faces]
    recording.watch(Face.objects.filter(pk__in=ids, person=person))
    Face.objects.filter(pk__in=ids, person=person).update(
        person=None, confirmed=False, confirmed_by=None, confirmed_at=None, cluster=None
    )
    known = set(Rejection.objects.filter(face__in=ids, person=person).values_list("face", flat=True))
    rows = [Rejection(face_id=pk, person=person, member=member) for pk in ids if pk not in known]
    recording.made(*Rejection.objects.bulk_create(rows))


def face_move(*, face: Face, person: Person, member: Member | None) -> Decision | None:
    """The face shows ``person``, and not who it was taken for."""
    with decide(Kind.MOVE, gettext("%(person)s: a face moved") % {"person": person.name}, member) as recording:
        before = None if face.person is None or face.person.pk == person.pk else face.person
        if before is not None:
            reject(recording, [face], before, member)
        confirm(recording, [face], person, member)
        if before is not None:
            recording.summary = gettext("a face of %(before)s moved to %(person)s") % {
                "before": before.name,
                "person": person.name,
            }
    return recording.decision


def face_unname(*, face: Face, member: Member | None) -> Decision | None:
    """Take the name off a face without saying who it is not."""
    with decide(Kind.MOVE, gettext("a name taken off a face"), member) as recording:
        recording.watch([face])
        Face.objects.filter(pk=face.pk).update(
            person=None, confirmed=False, confirmed_by=None, confirmed_at=None, cluster=None
        )
    return recording.decision


def face_dismiss(*, face: Face, member: Member | None) -> Decision | None:
    """It is no face: it is not shown any more, and does not come back."""
    return faces_dismiss(faces=[face], member=member)


def faces_dismiss(*, faces: Sequence[Face], member: Member | None) -> Decision | None:
    """None of them is a face."""
    ids = [face.pk for face in faces]
    with decide(Kind.DISMISS, gettext("not a face: %(number)d") % {"number": len(ids)}, member) as recording:
        recording.watch(Face.objects.filter(pk__in=ids))
        Face.objects.filter(pk__in=ids).update(
            state=Face.State.DISMISSED,
            person=None,
            confirmed=False,
            confirmed_by=None,
            confirmed_at=None,
            cluster=None,
        )
    return recording.decision


def face_mirror(*, face: Face, mirrored: bool, member: Member | None) -> Decision | None:
    """Say that a face is one in a mirror, a collage or a picture in the picture, so that its person may be twice in
    the photo; or take that back, where its person is not."""
    with decide(
        Kind.EDIT, gettext("a face in a mirror or a picture") if mirrored else gettext("no mirror"), member
    ) as recording:
        twice = Face.objects.filter(media=face.media_id, person=face.person_id, mirrored=False).exclude(pk=face.pk)
        if not mirrored and face.person_id is not None and twice.exists():
            raise DecisionError(gettext("the same person is on another face of this photo: change that first"))
        recording.watch([face])
        Face.objects.filter(pk=face.pk).update(mirrored=mirrored)
    return recording.decision


def face_add(*, media: Media, box: Box, member: Member | None, person: Person | str | None = None) -> Face:
    """A face that the machine did not find, in fractions of the upright picture, of somebody known or new, or without a
    name; what it looks like is described in the background. :class:`DecisionError` for a box outside of the picture,
    too small, or where there is a face already."""
    try:
        left, top, width, height = inside(box)
    except ValueError as error:
        raise DecisionError(str(error)) from None
    if min(width, height) < SMALLEST_DRAWN:
        raise DecisionError(gettext("the box is too small: draw it around the whole face"))
    with decide(Kind.ADD, gettext("a face added"), member) as recording:
        known = Face.objects.filter(media=media, state=Face.State.FACE)
        if any(overlap(one.box, (left, top, width, height)) >= SAME_FACE for one in known):
            raise DecisionError(gettext("there is a face in this place already"))
        face = Face.objects.create(
            media=media, left=left, top=top, width=width, height=height, origin=Face.Origin.DRAWN, quality=0.0
        )
        recording.made(face)
        if person is not None:
            named = create(recording, person, member) if isinstance(person, str) else person
            confirm(recording, [face], named, member)
            recording.summary = gettext("%(named)s: a face added") % {"named": named.name}
    counts_refresh([media.pk])
    waking.wake_describing()
    face.refresh_from_db()
    return face


def person_tag(*, media: Media, person: Person, member: Member | None) -> Decision | None:
    """The person is in the photo, though no face of theirs is to be seen."""
    with decide(Kind.TAG, gettext("%(person)s tagged in a photo") % {"person": person.name}, member) as recording:
        tag, made = PersonTag.objects.get_or_create(media=media, person=person, defaults={"tagged_by": member})
        if made:
            recording.made(tag)
    return recording.decision


def person_untag(*, media: Media, person: Person, member: Member | None) -> Decision | None:
    """Take that back."""
    with decide(
        Kind.TAG, gettext("%(person)s no more tagged in a photo") % {"person": person.name}, member
    ) as recording:
        tags = PersonTag.objects.filter(media=media, person=person)
        recording.watch(tags)
        tags.delete()
    return recording.decision

"""Faces: the picture of one, what is said of it, and those of a photo."""

from __future__ import annotations

from http import HTTPStatus

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from media_index.access import media_or_404
from media_index.models import Media
from media_index.previews import preview_noticed_missing
from people.faces.crops import crop, crop_key
from people.models import Face, Person
from people.pages.common import answer, person_named
from people.persons import face_service, person_service, selectors
from people.persons.access import face_or_404, member_of, scope_of
from people.persons.history import DecisionError

A_YEAR = 365 * 24 * 60 * 60
PERCENT = 100.0


@require_safe
def face_crop(request: HttpRequest, pk: int, key: str) -> HttpResponse:
    """The picture of a face, of whoever may see its photo. Its address changes with it, so a browser may keep it."""
    face = face_or_404(request, pk)
    if key != crop_key(face):
        raise Http404
    request.META.pop("HTTP_ACCEPT_ENCODING", None)  # a picture is compressed already
    etag = f'"{key}"'
    known = get_conditional_response(request, etag)
    if isinstance(known, HttpResponse) and known.status_code == HTTPStatus.NOT_MODIFIED:
        response = known
    else:
        try:
            response = HttpResponse(crop(face), content_type="image/webp")
        except OSError:  # also what is no picture any more
            preview_noticed_missing(face.media)
            raise Http404(gettext("The picture has not been made yet.")) from None
    response.headers["ETag"] = etag
    response.headers["Cache-Control"] = f"private, max-age={A_YEAR}, immutable"
    return response


@require_POST
def face_change(request: HttpRequest, pk: int) -> HttpResponse:
    """``action``: name (in ``name``), confirm, reject, unname, dismiss, mirror, no-mirror."""
    face = face_or_404(request, pk)
    return answer(request, face.media.get_absolute_url(), lambda: _change(request, face))


def _change(request: HttpRequest, face: Face) -> str:
    member, action = member_of(request), request.POST.get("action", "")
    who = face.person
    if action == "name":
        meant = person_named(request, request.POST.get("name", ""))
        person = _move(request, face, meant)
        return gettext("This is %(person)s.") % {"person": person.name}
    if action == "confirm" and who:
        face_service.face_confirm(face=face, person=who, member=member)
        return gettext("This is %(who)s.") % {"who": who.name}
    if action == "reject" and who:
        face_service.face_reject(face=face, person=who, member=member)
        return gettext("This is not %(who)s.") % {"who": who.name}
    if action == "unname":
        face_service.face_unname(face=face, member=member)
        return gettext("The name is taken off.")
    if action == "dismiss":
        face_service.face_dismiss(face=face, member=member)
        return gettext("Not a face: it will not be shown any more.")
    if action in {"mirror", "no-mirror"}:
        face_service.face_mirror(face=face, mirrored=action == "mirror", member=member)
        return gettext("A face in a mirror or a picture.") if action == "mirror" else gettext("Not a mirror.")
    raise DecisionError(gettext("press one of the buttons: nothing has happened"))


def _move(request: HttpRequest, face: Face, meant: Person | str) -> Person:
    member = member_of(request)
    if isinstance(meant, Person) and face.person_id not in {None, meant.pk}:
        face_service.face_move(face=face, person=meant, member=member)
        return meant
    if face.person is not None and isinstance(meant, str):
        return person_service.person_split(person=face.person, faces=[face], to=meant, member=member)
    return person_service.faces_name(faces=[face], person=meant, member=member)


@require_POST
def media_faces(request: HttpRequest, pk: int) -> HttpResponse:
    """What is added to a photo: a face in a box (``left``, ``top``, ``width``, ``height`` in percent), with or without
    a ``name``; or, with ``action`` tag or untag, a person who shows no face."""
    media = media_or_404(request, pk)
    return answer(request, media.get_absolute_url(), lambda: _add(request, media))


def _add(request: HttpRequest, media: Media) -> str:
    member, action = member_of(request), request.POST.get("action", "")
    text = request.POST.get("name", "")
    if action == "untag":
        person = selectors.named(scope_of(request), text)
        if person is None:
            raise DecisionError(gettext("nobody of this name is tagged here"))
        face_service.person_untag(media=media, person=person, member=member)
        return gettext("%(person)s is not tagged any more.") % {"person": person.name}
    if action == "tag":
        person = _somebody(request, text)
        face_service.person_tag(media=media, person=person, member=member)
        return gettext("%(person)s is tagged.") % {"person": person.name}
    if action != "add":
        raise DecisionError(gettext("press one of the buttons: nothing has happened"))
    named = person_named(request, text) if text.strip() else None
    face = face_service.face_add(media=media, box=_box(request), person=named, member=member)
    return gettext("%(name)s is added.") % {"name": face.person.name} if face.person else gettext("The face is added.")


def _somebody(request: HttpRequest, text: str) -> Person:
    who = person_named(request, text)
    return person_service.person_create(name=who, member=member_of(request)) if isinstance(who, str) else who


def _box(request: HttpRequest) -> tuple[float, float, float, float]:
    try:
        left, top, width, height = (float(request.POST[side]) / PERCENT for side in ("left", "top", "width", "height"))
    except (KeyError, ValueError):
        raise DecisionError(
            gettext("draw a box around the face, or tell where it is in percent of the picture")
        ) from None
    return left, top, width, height

"""What the pages of people share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext

from media_index.views.leading import next_page
from people.faces.crops import crop_key
from people.models import Decision, Face, Person
from people.persons import selectors
from people.persons.access import member_of, scope_of
from people.persons.history import DecisionError
from people.persons.naming import checked_name

UNDO_FOR = timedelta(minutes=30)
"""How long the last decision is offered to be undone beside the page's heading; later on the page of decisions."""


@dataclass(frozen=True, slots=True)
class FaceTile:
    """A face as it is shown: its crop, a box for the SVG over the photo, and what is said of it."""

    face: Face
    src: str
    label: str


def face_tile(face: Face, label: str = "") -> FaceTile:
    """``face`` with its media."""
    return FaceTile(face, crop_url(face), label or (face.person.name if face.person else gettext("without a name")))


def crop_url(face: Face) -> str:
    return reverse("face-crop", args=[face.pk, crop_key(face)])


def names(request: HttpRequest) -> list[str]:
    """The names that a field for a name proposes."""
    people = selectors.persons(scope_of(request)).filter(hidden=False)
    return list(dict.fromkeys(people.values_list("name", flat=True)))


def person_named(request: HttpRequest, text: str) -> Person | str:
    """Who is meant in a field for a name: somebody known, or a name for somebody new. :class:`DecisionError` where it
    is no name."""
    name = checked_name(text)
    return selectors.named(scope_of(request), name) or name


def last_decision(request: HttpRequest) -> Decision | None:
    """The member's last decision, if it is fresh and stands."""
    recent = Decision.objects.filter(member=member_of(request), created_at__gte=timezone.now() - UNDO_FOR)
    newest = recent.order_by("-pk").first()
    return newest if newest is not None and newest.undone_at is None else None


def answer(request: HttpRequest, fallback: str, act: Callable[[], str]) -> HttpResponse:
    """Do it, tell what was done or why not, and go back to where the form was."""
    try:
        messages.success(request, act())
    except DecisionError as error:
        messages.error(request, f"{str(error)[:1].upper()}{str(error)[1:]}.")
    return redirect(safe_next(request) or fallback)


def safe_next(request: HttpRequest) -> str:
    """The address that a form names to go back to, if it is one of ours."""
    return next_page(request, "")


def chosen(request: HttpRequest) -> list[int]:
    """The ids of the faces whose boxes are ticked."""
    return [pk for text in request.POST.getlist("face") if (pk := whole(text)) is not None]


def whole(text: str) -> int | None:
    """A whole number that is an id, else None."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


def so_many(faces: Sequence[Face]) -> str:
    """``1 face``, ``2 faces``."""
    return ngettext("%(number)d face", "%(number)d faces", len(faces)) % {"number": len(faces)}

"""The review: one question after the other, the best first; and the page of one group."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from people.models import Decision, Face, Person
from people.pages.common import answer, chosen, face_tile, last_decision, names, person_named, so_many, whole
from people.persons import face_service, person_service, reviewing, selectors
from people.persons.access import decision_or_404, group_or_404, member_of, scope_of
from people.persons.history import DecisionError, decision_undo

SKIPPED = "people_skipped"
"""Where the session keeps the keys of questions that were skipped."""
MOST_SKIPPED = 200
FACES_SHOWN = 300
DECISIONS_SHOWN = 100


@require_GET
def review(request: HttpRequest) -> HttpResponse:
    """The best question now."""
    scope = scope_of(request)
    skipped = request.session.get(SKIPPED, [])
    asked = next(iter(reviewing.questions(scope, skipped)), None)
    context = {
        "question": asked,
        "faces": [face_tile(face) for face in asked.faces] if asked else [],
        "left": reviewing.left(scope),
        "names": names(request),
        "undo": last_decision(request),
    }
    return render(request, "people/review.html", context)


@require_POST
def review_answer(request: HttpRequest) -> HttpResponse:
    """``action``: yes, no, name (somebody else, in ``name``), skip, none (no face), strangers (nobody names them)."""
    scope = scope_of(request)
    asked = reviewing.question(scope, request.POST.get("question", ""))
    if asked is None:
        return answer(request, reverse("review"), _answered_already)
    last = whole(request.POST.get("last", ""))
    faces = reviewing.faces_of(scope, asked, asked.last if last is None else last)
    return answer(request, reverse("review"), lambda: _act(request, asked, faces))


def _answered_already() -> str:
    raise DecisionError(gettext("this was answered meanwhile"))


def _act(request: HttpRequest, asked: reviewing.Question, faces: Sequence[Face]) -> str:
    member, action = member_of(request), request.POST.get("action", "")
    if action == "skip":
        request.session[SKIPPED] = [*request.session.get(SKIPPED, []), asked.key][-MOST_SKIPPED:]
        return gettext("Skipped: it comes again at the end.")
    if action == "yes" and asked.guess:
        return _name(request, faces, asked.person or person_named(request, asked.name))
    if action == "no" and asked.person:
        face_service.faces_reject(faces=faces, person=asked.person, member=member)
        return gettext("Not %(name)s.") % {"name": asked.person.name}
    if action == "name":
        return _name(request, faces, person_named(request, request.POST.get("name", "")))
    if action == "none":
        face_service.faces_dismiss(faces=faces, member=member)
        return gettext("Not a face.")
    if action == "strangers" and asked.cluster:
        person_service.group_hide(cluster=asked.cluster, hidden=True, member=member)
        return gettext("Not asked about again.")
    raise DecisionError(gettext("press one of the buttons: nothing has happened"))


def _name(request: HttpRequest, faces: Sequence[Face], who: Person | str) -> str:
    named = person_service.faces_name(faces=faces, person=who, member=member_of(request))
    return f"{named.name}: {so_many(faces)}."


@require_http_methods(["GET", "POST"])
def group_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """All faces of a group, to name it whole or in part."""
    group, scope = group_or_404(request, pk), scope_of(request)
    rows = selectors.faces(scope).filter(cluster=group, person=None).select_related("media", "person")
    if request.method == "POST":
        faces = list(rows.filter(pk__in=chosen(request)))
        return answer(request, reverse("person-list"), lambda: _name_group(request, faces))
    faces = list(rows.order_by("-quality", "pk")[: FACES_SHOWN + 1])
    context = {
        "group": group,
        "faces": [face_tile(face) for face in faces[:FACES_SHOWN]],
        "more": len(faces) > FACES_SHOWN,
        "names": names(request),
    }
    return render(request, "people/group_detail.html", context)


def _name_group(request: HttpRequest, faces: Sequence[Face]) -> str:
    member, action = member_of(request), request.POST.get("action", "")
    count = so_many(faces)
    if not faces:
        raise DecisionError(gettext("choose some faces first"))
    if action == "dismiss":
        face_service.faces_dismiss(faces=faces, member=member)
        return gettext("%(count)s will not be shown any more.") % {"count": count}
    if action == "strangers" and faces[0].cluster:
        person_service.group_hide(cluster=faces[0].cluster, hidden=True, member=member)
        return gettext("Not asked about again.")
    if action != "name":
        raise DecisionError(gettext("press one of the buttons: nothing has happened"))
    who = person_named(request, request.POST.get("name", ""))
    named = person_service.faces_name(faces=faces, person=who, member=member)
    return _named(named, count)


def _named(person: Person, count: str) -> str:
    return gettext("%(person)s: %(faces)s named.") % {"person": person.name, "faces": count}


@require_POST
def group_name(request: HttpRequest, pk: int) -> HttpResponse:
    """The whole group at once, from the list of people."""
    group, scope = group_or_404(request, pk), scope_of(request)
    last = whole(request.POST.get("last", ""))
    rows = selectors.faces(scope).filter(cluster=group, person=None)
    if last is not None:
        rows = rows.filter(pk__lte=last)

    def act() -> str:
        who = person_named(request, request.POST.get("name", ""))
        faces = list(rows)
        named = person_service.group_name(cluster=group, faces=faces, person=who, member=member_of(request))
        return _named(named, so_many(faces))

    return answer(request, reverse("person-list"), act)


@require_GET
def decisions(request: HttpRequest) -> HttpResponse:
    """What the member decided about people, the last first, with a button to undo each."""
    rows = Decision.objects.filter(member=member_of(request)).defer("changes")[:DECISIONS_SHOWN]
    return render(request, "people/decisions.html", {"decisions": rows})


@require_POST
def decision_take_back(request: HttpRequest, pk: int) -> HttpResponse:
    decision = decision_or_404(request, pk)

    def act() -> str:
        decision_undo(decision)
        return gettext("Undone: %(summary)s.") % {"summary": decision.summary}

    return answer(request, reverse("decisions"), act)

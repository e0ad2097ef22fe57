"""Persons: the list, the page of one, and what is changed there."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from media_index.memories.keeping_out import keeps_out
from media_index.search.query.values import quoted
from media_index.views.search import address
from media_index.views.tiles import tiles
from people.models import Face, Person
from people.pages.common import answer, chosen, crop_url, face_tile, last_decision, names, person_named, so_many
from people.persons import face_service, person_service, reviewing, selectors
from people.persons.access import member_of, person_or_404, scope_of
from people.persons.history import DecisionError
from people.persons.person_form import PersonForm

GROUPS_SHOWN = 12
PHOTOS_SHOWN = 60
FACES_SHOWN = 300
COMPANY_SHOWN = 8


def _card(card: selectors.PersonCard) -> dict[str, object]:
    return {"person": card.person, "photos": card.photos, "src": crop_url(card.cover) if card.cover else ""}


@require_GET
def person_list(request: HttpRequest) -> HttpResponse:
    """Groups that wait for a name first, then everybody who has one; ``?hidden`` shows those who are hidden."""
    scope = scope_of(request)
    hidden = "hidden" in request.GET
    groups = [] if hidden else selectors.group_cards(scope, limit=GROUPS_SHOWN)
    known = list(selectors.persons(scope))
    cards = selectors.cards(scope, [person for person in known if person.hidden == hidden])
    context = {
        "cards": [_card(card) for card in cards],
        "groups": [{"card": card, "src": crop_url(card.sample[0])} for card in groups],
        "hidden": hidden,
        "any_hidden": any(person.hidden for person in known),
        "left": reviewing.left(scope),
        "names": list(dict.fromkeys(person.name for person in known if not person.hidden)),
        "undo": last_decision(request),
    }
    return render(request, "people/person_list.html", context)


@require_GET
def person_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Photos, first and latest, with whom, how old."""
    person, scope = person_or_404(request, pk), scope_of(request)
    media, story = selectors.latest_of(scope, person, limit=PHOTOS_SHOWN)
    query = f"person:{_value(person)}"
    shown = tiles(media, request.user, suffix=f"?q={_encoded(query)}")
    cover = selectors.covers(scope, [person.pk]).get(person.pk)
    around = selectors.around(scope, person)
    context = {
        "person": person,
        "aliases": person.aliases.all(),
        "story": story,
        "ages": _ages(person, story),
        "src": crop_url(cover) if cover else "",
        "tiles": [shown[item.pk] for item in media],
        "company": [
            {**_card(card), "url": address(f"{query} person:{_value(card.person)}")}
            for card in selectors.company(scope, person, around.together, limit=COMPANY_SHOWN)
        ],
        "places": [
            {"name": name, "photos": count, "url": address(f"{query} place:{quoted(name)}")}
            for name, count in around.places
        ],
        "search": address(query),
        "is_me": person.member_id == member_of(request).pk,
        "others_account": person.member_id not in {None, member_of(request).pk},
        "undo": last_decision(request),
        "kept_out": f"person:#{person.pk}",
        "is_kept_out": keeps_out(member_of(request).pk, f"person:#{person.pk}"),
    }
    return render(request, "people/person_detail.html", context)


def _value(person: Person) -> str:
    return quoted(person.name)


def _encoded(query: str) -> str:
    return address(query).partition("?q=")[2]


def _ages(person: Person, story: selectors.Story) -> str:
    """``3 to 9 years``: how old they are in their photos."""
    if story.first is None or story.latest is None:
        return ""
    first, last = person.age_at(story.first), person.age_at(story.latest)
    if last is None:
        return ""
    if (first or 0) != last:
        return gettext("%(first)d to %(last)d years old") % {"first": first or 0, "last": last}
    return ngettext("%(years)d year old", "%(years)d years old", last) % {"years": last}


@require_http_methods(["GET", "POST"])
def person_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Name, other names, relation, birth date."""
    person = person_or_404(request, pk)
    form = PersonForm(request.POST or None, initial=PersonForm.of(person))
    if request.method == "POST" and form.is_valid():
        try:
            person_service.person_edit(person=person, member=member_of(request), **form.values())
        except DecisionError as error:
            form.add_error("name", str(error))
        else:
            return redirect(person)
    return render(request, "people/person_edit.html", {"person": person, "form": form})


@require_POST
def person_change(request: HttpRequest, pk: int) -> HttpResponse:
    """One of the buttons of a person's page: ``action`` is hide, show, me, not-me or forget."""
    person, member = person_or_404(request, pk), member_of(request)
    actions: dict[str, Callable[[], object]] = {
        "hide": lambda: person_service.person_hide(person=person, hidden=True, member=member),
        "show": lambda: person_service.person_hide(person=person, hidden=False, member=member),
        "me": lambda: person_service.person_link(person=person, member=member, linked=True),
        "not-me": lambda: person_service.person_link(person=person, member=member, linked=False),
        "forget": lambda: person_service.person_forget(person=person, member=member),
    }
    said = {
        "hide": gettext("%(person)s is hidden now.") % {"person": person.name},
        "show": gettext("%(person)s is shown again.") % {"person": person.name},
        "me": gettext("%(person)s is you: search for “me”.") % {"person": person.name},
        "not-me": gettext("%(person)s is not you any more.") % {"person": person.name},
        "forget": gettext("%(person)s is forgotten.") % {"person": person.name},
    }
    action = request.POST.get("action", "")

    def act() -> str:
        if action not in actions:
            raise DecisionError(gettext("press one of the buttons: nothing has happened"))
        actions[action]()
        return said[action]

    return answer(request, reverse("person-list") if action in {"hide", "forget"} else person.get_absolute_url(), act)


@require_http_methods(["GET", "POST"])
def person_merge(request: HttpRequest, pk: int) -> HttpResponse:
    """Make one of two: whom, then what it would do, then the doing."""
    person, scope = person_or_404(request, pk), scope_of(request)
    chosen = request.POST.get("other") or request.GET.get("other", "")
    other = selectors.named(scope, chosen) if chosen else None
    if other is not None and other.pk == person.pk:
        other = None
    if request.method == "POST" and other is not None:
        merged = other

        def act() -> str:
            person_service.person_merge(keep=person, other=merged, member=member_of(request))
            return gettext("%(merged)s and %(person)s are one now.") % {"merged": merged.name, "person": person.name}

        return answer(request, person.get_absolute_url(), act)
    shown = selectors.covers(scope, [person.pk, *([other.pk] if other else [])])
    preview = other and person_service.merge_preview(keep=person, other=other, faces=selectors.faces(scope))
    context = {
        "person": person,
        "src": crop_url(shown[person.pk]) if person.pk in shown else "",
        "other": other,
        "other_src": crop_url(shown[other.pk]) if other and other.pk in shown else "",
        "preview": preview,
        "chosen": chosen,
        "names": [name for name in names(request) if name != person.name],
    }
    return render(request, "people/person_merge.html", context)


@require_http_methods(["GET", "POST"])
def person_faces(request: HttpRequest, pk: int) -> HttpResponse:
    """All faces of a person, to take out those that are not theirs."""
    person, scope = person_or_404(request, pk), scope_of(request)
    rows = selectors.faces(scope).filter(person=person).select_related("media", "person")
    if request.method == "POST":
        faces = list(rows.filter(pk__in=chosen(request)))
        return answer(request, reverse("person-faces", args=[pk]), lambda: _change_faces(request, person, faces))
    faces = list(rows.order_by("confirmed", "quality", "pk")[: FACES_SHOWN + 1])
    context = {
        "person": person,
        "faces": [face_tile(face, _sure(face)) for face in faces[:FACES_SHOWN]],
        "more": len(faces) > FACES_SHOWN,
        "names": [name for name in names(request) if name != person.name],
        "undo": last_decision(request),
    }
    return render(request, "people/person_faces.html", context)


def _sure(face: Face) -> str:
    return gettext("confirmed") if face.confirmed else gettext("found by itself")


def _change_faces(request: HttpRequest, person: Person, faces: Sequence[Face]) -> str:
    member, action = member_of(request), request.POST.get("action", "")
    count = so_many(faces)
    if not faces:
        raise DecisionError(gettext("choose some faces first"))
    if action == "confirm":
        face_service.faces_confirm(faces=faces, person=person, member=member)
        return gettext("%(count)s confirmed as %(person)s.") % {"count": count, "person": person.name}
    if action == "reject":
        face_service.faces_reject(faces=faces, person=person, member=member)
        return gettext("%(count)s taken off %(person)s.") % {"count": count, "person": person.name}
    if action == "dismiss":
        face_service.faces_dismiss(faces=faces, member=member)
        return gettext("%(count)s will not be shown any more.") % {"count": count}
    if action == "cover":
        person_service.person_cover(person=person, face=faces[0], member=member)
        return gettext("%(person)s has another cover.") % {"person": person.name}
    if action == "move":
        other = person_named(request, request.POST.get("name", ""))
        person_service.person_split(person=person, faces=faces, to=other, member=member)
        return gettext("%(count)s moved to %(value)s.") % {
            "count": count,
            "value": other if isinstance(other, str) else other.name,
        }
    raise DecisionError(gettext("press one of the buttons: nothing has happened"))

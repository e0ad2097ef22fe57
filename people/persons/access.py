"""Who may see which face, person and group: fetch, authorise, or 404."""

from __future__ import annotations

from typing import cast

from django.http import Http404, HttpRequest

from media_index.search.filters.base import Scope
from people.models import Cluster, Decision, Face, Member, Person
from people.persons import selectors


def scope_of(request: HttpRequest) -> Scope:
    return Scope.of(request.user)


def member_of(request: HttpRequest) -> Member:
    """Who asks; every page here is for members only."""
    return cast(Member, request.user)


def face_or_404(request: HttpRequest, pk: int) -> Face:
    """The face with this id, if its photo is one that the member may see; also one that is not a face any more."""
    scope = scope_of(request)
    found = Face.objects.filter(pk=pk, media__in=scope.media.order_by().values("pk"))
    face = found.exclude(state=Face.State.UNSEEN).select_related("media", "person", "cluster").first()
    if face is None:
        raise Http404
    return face


def person_or_404(request: HttpRequest, pk: int) -> Person:
    found = selectors.persons(scope_of(request)).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def group_or_404(request: HttpRequest, pk: int) -> Cluster:
    """The group, if the member may see a face of it that has no name yet."""
    found = selectors.groups(scope_of(request)).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def decision_or_404(request: HttpRequest, pk: int) -> Decision:
    """A decision of the member's own."""
    found = Decision.objects.filter(pk=pk, member=member_of(request)).first()
    if found is None:
        raise Http404
    return found

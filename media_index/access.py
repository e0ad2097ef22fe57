"""Who may see what, answered in one place: fetch, authorise, or 404."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from django.contrib.auth import get_user_model
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from media_index.library.albums.rights import may_manage
from media_index.library.tags.selectors import known as tags_known
from media_index.library.tags.tree import TagTree
from media_index.models import Album, KeptOut, Media, SavedSearch, Source, Tag
from media_index.search.filters.base import Scope


def media_or_404(request: HttpRequest, pk: int, *beside: str) -> Media:
    """The media with this id, if the member who asks may see it; else 404, as if there were none. ``beside``: what is
    read along with it (``select_related``)."""
    rows = Media.objects.visible_to(request.user).filter(pk=pk)
    found = (rows.select_related(*beside) if beside else rows).first()
    if found is None:
        raise Http404
    return found


def media_by_hash_or_404(request: HttpRequest, content_hash: str) -> Media:
    """The same by the content's hash."""
    found = Media.objects.visible_to(request.user).filter(content_hash=content_hash).first()
    if found is None:
        raise Http404
    return found


def member_id_of(request: HttpRequest) -> int:
    """The id of the member who asks; 404 for who is not signed in, whom the pages lead to sign in before."""
    member_id = request.user.pk
    if member_id is None:
        raise Http404
    return member_id


def saved_search_or_404(request: HttpRequest, pk: int) -> SavedSearch:
    """The saved search with this id, if it is that of the member who asks; else 404."""
    found = SavedSearch.objects.filter(pk=pk, member_id=member_id_of(request)).first()
    if found is None:
        raise Http404
    return found


def source_or_404(request: HttpRequest, pk: int) -> Source:
    """The source with this id, if an administrator asks who may see it; else 404."""
    require_administrator(request)
    found = Source.objects.visible_to(request.user).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def kept_out_or_404(request: HttpRequest, pk: int) -> KeptOut:
    """What is kept out of memories under this id, if it is the member's who asks; else 404."""
    found = KeptOut.objects.filter(pk=pk, member_id=member_id_of(request)).first()
    if found is None:
        raise Http404
    return found


def visible_source_or_404(request: HttpRequest, pk: int) -> Source:
    """The source with this id, if the member who asks may see what it holds; else 404."""
    found = Source.objects.visible_to(request.user).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def tag_or_404(request: HttpRequest, pk: int) -> tuple[Tag, TagTree]:
    """The tag with this id, if the member who asks knows it, and the tree of all that they know; else 404."""
    tree = tags_known(Scope.of(request.user))
    found = Tag.objects.filter(pk=pk).first() if pk in tree else None
    if found is None:
        raise Http404
    return found, tree


def album_or_404(request: HttpRequest, pk: int) -> Album:
    """The album with this id, if the member who asks may open it; else 404."""
    found = Album.objects.visible_to(request.user).filter(pk=pk).select_related("owner").first()
    if found is None:
        raise Http404
    return found


def managed_album_or_404(request: HttpRequest, pk: int) -> Album:
    """The same, if they may change it as well."""
    found = album_or_404(request, pk)
    if not may_manage(found, request.user):
        raise Http404
    return found


def require_administrator(request: HttpRequest) -> None:
    """404 for everyone but administrators: a page that one may not use is not shown to exist."""
    if not getattr(request.user, "is_staff", False):
        raise Http404


View = TypeVar("View", bound=Callable[..., HttpResponse])


def takes_access_tokens(view: View) -> View:
    """Marks a page that scripts may read by an access token, in JSON. It must change nothing."""
    view.takes_access_tokens = True  # type: ignore[attr-defined]
    return view


class FirstRunMiddleware:
    """Until the first account is made, every page leads to the set-up."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.has_members = False

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # Not even asked for the set-up and the health check: the latter must answer when the database does not.
        if not self.has_members and request.path not in (reverse("setup"), reverse("health")):
            self.has_members = get_user_model().objects.exists()
            if not self.has_members:
                return redirect("setup")
        return self.get_response(request)

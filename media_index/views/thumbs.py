"""What members say of results: the thumbs, and the page where they see and take back what they said."""

from __future__ import annotations

from http import HTTPStatus

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from media_index.access import media_or_404
from media_index.feedback_service import Shown, feedback_delete, vote_set
from media_index.models import Feedback, Media, Opened
from media_index.search.answers import Found
from media_index.search.engine import search as find
from media_index.search.filters.base import Scope
from media_index.views.leading import next_page
from media_index.views.results import Thumbs
from media_index.views.search import MOST, address
from media_index.views.tiles import describe, thumbnail_url

VOTES = {"up": 1, "down": -1, "none": 0}
PAGE = 60


def shown(found: Found, media_id: int, rank: int | None = None) -> Shown | None:
    """A media among the results of a search, as it was shown; None where it is not among them. ``rank`` is what the
    page said, where there was one: after a vote the results stand in another order."""
    for at, hit in enumerate(found.hits + found.nearest, start=1):
        if hit.media_id == media_id:
            return Shown(
                query=found.query,
                canonical=found.canonical,
                media_id=media_id,
                moment=hit.moment,
                encoder_key=found.encoder_key,
                score=hit.score,
                probability=hit.probability,
                rank=rank or at,
            )
    return None


def thumbs_of(found: Found, result: Shown) -> Thumbs:
    """The thumbs of a result as they stand."""
    votes = {hit.media_id: hit.vote for hit in found.hits + found.nearest}
    return Thumbs(result.media_id, found.query, result.rank, votes[result.media_id])


@require_POST
def feedback(request: HttpRequest, pk: int) -> HttpResponse:
    """A thumb on a result: ``q``, ``rank`` and ``vote`` (up, down, none). Answers the thumbs as they are now, or,
    without script, leads back. 404 for what is not among one's own results."""
    media = media_or_404(request, pk)
    query = request.POST.get("q", "").replace("\0", "").strip()
    if not query:
        raise Http404
    vote, rank = VOTES.get(request.POST.get("vote", "")), request.POST.get("rank", "")
    if vote is None:
        raise BadRequest("a vote is up, down or none")
    if not (rank.isascii() and rank.isdigit() and 1 <= int(rank[:4]) <= MOST and len(rank) <= len(str(MOST))):
        raise BadRequest(f"a rank is a number from 1 to {MOST}")
    scope = Scope.of(request.user)
    what = shown(find(query, scope, limit=MOST), media.pk, int(rank))
    if what is None:
        raise Http404
    vote_set(member_id=_member_id(request), shown=what, media=media, vote=vote, scope=scope)
    if getattr(request, "htmx", False):
        thumbs = Thumbs(media.pk, query, int(rank), vote)
        return render(request, "media_index/_thumbs.html", {"thumbs": thumbs, "said": True})
    return redirect(next_page(request, address(query)))


@require_safe
def improve(request: HttpRequest) -> HttpResponse:
    """All that one has said, newest first, and how much was noted of what one opened."""
    mine = Feedback.objects.filter(member=_member_id(request)).order_by("-created_at", "-pk")
    page = Paginator(mine, PAGE).get_page(request.GET.get("page"))
    media = Media.objects.visible_to(request.user).found().in_bulk({vote.media_id for vote in page})
    context = {
        "page": page,
        "votes": [_row(vote, media.get(vote.media_id)) for vote in page],
        "opened": Opened.objects.filter(member=_member_id(request)).count(),
    }
    return render(request, "media_index/improve.html", context)


def _row(vote: Feedback, media: Media | None) -> dict[str, object]:
    """A vote as the page shows it; a media that one may not see any more is not told of."""
    return {
        "vote": vote,
        "search": address(vote.query),
        "url": media.get_absolute_url() if media else "",
        "src": thumbnail_url(media, "small") if media and media.has_preview else "",
        "alt": describe(media) if media else "",
    }


@require_POST
def feedback_take_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back one of one's own votes; 404 for anybody else's."""
    vote = Feedback.objects.filter(member=_member_id(request), pk=pk).first()
    if vote is None:
        raise Http404
    vote.delete()
    if getattr(request, "htmx", False):
        return HttpResponse(status=HTTPStatus.OK)
    messages.success(request, gettext("Taken back."))
    return redirect("improve")


@require_POST
def feedback_clear(request: HttpRequest) -> HttpResponse:
    """Forget all of it."""
    feedback_delete(_member_id(request))
    messages.success(request, gettext("All that was noted of your searches is deleted."))
    return redirect(reverse("improve"))


def _member_id(request: HttpRequest) -> int:
    if request.user.pk is None:
        raise Http404
    return request.user.pk

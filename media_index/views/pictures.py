"""Search by a picture that is brought: choose it, wait for it, and go on to what is like it."""

from __future__ import annotations

from datetime import timedelta
from http import HTTPStatus

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_safe
from django_htmx.http import HttpResponseClientRedirect

from media_index.models import Media, Sample
from media_index.reasons import explain
from media_index.samples import MOST_BYTES, SampleError, sample_create
from media_index.search.filters.base import Scope
from media_index.search.likeness import of_media, of_sample
from media_index.views.search import address

FIELD = "picture"
MOST_REQUEST = MOST_BYTES + 64 * 1024
"""With what a form adds."""
LONG = timedelta(seconds=6)
"""Mostly it takes one or two seconds; then the worker is busy, or has to load its models first."""
TOO_LONG = timedelta(seconds=90)
"""No batch takes that long: nobody works."""


@csrf_exempt  # only until the length is known: reading the form is what `_picture`, protected, does
@require_http_methods(["GET", "HEAD", "POST"])
def picture(request: HttpRequest) -> HttpResponse:
    """The form, and what is brought by it. What is too large is refused before any of it is read."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    if request.method == "POST" and not (length.isdigit() and int(length) <= MOST_REQUEST):
        error = gettext("That is more than %(value)s MB: choose a smaller picture.") % {"value": MOST_BYTES // 1024**2}
        return _page(request, error, HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    return _picture(request)


@csrf_protect
def _picture(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return _page(request)
    brought = request.FILES.get(FIELD)
    if brought is None or request.user.pk is None:
        return _page(request, gettext("Choose a picture first."), HTTPStatus.BAD_REQUEST)
    try:
        kept = sample_create(brought.chunks(), member_id=request.user.pk, scope=Scope.of(request.user))
    except SampleError as error:
        said = str(error)
        return _page(request, f"{said[0].upper()}{said[1:]}.", HTTPStatus.BAD_REQUEST)
    if isinstance(kept, Media):
        return redirect(address(of_media(kept)))
    return redirect("picture-wait", token=kept.token)


def _page(request: HttpRequest, error: str = "", status: HTTPStatus = HTTPStatus.OK) -> HttpResponse:
    return render(request, "media_index/picture.html", {"error": error, "most": MOST_BYTES}, status=status)


@require_safe
def picture_wait(request: HttpRequest, token: str) -> HttpResponse:
    """How far it is, asked again each second; leads to the results when they can be had. 404 for anybody else's."""
    sample = Sample.objects.of(request.user.pk).filter(token=token).first()
    if sample is None:
        raise Http404
    is_part = bool(getattr(request, "htmx", False))
    if sample.state == Sample.State.READY:
        there = address(of_sample(sample))
        return HttpResponseClientRedirect(there) if is_part else redirect(there)
    waited = timezone.now() - sample.created_at
    context = {
        "sample": sample,
        "reason": explain(sample.reason) if sample.state == Sample.State.FAILED else None,
        "is_long": waited > LONG,
        "is_too_long": waited > TOO_LONG,
    }
    template = "media_index/_picture_wait.html" if is_part else "media_index/picture_wait.html"
    return render(request, template, context)

"""Status: how far indexing is, and what could not be read. For administrators."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_GET, require_POST

from media_index import pausing, selectors
from media_index.access import media_or_404, require_administrator
from media_index.encoder_service import encoder_change
from media_index.models import Pause, Source
from media_index.reasons import REASONS, Reason
from media_index.views.library import page_or_part
from scanpix.runtime import queue

if TYPE_CHECKING:
    from media_index.selectors import Failure

MOST_FAILURES = 200
MEDIA_ID_DIGITS = 18


@dataclass(slots=True)
class Group:
    """The files that failed for one reason."""

    reason: Reason
    failures: list[Failure] = field(default_factory=list)


@require_GET
def status(request: HttpRequest) -> HttpResponse:
    require_administrator(request)
    progress = selectors.progress()
    context: dict[str, Any] = {
        "progress": progress,
        "change": encoder_change(),
        "done": progress.media - progress.pending,
        "rows": selectors.source_overview(request.user),
        "held": Pause.objects.exists(),
    }
    if not getattr(request, "htmx", False):
        # Not even the names of files are for administrators who may not see them.
        failures = selectors.failures(Source.objects.visible_to(request.user), limit=MOST_FAILURES)
        context["groups"] = _grouped(failures)
        context["failures_cut"] = len(failures) >= MOST_FAILURES
    return page_or_part(request, "media_index/status.html", "media_index/_status.html", context)


def _grouped(failures: list[Failure]) -> list[Group]:
    """By reason, the most frequent first."""
    groups: dict[str, Group] = {}
    for failure in failures:
        groups.setdefault(failure.reason.code, Group(failure.reason)).failures.append(failure)
    return sorted(groups.values(), key=lambda group: -len(group.failures))


@require_POST
def retry(request: HttpRequest) -> HttpResponse:
    """Try again one file (``media``), all files of one reason (``reason``), or all that failed."""
    require_administrator(request)
    reason, media = request.POST.get("reason"), request.POST.get("media")
    if media is not None:
        count = selectors.retry(media_id=media_or_404(request, _number(media)).pk)
    elif reason is not None:
        if reason not in REASONS:
            raise BadRequest(f"{reason!r} is no reason")
        count = selectors.retry(reason=reason)
    else:
        count = selectors.retry()
    if count:
        queue.wake_extraction()
        said = ngettext("One file will be tried again.", "%(number)d files will be tried again.", count)
        messages.success(request, said % {"number": count})
    else:
        messages.info(request, gettext("There was nothing to try again."))
    return redirect("status")


@require_POST
def pause(request: HttpRequest) -> HttpResponse:
    require_administrator(request)
    pausing.work_pause(member=request.user)
    messages.success(request, gettext("Indexing is paused. What is under way ends within some seconds."))
    return redirect("status")


@require_POST
def resume(request: HttpRequest) -> HttpResponse:
    require_administrator(request)
    pausing.work_resume()
    messages.success(request, gettext("Indexing goes on."))
    return redirect("status")


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= MEDIA_ID_DIGITS):
        raise BadRequest(f"{text!r} is no media")
    return int(text)

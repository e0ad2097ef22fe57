"""Copies side by side, and what is to become of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from media_index.duplicates.copies import Group, groups_of
from media_index.duplicates.shots import shots_of
from media_index.duplicates.stacking import best
from media_index.library.history import ChangeError
from media_index.library.stacks import copies_drop, different_set, stack_make, stacks_make
from media_index.models import Change, Location, MediaTag
from media_index.search.filters.base import Scope
from media_index.views.bulk import back, chosen, seen_of, sentence, tell
from media_index.views.tiles import Tile, tiles

A_PAGE = 20
"""Groups; each shows some pictures."""
AT_ONCE = 500
"""Groups that one click stacks: some seconds."""


@dataclass(frozen=True, slots=True)
class Copy:
    """One of a group, and how it differs: flags tell where it beats the others."""

    tile: Tile
    name: str
    folder: str
    tags: tuple[str, ...]
    proposed: bool
    most_pixels: bool
    largest: bool


@dataclass(frozen=True, slots=True)
class Shown:
    """A group as the page shows it."""

    copies: Sequence[Copy]
    saving: int


@require_GET
def duplicates(request: HttpRequest) -> HttpResponse:
    scope = Scope.of(request.user)
    found = groups_of(scope)
    page = Paginator(found, A_PAGE).get_page(request.GET.get("page"))
    context = {
        "groups": _shown(list(page.object_list), scope, request),
        "page": page,
        "count": len(found),
        "saving": sum(group.saving for group in found),
        "exact": len(groups_of(scope, exact=True)),
    }
    return render(request, "media_index/duplicates.html", context)


@require_POST
def duplicates_decide(request: HttpRequest) -> HttpResponse:
    """``action`` (stack, different or trash) for the ``media`` of one group, of which ``keep`` is to stay on top. 404
    where the member may not see two of them."""
    ids = chosen(request)
    action = request.POST.get("action", "")
    if not ids or action not in {"stack", "different", "trash"}:
        messages.error(request, _("Press one of the buttons: nothing has happened."))
        return back(request, reverse("duplicates"))
    seen = seen_of(request, ids)
    text = request.POST.get("keep", "")
    keep = int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0
    if len(seen) < 2 or keep not in seen:
        raise Http404
    try:
        tell(request, _decide(action, seen, keep, request))
    except ChangeError as error:
        messages.error(request, sentence(error))
    return back(request, reverse("duplicates"))


@require_POST
def duplicates_all(request: HttpRequest) -> HttpResponse:
    """Stacks all groups of what is surely a copy, the best of each on top."""
    groups = groups_of(Scope.of(request.user), exact=True)[:AT_ONCE]
    try:
        tell(request, stacks_make(groups=[group.media for group in groups], member=request.user))
    except ChangeError as error:
        messages.error(request, sentence(error))
    return back(request, reverse("duplicates"))


def _decide(action: str, seen: Collection[int], keep: int, request: HttpRequest) -> Change | None:
    if action == "stack":
        return stack_make(media_ids=seen, top=keep, member=request.user)
    if action == "different":
        return different_set(media_ids=seen, member=request.user)
    return copies_drop(keep=keep, media_ids=seen, member=request.user)


def _shown(groups: Sequence[Group], scope: Scope, request: HttpRequest) -> list[Shown]:
    """As many statements for many groups as for one."""
    ids = [pk for group in groups for pk in group.media]
    rows = list(scope.media.filter(pk__in=ids))
    pictures = tiles(rows, request.user)
    shots = shots_of(ids)
    files = _files(ids, scope)
    tags = _tags(ids)
    made = []
    for group in groups:
        there = [pk for pk in group.media if pk in pictures]
        if len(there) < 2:
            continue
        top = best([shots[pk] for pk in there]).media
        pixels, size = max(shots[pk].pixels for pk in there), max(shots[pk].size for pk in there)
        copies = [
            Copy(
                tile=pictures[pk],
                name=files[pk][0] if pk in files else "",
                folder=files[pk][1] if pk in files else "",
                tags=tuple(tags[pk]),
                proposed=pk == top,
                most_pixels=shots[pk].pixels == pixels and any(shots[other].pixels < pixels for other in there),
                largest=shots[pk].size == size and any(shots[other].size < size for other in there),
            )
            for pk in sorted(there, key=lambda pk: (pk != top, pk))
        ]
        made.append(Shown(copies, group.saving))
    return made


def _files(ids: Collection[int], scope: Scope) -> dict[int, tuple[str, str]]:
    """Name and folder of the first file of each that may be told of."""
    rows = Location.objects.filter(
        media__in=ids, gone_at__isnull=True, source__in=scope.sources.order_by().values("pk")
    )
    found: dict[int, tuple[str, str]] = {}
    for row in rows.select_related("source").order_by("media", "pk"):
        folder = row.path.rpartition("/")[0]
        found.setdefault(row.media_id or 0, (row.name, f"{row.source.name}/{folder}" if folder else row.source.name))
    return found


def _tags(ids: Collection[int]) -> defaultdict[int, list[str]]:
    found: defaultdict[int, list[str]] = defaultdict(list)
    for media, name in MediaTag.objects.filter(media__in=ids).order_by("tag__name").values_list("media", "tag__name"):
        found[media].append(name)
    return found

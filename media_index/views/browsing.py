"""The folders of the sources, to be walked through as they lie on the disk."""

from __future__ import annotations

from dataclasses import dataclass

from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from media_index.access import visible_source_or_404
from media_index.folder_tree import (
    MOST_FOLDERS,
    Inside,
    counts_of,
    folder_at,
    folders_in,
    in_address,
    media_in,
    readable,
)
from media_index.models import Folder, Media, Source
from media_index.views.keyset import Key
from media_index.views.parts import page_or_part
from media_index.views.tiles import thumbnail_url, tiles
from media_index.views.timeline import PART


@dataclass(frozen=True, slots=True)
class FolderCard:
    """A folder or a source as it is shown: ``src`` is a picture of it, "" where there is none yet."""

    name: str
    url: str
    files: int
    src: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Crumb:
    """A folder on the way to the one at hand."""

    name: str
    url: str


@require_GET
def folder_list(request: HttpRequest) -> HttpResponse:
    """The sources that the member may see."""
    sources = list(Source.objects.visible_to(request.user).order_by("name"))
    counts = counts_of([source.pk for source in sources])
    covers = _covers([cover for _, cover in counts.values()])
    cards = [
        FolderCard(
            source.name,
            folder_url(source.pk),
            counts.get(source.pk, (0, 0))[0],
            covers.get(counts.get(source.pk, (0, 0))[1], ""),
            str(source.get_state_display()) if source.state != Source.State.ONLINE else "",
        )
        for source in sources
    ]
    return render(request, "media_index/folder_list.html", {"cards": cards})


@require_GET
def folder_detail(request: HttpRequest, pk: int, path: str = "") -> HttpResponse:
    """One folder: what lies in it, the newest first, and the folders below it."""
    source = visible_source_or_404(request, pk)
    folder = folder_at(source, path)
    if folder is None:
        if path.strip("/"):
            raise Http404
        # A source that was never scanned has no folders yet.
        return render(request, "media_index/folder_detail.html", {"source": source, "is_first": True})
    after = _after(request)
    wanted = media_in(folder).filter(after.older()) if after else media_in(folder)
    rows = list(wanted.newest_first()[: PART + 1])
    shown = rows[:PART]
    made = tiles(shown, request.user, suffix=f"?folder={folder.pk}")
    inside = folders_in(folder) if after is None and not getattr(request, "htmx", False) else []
    here = folder_url(source.pk, bytes(folder.raw_path))
    context = {
        "source": source,
        "name": readable(bytes(folder.raw_path).rpartition(b"/")[2]) or source.name,
        "crumbs": _crumbs(source, bytes(folder.raw_path)),
        "cards": _cards(source, inside),
        "cut_off": len(inside) == MOST_FOLDERS,
        "tiles": [made[media.pk] for media in shown],
        "next": f"{here}?after={Key.of(shown[-1])}" if len(rows) > PART else "",
        "is_first": after is None,
        "here": here,
    }
    return page_or_part(request, "media_index/folder_detail.html", "media_index/_folder_photos.html", context)


def folder_url(source_id: int, raw_path: bytes = b"") -> str:
    """The address of a folder's page."""
    root = reverse("folder-detail", args=[source_id])
    return f"{root}{in_address(raw_path)}/" if raw_path else root


def url_of_folder(folder: Folder) -> str:
    return folder_url(folder.source_id, bytes(folder.raw_path))


def _after(request: HttpRequest) -> Key | None:
    text = request.GET.get("after", "")
    if "\0" in text:
        raise BadRequest("no text holds a byte of nought")
    return Key.parse(text) if text else None


def _cards(source: Source, inside: list[Inside]) -> list[FolderCard]:
    covers = _covers([one.cover for one in inside])
    return [
        FolderCard(one.name, folder_url(source.pk, one.raw_path), one.files, covers.get(one.cover, ""))
        for one in inside
    ]


def _covers(media_ids: list[int]) -> dict[int, str]:
    """The addresses of small pictures; one statement. The folders that these ids come from may be seen."""
    rows = Media.objects.filter(has_preview=True).in_bulk(media_ids)
    return {pk: thumbnail_url(media, "small") for pk, media in rows.items()}


def _crumbs(source: Source, raw_path: bytes) -> list[Crumb]:
    """The way from the source to the folder that this one lies in."""
    parts = raw_path.split(b"/") if raw_path else []
    found = [Crumb(source.name, folder_url(source.pk))] if parts else []
    for depth in range(1, len(parts)):
        found.append(Crumb(readable(parts[depth - 1]), folder_url(source.pk, b"/".join(parts[:depth]))))
    return found

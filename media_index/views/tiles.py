"""A media as a tile of a grid: all that the template shows, worked out."""

from __future__ import annotations

from base64 import b64encode
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING

from django.db.models import Count
from django.urls import get_script_prefix, reverse
from django.utils.formats import date_format

from media_index.models import Favourite, Label, Location, Media, Source
from media_index.views.ratios import css_class, nearest

if TYPE_CHECKING:
    from media_index.views.results import Stack, Thumbs

SMALL, MEDIUM, LARGE, PREVIEW = 320, 640, 1280, 2048
"""Longest sides of the thumbnails in pixels."""
PHONE_ROW, ROW = 130, 230
"""About how high a row is, in CSS pixels, on a phone and on a larger screen (static/css/grid.css)."""
NO_HASH = "0" * 64
ALT_LABELS = 2
ALT_SCORE = 0.3
"""A label less sure than this would tell a blind reader something wrong more often than not."""


@dataclass(frozen=True, slots=True)
class Tile:
    """One tile. ``src`` is empty for a video without a picture, which is shown by its ``name`` instead."""

    media: Media
    url: str
    ratio: float
    alt: str
    name: str = ""
    src: str = ""
    srcset: str = ""
    sizes: str = ""
    placeholder: str = ""
    why: tuple[str, ...] = ()
    moment: float | None = None
    thumbs: Thumbs | None = None
    stack: Stack | None = None
    lies_on: int = 0
    """How many the member sees of the stack on whose top it lies; 0 where it lies on none."""
    favourite: bool = False
    """Of the member who looks."""
    at_once: bool = False
    """Fetched without waiting for the layout of the page: what is surely seen first."""

    @property
    def shape(self) -> str:
        """Its class in the style sheet."""
        return css_class(self.ratio)


@dataclass(frozen=True, slots=True)
class Match:
    """Why a search found a media."""

    why: tuple[str, ...]
    moment: float | None = None


def tiles(
    media: Sequence[Media], member: object, matches: Mapping[int, Match] | None = None, suffix: str = ""
) -> dict[int, Tile]:
    """The tiles of ``media`` by id. ``suffix`` is added to the addresses of their pages. Four statements at most."""
    names = file_names([item.pk for item in media if not item.has_preview], member)
    seen = _labels([item.pk for item in media])
    liked = _favourites([item.pk for item in media], member)
    stacked = _stacked([item.stack_id for item in media if item.stack_id and not item.below], member)
    nothing = Match(())
    made = {}
    for item in media:
        tile = _tile(item, names.get(item.pk, ""), seen[item.pk], (matches or {}).get(item.pk, nothing), suffix)
        count = 0 if item.below else stacked.get(item.stack_id or 0, 0)
        made[item.pk] = replace(tile, favourite=item.pk in liked, lies_on=count if count > 1 else 0)
    return made


def _tile(media: Media, name: str, labels: list[str], match: Match, suffix: str) -> Tile:
    url = media.get_absolute_url() + suffix
    alt = describe(media, labels)
    if not media.has_preview:
        name = name or media.get_kind_display()
        return Tile(media, url, nearest(None, None), alt, name=name, why=match.why, moment=match.moment)
    ratio = nearest(media.width, media.height)
    return Tile(
        media=media,
        url=url,
        ratio=ratio,
        alt=alt,
        src=thumbnail_url(media, "small"),
        srcset=srcset(media, {"small": SMALL, "medium": MEDIUM, "large": LARGE}),
        sizes=f"(max-width: 45rem) {round(ratio * PHONE_ROW)}px, {round(ratio * ROW)}px",
        placeholder=placeholder_uri(media),
        why=match.why,
        moment=match.moment,
    )


def describe(media: Media, labels: Sequence[str] = ()) -> str:
    """A media in words, for who does not see it."""
    text = f"{media.get_kind_display()}, {date_format(media.taken_at, 'DATETIME_FORMAT')}"
    return f"{text}: {', '.join(labels)}" if labels else text


def thumbnail_url(media: Media, size: str) -> str:
    return _thumbnail_pattern(get_script_prefix(), size).replace(NO_HASH, media.content_hash)


@cache
def _thumbnail_pattern(prefix: str, size: str) -> str:  # noqa: ARG001  # what is kept is kept by it
    """The address of a thumbnail with :data:`NO_HASH` in it, below a prefix. Resolving 400 of them for each page took a
    quarter of its time."""
    return reverse("thumbnail", args=[NO_HASH, size])


def srcset(media: Media, sides: Mapping[str, int]) -> str:
    """The sizes by their true widths in pixels; nothing is ever larger than the original."""
    if not media.width or not media.height:
        return ""
    widths: dict[int, str] = {}
    for size, side in sides.items():
        scale = min(1.0, side / max(media.width, media.height))
        widths.setdefault(max(1, round(media.width * scale)), size)
    return ", ".join(f"{thumbnail_url(media, size)} {width}w" for width, size in widths.items())


def placeholder_uri(media: Media) -> str:
    return f"data:image/webp;base64,{b64encode(media.placeholder).decode()}" if media.placeholder else ""


def file_names(media_ids: Sequence[int], member: object) -> dict[int, str]:
    """A name for each media: that of its first file that the member may see."""
    found = (
        Location.objects.filter(
            media__in=media_ids, gone_at__isnull=True, source__in=Source.objects.visible_to(member).values("pk")
        )
        .order_by("media", "pk")
        .distinct("media")
    )
    return {location.media_id: location.name for location in found if location.media_id is not None}


def _labels(media_ids: Sequence[int]) -> defaultdict[int, list[str]]:
    found: defaultdict[int, list[str]] = defaultdict(list)
    rows = Label.objects.filter(media__in=media_ids, score__gte=ALT_SCORE).order_by("-score")
    for media_id, name in rows.values_list("media_id", "name"):
        if len(found[media_id]) < ALT_LABELS:
            found[media_id].append(name)
    return found


def _favourites(media_ids: Sequence[int], member: object) -> set[int]:
    """Which of them are favourites of the member."""
    own = Favourite.objects.filter(media__in=media_ids, member_id=getattr(member, "pk", None) or 0)
    return set(own.values_list("media_id", flat=True))


def _stacked(stack_ids: Sequence[int], member: object) -> dict[int, int]:
    """How many of each stack the member sees."""
    rows = Media.objects.visible_to(member).found().filter(stack__in=stack_ids)
    counted = rows.order_by().values_list("stack").annotate(count=Count("pk"))
    return {stack: count for stack, count in counted if stack is not None}

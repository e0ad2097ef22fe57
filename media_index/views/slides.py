"""A media as the viewer shows it: on its page, and beside it as one leafs through."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET

from media_index.access import media_or_404
from media_index.formats import DECODABLE
from media_index.models import Media
from media_index.views.copies import LARGEST_COPY
from media_index.views.sequence import sequence_of
from media_index.views.tiles import LARGE, PREVIEW, file_names, srcset, thumbnail_url, tiles

COUNT = 12
"""Slides on either side of one request: what somebody leafs through in a few seconds."""
SMALL_PICTURE = 1000
"""A picture whose longest side has fewer pixels than this is shown at twice its size, others never enlarged."""
BROWSERS_SHOW = frozenset({"image/jpeg", "image/png", "image/webp", "image/gif", "image/avif", "image/bmp"})
"""Pictures that every browser of today opens, turns upright and colours rightly by itself."""
ANIMATED = frozenset({"image/gif", "image/webp", "image/png", "image/avif"})
MOST_ANIMATED_BYTES = 20_000_000
"""An animation has no smaller sizes; beyond that a still picture is shown until somebody zooms in."""
MOST_PIXELS = 64_000_000
"""What a browser is given to zoom into, in pixels: 256 MB once it is unpacked. Of more it gets a smaller copy."""


@dataclass(frozen=True, slots=True)
class Slide:
    """``src`` and ``srcset`` are pictures up to the preview, ``full`` is what zooming in shows at last, as an entry of
    a ``srcset``, "" where that would not be more. ``width`` and ``height`` are those of the picture in CSS pixels at
    whole size."""

    media: Media
    name: str
    alt: str
    kind: str
    src: str = ""
    srcset: str = ""
    full: str = ""
    placeholder: str = ""
    width: int = LARGE
    height: int = LARGE
    favourite: bool = False

    @property
    def is_video(self) -> bool:
        return self.kind == "video"

    def document(self, suffix: str) -> dict[str, object]:
        """As scripts get it; ``suffix`` is that of the sequence it is in."""
        url = self.media.get_absolute_url()
        return {
            "id": self.media.pk,
            "url": url + suffix,
            "about": reverse("media-about", args=[self.media.pk]) + suffix,
            "slides": reverse("media-slides", args=[self.media.pk]) + suffix,
            "name": self.name,
            "alt": self.alt,
            "kind": self.kind,
            "src": self.src,
            "srcset": self.srcset,
            "full": self.full,
            "msrc": self.placeholder,
            "original": reverse("original", args=[self.media.pk]),
            "width": self.width,
            "height": self.height,
            "favourite": self.favourite,
        }


@require_GET
@cache_control(private=True, no_cache=True)
def slides(request: HttpRequest, pk: int) -> HttpResponse:
    """What comes ``before`` and ``after`` a media in its sequence, the nearest first, as JSON: at most :data:`COUNT` of
    each, fewer only where there are no more. ``?side=before`` or ``after`` asks for one of them."""
    media = media_or_404(request, pk)
    sequence = sequence_of(request)
    side = request.GET.get("side", "")
    near = sequence.order.near(media, COUNT, before=side != "after", after=side != "before")
    made = slides_of([*near.before, *near.after], request.user)
    document = {
        "count": COUNT,
        "before": [made[one.pk].document(sequence.suffix) for one in near.before],
        "after": [made[one.pk].document(sequence.suffix) for one in near.after],
    }
    return JsonResponse(document)


def slides_of(media: Sequence[Media], member: object) -> dict[int, Slide]:
    """The slides by the ids of their media. Four statements at most."""
    shown = tiles(media, member)
    names = file_names([one.pk for one in media], member)
    return {
        one.pk: _slide(one, one.title or names.get(one.pk, ""), shown[one.pk].alt, shown[one.pk].favourite)
        for one in media
    }


def slide_of(media: Media, member: object) -> Slide:
    return slides_of([media], member)[media.pk]


def _slide(media: Media, name: str, alt: str, favourite: bool) -> Slide:
    is_video = media.kind == Media.Kind.VIDEO
    if not media.has_preview:
        return Slide(media, name, alt, "video" if is_video else "file", favourite=favourite)
    width, height = media.width or LARGE, media.height or LARGE
    scale = 2 if max(width, height) < SMALL_PICTURE else 1
    original = reverse("original", args=[media.pk])
    moves = media.mime in ANIMATED and media.frames > 1 and media.size <= MOST_ANIMATED_BYTES
    return Slide(
        media=media,
        name=name,
        alt=alt,
        kind="video" if is_video else "image",
        src=original if moves else thumbnail_url(media, "large"),
        srcset="" if moves else srcset(media, {"large": LARGE, "preview": PREVIEW}),
        full="" if is_video or moves else _full(media, original),
        placeholder="" if moves else thumbnail_url(media, "small"),
        width=width * scale,
        height=height * scale,
        favourite=favourite,
    )


def _full(media: Media, original: str) -> str:
    """The picture at whole size: the file itself where browsers show it, else a copy that is made for them."""
    width, height = media.width or 0, media.height or 0
    if max(width, height) <= PREVIEW or media.mime not in DECODABLE:
        return ""
    if width * height > MOST_PIXELS:
        scale = min(1.0, LARGEST_COPY / max(width, height))
        return f"{reverse('copy', args=[media.pk, 'large'])} {round(width * scale)}w"
    shows = media.mime in BROWSERS_SHOW
    return f"{original if shows else reverse('copy', args=[media.pk, 'full'])} {width}w"

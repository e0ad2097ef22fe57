"""The facets over what the index itself knows: years, kinds, labels, cameras."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from django.db.models import Count, QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from media_index.models import Capture, Label, Media
from media_index.search.facets import Facet, FacetValue
from media_index.search.filters.base import Scope
from media_index.search.filters.time import WallPart
from media_index.search.naming.own_names import called

MOST_LABELS = 12
KINDS = {"image": ("photo", _("Photos")), "video": ("video", _("Videos")), "other": ("file", _("Other files"))}
"""What follows ``type:``, and what is shown."""


def facets(media: QuerySet[Media], scope: Scope) -> Iterator[Facet]:  # noqa: ARG001
    """One statement each."""
    yield Facet("type", gettext("Kind"), tuple(_kinds(media)), 70)
    yield Facet("year", gettext("Year"), tuple(_years(media)), 50)
    yield Facet("label", gettext("What it shows"), tuple(_labels(media)), 40)
    yield Facet("camera", gettext("Camera"), tuple(_cameras(media)), 60)


def _kinds(media: QuerySet[Media]) -> Iterator[FacetValue]:
    found = media.order_by().values_list("kind").annotate(count=Count("pk")).order_by("-count")
    for kind, count in found:
        value, label = KINDS[kind]
        yield FacetValue(value, str(label), count)


def _years(media: QuerySet[Media]) -> Iterator[FacetValue]:
    """The latest first."""
    found = media.order_by().annotate(year=WallPart("YEAR")).values_list("year").annotate(count=Count("pk"))
    for year, count in found.order_by("-year"):
        yield FacetValue(f"{year:04}", str(year), count)


def _labels(media: QuerySet[Media]) -> Iterator[FacetValue]:
    found = Label.objects.filter(media__in=media.order_by().values("pk")).order_by().values_list("name")
    for name, count in found.annotate(count=Count("media")).order_by("-count", "name")[:MOST_LABELS]:
        yield FacetValue(name, name, count)


def _cameras(media: QuerySet[Media]) -> Iterator[FacetValue]:
    """As people call them, whatever a maker calls itself from one model to the next."""
    found = Capture.objects.filter(media__in=media.order_by().values("pk"), camera_model__gt="").order_by()
    counted: Counter[tuple[str, str]] = Counter()
    for make, model, count in found.values_list("camera_make", "camera_model").annotate(count=Count("pk")):
        counted[called(make, model)] += count
    for (name, value), count in counted.most_common():
        yield FacetValue(value, name, count)

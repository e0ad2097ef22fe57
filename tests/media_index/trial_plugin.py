"""A stranger's plug-in: an extractor of the mean brightness, where it is kept, a filter and a panel.

A name with ``poison`` makes the model raise, one with ``refused`` gives a value that the database does not take; while
``MODEL_IS_MISSING`` the model cannot be loaded.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import DatabaseError
from django.db.models import Q

from media_index.encoders.base import EncoderError
from media_index.errors import ExtractError
from media_index.extractors.base import Batch, Extractor, ExtractorOptions, Lane, Needs, Outcome
from media_index.models import Label, Media
from media_index.plugins import ExtractorHook, Panel, Plugin
from media_index.search.filters.base import Filter, Scope

MODEL_IS_MISSING = False
COMMITTED: list[list[int]] = []
BATCHES: list[list[int]] = []
VERSION = "1"


@dataclass(frozen=True, slots=True)
class Brightness(Outcome):
    mean: float
    name: str


class BrightnessExtractor:
    name = "brightness"
    lane = Lane.ML
    needs = Needs(pixels=64)

    def __init__(self) -> None:
        self.version = VERSION

    def accepts(self, kind: str, mime: str) -> bool:
        return kind == "image"

    def extract(self, batch: Batch) -> Sequence[Outcome | ExtractError]:
        if MODEL_IS_MISSING:
            raise EncoderError("the brightness model is not there: fetch it")
        BATCHES.append([context.media_id for context in batch.contexts])
        if any("poison" in context.name for context in batch.contexts):
            raise FloatingPointError("the model broke down")
        return [self._one(context.name, context.decoded) for context in batch.contexts]

    def _one(self, name: str, decoded: object) -> Outcome:
        return Brightness(float(decoded.pixels.mean()), name)  # type: ignore[attr-defined]

    def unload(self) -> None:
        pass


def build(options: ExtractorOptions) -> list[Extractor]:
    return [BrightnessExtractor()]


def store(outcomes: Sequence[tuple[int, Outcome]]) -> None:
    for media_id, outcome in outcomes:
        assert isinstance(outcome, Brightness)
        if "refused" in outcome.name:
            raise DatabaseError("a value that the database does not take")
        name = "bright" if outcome.mean > 127 else "dark"
        Label.objects.update_or_create(media_id=media_id, name=name, defaults={"score": outcome.mean / 255})


def committed(media_ids: Sequence[int]) -> None:
    COMMITTED.append(list(media_ids))


def _light(value: str, scope: Scope) -> Q:
    if value not in {"bright", "dark"}:
        raise ValueError("wants bright or dark")
    return Q(labels__name=value)


FILTERS = (Filter("light", "light:dark", "How bright it is.", _light, lambda value: f"{value} pictures"),)


def panels(media: Media, member: object) -> list[Panel]:
    return [Panel("media_index/_nothing.html", {"label": media.labels.first()}, order=5)]


def export(media: Media) -> dict[str, object]:
    return {"light": [label.name for label in media.labels.all()]}


PLUGIN = Plugin(
    name="trial",
    extractors=(
        ExtractorHook("brightness", f"{__name__}.build", f"{__name__}.store", after_commit=f"{__name__}.committed"),
    ),
    filters=f"{__name__}.FILTERS",
    panels=f"{__name__}.panels",
    export=f"{__name__}.export",
)

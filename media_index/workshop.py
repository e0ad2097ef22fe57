"""The extractors of this process, with the models they have loaded."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass, field, replace

from django.conf import settings

from media_index import plugins
from media_index.encoders.base import EncoderError
from media_index.encoders.catalog import BUNDLED
from media_index.extractors.base import Extractor, ExtractorOptions, Lane
from media_index.models import Encoder

log = logging.getLogger("media_index.pipeline")

HALT_SECONDS = 300
"""How long an extractor whose model cannot be loaded is left alone: a hub or a disk may come back."""

Key = tuple[str, str]
"""An extractor's name and version."""


def options_for(*encoders: str) -> ExtractorOptions:
    """What makers of models are told in this installation, for these encoders (``NAME@VERSION``)."""
    return ExtractorOptions(models=settings.MODELS, encoders=encoders, device=settings.DEVICE, threads=settings.THREADS)


def options() -> ExtractorOptions:
    """What factories are told, from the settings and the encoders that are wanted; the active one comes first."""
    wanted = Encoder.objects.filter(state__in=[Encoder.State.ACTIVE, Encoder.State.BUILDING]).order_by("state", "pk")
    return options_for(*(tuple(encoder.key for encoder in wanted) or (BUNDLED,)))


def _made(hook: plugins.ExtractorHook, wanted: ExtractorOptions) -> tuple[list[Extractor], bool]:
    """The extractors of a hook, and whether these are all of them. An encoder that is not there any more (its file was
    deleted) costs only itself."""
    try:
        return hook.extractors(wanted), True
    except EncoderError:
        made: list[Extractor] = []
        for name in wanted.encoders:
            try:
                made += hook.extractors(replace(wanted, encoders=(name,)))
            except EncoderError as error:
                log.error("the encoder %s cannot be used: %s", name, error)
        return made, False


@dataclass
class Workshop:
    """Extractors are made once for a set of options, so that a loaded model stays loaded from batch to batch."""

    _options: ExtractorOptions | None = None
    _extractors: dict[Key, Extractor] = field(default_factory=dict)
    _whole: set[str] = field(default_factory=set)
    _halted: dict[Key, float] = field(default_factory=dict)

    def extractors(self) -> dict[Key, Extractor]:
        current = options()
        if current != self._options:
            kept = self._extractors
            self._extractors, self._whole = {}, set()
            for hook in plugins.extractor_hooks().values():
                made, whole = _made(hook, current)
                if whole:
                    self._whole.add(hook.name)
                for extractor in made:
                    key = (extractor.name, extractor.version)
                    self._extractors[key] = kept.pop(key, extractor)
            for left in kept.values():
                left.unload()
            self._options = current
        return self._extractors

    def whole(self) -> dict[str, list[str]]:
        """The versions of each extractor by its name, of those of which :meth:`extractors` has just found every one."""
        versions: dict[str, list[str]] = {}
        for name, version in self._extractors:
            if name in self._whole:
                versions.setdefault(name, []).append(version)
        return versions

    def of_lane(self, lane: Lane) -> dict[Key, Extractor]:
        """The extractors of a lane that can run now."""
        now = time.monotonic()
        return {
            key: extractor
            for key, extractor in self.extractors().items()
            if extractor.lane == lane and self._halted.get(key, 0) <= now
        }

    def halt(self, key: Key) -> None:
        """Leave an extractor alone for a while: its model cannot be had, which is no fault of any file."""
        self._halted[key] = time.monotonic() + HALT_SECONDS

    def unload(self) -> None:
        for extractor in self._extractors.values():
            extractor.unload()

    def reset(self) -> None:
        """Forget everything (tests, and a set of plug-ins that changed)."""
        self.unload()
        self._options = None
        self._extractors = {}
        self._whole = set()
        self._halted = {}


WORKSHOP = Workshop()

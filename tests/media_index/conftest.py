"""Fixtures of the index: the bundled models, and its cheap extractors with a stranger's plug-in on real files."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from django.core.cache import cache
from PIL import Image

from media_index import builtin, plugins
from media_index.encoders import registry
from media_index.extractors import embedding
from media_index.models import Encoder, Source
from media_index.runner import Runner
from media_index.scanning.scan import scan_run
from media_index.search import asking
from media_index.search.vectors.text_side import TextSide
from media_index.workshop import WORKSHOP
from tests.bundled_models import shared_models
from tests.factories import SourceFactory
from tests.media_index import colour_encoder, trial_plugin


@pytest.fixture(scope="session")
def bundled_models(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Path:
    return shared_models(tmp_path_factory, request.config)


@pytest.fixture
def trial(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The index's cheap extractors and the stranger's one; no model that takes seconds to load."""
    cheap = tuple(hook for hook in builtin.PLUGIN.extractors if hook.name in {"exif", "thumbnails"})
    small = replace(builtin.PLUGIN, extractors=cheap)
    monkeypatch.setattr(plugins, "_plugins", {small.name: small, trial_plugin.PLUGIN.name: trial_plugin.PLUGIN})
    for name, value in (("MODEL_IS_MISSING", False), ("COMMITTED", []), ("BATCHES", []), ("VERSION", "1")):
        monkeypatch.setattr(trial_plugin, name, value)
    plugins.filters.cache_clear()
    WORKSHOP.reset()
    cache.clear()
    yield
    WORKSHOP.reset()


@pytest.fixture
def colours(db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Encoder]:
    """The index's own extractors without the classifier, and encoders of colours; the small one is active."""
    quick = tuple(hook for hook in builtin.PLUGIN.extractors if hook.name != "labels")
    monkeypatch.setattr(plugins, "_plugins", {builtin.PLUGIN.name: replace(builtin.PLUGIN, extractors=quick)})
    monkeypatch.setattr(registry, "load", colour_encoder.load)
    monkeypatch.setattr(embedding, "load", colour_encoder.load)
    monkeypatch.setattr(asking, "TEXT_SIDE", TextSide())
    plugins.filters.cache_clear()
    WORKSHOP.reset()
    cache.clear()
    yield Encoder.objects.create(name=colour_encoder.SMALL, version="1", dimensions=3, state=Encoder.State.ACTIVE)
    WORKSHOP.reset()


@pytest.fixture
def runner(trial: None) -> Iterator[Runner]:
    one = Runner()
    yield one
    one.close()


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    folder = tmp_path / "photos"
    folder.mkdir()
    return folder


@pytest.fixture
def photo(photos: Path) -> Callable[..., Path]:
    """Writes a photo of one colour; every one differs by its size."""
    count = 0

    def write(name: str, colour: str = "white") -> Path:
        nonlocal count
        count += 1
        Image.new("RGB", (60 + count, 40), colour).save(photos / name, "JPEG")
        return photos / name

    return write


@pytest.fixture
def scanned(photos: Path) -> Callable[[], Source]:
    """Scans the folder of photos to its end."""

    def scan() -> Source:
        source = Source.objects.filter(root=str(photos)).first() or SourceFactory(root=str(photos))
        scan_run(source)
        return source

    return scan

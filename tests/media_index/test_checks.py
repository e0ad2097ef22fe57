"""What the doctor sees of the index."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.db import connection

from media_index import checks as index
from media_index import plugins, thumbnail_store
from media_index.encoders.bundle import Bundle
from media_index.models import Encoder, Extraction
from media_index.places import table
from media_index.search.vectors.vector_index import ensure_index
from people.accounts import checks as people
from scanpix.operations.doctor import Check, Finding, Level, Needs, examine, ok
from tests.factories import LocationFactory, MediaFactory, SourceFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_folder(settings: LazySettings, tmp_path: Path) -> Path:
    settings.DATA = tmp_path
    settings.MODELS = tmp_path / "models"
    return tmp_path


def one(check: Iterator[Finding]) -> Finding:
    (finding,) = check
    return finding


def levels(check: Iterator[Finding]) -> list[Level]:
    return [finding.level for finding in check]


def test_it_is_brought_by_the_hook() -> None:
    brought = [check for checks in plugins.resolved("checks") for check in checks]
    assert {*index.CHECKS, *people.CHECKS} <= {*brought}
    assert all(isinstance(check, Check) for check in brought)


def test_the_server() -> None:
    assert one(index.server()).level == Level.OK


def test_places(own_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert one(index.places()) == ok(str(table.of_environment() / table.folder_name() / table.FILE))
    monkeypatch.setattr(sys, "prefix", str(own_folder))
    assert one(index.places()).level == Level.WARN
    monkeypatch.setattr(table, "PACKAGES", ("no-such-package",))
    table.folder_name.cache_clear()
    finding = one(index.places())
    table.folder_name.cache_clear()
    assert finding.level == Level.FAIL and "no-such-package is missing" in finding.text


def test_encoders(colours: Encoder, own_folder: Path) -> None:
    ensure_index(colours)
    assert one(index.encoders()).level == Level.OK
    with connection.cursor() as cursor:
        cursor.execute(f"DROP INDEX embedding_hnsw_{colours.pk}")
    assert levels(index.encoders()) == [Level.OK, Level.WARN]
    Encoder.objects.update(state=Encoder.State.PREVIOUS)
    assert next(index.encoders()).text == "no encoder is active"


def test_an_encoder_that_is_gone() -> None:
    Encoder.objects.create(name="open_clip:ViT-B-32/away.pt", version="1", dimensions=3, state="active")
    assert levels(index.encoders())[0] == Level.FAIL
    assert levels(index.models_load()) == [Level.FAIL]


def test_models_are_loaded(colours: Encoder) -> None:
    finding = one(index.models_load())
    assert finding.level == Level.OK
    assert "answers, with 3 numbers" in finding.text


def test_the_bundle(own_folder: Path) -> None:
    assert one(index.bundled()).level == Level.WARN
    files = Bundle.within(own_folder / "models")
    files.folder.mkdir(parents=True)
    for file in (files.lite2, files.minilm, files.tokenizer, files.class_names):
        file.write_text("x")
    files.class_vectors.touch()
    assert one(index.bundled()).text == f"{files.folder} lacks classes.npy"
    files.class_vectors.write_text("x")
    assert one(index.bundled()).level == Level.OK


def test_sources(own_folder: Path) -> None:
    assert one(index.sources()).text == "none yet"
    SourceFactory(name="A", root=str(own_folder))
    SourceFactory(name="B", root=str(own_folder / "away"))
    SourceFactory(name="C", root=str(own_folder.parent), state="offline", state_detail="it is empty")
    here, away, offline = index.sources()
    assert here.level == Level.OK
    assert (away.level, away.text) == (Level.FAIL, f"B ({own_folder / 'away'}): No such file or directory")
    assert (offline.level, offline.text) == (Level.WARN, f"C ({own_folder.parent}) is offline: it is empty")


def test_few_watches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index, "WATCHES", tmp_path / "watches")
    assert one(index.watches()).text == "not told on this system"
    (tmp_path / "watches").write_text("8192\n")
    assert one(index.watches()).level == Level.WARN


def test_files_by_reason() -> None:
    for reason in ("truncated", "truncated", "empty"):
        media = LocationFactory(media=MediaFactory()).media
        Extraction.objects.create(
            media=media,
            extractor="exif",
            version="1",
            lane="cheap",
            state="failed",
            reason=reason,
            newest=datetime(2026, 1, 1, tzinfo=UTC),
        )
    texts = [finding.text for finding in index.failures()]
    assert texts[0].startswith("2 files: The file ends too early (truncated). ")
    assert texts[-1] == "0 of 3 media indexed, 0 to do"


def test_thumbnails(own_folder: Path) -> None:
    there, lost = (LocationFactory(media=MediaFactory(has_preview=True)).media for _ in range(2))
    thumbnail_store.write(there.content_hash, dict.fromkeys(thumbnail_store.SIZES, b"x"))
    (result,) = examine([index.thumbnails(remake=False)], Needs.TABLES)
    assert result.finding.level == Level.FAIL
    assert result.finding.text == f"1 of 2 media lack some (ids: {lost.pk})"
    (result,) = examine([index.thumbnails(remake=True)], Needs.TABLES)
    assert result.finding.text == "1 of 1 that lack some are made again"
    (result,) = examine([index.thumbnails(remake=False)], Needs.TABLES)
    assert result.finding.text == "1 media have all of theirs"

"""``manage.py why``: every way to name a file, and all that is told of it."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from django.utils import timezone

from media_index.models import Capture, Colour, Extraction, Label, Location, Place, Source
from tests.factories import LocationFactory, MediaFactory
from tests.media_index.commands.conftest import Shelf
from tests.media_index.commands.running import document, failure, run


def test_all_that_is_known(shelf: Shelf) -> None:
    media = shelf.photos["trip/red.jpg"]
    LocationFactory(source=shelf.diary, media=media, path="old.jpg", gone_at=timezone.now())
    lisbon = Place.objects.create(kind="city", code="1", name="Lisbon", names=["lisbon"], country_code="PT")
    Capture.objects.create(media=media, camera_model="EOS 5D", place=lisbon)
    Colour.objects.create(media=media, name="red", share=0.5, lightness=0.6, green_red=0.2, blue_yellow=0.1)
    Label.objects.create(media=media, name="rose", score=0.123456)
    Extraction.objects.create(
        media=media, extractor="labels", version="1", lane="ml", state="failed", reason="truncated", detail="torn",
        attempts=1, newest=timezone.now(),
    )  # fmt: skip
    told = document("why", "trip/red.jpg")
    assert (told["path"], told["source"], told["problem"]) == ("trip/red.jpg", "Family", "")
    assert [(one["source"], one["path"], bool(one["gone_at"])) for one in told["locations"]] == [
        ("Diary", "old.jpg", True),
        ("Family", "trip/red.jpg", False),
    ]
    assert told["seen_by"] == ["anna", "ben"]
    known = told["media_index"]
    assert (known["id"], known["content_hash"]) == (media.pk, media.content_hash)
    assert known["capture"]["camera_model"] == "EOS 5D"
    assert (known["place"], known["colours"], known["duration"]) == (["Lisbon"], {"red": 0.5}, None)
    assert known["labels"] == {"rose": 0.1235}
    assert known["embeddings"] == [{"name": "colour:small", "seconds": None}]
    assert known["extractions"] == [
        {
            "extractor": "labels",
            "version": "1",
            "state": "failed",
            "attempts": 1,
            "reason": "truncated",
            "detail": "torn",
        }
    ]


def test_who_sees_it(shelf: Shelf) -> None:
    assert document("why", "blue.jpg")["seen_by"] == ["anna"]
    assert document("why", "green.jpg")["seen_by"] == ["anna", "ben"]


def test_for_people(shelf: Shelf) -> None:
    lines = run("why", "blue.jpg").splitlines()
    assert lines[:3] == ["path: blue.jpg", "source: Diary", "problem: -"]
    at = lines.index("seen_by:")
    assert lines[at + 1] == "  - anna"
    assert any(line.startswith("  content_hash: ") for line in lines)


@pytest.mark.parametrize(
    "path",
    ["trip/red.jpg", "/somewhere/family/trip/red.jpg", "/somewhere/x/../family//trip/red.jpg", "Family:trip/red.jpg"],
)
def test_ways_to_name_it(shelf: Shelf, path: str) -> None:
    told = document("why", path)
    assert (told["source"], told["path"]) == ("Family", "trip/red.jpg")


@pytest.mark.parametrize(
    "path",
    ["red.jpg", "/somewhere/family/red.jpg", "Diary:trip/red.jpg", "Nobody:trip/red.jpg", "", "/", "caf\udce9.jpg",
     "Family:caf\udce9.jpg"],
)  # fmt: skip
def test_what_no_source_holds(shelf: Shelf, path: str) -> None:
    assert failure("why", path).startswith("no source holds ")


def test_the_same_path_in_two_sources(shelf: Shelf) -> None:
    LocationFactory(source=shelf.diary, path="green.jpg", media=MediaFactory())
    both = document("why", "green.jpg")
    assert {(one["source"], one["path"]) for one in both} == {("Diary", "green.jpg"), ("Family", "green.jpg")}
    assert document("why", "Diary:green.jpg")["seen_by"] == ["anna"]
    assert document("why", "/somewhere/family/green.jpg")["seen_by"] == ["anna", "ben"]
    assert run("why", "green.jpg").count("path: green.jpg") >= 2


def test_a_colon_in_a_name(shelf: Shelf) -> None:
    LocationFactory(source=shelf.family, path="12:30.jpg")
    assert document("why", "12:30.jpg")["path"] == "12:30.jpg"


def test_a_file_that_cannot_be_read(shelf: Shelf) -> None:
    LocationFactory(source=shelf.family, path="locked.jpg", media=None, problem="unreadable")
    assert document("why", "locked.jpg") == {"path": "locked.jpg", "source": "Family", "problem": "unreadable"}


class TestOnDisk:
    @pytest.fixture
    def source(self, photo: Callable[..., Path], scanned: Callable[[], Source], shelf: Shelf) -> Source:
        photo("a.jpg")
        return scanned()

    def test_relative_to_the_working_folder(self, source: Source, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(source.root)
        assert document("why", "./a.jpg")["source"] == source.name
        monkeypatch.chdir(Path(source.root).parent)
        assert document("why", "photos/a.jpg")["path"] == "a.jpg"

    def test_through_a_link_to_its_folder(self, source: Source, tmp_path: Path) -> None:
        (tmp_path / "shortcut").symlink_to(source.root)
        assert document("why", str(tmp_path / "shortcut" / "a.jpg"))["source"] == source.name

    def test_a_name_that_is_no_utf8(self, source: Source, scanned: Callable[[], Source]) -> None:
        folder = os.fsencode(source.root)
        Path(os.fsdecode(folder + b"/caf\xe9.jpg")).write_bytes((Path(source.root) / "a.jpg").read_bytes())
        scanned()
        assert Location.objects.filter(path="caf\ufffd.jpg").exists()
        for path in (os.fsdecode(folder + b"/caf\xe9.jpg"), os.fsdecode(b"caf\xe9.jpg")):
            assert document("why", path)["path"] == "caf\ufffd.jpg"

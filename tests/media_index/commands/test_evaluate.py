"""``manage.py evaluate``."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from media_index.models import Encoder
from tests.factories import LocationFactory, MediaFactory
from tests.media_index.colour_encoder import LARGE
from tests.media_index.commands.conftest import Shelf, embed
from tests.media_index.commands.running import document, failure, run

GOOD = {"query": "green", "relevant": ["green.jpg"]}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "cases.jsonl"


def written(file: Path, *cases: object) -> str:
    file.write_text("\n".join(json.dumps(case) for case in cases) + "\n\n", encoding="utf-8")
    return str(file)


def test_figures(shelf: Shelf, file: Path) -> None:
    cases = written(
        file,
        GOOD,
        {"query": "red", "relevant": ["trip/red.jpg", "blue.jpg"]},
        {"query": "blue", "relevant": ["Diary:blue.jpg"]},
        {"query": "year:1900", "relevant": []},
    )
    answer = document("evaluate", cases)
    assert list(answer) == [
        "encoder",
        "version",
        "cases",
        "recall@1",
        "recall@5",
        "recall@10",
        "mrr",
        "ndcg@10",
        "answered",
        "silence",
        "gallery",
    ]
    assert (answer["encoder"], answer["cases"], answer["gallery"], answer["silence"]) == ("colour:small", 4, 3, 1.0)
    assert (answer["recall@1"], answer["recall@5"], answer["mrr"]) == (pytest.approx(5 / 6, abs=1e-4), 1.0, 1.0)


def test_for_people(shelf: Shelf, file: Path) -> None:
    lines = run("evaluate", written(file, GOOD)).splitlines()
    assert lines[0].split() == ["encoder", "colour:small"]
    assert ["recall@1", "1.0"] in [line.split() for line in lines]
    assert not any("silence" in line for line in lines)


def test_another_encoder(shelf: Shelf, file: Path) -> None:
    other = Encoder.objects.create(name=LARGE, version="1", dimensions=8)
    embed(other, shelf.photos["blue.jpg"], "blue")
    answer = document("evaluate", written(file, GOOD), "--encoder", LARGE)
    # What has no vector of it is found by the name of its file alone.
    assert (answer["encoder"], answer["gallery"], answer["recall@10"]) == (LARGE, 1, 1.0)


@pytest.mark.parametrize(
    "line",
    [
        "no json",
        "{",
        '"green"',
        "[]",
        "17",
        "null",
        '{"query": "green"}',
        '{"relevant": []}',
        '{"query": 1, "relevant": []}',
        '{"query": "green", "relevant": "green.jpg"}',
        '{"query": "green", "relevant": [["green.jpg"]]}',
        '{"query": "green", "relevant": [1]}',
        '{"query": "green", "relevant": [null]}',
        '{"query": "green", "relevant": [' + "9" * 5000 + "]}",
    ],
)
def test_a_bad_line_is_named(shelf: Shelf, file: Path, line: str) -> None:
    file.write_text(f"{json.dumps(GOOD)}\n\n{line}\n", encoding="utf-8")
    assert failure("evaluate", str(file)).startswith(f"{file}, line 3: ")


def test_a_path_in_no_source(shelf: Shelf, file: Path) -> None:
    cases = written(file, {"query": "green", "relevant": ["green.jpg", "lost.jpg"]})
    assert failure("evaluate", cases) == "'lost.jpg', relevant for 'green', is in no source"


def test_a_path_in_two_sources_wants_its_source(shelf: Shelf, file: Path) -> None:
    twin = LocationFactory(source=shelf.diary, path="green.jpg", media=MediaFactory()).media
    embed(shelf.encoder, twin, "blue")
    message = failure("evaluate", written(file, GOOD))
    assert message == "'green.jpg', relevant for 'green', is in more than one source: write SOURCE:green.jpg"
    answer = document("evaluate", written(file, {"query": "green", "relevant": ["Family:green.jpg"]}))
    assert answer["recall@1"] == 1.0


def test_copies_of_one_photo_are_the_same(shelf: Shelf, file: Path) -> None:
    LocationFactory(source=shelf.diary, path="green.jpg", media=shelf.photos["green.jpg"])
    assert document("evaluate", written(file, GOOD))["recall@1"] == 1.0


def test_files_that_hold_no_cases(shelf: Shelf, file: Path, tmp_path: Path) -> None:
    assert failure("evaluate", str(file)) == f"{file} cannot be read: No such file or directory"
    assert failure("evaluate", str(tmp_path)) == f"{tmp_path} cannot be read: Is a directory"
    file.write_text("\n \n")
    assert failure("evaluate", str(file)) == f"{file} holds no cases"
    file.write_bytes(b"\xff\xfe{}")
    assert failure("evaluate", str(file)) == f"{file} is no UTF-8 text"


def test_an_encoder_that_is_not_there(shelf: Shelf, file: Path) -> None:
    assert failure("evaluate", written(file, GOOD), "--encoder", "colour:none").startswith("no encoder 'colour:none'")
    Encoder.objects.update(name="colour:gone")
    assert failure("evaluate", written(file, GOOD)) == "there is no encoder 'colour:gone' here"

"""The parts of the chaos runs that decide: what differs, who is killed, what is laid before a portal."""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path

import pytest
from PIL import Image

from research.chaos.dump import State, differences
from research.chaos.kills import Kill, line, roles_for
from research.chaos.library import Library
from research.chaos.recovery import Recovery
from research.chaos.roles import ROLES

STATE: State = {
    "media": {("aa",): (10, "image")},
    "label": {("aa", "cat"): (0.5,)},
    "embedding": {("aa", "one", ""): ("[0.6,0.8]",)},
}


def changed(table: str, key: tuple[object, ...], row: tuple[object, ...]) -> State:
    return {**STATE, table: {**STATE[table], key: row}}


class TestDifferences:
    def test_equal_states_have_none(self) -> None:
        assert differences(STATE, dict(STATE)) == []

    @pytest.mark.parametrize(
        ("table", "key", "row"),
        [
            ("media", ("aa",), (11, "image")),
            ("label", ("aa", "cat"), (0.6,)),
            ("label", ("aa", "dog"), (0.5,)),
            ("embedding", ("aa", "one", ""), ("[0.8,0.6]",)),
        ],
    )
    def test_a_row_that_differs_is_told(self, table: str, key: tuple[object, ...], row: tuple[object, ...]) -> None:
        (told,) = differences(STATE, changed(table, key, row))
        assert told.startswith(f"{table} {key}")

    def test_a_row_that_is_missing_is_told(self) -> None:
        assert differences(STATE, {**STATE, "media": {}}) == ["media ('aa',): only undisturbed"]
        assert differences({**STATE, "media": {}}, STATE) == ["media ('aa',): only disturbed"]

    def test_rounding_of_a_model_is_no_difference(self) -> None:
        assert differences(STATE, changed("label", ("aa", "cat"), (0.5000001,))) == []
        assert differences(STATE, changed("embedding", ("aa", "one", ""), ("[0.60001,0.79999]",))) == []


def test_every_role_has_its_turn_and_a_seed_repeats_them() -> None:
    chosen = roles_for(30, random.Random(1))
    assert len(chosen) == 30
    assert set(chosen) == set(ROLES)
    assert max(Counter(chosen).values()) - min(Counter(chosen).values()) <= 1
    assert chosen == roles_for(30, random.Random(1)) != roles_for(30, random.Random(2))


def test_all_is_back_only_when_everything_is() -> None:
    found = Recovery(queues={"default": 2.0, "ml": None})
    found.note("web", 1.0)
    found.note("files", 3.0)
    assert found.whole is None
    assert line(1, Kill("keeper", found)).split() == ["1", "keeper", "1.0", "2.0", "-", "3.0", "-"]
    found.note("ml", 5.0)
    assert found.whole == 5.0


def test_a_library_is_the_same_in_every_run_and_grows(tmp_path: Path) -> None:
    originals = tmp_path / "originals"
    originals.mkdir()
    for colour in ("red", "blue"):
        Image.new("RGB", (8, 8), colour).save(originals / f"{colour}.png")
    one, other = (Library(originals, tmp_path / name, 5) for name in ("one", "other"))
    assert [one.add(3), one.add(3), one.add(3)] == [3, 2, 0]
    assert other.add(9) == 5
    files = {path.relative_to(one.folder): path for path in one.folder.rglob("*.png")}
    assert len({path.read_bytes() for path in files.values()}) == 5
    for path, file in files.items():
        twin = other.folder / path
        assert twin.read_bytes() == file.read_bytes()
        assert twin.stat().st_mtime == file.stat().st_mtime
    with pytest.raises(SystemExit, match="holds no pictures"):
        Library(tmp_path / "nothing", tmp_path / "third", 5)

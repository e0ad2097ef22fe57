"""``manage.py models``."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.core.management.base import CommandError

from media_index.encoders.catalog import BUNDLED, CATALOG
from media_index.management.commands import models as command
from media_index.models import Embedding, Encoder, Source
from media_index.runner import Runner
from tests.media_index import colour_encoder
from tests.media_index.colour_encoder import LARGE, SMALL
from tests.media_index.commands.running import both, document, failure, run

State = Encoder.State


@pytest.fixture
def indexed(
    colours: Encoder, photo: Callable[..., Path], scanned: Callable[[], Source], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Encoder]:
    """Two photos with their vectors by the active encoder; the command works with a runner of its own."""
    runner = Runner()
    monkeypatch.setattr(command, "RUNNER", runner)
    photo("red.jpg", "red"), photo("blue.jpg", "blue")
    scanned()
    runner.run_until_done()
    yield colours
    runner.close()


def states() -> dict[str, str]:
    return dict(Encoder.objects.values_list("name", "state"))


def test_list(indexed: Encoder) -> None:
    run("models", "build", LARGE)
    first, second, *others = document("models", "list")
    assert first == {"name": SMALL, "version": "1", "state": "active", "missing": 0, "note": "added here"}
    assert second == {"name": LARGE, "version": "1", "state": "building", "missing": 2, "note": "added here"}
    assert [one["name"] for one in others] == [known.name for known in CATALOG]
    assert {(one["state"], one["missing"]) for one in others} == {("", None)}
    lines = run("models", "list").splitlines()
    assert lines[0].split() == [f"{SMALL}@1", "active", "added", "here"]
    assert "building, 2 to do" in lines[1]
    assert len(lines) == 2 + len(CATALOG)


def test_list_on_a_new_installation(db: None) -> None:
    first, *others = document("models", "list")
    assert (first["name"], first["state"], first["missing"]) == (BUNDLED, "active", 0)
    assert first["note"] == CATALOG[0].note
    assert BUNDLED not in {one["name"] for one in others}


def test_from_one_to_the_next_and_back(indexed: Encoder) -> None:
    output, errors = both("models", "build", LARGE, "--wait")
    assert output.splitlines()[0] == f"2 pictures to do by {LARGE}@1"
    assert output.splitlines()[1].startswith("done in ")
    assert errors == "2 left\n"
    assert run("models", "activate", LARGE) == f"search uses {LARGE}@1\n"
    assert states() == {SMALL: State.PREVIOUS, LARGE: State.ACTIVE}
    assert run("models", "rollback") == f"search uses {SMALL}@1 again\n"
    assert states() == {SMALL: State.ACTIVE, LARGE: State.PREVIOUS}
    assert run("models", "remove", LARGE) == f"2 vectors of {LARGE}@1 dropped\n"
    assert states() == {SMALL: State.ACTIVE}
    assert Embedding.objects.count() == 2


def test_activating_too_early(indexed: Encoder) -> None:
    run("models", "build", LARGE)
    assert failure("models", "activate", LARGE).startswith(f"2 photos have no vector of {LARGE}@1 yet: wait")
    assert states()[SMALL] == State.ACTIVE
    assert run("models", "activate", LARGE, "--force") == f"search uses {LARGE}@1\n"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["build", "colour:none"], "there is no encoder 'colour:none'"),
        (["activate", LARGE], f"no encoder '{LARGE}' has been built here"),
        (["remove", LARGE], f"no encoder '{LARGE}' has been built here"),
        (["remove", SMALL], f"{SMALL}@1 is in use"),
        (["rollback"], "there is no encoder to go back to"),
        (["add", BUNDLED], f"{BUNDLED} comes with scanpix"),
        (["add", "colour:none"], "there is no encoder 'colour:none'"),
        (["add", "open_clip:ViT-B-32", "--file", "/nowhere.pt"], "/nowhere.pt is no file"),
    ],
)
def test_failures(colours: Encoder, arguments: list[str], message: str) -> None:
    assert failure("models", *arguments).startswith(message)


def test_an_unknown_action(colours: Encoder) -> None:
    with pytest.raises(CommandError, match="invalid choice: 'sell'"):
        run("models", "sell")


def test_add_tries_it_with_drawings(colours: Encoder) -> None:
    output, errors = both("models", "add", SMALL)
    assert " right; " in output
    assert output.splitlines()[-1] == f"Next: manage.py models build {SMALL}"
    assert errors == ""
    assert states() == {SMALL: State.ACTIVE}


def test_add_tells_of_weights_that_know_nothing(colours: Encoder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(colour_encoder, "COLOURS", {})
    _, errors = both("models", "add", SMALL)
    assert errors.startswith("These weights hardly know a circle from a square")


def test_a_file_of_weights_is_kept(colours: Encoder, settings: LazySettings, tmp_path: Path) -> None:
    """The name that it then has is looked for; the registry here knows none."""
    settings.MODELS = tmp_path / "models"
    weights = tmp_path / "stick" / "vit.safetensors"
    weights.parent.mkdir()
    weights.write_bytes(b"weights")
    message = failure("models", "add", "open_clip:ViT-B-32/openai", "--file", str(weights))
    assert message == "there is no encoder 'open_clip:ViT-B-32/vit.safetensors' here"
    assert (settings.MODELS / "vit.safetensors").read_bytes() == b"weights"
    assert weights.exists()
    assert [file.name for file in settings.MODELS.iterdir()] == ["vit.safetensors"]

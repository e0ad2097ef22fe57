"""The text side: loaded once, remembered, given back when idle, changed with the encoder."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from media_index.encoders import registry
from media_index.encoders.base import EncoderError
from media_index.extractors.base import ExtractorOptions
from media_index.search.vectors import text_side
from media_index.search.vectors.text_side import TextSide
from tests.media_index import colour_encoder
from tests.media_index.colour_encoder import LARGE, SMALL, ColourEncoder

OPTIONS = ExtractorOptions(models=Path("/models"))


@pytest.fixture
def loaded(monkeypatch: pytest.MonkeyPatch) -> list[ColourEncoder]:
    """The encoders that were loaded, in their order; loading takes a while."""
    made: list[ColourEncoder] = []

    def load(name: str, options: ExtractorOptions) -> ColourEncoder:
        time.sleep(0.02)
        made.append(colour_encoder.load(name, options))
        return made[-1]

    monkeypatch.setattr(registry, "load", load)
    return made


def test_a_vector_of_the_encoders_length(loaded: list[ColourEncoder]) -> None:
    vector = TextSide().ask(LARGE, "blue", OPTIONS).vector
    assert vector.shape == (8,)
    assert np.linalg.norm(vector) == pytest.approx(1)
    assert vector.argmax() == 2


def test_texts_are_remembered(loaded: list[ColourEncoder]) -> None:
    side = TextSide()
    first = side.ask(SMALL, "blue", OPTIONS).vector
    assert np.array_equal(side.ask(SMALL, "blue", OPTIONS).vector, first)
    assert not np.array_equal(side.ask(SMALL, "red", OPTIONS).vector, first)
    (encoder,) = loaded
    assert encoder.asked == ["blue", "red"]


def test_one_that_is_gone_does_not_cost_the_one_that_is_loaded(loaded: list[ColourEncoder]) -> None:
    side = TextSide()
    side.ask(SMALL, "blue", OPTIONS)
    for text in ("red", "green"):
        with pytest.raises(EncoderError, match="no version 9"):
            side.ask(f"{SMALL}@9", text, OPTIONS)
        side.ask(SMALL, text, OPTIONS)
    (encoder,) = loaded
    assert encoder.unloaded == 0


def test_the_text_that_was_not_used_for_longest_is_forgotten(
    loaded: list[ColourEncoder], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(text_side, "REMEMBERED", 2)
    side = TextSide()
    for text in ("red", "green", "red", "blue", "red", "green"):
        side.ask(SMALL, text, OPTIONS)
    assert loaded[0].asked == ["red", "green", "blue", "green"]


def test_many_threads_load_it_once(loaded: list[ColourEncoder]) -> None:
    side = TextSide()
    together = threading.Barrier(8)

    def ask(number: int) -> int:
        together.wait()
        return int(side.ask(SMALL, ("red", "blue")[number % 2], OPTIONS).vector.argmax())

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(ask, range(8))) == [0, 2] * 4
    (encoder,) = loaded
    assert sorted(encoder.asked) == ["blue", "red"]


def test_it_is_given_back_when_idle_and_comes_again(loaded: list[ColourEncoder]) -> None:
    side = TextSide()
    assert not side.unload_when_idle(0)
    side.ask(SMALL, "red", OPTIONS)
    assert not side.unload_when_idle(60)
    assert loaded[0].unloaded == 0
    assert side.unload_when_idle(0)
    assert loaded[0].unloaded == 1
    assert not side.unload_when_idle(0)
    side.ask(SMALL, "red", OPTIONS)
    assert len(loaded) == 1, "a text that is remembered needs no encoder"
    side.ask(SMALL, "blue", OPTIONS)
    assert len(loaded) == 2


def test_another_encoder_takes_the_place_of_the_first(loaded: list[ColourEncoder]) -> None:
    side = TextSide()
    assert side.ask(SMALL, "red", OPTIONS).vector.shape == (3,)
    assert side.ask(LARGE, "red", OPTIONS).vector.shape == (8,)
    assert [(one.name, one.unloaded) for one in loaded] == [(SMALL, 1), (LARGE, 0)]
    assert side.ask(SMALL, "red", OPTIONS).vector.shape == (3,)
    assert side.ask(SMALL, "green", OPTIONS).vector.shape == (3,)
    assert [(one.name, one.unloaded) for one in loaded] == [(SMALL, 1), (LARGE, 1), (SMALL, 0)]


def test_other_options_load_it_anew(loaded: list[ColourEncoder]) -> None:
    side = TextSide()
    side.ask(SMALL, "red", OPTIONS)
    side.ask(SMALL, "blue", ExtractorOptions(models=Path("/models"), threads=2))
    assert [one.unloaded for one in loaded] == [1, 0]


def test_one_that_cannot_be_had_does_not_spoil_the_next(loaded: list[ColourEncoder]) -> None:
    side = TextSide()
    side.ask(SMALL, "red", OPTIONS)
    with pytest.raises(EncoderError, match="no encoder 'colour:none'"):
        side.ask("colour:none", "red", OPTIONS)
    assert side.ask(SMALL, "blue", OPTIONS).vector.argmax() == 2
    assert side.ask(LARGE, "blue", OPTIONS).vector.shape == (8,)

"""Colours, by swatches that anybody would name so."""

from __future__ import annotations

import numpy as np
import pytest

from media_index.colours.names import COLOURS, names_of
from media_index.colours.oklab import from_hex, to_oklab
from media_index.colours.palette import LEAST_SHARE, colours_of

NAMED = {
    "black": ["000000", "101418", "1a1210"],
    "white": ["ffffff", "f5f2ea", "f0f4f8"],
    "grey": ["808080", "a9a9a9", "555a5e"],
    "red": ["ff0000", "c8102e", "b22222", "8b0000"],
    "orange": ["ff7f00", "ff8c00", "f58220"],
    "yellow": ["ffff00", "ffd700", "f7d117"],
    "green": ["008000", "228b22", "7cfc00", "2e8b57", "556b2f"],
    "turquoise": ["40e0d0", "00ced1", "20b2aa"],
    "blue": ["0000ff", "1e90ff", "4169e1", "87ceeb", "000080"],
    "purple": ["800080", "6a0dad", "8a2be2"],
    "pink": ["ffc0cb", "ff69b4", "ff1493"],
    "brown": ["8b4513", "a0522d", "5c4033", "d2b48c"],
}


@pytest.mark.parametrize(("name", "digits"), [(name, one) for name, all_ in NAMED.items() for one in all_])
def test_the_name_of_a_colour(name: str, digits: str) -> None:
    assert COLOURS[names_of(from_hex(digits).reshape(1, 3))[0]] == name


def test_every_colour_has_a_name() -> None:
    steps = np.arange(0, 256, 15, dtype=np.uint8)
    cube = np.stack(np.meshgrid(steps, steps, steps), axis=-1).reshape(-1, 3)
    names = names_of(to_oklab(cube))
    assert set(names.tolist()) == set(range(len(COLOURS)))


def test_oklab_of_what_its_paper_tells() -> None:
    """White is 1, 0, 0; red is 0.628, 0.225, 0.126 (Ottosson's post, and the CSS Color Module, level 4)."""
    assert from_hex("ffffff") == pytest.approx([1.0, 0.0, 0.0], abs=1e-4)
    assert from_hex("#f00") == pytest.approx([0.62796, 0.22486, 0.12585], abs=1e-4)


@pytest.mark.parametrize("text", ["", "#", "12345", "#gggggg", "1234567", "٣٣٣٣٣٣", "0x11aa"])
def test_no_colour(text: str) -> None:
    with pytest.raises(ValueError, match="six digits"):
        from_hex(text)


def picture(*parts: tuple[int, tuple[int, int, int]]) -> np.ndarray:
    """A picture of 100 columns, so many of each colour."""
    return np.concatenate([np.full((50, width, 3), colour, np.uint8) for width, colour in parts], axis=1)


def test_shares() -> None:
    found = colours_of(picture((70, (0, 0, 255)), (27, (255, 255, 0)), (3, (255, 0, 0))))
    assert [(one.name, one.share) for one in found.swatches] == [("blue", 0.7), ("yellow", 0.27)]
    assert LEAST_SHARE > 0.03
    assert not found.monochrome


def test_the_mean_of_a_colour() -> None:
    (only,) = colours_of(picture((100, (170, 51, 17)))).swatches
    assert only.lab == pytest.approx(from_hex("aa3311").tolist())


def test_black_and_white() -> None:
    grey = np.random.default_rng(0).integers(0, 256, (40, 60, 1), dtype=np.uint8).repeat(3, axis=2)
    assert colours_of(grey).monochrome
    coloured = grey.copy()
    coloured[:, :3] = (200, 30, 30)
    assert not colours_of(coloured).monochrome

"""Whether one picture was cut out of another."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageEnhance

from media_index.duplicates.cutting import LEAST_PIECE, fit, is_part
from tests.media_index.duplicates.test_hashing import picture, recompressed


def grey(seed: int) -> Image.Image:
    return picture(seed, 320).convert("L")


def cut(image: Image.Image, left: float, top: float, right: float, bottom: float) -> Image.Image:
    box = (image.width * left, image.height * top, image.width * (1 - right), image.height * (1 - bottom))
    return image.crop(tuple(round(edge) for edge in box))  # type: ignore[arg-type]  # four of them


@pytest.mark.parametrize("edges", [(0.1, 0, 0, 0.1), (0.2, 0.1, 0.1, 0.15), (0, 0, 0.33, 0), (0.05, 0.4, 0, 0)])
@pytest.mark.parametrize("seed", [1, 2])
def test_a_cut_picture_is_a_part_whichever_is_asked_first(seed: int, edges: tuple[float, ...]) -> None:
    whole = grey(seed)
    part = cut(whole, *edges)
    assert is_part(part, whole)
    assert is_part(whole, part)


def test_also_where_it_was_made_smaller_and_edited() -> None:
    whole = grey(3)
    part = recompressed(cut(whole, 0.1, 0, 0.05, 0.1).resize((200, 150))).convert("L")
    assert is_part(ImageEnhance.Contrast(part).enhance(1.4), whole)


def test_other_pictures_are_no_parts() -> None:
    rows = [grey(seed) for seed in range(8)]
    assert not any(is_part(one, other) for at, one in enumerate(rows) for other in rows[at + 1 :])


def test_where_something_else_stands_in_one_place_it_is_another_shot() -> None:
    whole = grey(4)
    part = cut(whole, 0.1, 0.1, 0, 0)
    part.paste(grey(5).resize((90, 70)), (100, 80))
    assert fit(part, whole, 0.0).whole > 0.8
    assert fit(part, whole, 0.0).lowest < LEAST_PIECE
    assert not is_part(part, whole)


def test_nobody_can_be_sure_where_nearly_all_of_it_is_plain() -> None:
    values = np.full((240, 320), 200, dtype=np.uint8)
    values[100:130, 150:190] = np.asarray(grey(6).resize((40, 30)))
    whole = Image.fromarray(values)
    assert not is_part(cut(whole, 0.1, 0.1, 0, 0), whole)


def test_tiny_and_blank_pictures_are_no_parts() -> None:
    for size in ((1, 1), (1, 320), (320, 1), (320, 240)):
        assert not is_part(Image.new("L", size, 90), grey(7))
        assert not is_part(grey(7), Image.new("L", size, 90))

"""Hashes of pictures: what they stay the same under, and what they tell apart."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image, ImageOps

from media_index.duplicates.grouping import ALIKE, EXACT, groups
from media_index.duplicates.hashing import (
    BITS,
    Bits,
    as_text,
    distance,
    fingerprint,
    from_text,
    is_flat,
    orientations,
)


def picture(seed: int, side: int = 400) -> Image.Image:
    """Soft shapes, as photos have: noise of few points, enlarged."""
    rough = np.random.default_rng(seed).integers(0, 256, (12, 16, 3), dtype=np.uint8)
    return Image.fromarray(rough).resize((side, side * 3 // 4), Image.Resampling.BICUBIC)


def hashed(image: Image.Image) -> Bits:
    return fingerprint(np.asarray(image.convert("RGB")))


def recompressed(image: Image.Image) -> Image.Image:
    held = io.BytesIO()
    image.save(held, "JPEG", quality=30)
    return Image.open(held)


@pytest.mark.parametrize("seed", range(5))
def test_a_copy_is_near_however_it_was_made(seed: int) -> None:
    original = picture(seed)
    for copy in (
        original.resize((130, 97)),
        recompressed(original),
        original.convert("L"),
        original.point(lambda v: v * 0.7),
    ):
        assert distance(hashed(original), hashed(copy)) <= EXACT


@pytest.mark.parametrize("turn", list(Image.Transpose))
def test_the_hashes_of_all_positions_follow_from_one(turn: Image.Transpose) -> None:
    original = picture(3)
    turned = hashed(original.transpose(turn))
    distances = [distance(turned, one) for one in orientations(hashed(original))]
    assert min(distances) <= 4
    assert distances[0] > ALIKE


def test_a_screenshot_is_as_its_picture() -> None:
    screen = ImageOps.expand(picture(4), (0, 200), "black")
    assert distance(hashed(screen), hashed(picture(4))) <= EXACT


def test_unlike_pictures_are_far_from_each_other() -> None:
    hashes = [hashed(picture(seed)) for seed in range(30)]
    near = [
        min(distance(one, turned) for turned in orientations(other))
        for at, one in enumerate(hashes)
        for other in hashes[at + 1 :]
    ]
    assert min(near) > ALIKE


def test_a_blank_page_is_flat_and_a_picture_is_not() -> None:
    for colour in ("white", "black", "#777"):
        assert is_flat(np.asarray(Image.new("RGB", (300, 200), colour)))
    assert not is_flat(np.asarray(picture(1)))


def test_bits_go_to_text_and_back() -> None:
    bits = hashed(picture(2))
    assert len(as_text(bits)) == BITS
    assert np.array_equal(from_text(as_text(bits)), bits)


def test_one_pixel_and_a_thin_strip_have_a_hash() -> None:
    for size in ((1, 1), (1, 900), (900, 1)):
        assert len(hashed(Image.new("RGB", size, "red"))) == BITS


def test_pairs_become_groups() -> None:
    assert groups([(1, 2, 5), (2, 3, 9), (7, 8, 0)], set()) == [(1, 2, 3), (7, 8)]


def test_what_was_told_apart_is_never_in_one_group_whatever_lies_between() -> None:
    assert groups([(1, 2, 5), (2, 3, 9)], {(1, 3)}) == [(1, 2)]
    assert groups([(1, 2, 5)], {(1, 2)}) == []

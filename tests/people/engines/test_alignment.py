"""Faces cut out upright and of one size."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from people.engines.alignment import cut, similarity

TEMPLATE = np.array([[30, 30], [70, 30], [50, 55], [35, 75], [65, 75]], np.float32)


@pytest.mark.parametrize(("degrees", "scale", "shift"), [(0, 1.0, (0, 0)), (30, 2.5, (40, -7)), (-170, 0.3, (5, 90))])
def test_a_turn_a_scale_and_a_shift_are_found(degrees: float, scale: float, shift: tuple[float, float]) -> None:
    angle = np.deg2rad(degrees)
    turn = scale * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    points = (TEMPLATE @ turn.T + shift).astype(np.float32)
    np.testing.assert_allclose(similarity(points, TEMPLATE), np.column_stack([turn, shift]), atol=1e-3)


def test_what_is_cut_lies_where_the_matrix_says() -> None:
    """A ramp of brightness turned by a quarter and twice as large: the square shows it upright again."""
    ramp = np.zeros((200, 200, 3), np.uint8)
    ramp[...] = np.arange(200, dtype=np.uint8)[:, None, None]
    matrix = np.array([[0.0, 1.0, 20.0], [1.0, 0.0, 50.0]])
    square = cut(Image.fromarray(ramp), matrix, 100)
    # Right in the square is down in the picture.
    np.testing.assert_allclose(square[50, 5:95, 0], 50 + np.arange(5, 95), atol=1.5)
    np.testing.assert_allclose(square[5:95, 50, 0], 100, atol=1.5)


def test_a_large_face_is_made_smaller_without_false_patterns() -> None:
    """Stripes of one pixel become grey, not stripes of another width."""
    stripes = np.zeros((600, 600, 3), np.uint8)
    stripes[:, ::2] = 255
    square = cut(Image.fromarray(stripes), np.array([[5.3, 0.0, 10.0], [0.0, 5.3, 10.0]]), 100)
    assert square[10:90, 10:90].std() < 15


def test_outside_of_the_picture_is_black() -> None:
    white = Image.new("RGB", (50, 50), "white")
    square = cut(white, np.array([[1.0, 0.0, -50.0], [0.0, 1.0, 0.0]]), 100)
    assert square[:40, :45].max() == 0
    assert square[5:40, 60:90].min() == 255

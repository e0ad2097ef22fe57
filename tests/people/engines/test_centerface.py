"""Boxes that hide each other, and sizes that the network can take."""

from __future__ import annotations

import numpy as np

from people.engines.centerface import distinct, looked_at


def test_of_boxes_that_overlap_the_surest_stays() -> None:
    boxes = np.array([[0, 0, 10, 10], [1, 1, 11, 11], [30, 0, 40, 10], [8, 0, 18, 10]], np.float32)
    assert distinct(boxes, np.array([0.7, 0.9, 0.6, 0.8], np.float32)) == [1, 3, 2]


def test_no_boxes() -> None:
    assert distinct(np.empty((0, 4), np.float32), np.empty(0, np.float32)) == []


def test_a_box_without_size_hides_nothing() -> None:
    boxes = np.array([[5, 5, 5, 5], [5, 5, 5, 5]], np.float32)
    assert distinct(boxes, np.array([0.9, 0.8], np.float32)) == [0, 1]


def test_sides_are_multiples_of_32() -> None:
    assert looked_at((4000, 3000)) == (1024, 768)
    assert looked_at((100, 50)) == (160, 96)
    assert looked_at((1, 1)) == (32, 32)
    assert looked_at((30_000, 10)) == (1024, 32)

"""A quick trial of an encoder on pictures drawn here, so that one can tell real weights from wrong ones."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw

from media_index.decoding.decoded import Pixels
from media_index.encoders.base import Encoder

SIDE = 256
ROUNDS = 4


@dataclass(frozen=True, slots=True)
class SmokeReport:
    """``best``: for each text the picture it fits best, and their similarity; ``right`` of ``total`` are as drawn."""

    best: tuple[tuple[str, str, float], ...]
    right: int
    total: int
    images_per_second: float
    text_milliseconds: float


def _disc(draw: ImageDraw.ImageDraw) -> None:
    draw.ellipse((48, 48, 208, 208), fill="red")


def _square(draw: ImageDraw.ImageDraw) -> None:
    draw.rectangle((56, 56, 200, 200), fill="blue")


def _triangle(draw: ImageDraw.ImageDraw) -> None:
    draw.polygon([(128, 40), (216, 208), (40, 208)], fill="green")


def _chessboard(draw: ImageDraw.ImageDraw) -> None:
    for row in range(8):
        for column in range(row % 2, 8, 2):
            draw.rectangle((column * 32, row * 32, column * 32 + 31, row * 32 + 31), fill="black")


def _face(draw: ImageDraw.ImageDraw) -> None:
    draw.ellipse((40, 40, 216, 216), fill="yellow", outline="black", width=4)
    draw.ellipse((88, 96, 108, 116), fill="black")
    draw.ellipse((148, 96, 168, 116), fill="black")
    draw.arc((84, 100, 172, 180), 20, 160, fill="black", width=6)


def _house(draw: ImageDraw.ImageDraw) -> None:
    draw.rectangle((0, 200, 256, 256), fill="green")
    draw.rectangle((72, 112, 184, 216), fill="peru")
    draw.polygon([(56, 112), (128, 48), (200, 112)], fill="firebrick")
    draw.rectangle((116, 160, 144, 216), fill="saddlebrown")


DRAWINGS: tuple[tuple[str, str, Callable[[ImageDraw.ImageDraw], None]], ...] = (
    ("red disc", "a red circle", _disc),
    ("blue square", "a blue square", _square),
    ("green triangle", "a green triangle", _triangle),
    ("chessboard", "a chessboard", _chessboard),
    ("smiling face", "a yellow smiling face", _face),
    ("house", "a drawing of a house", _house),
)


def drawing(draw: Callable[[ImageDraw.ImageDraw], None]) -> Pixels:
    picture = Image.new("RGB", (SIDE, SIDE), "white")
    draw(ImageDraw.Draw(picture))
    return np.asarray(picture)


def smoke(encoder: Encoder) -> SmokeReport:
    """Load both sides and have each text find its drawing. Raises ``EncoderError`` where the weights cannot be had."""
    pictures = [drawing(draw) for _, _, draw in DRAWINGS]
    texts = [text for _, text, _ in DRAWINGS]
    images = encoder.encode_images(pictures)
    vectors = encoder.encode_texts(texts)
    similar = vectors @ images.T
    chosen = similar.argmax(axis=1)
    best = tuple(
        (text, DRAWINGS[pick][0], float(similar[row, pick]))
        for row, (text, pick) in enumerate(zip(texts, chosen, strict=True))
    )
    images_seconds = _seconds(lambda: encoder.encode_images(pictures)) / len(pictures)
    text_seconds = _seconds(lambda: encoder.encode_texts(texts[:1]))
    right = int((chosen == np.arange(len(texts))).sum())
    return SmokeReport(best, right, len(texts), 1 / images_seconds, text_seconds * 1000)


def _seconds(run: Callable[[], object]) -> float:
    """The least time of a few runs."""
    times = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        run()
        times.append(time.perf_counter() - began)
    return min(times)

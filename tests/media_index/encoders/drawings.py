"""Drawn pictures that a classifier of photos recognises."""

from __future__ import annotations

import math

import numpy as np
from PIL import Image, ImageDraw

from media_index.decoding.decoded import Pixels


def clock() -> Pixels:
    """An analog clock on a wall, 400 by 400 pixels."""
    picture = Image.new("RGB", (400, 400), (205, 190, 170))
    draw = ImageDraw.Draw(picture)
    draw.ellipse((50, 50, 350, 350), fill="white", outline=(40, 40, 40), width=14)
    for hour in range(12):
        x, y = math.sin(hour * math.pi / 6), -math.cos(hour * math.pi / 6)
        draw.line((200 + 120 * x, 200 + 120 * y, 200 + 138 * x, 200 + 138 * y), fill="black", width=7)
    draw.line((200, 200, 200, 100), fill="black", width=8)
    draw.line((200, 200, 260, 235), fill="black", width=10)
    return np.asarray(picture)


def traffic_light() -> Pixels:
    """A traffic light that shows red, 300 by 400 pixels."""
    picture = Image.new("RGB", (300, 400), (130, 180, 230))
    draw = ImageDraw.Draw(picture)
    draw.rectangle((110, 60, 190, 300), fill=(20, 20, 20))
    draw.rectangle((143, 300, 157, 400), fill=(60, 60, 60))
    for y, colour in ((100, (255, 30, 20)), (180, (80, 70, 10)), (260, (10, 70, 20))):
        draw.ellipse((120, y - 30, 180, y + 30), fill=colour)
    return np.asarray(picture)


def crossword() -> Pixels:
    """A crossword, 390 by 390 pixels."""
    picture = Image.new("RGB", (390, 390), "white")
    draw = ImageDraw.Draw(picture)
    for x in range(13):
        for y in range(13):
            fill = "black" if (x * 7 + y * 5 + x * y) % 4 == 0 else None
            draw.rectangle((x * 30, y * 30, x * 30 + 30, y * 30 + 30), fill=fill, outline="black")
    return np.asarray(picture)


def noise(width: int, height: int, seed: int = 0) -> Pixels:
    """Every pixel by chance."""
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)


def gradient(width: int, height: int) -> Pixels:
    """Smooth ramps, another for each channel."""
    x, y = np.linspace(0, 255, width)[None, :], np.linspace(0, 255, height)[:, None]
    planes = (x + 0 * y, y + 0 * x, (x + y) / 2)
    return np.stack(planes, axis=2).astype(np.uint8)

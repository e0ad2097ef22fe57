"""Queries whose answer the captions tell: single words, and captions themselves.

A word is true of a photo where at least two of its captions use it, false where none does, and unknown otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from research.bundled.data import Photo

TEMPLATES = ("{}", "a {}", "a photo of a {}")
_WORDS = (
    "dog cat horse zebra giraffe elephant bear cow sheep bird train bus truck car motorcycle bicycle boat "
    "airplane kite surfboard skateboard snowboard skis tennis baseball frisbee soccer umbrella bench pizza "
    "cake donut sandwich banana apple orange broccoli carrot hot-dog bed couch toilet sink refrigerator oven "
    "microwave laptop keyboard phone television clock vase scissors teddy-bear toothbrush book wine-glass "
    "fire-hydrant stop-sign traffic-light parking-meter suitcase backpack tie beach snow street kitchen "
    "bathroom bedroom office field river mountain forest bridge tower church fence baby child woman man table "
    "desk mirror window flower tree grass sand ocean wave rock sunset plate bowl cup spoon knife fork bottle "
    "computer camera hat helmet glasses shirt"
)
WORDS = tuple(_WORDS.split())
"""Things, animals and places of everyday photos; many have a neighbour that is easily taken for them."""
BROAD = frozenset({"man", "woman", "child", "table", "grass", "street"})
"""In so many photos that a gallery without them is another kind of gallery."""
ALSO = {
    "airplane": "plane jet aircraft airliner", "baby": "toddler infant", "baseball": "batter umpire bat",
    "bicycle": "bike cyclist", "bird": "seagull parrot duck owl", "boat": "ship sail sailboat",
    "car": "vehicle traffic", "cat": "kitten kitty", "child": "children boy girl kid baby toddler",
    "couch": "sofa", "cow": "cattle bull", "dog": "puppy puppies", "donut": "doughnut", "forest": "wood tree",
    "glasses": "sunglasses eyeglasses", "man": "men guy person people player male", "motorcycle": "motorbike bike",
    "mountain": "hill", "ocean": "sea beach wave surf water", "phone": "cellphone telephone",
    "refrigerator": "fridge", "sheep": "lamb", "skateboard": "skateboarder skater skate skateboarding",
    "skis": "ski skier skiing", "snowboard": "snowboarder snowboarding", "soccer": "football",
    "street": "road intersection", "surfboard": "surfer surf surfing", "television": "tv", "truck": "lorry",
    "wave": "surf", "woman": "women lady girl person people female",
}  # fmt: skip


def uses(caption: str, word: str) -> bool:
    """Whether a caption names the thing, also in the plural or by another word."""
    text = f" {re.sub('[^a-z]+', ' ', caption.lower())} "
    names = [word.replace("-", " "), *ALSO.get(word, "").split()]
    return any(f" {name}{ending} " in text for name in names for ending in ("", "s", "es"))


def mentions(photos: Sequence[Photo], word: str) -> NDArray[np.int64]:
    """How many captions of each photo name the thing, ``(photos,)``."""
    return np.array([sum(uses(caption, word) for caption in photo.captions) for photo in photos])


def asked(word: str) -> list[str]:
    """The queries for one word."""
    return [template.format(word.replace("-", " ")) for template in TEMPLATES]

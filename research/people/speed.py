"""Faces per second through the extractor, against dlib's own detector and descriptor alone, in one run.

    python -m research.people.speed DATA [--photos N]

Both see the same previews, already decoded, on one thread each, in turns; the processor's time counts. The extractor
does more for a face: four views and a quality, where dlib has one view.
"""

from __future__ import annotations

import argparse
import time
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from PIL import Image

from media_index.decoding.decoded import Decoded
from media_index.extractors.base import Batch, Context
from people.engines.dlib_engine import DlibEngine, weights_file
from people.faces.extractor import FacesExtractor, FacesOutcome
from research.people.data import preview, rows

LOOKED_AT = 1024
AT_ONCE = 16


def context(picture: Image.Image) -> Context:
    decoded = Decoded(np.asarray(picture), picture.width, picture.height, "JPEG", "image/jpeg")
    return Context(1, "photo.jpg", 1, datetime(2024, 1, 1, tzinfo=UTC), "image", "image/jpeg", decoded)


class Bare:
    """dlib: HOG at 1,024 pixels, 68 points, one view of each face."""

    def __init__(self) -> None:
        import dlib

        folder = weights_file().parent
        self._found = dlib.get_frontal_face_detector()
        self._points = dlib.shape_predictor(str(folder / "shape_predictor_68_face_landmarks.dat"))
        self._describe = dlib.face_recognition_model_v1(str(weights_file()))

    def run(self, picture: Image.Image) -> int:
        small = picture.copy()
        small.thumbnail((LOOKED_AT, LOOKED_AT), Image.Resampling.LANCZOS)
        pixels = np.asarray(small)
        faces = self._found(pixels, 0)
        for face in faces:
            self._describe.compute_face_descriptor(pixels, self._points(pixels, face))
        return len(faces)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--photos", type=int, default=48)
    asked = parser.parse_args()
    paths = [row["path"] for row in rows(asked.data / "groups.jsonl")]
    paths += [row["path"] for row in rows(asked.data / "faces.jsonl")[::7]]
    pictures = [preview(asked.data / path).resize((2048, 1536)) for path in paths[: asked.photos]]
    bare, extractor = Bare(), FacesExtractor(DlibEngine(threads=1))
    bare.run(pictures[0])
    extractor.extract(Batch([context(pictures[0])]))
    took, faces = [0.0, 0.0], [0, 0]
    for start in range(0, len(pictures), AT_ONCE):
        some = pictures[start : start + AT_ONCE]
        began = time.process_time()
        faces[0] += sum(bare.run(picture) for picture in some)
        half = time.process_time()
        outcomes = extractor.extract(Batch([context(picture) for picture in some]))
        took[0] += half - began
        took[1] += time.process_time() - half
        faces[1] += sum(len(outcome.faces) for outcome in outcomes if isinstance(outcome, FacesOutcome))
    for what, count, seconds in zip(("dlib alone", "the extractor"), faces, took, strict=True):
        print(f"{what}: {count} faces in {len(pictures)} photos, {seconds:.1f} s: {count / seconds:.2f} faces a second")
    print(f"the extractor is {faces[1] / took[1] / (faces[0] / took[0]):.2f} times as fast")


if __name__ == "__main__":
    main()

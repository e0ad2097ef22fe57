"""Which detector finds most faces with fewest false alarms, and how long it takes.

    python -m research.people.detection DATA [--every N] [--faces-every N] [--only NAME]

For each detector: recall and false alarms on the photos of ``groups.jsonl`` whose faces were counted (a photo with more
boxes than faces has that many false alarms: the counts tell no places), the share of the photos of ``faces.jsonl`` in
which anybody is found, false alarms on every n-th photo of ``objects.jsonl`` (not those of faces; look at them, some do
show a person), and seconds of one processor for a preview of 2,048 x 1,536 pixels.

HOG and dlib's own network need ``dlib-bin``; they look at 1,024 pixels, as CenterFace does, HOG also at twice as many.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image

from people.engines import centerface
from people.engines.dlib_engine import DlibEngine, weights_file
from research.people.data import preview, rows

Detector = Callable[[Image.Image], int]
LOOKED_AT = 1024
REPEATS = 3


def hog(doubled: bool) -> Detector:
    """dlib's detector by histograms of gradients."""
    import dlib

    found = dlib.get_frontal_face_detector()
    return lambda picture: len(found(_small(picture), int(doubled)))


def mmod() -> Detector:
    """dlib's detector by a network."""
    import dlib

    found = dlib.cnn_face_detection_model_v1(str(weights_file().with_name("mmod_human_face_detector.dat")))
    return lambda picture: len(found(_small(picture), 0))


def center(lowest: float) -> Detector:
    """CenterFace as the engine runs it, with this lowest score."""
    network = centerface.CenterFace(threads=1)

    def run(picture: Image.Image) -> int:
        centerface.LOWEST_SCORE = lowest
        return len(network.detect(picture))

    return run


def engine() -> Detector:
    """CenterFace and what the default engine thinks of its faces."""
    whole = DlibEngine(threads=1)
    return lambda picture: len(whole.find([picture])[0])


DETECTORS: dict[str, Callable[[], Detector]] = {
    "HOG": lambda: hog(False),
    "HOG, doubled": lambda: hog(True),
    "CenterFace 0.35": lambda: center(0.35),
    "CenterFace 0.5": lambda: center(0.5),
    "CenterFace 0.65": lambda: center(0.65),
    "the engine": engine,
    "dlib's network": mmod,
}


def _small(picture: Image.Image) -> np.ndarray:
    smaller = picture.copy()
    smaller.thumbnail((LOOKED_AT, LOOKED_AT), Image.Resampling.LANCZOS)
    return np.asarray(smaller)


def judge(detector: Detector, data: Path, every: int, faces_every: int) -> str:
    wanted = found = false = 0
    for row in rows(data / "groups.jsonl"):
        if row["face_count"] is not None:
            seen = detector(preview(data / row["path"]))
            wanted += row["face_count"]
            found += min(seen, row["face_count"])
            false += max(0, seen - row["face_count"])
    single = rows(data / "faces.jsonl")[::faces_every]
    anybody = sum(detector(preview(data / row["path"])) > 0 for row in single)
    things = [row for row in rows(data / "objects.jsonl") if not row["class"].startswith("faces")][::every]
    alarms = sum(detector(preview(data / row["path"])) for row in things)
    precision, recall = found / max(found + false, 1), found / wanted
    f1 = 2 * precision * recall / max(precision + recall, 1e-9)
    return (
        f"| {recall:.3f} | {precision:.3f} | {f1:.3f} | {anybody / len(single):.3f} "
        f"| {100 * alarms / len(things):.1f} | {_seconds(detector, data):.2f} |"
    )


def _seconds(detector: Detector, data: Path) -> float:
    """Of the processor; the fastest of some runs."""
    picture = preview(data / rows(data / "groups.jsonl")[0]["path"]).resize((2048, 1536))
    took = []
    for _ in range(REPEATS):
        began = time.process_time()
        detector(picture)
        took.append(time.process_time() - began)
    return min(took)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--every", type=int, default=4, help="of the photos of things every n-th")
    parser.add_argument("--faces-every", type=int, default=2, help="of the photos of one person every n-th")
    parser.add_argument("--only", help="names of detectors that begin so")
    asked = parser.parse_args()
    print("| detector | recall | precision | F1 | anybody found | false alarms per 100 things | seconds |")
    print("|---|---|---|---|---|---|---|")
    for name, make in DETECTORS.items():
        if asked.only is None or name.startswith(asked.only):
            print(f"| {name} {judge(make(), asked.data, asked.every, asked.faces_every)}", flush=True)


if __name__ == "__main__":
    main()

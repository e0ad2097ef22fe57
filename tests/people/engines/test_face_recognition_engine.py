"""The package face_recognition as an engine, against the default one."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

from media_index.encoders.base import EncoderError
from media_index.extractors.base import ExtractorOptions
from people.engines import face_recognition_engine, registry
from people.engines.base import FaceEngine, FoundFace
from people.engines.dlib_engine import DlibEngine
from people.engines.face_recognition_engine import FaceRecognitionEngine
from people.faces.boxes import SAME_FACE, overlap
from people.faces.clustering import ALIKE_ALONE
from tests.people.photos import photo

pytestmark = pytest.mark.model


@pytest.fixture(scope="module")
def astronaut() -> Image.Image:
    return Image.open(photo("astronaut.png")).convert("RGB")


@pytest.fixture(scope="module")
def seen(astronaut: Image.Image) -> FoundFace:
    (faces,) = FaceRecognitionEngine().find([astronaut])
    # On the picture twice as large HOG sees a second, small face where there is none.
    return max(faces, key=lambda face: face.box[2])


def test_it_sees_what_the_default_engine_sees(astronaut: Image.Image, seen: FoundFace) -> None:
    engine: FaceEngine = FaceRecognitionEngine()
    ((theirs,),) = DlibEngine(threads=1).find([astronaut])
    assert overlap(seen.box, theirs.box) > SAME_FACE
    assert seen.vector.shape == (engine.dimensions,) == theirs.vector.shape
    assert np.linalg.norm(seen.vector) == pytest.approx(1, abs=1e-5)
    assert seen.vector @ theirs.vector > ALIKE_ALONE
    assert 0.5 < seen.quality <= 1


def test_broken_pictures_stay_broken_for_the_whole_process() -> None:
    # In a process of its own: here the package may be imported already.
    loading = (
        "from PIL import Image, ImageFile\n"
        "from people.engines.face_recognition_engine import FaceRecognitionEngine\n"
        "FaceRecognitionEngine().find([Image.new('RGB', (200, 200))])\n"
        "raise SystemExit(ImageFile.LOAD_TRUNCATED_IMAGES)"
    )
    assert subprocess.run([sys.executable, "-c", loading], check=False).returncode == 0


def test_landmarks_lie_in_the_face(seen: FoundFace) -> None:
    left, top, width, height = seen.box
    assert len(seen.landmarks) == 5
    assert all(left < x < left + width and top < y < top + height for x, y in seen.landmarks)


def test_a_drawn_face_is_described(astronaut: Image.Image, seen: FoundFace) -> None:
    drawn = FaceRecognitionEngine().describe(astronaut, seen.box)
    assert drawn.box == seen.box
    assert drawn.vector @ seen.vector > 0.99
    nobody = FaceRecognitionEngine().describe(astronaut, (0.02, 0.7, 0.15, 0.2))
    assert nobody.vector @ seen.vector < ALIKE_ALONE


def test_a_box_outside_is_refused(astronaut: Image.Image) -> None:
    with pytest.raises(ValueError, match="empty or not inside"):
        FaceRecognitionEngine().describe(astronaut, (0.9, 0.9, 0.2, 0.2))


def test_nobody_on_a_grey_picture() -> None:
    assert FaceRecognitionEngine().find([Image.new("RGB", (300, 200), "grey")]) == [[]]


def test_without_its_packages(monkeypatch: pytest.MonkeyPatch, astronaut: Image.Image) -> None:
    monkeypatch.setattr(face_recognition_engine, "_PACKAGES", ("no_such_package",))
    with pytest.raises(EncoderError, match="no_such_package is missing"):
        FaceRecognitionEngine().find([astronaut])


def test_it_is_made_where_it_is_wanted(tmp_path_factory: pytest.TempPathFactory) -> None:
    options = ExtractorOptions(models=tmp_path_factory.mktemp("models"))
    try:
        registry.use(["dlib", "face_recognition"])
        assert registry.names() == ["dlib", "face_recognition"]
        assert isinstance(registry.engine("face_recognition", options), FaceRecognitionEngine)
    finally:
        registry.reset()

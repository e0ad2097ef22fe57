"""The default engine on a real face: the astronaut of scikit-image (NASA, public domain)."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from media_index.encoders.base import EncoderError
from people.engines import centerface, dlib_engine
from people.engines.base import FaceEngine, FoundFace
from people.engines.dlib_engine import DlibEngine
from people.faces.clustering import ALIKE_ALONE
from tests.people.photos import photo

pytestmark = pytest.mark.model

HERE = (0.355, 0.12, 0.16, 0.26)
"""About where her face is."""


@pytest.fixture(scope="module")
def engine() -> DlibEngine:
    return DlibEngine(threads=1)


@pytest.fixture(scope="module")
def astronaut() -> Image.Image:
    return Image.open(photo("astronaut.png")).convert("RGB")


def only(faces: list[FoundFace]) -> FoundFace:
    assert len(faces) == 1
    return faces[0]


def test_it_keeps_the_contract(engine: DlibEngine) -> None:
    checked: FaceEngine = engine
    assert (checked.name, checked.dimensions) == ("dlib", 128)


def test_a_face_is_found_where_it_is(engine: DlibEngine, astronaut: Image.Image) -> None:
    found = only(engine.find([astronaut])[0])
    assert found.box == pytest.approx(HERE, abs=0.06)
    assert found.vector.shape == (engine.dimensions,)
    assert found.vector.dtype == np.float32
    assert np.linalg.norm(found.vector) == pytest.approx(1, abs=1e-5)
    assert found.score > 0.8
    assert found.quality > 0.8
    assert len(found.landmarks) == 5
    assert all(HERE[0] < x < HERE[0] + HERE[2] and HERE[1] < y < HERE[1] + HERE[3] for x, y in found.landmarks)


def test_she_is_the_same_smaller_turned_and_darker(engine: DlibEngine, astronaut: Image.Image) -> None:
    others = [
        astronaut.resize((300, 300), Image.Resampling.LANCZOS),
        astronaut.rotate(15, Image.Resampling.BICUBIC),
        astronaut.point(lambda value: value * 0.6),
        astronaut.transpose(Image.Transpose.FLIP_LEFT_RIGHT),
    ]
    first, *rest = engine.find([astronaut, *others])
    for found in rest:
        assert only(found).vector @ only(first).vector > ALIKE_ALONE


def test_nobody_in_a_picture_of_a_cat(engine: DlibEngine) -> None:
    assert engine.find([Image.open(photo("chelsea.png")).convert("RGB")]) == [[]]


def test_no_pictures(engine: DlibEngine) -> None:
    assert engine.find([]) == []


def test_faces_come_from_left_to_right(engine: DlibEngine, astronaut: Image.Image) -> None:
    two = Image.new("RGB", (1024, 512))
    two.paste(astronaut, (0, 0))
    two.paste(astronaut.transpose(Image.Transpose.FLIP_LEFT_RIGHT), (512, 0))
    left, right = engine.find([two])[0]
    assert left.box[0] < 0.5 < right.box[0]
    assert left.vector @ right.vector > ALIKE_ALONE


def test_a_blurred_face_is_trusted_less(engine: DlibEngine, astronaut: Image.Image) -> None:
    tiny = astronaut.resize((96, 96), Image.Resampling.LANCZOS).resize((512, 512), Image.Resampling.BICUBIC)
    sharp, blurred = engine.describe(astronaut, HERE), engine.describe(tiny, HERE)
    assert blurred.quality < sharp.quality


def test_a_drawn_box_takes_the_face_in_it(engine: DlibEngine, astronaut: Image.Image) -> None:
    found = only(engine.find([astronaut])[0])
    drawn = engine.describe(astronaut, (0.3, 0.05, 0.27, 0.4))
    assert drawn.box == (0.3, 0.05, 0.27, 0.4)
    assert drawn.vector @ found.vector > 0.97


def test_a_drawn_box_without_a_face_is_described_and_not_trusted(engine: DlibEngine, astronaut: Image.Image) -> None:
    drawn = engine.describe(astronaut, (0.02, 0.7, 0.15, 0.2))
    assert np.linalg.norm(drawn.vector) == pytest.approx(1, abs=1e-5)
    assert (drawn.quality, drawn.score) == (0.0, 0.0)


@pytest.mark.parametrize("box", [(0.5, 0.5, 0.0, 0.1), (0.9, 0.1, 0.2, 0.1), (float("nan"), 0, 0.1, 0.1)])
def test_an_impossible_box_is_refused(engine: DlibEngine, astronaut: Image.Image, box: tuple[float, ...]) -> None:
    with pytest.raises(ValueError, match="empty or not inside the picture"):
        engine.describe(astronaut, box)  # type: ignore[arg-type]


def test_odd_shapes_are_no_trouble(engine: DlibEngine) -> None:
    pictures = [Image.new("RGB", size, "grey") for size in ((1, 1), (3000, 10), (7, 2000))]
    assert engine.find(pictures) == [[], [], []]


def test_unloading_gives_the_same_again(engine: DlibEngine, astronaut: Image.Image) -> None:
    before = only(engine.find([astronaut])[0])
    engine.unload()
    np.testing.assert_allclose(only(engine.find([astronaut])[0]).vector, before.vector, atol=1e-6)


def test_what_is_missing_is_named(monkeypatch: pytest.MonkeyPatch, astronaut: Image.Image) -> None:
    monkeypatch.setattr(dlib_engine, "_PACKAGE", "not_there_at_all")
    monkeypatch.setattr(centerface, "_PACKAGE", "not_there_either")
    with pytest.raises(EncoderError, match="not_there_at_all is missing"):
        dlib_engine.weights_file()
    with pytest.raises(EncoderError, match="not_there_either is missing"):
        DlibEngine(threads=1).find([astronaut])

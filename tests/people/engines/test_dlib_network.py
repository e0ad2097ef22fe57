"""dlib's network, built anew, is dlib's network."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from media_index.encoders.base import EncoderError
from media_index.encoders.runtime import open_session
from people.engines import dlib_network
from people.engines.dlib_engine import weights_file

pytestmark = pytest.mark.model


def test_it_gives_what_dlib_gives() -> None:
    dlib = pytest.importorskip("dlib")
    file = weights_file()
    rng = np.random.default_rng(0)
    soft = rng.integers(0, 255, (4, 10, 10, 3), dtype=np.uint8).repeat(15, axis=1).repeat(15, axis=2)
    theirs = np.array([dlib.face_recognition_model_v1(str(file)).compute_face_descriptor(square) for square in soft])
    session = open_session(dlib_network.build(file).SerializeToString(), threads=1, arena=False)
    ours = session.run(None, {dlib_network.INPUT: soft.transpose(0, 3, 1, 2).astype(np.float32)})[0]
    assert ours.shape == (4, dlib_network.DIMENSIONS)
    np.testing.assert_allclose(ours, theirs, atol=1e-5)


def test_another_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(EncoderError, match=r"gone\.dat cannot be read"):
        dlib_network.build(tmp_path / "gone.dat")
    half = tmp_path / "half.dat"
    half.write_bytes(weights_file().read_bytes()[:5_000_000])
    with pytest.raises(EncoderError, match=r"half\.dat does not hold dlib's face network"):
        dlib_network.build(half)

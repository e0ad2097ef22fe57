from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from media_index.encoders import bundle, onnx_export
from media_index.encoders.base import EncoderError
from media_index.encoders.bundle import Bundle
from media_index.encoders.runtime import open_session
from media_index.encoders.torch_lite2 import SHAPES, load_lite2
from media_index.encoders.torch_minilm import Sizes, load_minilm, model_folder

ROOT = Path(__file__).resolve().parents[3]
COMMAND = [sys.executable, "-m", "media_index.encoders.onnx_export"]


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("count", [1, 3])
def test_lite2_says_what_torch_says(bundled_models: Path, count: int, shape: tuple[int, int]) -> None:
    pixels = torch.randint(0, 256, (count, *shape, 3), dtype=torch.uint8)
    with torch.inference_mode():
        features, probabilities = load_lite2()(pixels)
    session = open_session(Bundle.within(bundled_models).lite2, threads=1, arena=True)
    given = session.run(["features", "probabilities"], {"pixels": pixels.numpy()})
    np.testing.assert_allclose(given[0], features.numpy(), atol=1e-4)
    np.testing.assert_allclose(given[1], probabilities.numpy(), atol=1e-4)


@pytest.mark.parametrize(("count", "length"), [(1, 1), (4, 17), (2, 256)])
def test_minilm_says_what_torch_says(bundled_models: Path, count: int, length: int) -> None:
    ids = torch.randint(1000, 20000, (count, length))
    mask = torch.ones_like(ids)
    mask[-1, (length + 1) // 2 :] = 0
    with torch.inference_mode():
        wanted = load_minilm()(ids, mask).numpy()
    session = open_session(Bundle.within(bundled_models).minilm, threads=1, arena=False)
    given = session.run(["vectors"], {"ids": ids.numpy(), "mask": mask.numpy()})[0]
    np.testing.assert_allclose(given, wanted, atol=1e-4)


def test_padding_does_not_change_a_text() -> None:
    network = load_minilm()
    ids = torch.tensor([[101, 2023, 102]])
    padded = torch.tensor([[101, 2023, 102, 0, 0]])
    with torch.inference_mode():
        alone = network(ids, torch.ones_like(ids))
        torch.testing.assert_close(network(padded, (padded != 0).long()), alone)


def test_another_architecture_is_refused() -> None:
    config = json.loads((model_folder() / "config.json").read_text())
    with pytest.raises(EncoderError, match="hidden_act"):
        Sizes.read({**config, "hidden_act": "relu"})


def test_the_bundle_is_whole(bundled_models: Path) -> None:
    made = Bundle.within(bundled_models)
    assert len(json.loads(made.class_names.read_text())) == 1000
    vectors = np.load(made.class_vectors)
    assert vectors.shape == (1000, 384)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert made.tokenizer.is_file()


@pytest.mark.model
def test_several_at_once_make_it_once(tmp_path: Path) -> None:
    (tmp_path / f".bundled-{bundle.FORMAT}-4711").mkdir()
    runs = [subprocess.Popen([*COMMAND, str(tmp_path)], cwd=ROOT, stderr=subprocess.PIPE) for _ in range(2)]
    for run in runs:
        _, error = run.communicate(timeout=300)
        assert (run.returncode, error) == (0, b"")
    assert sorted(path.name for path in tmp_path.iterdir()) == [f"bundled-{bundle.FORMAT}", "bundled.lock"]


def test_what_is_there_is_left_alone(tmp_path: Path) -> None:
    folder = Bundle.within(tmp_path).folder
    folder.mkdir()
    assert onnx_export.main([str(tmp_path)]) == 0
    assert list(folder.iterdir()) == []


def test_wrong_use(capsys: pytest.CaptureFixture[str]) -> None:
    assert onnx_export.main([]) == 2
    assert "usage" in capsys.readouterr().err


def test_a_folder_that_cannot_be_is_told_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(EncoderError, match=r"could not be prepared in .*Not a directory"):
        bundle.ensure(tmp_path / "file" / "models")


def test_an_export_that_says_other_things_is_refused() -> None:
    good = np.zeros((2, 3), dtype=np.float32)
    onnx_export._check("It", good + 5e-5, good)
    with pytest.raises(EncoderError, match=r"off by 0\.01"):
        onnx_export._check("It", good + 0.01, good)
    with pytest.raises(EncoderError, match="off by nan"):
        onnx_export._check("It", good + np.float32(np.nan), good)


def test_a_failed_export_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(onnx_export, "TOLERANCE", -1.0)
    with pytest.raises(EncoderError, match="EfficientNet-Lite2 says other things"):
        onnx_export.export(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["bundled.lock"]

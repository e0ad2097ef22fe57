"""Makes the files of the bundled encoder: ``python -m media_index.encoders.onnx_export FOLDER``.

A run of its own, because it needs torch and timm, which neither the worker nor the web process should hold for it.
1. It waits for the lock of FOLDER, so that two processes never make the same files.
2. It does nothing if the files are there.
3. It writes all into a new folder beside the final one, and checks that the exported networks say what torch says.
4. It renames that folder: readers see all files or none.
"""

from __future__ import annotations

import ctypes
import fcntl
import json
import logging
import os
import shutil
import signal
import sys
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from media_index.encoders.base import EncoderError, Vectors
from media_index.encoders.bundle import Bundle
from media_index.encoders.imagenet import class_names
from media_index.encoders.minilm import MAX_TOKENS, MiniLM
from media_index.encoders.runtime import open_session

if TYPE_CHECKING:
    from torch import Tensor, nn

_PR_SET_PDEATHSIG = 1
"""From linux/prctl.h: nobody waits for the files when the process that asked for them was killed."""
OPSET = 17
"""The newest that torch's exporter by tracing writes well; ONNX Runtime reads it since 1.12."""
TOLERANCE = 1e-4
"""How far an exported network may be off from torch, in any probability or coordinate of a unit vector."""


def main(arguments: Sequence[str]) -> int:
    """Make the files in the folder named by the only argument; the exit status."""
    if len(arguments) != 1:
        print("usage: python -m media_index.encoders.onnx_export FOLDER", file=sys.stderr)  # noqa: T201
        return 2
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    try:
        export(Path(arguments[0]))
    except (EncoderError, OSError) as error:
        print(error, file=sys.stderr)  # noqa: T201
        return 1
    return 0


def export(models: Path) -> Bundle:
    """The bundle in ``models``, made if it is not there.

    Raises :class:`EncoderError` if weights are missing or an exported network differs from torch's, :class:`OSError`
    if the folder cannot be written.
    """
    models.mkdir(parents=True, exist_ok=True)
    bundle = Bundle.within(models)
    with _locked(models / "bundled.lock"):
        # Whoever holds the lock is the only one at work: what lies here was left by one that was killed.
        for stale in models.glob(".bundled-*"):
            shutil.rmtree(stale)
        if not bundle.folder.is_dir():
            draft = Bundle(models / f".{bundle.folder.name}-{os.getpid()}")
            draft.folder.mkdir()
            try:
                _write(draft)
                draft.folder.rename(bundle.folder)
            except BaseException:
                shutil.rmtree(draft.folder, ignore_errors=True)
                raise
    return bundle


@contextmanager
def _locked(file: Path) -> Iterator[None]:
    with file.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def _write(bundle: Bundle) -> None:
    logging.getLogger("torch.onnx").setLevel(logging.ERROR)
    with warnings.catch_warnings():
        # torch warns of its own plans for this exporter; torch is pinned, and the outcome is checked.
        warnings.simplefilter("ignore")
        _write_lite2(bundle)
        text = _write_minilm(bundle)
    _write_classes(bundle, text)


def _write_lite2(bundle: Bundle) -> None:
    import torch

    from media_index.encoders.torch_lite2 import SHAPES, load_lite2

    network = load_lite2()
    sample = torch.randint(0, 256, (2, *SHAPES[0], 3), dtype=torch.uint8)
    outputs = ["features", "probabilities"]
    axes = {0: "n", 1: "h", 2: "w"}
    _trace(network, (sample,), bundle.lite2, {"pixels": axes}, {name: {0: "n"} for name in outputs})
    session = open_session(bundle.lite2, threads=0, arena=False)
    for shape in SHAPES:
        pixels = torch.randint(0, 256, (3, *shape, 3), dtype=torch.uint8)
        with torch.inference_mode():
            wanted = network(pixels)[1].numpy()
        _check("EfficientNet-Lite2", session.run(["probabilities"], {"pixels": pixels.numpy()})[0], wanted)


def _write_minilm(bundle: Bundle) -> MiniLM:
    import torch

    from media_index.encoders.torch_minilm import load_minilm, model_folder

    network = load_minilm()
    ids, mask = _sample_tokens(2, 9)
    axes = {0: "n", 1: "t"}
    _trace(network, (ids, mask), bundle.minilm, {"ids": axes, "mask": axes}, {"vectors": {0: "n"}})
    _move_weights_out(bundle.minilm)
    session = open_session(bundle.minilm, threads=0, arena=False)
    for length in (1, MAX_TOKENS):
        ids, mask = _sample_tokens(3, length)
        with torch.inference_mode():
            wanted = network(ids, mask).numpy()
        _check("MiniLM", session.run(["vectors"], {"ids": ids.numpy(), "mask": mask.numpy()})[0], wanted)
    shutil.copyfile(model_folder() / "tokenizer.json", bundle.tokenizer)
    return MiniLM(bundle, threads=0)


def _write_classes(bundle: Bundle, text: MiniLM) -> None:
    from torchvision.models._meta import _IMAGENET_CATEGORIES

    names = class_names(_IMAGENET_CATEGORIES)
    bundle.class_names.write_text(json.dumps(names, ensure_ascii=False), encoding="utf-8")
    np.save(bundle.class_vectors, text.encode(names), allow_pickle=False)


def _trace(
    network: nn.Module,
    inputs: tuple[Tensor, ...],
    file: Path,
    takes: dict[str, dict[int, str]],
    gives: dict[str, dict[int, str]],
) -> None:
    """Export by tracing: the newer exporter needs a package more, takes 24 s for 3, and the result is as fast."""
    import torch

    torch.onnx.export(
        network,
        inputs,
        file,
        input_names=list(takes),
        output_names=list(gives),
        dynamic_axes={**takes, **gives},
        opset_version=OPSET,
        dynamo=False,
    )


def _move_weights_out(file: Path) -> None:
    """Put the weights beside the network, where ONNX Runtime maps them instead of copying: 45 MB less in memory."""
    import onnx

    weights = file.with_suffix(".weights")
    onnx.save(onnx.load(file), file, save_as_external_data=True, location=weights.name, size_threshold=1024)
    # onnx writes it for the owner alone, whatever the umask says.
    shutil.copymode(file, weights)


def _sample_tokens(texts: int, length: int) -> tuple[Tensor, Tensor]:
    import torch

    ids = torch.randint(1000, 2000, (texts, length))
    mask = torch.ones_like(ids)
    mask[1, (length + 1) // 2 :] = 0
    return ids, mask


def _check(name: str, given: Vectors, wanted: Vectors) -> None:
    worst = float(np.abs(given - wanted).max())
    if not worst <= TOLERANCE:
        raise EncoderError(f"{name} says other things after its export: off by {worst:.2g}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

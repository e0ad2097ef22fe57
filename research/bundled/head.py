"""The head in torch, as it is trained, and how several become one in the form that the encoder reads."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save_file
from torch import Tensor, nn

from media_index.encoders.bundled import FEATURES, HeadWeights
from media_index.encoders.minilm import DIMENSIONS

SOURCE = "captions of COCO val2017 (cocodataset.org, CC BY 4.0); EfficientNet-Lite2 and all-MiniLM-L6-v2 (Apache-2.0)"
SMALLEST_DEVIATION = 1e-4
"""An input that hardly ever changes is not blown up. All of Lite2's vary by more than a hundred times this."""


class Head(nn.Module):
    """What Lite2 pools to a vector where captions lie, before it is brought to length 1.

    The part of ConSE in the encoder's sum comes later (:func:`merged`).
    """

    mean: Tensor
    scale: Tensor

    def __init__(self, width: int, dropout: tuple[float, float]) -> None:
        """``width`` is that of the hidden layer, ``dropout`` that of the inputs and of the hidden layer."""
        super().__init__()
        self.hidden = nn.Linear(FEATURES, width)
        self.out = nn.Linear(width, DIMENSIONS)
        self.drop_inputs, self.drop_hidden = nn.Dropout(dropout[0]), nn.Dropout(dropout[1])
        self.register_buffer("mean", torch.zeros(FEATURES))
        self.register_buffer("scale", torch.ones(FEATURES))

    def standardise(self, features: Tensor) -> None:
        """Take mean and deviation of each input from ``features`` ``(n, 1280)``."""
        self.mean = features.mean(0)
        self.scale = 1 / features.std(0).clamp(min=SMALLEST_DEVIATION)

    def forward(self, features: Tensor) -> Tensor:
        """``(n, 1280)`` to ``(n, 384)``, of any length."""
        hidden = torch.relu(self.hidden(self.drop_inputs((features - self.mean) * self.scale)))
        result: Tensor = self.out(self.drop_hidden(hidden))
        return result


def merged(heads: Sequence[Head], conse: float) -> dict[str, Tensor]:
    """The mean of what ``heads`` say, as one wider head: nothing is lost, so nothing need be distilled.

    ``conse`` is how much of ConSE's mix the encoder adds to the unit vector of the head.

    The standardisation of the inputs goes into the hidden layer.
    """
    count = len(heads)
    hidden = [head.hidden.weight * head.scale for head in heads]
    biases = [head.hidden.bias - weight @ head.mean for head, weight in zip(heads, hidden, strict=True)]
    tensors = {
        "hidden": torch.cat(hidden),
        "hidden_bias": torch.cat(biases),
        "out": torch.cat([head.out.weight for head in heads], dim=1) / count,
        "out_bias": torch.stack([head.out.bias for head in heads]).mean(0),
        "conse": torch.tensor([conse]),
    }
    return {name: tensor.detach().contiguous() for name, tensor in tensors.items()}


def as_read(tensors: dict[str, Tensor]) -> HeadWeights:
    """What the encoder would read from a file of these."""
    arrays = {name: tensor.to(torch.float16).numpy().astype(np.float32) for name, tensor in tensors.items()}
    conse = float(arrays.pop("conse")[0])
    return HeadWeights(**arrays, conse=conse, trained_on="train", source=SOURCE)


def save(tensors: dict[str, Tensor], file: Path, trained_on: str) -> None:
    """Write what :meth:`media_index.encoders.bundled.HeadWeights.read` reads, in half precision."""
    file.parent.mkdir(parents=True, exist_ok=True)
    half = {name: tensor.to(torch.float16) for name, tensor in tensors.items()}
    save_file(half, file, metadata={"trained_on": trained_on, "source": SOURCE, "made_by": "research.bundled.train"})
    # safetensors writes it for the owner alone, whatever the umask says; in an image it is read by another user.
    file.chmod(0o644)

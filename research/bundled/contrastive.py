"""Another way to make a head, for comparison: one hidden layer, taught by contrast.

A photo's vector is to be nearer to its own captions than to those of the others in its batch, and the reverse (InfoNCE
both ways; van den Oord et al. 2018). On as few photos as these it is no better than :mod:`research.bundled.head`, takes
a hundred times as long and depends on its seed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from media_index.encoders.base import Vectors
from research.bundled.head import SMALLEST_DEVIATION, Lesson


@dataclass(frozen=True, slots=True)
class Settings:
    """``dropout`` is that of the inputs and of the hidden layer, ``mixing`` the share of a random mean of a photo's
    captions in the text that stands for it."""

    width: int = 1024
    epochs: int = 30
    batch: int = 512
    rate: float = 1e-3
    decay: float = 0.05
    dropout: tuple[float, float] = (0.3, 0.5)
    temperature: float = 0.06
    mixing: float = 0.5
    seed: int = 0


def train(given: Lesson, settings: Settings) -> Callable[[NDArray[np.float32]], Vectors]:
    """What takes features ``(n, d)`` to ``(n, 384)`` of length 1."""
    torch.manual_seed(settings.seed)
    features = torch.from_numpy(given.features)
    flat = features.flatten(0, 1)
    mean, scale = flat.mean(0), 1 / flat.std(0).clamp(min=SMALLEST_DEVIATION)
    texts = _texts(given)
    network = nn.Sequential(
        nn.Dropout(settings.dropout[0]), nn.Linear(features.shape[2], settings.width), nn.ReLU(),
        nn.Dropout(settings.dropout[1]), nn.Linear(settings.width, texts.shape[2]),
    )  # fmt: skip
    optimiser = torch.optim.AdamW(network.parameters(), lr=settings.rate, weight_decay=settings.decay)
    batches = max(round(len(texts) / settings.batch), 1)
    plan = torch.optim.lr_scheduler.OneCycleLR(optimiser, settings.rate, total_steps=settings.epochs * batches)
    for _ in range(settings.epochs):
        for photos in torch.randperm(len(texts)).chunk(batches):
            seen = features[torch.randint(len(features), photos.shape), photos]
            loss = _contrast(network((seen - mean) * scale), _mixed(texts[photos], settings.mixing), settings)
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            plan.step()
    network.eval()

    def vectors(asked: NDArray[np.float32]) -> Vectors:
        with torch.inference_mode():
            return functional.normalize(network((torch.from_numpy(asked) - mean) * scale), dim=1).numpy()

    return vectors


def _texts(given: Lesson) -> Tensor:
    """``(n, k, 384)``; where photos have captions in different numbers, some are repeated."""
    lists = [np.flatnonzero(given.said.owners == photo) for photo in range(given.features.shape[1])]
    most = max(len(one) for one in lists)
    return torch.from_numpy(given.said.vectors[np.stack([np.resize(one, most) for one in lists])])


def _mixed(captions: Tensor, mixing: float) -> Tensor:
    count, several, _ = captions.shape
    picked = functional.one_hot(torch.randint(several, (count,)), several).to(captions.dtype)
    spread = torch.distributions.Dirichlet(torch.ones(several)).sample((count,))
    weights = (1 - mixing) * picked + mixing * spread
    return functional.normalize(torch.einsum("nk,nkd->nd", weights, captions), dim=1)


def _contrast(photos: Tensor, texts: Tensor, settings: Settings) -> Tensor:
    scores = functional.normalize(photos, dim=1) @ texts.T / settings.temperature
    own = torch.arange(len(texts))
    return (functional.cross_entropy(scores, own) + functional.cross_entropy(scores.T, own)) / 2

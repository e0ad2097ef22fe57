"""What the head is taught by. All vectors are of length 1."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional


def contrastive(photos: Tensor, texts: Tensor, temperature: float, softness: float, closeness: float) -> Tensor:
    """InfoNCE both ways over ``(n, 384)`` each, where row i belongs to row i (van den Oord et al. 2018; CLIP).

    A share ``softness`` of each target is spread over the rows whose texts are near, by their similarity at
    the temperature ``closeness``: two photos of a tennis match are no good example of a difference.
    """
    scores = photos @ texts.T / temperature
    targets = torch.eye(len(photos))
    if softness:
        targets = (1 - softness) * targets + softness * torch.softmax(texts @ texts.T / closeness, dim=1)
    return (functional.cross_entropy(scores, targets) + functional.cross_entropy(scores.T, targets)) / 2


def anchored(photos: Tensor, class_vectors: Tensor, probabilities: Tensor, temperature: float) -> Tensor:
    """How far the similarities to the names of the classes ``(1000, 384)`` are from what the classifier says.

    Keeps rare nouns where ConSE has them: captions name a few hundred things, the classifier knows 1,000.
    """
    scores = functional.log_softmax(photos @ class_vectors.T / temperature, dim=1)
    return functional.kl_div(scores, probabilities, reduction="batchmean")


def mixed_captions(captions: Tensor, mixing: float) -> Tensor:
    """A text for each photo from its captions ``(n, k, 384)``: one by chance, a share ``mixing`` of a random mean."""
    count, several, _ = captions.shape
    picked = functional.one_hot(torch.randint(several, (count,)), several).to(captions.dtype)
    spread = torch.distributions.Dirichlet(torch.ones(several)).sample((count,))
    weights = (1 - mixing) * picked + mixing * spread
    return functional.normalize(torch.einsum("nk,nkd->nd", weights, captions), dim=1)

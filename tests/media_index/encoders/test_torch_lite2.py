from __future__ import annotations

import pytest
import timm
import torch

from media_index.encoders.base import EncoderError
from media_index.encoders.torch_lite2 import FEATURES, SHAPES, Lite2, fix_padding, load_lite2, renamed, timm_name


@pytest.fixture(scope="module")
def network() -> torch.nn.Module:
    return timm.create_model("tf_efficientnet_lite2").eval()


def test_names() -> None:
    assert timm_name("_conv_stem.weight") == "conv_stem.weight"
    assert timm_name("_blocks.0._project_conv.weight") == "blocks.0.0.conv_pw.weight"
    assert timm_name("_blocks.1._expand_conv.weight") == "blocks.1.0.conv_pw.weight"
    assert timm_name("_blocks.19._bn2.running_mean") == "blocks.5.4.bn3.running_mean"
    assert timm_name("_blocks.20._project_conv.weight") == "blocks.6.0.conv_pwl.weight"
    assert timm_name("_fc.bias") == "classifier.bias"


@pytest.mark.parametrize("name", ["_blocks.21._bn1.bias", "_blocks.x._bn1.bias", "_blocks.1", "_se_reduce.weight", ""])
def test_other_names_are_refused(name: str) -> None:
    with pytest.raises(EncoderError, match="no tensor of EfficientNet-Lite2"):
        timm_name(name)


def test_a_missing_tensor_and_a_wrong_shape_are_refused(network: torch.nn.Module) -> None:
    wanted = network.state_dict()
    back = {timm: tensor for timm, tensor in wanted.items() if timm in ("classifier.weight", "classifier.bias")}
    weights = {"_fc.weight": back["classifier.weight"], "_fc.bias": back["classifier.bias"]}
    assert renamed(weights, back).keys() == back.keys()
    with pytest.raises(EncoderError, match="1 names differ"):
        renamed({"_fc.weight": weights["_fc.weight"]}, back)
    with pytest.raises(EncoderError, match=r"classifier\.bias is"):
        renamed({**weights, "_fc.bias": torch.zeros(3)}, back)


@pytest.mark.parametrize("shape", SHAPES)
def test_fixed_padding_changes_nothing(network: torch.nn.Module, shape: tuple[int, int]) -> None:
    pixels = torch.randint(0, 256, (2, *shape, 3), dtype=torch.uint8)
    other = timm.create_model("tf_efficientnet_lite2").eval()
    other.load_state_dict(network.state_dict())
    fix_padding(other)
    with torch.inference_mode():
        torch.testing.assert_close(Lite2(other)(pixels), Lite2(network)(pixels))


def test_the_weights_fit_and_the_output_is_a_distribution() -> None:
    pixels = torch.randint(0, 256, (2, *SHAPES[0], 3), dtype=torch.uint8)
    network = load_lite2()
    with torch.inference_mode():
        features, probabilities = network(pixels)
        planes = (pixels.permute(0, 3, 1, 2).float() - 127) / 128
        wanted = torch.softmax(network.network(planes), dim=1)
    assert features.shape == (2, FEATURES)
    torch.testing.assert_close(probabilities, wanted)
    torch.testing.assert_close(probabilities.sum(dim=1), torch.ones(2))

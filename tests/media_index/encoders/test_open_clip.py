from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import open_clip
import pytest
import torch
from open_clip.transform import PreprocessCfg, image_transform_v2
from PIL import Image

from media_index.encoders.base import EncoderError
from media_index.encoders.open_clip import IMAGE_BATCH, OpenClipEncoder
from media_index.encoders.open_clip_load import _usual_preparation, load_image_tower, load_text_tower
from media_index.encoders.open_clip_spec import parse
from media_index.extractors.base import ExtractorOptions
from tests.media_index.encoders import fake_hub, tiny_clip
from tests.media_index.encoders.drawings import clock, gradient, noise

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models")
    tiny_clip.write_config(folder)
    tiny_clip.write_weights(folder / "tiny.safetensors")
    tiny_clip.write_weights(folder / "tiny.pt")
    return folder


def encoder_of(models: Path, name: str = tiny_clip.NAME, device: str = "cpu") -> OpenClipEncoder:
    return OpenClipEncoder(parse(name, models), ExtractorOptions(models=models, device=device))


@pytest.fixture(scope="module")
def encoder(models: Path) -> OpenClipEncoder:
    return encoder_of(models)


@pytest.fixture(scope="module")
def reference(models: Path, encoder: OpenClipEncoder) -> torch.nn.Module:
    encoder.encode_texts(["registers the architecture"])
    return open_clip.create_model(tiny_clip.MODEL, pretrained=str(models / "tiny.safetensors")).eval()


def test_pictures_as_open_clip_encodes_them(encoder: OpenClipEncoder, reference: torch.nn.Module) -> None:
    pictures = [clock(), gradient(300, 200), gradient(90, 200)]
    prepare = image_transform_v2(PreprocessCfg(size=64), is_train=False)
    with torch.inference_mode():
        batch = torch.stack([prepare(Image.fromarray(pixels)) for pixels in pictures])
        wanted = reference.encode_image(batch, normalize=True).numpy()
    given = encoder.encode_images(pictures)
    assert given.dtype == np.float32
    assert ((given * wanted).sum(axis=1) > 1 - 1e-4).all()


def test_texts_as_open_clip_encodes_them(encoder: OpenClipEncoder, reference: torch.nn.Module) -> None:
    texts = ["a dog", "", "naïve café 🎂", "word " * 300]
    with torch.inference_mode():
        wanted = reference.encode_text(open_clip.get_tokenizer("ViT-B-32")(texts), normalize=True).numpy()
    np.testing.assert_allclose(encoder.encode_texts(texts), wanted, atol=1e-5)


def test_many_are_done_in_batches(encoder: OpenClipEncoder) -> None:
    pictures = [noise(70, 60, seed) for seed in range(IMAGE_BATCH["cpu"] + 1)]
    vectors = encoder.encode_images(pictures)
    assert vectors.shape == (len(pictures), 32)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    np.testing.assert_allclose(encoder.encode_images(pictures[-1:]), vectors[-1:], atol=1e-5)
    assert encoder.encode_texts(["x"] * 40).shape == (40, 32)


def test_nothing_in_nothing_out(encoder: OpenClipEncoder) -> None:
    assert encoder.encode_images([]).shape == (0, 32)
    assert encoder.encode_texts([]).shape == (0, 32)


def test_each_side_holds_only_its_weights(models: Path) -> None:
    spec, options = parse(tiny_clip.NAME, models), ExtractorOptions(models=models, device="cpu")
    image = {name.partition(".")[0] for name, _ in load_image_tower(spec, options).model.named_parameters()}
    text = {name.partition(".")[0] for name, _ in load_text_tower(spec, options).model.named_parameters()}
    assert image == {"visual"}
    assert "visual" not in text
    assert "token_embedding" in text


def test_a_file_as_torch_saves_it_gives_the_same(models: Path, encoder: OpenClipEncoder) -> None:
    other = encoder_of(models, f"open_clip:{tiny_clip.MODEL}/tiny.pt")
    np.testing.assert_array_equal(other.encode_texts(["cake"]), encoder.encode_texts(["cake"]))


def test_works_again_after_unload(models: Path) -> None:
    encoder = encoder_of(models)
    before = encoder.encode_images([clock()]), encoder.encode_texts(["cake"])
    encoder.unload()
    np.testing.assert_array_equal(encoder.encode_images([clock()]), before[0])
    np.testing.assert_array_equal(encoder.encode_texts(["cake"]), before[1])


@pytest.mark.parametrize("content", [b"", b"not a file of weights", b"PK\x03\x04"])
@pytest.mark.parametrize("suffix", [".pt", ".safetensors"])
def test_a_broken_file_is_told(content: bytes, suffix: str, tmp_path: Path) -> None:
    tiny_clip.write_config(tmp_path)
    (tmp_path / f"broken{suffix}").write_bytes(content)
    with pytest.raises(EncoderError, match=rf"broken\{suffix} do not fit its model"):
        encoder_of(tmp_path, f"open_clip:{tiny_clip.MODEL}/broken{suffix}").encode_texts(["x"])


def test_weights_of_another_model_are_told_in_one_line(models: Path, tmp_path: Path) -> None:
    (tmp_path / "tiny.safetensors").symlink_to(models / "tiny.safetensors")
    with pytest.raises(EncoderError, match="do not fit its model") as caught:
        encoder_of(tmp_path, "open_clip:ViT-S-32/tiny.safetensors").encode_images([clock()])
    assert "\n" not in str(caught.value)


def test_an_unknown_tag_names_those_there_are(tmp_path: Path) -> None:
    with pytest.raises(EncoderError, match="ViT-B-32 has no weights 'mine'; there are: openai, "):
        encoder_of(tmp_path, "open_clip:ViT-B-32/mine").encode_texts(["x"])


def test_a_device_that_is_not_there_is_told(models: Path) -> None:
    for device in ("cuda:99", "toaster"):
        with pytest.raises(EncoderError, match=f"the device '{device}' is not there"):
            encoder_of(models, device=device).encode_texts(["x"])


def test_a_file_is_prepared_as_all_known_weights_of_its_model() -> None:
    siglip = _usual_preparation("ViT-B-16-SigLIP2-256")
    assert siglip is not None
    assert siglip["resize_mode"] == "squash"
    assert siglip["mean"] == (0.5, 0.5, 0.5)
    assert _usual_preparation("ViT-L-14") is None
    assert _usual_preparation(tiny_clip.MODEL) is None


@pytest.fixture
def silent_host() -> Iterator[str]:
    """The address of a host that takes a connection and never answers, as behind a bad firewall."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"http://127.0.0.1:{server.getsockname()[1]}"


ASK = """
import sys
from pathlib import Path
from media_index.encoders.base import EncoderError
from media_index.encoders.registry import load
from media_index.extractors.base import ExtractorOptions

name, models = sys.argv[1:]
try:
    encoder = load(name, ExtractorOptions(models=Path(models), device="cpu"))
    print(encoder.dimensions, encoder.encode_texts(["a dog"]).shape)
except EncoderError as error:
    print(error)
"""


def ask(name: str, models: Path, hub: str) -> str:
    """What a process of its own says, as huggingface_hub reads the address of its hub when it is imported."""
    proxies = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy", "HF_HUB_OFFLINE")
    environment = {key: value for key, value in os.environ.items() if key not in proxies}
    run = subprocess.run(
        [sys.executable, "-c", ASK, name, str(models)],
        cwd=ROOT,
        env={**environment, "HF_ENDPOINT": hub, "HF_HOME": str(models / "home"), "HF_HUB_DISABLE_XET": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    return run.stdout.strip()


@pytest.mark.parametrize("name", ["open_clip:ViT-B-32/laion2b_s34b_b79k", "open_clip:hf-hub:org/name"])
def test_a_hub_that_does_not_answer_is_given_up_soon(name: str, silent_host: str, tmp_path: Path) -> None:
    said = ask(name, tmp_path, silent_host)
    assert said.startswith(f"{name} is not on this machine and no model hub can be reached")
    assert "models add --file FILE" in said


def test_a_model_of_a_hub_is_fetched_once_and_then_asks_nobody(tmp_path: Path) -> None:
    repository, models = tmp_path / "repository", tmp_path / "models"
    repository.mkdir()
    models.mkdir()
    (repository / "open_clip_config.json").write_text(json.dumps({"model_cfg": tiny_clip.CONFIG}))
    tiny_clip.write_weights(repository / "open_clip_model.safetensors")
    with fake_hub.serve(repository) as (address, asked):
        assert ask("open_clip:hf-hub:org/name", models, address) == "32 (1, 32)"
        assert any("open_clip_model.safetensors" in request for request in asked)
        asked.clear()
        assert ask("open_clip:hf-hub:org/name", models, address) == "32 (1, 32)"
        assert asked == []


def test_a_hub_that_has_it_not_is_told(tmp_path: Path) -> None:
    (tmp_path / "repository").mkdir()
    with fake_hub.serve(tmp_path / "repository") as (address, _):
        said = ask("open_clip:hf-hub:org/name", tmp_path, address)
    assert said.startswith("open_clip:hf-hub:org/name could not be fetched: ")
    assert "\n" not in said

from __future__ import annotations

from pathlib import Path

import pytest

from media_index.encoders.base import EncoderError
from media_index.encoders.catalog import BUNDLED, CATALOG, CONSE, KnownEncoder
from media_index.encoders.open_clip_spec import PREFIX
from media_index.encoders.registry import load
from media_index.extractors.base import ExtractorOptions
from tests.media_index.encoders import tiny_clip


@pytest.fixture
def options(tmp_path: Path) -> ExtractorOptions:
    return ExtractorOptions(models=tmp_path)


@pytest.mark.parametrize("known", CATALOG, ids=lambda known: known.name)
def test_all_of_the_catalogue_can_be_had(known: KnownEncoder, options: ExtractorOptions) -> None:
    encoder = load(known.name, options)
    assert encoder.name == known.name
    assert encoder.dimensions == known.dimensions
    assert encoder.side == 2 * known.side


def test_names_are_unique_and_the_default_needs_no_download() -> None:
    assert len({known.name for known in CATALOG}) == len(CATALOG)
    assert CATALOG[0].name == BUNDLED
    assert [known.name for known in CATALOG if known.megabytes == 0] == [BUNDLED, CONSE]


@pytest.mark.parametrize("known", CATALOG[2:], ids=lambda known: known.name)
def test_open_clip_knows_the_weights(known: KnownEncoder) -> None:
    from open_clip.pretrained import get_pretrained_cfg

    model, _, tag = known.name.removeprefix(PREFIX).partition("/")
    assert get_pretrained_cfg(model, tag)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("", "there is no encoder ''"),
        ("clip", "choose bundled, bundled-conse or open_clip:MODEL/WEIGHTS"),
        ("bundled-conse ", "there is no encoder"),
        ("open_clip:", "is not open_clip:MODEL/WEIGHTS"),
        ("open_clip:ViT-B-32", "is not open_clip:MODEL/WEIGHTS"),
        ("open_clip:ViT-B-32/", "is not open_clip:MODEL/WEIGHTS"),
        ("open_clip:ViT-B-32/../secret.pt", "is not open_clip:MODEL/WEIGHTS"),
        ("open_clip:ViT-B-32/.hidden.pt", "is not open_clip:MODEL/WEIGHTS"),
        ("open_clip:ViT-B-33/openai", r"no model 'ViT-B-33' \(ViT-B-32"),
        ("open_clip:nothing like it/openai", "see the catalogue"),
        ("open_clip:ViT-B-32/mine.safetensors", "models add --file mine.safetensors"),
        ("open_clip:hf-hub:name", "is not open_clip:hf-hub:ORGANISATION/NAME"),
        ("open_clip:hf-hub:a/b/c", "is not open_clip:hf-hub:ORGANISATION/NAME"),
    ],
)
def test_other_names_are_refused_in_one_line(name: str, message: str, options: ExtractorOptions) -> None:
    with pytest.raises(EncoderError, match=message) as caught:
        load(name, options)
    assert "\n" not in str(caught.value)


def test_an_own_architecture_with_a_file_of_weights(options: ExtractorOptions) -> None:
    tiny_clip.write_config(options.models)
    tiny_clip.write_weights(options.models / "tiny.safetensors")
    encoder = load(tiny_clip.NAME, options)
    assert (encoder.name, encoder.dimensions, encoder.side) == (tiny_clip.NAME, 32, 128)


def test_other_weights_are_another_version(options: ExtractorOptions) -> None:
    tiny_clip.write_config(options.models)
    file = options.models / "tiny.safetensors"
    versions = []
    for seed in (1, 2, 1):
        tiny_clip.write_weights(file, seed)
        versions.append(load(tiny_clip.NAME, options).version)
    assert versions[0] == versions[2] != versions[1]


def test_a_broken_own_architecture_is_told(options: ExtractorOptions) -> None:
    (options.models / "tiny-clip.json").write_text("{}")
    (options.models / "tiny.safetensors").write_bytes(b"")
    with pytest.raises(EncoderError, match=r"tiny-clip\.json is no configuration of open_clip"):
        load(tiny_clip.NAME, options)

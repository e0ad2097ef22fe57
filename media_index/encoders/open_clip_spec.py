"""What a name like ``open_clip:ViT-B-32/openai`` stands for, found out without loading torch or open_clip."""

from __future__ import annotations

import difflib
import importlib.util
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import blake3

from media_index.encoders import hub
from media_index.encoders.base import EncoderError

PREFIX: Final = "open_clip:"
HUB_PREFIX: Final = "hf-hub:"
WEIGHT_SUFFIXES = frozenset({".pt", ".pth", ".bin", ".safetensors"})
CONFIG_FILE = "open_clip_config.json"
"""Where open_clip looks for the architecture in a repository of a hub."""

_DEFAULT_SIDE = 224
"""``CLIPVisionCfg.image_size`` of open_clip, for a configuration that names none."""
_SAMPLE = 1 << 20


@dataclass(frozen=True)
class Spec:
    """A model of open_clip with its weights.

    ``model`` is the name of an architecture, or ``hf-hub:org/name``, which stands for both. ``weights`` is a tag that
    open_clip knows or the name of a file; for the latter ``file`` is its path. ``models`` is the folder for both.
    """

    name: str
    model: str
    weights: str
    file: Path | None
    models: Path

    @property
    def cache(self) -> Path:
        """Where weights from a hub are kept."""
        return self.models / "hub"

    @property
    def repository(self) -> str | None:
        """``org/name`` on a hub, for a model that is all there."""
        return self.model.removeprefix(HUB_PREFIX) if self.model.startswith(HUB_PREFIX) else None

    @cached_property
    def version(self) -> str:
        """Differs when the weights do. For a file: its size, first and last megabyte, as reading all takes seconds."""
        if self.file is None:
            return "1"
        size = self.file.stat().st_size
        digest = blake3.blake3(size.to_bytes(8, "big"))
        with self.file.open("rb") as handle:
            digest.update(handle.read(_SAMPLE))
            handle.seek(max(size - _SAMPLE, 0))
            digest.update(handle.read(_SAMPLE))
        return digest.hexdigest()[:12]

    @property
    def own_config(self) -> Path:
        """Where the configuration of an architecture lies that open_clip itself does not know."""
        return self.models / f"{self.model}.json"

    @cached_property
    def config(self) -> Mapping[str, Any]:
        """open_clip's configuration of the architecture; of a hub's model it is fetched on first use."""
        if self.repository is None:
            file = _known_configs().get(self.model, self.own_config)
            return _read_config(file)
        path = hub.fetch_file(self.repository, CONFIG_FILE, self.cache, self.name)
        return _read_config(path, within="model_cfg")

    @property
    def dimensions(self) -> int:
        """Length of the vectors."""
        return int(self.config["embed_dim"])

    @property
    def side(self) -> int:
        """Side of the model's square input in pixels, the longer one if it is not square."""
        size = self.config["vision_cfg"].get("image_size", _DEFAULT_SIDE)
        return int(size) if isinstance(size, int | float) else max(int(length) for length in size)

    @property
    def borrows_text(self) -> bool:
        """Whether the tokenizer or the text tower comes from the package ``transformers``."""
        text = self.config["text_cfg"]
        return bool(text.get("hf_tokenizer_name") or text.get("hf_model_name"))


def parse(name: str, models: Path) -> Spec:
    """The model that ``name`` stands for; weights files and own configurations are looked for in ``models``.

    Raises :class:`EncoderError` if the name has another form, or names an architecture or a file that is not there.
    """
    rest = name.removeprefix(PREFIX)
    if rest.startswith(HUB_PREFIX):
        organisation, _, repository = rest.removeprefix(HUB_PREFIX).partition("/")
        if not organisation or not repository or "/" in repository:
            raise EncoderError(f"{name!r} is not open_clip:hf-hub:ORGANISATION/NAME")
        return Spec(name, rest, "", None, models)
    model, _, weights = rest.partition("/")
    if not model or not weights or "/" in weights or weights.startswith("."):
        raise EncoderError(f"{name!r} is not open_clip:MODEL/WEIGHTS; WEIGHTS is a tag or a file in {models}")
    file = models / weights
    spec = Spec(name, model, weights, file if file.is_file() else None, models)
    known = _known_configs()
    if model not in known and not spec.own_config.is_file():
        close = ", ".join(difflib.get_close_matches(model, known)) or "see the catalogue"
        raise EncoderError(f"open_clip has no model {model!r} ({close})")
    if spec.file is None and file.suffix in WEIGHT_SUFFIXES:
        raise EncoderError(f"there is no file {weights!r} in {models}: add it with: models add --file {weights}")
    return spec


def _known_configs() -> dict[str, Path]:
    package = importlib.util.find_spec("open_clip")
    if package is None or package.origin is None:
        raise EncoderError("open_clip_torch is not installed: pip install -r requirements.txt")
    folder = Path(package.origin).parent / "model_configs"
    return {file.stem: file for file in folder.glob("*.json")}


def _read_config(file: Path, within: str | None = None) -> Mapping[str, Any]:
    try:
        config = json.loads(file.read_text(encoding="utf-8"))
        config = config[within] if within else config
        if not {"embed_dim", "vision_cfg", "text_cfg"} <= config.keys():
            raise KeyError("embed_dim, vision_cfg or text_cfg")
    except (OSError, ValueError, KeyError, AttributeError, TypeError) as error:
        raise EncoderError(f"{file.name} is no configuration of open_clip: {error}") from error
    result: Mapping[str, Any] = config
    return result

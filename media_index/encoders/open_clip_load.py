"""Loading one tower of a model of open_clip. Imports torch: only for those that are about to compute."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import open_clip
import torch
from open_clip.factory import _get_hf_config
from open_clip.pretrained import (
    download_pretrained,
    download_pretrained_from_hf,
    get_pretrained_cfg,
    list_pretrained_tags_by_model,
)
from torch import Tensor, nn

from media_index.encoders import hub
from media_index.encoders.base import EncoderError
from media_index.encoders.open_clip_spec import Spec
from media_index.encoders.pixels import Fit
from media_index.extractors.base import ExtractorOptions

Tower = Literal["image", "text"]

_PREPARATION = ("mean", "std", "interpolation", "resize_mode")


@dataclass(frozen=True, slots=True)
class Preparation:
    """What the model wants done to a picture: ``fit``, then for each channel ``(value / 255 - mean) / std``."""

    fit: Fit
    mean: tuple[float, float, float]
    std: tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class ImageTower:
    """The image side of a model."""

    model: nn.Module
    preparation: Preparation
    device: torch.device


@dataclass(frozen=True, slots=True)
class TextTower:
    """The text side of a model. ``tokenize`` takes a list of texts and gives ``(n, context)`` token ids."""

    model: nn.Module
    tokenize: Callable[[list[str]], Tensor]
    device: torch.device


def load_image_tower(spec: Spec, options: ExtractorOptions) -> ImageTower:
    """The image side alone, on its device; :class:`EncoderError` in one line if it cannot be had."""
    device = pick_device(options)
    model = _load(spec)
    preparation = _preparation(model.visual.preprocess_cfg)  # type: ignore[arg-type, union-attr]
    return ImageTower(_only(model, "image").to(device), preparation, device)


def load_text_tower(spec: Spec, options: ExtractorOptions) -> TextTower:
    """The text side alone, on its device; :class:`EncoderError` in one line if it cannot be had."""
    device = pick_device(options)
    model = _only(_load(spec), "text")
    return TextTower(model.to(device), _tokenizer(spec), device)


def pick_device(options: ExtractorOptions) -> torch.device:
    """The device that is asked for, or the best there is; sets the number of torch's threads where one is given."""
    if options.threads:
        torch.set_num_threads(options.threads)
    if options.device != "auto":
        try:
            device = torch.device(options.device)
            torch.empty(0, device=device)
        except (RuntimeError, AssertionError, ImportError) as error:
            raise EncoderError(f"the device {options.device!r} is not there: {hub.first_line(error)}") from error
        return device
    if torch.cuda.is_available():
        return torch.device("cuda")
    return torch.device("mps" if torch.backends.mps.is_available() else "cpu")


def _load(spec: Spec) -> nn.Module:
    if spec.own_config.is_file() and spec.model not in open_clip.list_models():
        open_clip.add_model_config(spec.own_config)
    if "hf_model_name" in spec.config["text_cfg"]:
        _need_transformers(spec)
    known = _known_weights(spec)
    _fetch_weights(spec, known)
    try:
        model: nn.Module = _create(spec, known)
    except EncoderError:
        raise
    except Exception as error:
        # A strange file may make torch's and open_clip's readers raise anything, down to AssertionError.
        raise EncoderError(f"the weights of {spec.name} do not fit its model: {hub.first_line(error)}") from error
    return model.eval().requires_grad_(requires_grad=False)


def _known_weights(spec: Spec) -> Mapping[str, Any] | None:
    """What open_clip knows of the tag; None for a file or a model of a hub."""
    if spec.file is not None or spec.repository is not None:
        return None
    known: Mapping[str, Any] = get_pretrained_cfg(spec.model, spec.weights)
    if not known:
        tags = ", ".join(list_pretrained_tags_by_model(spec.model)) or "none"
        raise EncoderError(f"{spec.model} has no weights {spec.weights!r}; there are: {tags}")
    return known


def _fetch_weights(spec: Spec, known: Mapping[str, Any] | None) -> None:
    cache = str(spec.cache)
    if known is not None:
        hub.fetched(lambda: download_pretrained(dict(known), cache_dir=cache), spec.name)
    elif spec.repository is not None:
        repository = spec.repository
        hub.fetched(lambda: _get_hf_config(repository, cache_dir=cache), spec.name)
        hub.fetched(lambda: download_pretrained_from_hf(repository, cache_dir=cache), spec.name)


def _create(spec: Spec, known: Mapping[str, Any] | None) -> nn.Module:
    def create() -> nn.Module:
        model: nn.Module = open_clip.create_model(
            spec.model,
            pretrained=str(spec.file) if spec.file else spec.weights or None,
            # Only the tag tells that weights were trained so; open_clip warns and goes on, with worse vectors.
            force_quick_gelu=bool(known and known.get("quick_gelu")),
            force_preprocess_cfg=_usual_preparation(spec.model) if spec.file else None,
            cache_dir=str(spec.cache),
            # Without it open_clip goes on with random weights when it finds none.
            require_pretrained=True,
        )
        return model

    if "hf_model_name" in spec.config["text_cfg"]:
        return hub.fetched(create, spec.name)
    with hub.offline():
        return create()


def _usual_preparation(model: str) -> dict[str, Any] | None:
    """How pictures are prepared for all known weights of ``model``; None where these differ, or there are none.

    A file of weights does not tell; SigLIP with CLIP's preparation would give vectors that look right and are not.
    """
    known = [get_pretrained_cfg(model, tag) for tag in list_pretrained_tags_by_model(model)]
    ways = [{key: one[key] for key in _PREPARATION if key in one} for one in known]
    return ways[0] if ways and all(way == ways[0] for way in ways) else None


def _preparation(config: Mapping[str, Any]) -> Preparation:
    size = config["size"]
    height, width = (size, size) if isinstance(size, int) else size
    fit = Fit(height, width, config["resize_mode"], config["interpolation"], config["fill_color"])
    return Preparation(fit, tuple(config["mean"]), tuple(config["std"]))


def _only(model: nn.Module, tower: Tower) -> nn.Module:
    """``model`` without the weights of the other tower, which are more than half of its memory."""
    if tower == "text":
        del model.visual
        return model
    for name, _ in [*model.named_children(), *model.named_parameters(recurse=False)]:
        if name != "visual":
            delattr(model, name)
    return model


def _tokenizer(spec: Spec) -> Callable[[list[str]], Tensor]:
    def get() -> Callable[[list[str]], Tensor]:
        tokenizer: Callable[[list[str]], Tensor] = open_clip.get_tokenizer(spec.model, cache_dir=str(spec.cache))
        return tokenizer

    if not spec.borrows_text:
        with hub.offline():
            return get()
    _need_transformers(spec)
    return hub.fetched(get, spec.name)


def _need_transformers(spec: Spec) -> None:
    if importlib.util.find_spec("transformers") is None:
        raise EncoderError(f"{spec.name} needs one package more for its texts: pip install transformers")

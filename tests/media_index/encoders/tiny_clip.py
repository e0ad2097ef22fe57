"""A small CLIP of random weights, saved as a family would add one: a configuration and a file of weights."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

MODEL = "tiny-clip"
NAME = f"open_clip:{MODEL}/tiny.safetensors"
CONFIG: dict[str, Any] = {
    "embed_dim": 32,
    "vision_cfg": {"image_size": 64, "layers": 2, "width": 64, "head_width": 32, "patch_size": 16},
    "text_cfg": {"context_length": 77, "vocab_size": 49408, "width": 32, "heads": 2, "layers": 1},
}


def write_config(folder: Path, model: str = MODEL) -> None:
    """The configuration, where the registry looks for architectures that open_clip does not know."""
    (folder / f"{model}.json").write_text(json.dumps(CONFIG), encoding="utf-8")


def write_weights(file: Path, seed: int = 1) -> Path:
    """Weights for it by chance, as safetensors or, for any other suffix, as torch saves them."""
    import torch
    from open_clip.model import CLIP
    from safetensors.torch import save_file

    torch.manual_seed(seed)
    weights = CLIP(**CONFIG).state_dict()
    if file.suffix == ".safetensors":
        save_file(weights, file)
    else:
        torch.save(weights, file)
    return file

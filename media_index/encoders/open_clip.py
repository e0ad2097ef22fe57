"""Any model of open_clip as an encoder.

It computes in torch. On two cores, images/s of ViT-B-32 in fp32: torch 17 to 19, ONNX Runtime 17 to 21. That is not
worth a second copy of the weights. int8 is faster (26 in torch, 53 in ONNX Runtime) and moves vectors by up to 2e-4 in
cosine, but that is with random weights: trained ones have outliers that it spoils (Dettmers et al. 2022, "LLM.int8()").
"""

from __future__ import annotations

import re
import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from media_index.decoding.decoded import Pixels
from media_index.encoders import calibrations
from media_index.encoders.base import EncoderError, Vectors
from media_index.encoders.memory import give_back
from media_index.encoders.open_clip_spec import Spec
from media_index.extractors.base import ExtractorOptions
from media_index.search.vectors.calibration import Calibration

if TYPE_CHECKING:
    from media_index.encoders.open_clip_load import ImageTower, TextTower

IMAGE_BATCH = {"cpu": 16, "cuda": 64, "mps": 32}
"""Pictures for one run. On a CPU more gain nothing; on the others they need memory that small cards lack."""
TEXT_BATCH = 32
CALIBRATED = "-c1"
"""Stands behind the version of the weights where a background is stored with each vector; another bank is ``-c2``."""


class OpenClipEncoder:
    """The model that ``spec`` names. Each side is loaded on first use; a hub's model has its configuration read now.

    ``version`` is empty for the newest one. Without ``-c1`` it is that of the first release: vectors as they are.
    """

    def __init__(self, spec: Spec, options: ExtractorOptions, version: str = "") -> None:
        self.name = spec.name
        self.version = version or f"{spec.version}{CALIBRATED}"
        if self.version.removesuffix(CALIBRATED) != spec.version:
            raise EncoderError(f"the weights of {spec.name} are others than those of its version {version}")
        self.calibrated = self.version.endswith(CALIBRATED)
        self.dimensions = spec.dimensions
        # The middle of a picture twice as long as high still fills the model's input.
        self.side = 2 * spec.side
        self._spec = spec
        self._options = options
        self._images: ImageTower | None = None
        self._texts: TextTower | None = None
        self._lock = threading.Lock()

    def encode_images(self, images: Sequence[Pixels]) -> Vectors:
        """Upright sRGB pictures ``(h, w, 3)`` to ``(len(images), dimensions)``, each row of length 1."""
        import torch

        tower = self._image_tower()
        prepared = tower.preparation
        mean = torch.tensor(prepared.mean, device=tower.device)[:, None, None] * 255
        std = torch.tensor(prepared.std, device=tower.device)[:, None, None] * 255
        step = IMAGE_BATCH[tower.device.type] if tower.device.type in IMAGE_BATCH else IMAGE_BATCH["cpu"]
        rows: list[Vectors] = []
        for start in range(0, len(images), step):
            pixels = torch.from_numpy(prepared.fit.apply_all(images[start : start + step])).to(tower.device)
            with torch.inference_mode():
                planes = (pixels.permute(0, 3, 1, 2).float() - mean) / std
                vectors = tower.model.encode_image(planes, normalize=True)  # type: ignore[operator]
            rows.append(vectors.float().cpu().numpy())
        return self._stacked(rows)

    def encode_texts(self, texts: Sequence[str]) -> Vectors:
        """Texts to ``(len(texts), dimensions)``, each row of length 1; what is longer than the context is cut off."""
        import torch

        tower = self._text_tower()
        rows: list[Vectors] = []
        for start in range(0, len(texts), TEXT_BATCH):
            tokens = tower.tokenize(list(texts[start : start + TEXT_BATCH])).to(tower.device)
            with torch.inference_mode():
                vectors = tower.model.encode_text(tokens, normalize=True)  # type: ignore[operator]
            rows.append(vectors.float().cpu().numpy())
        return self._stacked(rows)

    def calibration(self) -> Calibration | None:
        """Made by its own text side at the first call on this machine, which takes a minute; None for a version without
        one."""
        if not self.calibrated:
            return None
        folder = self._options.models / "calibration" / re.sub(r"[^\w.-]+", "_", f"{self.name}@{self.version}")
        return calibrations.of_text_side(folder, self.encode_texts)

    def unload(self) -> None:
        """Give back the memory of both sides; the next call loads again."""
        with self._lock:
            towers = (self._images, self._texts)
            self._images = self._texts = None
        on_cuda = any(tower is not None and tower.device.type == "cuda" for tower in towers)
        del towers
        give_back()
        if on_cuda:
            import torch

            torch.cuda.empty_cache()

    def _stacked(self, rows: list[Vectors]) -> Vectors:
        return np.concatenate(rows) if rows else np.empty((0, self.dimensions), dtype=np.float32)

    def _image_tower(self) -> ImageTower:
        from media_index.encoders.open_clip_load import load_image_tower

        with self._lock:
            if self._images is None:
                self._images = load_image_tower(self._spec, self._options)
            return self._images

    def _text_tower(self) -> TextTower:
        from media_index.encoders.open_clip_load import load_text_tower

        with self._lock:
            if self._texts is None:
                self._texts = load_text_tower(self._spec, self._options)
            return self._texts

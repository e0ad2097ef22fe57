"""The files of the bundled encoder: where they lie, and having them made when they are missing.

They are made once on each machine by :mod:`media_index.encoders.onnx_export`, in a process of its own, so that torch is
never loaded into the worker or the web process for it.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from media_index.encoders.base import EncoderError
from media_index.making import MakingError, make

FORMAT = 2
"""Of the files; a change of the networks or the names of the classes makes a new one, so that all is made again."""
EXPORT_SECONDS = 900
"""When a hanging export is given up. It takes 10 s on two cores, and much longer on a small NAS."""


@dataclass(frozen=True, slots=True)
class Bundle:
    """The files, all in one folder that appears at once when all are complete."""

    folder: Path

    @property
    def lite2(self) -> Path:
        """EfficientNet-Lite2: ``pixels`` ``(n, h, w, 3)`` uint8 to ``features`` and ``probabilities``."""
        return self.folder / "lite2.onnx"

    @property
    def minilm(self) -> Path:
        """MiniLM: ``ids`` and ``mask`` ``(n, t)`` int64 to ``vectors``; its weights lie beside it, to be mapped."""
        return self.folder / "minilm.onnx"

    @property
    def tokenizer(self) -> Path:
        """The word pieces of MiniLM."""
        return self.folder / "tokenizer.json"

    @property
    def class_names(self) -> Path:
        """A JSON list of 1,000 names."""
        return self.folder / "classes.json"

    @property
    def class_vectors(self) -> Path:
        """MiniLM's vectors of these names, ``(1000, 384)`` float32 of length 1, in numpy's format."""
        return self.folder / "classes.npy"

    @classmethod
    def within(cls, models: Path) -> Bundle:
        """The place of the bundle in the folder ``models``, whether it is there or not."""
        return cls(models / f"bundled-{FORMAT}")


def is_made(models: Path) -> bool:
    """Whether the bundle is there, so that :func:`ensure` returns at once."""
    return Bundle.within(models).folder.is_dir()


def ensure(models: Path) -> Bundle:
    """The bundle in ``models``, made now if it is not there yet (some 10 s); safe to call from several processes.

    Raises :class:`EncoderError` if it cannot be made.
    """
    if not is_made(models):
        _export(models)
    return Bundle.within(models)


def _export(models: Path) -> None:
    try:
        make("media_index.encoders.onnx_export", models, seconds=EXPORT_SECONDS)
    except TimeoutError as error:
        raise EncoderError(f"preparing the bundled models took longer than {EXPORT_SECONDS} s") from error
    except MakingError as error:
        raise EncoderError(f"the bundled models could not be prepared in {models}: {error}") from error

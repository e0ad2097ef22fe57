"""The face engines of this installation, by name; each is made once in a process.

A package that brings another engine calls :func:`register` in its ``AppConfig.ready``, with a dotted path only:
registering loads nothing. All engines run side by side, each with vectors of its own; which one groups and suggests is
said elsewhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from typing import cast

from media_index.extractors.base import ExtractorOptions
from people.engines.base import FaceEngine

DEFAULT = "dlib"
BUILTIN = {
    DEFAULT: "people.engines.dlib_engine.build",
    "face_recognition": "people.engines.face_recognition_engine.build",
}
"""What comes with scanpix; which of them look at photos is a setting."""

_paths: dict[str, str] = {DEFAULT: BUILTIN[DEFAULT]}
_made: dict[tuple[str, ExtractorOptions], FaceEngine] = {}


def use(wanted: Sequence[str]) -> None:
    """Which of :data:`BUILTIN` look at photos, before what packages bring; :class:`KeyError` for another name."""
    brought = {name: path for name, path in _paths.items() if name not in BUILTIN}
    chosen = {name: BUILTIN[name] for name in wanted}
    _paths.clear()
    _paths.update(chosen | brought)


def register(name: str, path: str) -> None:
    """Have ``path`` (``package.module.factory``, an ``(ExtractorOptions) -> FaceEngine``) make the engine ``name``.

    May be called twice with the same path; :class:`ValueError` if the name stands for another one already.
    """
    known = BUILTIN | _paths
    if known.get(name, path) != path:
        raise ValueError(f"a face engine {name!r} is registered already: {known[name]}")
    _paths[name] = path


def names() -> list[str]:
    """The engines there are, in the order in which they were registered."""
    return list(_paths)


def engine(name: str, options: ExtractorOptions) -> FaceEngine:
    """The one engine ``name`` of this process for these options, in use or not; :class:`KeyError` if there is none.
    Loads no model."""
    options = ExtractorOptions(models=options.models, device=options.device, threads=options.threads)
    key = (name, options)
    if key not in _made:
        module, _, factory = (BUILTIN | _paths)[name].rpartition(".")
        _made[key] = cast(FaceEngine, getattr(import_module(module), factory)(options))
    return _made[key]


def reset() -> None:
    """Forget what was registered and made (tests)."""
    _paths.clear()
    use([DEFAULT])
    _made.clear()

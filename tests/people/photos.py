"""Public-domain photos of the scikit-image wheel."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path


def photo(name: str) -> Path:
    """A photo of the package, which is not imported for it."""
    spec = find_spec("skimage")
    assert spec is not None and spec.origin is not None, "install requirements-dev-nodeps.txt with pip's --no-deps"
    return Path(spec.origin).parent / "data" / name

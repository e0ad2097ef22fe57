"""A folder with the bundled networks for a run of tests."""

from __future__ import annotations

from pathlib import Path

import pytest

from media_index.encoders import bundle


def shared_models(tmp_path_factory: pytest.TempPathFactory, config: pytest.Config) -> Path:
    """Parallel workers share one, made under the export's own lock."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if hasattr(config, "workerinput") else base) / "bundled-models"
    folder.mkdir(exist_ok=True)
    bundle.ensure(folder)
    return folder

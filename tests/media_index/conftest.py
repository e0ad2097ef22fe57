"""What the tests of the index share: the bundled models, exported once for the run."""

from __future__ import annotations

from pathlib import Path

import pytest

from media_index.encoders import bundle


@pytest.fixture(scope="session")
def bundled_models(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Path:
    """A models folder with the bundled networks; parallel workers share one, made under the export's own lock."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if hasattr(request.config, "workerinput") else base) / "bundled-models"
    folder.mkdir(exist_ok=True)
    bundle.ensure(folder)
    return folder

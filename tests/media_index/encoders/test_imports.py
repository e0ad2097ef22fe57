"""Naming encoders and building extractors loads no heavy library."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = ("torch", "torchvision", "onnxruntime", "onnx", "open_clip", "timm", "tokenizers", "transformers", "django")

SCRIPT = """
import sys
from pathlib import Path
{code}
print(",".join(sorted(set({heavy!r}) & set(sys.modules))))
"""


@pytest.mark.parametrize(
    "code",
    [
        "import media_index.encoders.catalog, media_index.encoders.registry",
        "import media_index.extractors.labels, media_index.extractors.embedding",
        """
from media_index.encoders.catalog import CATALOG
from media_index.extractors import embedding, labels
from media_index.extractors.base import ExtractorOptions
names = tuple(known.name for known in CATALOG)
options = ExtractorOptions(models=Path("nowhere"), encoders=names)
assert len(embedding.build(options)) == len(names) and len(labels.build(options)) == 1
""",
    ],
)
def test_loads_nothing_heavy(code: str, tmp_path: Path) -> None:
    run = subprocess.run(
        [sys.executable, "-c", SCRIPT.format(code=code, heavy=HEAVY)],
        cwd=Path(__file__).resolve().parents[3],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (run.returncode, run.stdout.strip()) == (0, ""), run.stderr

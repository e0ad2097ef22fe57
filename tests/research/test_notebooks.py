"""The notebooks hold no output, and what they do works."""

from __future__ import annotations

import ast
import importlib.util
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS = ROOT / "research" / "notebooks"


@pytest.mark.parametrize("file", sorted(NOTEBOOKS.glob("*.ipynb")), ids=lambda file: file.stem)
def test_it_holds_no_output_and_can_be_read(file: Path) -> None:
    notebook = nbformat.read(file, as_version=4)
    nbformat.validate(notebook)
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert cells
    for cell in cells:
        assert (cell.outputs, cell.execution_count) == ([], None)
        for node in ast.walk(ast.parse(cell.source)):
            if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith(("media_index", "scanpix")):
                assert importlib.util.find_spec(node.module), node.module


@pytest.mark.model
def test_from_photos_to_a_search_result(bundled_models: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """From top to bottom, in a process of its own."""
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path))
    notebook = nbformat.read(NOTEBOOKS / "from_photos_to_a_search_result.ipynb", as_version=4)
    notebook.cells[1].source += f"\nMODELS = Path({str(bundled_models)!r})"
    NotebookClient(notebook, timeout=300, kernel_name="python3", resources={"metadata": {"path": tmp_path}}).execute()
    said = "".join(
        output.text for cell in notebook.cells for output in cell.get("outputs", []) if output.output_type == "stream"
    )
    assert "6 photos" in said
    lines = said.splitlines()
    assert "chelsea.png" in lines[lines.index("a cat: ") + 1]
    assert "coffee.png" in lines[lines.index("a cup of coffee: ") + 1]

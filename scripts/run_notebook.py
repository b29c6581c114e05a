"""The researchers' notebook, run from its first cell: `python -m scripts.run_notebook [TO]`; without TO, in its place.

What it prints is kept in it, without times, counts and pieces that differ from run to run.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

os.environ.setdefault("JUPYTER_PLATFORM_DIRS", "1")  # said before Jupyter is imported, which warns otherwise

import nbformat
from nbclient import NotebookClient

NOTEBOOK = Path(__file__).parents[1] / "docs" / "researchers.ipynb"


def ran(notebook: Path) -> str:
    """The notebook with its outputs, as JSON.

    Raises:
        CellExecutionError: a cell fails; it says which.
    """
    book = nbformat.read(notebook, 4)
    NotebookClient(book, timeout=600, kernel_name="python3").execute()
    for number, cell in enumerate(book.cells):
        cell.id, cell.metadata = f"cell-{number:02}", {}
        if cell.cell_type == "code":
            cell.execution_count = None
            cell.outputs = _joined(cell.outputs)
    return json.dumps(json.loads(nbformat.writes(book)), indent=1, ensure_ascii=False) + "\n"


def _joined(outputs: list[nbformat.NotebookNode]) -> list[nbformat.NotebookNode]:
    """What was printed in pieces, as one."""
    kept: list[nbformat.NotebookNode] = []
    for each in outputs:
        if "execution_count" in each:
            each.execution_count = None
        if kept and each.output_type == "stream" == kept[-1].output_type and each.name == kept[-1].name:
            kept[-1].text += each.text
        else:
            kept.append(each)
    return kept


if __name__ == "__main__":
    Path(sys.argv[1] if sys.argv[1:] else NOTEBOOK).write_text(ran(NOTEBOOK), "utf-8")

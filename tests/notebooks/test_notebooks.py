"""The notebooks run on the sample, are short, and are committed without outputs."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from tests.conftest import PROJECT
from tests.end_to_end.project_run import copy_of_first_run

NOTEBOOKS = sorted((PROJECT / "notebooks").glob("*.ipynb"))


@pytest.fixture(scope="module")
def params(tmp_path_factory) -> str:
    """Where a run of the sample put its tables."""
    folder = tmp_path_factory.mktemp("notebooks")
    copy_of_first_run(folder, tmp_path_factory)
    return f"lake_root={folder}/lake,landing_root={folder}/landing,reports_root={folder}/reports"


def read(notebook: Path) -> nbformat.NotebookNode:
    return nbformat.read(notebook, as_version=4)


def test_there_are_three():
    assert len(NOTEBOOKS) == 3


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_it_runs_without_java(notebook, params, monkeypatch):
    path = os.pathsep.join(
        part for part in os.environ["PATH"].split(os.pathsep) if not (Path(part) / "java").exists()
    )
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{path}")
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.delenv("SPARK_REMOTE", raising=False)
    book = read(notebook)
    start = next(cell for cell in book.cells if cell.source == "%load_ext kedro.ipython")
    start.source += f"\n%reload_kedro --params={params}"
    NotebookClient(book, timeout=120, resources={"metadata": {"path": str(notebook.parent)}}).execute()
    shown = [cell for cell in book.cells if cell.cell_type == "code" and cell.outputs]
    assert len(shown) >= 4


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_it_is_short_stripped_and_holds_no_logic(notebook):
    code = [cell for cell in read(notebook).cells if cell.cell_type == "code"]
    assert len(code) <= 10
    assert all(not cell.outputs and cell.execution_count is None for cell in code)
    lines = [line.split() for cell in code for line in cell.source.splitlines()]
    assert not {line[0] for line in lines if line} & {"def", "class", "for", "if", "while", "try:"}
    assert any("catalog.load" in cell.source for cell in code)

"""The notebooks run on the sample, are short, and are committed without outputs."""

from __future__ import annotations

import datetime as dt
import os
import re
import sys
from pathlib import Path
from types import SimpleNamespace

import nbformat
import pytest
from nbclient import NotebookClient
from nbconvert import HTMLExporter
from pyspark.errors import AnalysisException

from ees_analytics.cli.compare_tables import open_catalog
from ees_analytics.lake.engine import spark_session
from ees_analytics.lake.notebook import _show_with_near_names, tables_as_views
from tests.conftest import PROJECT, project
from tests.docs.how_to import blocks
from tests.end_to_end.project_run import copy_of_first_run

HOW_TO = PROJECT / "docs" / "how-to"
NOTEBOOKS = sorted((PROJECT / "notebooks").glob("*.ipynb"))
FORGET = "%reset -f"
"""A cell behind each notebook, so that the next has nothing of its names. A reload of Kedro gives it a new engine."""


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


@pytest.fixture(scope="module")
def executed(params) -> dict[Path, nbformat.NotebookNode]:
    """The notebooks after a run without Java, in one kernel: most of the time goes into loading libraries."""
    books = {notebook: read(notebook) for notebook in NOTEBOOKS}
    together = nbformat.v4.new_notebook()
    for book in books.values():
        start = next(cell for cell in book.cells if cell.source == "%load_ext kedro.ipython")
        start.source += f"\n%reload_kedro --params={params}"
        together.cells += [*book.cells, nbformat.v4.new_code_cell(FORGET)]
    path = [part for part in os.environ["PATH"].split(os.pathsep) if not (Path(part) / "java").exists()]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATH", os.pathsep.join([str(Path(sys.executable).parent), *path]))
        patch.delenv("JAVA_HOME", raising=False)
        patch.delenv("SPARK_REMOTE", raising=False)
        resources = {"metadata": {"path": str(PROJECT / "notebooks")}}
        NotebookClient(together, timeout=120, resources=resources).execute()
    return books


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_it_runs_without_java(notebook, executed):
    book = executed[notebook]
    shown = [cell for cell in book.cells if cell.cell_type == "code" and cell.outputs]
    assert len(shown) >= 4
    page, _ = HTMLExporter().from_notebook_node(book)
    assert "Plotly.newPlot(" in page, "its plot is in the page that nbconvert makes"
    scripts = re.findall(r'<script[^>]* src="([^"]+)', page.partition("<body")[2])
    assert all("mathjax" in script for script in scripts), (
        "Plotly itself is in the page: it works without the network"
    )


def test_periods_are_compared_by_days_with_data():
    """Not by the zeros of a publication that did not exist yet, or of a day without data."""
    (cell,) = [
        cell for cell in read(PROJECT / "notebooks/compare_periods.ipynb").cells if "WITH" in cell.source
    ]
    query = cell.source.split('"""')[1]
    spark = spark_session("sail")
    days = [dt.date(2026, 6, day) for day in (1, 2, 3, 4)]
    views = {"Old": (9.0, 9.0, 0.0, 9.0), "New": (0.0, 5.0, 0.0, 0.0)}
    rows = [
        (day, title, count)
        for title, counts in views.items()
        for day, count in zip(days, counts, strict=True)
    ]
    frame = spark.createDataFrame(rows, "date date, publication string, pageviews double")
    frame.createOrReplaceTempView("ees_publication_summary")
    found = spark.sql(query, args={"publication": "New"}).orderBy("date").collect()
    assert [(row["date"], row["pageviews"]) for row in found] == [(days[1], 5.0), (days[3], 0.0)]


def test_the_how_to_has_the_answers_of_the_sample(params, capsys):
    """Its queries run as an analyst runs them, and each is followed by what it prints."""
    project()
    spark = tables_as_views(open_catalog(PROJECT, dict(pair.split("=") for pair in params.split(","))))
    pages = [HOW_TO / f"{name}.md" for name in ("answer-a-question-with-sql", "yesterday-looks-low")]
    found = [block for page in pages for block in blocks(page) if block.language in ("sql", "text")]
    assert len(found) >= 22
    for query, answer in zip(found[::2], found[1::2], strict=True):
        assert (query.language, answer.language) == ("sql", "text")
        spark.sql(query.text).show(50, truncate=False)
        assert capsys.readouterr().out.strip() == answer.text.strip()


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_it_is_short_stripped_and_holds_no_logic(notebook):
    code = [cell for cell in read(notebook).cells if cell.cell_type == "code"]
    assert len(code) <= 10
    assert all(not cell.outputs and cell.execution_count is None for cell in code)
    lines = [line.split() for cell in code for line in cell.source.splitlines()]
    assert not {line[0] for line in lines if line} & {"def", "class", "for", "if", "while", "try:"}
    assert any("catalog.load" in cell.source for cell in code)


def test_an_error_in_a_notebook_has_near_names(capsys):
    shown = []
    shell = SimpleNamespace(showtraceback=lambda error, **_: shown.append(error[1]))
    error = AnalysisException("Table or view not found: ees_service_sumary")
    _show_with_near_names(shell, type(error), error, None)
    assert shown == [error]
    assert "no table `ees_service_sumary`. Did you mean ees_service_summary" in capsys.readouterr().out

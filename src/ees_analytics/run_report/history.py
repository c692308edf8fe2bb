"""Earlier runs: the strip on the page of a run, and the page that lists them all."""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from typing import Any, NamedTuple, cast

from kedro.io import DataCatalog

from ees_analytics.lake.table import TableDataset
from ees_analytics.run_report.facts import RUNS, RunFacts

INDEX, LATEST = "index", "latest"
"""Names of the page that lists all runs, and of the copy of the newest run's page."""


class PastRun(NamedTuple):
    """A run as the strip and the list show it; of a page whose run the table lacks only its name is known."""

    run_id: str
    started_at: dt.datetime | None = None
    finished_at: dt.datetime | None = None
    env: str = ""
    pipelines: str = ""
    run_date: dt.date | None = None
    outcome: str = ""
    tables_changed: int | None = None
    rows_added: int | None = None
    has_page: bool = False

    @property
    def started(self) -> str:
        """When it started, UTC; its id where that is not known."""
        return f"{self.started_at:%Y-%m-%d %H:%M}" if self.started_at else self.run_id

    @property
    def seconds(self) -> float | None:
        """How long it took; None where that is not known."""
        if self.started_at is None or self.finished_at is None:
            return None
        return (self.finished_at - self.started_at).total_seconds()


_COLUMNS = PastRun._fields[:-1]


def recorded_runs(catalog: DataCatalog) -> list[dict[str, Any]]:
    """The rows of ``ees_pipeline_runs`` without their long columns; none where there is no such table."""
    storage = cast(TableDataset, catalog[RUNS]).storage
    return storage.rows(columns=_COLUMNS).to_pylist() if storage.exists() else []


def past_runs(recorded: Iterable[Mapping[str, Any]], pages: Collection[str], run: RunFacts) -> list[PastRun]:
    """All runs, the newest first: those in the table, ``run``, which ends now, and ``pages`` of runs of another lake.

    A run whose page was deleted is not linked.
    """
    own = {column: getattr(run, column, None) for column in _COLUMNS} | {
        "pipelines": ",".join(run.pipelines),
        "tables_changed": len(run.changed),
    }
    rows = {row["run_id"]: row for row in [*recorded, own]}
    found = [PastRun(**row, has_page=run_id in pages or row is own) for run_id, row in rows.items()]
    found += [PastRun(name, has_page=True) for name in {*pages} - rows.keys() - {INDEX, LATEST}]
    return sorted(found, key=lambda past: (past.started, past.run_id), reverse=True)

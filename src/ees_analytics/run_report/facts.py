"""The facts of a run, as plain values. The page, the terminal lines and the row in ``ees_pipeline_runs`` show them."""

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

import pyarrow as pa

from ees_analytics.contracts import contract_for
from ees_analytics.lake.changes import TableChanges

RUNS = "raw.ees_pipeline_runs"

_JSON_KEYS = {
    "status": "fate",
    "quarantined": "set_aside",
    "quarantined_before": "set_aside_before",
    "not_yet_published": "young",
    "side_tasks": "other_work",
}
"""Fields that the stored JSON calls otherwise: its keys do not change, because queries rely on them."""


class Outcome(StrEnum):
    """How a run ended; a person stops it with Ctrl+C."""

    SUCCEEDED = "succeeded"
    FAILED = "failed"
    STOPPED = "stopped"


class TableStatus(StrEnum):
    """What a run did to a table."""

    CHANGED = "changed"
    SAME = "up to date"
    FAILED = "failed"
    NOT_RUN = "not run"


@dataclass
class TableFacts:
    """One table in one run. A slice is a day, or a file of a log table.

    Attributes:
        reason: Why it failed or did not run.
        rows_added: Rows ingested (raw table), or rows of the new version (app table).
        changes: What the new version of an app table changed; None where there was no earlier one.
        added: Slices ingested for the first time.
        adopted: Slices that the table had before the ledger, which records them now.
        restated: Slices ingested again with different rows.
        empty: Slices that this run found to be empty.
        quarantined: Slices and files that this run requested and set aside, each with the reason.
        quarantined_before: Slices that an earlier run set aside and this run did not request.
        read_again: Days that were requested again and had not changed.
        missing: Gaps, as ranges: days within its history that it lacks, not known to be empty and not set aside.
        expiring: Days that it lacks and that the source will soon delete, as ranges.
        expired: Days that it lacks and that the source has deleted, as ranges.
        known_gaps: Days that conf declares lost, or that a person accepted with fewer rows, as ranges.
        late: The newest day of a log table whose files have not come for longer than conf allows; else empty.
        left_out: Columns of the contract that the table lacks, and that the run left out of it.
        flags: Quality flags of the slices of this run: flag to slices.
        checks: How many checks each write has to pass.
        saved: Whether the run saved rows to it, new or unchanged.
        seconds: Total seconds of its steps.
    """

    name: str
    description: str = ""
    status: TableStatus = TableStatus.SAME
    reason: str = ""
    rows_added: int = 0
    changes: TableChanges | None = None
    rows_total: int | None = None
    newest: dt.date | None = None
    added: list[str] = field(default_factory=list)
    adopted: list[str] = field(default_factory=list)
    restated: list[str] = field(default_factory=list)
    empty: list[str] = field(default_factory=list)
    quarantined: dict[str, str] = field(default_factory=dict)
    quarantined_before: list[str] = field(default_factory=list)
    read_again: list[str] = field(default_factory=list)
    not_yet_published: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    expiring: list[str] = field(default_factory=list)
    expired: list[str] = field(default_factory=list)
    known_gaps: list[str] = field(default_factory=list)
    late: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    flags: dict[str, list[str]] = field(default_factory=dict)
    checks: int = 0
    saved: bool = False
    seconds: float = 0.0

    @property
    def checks_passed(self) -> int:
        """How many checks its rows passed in this run; 0 where nothing was saved."""
        return self.checks if self.saved and self.status in (TableStatus.CHANGED, TableStatus.SAME) else 0

    @property
    def is_raw(self) -> bool:
        """True for a raw table."""
        return self.name.startswith("raw.")

    @property
    def slice_unit(self) -> str:
        """What a slice of a raw table is: a file of a log table, otherwise a day."""
        return "file" if self.name.startswith("raw.raw_ees_") else "day"

    @property
    def short_name(self) -> str:
        """The name without its layer."""
        return self.name.partition(".")[2]


@dataclass
class RunFacts:
    """One run; ``…_more`` is how many other values a list does not have.

    Attributes:
        run_id: Kedro's session id, also in the ledger.
        run_date: The parameter; None where it could not be read.
        started_at: When it started, UTC; as ``finished_at``.
        started_by: Who started it: a user, or the job's run; None where that could not be read.
        parameters: The runtime parameters of the command.
        failures: Step to the reason why it failed.
        skipped: Steps that did not run because of them.
        tables: Every table that the run was meant to write.
        unclassified: Values that match no rule, those with the highest counts; the columns of ``ees_unclassified`` with
            the ``days`` on which a value occurs, the list (``rules``) and the row to add to it (``suggestion``).
        both_eras: Days that Universal Analytics and Google Analytics 4 both count, as ranges.
        unknown_events: Events that no table counts and that are not ignored, those with the highest counts: the columns of
            ``ees_event_names``.
        silent_events: Events that are counted and fell silent, with the same columns and ``previous_28_days``.
        catch_all: Parts of the website that no rule names, those with most page views of the newest 28 days: the columns
            of ``ees_catch_all_paths``.
        annotations: Known breaks in the series, the rows of ``ees_annotations``.
        anomalies: Measures whose newest complete day stands out (see ``pipelines.reporting.anomalies``).
        missing_days: Daily tables that the run read, and did not ingest, to days that they lack, as ranges.
        absent: Frozen tables that are not in the lake and count as empty.
        log_gaps: Log table to its days without a file, a phrase each.
        warnings: Warnings and errors logged during the run.
        timings: The slowest steps with their seconds.
        places: Where it wrote: tables, landing zone, backup, exports or plots, each with the folder or catalogue.
        side_tasks: What the run did besides building tables (a backup, an export), to its result.
    """

    run_id: str
    env: str
    pipelines: Sequence[str]
    run_date: dt.date | None
    started_at: dt.datetime
    finished_at: dt.datetime
    outcome: Outcome
    failures: dict[str, str] = field(default_factory=dict)
    skipped: list[str] = field(default_factory=list)
    started_by: str | None = None
    parameters: dict[str, Any] = field(default_factory=dict)
    tables: list[TableFacts] = field(default_factory=list)
    unclassified: list[dict[str, Any]] = field(default_factory=list)
    unclassified_more: int = 0
    both_eras: list[str] = field(default_factory=list)
    unknown_events: list[dict[str, Any]] = field(default_factory=list)
    unknown_events_more: int = 0
    silent_events: list[dict[str, Any]] = field(default_factory=list)
    catch_all: list[dict[str, Any]] = field(default_factory=list)
    catch_all_more: int = 0
    annotations: list[dict[str, Any]] = field(default_factory=list)
    anomalies: list[dict[str, Any]] = field(default_factory=list)
    missing_days: dict[str, list[str]] = field(default_factory=dict)
    absent: list[str] = field(default_factory=list)
    log_gaps: dict[str, list[str]] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    timings: list[tuple[str, float]] = field(default_factory=list)
    places: dict[str, str] = field(default_factory=dict)
    side_tasks: dict[str, str] = field(default_factory=dict)

    @property
    def seconds(self) -> float:
        """How long the run took, in seconds."""
        return (self.finished_at - self.started_at).total_seconds()

    @property
    def changed(self) -> list[TableFacts]:
        """The tables that the run changed."""
        return [table for table in self.tables if table.status is TableStatus.CHANGED]

    @property
    def rows_added(self) -> int:
        """Rows ingested into raw tables."""
        return sum(table.rows_added for table in self.tables if table.is_raw)

    def as_dict(self) -> dict[str, Any]:
        """All facts, with the keys of the stored JSON."""
        return asdict(
            self, dict_factory=lambda items: {_JSON_KEYS.get(name, name): value for name, value in items}
        )


def run_row(facts: RunFacts, location: str | None) -> pa.Table:
    """The run as one row of ``ees_pipeline_runs``."""
    stored = facts.as_dict()
    row = stored | {
        "pipelines": ",".join(facts.pipelines),
        "tables_changed": len(facts.changed),
        "rows_added": facts.rows_added,
        "failures": "\n".join(f"{step}: {reason}" for step, reason in facts.failures.items()) or None,
        "report": location,
        "parameters": json.dumps(facts.parameters, default=str, ensure_ascii=False),
        "summary": json.dumps(stored, default=str, ensure_ascii=False),
    }
    return pa.Table.from_pylist([row], schema=contract_for(RUNS).empty().schema)

"""What is known of a run: plain values, whatever form they are told in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any


class Outcome(StrEnum):
    """How a run or a table ended."""

    SUCCEEDED = "succeeded"
    FAILED = "failed"
    STOPPED = "stopped"
    """By Ctrl+C."""


class TableStatus(StrEnum):
    """What became of a table."""

    CHANGED = "changed"
    SAME = "up to date"
    FAILED = "failed"
    NOT_RUN = "not run"


@dataclass
class TableFacts:
    """One table in one run.

    Attributes:
        name: Its catalogue name.
        description: What one row is.
        fate: What became of it.
        reason: Why it failed or did not run.
        rows_added: Rows that came in (raw), or that the new version has (app).
        rows_total: Rows that it holds now, where that is known.
        newest: Its newest day.
        added: Slices that came in.
        restated: Slices that came in anew with other rows.
        empty: Slices that are known to be empty since this run.
        quarantined: Slices and files that this run asked for and that wait for a good answer, each with the reason.
        quarantined_before: Slices whose last answer, to an earlier run, was set aside, and that this run did not ask for.
        read_again: Days that the source was asked for again and that are as they were.
        young: Days that are not published yet.
        missing: Gaps: days inside its history that it does not hold, that are not known to be empty and not set aside,
            as ranges.
        expiring: Days that it lacks and that the source forgets soon, as ranges.
        expired: Days that it lacks and that the source has forgotten, as ranges.
        flags: What the source said of the slices of this run: flag to slices.
        checks: How many checks each write has to pass.
        saved: Whether rows were given to it in this run, be they new or the same as before.
        seconds: How long its steps took together.
    """

    name: str
    description: str = ""
    fate: TableStatus = TableStatus.SAME
    reason: str = ""
    rows_added: int = 0
    rows_total: int | None = None
    newest: dt.date | None = None
    added: list[str] = field(default_factory=list)
    restated: list[str] = field(default_factory=list)
    empty: list[str] = field(default_factory=list)
    quarantined: dict[str, str] = field(default_factory=dict)
    quarantined_before: list[str] = field(default_factory=list)
    read_again: list[str] = field(default_factory=list)
    young: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    expiring: list[str] = field(default_factory=list)
    expired: list[str] = field(default_factory=list)
    flags: dict[str, list[str]] = field(default_factory=dict)
    checks: int = 0
    saved: bool = False
    seconds: float = 0.0

    @property
    def checks_passed(self) -> int:
        """How many checks its rows passed in this run; 0 where there was nothing to write or compare."""
        return self.checks if self.saved and self.fate in (TableStatus.CHANGED, TableStatus.SAME) else 0

    @property
    def is_raw(self) -> bool:
        """True for a raw table."""
        return self.name.startswith("raw.")

    @property
    def short_name(self) -> str:
        """The name in its schema."""
        return self.name.partition(".")[2]


@dataclass(frozen=True)
class Unclassified:
    """A value that no rule knows.

    Attributes:
        table: The table that shows it.
        field: The rules' input.
        value: The value.
        days: First and last day on which it occurs.
        count: What it counts for.
        rules: The rule list in conf that lacks it.
        suggestion: The row to paste there.
    """

    table: str
    field: str
    value: str | None
    days: str
    count: float
    rules: str = ""
    suggestion: str = ""


@dataclass
class RunFacts:
    """One run.

    Attributes:
        run_id: Kedro's session id, which the ledger knows too.
        env: The environment.
        pipelines: The pipelines that were asked for.
        run_date: The day for which it was made.
        started_at: When it started, UTC.
        finished_at: When it ended, UTC.
        outcome: How it ended.
        failures: Step to the reason of its failure.
        skipped: Steps that did not run because of them.
        tables: Every table that the run was to write.
        unclassified: Values without a rule, those that count most.
        unclassified_more: How many more values have none.
        both_eras: Days that Universal Analytics and Google Analytics 4 both count, as ranges.
        absent: Frozen tables that are not in the lake and counted as empty.
        log_gaps: Log table to the days that lack a file, in words.
        warnings: What was said as a warning or error while it ran.
        timings: The slowest steps with their seconds.
        other_work: What it did beside making tables (a backup, an export), to what came of it.
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
    tables: list[TableFacts] = field(default_factory=list)
    unclassified: list[Unclassified] = field(default_factory=list)
    unclassified_more: int = 0
    both_eras: list[str] = field(default_factory=list)
    absent: list[str] = field(default_factory=list)
    log_gaps: dict[str, list[str]] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    timings: list[tuple[str, float]] = field(default_factory=list)
    other_work: dict[str, str] = field(default_factory=dict)

    @property
    def seconds(self) -> float:
        """How long the run took."""
        return (self.finished_at - self.started_at).total_seconds()

    @property
    def succeeded(self) -> bool:
        """True where every step did."""
        return self.outcome is Outcome.SUCCEEDED

    @property
    def changed(self) -> list[TableFacts]:
        """The tables that the run changed."""
        return [table for table in self.tables if table.fate is TableStatus.CHANGED]

    @property
    def rows_added(self) -> int:
        """Rows that came into raw tables."""
        return sum(table.rows_added for table in self.tables if table.is_raw)

    def as_dict(self) -> dict[str, Any]:
        """All facts, for JSON."""
        return asdict(self)

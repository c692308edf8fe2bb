"""Whatever the source and the machine do, the table ends as a clean run would have left it.

A state machine plays days passing, faults of the source and crashes at every point between fetch and ledger, in random
sequences, with Google's own client and real Delta tables. Short here; long under ``pytest -m soak``.
"""

from __future__ import annotations

import datetime as dt
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from deltalake import DeltaTable
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from ees_analytics.contracts.digest import digest
from ees_analytics.lake.storage.delta_rs import DeltaRsStorage
from ees_analytics.parameters.google import Ga4
from ees_analytics.parameters.ingest import DailyCalendar, LoadLimits
from ees_analytics.runner import RunFailed
from ees_analytics.slices.landing_dataset import LandingDataset
from ees_analytics.slices.ledger_dataset import LedgerDataset
from ees_analytics.sources.ga4.dataset import Ga4ReportDataset
from tests.pipelines.ingest.daily_lake import DailyLake
from tests.pipelines.ingest.test_ga4 import DIMENSIONS, METRICS, PIPELINE, REPORTS, TABLE, answer_rows
from tests.servers import ga4_faults as faults
from tests.servers.ga4 import Ga4Server

FIRST = dt.date(2026, 6, 1)
DAYS = [(FIRST + dt.timedelta(days=number)).isoformat() for number in range(30)]
EMPTY = DAYS[4]
CONTENTS = {
    day: ([] if day == EMPTY else answer_rows(day, views=number + 1)) for number, day in enumerate(DAYS)
}

FAULTS = {
    "hourly quota": faults.HOURLY_QUOTA,
    "daily quota": faults.DAILY_QUOTA,
    "concurrent quota": faults.CONCURRENT_QUOTA,
    "500": faults.INTERNAL,
    "503": faults.UNAVAILABLE,
    "401": faults.UNAUTHENTICATED,
    "403": faults.PERMISSION,
    "moving row count": faults.drifting_row_count(),
    "(other) in date": faults.other_in("date"),
    "another time zone": faults.with_metadata(timeZone="America/New_York"),
    **{name.lower().replace("_", " "): fault for name, fault in vars(faults).items()
       if isinstance(fault, (faults.Broken, faults.Alter)) and name.isupper()},
}  # fmt: skip


@contextmanager
def crash(owner: type, method: str, after: bool) -> Iterator[None]:
    """Go down at the first call of a method, before or after its work is done."""
    original: Callable[..., Any] = getattr(owner, method)

    def go_down(*arguments: Any, **named: Any) -> Any:
        if after:
            original(*arguments, **named)
        raise OSError(f"crash at {method}")

    with patch.object(owner, method, go_down):
        yield


CRASHES = {
    "after fetch": (LandingDataset, "_land", False),
    "after landing": (LandingDataset, "_land", True),
    "before the commit": (DeltaRsStorage, "replace", False),
    "after the commit": (DeltaRsStorage, "replace", True),
    "before the ledger": (LedgerDataset, "save", False),
    "after the ledger": (LedgerDataset, "save", True),
}


def ingest(lake: DailyLake, server: Ga4Server, newest: int, **calendar: Any) -> None:
    """One run on the day when this day of ``DAYS`` is the newest complete one."""
    source = Ga4ReportDataset(
        table=TABLE, reports=REPORTS, property_id="369420610", endpoint=server.rest, backoff_seconds=0.001,
        retries=1, server_errors_an_hour=10**6, page_rows=5,
    )  # fmt: skip
    run_date = FIRST + dt.timedelta(days=newest + 2)
    days = DailyCalendar(first_day=FIRST, lag_days=2, empty_is_final_after_days=0, **calendar)
    parameters = {"ga4": Ga4(reports=REPORTS), "ga4_calendar": days}
    lake.run(source, run_date.isoformat(), parameters, "ga4_calendar", LoadLimits(max_slices=2))


@cache
def clean_run(newest: int) -> tuple[str, dict[str, int]]:
    """The digest and the days of the table after one run without faults."""
    server = Ga4Server.of_rows(DIMENSIONS, METRICS, CONTENTS)
    with tempfile.TemporaryDirectory() as folder:
        lake = DailyLake(Path(folder), TABLE, PIPELINE)
        ingest(lake, server, newest)
        server.close()
        assert lake.days() == {day: 8 for day in DAYS[: newest + 1] if day != EMPTY}
        return lake.digest(), lake.days()


class Ingest(RuleBasedStateMachine):
    """One table over some weeks."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.server = Ga4Server.of_rows(DIMENSIONS, METRICS, CONTENTS)
        self.lake = DailyLake(self.folder, TABLE, PIPELINE, in_flight=1)
        self.newest = 2

    def teardown(self) -> None:
        self.server.heal()
        self._run()
        assert (self.lake.digest(), self.lake.days()) == clean_run(self.newest)
        settled = {"committed", "empty", "restated"}
        assert set(self.lake.states()) == set(DAYS[: self.newest + 1])
        assert set(self.lake.states().values()) <= settled
        self.server.close()
        shutil.rmtree(self.folder)

    @rule()
    def run(self) -> None:
        self._try()

    @precondition(lambda self: self.newest < len(DAYS) - 4)
    @rule(days=st.integers(1, 4))
    def days_pass(self, days: int) -> None:
        self.newest += days

    @rule(
        name=st.sampled_from(sorted(FAULTS)),
        request=st.integers(1, 4),
        times=st.sampled_from([1, 2, 3, None]),
    )
    def run_with_fault(self, name: str, request: int, times: int | None) -> None:
        self.server.inject(FAULTS[name], request=request, times=times)
        self._try()
        self.server.heal()

    @rule(point=st.sampled_from(sorted(CRASHES)))
    def run_into_crash(self, point: str) -> None:
        with crash(*CRASHES[point]):
            self._try()

    @rule(days=st.integers(1, 4))
    def read_again(self, days: int) -> None:
        self._try(restate_days=days)

    @rule()
    def lose_the_landing_zone(self) -> None:
        shutil.rmtree(self.lake.landing, ignore_errors=True)

    @rule()
    def lose_the_ledger(self) -> None:
        shutil.rmtree(self.lake.path.parent / "ees_ingest_ledger", ignore_errors=True)

    @rule(day=st.sampled_from(DAYS))
    def lose_a_day_of_the_table(self, day: str) -> None:
        if (self.lake.path / "_delta_log").exists():
            DeltaTable(self.lake.path).delete(f"date = '{day}'")

    @invariant()
    def no_day_is_half_or_double(self) -> None:
        if (self.lake.path / "_delta_log").exists():
            assert set(self.lake.days().values()) <= {8}
            rows = self.lake.rows()
            for day in self.lake.days():
                position = DAYS.index(day)
                wanted = {float(position + 1)}
                some = [row for row in rows.to_pylist() if row["date"].isoformat() == day]
                assert {row["pageviews"] for row in some} == wanted

    def _try(self, **more: Any) -> None:
        with suppress(RunFailed):
            self._run(**more)

    def _run(self, **calendar: Any) -> None:
        ingest(self.lake, self.server, self.newest, **calendar)


def play(examples: int, steps: int) -> None:
    run_state_machine_as_test(
        Ingest,
        settings=settings(
            max_examples=examples, stateful_step_count=steps, deadline=None, derandomize=examples < 50,
            suppress_health_check=list(HealthCheck),
        ),
    )  # fmt: skip


def test_random_faults_and_crashes_end_in_the_clean_table():
    play(examples=6, steps=8)


@pytest.mark.soak
@pytest.mark.timeout(3600)
def test_random_faults_and_crashes_for_long():
    play(examples=300, steps=25)


@pytest.mark.parametrize("point", sorted(CRASHES))
def test_each_crash_by_itself(tmp_path, point):
    machine = Ingest()
    machine.run_into_crash(point)
    machine.no_day_is_half_or_double()
    machine.teardown()


@pytest.fixture(scope="module")
def after_a_run(tmp_path_factory) -> Path:
    """The folders after a first run without faults."""
    folder = tmp_path_factory.mktemp("ga4") / "after_a_run"
    machine = Ingest()
    machine.run()
    machine.server.close()
    return shutil.move(machine.folder, folder)


@pytest.mark.parametrize("name", sorted(FAULTS))
def test_each_fault_by_itself_for_ever_and_once(name, after_a_run):
    machine = Ingest()
    shutil.copytree(after_a_run, machine.folder, dirs_exist_ok=True)
    machine.lake.runs = 1
    machine.days_pass(2)
    machine.run_with_fault(name, 1, None)
    machine.no_day_is_half_or_double()
    machine.days_pass(1)
    machine.run_with_fault(name, 2, 1)
    machine.no_day_is_half_or_double()
    machine.teardown()


def test_the_machine_notices_a_lost_row():
    """The invariant itself can fail."""
    machine = Ingest()
    machine.run()
    DeltaTable(machine.lake.path).delete("pagePath = '/'")
    with pytest.raises(AssertionError):
        machine.no_day_is_half_or_double()
    assert digest(machine.lake.rows())
    machine.server.close()

"""Reading a raw table of 1,000 daily commits before and after `kedro run --pipelines maintain`.

Run: python benchmarks/maintain.py [--days 1000] [--rows 300]
Prints, for a whole read and for one day, the median of three reads before and after, and their ratio.
"""

from __future__ import annotations

import argparse
import datetime as dt
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa

from ees_analytics.contracts import contract_named
from ees_analytics.contracts.contract import SliceBatch
from ees_analytics.lake.storage import storage_for
from ees_analytics.lake.table import Mode, TableDataset
from ees_analytics.parameters.maintenance import MaintainSettings
from ees_analytics.pipelines.maintenance.maintain import maintain_table

TABLE = "ees_ga4_page"
FIRST = dt.date(2023, 6, 22)


def main() -> None:
    options = _options()
    with tempfile.TemporaryDirectory() as folder:
        lake = {"engine": "sail", "lake_root": folder}
        seconds = _time(lambda: _fill(lake, options.days, options.rows))
        print(f"{options.days} daily commits of {options.rows} rows written in {seconds:.1f} s")
        before = _reads(lake, options.days)
        storage = storage_for(contract_named(TABLE), **lake)
        print(f"maintained in {maintain_table(storage, MaintainSettings())['seconds']} s")
        after = _reads(lake, options.days)
        for what, seconds in before.items():
            ratio = seconds / after[what]
            print(f"{what}: {seconds:.3f} s before, {after[what]:.3f} s after: {ratio:.1f} times faster")
        files = len(list(Path(folder).rglob("*.parquet")))
        print(f"{files} files on disk; those of the last 30 days are kept")


def _fill(lake: dict[str, str], days: int, rows: int) -> None:
    dataset = TableDataset(table=f"raw.{TABLE}", mode=Mode.REPLACE_SLICE, **lake)
    for number in range(days):
        day = FIRST + dt.timedelta(days=number)
        dataset.save(SliceBatch(_rows(day, rows), [day.isoformat()]))


def _rows(day: dt.date, rows: int) -> pa.Table:
    contract = contract_named(TABLE)
    numbers = [float(n) for n in range(rows)]
    columns = dict.fromkeys(contract.column_names, numbers)
    columns |= {"date": [day] * rows, "pagePath": [f"/find-statistics/{n}" for n in range(rows)]}
    columns["scrolledUsers"] = list(range(rows))
    return pa.table(columns, schema=contract.arrow_schema.remove_metadata())


def _reads(lake: dict[str, str], days: int) -> dict[str, float]:
    storage = storage_for(contract_named(TABLE), **lake)
    day = (FIRST + dt.timedelta(days=days // 2)).isoformat()
    reads: dict[str, Callable[[], object]] = {
        "whole table, Arrow": storage.rows,
        "whole table, Sail": lambda: storage.frame().groupBy("pagePath").sum("sessions").toArrow(),
        "one day, Arrow": lambda: storage.rows("date", [day]),
        "one day, Sail": lambda: storage.frame().where(f"date = '{day}'").toArrow(),
        "rows by day (what a run asks first)": lambda: storage.slice_counts("date"),
    }
    for read in reads.values():
        read()
    return {what: statistics.median(_time(read) for _ in range(3)) for what, read in reads.items()}


def _time(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--days", type=int, default=1000)
    parser.add_argument("--rows", type=int, default=300)
    return parser.parse_args()


if __name__ == "__main__":
    main()

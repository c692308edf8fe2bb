"""The ledger after five years of daily runs without `kedro run --pipelines maintain`, with and without compaction after each run.

Run: python benchmarks/five_years.py [--days 1800] [--tables 15] [--without]
Prints, for each half year: files of the ledger's newest version, and the seconds and megabytes of a read.
Without compaction (``--without``) 1,800 days make 27,000 files.
"""

from __future__ import annotations

import argparse
import datetime as dt
import resource
import tempfile
import time

from deltalake import DeltaTable

from ees_analytics.contracts import contract_named
from ees_analytics.lake.storage import storage_for
from ees_analytics.parameters.maintenance import MaintainSettings
from ees_analytics.pipelines.maintenance.housekeeping import compact
from ees_analytics.slices.ledger import LedgerEntry, SliceState
from ees_analytics.slices.ledger_dataset import LedgerDataset

FIRST = dt.date(2021, 6, 1)
HALF_A_YEAR = 180


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--days", type=int, default=1800)
    parser.add_argument("--tables", type=int, default=15)
    parser.add_argument("--without", action="store_true", help="without compaction")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        lake = {"engine": "sail", "lake_root": folder}
        storage = storage_for(contract_named("ees_ingest_ledger"), **lake)
        for number in range(1, options.days + 1):
            _run(lake, FIRST + dt.timedelta(days=number), options.tables)
            if not options.without:
                compact([storage], MaintainSettings())
            if number % HALF_A_YEAR == 0 or number == options.days:
                _report(number, storage)


def _run(lake: dict[str, str], day: dt.date, tables: int) -> None:
    """What a daily run writes: one commit of one entry for each table."""
    now = dt.datetime.combine(day, dt.time(6), tzinfo=dt.UTC)
    for number in range(tables):
        table = f"table_{number}"
        entry = LedgerEntry(
            table, day.isoformat(), SliceState.COMMITTED, f"{now:%Y-%m-%dT%H.%M}Z", now, 100, 100
        )
        LedgerDataset(table="ees_ga4_page", **lake).save([entry])


def _report(days: int, storage) -> None:  # noqa: ANN001
    started, processor = time.perf_counter(), time.process_time()
    rows = storage.rows().num_rows
    seconds, busy = time.perf_counter() - started, time.process_time() - processor
    files = len(DeltaTable(storage.location).file_uris())
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{days:5} days: {rows:6} rows in {files:5} files; read in {seconds:.2f} s, {busy:.2f} s of processor; at most {most:.0f} MB", flush=True)  # fmt: skip


if __name__ == "__main__":
    main()

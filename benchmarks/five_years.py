"""The ledger after five years of daily runs without `kedro run --pipelines maintain`, with and without compaction after each run.

Run: python benchmarks/five_years.py [--days 1800] [--tables 15] [--without]
Prints, for each half year: files of the ledger's newest version, and the seconds and megabytes of a read.
Without compaction (``--without``) 1,800 days make 27,000 files. The commits of a day are made as one, because making
27,000 takes hours; the files are the same.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import resource
import tempfile
import time
from pathlib import Path

import pyarrow.parquet as pq
from deltalake import DeltaTable
from deltalake.transaction import AddAction

from ees_analytics.lake.storage import TableStorage, storage_for
from ees_analytics.parameters.maintenance import MaintainSettings
from ees_analytics.pipelines.maintenance.housekeeping import compact
from ees_analytics.slices.ledger import CONTRACT, LedgerEntry, SliceState, entries_to_rows

FIRST = dt.date(2021, 6, 1)
HALF_A_YEAR = 180


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--days", type=int, default=1800)
    parser.add_argument("--tables", type=int, default=15)
    parser.add_argument("--without", action="store_true", help="without compaction")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        storage = storage_for(CONTRACT, engine="sail", lake_root=folder)
        storage.create(CONTRACT)
        for number in range(1, options.days + 1):
            _run(storage, FIRST + dt.timedelta(days=number), options.tables)
            if not options.without:
                compact([storage], MaintainSettings())
            if number % HALF_A_YEAR == 0 or number == options.days:
                _report(number, storage)


def _run(storage: TableStorage, day: dt.date, tables: int) -> None:
    """What a daily run writes: one file of one entry for each table."""
    now = dt.datetime.combine(day, dt.time(6), tzinfo=dt.UTC)
    added = []
    for number in range(tables):
        name = f"table_{number}"
        run_id = f"{now:%Y-%m-%dT%H.%M}Z"
        entry = LedgerEntry(name, day.isoformat(), SliceState.COMMITTED, run_id, now, 100, 100)
        path = Path(storage.location) / f"{day}-{number}.parquet"
        pq.write_table(entries_to_rows([entry]), path)
        bounds = {"minValues": {"table": name}, "maxValues": {"table": name}, "nullCount": {"table": 0}}
        stats = json.dumps({"numRecords": 1, **bounds})
        added.append(AddAction(path.name, path.stat().st_size, {}, int(now.timestamp() * 1000), True, stats))
    table = DeltaTable(storage.location)
    table.create_write_transaction(added, "append", table.schema())


def _report(days: int, storage: TableStorage) -> None:
    started, processor = time.perf_counter(), time.process_time()
    rows = storage.rows().num_rows
    seconds, busy = time.perf_counter() - started, time.process_time() - processor
    files = len(DeltaTable(storage.location).file_uris())
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{days:5} days: {rows:6} rows in {files:5} files; read in {seconds:.2f} s, {busy:.2f} s of processor; at most {most:.0f} MB", flush=True)  # fmt: skip


if __name__ == "__main__":
    main()

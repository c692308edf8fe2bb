"""Backup, backup with nothing new, and restore of one raw table of 1,000 days.

Run: python benchmarks/backup.py [--days 1000] [--rows 5000]
"""

from __future__ import annotations

import argparse
import datetime as dt
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pyarrow as pa

from ees_analytics.contracts import contract_named
from ees_analytics.contracts.contract import SliceBatch
from ees_analytics.lake.table import Mode, TableDataset

TABLE = "ees_ga4_page"
FIRST = dt.date(2023, 6, 22)
PROJECT = Path(__file__).parents[1]


def main() -> None:
    options = _options()
    with tempfile.TemporaryDirectory() as folder:
        _fill(folder, options.days, options.rows)
        _run("backup", folder, "first backup")
        _run("backup", folder, "backup with nothing new")
        shutil.rmtree(f"{folder}/lake")
        _run("restore", folder, "restore into an empty lake")
        size = sum(path.stat().st_size for path in Path(folder, "backup").rglob("*.parquet"))
        print(f"{options.days * options.rows:,} rows; the backup takes {size / 1e6:.0f} MB")


def _fill(folder: str, days: int, rows: int) -> None:
    dataset = TableDataset(
        table=f"raw.{TABLE}", mode=Mode.REPLACE_SLICE, engine="sail", lake_root=f"{folder}/lake"
    )
    every = [FIRST + dt.timedelta(days=number) for number in range(days)]
    for position in range(0, days, 50):
        group = every[position : position + 50]
        batch = pa.concat_tables([_rows(day, rows) for day in group])
        dataset.save(SliceBatch(batch, [day.isoformat() for day in group]))


def _rows(day: dt.date, rows: int) -> pa.Table:
    contract = contract_named(TABLE)
    numbers = [float(n) for n in range(rows)]
    columns = dict.fromkeys(contract.column_names, numbers)
    columns |= {"date": [day] * rows, "pagePath": [f"/find-statistics/{n}" for n in range(rows)]}
    columns["scrolledUsers"] = list(range(rows))
    return pa.table(columns, schema=contract.arrow_schema.remove_metadata())


def _run(pipeline: str, folder: str, what: str) -> None:
    places = f"lake_root={folder}/lake,backup_root={folder}/backup,reports_root={folder}/reports"
    started = time.perf_counter()
    command = ["run", "--pipelines", pipeline, "--namespaces", f"{pipeline}.{TABLE}", "--params", places]
    subprocess.run([sys.executable, "-m", "kedro", *command], cwd=PROJECT, check=True, capture_output=True)
    print(f"{what}: {time.perf_counter() - started:.1f} s")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--days", type=int, default=1000)
    parser.add_argument("--rows", type=int, default=5000)
    return parser.parse_args()


if __name__ == "__main__":
    main()

"""A lake with raw tables of production's size, made from the recorded case: the same rows at every call.

python -m benchmarks.reporting_lake --lake /tmp/lake --scale 1

The case's 60 days are laid one behind the other until they cover three years (a *block* is one such copy in time) and
on top of each other until a table has its rows (a *variant*). Variants and blocks differ in what makes values distinct
in production: paths get further parts behind their slug, event labels another ending.
"""

from __future__ import annotations

import argparse
import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from deltalake import write_deltalake

from ees_analytics.contracts import contract_named
from ees_analytics.lake.storage import storage_for

CASE = Path(__file__).parents[1] / "tests/cases/a"
GA4_FIRST, UA_FIRST = dt.date(2023, 6, 22), dt.date(2020, 5, 18)
LAST = dt.date(2026, 8, 4)
RUN_DATE = LAST + dt.timedelta(days=2)
DAYS, BLOCKS, FILES_PER_BLOCK = 60, 19, 3
_BLOCKS_OF_A_RELEASE = 4
_COPIES_OF_QUERIES = 20

MILLION = 1_000_000
ROWS = {
    "ees_ga4_events": 8 * MILLION,
    "ees_ua_events": 2 * MILLION,
    "ees_ga4_page": 2 * MILLION,
    "ees_ga4_device_browser": 2 * MILLION,
    "ees_ga4_source_medium": 2 * MILLION,
    "ees_ga4_time_on_page": 2 * MILLION,
    "ees_ua_page": 300_000,
    "ees_ua_device_browser": 300_000,
    "ees_ua_source_medium": 300_000,
}
DAILY = {
    "ees_ga4_service_summary": GA4_FIRST,
    "ees_ua_service_summary": UA_FIRST,
    "ees_search_console_old": UA_FIRST,
}
"""One row a day, and the first day."""


def make_lake(lake: Path, scale: float) -> None:
    """Write every raw table; ``scale`` multiplies the rows of the large ones."""
    for table, rows in ROWS.items():
        _write(lake, table, _blocks(table, round(rows * scale / BLOCKS)))
    for table, first in DAILY.items():
        _write(lake, table, [_daily(_case(table), first)])
    _write(lake, "ees_search_console", [_recent(_case("ees_search_console"))])
    for file in sorted((CASE / "raw").glob("*.parquet")):
        if not (lake / "analytics_raw" / file.stem).exists():
            _write(lake, file.stem, [pq.read_table(file)])


def _blocks(table: str, rows: int) -> Iterator[pa.Table]:
    """The files of a table, in the order of their days."""
    source = _case(table)
    first = UA_FIRST if table.startswith("ees_ua_") else GA4_FIRST
    ranks = pc.rank(source["date"], tiebreaker="dense").to_numpy() - 1
    for block in range(BLOCKS):
        days = (np.datetime64(first) + ranks + block * DAYS).astype("datetime64[D]")
        dated = _with(source, "date", pa.array(days))
        layers = pa.concat_tables(_variants(dated, rows, block)).sort_by("date")
        size = -(-layers.num_rows // FILES_PER_BLOCK)
        yield from (layers.slice(start, size) for start in range(0, layers.num_rows, size))


def _variants(source: pa.Table, rows: int, block: int) -> Iterator[pa.Table]:
    for variant in range(-(-rows // source.num_rows)):
        wanted = min(source.num_rows, rows - variant * source.num_rows)
        spread = source.take(np.arange(wanted) * source.num_rows // wanted)
        varied = _with(spread, "pagePath", _longer_paths(spread["pagePath"], variant, block))
        if "eventLabel" in varied.column_names:
            varied = _with(varied, "eventLabel", _other_labels(varied["eventLabel"], variant))
        yield varied


def _longer_paths(paths: pa.ChunkedArray, variant: int, block: int) -> pa.ChunkedArray:
    """Paths of two and more parts end in a part of their own; others are what rules compare as a whole."""
    has_parts = pc.match_substring_regex(paths, "^/[^/]+/[^/]")
    longer = pc.binary_join_element_wise(paths, f"part-{block // _BLOCKS_OF_A_RELEASE}-{variant}", "/")
    return pc.if_else(has_parts, longer, paths)


def _other_labels(labels: pa.ChunkedArray, variant: int) -> pa.ChunkedArray:
    is_set = pc.not_equal(labels, "(not set)")
    return pc.if_else(is_set, pc.binary_join_element_wise(labels, str(variant), " "), labels)


def _daily(source: pa.Table, first: dt.date) -> pa.Table:
    """A row for every day of three years, the case's rows over and over."""
    days = BLOCKS * DAYS
    rows = source.take(np.arange(days) % source.num_rows)
    return _with(rows, "date", pa.array(np.datetime64(first) + np.arange(days)))


def _recent(source: pa.Table) -> pa.Table:
    """The sixteen months that Google keeps, up to the last day."""
    days = source["date"].to_numpy()
    moved = _with(source, "date", pa.array(days + (np.datetime64(LAST) - days.max())))
    return pa.concat_tables(
        _with(moved, "query", _other_labels(moved["query"], copy)) for copy in range(_COPIES_OF_QUERIES)
    )


def _case(table: str) -> pa.Table:
    return pq.read_table(CASE / "raw" / f"{table}.parquet")


def _with(rows: pa.Table, column: str, values: pa.Array) -> pa.Table:
    position = rows.column_names.index(column)
    return rows.set_column(
        position, rows.schema.field(position), values.cast(rows.schema.field(position).type)
    )


def _write(lake: Path, table: str, files: Iterator[pa.Table] | list[pa.Table]) -> None:
    """A table as the project creates it, then one commit and one file for each."""
    storage_for(contract_named(table), "sail", str(lake), None).create(contract_named(table))
    path, rows, count = lake / "analytics_raw" / table, 0, 0
    for file in files:
        write_deltalake(path, file, mode="append")
        rows, count = rows + file.num_rows, count + 1
    print(f"{table}: {rows:,} rows in {count} files")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--lake", type=Path, required=True, help="a folder that does not exist yet")
    parser.add_argument("--scale", type=float, default=1.0)
    return parser.parse_args()


if __name__ == "__main__":
    options = _options()
    if options.lake.exists():
        raise SystemExit(f"{options.lake} exists: rows would be added to it. Name another folder.")
    make_lake(options.lake, options.scale)

"""``analytics_raw.ees_ingest_ledger``: one raw table's slice and one attempt to ingest it."""

from ees_analytics.contracts.checks import OneOf
from ees_analytics.contracts.contract import Column, ColumnType, TableContract

STATES = ("landed", "committed", "empty", "set aside", "restated")

CONTRACT = TableContract(
    schema="analytics_raw",
    name="ees_ingest_ledger",
    description="One row per raw table, slice (a day or a file) and attempt to ingest it. Append-only.",
    columns=[
        Column("table", ColumnType.STRING, "The raw table"),
        Column("slice", ColumnType.STRING, "The slice: an ISO date, or a log file's base name"),
        Column("state", ColumnType.STRING, "landed, committed, empty, set aside or restated"),
        Column("rows", ColumnType.BIGINT, "Rows of the slice in the table, or landed", nullable=True),
        Column("expected_rows", ColumnType.BIGINT, "Rows that the source stated", nullable=True),
        Column("digest", ColumnType.STRING, "Order-independent digest of the slice's rows", nullable=True),
        Column("sampled", ColumnType.BOOLEAN, "The source sampled its data"),
        Column("thresholded", ColumnType.BOOLEAN, "The source withheld rows below a privacy threshold"),
        Column("other_row", ColumnType.BOOLEAN, "The source folded rare values into (other)"),
        Column("truncated", ColumnType.BOOLEAN, "The source cut the tail of the slice"),
        Column("capped", ColumnType.BOOLEAN, "The slice reached the source's row limit"),
        Column("reason", ColumnType.STRING, "Why it was set aside, adopted or believed empty", nullable=True),
        Column("run_id", ColumnType.STRING, "The run that wrote this row"),
        Column("landed_at", ColumnType.TIMESTAMP, "When the slice was fetched, UTC", nullable=True),
        Column("recorded_at", ColumnType.TIMESTAMP, "When this row was written, UTC"),
    ],
    checks=[OneOf("state", STATES)],
)

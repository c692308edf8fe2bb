"""One row per raw table, slice (a day or a file) and attempt to ingest it. Append-only."""

from ees_analytics.contracts.checks import OneOf
from ees_analytics.contracts.contract import BIGINT, BOOLEAN, STRING, TIMESTAMP, Column, TableContract

STATES = ("landed", "committed", "empty", "set aside", "restated")

CONTRACT = TableContract(
    __name__,
    __doc__,
    columns=[
        Column("table", STRING, "The raw table"),
        Column("slice", STRING, "The slice: an ISO date, or a log file's base name"),
        Column("state", STRING, "landed, committed, empty, set aside or restated"),
        Column("rows", BIGINT, "Rows of the slice in the table, or landed", nullable=True),
        Column("expected_rows", BIGINT, "Rows that the source stated", nullable=True),
        Column("digest", STRING, "Order-independent digest of the slice's rows", nullable=True),
        Column("sampled", BOOLEAN, "The source sampled its data"),
        Column("thresholded", BOOLEAN, "The source withheld rows below a privacy threshold"),
        Column("other_row", BOOLEAN, "The source folded rare values into (other)"),
        Column("truncated", BOOLEAN, "The source cut the tail of the slice"),
        Column("capped", BOOLEAN, "The slice reached the source's row limit"),
        Column("reason", STRING, "Why it was set aside, adopted or believed empty", nullable=True),
        Column("run_id", STRING, "The run that wrote this row"),
        Column("landed_at", TIMESTAMP, "When the slice was fetched, UTC", nullable=True),
        Column("recorded_at", TIMESTAMP, "When this row was written, UTC"),
    ],
    checks=[OneOf("state", STATES)],
)

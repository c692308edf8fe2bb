"""``analytics_raw.ees_pipeline_runs``: what each run did."""

from ees_analytics.contracts.checks import OneOf
from ees_analytics.contracts.contract import BIGINT, DATE, INT, STRING, TIMESTAMP, Column, TableContract

CONTRACT = TableContract(
    schema="analytics_raw",
    name="ees_pipeline_runs",
    description="One row is one run of the pipelines, also a failed one. Append-only.",
    columns=[
        Column("run_id", STRING, "The run, as the ledger names it"),
        Column("started_at", TIMESTAMP, "When its first step could begin, UTC"),
        Column("finished_at", TIMESTAMP, "When its last step was through, UTC"),
        Column("env", STRING, "base, live or databricks"),
        Column("pipelines", STRING, "The pipelines that were asked for, with commas"),
        Column("run_date", DATE, "The day for which it was made", nullable=True),
        Column("outcome", STRING, "succeeded, failed or stopped (by Ctrl+C)"),
        Column("tables_changed", INT, "Tables that it changed"),
        Column("rows_added", BIGINT, "Rows that it brought into raw tables"),
        Column("failures", STRING, "What failed, a line each", nullable=True),
        Column("report", STRING, "Where its report lies", nullable=True),
        Column("summary", STRING, "All facts of the report, JSON"),
    ],
    key=["run_id"],
    checks=[OneOf("outcome", ("succeeded", "failed", "stopped"))],
)

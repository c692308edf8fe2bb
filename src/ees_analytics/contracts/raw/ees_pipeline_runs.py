"""One row is one run of the pipelines, including failed runs. Append-only."""

from ees_analytics.contracts.checks import OneOf
from ees_analytics.contracts.contract import BIGINT, DATE, INT, STRING, TIMESTAMP, Column, TableContract

CONTRACT = TableContract(
    __name__,
    __doc__,
    columns=[
        Column("run_id", STRING, "The run, as in the ledger"),
        Column("started_at", TIMESTAMP, "When it started, UTC"),
        Column("finished_at", TIMESTAMP, "When it ended, UTC"),
        Column("env", STRING, "base, live or databricks"),
        Column("pipelines", STRING, "The pipelines named on the command line, separated by commas"),
        Column("run_date", DATE, "The run date (parameter run_date)", nullable=True),
        Column("outcome", STRING, "succeeded, failed or stopped (by Ctrl+C)"),
        Column("tables_changed", INT, "Number of tables that it changed"),
        Column("rows_added", BIGINT, "Rows that it ingested into raw tables"),
        Column("failures", STRING, "Each failed step with its reason, one a line", nullable=True),
        Column("report", STRING, "Where its report is stored", nullable=True),
        Column("summary", STRING, "All facts of the report, JSON"),
    ],
    key=["run_id"],
    checks=[OneOf("outcome", ("succeeded", "failed", "stopped"))],
)

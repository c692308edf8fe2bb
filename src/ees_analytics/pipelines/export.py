"""The app tables as files, for the dashboard's own tests and for work without a lake."""

from collections.abc import Callable
from typing import Any

import pandas as pd  # type: ignore[import-untyped]
import pyarrow as pa
import pyarrow.compute as pc
from kedro.pipeline import Pipeline, node

from ees_analytics.contracts import contract_for, dashboard_tables
from ees_analytics.contracts.casting import as_arrow, conform, in_order
from ees_analytics.contracts.contract import BIGINT, DOUBLE, INT, TableContract
from ees_analytics.parameters.ingest import IngestRange

LAST_UPDATED = contract_for("app.ees__last_updated")


def create_pipeline() -> Pipeline:
    """One node per table that the dashboard reads: ``app.<table>`` to ``export.<table>``."""
    steps = [
        node(export_last_updated, f"app.{LAST_UPDATED.name}", _file(LAST_UPDATED), name=_file(LAST_UPDATED))
    ]
    for contract in [contract_for(f"app.{table}") for table in dashboard_tables()]:
        inputs, file = [contract.table, "params:ingest_range"], _file(contract)
        steps.append(node(exporter(contract), inputs, file, name=file))
    return Pipeline(steps)


def _file(contract: TableContract) -> str:
    return f"export.{contract.name}"


def exporter(contract: TableContract) -> Callable[[Any, IngestRange], pd.DataFrame]:
    """The node function of one table: its rows of the days that the command gives, or of all days.

    They have the contract's types, but counts as DOUBLE, and its order.
    """
    counts_as_double = {BIGINT: DOUBLE, INT: DOUBLE}
    schema = pa.schema((c.name, counts_as_double.get(c.type, c.type).arrow) for c in contract.columns)

    def export(rows: Any, ingest_range: IngestRange) -> pd.DataFrame:
        table = in_order(conform(as_arrow(rows), contract), contract)
        first, last = ingest_range.from_day, ingest_range.to_day
        if first and last and "date" in contract.column_names:
            table = table.filter((pc.field("date") >= first) & (pc.field("date") <= last))
        return _as_pandas(table.cast(schema))

    return export


def export_last_updated(rows: Any) -> pd.DataFrame:
    """One row is when the tables last changed: both columns as text, like ``2024-08-08 19:17:42.666``."""
    table = as_arrow(rows)
    moment = table["last_updated"].cast(pa.timestamp("ms"), safe=False)
    texts = [pc.strftime(moment, "%Y-%m-%d %H:%M:%S"), pc.strftime(table["latest_data"], "%Y-%m-%d")]
    return _as_pandas(pa.table(texts, names=["last_updated", "latest_data"]))


def _as_pandas(rows: pa.Table) -> pd.DataFrame:
    """Arrow-typed, so that the file has exactly these types where a column is all null or has no rows."""
    return rows.to_pandas(types_mapper=pd.ArrowDtype)

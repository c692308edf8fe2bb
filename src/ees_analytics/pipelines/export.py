"""The app tables as files, for the dashboard's own tests and for work without a lake."""

from collections.abc import Callable
from typing import Any

import pandas as pd  # type: ignore[import-untyped]
import pyarrow as pa
import pyarrow.compute as pc
from kedro.pipeline import Pipeline, node

from ees_analytics.contracts import contract_for, dashboard_tables
from ees_analytics.contracts.casting import as_arrow, conform
from ees_analytics.contracts.contract import BIGINT, DOUBLE, INT, TableContract

LAST_UPDATED = contract_for("app.ees__last_updated")


def create_pipeline() -> Pipeline:
    """One node per table that the dashboard reads: ``app.<table>`` to ``export.<table>``."""
    functions = {table: exporter(contract_for(f"app.{table}")) for table in dashboard_tables()}
    functions[LAST_UPDATED.name] = export_last_updated
    names = [(f"app.{table}", f"export.{table}", function) for table, function in functions.items()]
    return Pipeline([node(function, table, file, name=file) for table, file, function in names])


def exporter(contract: TableContract) -> Callable[[Any], pd.DataFrame]:
    """The node function of one table: its rows in the contract's types, but counts as DOUBLE."""
    counts_as_double = {BIGINT: DOUBLE, INT: DOUBLE}
    schema = pa.schema((c.name, counts_as_double.get(c.type, c.type).arrow) for c in contract.columns)

    def export(rows: Any) -> pd.DataFrame:
        return _as_pandas(conform(as_arrow(rows), contract).cast(schema))

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

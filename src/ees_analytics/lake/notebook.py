"""For notebooks and short commands: SQL over the tables, and rows in pandas, with dates that it knows as dates."""

import sys
from pathlib import Path
from typing import Any, cast

from kedro.io import CatalogProtocol, DatasetError
from pyspark.errors import AnalysisException
from pyspark.sql import DataFrame, SparkSession

from ees_analytics.console.query_errors import unknown_name
from ees_analytics.contracts import all_contracts
from ees_analytics.lake.table import TableDataset


def tables_as_views(catalog: CatalogProtocol) -> SparkSession:
    """The Spark session, in which each table is a view of its bare name, such as ``ees_service_summary``.

    A table that is not in the lake has no view. Nothing is read. Call it again after a run.

    Example::

        spark = tables_as_views(catalog)
        to_pandas(spark.sql("SELECT date, sessions FROM ees_service_summary ORDER BY date DESC LIMIT 7"))

    Raises:
        DatasetError: There is no table at all.
    """
    session: SparkSession | None = None
    for name, contract in all_contracts().items():
        dataset = cast(TableDataset, catalog.get(name))
        if dataset.exists():
            frame = dataset.load()
            frame.createOrReplaceTempView(contract.name)
            session = frame.sparkSession
    if session is None:
        raise DatasetError("There is no table in this lake yet: `kedro run` makes them.")
    if (ipython := sys.modules.get("IPython")) and (shell := ipython.get_ipython()):
        shell.set_custom_exc((AnalysisException,), _show_with_near_names)
    return session


def _show_with_near_names(
    shell: Any, kind: type, error: Exception, trace: Any, tb_offset: Any = None
) -> None:
    """Show an engine's error in a notebook, and below it near names of a table or column that does not exist."""
    shell.showtraceback((kind, error, trace), tb_offset=tb_offset)
    print(unknown_name(str(error), {c.name: c.column_names for c in all_contracts().values()}))  # noqa: T201


def to_pandas(frame: DataFrame) -> Any:
    """The rows as a pandas DataFrame. Dates are ``datetime64``; ``toPandas`` gives objects, which pandas cannot compare or plot."""
    return frame.toArrow().to_pandas(date_as_object=False)


def read_delta(path: str | Path, version: int | None = None) -> Any:
    """A table of a local lake as a pandas DataFrame, without Spark. Dates are ``datetime64``, as in `to_pandas`.

    Args:
        path: The table's folder, such as ``data/lake/analytics_app/ees_service_summary``.
        version: The version to read; by default the newest.
    """
    # Not on Databricks, where notebooks have the other functions.
    from deltalake import DeltaTable

    from ees_analytics.lake.storage.delta_rs import arrow_dataset

    rows = arrow_dataset(DeltaTable(path, version=version), Path(path)).to_table()
    return rows.to_pandas(date_as_object=False)

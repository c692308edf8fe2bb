"""For notebooks: SQL over the tables, and dates that pandas knows as dates."""

from typing import Any, cast

from kedro.io import CatalogProtocol, DatasetError
from pyspark.sql import DataFrame, SparkSession

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
    return session


def to_pandas(frame: DataFrame) -> Any:
    """The rows as a pandas DataFrame. Dates are ``datetime64``; ``toPandas`` gives objects, which pandas cannot compare or plot."""
    return frame.toArrow().to_pandas(date_as_object=False)

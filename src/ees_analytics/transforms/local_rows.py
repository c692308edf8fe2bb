"""Rows as the data of a query: those that are computed once, not again by each use of them, and those of Arrow tables."""

import pyarrow as pa
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql.pandas.types import from_arrow_schema, to_arrow_schema
from pyspark.sql.types import StructType

_MOST_BYTES = 32 * 2**20
"""Such rows are sent with every query, and a query is at most 128 MiB."""


def materialize_small(rows: DataFrame) -> DataFrame:
    """The rows, computed now and kept as data; the same lazy rows where they are too large."""
    table = rows.toArrow()
    return frame_of(table, rows.sparkSession, rows.schema) if table.nbytes <= _MOST_BYTES else rows


def frame_of(table: pa.Table, session: SparkSession, schema: StructType | None = None) -> DataFrame:
    """A DataFrame of these rows, which may be none, by default with the table's own schema.

    Spark Connect refuses a table without rows if no schema is given; for an empty list JVM Spark starts Python processes.
    """
    return session.createDataFrame(
        table, schema or from_arrow_schema(table.schema, prefer_timestamp_ntz=False)
    )


def empty_frame(schema: StructType, session: SparkSession) -> DataFrame:
    """A DataFrame without rows."""
    return frame_of(to_arrow_schema(schema).empty_table(), session, schema)

"""Rows that are computed once and kept as data, so that each use of them does not compute them again."""

import pyarrow as pa
from pyspark.sql import DataFrame
from pyspark.sql.types import StructType

_MOST_BYTES = 32 * 2**20
"""Such rows are sent with every query, and a query is at most 128 MiB."""


def materialize_small(rows: DataFrame) -> DataFrame:
    """The rows, computed now and kept as data; the same lazy rows where they are too large."""
    table = rows.toArrow()
    return frame_of(table, rows) if table.nbytes <= _MOST_BYTES else rows


def frame_of(table: pa.Table, like: DataFrame, schema: StructType | None = None) -> DataFrame:
    """A DataFrame of these rows in the session of another one, by default with its schema."""
    session = like.sparkSession
    return session.createDataFrame(table if table.num_rows else [], schema=schema or like.schema)

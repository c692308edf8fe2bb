"""Rows that are computed once and kept as data, so that what joins them does not compute them again."""

import pyarrow as pa
from pyspark.sql import DataFrame
from pyspark.sql.types import StructType


def held(rows: DataFrame) -> DataFrame:
    """Compute the rows now and keep them in memory. For small tables only: they travel with every query."""
    return frame_of(rows.toArrow(), rows)


def frame_of(table: pa.Table, like: DataFrame, schema: StructType | None = None) -> DataFrame:
    """A DataFrame of these rows in the session of another one, by default with its schema."""
    session = like.sparkSession
    return session.createDataFrame(table if table.num_rows else [], schema=schema or like.schema)

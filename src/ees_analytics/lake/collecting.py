"""Collects the embedded engine's results through parquet files: half the work of its stream, and less memory."""

from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa
import pyarrow.parquet as pq
from pyspark.sql import DataFrame
from pyspark.sql.pandas.types import to_arrow_schema

from ees_analytics.contracts.casting import is_text


def collect_via_parquet(rows: DataFrame) -> pa.Table:
    """The rows of a DataFrame, of an engine that writes to this machine's disk.

    Text columns are dictionary-encoded.
    """
    with TemporaryDirectory(prefix="ees-analytics-") as folder:
        rows.write.mode("overwrite").option("compression", "lz4_raw").parquet(folder)
        files = sorted(Path(folder).glob("*.parquet"))
        if not files:
            return to_arrow_schema(rows.schema).empty_table()
        return pa.concat_tables(map(_read, files)).unify_dictionaries()


def _read(file: Path) -> pa.Table:
    texts = [field.name for field in pq.read_schema(file) if is_text(field.type)]
    return pq.read_table(file, read_dictionary=texts)

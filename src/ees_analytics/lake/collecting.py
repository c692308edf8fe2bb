"""Computes a DataFrame once, and collects or keeps its rows.

Engines that write to this machine's disk do so through parquet files: half the work of their stream, and less memory.
"""

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa
import pyarrow.parquet as pq
from pyspark.sql import DataFrame
from pyspark.sql.pandas.types import to_arrow_schema

from ees_analytics.contracts.casting import KeptRows, is_text
from ees_analytics.transforms.local_rows import empty_frame


def collect_via_parquet(rows: DataFrame) -> pa.Table:
    """The rows of a DataFrame, of an engine that writes to this machine's disk.

    Text columns are dictionary-encoded.
    """
    with TemporaryDirectory(prefix="ees-analytics-") as folder:
        return _read(rows, _write(rows, folder))


def keep_in_parquet(rows: DataFrame, partition_by: Sequence[str] = ()) -> KeptRows:
    """The rows of a DataFrame in a temporary folder, of an engine that writes to this machine's disk.

    The folder is there until they are released, or nothing refers to them.
    """
    folder = TemporaryDirectory(prefix="ees-analytics-")
    try:
        files = _write(rows, folder.name, partition_by)
        num_rows = sum(pq.read_metadata(file).num_rows for file in files)
    except BaseException:
        folder.cleanup()
        raise
    session = rows.sparkSession

    def frame() -> DataFrame:
        if not files:
            return empty_frame(rows.schema, session)
        return session.read.schema(rows.schema).parquet(folder.name)

    return KeptRows(frame, num_rows, lambda: _read(rows, files), folder.cleanup)


def keep_persisted(rows: DataFrame) -> KeptRows | None:
    """The rows of a DataFrame, persisted by its cluster; None where there is only serverless compute, which does not."""
    try:
        kept = rows.persist()
    except Exception as error:
        if "NOT_SUPPORTED_WITH_SERVERLESS" not in str(error):
            raise
        return None
    try:
        return KeptRows(lambda: kept, kept.count(), kept.toArrow, kept.unpersist)
    except BaseException:
        kept.unpersist()
        raise


def _write(rows: DataFrame, folder: str, partition_by: Sequence[str] = ()) -> list[Path]:
    writer = rows.write.mode("overwrite").option("compression", "lz4_raw")
    (writer.partitionBy(*partition_by) if partition_by else writer).parquet(folder)
    return sorted(Path(folder).rglob("*.parquet"))


def _read(rows: DataFrame, files: list[Path]) -> pa.Table:
    if not files:
        return to_arrow_schema(rows.schema).empty_table()
    return pa.concat_tables(map(_read_file, files)).unify_dictionaries()


def _read_file(file: Path) -> pa.Table:
    texts = [field.name for field in pq.read_schema(file) if is_text(field.type)]
    return pq.read_table(file, read_dictionary=texts)

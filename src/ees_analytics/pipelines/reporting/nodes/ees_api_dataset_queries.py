"""``app.ees_api_dataset_queries``: which data sets of the public API are used."""

import logging

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from ees_analytics.console.text import few
from ees_analytics.transforms.api_data_sets import data_set_publications, known_versions, unknown_versions

logger = logging.getLogger(__name__)

_DATA_SET = ["dataSetId", "dataSetTitle", "dataSetVersion"]
_TYPES = ["DownloadCsv", "GetMetadata", "PostQueryExecutions"]
_SHOWN = 3
"""How many versions a message lists."""


def ees_api_dataset_queries(
    raw_ees_data_set_versions: DataFrame,
    raw_ees_query_access: DataFrame,
    ees_scrape_api_data_catalog: DataFrame,
) -> DataFrame:
    """One row is the calls for one data set version in the log files of one day.

    Queries name a version only by its id: those of a version that no log describes are kept, with nulls, and a
    warning names them.
    """
    _warn_of(unknown_versions(raw_ees_query_access, raw_ees_data_set_versions))
    described = raw_ees_data_set_versions.where(F.col("type").isin("DownloadCsv", "GetMetadata"))
    queries = raw_ees_query_access.select("dataSetVersionId", "_file_date").join(
        known_versions(raw_ees_data_set_versions), "dataSetVersionId", "left"
    )
    calls = _calls(described, F.col("type")).unionByName(_calls(queries, F.lit("PostQueryExecutions")))
    counts = [F.count(F.when(F.col("type") == name, 1)).cast("bigint").alias(name) for name in _TYPES]
    counted = calls.groupBy("date", *_DATA_SET).agg(*counts)
    titled = counted.join(data_set_publications(ees_scrape_api_data_catalog), "dataSetId", "left")
    return titled.select(F.col("date").cast("date"), *_DATA_SET, "publicationTitle", *_TYPES)


def _calls(rows: DataFrame, kind: Column) -> DataFrame:
    return rows.select(F.col("_file_date").alias("date"), *_DATA_SET, kind.alias("type"))


def _warn_of(unknown: DataFrame) -> None:
    found = unknown.toArrow().to_pylist()
    if not found:
        return
    found.sort(key=lambda row: (-row["queries"], row["dataSetVersionId"] or ""))
    named = [f"{row['dataSetVersionId'] or 'no version id'} ({row['queries']:,})" for row in found]
    logger.warning(
        "ees_api_dataset_queries: %s queries of %s data set version(s) that no log describes count without a data set: "
        "%s. A log file may be missing.",
        f"{sum(row['queries'] for row in found):,}",
        len(found),
        few(named, _SHOWN),
    )

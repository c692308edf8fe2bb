"""``app.ees_api_daily_queries``: how much the public API is used, day by day."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from ees_analytics.contracts.app.ees_api_daily_queries import CONTRACT

_SUMMARY, _QUERY = "GetSummary", "PostQueryExecutions"


def ees_api_daily_queries(
    raw_ees_top_level: DataFrame,
    raw_ees_publications: DataFrame,
    raw_ees_data_sets: DataFrame,
    raw_ees_data_set_versions: DataFrame,
    raw_ees_query_access: DataFrame,
) -> DataFrame:
    """One row is the calls of the public API in the log files of one day, for every day with any log row."""
    calls = (
        _calls(raw_ees_top_level)
        .unionByName(_calls(raw_ees_publications, summary="GetPublicationSummary"))
        .unionByName(_calls(raw_ees_data_sets, summary="GetDataSetSummary"))
        .unionByName(_calls(raw_ees_data_set_versions, summary="GetVersionSummary"))
        .unionByName(
            raw_ees_query_access.select(F.col("_file_date").alias("date"), F.lit(_QUERY).alias("type"))
        )
    )
    types = [name for name in CONTRACT.column_names if name != "date"]
    counts = [F.count(F.when(F.col("type") == name, 1)).cast("bigint").alias(name) for name in types]
    return calls.groupBy("date").agg(*counts).select(F.col("date").cast("date"), *types)


def _calls(log: DataFrame, summary: str = _SUMMARY) -> DataFrame:
    """A row per call; the logs share the name GetSummary for calls of different kinds.

    Executed queries are the rows of their own log, whatever another log calls its calls.
    """
    kind = F.when(F.col("type") == _SUMMARY, F.lit(summary)).when(F.col("type") != _QUERY, F.col("type"))
    return log.select(F.col("_file_date").alias("date"), kind.alias("type"))

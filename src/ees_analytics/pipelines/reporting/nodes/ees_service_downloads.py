"""``app.ees_service_downloads``: all downloads."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from ees_analytics.parameters.rules import DownloadRules, UnclassifiedLimit
from ees_analytics.transforms.joins import join_many_to_one
from ees_analytics.transforms.sums import sum_by
from ees_analytics.transforms.unclassified import refuse_unclassified


def ees_service_downloads(
    download_events: DataFrame,
    download_values: DataFrame,
    downloads: DownloadRules,
    unclassified: UnclassifiedLimit,
) -> DataFrame:
    """One row is the downloads of one type with one label on one page type on one day.

    Raises:
        TooMuchUnclassified: Too many of them have no page type or no download type.
    """
    page_types, types = downloads.page_type_rules, downloads.download_type_rules
    rule_lists = {"page_type": page_types, "download_type": types}
    refuse_unclassified(download_values, "ees_service_downloads", rule_lists, unclassified)
    keys = list(dict.fromkeys([*page_types.fields, *types.fields]))
    rows = join_many_to_one(download_events, download_values.select(*keys, *rule_lists).distinct(), keys)
    return sum_by(rows, ["date", "page_type", "download_type", "eventLabel"], ["eventCount"]).select(
        F.col("date").cast("date"),
        F.col("page_type").cast("string"),
        F.col("download_type").cast("string"),
        F.col("eventLabel").cast("string"),
        F.col("eventCount").cast("double"),
    )

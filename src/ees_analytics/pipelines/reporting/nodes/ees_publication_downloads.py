"""``app.ees_publication_downloads``: the downloads of publications."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from ees_analytics.parameters.rules import DownloadRules, UnclassifiedLimit
from ees_analytics.transforms.joins import join_many_to_one
from ees_analytics.transforms.sums import sum_by
from ees_analytics.transforms.unclassified import refuse_unclassified


def ees_publication_downloads(
    download_events: DataFrame,
    download_values: DataFrame,
    downloads: DownloadRules,
    unclassified: UnclassifiedLimit,
) -> DataFrame:
    """One row is the downloads of one type with one label on one page type of one publication on one day.

    Downloads that name no known publication are left out.

    Raises:
        TooMuchUnclassified: Too many of them have no page type or no download type.
    """
    page_types, types = downloads.page_type_rules, downloads.download_type_rules
    rule_lists = {"page_type": page_types, "download_type": types}
    values = download_values.where(F.col("publication").isNotNull())
    refuse_unclassified(values, "ees_publication_downloads", rule_lists, unclassified)
    keys = list(dict.fromkeys(["pagePath", *page_types.fields, *types.fields, "label_publication"]))
    rows = join_many_to_one(download_events, values.select(*keys, "publication", *rule_lists), keys)
    named = rows.where(F.col("publication").isNotNull())
    grain = ["date", "publication", "page_type", "download_type", "eventLabel"]
    return sum_by(named, grain, ["eventCount"]).select(
        F.col("date").cast("date"),
        F.col("publication").cast("string"),
        F.col("page_type").cast("string"),
        F.col("download_type").cast("string"),
        F.col("eventLabel").cast("string"),
        F.col("eventCount").cast("double"),
    )

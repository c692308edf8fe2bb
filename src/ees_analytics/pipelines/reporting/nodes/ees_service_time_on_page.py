"""``app.ees_service_time_on_page``: how long page types are looked at."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from ees_analytics.parameters.rules import PageTypeByPath, UnclassifiedLimit
from ees_analytics.transforms.joins import join_many_to_one
from ees_analytics.transforms.sums import sum_by
from ees_analytics.transforms.unclassified import refuse_unclassified


def ees_service_time_on_page(
    ees_ga4_time_on_page: DataFrame,
    time_on_page_paths: DataFrame,
    ees_session_starts: DataFrame,
    page_type_by_path: PageTypeByPath,
    unclassified: UnclassifiedLimit,
) -> DataFrame:
    """One row is one page type on one day; ``total_session_starts`` is null where no session began on it.

    Raises:
        TooMuchUnclassified: Too many page views have no page type.
    """
    rules = page_type_by_path.rules
    refuse_unclassified(time_on_page_paths, "ees_service_time_on_page", {"page_type": rules}, unclassified)
    keys = ["date", "page_type"]
    rows = join_many_to_one(
        ees_ga4_time_on_page, time_on_page_paths.select("pagePath", "page_type"), ["pagePath"]
    )
    summed = sum_by(rows, keys, ["pageviews", "sessions", "userEngagementDuration"])
    starts = sum_by(ees_session_starts, keys, ["eventCount"])
    return join_many_to_one(summed, starts, keys).select(
        F.col("date").cast("date"),
        F.col("page_type").cast("string"),
        F.col("pageviews").cast("double"),
        F.col("sessions").cast("double"),
        F.col("userEngagementDuration").cast("double").alias("engagementDuration"),
        F.col("eventCount").cast("double").alias("total_session_starts"),
    )

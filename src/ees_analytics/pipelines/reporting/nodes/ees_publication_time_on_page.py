"""``app.ees_publication_time_on_page``: how long publications are looked at."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from ees_analytics.parameters.rules import PublicationPageTypes
from ees_analytics.transforms.joins import join_many_to_one
from ees_analytics.transforms.sums import sum_by


def ees_publication_time_on_page(
    ees_ga4_time_on_page: DataFrame, time_on_page_paths: DataFrame, time_on_page: PublicationPageTypes
) -> DataFrame:
    """One row is one page type of one publication on one day; paths without a known publication are left out."""
    labels = time_on_page_paths.select("pagePath", "page_type", "publication")
    rows = join_many_to_one(ees_ga4_time_on_page, labels, ["pagePath"]).where(
        F.col("page_type").isin(*time_on_page.publication_page_types) & F.col("publication").isNotNull()
    )
    counts = ["pageviews", "sessions", "userEngagementDuration"]
    return sum_by(rows, ["date", "publication", "page_type"], counts).select(
        F.col("date").cast("date"),
        F.col("publication").cast("string"),
        F.col("page_type").cast("string"),
        F.col("pageviews").cast("double"),
        F.col("sessions").cast("double"),
        F.col("userEngagementDuration").cast("double").alias("engagementDuration"),
    )

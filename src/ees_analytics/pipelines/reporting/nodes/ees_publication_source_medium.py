"""``app.ees_publication_source_medium``: publications by source and medium."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from ees_analytics.parameters.rules import PublicationPageTypes
from ees_analytics.transforms.joins import join_many_to_one
from ees_analytics.transforms.sums import sum_by


def ees_publication_source_medium(
    source_medium: DataFrame, source_medium_paths: DataFrame, traffic: PublicationPageTypes
) -> DataFrame:
    """One row is the traffic of one publication's release pages from one source and medium on one day.

    The publication is null where the path's slug has no title.
    """
    labels = source_medium_paths.select("pagePath", "page_type", "publication")
    rows = join_many_to_one(source_medium, labels, ["pagePath"])
    release_pages = rows.where(F.col("page_type").isin(*traffic.publication_page_types))
    keys = ["date", "publication", "source", "medium"]
    return sum_by(release_pages, keys, ["pageviews", "sessions"]).select(
        F.col("date").cast("date"),
        F.col("publication").cast("string"),
        F.col("source").cast("string"),
        F.col("medium").cast("string"),
        F.col("pageviews").cast("double"),
        F.col("sessions").cast("double"),
    )

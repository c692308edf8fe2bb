"""``app.ees_service_source_medium``: page types by source and medium."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from ees_analytics.parameters.rules import PageTypeByPath, UnclassifiedLimit
from ees_analytics.transforms.joins import join_many_to_one
from ees_analytics.transforms.sums import sum_by
from ees_analytics.transforms.unclassified import refuse_unclassified


def ees_service_source_medium(
    source_medium: DataFrame,
    source_medium_paths: DataFrame,
    page_type_by_path: PageTypeByPath,
    unclassified: UnclassifiedLimit,
) -> DataFrame:
    """One row is the traffic of one page type from one source and medium on one day, both eras added.

    Raises:
        TooMuchUnclassified: Too many page views have no page type.
    """
    refuse_unclassified(
        source_medium_paths,
        "ees_service_source_medium",
        {"page_type": page_type_by_path.rules},
        unclassified,
    )
    page_types = source_medium_paths.select("pagePath", "page_type")
    rows = join_many_to_one(source_medium, page_types, ["pagePath"])
    keys = ["date", "page_type", "source", "medium"]
    return sum_by(rows, keys, ["pageviews", "sessions"]).select(
        F.col("date").cast("date"),
        F.col("page_type").cast("string"),
        F.col("source").cast("string"),
        F.col("medium").cast("string"),
        F.col("pageviews").cast("double"),
        F.col("sessions").cast("double"),
    )

"""``app.ees_session_starts``: on which pages sessions begin."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from ees_analytics.parameters.rules import PageTypeByPath, UnclassifiedLimit
from ees_analytics.transforms.joins import join_many_to_one
from ees_analytics.transforms.sums import sum_by
from ees_analytics.transforms.unclassified import refuse_unclassified


def ees_session_starts(
    session_start_events: DataFrame,
    session_start_paths: DataFrame,
    page_type_by_path: PageTypeByPath,
    unclassified: UnclassifiedLimit,
) -> DataFrame:
    """One row is the sessions that began on one page on one day; the publication is null where it has none.

    Raises:
        TooMuchUnclassified: Too many sessions began on pages without a page type.
    """
    rules = page_type_by_path.rules
    refuse_unclassified(session_start_paths, "ees_session_starts", {"page_type": rules}, unclassified)
    labels = session_start_paths.select("pagePath", "page_type", "publication")
    starts = sum_by(session_start_events, ["date", "pagePath"], ["eventCount"])
    return join_many_to_one(starts, labels, ["pagePath"]).select(
        F.col("date").cast("date"),
        F.col("pagePath").cast("string"),
        F.col("page_type").cast("string"),
        F.col("publication").cast("string"),
        F.col("eventCount").cast("double"),
    )

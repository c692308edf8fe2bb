"""``app.ees_publication_search_events``: searches on pages of publications."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from ees_analytics.parameters.rules import SearchEventRules
from ees_analytics.transforms.joins import join_many_to_one
from ees_analytics.transforms.sums import sum_by


def ees_publication_search_events(
    search_events: DataFrame, search_event_values: DataFrame, search_event_rules: SearchEventRules
) -> DataFrame:
    """One row is the searches with one label on one page type of one publication on one day.

    The publication is null where the path's slug has no title.
    """
    keys = ["pagePath", *search_event_rules.page_type_rules.fields]
    rows = join_many_to_one(
        search_events, search_event_values.select(*keys, "page_type", "publication"), keys
    )
    listed = rows.where(F.col("page_type").isin(*search_event_rules.publication_page_types))
    return sum_by(listed, ["date", "page_type", "publication", "eventLabel"], ["eventCount"]).select(
        F.col("date").cast("date"),
        F.col("page_type").cast("string"),
        F.col("publication").cast("string"),
        F.col("eventLabel").cast("string"),
        F.col("eventCount").cast("double"),
    )

"""``app.ees_publication_accordions``: accordion openings on pages of publications."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from ees_analytics.parameters.rules import AccordionRules
from ees_analytics.transforms.joins import join_many_to_one
from ees_analytics.transforms.sums import sum_by


def ees_publication_accordions(
    accordion_events: DataFrame, accordion_values: DataFrame, accordions: AccordionRules
) -> DataFrame:
    """One row is the accordion openings with one label on one page type of one publication on one day.

    The publication is null where the path's slug has no title.
    """
    keys = ["pagePath", *accordions.page_type_rules.fields]
    rows = join_many_to_one(
        accordion_events, accordion_values.select(*keys, "page_type", "publication"), keys
    )
    listed = rows.where(F.col("page_type").isin(*accordions.publication_page_types))
    return sum_by(listed, ["date", "page_type", "publication", "eventLabel"], ["eventCount"]).select(
        F.col("date").cast("date"),
        F.col("page_type").cast("string"),
        F.col("publication").cast("string"),
        F.col("eventLabel").cast("string"),
        F.col("eventCount").cast("double"),
    )

"""``app.ees_service_accordions``: accordion openings on pages of the service."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from ees_analytics.parameters.rules import UNCLASSIFIED, AccordionRules, UnclassifiedLimit
from ees_analytics.transforms.joins import join_many_to_one
from ees_analytics.transforms.sums import sum_by
from ees_analytics.transforms.unclassified import refuse_unclassified


def ees_service_accordions(
    accordion_events: DataFrame,
    accordion_values: DataFrame,
    accordions: AccordionRules,
    unclassified: UnclassifiedLimit,
) -> DataFrame:
    """One row is the accordion openings with one label on one page type of the service, or unclassified, on one day.

    Raises:
        TooMuchUnclassified: Too many of them have no page type.
    """
    rules = accordions.page_type_rules
    values = accordion_values.where(F.col("page_type").isin(*accordions.service_page_types, UNCLASSIFIED))
    refuse_unclassified(values, "ees_service_accordions", {"page_type": rules}, unclassified)
    page_types = values.select(*rules.fields, "page_type").distinct()
    rows = join_many_to_one(accordion_events, page_types, rules.fields)
    listed = rows.where(F.col("page_type").isNotNull())
    return sum_by(listed, ["date", "page_type", "eventLabel"], ["eventCount"]).select(
        F.col("date").cast("date"),
        F.col("page_type").cast("string"),
        F.col("eventLabel").cast("string"),
        F.col("eventCount").cast("double"),
    )

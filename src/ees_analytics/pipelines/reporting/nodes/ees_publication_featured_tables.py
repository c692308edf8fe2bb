"""``app.ees_publication_featured_tables``: the featured tables of publications that were opened."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from ees_analytics.parameters.rules import FeaturedTableRules, UnclassifiedLimit
from ees_analytics.transforms.joins import join_many_to_one
from ees_analytics.transforms.sums import sum_by
from ees_analytics.transforms.text import remove_first
from ees_analytics.transforms.unclassified import refuse_unclassified


def ees_publication_featured_tables(
    featured_table_events: DataFrame,
    featured_table_values: DataFrame,
    featured_tables: FeaturedTableRules,
    unclassified: UnclassifiedLimit,
) -> DataFrame:
    """One row is how often one featured table of one publication was opened on one day.

    Raises:
        TooMuchUnclassified: Too many of them happened on pages without a page type.
    """
    rules = featured_tables.page_type_rules
    values = featured_table_values.where(F.col("publication").isNotNull())
    refuse_unclassified(values, "ees_publication_featured_tables", {"page_type": rules}, unclassified)
    keys = ["pagePath", *rules.fields]
    rows = join_many_to_one(featured_table_events, values.select(*keys, "publication"), keys)
    label = remove_first(F.col("eventLabel"), featured_tables.label_prefix)
    named = rows.where(F.col("publication").isNotNull()).withColumn("eventLabel", label)
    return sum_by(named, ["date", "publication", "eventLabel"], ["eventCount"]).select(
        F.col("date").cast("date"),
        F.col("publication").cast("string"),
        F.col("eventLabel").cast("string"),
        F.col("eventCount").cast("double"),
    )

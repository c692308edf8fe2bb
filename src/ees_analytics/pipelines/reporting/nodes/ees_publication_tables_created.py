"""``app.ees_publication_tables_created``: the tables that were created from data of publications."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from ees_analytics.parameters.rules import TablesCreatedRules, UnclassifiedLimit
from ees_analytics.transforms.joins import join_many_to_one
from ees_analytics.transforms.sums import sum_by
from ees_analytics.transforms.unclassified import refuse_unclassified


def ees_publication_tables_created(
    tables_created_events: DataFrame,
    tables_created_values: DataFrame,
    tables_created: TablesCreatedRules,
    unclassified: UnclassifiedLimit,
) -> DataFrame:
    """One row is how often a subject of one publication was chosen for a table, by page type and day.

    Raises:
        TooMuchUnclassified: Too many of them have no page type.
    """
    rules = tables_created.page_type_rules
    values = tables_created_values.where(F.col("publication").isNotNull())
    refuse_unclassified(values, "ees_publication_tables_created", {"page_type": rules}, unclassified)
    keys = list(dict.fromkeys(["pagePath", *rules.fields, "label_publication"]))
    labels = values.select(*keys, "page_type", "publication")
    rows = join_many_to_one(tables_created_events, labels, keys)
    subject = F.substring_index("eventLabel", "/", -1)
    named = rows.where(F.col("publication").isNotNull()).withColumn("eventLabel", subject)
    return sum_by(named, ["date", "page_type", "publication", "eventLabel"], ["eventCount"]).select(
        F.col("date").cast("date"),
        F.col("page_type").cast("string"),
        F.col("publication").cast("string"),
        F.col("eventLabel").cast("string"),
        F.col("eventCount").cast("double"),
    )

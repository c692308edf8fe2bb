"""Page types and publications of paths."""

from pyspark.sql import DataFrame

from ees_analytics.parameters.rules import PageTypeByPath, SlugSteps
from ees_analytics.transforms.distinct_values import distinct_values
from ees_analytics.transforms.local_rows import materialize_small
from ees_analytics.transforms.publication import with_publication
from ees_analytics.transforms.rules import label_by


def classified_paths(
    rows: DataFrame, count: str, page_types: PageTypeByPath, steps: SlugSteps, titles: DataFrame
) -> DataFrame:
    """One row is a path that occurs, with its ``page_type`` and ``publication`` and what it weighs.

    Args:
        rows: Rows with ``date`` and ``pagePath``.
        count: The column that counts.
        page_types: The rules of the page type.
        steps: The table's steps from path to slug.
        titles: Publications by slug.
    """
    paths = distinct_values(rows, ["pagePath"], count).withColumn("page_type", label_by(page_types.rules))
    return materialize_small(with_publication(paths, steps, titles).drop("slug"))

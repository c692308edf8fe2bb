"""What the events of a table are classified by, once per distinct value: page type and publication."""

from collections.abc import Sequence

from pyspark.sql import DataFrame

from ees_analytics.parameters.rules import RuleList, SlugSteps
from ees_analytics.transforms.distinct_values import distinct_values
from ees_analytics.transforms.publication import with_publication
from ees_analytics.transforms.rules import label_by


def event_values(
    events: DataFrame,
    page_types: RuleList,
    steps: SlugSteps,
    titles: DataFrame,
    more_keys: Sequence[str] = (),
) -> DataFrame:
    """One row is a distinct path (and what else the rules look at), with ``page_type``, ``slug``, ``publication``.

    Args:
        events: The events that the table counts.
        page_types: The rules of the page type.
        steps: The table's steps from path to slug.
        titles: Publications by slug.
        more_keys: Further columns that decide how an event is classified.
    """
    keys = dict.fromkeys(["pagePath", *page_types.fields, *more_keys])
    values = distinct_values(events, list(keys), "eventCount").withColumn("page_type", label_by(page_types))
    return with_publication(values, steps, titles)

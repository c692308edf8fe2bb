"""The rules in conf as expressions, evaluated once per distinct value, not once per row.

A *value table* has one row per distinct combination of the columns that decide how a row is classified. It has the
labels, and statistics of the rows with these values: ``rows``, ``count`` (events or page views), ``first_date`` and
``last_date``. It is small enough to be collected, and is joined back to the rows.
"""

from collections.abc import Sequence

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from ees_analytics.parameters.rules import UNCLASSIFIED, EventNames, RuleList, SlugSteps, TextTest
from ees_analytics.transforms.distinct import distinct_values
from ees_analytics.transforms.publication import with_publication


def classified_values(
    rows: DataFrame,
    count: str,
    rule_lists: Sequence[RuleList],
    steps: SlugSteps,
    titles: DataFrame,
    more_keys: Sequence[str] = (),
) -> DataFrame:
    """The value table of rows: a distinct path, and what else the rules test, with its labels.

    Args:
        rows: Rows with ``date``, ``pagePath`` and the fields that the rules test.
        count: The column that counts: eventCount or pageviews.
        rule_lists: The rules of each label.
        steps: The table's steps from path to ``slug``.
        titles: Publications by slug; ``publication`` is null where the slug has none.
        more_keys: Further columns that decide how a row is classified.
    """
    fields = [field for rules in rule_lists for field in rules.fields]
    values = distinct_values(rows, list(dict.fromkeys(["pagePath", *fields, *more_keys])), count)
    labels = {rules.column: label_by(rules) for rules in rule_lists}
    return with_publication(values.withColumns(labels), steps, titles)


def counted(events: DataFrame, names: EventNames) -> DataFrame:
    """The events whose names are listed, or begin with a listed prefix."""
    return events.where(is_counted(F.col("eventName"), names))


def is_counted(name: Column, names: EventNames) -> Column:
    """Whether the name is listed, or begins with a listed prefix."""
    listed = name.isin(*names.events)
    for prefix in names.event_prefixes:
        listed = listed | name.startswith(F.lit(prefix))
    return listed


def label_by(rules: RuleList) -> Column:
    """The label of the first rule that matches, ``Unclassified`` where none does; null matches no rule."""
    labels = [F.when(passes(rule, F.col(rules.field_of(rule))), F.lit(rule.label)) for rule in rules.rules]
    return F.coalesce(*labels, F.lit(UNCLASSIFIED))


def passes(rule: TextTest, value: Column) -> Column:
    """Whether the value passes the rule's test; null where it is null."""
    if rule.contains is not None:
        return value.contains(F.lit(rule.contains))
    if rule.equals is not None:
        return value == F.lit(rule.equals)
    return value.startswith(F.lit(rule.starts_with))

"""The rules in conf, as expressions over columns."""

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from ees_analytics.parameters.rules import UNCLASSIFIED, EventNames, Rule, RuleList


def counted(events: DataFrame, names: EventNames) -> DataFrame:
    """The events whose names are listed, or begin with a listed prefix."""
    name = F.col("eventName")
    listed = name.isin(*names.events)
    for prefix in names.event_prefixes:
        listed = listed | name.startswith(F.lit(prefix))
    return events.where(listed)


def label_by(rules: RuleList) -> Column:
    """The label of the first rule that matches, ``Unclassified`` where none does; null matches no rule."""
    label = F.lit(UNCLASSIFIED)
    for rule in reversed(rules.rules):
        label = F.when(_test(rule, F.col(rules.field_of(rule))), F.lit(rule.label)).otherwise(label)
    return label


def _test(rule: Rule, value: Column) -> Column:
    if rule.contains is not None:
        return value.contains(F.lit(rule.contains))
    if rule.equals is not None:
        return value == F.lit(rule.equals)
    return value.startswith(F.lit(rule.starts_with))

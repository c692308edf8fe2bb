"""First-match rules, as an expression over columns and, for single values, in Python."""

from collections.abc import Mapping

from pyspark.sql import Column
from pyspark.sql import functions as F

from ees_analytics.parameters.rules import UNCLASSIFIED, Rule, RuleList


def label_by(rules: RuleList) -> Column:
    """The label of the first rule that matches, ``Unclassified`` where none does; null matches no rule."""
    label = F.lit(UNCLASSIFIED)
    for rule in reversed(rules.rules):
        label = F.when(_test(rule, F.col(rules.field_of(rule))), F.lit(rule.label)).otherwise(label)
    return label


def first_match(rules: RuleList, values: Mapping[str, str | None]) -> Rule | None:
    """The first rule that matches the values of a row's fields, or None."""
    return next((rule for rule in rules.rules if rule.matches(values.get(rules.field_of(rule)))), None)


def _test(rule: Rule, value: Column) -> Column:
    if rule.contains is not None:
        return value.contains(F.lit(rule.contains))
    if rule.equals is not None:
        return value == F.lit(rule.equals)
    return value.startswith(F.lit(rule.starts_with))

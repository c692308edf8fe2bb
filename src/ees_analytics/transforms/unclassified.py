"""Rows that no rule knows: what is said of them, and when there are too many."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import reduce
from typing import Any

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from ees_analytics.parameters.rules import CHOOSE_A_LABEL, UNCLASSIFIED, RuleList, UnclassifiedLimit

_SHOWN = 20
"""How many values a message lists."""


class TooMuchUnclassified(ValueError):
    """More than the configured share of a table is unclassified. Its message has the rows to paste into conf."""


def unclassified_values(values: DataFrame, table: str, column: str, rules: RuleList) -> DataFrame:
    """One row is a value of a rule list's input that no rule knows, as ``ees_unclassified`` shows it.

    Args:
        values: A value table (see ``transforms.distinct_values``) with the column that the rules made.
        table: The table that reports it.
        column: The column that the rules made.
        rules: The rule list.
    """
    by_value = values.where(F.col(column) == UNCLASSIFIED).groupBy(F.col(rules.input).alias("value"))
    return by_value.agg(
        F.min("first_date").alias("first_date"),
        F.max("last_date").alias("last_date"),
        F.sum("rows").alias("rows"),
        F.sum("count").alias("count"),
    ).select(
        F.lit(table).alias("table"),
        F.lit(rules.input).alias("field"),
        F.col("value").cast("string"),
        F.col("first_date").cast("date"),
        F.col("last_date").cast("date"),
        F.col("rows").cast("bigint"),
        F.col("count").cast("double"),
    )


def refuse_unclassified(
    values: DataFrame, table: str, rules: Mapping[str, RuleList], limit: UnclassifiedLimit
) -> None:
    """Stop a table where too much of what it counts is unclassified.

    Args:
        values: The value table of the rows that the table counts.
        table: The table, for the message.
        rules: The rule lists by the column that they made.
        limit: The share that is still accepted.

    Raises:
        TooMuchUnclassified: Names each value with its count and the rule line to add.
    """
    unknown = reduce(Column.__or__, [F.col(column) == UNCLASSIFIED for column in rules])
    weights = values.agg(
        F.sum("count").alias("all"), F.sum(F.when(unknown, F.col("count"))).alias("unknown")
    ).first()
    found, total = (weights["unknown"] or 0.0, weights["all"] or 0.0) if weights else (0.0, 0.0)
    if found <= limit.max_share * total:
        return
    details = [_details(values, table, column, rule_list) for column, rule_list in rules.items()]
    raise TooMuchUnclassified(
        f"{table}: {found:,.0f} of {total:,.0f} ({found / total:.2%}) are unclassified, more than the accepted "
        f"{limit.max_share:.2%} (unclassified.max_share). The table stays as it is. Add rules to "
        f"conf/base/parameters_rules.yml:\n" + "\n".join(filter(None, details))
    )


def _details(values: DataFrame, table: str, column: str, rules: RuleList) -> str:
    found = unclassified_values(values, table, column, rules).toArrow().to_pylist()
    if not found:
        return ""
    found.sort(key=lambda row: (-row["count"], row["value"] or ""))
    lines = [f"  {column}, by {rules.input} (list {rules.name}):"]
    for row in found[:_SHOWN]:
        lines.append(f"    {row['value']!r}: {row['count']:,.0f} ({row['first_date']} to {row['last_date']})")
        if row["value"] is not None:
            lines.append(f"    {proposed_rule(row, rules)}")
    if len(found) > _SHOWN:
        lines.append(f"    and {len(found) - _SHOWN} more values")
    return "\n".join(lines)


def proposed_rule(row: Mapping[str, Any], rules: RuleList) -> str:
    """The YAML row that classifies this value, but for its label; ``${`` means something in conf and is escaped."""
    value = json.dumps(row["value"].replace("${", "\\${"), ensure_ascii=False)
    field = f"field: {row['field']}, " if any(rule.field for rule in rules.rules) else ""
    return f'- {{{field}equals: {value}, label: "{CHOOSE_A_LABEL}", example: {value}}}'

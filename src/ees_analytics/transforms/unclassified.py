"""Values that no rule matches: the rows of ``ees_unclassified``, and the limit above which a table fails."""

import json
import re
from collections.abc import Mapping, Sequence
from functools import reduce
from typing import Any, cast

from omegaconf import OmegaConf
from omegaconf.errors import OmegaConfBaseException
from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F
from yaml import YAMLError

from ees_analytics.console.safe_text import escaped, printable
from ees_analytics.console.text import distinct_percentages
from ees_analytics.parameters.rules import CHOOSE_A_LABEL, UNCLASSIFIED, RuleList, UnclassifiedLimit
from ees_analytics.transforms.distinct import distinct_values
from ees_analytics.transforms.sums import exact_sum

_SHOWN = 20
"""How many values a message lists."""

_LONGEST_RULE = 450
"""A longer row is not proposed: a message of ``_SHOWN`` values and their rows is not cut (``MAX_TEXT``)."""


class TooMuchUnclassified(ValueError):
    """More than the configured share of a table is unclassified. The message has the rows to paste into conf."""

    is_shown_whole = True


class NotACount(ValueError):
    """Counts are missing, negative or not finite. The message has the column and the rows."""


def unclassified_values(values: DataFrame, table: str, rules: RuleList) -> DataFrame:
    """One row is a value that no rule of the list matches, in the columns of ``ees_unclassified``.

    The value table (see ``transforms.classification``) is of the rows of the table that reports them.
    """
    unclassified = values.where(F.col(rules.column) == UNCLASSIFIED)
    by_value = unclassified.groupBy(F.col(rules.input).alias("value")).agg(
        F.min("first_date").alias("first_date"),
        F.max("last_date").alias("last_date"),
        F.sum("rows").alias("rows"),
        exact_sum(F.col("count")).alias("count"),
    )
    return by_value.select(F.lit(table).alias("table"), F.lit(rules.input).alias("field"), "*")


def refuse_unclassified(
    rows: DataFrame,
    values: DataFrame,
    table: str,
    column: str,
    rule_lists: Sequence[RuleList],
    limit: UnclassifiedLimit,
) -> None:
    """Fail a table where too much of what its rows count (``column``), by their value table, is unclassified.

    Raises:
        TooMuchUnclassified: Names each value with its count and the rule line to add.
        NotACount: A share cannot be computed.
    """
    unknown = reduce(Column.__or__, [F.col(rules.column) == UNCLASSIFIED for rules in rule_lists])
    weights = values.agg(
        F.sum("count").alias("all"),
        F.sum(F.when(unknown, F.col("count"))).alias("unknown"),
        F.count(F.when(~_is_count(), 1)).alias("odd"),
    ).first()
    if weights and weights["odd"]:
        raise NotACount(_not_counts(rows, values, table, column))
    found, total = (weights["unknown"] or 0.0, weights["all"] or 0.0) if weights else (0.0, 0.0)
    if found <= limit.max_share * total:
        return
    details = [_details(values, table, rules) for rules in rule_lists]
    share, accepted = distinct_percentages(found / total, limit.max_share)
    raise TooMuchUnclassified(
        f"{table}: {found:,.0f} of {total:,.0f} ({share}) are unclassified, more than the accepted "
        f"{accepted} (unclassified.max_share). The table stays as it is. Add rules to "
        f"conf/base/parameters_rules.yml:\n" + "\n".join(filter(None, details))
    )


def _is_count() -> Column:
    count = F.col("count")
    return F.coalesce((count >= 0) & (count < float("inf")) & ~F.isnan(count), F.lit(False))


def _not_counts(rows: DataFrame, values: DataFrame, table: str, column: str) -> str:
    """The message, with days; with the first and the last one where only several days together are not finite."""
    fields = [name for name in ("pagePath", "eventName", "eventCategory") if name in values.columns]
    lines: list[str] = []
    for found in (distinct_values(rows, [*fields, F.col("date").alias("day")], column), values):
        wrong = found.where(~_is_count()).orderBy("first_date", *fields).limit(_SHOWN)
        for row in [] if lines else wrong.toArrow().to_pylist():
            days = " to ".join(dict.fromkeys([str(row["first_date"]), str(row["last_date"])]))
            names = ", ".join(f"{name} {row[name]!r}" for name in fields)
            lines.append(f"  {days}: {row['count']} in {row['rows']} row(s) with {names}")
    return (
        f"{table}: {column} is missing, negative or not finite, so it cannot be added up. The table stays as it is. "
        "Correct these rows in the raw tables:\n" + "\n".join(lines)
    )


def _details(values: DataFrame, table: str, rules: RuleList) -> str:
    found = unclassified_values(values, table, rules).toArrow().to_pylist()
    if not found:
        return ""
    found.sort(key=lambda row: (-row["count"], row["value"] or ""))
    lines = [f"  {rules.column}, by {rules.input} (list {rules.name}):"]
    for row in found[:_SHOWN]:
        value = printable(repr(row["value"]), _LONGEST_RULE)
        lines.append(f"    {value}: {row['count']:,.0f} ({row['first_date']} to {row['last_date']})")
        if row["value"] is not None and (rule := proposed_rule(row, rules)):
            lines.append(f"    {rule}")
    if len(found) > _SHOWN:
        lines.append(f"    and {len(found) - _SHOWN} more values")
    return "\n".join(lines)


def proposed_rule(row: Mapping[str, Any], rules: RuleList) -> str:
    """The YAML row that classifies this value, without its label; empty where conf would not read exactly the value.

    Conf would resolve ``${``, so it is escaped.
    """
    inert = re.sub(r"(\\*)\$\{", r"\1\1\\${", row["value"])
    value = escaped(json.dumps(inert, ensure_ascii=False))
    field = f"field: {row['field']}, " if any(rule.field for rule in rules.rules) else ""
    line = f'- {{{field}equals: {value}, label: "{CHOOSE_A_LABEL}", example: {value}}}'
    return (
        line
        if len(line) <= _LONGEST_RULE and printable(line) == line and _reads_as(line, row["value"])
        else ""
    )


def _reads_as(line: str, value: str) -> bool:
    """Whether conf reads the row as a rule for this value."""
    try:
        (rule,) = cast(list[dict[str, Any]], OmegaConf.to_container(OmegaConf.create(line), resolve=True))
    except (OmegaConfBaseException, YAMLError, ValueError):
        return False
    return rule["equals"] == rule["example"] == value

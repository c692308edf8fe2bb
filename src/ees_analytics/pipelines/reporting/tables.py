"""The nodes of app tables: wired by names, or made of rows and the labels of their values, summed to the table's key.

``rows`` are what a table counts, ``values`` their value table (see ``transforms.classification``). A table's columns
and key are those of its contract.
"""

from collections.abc import Callable, Sequence
from typing import Any, get_type_hints

from kedro.pipeline import node
from kedro.pipeline.node import Node
from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F
from pyspark.sql.utils import is_remote

from ees_analytics.contracts import all_contracts, contract_for
from ees_analytics.parameters.rules import (
    UNCLASSIFIED,
    AccordionRules,
    PageTypeByPath,
    RuleList,
    SlugRules,
    UnclassifiedLimit,
)
from ees_analytics.transforms.classification import classified_values
from ees_analytics.transforms.distinct import grouped
from ees_analytics.transforms.joins import join_many_to_one
from ees_analytics.transforms.sums import exact_sum
from ees_analytics.transforms.unclassified import refuse_unclassified

_SURROGATE_KEY = "labels_key"
"""The number of a combination of labels, and of other columns of the table's key that the value table has."""

_PLACE = "_place"


def table_node(function: Callable[..., Any]) -> Node:
    """The node that makes the app table of the function's name."""
    return node(function, inputs_of(function), f"app.{function.__name__}", name=function.__name__)


def shared_node(function: Callable[..., DataFrame]) -> Node:
    """The node that makes the dataset of the function's name, which others read."""
    return node(function, inputs_of(function), function.__name__, name=function.__name__)


def inputs_of(function: Callable[..., Any]) -> list[str]:
    """The datasets that the function's parameters are named after: tables, other DataFrames, or keys of conf."""
    tables = {contract.name: name for name, contract in all_contracts().items()}
    return [
        tables.get(name) or (name if kind is DataFrame else f"params:{name}")
        for name, kind in get_type_hints(function).items()
        if name != "return"
    ]


def paths_node(topic: str, count: str, rows: str) -> Node:
    """The node that makes ``<topic>_paths``, the value table of rows that are classified by their path.

    The topic is a key of the slug rules, ``count`` the column that counts, ``rows`` the dataset of the rows.
    """

    def paths(
        rows: DataFrame, page_type_by_path: PageTypeByPath, slug: SlugRules, titles: DataFrame
    ) -> DataFrame:
        """One row is a path, with its page type and publication."""
        rule_lists, steps = page_type_by_path.rule_lists, getattr(slug, topic)
        return classified_values(rows, count, rule_lists, steps, titles)

    inputs = [rows, "params:page_type_by_path", "params:slug", "publication_titles"]
    return node(paths, inputs, f"{topic}_paths", name=f"{topic}_paths")


def checked_table(table: str, inputs: list[str]) -> Node:
    """The node that makes a table, unless too much of it is unclassified.

    Where its rules list page types for the service, it counts these; where its contract demands a publication, known
    publications only. The inputs are rows, their value table and the parameter with the rules.
    """
    contract = contract_for(f"app.{table}")
    publication = next((c for c in contract.columns if c.name == "publication"), None)
    count = next(name for name in contract.column_names if name not in contract.key)

    def build(rows: DataFrame, values: DataFrame, rules: Any, unclassified: UnclassifiedLimit) -> DataFrame:
        """The rows with their page types, summed by the table's dimensions.

        Raises:
            TooMuchUnclassified: Names the values that no rule matches, with the rules to add.
            NotACount: Names the rows whose count is missing, negative or not finite.
        """
        if isinstance(rules, AccordionRules):
            values = values.where(F.col("page_type").isin(*rules.service_page_types, UNCLASSIFIED))
        if publication and not publication.nullable:
            values = values.where(F.col("publication").isNotNull())
        refuse_unclassified(rows, values, table, count, rules.rule_lists, unclassified)
        if not publication:
            values = _needed_of(values, rules.rule_lists, contract.key)
        return sum_to(table, rows, values)

    return node(build, [*inputs, "params:unclassified"], f"app.{table}", name=table)


def listed_table(table: str, parameters: type, inputs: list[str]) -> Node:
    """The node that makes a table of the page types that conf lists for publications.

    The inputs are rows, their value table and the parameter with the page types, of the model ``parameters``.
    """

    def build(rows: DataFrame, values: DataFrame, rules: Any) -> DataFrame:
        """The rows on listed page types, summed by the table's dimensions; unknown publications are null."""
        listed = values.where(F.col("page_type").isin(*rules.publication_page_types))
        return sum_to(table, rows, listed)

    build.__annotations__["rules"] = parameters  # Kedro makes the parameter's model by the type hint.
    return node(build, inputs, f"app.{table}", name=table)


def with_labels(rows: DataFrame, values: DataFrame) -> DataFrame:
    """The rows with the labels of their values; rows whose values are not in ``values`` are left out."""
    keys = [name for name in values.columns if name in rows.columns]
    return join_many_to_one(rows, values, keys, keep_unmatched=False)


def _needed_of(values: DataFrame, rule_lists: Sequence[RuleList], key: Sequence[str]) -> DataFrame:
    """The fields that the rules test, with their labels, each combination once: fewer rows, and faster to join.

    Where ``sum_to`` groups by a surrogate key, so for Sail, also other columns of the key.
    """
    needed = [name for rules in rule_lists for name in (*rules.fields, rules.column)]
    if is_remote():
        needed += [name for name in key if name in values.columns]
    return values.select(*dict.fromkeys(needed)).distinct()


def sum_to(table: str, rows: DataFrame, values: DataFrame) -> DataFrame:
    """The rows with the labels of their values, summed to the table's key: all other columns of its contract are added up.

    Rows whose values are not in ``values`` are left out.
    """
    contract = contract_for(f"app.{table}")
    counts = [name for name in contract.column_names if name not in contract.key]
    if not is_remote():
        return sum_by(_in_one_task(with_labels(rows, values)), contract.key, counts)
    # Sail would copy and compare long texts for every row: labels, and an event label or path that the value table has too.
    # On JVM Spark the joins cost more than that.
    labels = [name for name in contract.key if name in values.columns]
    keys = [name for name in contract.key if name not in values.columns]
    value_keys = [name for name in values.columns if name in rows.columns]
    labelled = F.broadcast(_with_surrogate_key(values.select(*labels).distinct(), labels))
    labelled_values = values.select(*dict.fromkeys([*value_keys, *labels]))
    lookup = join_many_to_one(labelled_values, labelled, labels).select(*value_keys, _SURROGATE_KEY)
    matched = join_many_to_one(rows, F.broadcast(lookup), value_keys, keep_unmatched=False)
    if {*value_keys} & {*labels}:
        # There are nearly as many groups as rows; in this order, those in use stay in the processor's cache.
        matched = _in_order(matched, _SURROGATE_KEY)
    sums = sum_by(matched, [*keys, _SURROGATE_KEY], counts)
    labelled_sums = join_many_to_one(sums, labelled, [_SURROGATE_KEY], keep_unmatched=False)
    return labelled_sums.select(*contract.column_names)


def _in_one_task(rows: DataFrame) -> DataFrame:
    """The rows, computed in one task where the session shuffles into one partition anyway (as ``engine=spark`` does).

    Most of a table's rows have a key of their own: Spark would group them, shuffle nearly all of them, and group them
    again.
    """
    if rows.sparkSession.conf.get("spark.sql.shuffle.partitions") != "1":
        return rows
    return rows.coalesce(1)


def _with_surrogate_key(rows: DataFrame, order: Sequence[str]) -> DataFrame:
    """The rows numbered in this order."""
    return rows.withColumn(_SURROGATE_KEY, _row_number(order))


def _in_order(rows: DataFrame, column: str) -> DataFrame:
    """The rows in the order of a column, by a row number that a filter needs: Sail drops an ``orderBy`` before it groups."""
    return rows.withColumn(_PLACE, _row_number([column])).where(F.col(_PLACE) > 0).drop(_PLACE)


def _row_number(order: Sequence[str]) -> Column:
    # PySpark warns of a window without a partition.
    return F.row_number().over(Window.partitionBy(F.lit(0)).orderBy(*order))


def sum_by(rows: DataFrame, keys: Sequence[str], counts: Sequence[str]) -> DataFrame:
    """The counts added up: one row per key, a null being a key like others."""
    return grouped(rows, keys).agg(*[exact_sum(F.col(count)).alias(count) for count in counts])


def first_rows(rows: DataFrame, keys: Sequence[str], order: Sequence[Column], count: int = 1) -> DataFrame:
    """The first rows of each key in this order."""
    place = F.row_number().over(Window.partitionBy(*keys).orderBy(*order))
    return rows.withColumn(_PLACE, place).where(F.col(_PLACE) <= count).drop(_PLACE)

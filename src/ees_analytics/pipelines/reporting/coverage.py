"""Operational tables: what the dashboard's tables do not count, and breaks in their series."""

import datetime as dt
from collections.abc import Sequence
from fnmatch import filter as matching

import pyarrow as pa
from kedro.pipeline import Pipeline
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from ees_analytics.contracts import all_contracts, contract_for
from ees_analytics.parameters.annotations import Annotations
from ees_analytics.parameters.rules import UNCLASSIFIED, PageTypeByPath, UniversalAnalytics
from ees_analytics.pipelines.reporting.tables import table_node
from ees_analytics.transforms.classification import label_by
from ees_analytics.transforms.joins import both_eras

_RECENT = dt.timedelta(days=28)


def create_pipeline() -> Pipeline:
    """One node per table, for which no other step waits."""
    return Pipeline([table_node(ees_annotations), table_node(ees_catch_all_paths)], tags=["operational"])


def ees_annotations(annotations: Annotations) -> pa.Table:
    """One row is a known break in the series.

    Raises:
        ValueError: A break names a table that does not exist.
    """
    known = [contract.name for contract in all_contracts().values() if contract.layer == "app"]
    for found in annotations.root:
        if unknown := [name for name in found.tables if not matching(known, name)]:
            raise ValueError(
                f"ees_annotations: the break of {found.first_date} names {', '.join(unknown)}, and no app table has "
                "such a name. Correct conf/base/parameters_annotations.yml."
            )
    rows = [found.model_dump() | {"tables": ", ".join(found.tables)} for found in annotations.root]
    return pa.Table.from_pylist(rows, contract_for("app.ees_annotations").empty().schema)


def ees_catch_all_paths(
    ees_ua_page: DataFrame,
    ees_ga4_page: DataFrame,
    page_type_by_path: PageTypeByPath,
    universal_analytics: UniversalAnalytics,
) -> DataFrame:
    """One row is a part of the website whose paths only the rule for every path takes; ``/`` itself is left out."""
    columns = ["date", "pagePath", "pageviews"]
    pages = both_eras(ees_ua_page, ees_ga4_page, universal_analytics.last_day, columns)
    path, views = F.col("pagePath"), ["pageviews", "last_28_days"]
    named, label = (label_by(rules) for rules in (page_type_by_path.named, *page_type_by_path.rule_lists))
    is_unnamed = path.contains(F.lit("/")) & (named == UNCLASSIFIED) & (label != UNCLASSIFIED)
    section = F.regexp_extract(path, "^/*[^/?#]*", 0)
    paths = _totals(pages, ["pagePath"], "pageviews").where(is_unnamed).withColumn("section", section)
    return (
        paths.where(F.col("section") != "/")
        .groupBy("section")
        .agg(
            F.max(F.struct("pageviews", "pagePath")).getField("pagePath").alias("example"),
            F.min("first_date").alias("first_date"),
            F.max("last_date").alias("last_date"),
            *[F.sum(name).alias(name) for name in views],
        )
    )


def _totals(rows: DataFrame, keys: Sequence[str], count: str) -> DataFrame:
    """The count of all days and of the newest 28 days of the rows, with the first and the last day, by key."""
    newest = rows.agg(F.max("date").alias("day")).first()
    since = (newest["day"] if newest and newest["day"] else dt.date.max) - _RECENT
    recent = F.when(F.col("date") > F.lit(since), F.col(count)).otherwise(0.0)
    return rows.groupBy(*keys).agg(
        F.min("date").alias("first_date"),
        F.max("date").alias("last_date"),
        F.sum(count).alias(count),
        F.sum(recent).alias("last_28_days"),
    )

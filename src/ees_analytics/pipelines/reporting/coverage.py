"""Operational tables: what the dashboard's tables do not count, and breaks in their series."""

import datetime as dt
from collections.abc import Mapping, Sequence
from fnmatch import filter as matching
from functools import reduce
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from kedro.pipeline import Pipeline, node
from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from ees_analytics.contracts import all_contracts, contract_for
from ees_analytics.parameters.annotations import Annotations
from ees_analytics.parameters.ignored_events import IgnoredEvents
from ees_analytics.parameters.rules import (
    UNCLASSIFIED,
    AccordionRules,
    DownloadRules,
    EventNames,
    FeaturedTableRules,
    PageTypeByPath,
    SearchEventRules,
    SessionStartRules,
    TablesCreatedRules,
    UniversalAnalytics,
)
from ees_analytics.pipelines.reporting.tables import inputs_of, table_node
from ees_analytics.transforms.classification import is_counted, label_by, passes
from ees_analytics.transforms.distinct import grouped, once_per_value
from ees_analytics.transforms.joins import both_eras
from ees_analytics.transforms.local_rows import materialize_small
from ees_analytics.transforms.sums import exact_sum

_RECENT = dt.timedelta(days=28)
_SILENT_AFTER = 28
"""An event falls silent where it has this many in the 28 days before the newest 28, and none in these."""


def create_pipeline() -> Pipeline:
    """One node per table, for which no other step waits."""
    names = node(
        event_names,
        inputs_of(event_names),
        ["app.ees_event_names", "event_names.silent"],
        name="ees_event_names",
    )
    return Pipeline(
        [table_node(ees_annotations), table_node(ees_catch_all_paths), names], tags=["operational"]
    )


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
    named = page_type_by_path.named
    has_catch_all = F.lit(named.rules != page_type_by_path.root)
    section = F.regexp_extract(path, "^/*[^/?#]*", 0)
    is_unnamed = has_catch_all & path.contains(F.lit("/")) & (label_by(named) == UNCLASSIFIED)
    paths = (
        _totals(pages, ["pagePath"], "pageviews")
        .where(once_per_value(is_unnamed & (section != "/")))
        .withColumn("section", section)
    )
    return grouped(paths, ["section"]).agg(
        F.max(F.struct("pageviews", "pagePath")).getField("pagePath").alias("example"),
        F.min("first_date").alias("first_date"),
        F.max("last_date").alias("last_date"),
        *[exact_sum(F.col(name)).alias(name) for name in views],
    )


def event_names(
    ees_ua_events: DataFrame,
    ees_ga4_events: DataFrame,
    accordions: AccordionRules,
    downloads: DownloadRules,
    featured_tables: FeaturedTableRules,
    search_events: SearchEventRules,
    session_starts: SessionStartRules,
    tables_created: TablesCreatedRules,
    ignored_events: IgnoredEvents,
    universal_analytics: UniversalAnalytics,
) -> tuple[pa.Table, list[dict[str, Any]]]:
    """One row is an event name of one era, with the rule lists that count it; and those that fell silent.

    An event that is counted fell silent where the newest 28 days have none, and the 28 before at least 28.
    """
    lists = {
        rules.key: rules for rules in (accordions, downloads, featured_tables, search_events, tables_created)
    }
    keys = ["date", "era", "eventName"]
    eras = [
        rows.withColumn("era", F.lit(era)) for era, rows in (("UA", ees_ua_events), ("GA4", ees_ga4_events))
    ]
    events = both_eras(eras[0], eras[1], universal_analytics.last_day, [*keys, "eventCount"])
    # So that the totals need not read all events twice: few names and days are left.
    by_day = materialize_small(grouped(events, keys).agg(exact_sum(F.col("eventCount")).alias("eventCount")))
    names = _with_state(
        _totals(by_day, ["era", "eventName"], "eventCount"), lists, session_starts, ignored_events
    )
    totals = (
        grouped(names, ["era", _grouped_name([*lists.values(), session_starts]).alias("eventName")])
        .agg(
            F.max("counted_in").alias("counted_in"),
            F.max("state").alias("state"),
            F.min("first_date").alias("first_date"),
            F.max("last_date").alias("last_date"),
            *[
                exact_sum(F.col(name)).alias(name)
                for name in ("eventCount", "last_28_days", "previous_28_days")
            ],
        )
        .toArrow()
    )
    is_silent = (pc.field("last_28_days") == 0) & (pc.field("previous_28_days") >= _SILENT_AFTER)
    silent = totals.filter(is_silent & (pc.field("state") == "counted")).sort_by("eventName")
    return totals.drop_columns("previous_28_days"), silent.to_pylist()


def _with_state(
    names: DataFrame, lists: Mapping[str, EventNames], starts: SessionStartRules, ignored: IgnoredEvents
) -> DataFrame:
    """The names with ``counted_in`` and ``state``; sessions start in Google Analytics 4 only."""
    name = F.col("eventName")
    counted = {key: is_counted(name, rules) for key, rules in lists.items()}
    counted["session_starts"] = is_counted(name, starts) & (F.col("era") == "GA4")
    keys = F.concat_ws(",", *[F.when(found, F.lit(key)) for key, found in sorted(counted.items())])
    is_ignored = reduce(Column.__or__, [passes(test, name) for test in ignored.root], F.lit(False))
    state = (
        F.when(keys != "", F.lit("counted")).when(is_ignored, F.lit("ignored")).otherwise(F.lit("unknown"))
    )
    return names.select("*", F.nullif(keys, F.lit("")).alias("counted_in"), state.alias("state"))


def _grouped_name(lists: Sequence[EventNames]) -> Column:
    """The name of an event, or the prefix that counts it with an ellipsis."""
    name = F.col("eventName")
    whole = name.isin(*[event for rules in lists for event in rules.events])
    prefixes = [prefix for rules in lists for prefix in rules.event_prefixes]
    found = [F.when(name.startswith(F.lit(prefix)) & ~whole, F.lit(f"{prefix}…")) for prefix in prefixes]
    return F.coalesce(*found, name)


def _totals(rows: DataFrame, keys: Sequence[str], count: str) -> DataFrame:
    """The count of all days, of the newest 28 days and of the 28 before, with the first and the last day, by key."""
    newest = rows.agg(F.max("date").alias("day")).first()
    since = (newest["day"] if newest and newest["day"] else dt.date.max) - _RECENT
    day = F.col("date")
    recent = F.when(day > F.lit(since), F.col(count)).otherwise(0.0)
    before = (day <= F.lit(since)) & (day > F.lit(since - _RECENT))
    return grouped(rows, keys).agg(
        F.count(F.lit(1)).alias("rows"),
        F.min("date").alias("first_date"),
        F.max("date").alias("last_date"),
        exact_sum(F.col(count)).alias(count),
        exact_sum(recent).alias("last_28_days"),
        exact_sum(F.when(before, F.col(count)).otherwise(0.0)).alias("previous_28_days"),
    )

"""All publications, day by day."""

from functools import reduce

from kedro.pipeline import Pipeline
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from ees_analytics.contracts import contract_for
from ees_analytics.parameters.rules import (
    PublicationSummaryRules,
    ReleasePageExclusions,
    SlugRules,
    UniversalAnalytics,
)
from ees_analytics.pipelines.reporting.tables import sum_by, table_node
from ees_analytics.transforms.distinct import distinct_paths, grouped
from ees_analytics.transforms.joins import both_eras, join_many_to_one
from ees_analytics.transforms.publication import is_release_page, release_pages

_KEYS = ("date", "publication")
_METRICS = [name for name in contract_for("app.ees_publication_summary").column_names if name not in _KEYS]
_PAGE_METRICS = ("pageviews", "sessions")


def create_pipeline() -> Pipeline:
    """One node, one table, made of the page tables and of the publication tables of events."""
    return Pipeline([table_node(ees_publication_summary)])


def ees_publication_summary(
    ees_ua_page: DataFrame,
    ees_ga4_page: DataFrame,
    events: DataFrame,
    publication_titles: DataFrame,
    ees_session_starts: DataFrame,
    ees_publication_accordions: DataFrame,
    ees_publication_downloads: DataFrame,
    ees_publication_featured_tables: DataFrame,
    ees_publication_search_events: DataFrame,
    ees_publication_tables_created: DataFrame,
    publication_summary: PublicationSummaryRules,
    release_page_exclusions: ReleasePageExclusions,
    release_page_exclusions_at_start: ReleasePageExclusions,
    slug: SlugRules,
    universal_analytics: UniversalAnalytics,
) -> DataFrame:
    """One row is one publication on one day, also where nothing happened.

    The days are those of the page tables and the events, from the first day in conf: what was not measured on a day is
    unknown, not zero, and the dashboard, which adds the days up, cannot show a total of unknown numbers.
    """
    columns = ["date", "pagePath", *_PAGE_METRICS]
    pages = both_eras(ees_ua_page, ees_ga4_page, universal_analytics.last_day, columns)
    is_release = is_release_page(F.col("pagePath"), release_page_exclusions, release_page_exclusions_at_start)
    counted = release_pages(distinct_paths(pages), is_release, slug.publication_summary, publication_titles)
    is_counted = F.col("page_type").isin(*publication_summary.page_types)
    events_by_metric = {
        "total_session_starts": ees_session_starts.where(is_counted),
        "total_accordion_events": ees_publication_accordions.where(is_counted),
        "total_download_events": ees_publication_downloads,
        "total_featured_tables": ees_publication_featured_tables,
        "total_search_events": ees_publication_search_events.where(is_counted),
        "total_tables_created": ees_publication_tables_created,
    }
    value = F.col("eventCount").alias("value")
    sums = [
        sum_by(rows, _KEYS, ["eventCount"]).select(*_KEYS, F.lit(name).alias("metric"), value)
        for name, rows in events_by_metric.items()
    ]
    # Without the hint JVM Spark sorts all rows of pages by path; the paths are far fewer.
    page_sums = sum_by(F.broadcast(counted).join(pages, "pagePath"), _KEYS, _PAGE_METRICS)
    sums.append(page_sums.unpivot(_KEYS, _PAGE_METRICS, "metric", "value"))
    # A metric has one sum for each key: there is nothing to add up.
    found = [F.max(F.when(F.col("metric") == name, F.col("value"))).alias(name) for name in _METRICS]
    totals = grouped(reduce(DataFrame.unionByName, sums), _KEYS).agg(*found)
    days = pages.select("date").distinct().join(events.select("date").distinct(), "date")
    days = days.where(F.col("date") >= F.lit(publication_summary.first_day))
    every_row = days.crossJoin(publication_titles.select("publication").distinct())
    return join_many_to_one(every_row, totals, _KEYS).fillna(0.0, _METRICS)

"""``app.ees_publication_summary``: all publications, day by day."""

import datetime as dt
from collections.abc import Sequence
from functools import reduce

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from ees_analytics.parameters.rules import PublicationSummaryRules, ReleasePageExclusions, SlugRules
from ees_analytics.parameters.universal_analytics import UniversalAnalytics
from ees_analytics.transforms.eras import until
from ees_analytics.transforms.joins import join_many_to_one
from ees_analytics.transforms.publication import is_release_page, with_publication
from ees_analytics.transforms.sums import sum_by

_KEYS = ["date", "publication"]
_METRICS = [
    "pageviews",
    "sessions",
    "total_session_starts",
    "total_accordion_events",
    "total_download_events",
    "total_featured_tables",
    "total_search_events",
    "total_tables_created",
]


def ees_publication_summary(
    ees_ua_page: DataFrame,
    ees_ga4_page: DataFrame,
    publication_titles: DataFrame,
    ees_session_starts: DataFrame,
    ees_publication_accordions: DataFrame,
    ees_publication_downloads: DataFrame,
    ees_publication_featured_tables: DataFrame,
    ees_publication_search_events: DataFrame,
    ees_publication_tables_created: DataFrame,
    publication_summary: PublicationSummaryRules,
    release_page_exclusions: ReleasePageExclusions,
    slug: SlugRules,
    universal_analytics: UniversalAnalytics,
) -> DataFrame:
    """One row is one publication on one day, also where nothing happened.

    The days run from the first day in conf to the newest day of the page tables.
    """
    columns = ("date", "pagePath", "pageviews", "sessions")
    universal = until(ees_ua_page, universal_analytics.last_day)
    pages = universal.select(*columns).unionByName(ees_ga4_page.select(*columns))
    page_types = publication_summary.page_types
    counted = [
        _release_pages(pages, publication_titles, release_page_exclusions, slug),
        _total(_of(ees_session_starts, page_types), "total_session_starts"),
        _total(_of(ees_publication_accordions, page_types), "total_accordion_events"),
        _total(ees_publication_downloads, "total_download_events"),
        _total(ees_publication_featured_tables, "total_featured_tables"),
        _total(_of(ees_publication_search_events, page_types), "total_search_events"),
        _total(ees_publication_tables_created, "total_tables_created"),
    ]
    totals = sum_by(reduce(DataFrame.unionByName, map(_all_metrics, counted)), _KEYS, _METRICS)
    days = _days(pages, publication_summary.first_day)
    every_row = days.crossJoin(publication_titles.select("publication").distinct())
    return join_many_to_one(every_row, totals, _KEYS).select(
        F.col("date").cast("date"),
        F.col("publication").cast("string"),
        *[F.coalesce(F.col(metric), F.lit(0.0)).cast("double").alias(metric) for metric in _METRICS],
    )


def _release_pages(
    pages: DataFrame, titles: DataFrame, exclusions: ReleasePageExclusions, slug: SlugRules
) -> DataFrame:
    paths = pages.select("pagePath").distinct().where(is_release_page(F.col("pagePath"), exclusions))
    known = with_publication(paths, slug.publication_summary, titles).where(F.col("publication").isNotNull())
    rows = known.select("pagePath", "publication").join(pages, "pagePath")
    return sum_by(rows, _KEYS, ["pageviews", "sessions"])


def _of(rows: DataFrame, page_types: Sequence[str]) -> DataFrame:
    return rows.where(F.col("page_type").isin(*page_types))


def _total(rows: DataFrame, metric: str) -> DataFrame:
    return sum_by(rows.withColumnRenamed("eventCount", metric), _KEYS, [metric])


def _all_metrics(counted: DataFrame) -> DataFrame:
    absent = [F.lit(None).cast("double").alias(name) for name in _METRICS if name not in counted.columns]
    return counted.select("*", *absent)


def _days(pages: DataFrame, first_day: dt.date) -> DataFrame:
    """Every calendar day from the first to the newest; none where the pages end before it or hold no day."""
    newest = pages.agg(F.max("date").alias("newest")).where(F.col("newest") >= F.lit(first_day))
    return newest.select(F.explode(F.sequence(F.lit(first_day), F.col("newest"))).alias("date"))

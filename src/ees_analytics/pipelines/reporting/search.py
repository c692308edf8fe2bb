"""What people searched for when Google showed them the service, and how often they found it."""

import datetime as dt

from kedro.pipeline import Pipeline
from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from ees_analytics.parameters.ingest import as_date
from ees_analytics.parameters.rules import ReleasePageExclusions, SlugRules, SlugSteps
from ees_analytics.parameters.website import PUBLIC_SITE
from ees_analytics.pipelines.reporting.tables import first_rows, sum_by, table_node
from ees_analytics.transforms.distinct import distinct_paths
from ees_analytics.transforms.local_rows import materialize_small
from ees_analytics.transforms.publication import is_release_page, release_pages

_DAYS = dt.timedelta(days=365)
_TOP = 10
_SERVICE = "Service"
_METRICS = ("clicks", "impressions")


def create_pipeline() -> Pipeline:
    """One node per table."""
    return Pipeline([table_node(ees_search_console_queries), table_node(ees_search_console_timeseries)])


def ees_search_console_queries(
    ees_search_console: DataFrame,
    publication_titles: DataFrame,
    slug: SlugRules,
    release_page_exclusions: ReleasePageExclusions,
    release_page_exclusions_at_start: ReleasePageExclusions,
    run_date: str,
) -> DataFrame:
    """One row is one of the ten queries with most clicks, or most impressions, of a publication or of the Service.

    The last 365 days count. The Service is all pages, a publication its release pages. Ties are broken by query.
    """
    recent = ees_search_console.where(F.col("date") >= F.lit(as_date(run_date) - _DAYS))
    is_release = is_release_page(F.col("pagePath"), release_page_exclusions, release_page_exclusions_at_start)
    pages = _release_pages(recent, publication_titles, slug.search_console, is_release)
    of_publications = recent.join(pages, "pagePath")
    of_service = recent.withColumn("publication", F.lit(_SERVICE))
    totals = [sum_by(rows, ["publication", "query"], _METRICS) for rows in (of_service, of_publications)]
    counts = totals[0].unionByName(totals[1]).unpivot(("publication", "query"), _METRICS, "metric", "count")
    return first_rows(counts, ["publication", "metric"], [F.desc("count"), F.asc("query")], _TOP)


def ees_search_console_timeseries(
    ees_search_console: DataFrame, ees_search_console_old: DataFrame
) -> DataFrame:
    """One row is the whole service in Google's search results on one day; the frozen table is added."""
    columns = ["date", *_METRICS]
    rows = ees_search_console.select(*columns).unionByName(ees_search_console_old.select(*columns))
    return sum_by(rows, ["date"], _METRICS)


def _release_pages(rows: DataFrame, titles: DataFrame, steps: SlugSteps, is_release: Column) -> DataFrame:
    """One row is an address of a release page, as Google names it, with its publication."""
    addresses = distinct_paths(rows).withColumnRenamed("pagePath", "address")
    paths = addresses.withColumn("pagePath", _without_site(F.col("address")))
    found = release_pages(paths, is_release, steps, titles)
    return materialize_small(found.select(F.col("address").alias("pagePath"), "publication"))


def _without_site(address: Column) -> Column:
    path = F.substr(address, F.lit(len(PUBLIC_SITE) + 1))
    return F.when(address.startswith(F.lit(PUBLIC_SITE)), path).otherwise(address)

"""``app.ees_search_console_queries``: what people searched for when Google showed them the service."""

import datetime as dt
from functools import reduce

from pyspark.sql import Column, DataFrame, Window, WindowSpec
from pyspark.sql import functions as F

from ees_analytics.parameters.dates import as_date
from ees_analytics.parameters.rules import ReleasePageExclusions, SlugRules, SlugSteps
from ees_analytics.parameters.website import PUBLIC_SITE
from ees_analytics.transforms.local_rows import materialize_small
from ees_analytics.transforms.publication import is_release_page, publication_titles, with_publication
from ees_analytics.transforms.ranking import first_rows

_DAYS = dt.timedelta(days=365)
_TOP = 10
_SERVICE = "Service"
_METRICS = ("clicks", "impressions")


def ees_search_console_queries(
    ees_search_console: DataFrame,
    ees_pub_scrape: DataFrame,
    slug: SlugRules,
    release_page_exclusions: ReleasePageExclusions,
    run_date: str,
) -> DataFrame:
    """One row is one of the ten queries with most clicks, or most impressions, of a publication or of the Service.

    The last 365 days count. The Service is all pages, a publication its release pages.
    """
    recent = ees_search_console.where(F.col("date") >= F.lit(as_date(run_date) - _DAYS))
    pages = _release_pages(recent, ees_pub_scrape, slug.search_console, release_page_exclusions)
    of_publications = recent.join(pages, "pagePath")
    totals = _totals(recent.withColumn("publication", F.lit(_SERVICE))).unionByName(_totals(of_publications))
    best = materialize_small(_best(totals))
    clicks, impressions = (_top_queries(best, metric) for metric in _METRICS)
    return clicks.unionByName(impressions)


def _release_pages(
    rows: DataFrame, ees_pub_scrape: DataFrame, steps: SlugSteps, exclusions: ReleasePageExclusions
) -> DataFrame:
    """One row is an address of a release page, as Google names it, with its publication."""
    addresses = rows.select(F.col("pagePath").alias("address")).distinct()
    paths = addresses.withColumn("pagePath", _without_site(F.col("address")))
    release_pages = paths.where(is_release_page(F.col("pagePath"), exclusions))
    known = with_publication(release_pages, steps, publication_titles(ees_pub_scrape))
    found = known.where(F.col("publication").isNotNull())
    return materialize_small(found.select(F.col("address").alias("pagePath"), "publication"))


def _without_site(address: Column) -> Column:
    path = F.substr(address, F.lit(len(PUBLIC_SITE) + 1))
    return F.when(address.startswith(F.lit(PUBLIC_SITE)), path).otherwise(address)


def _totals(rows: DataFrame) -> DataFrame:
    return rows.groupBy("publication", "query").agg(*(F.sum(metric).alias(metric) for metric in _METRICS))


def _best(totals: DataFrame) -> DataFrame:
    """The rows that are among the first by any metric: the few that are still to be told apart."""
    ranks = {f"_{metric}": F.row_number().over(_by(metric)) for metric in _METRICS}
    is_first = reduce(Column.__or__, [F.col(rank) <= _TOP for rank in ranks])
    return totals.withColumns(ranks).where(is_first).drop(*ranks)


def _by(metric: str) -> WindowSpec:
    return Window.partitionBy("publication").orderBy(*_order(metric))


def _order(metric: str) -> list[Column]:
    return [F.col(metric).desc(), F.col("query").asc()]


def _top_queries(totals: DataFrame, metric: str) -> DataFrame:
    top = first_rows(totals, ["publication"], _order(metric), _TOP)
    return top.select(
        "query", F.col(metric).cast("double").alias("count"), "publication", F.lit(metric).alias("metric")
    )

"""How long the publications' pages take to read."""

import logging

import pyarrow as pa
from kedro.pipeline import Pipeline, node
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from ees_analytics.console.text import counted
from ees_analytics.pipelines.reporting.tables import first_rows
from ees_analytics.slices.state import TableState

logger = logging.getLogger(__name__)

WORDS_PER_MINUTE = 265
SECONDS_PER_IMAGE = 12


def create_pipeline() -> Pipeline:
    """One node, one table. Its present rows are read through ``state``: a pipeline may not read what it writes."""
    inputs = ["publication_titles", "raw.ees_pub_pages", "state.ees_avg_readtime"]
    return Pipeline([node(ees_avg_readtime, inputs, "app.ees_avg_readtime", name="ees_avg_readtime")])


def ees_avg_readtime(publication_titles: DataFrame, ees_pub_pages: DataFrame, state: TableState) -> pa.Table:
    """One row is a publication with the seconds that its page takes to read, of several pages the longest.

    The table's present rows (``state``) stay where no page has been ingested yet. A warning names the publications
    without a reading time: the dashboard shows an error for them.
    """
    titles = publication_titles.withColumnRenamed("publication", "title")
    times = _reading_times(ees_pub_pages, titles, state)
    without = set(titles.toArrow()["title"].to_pylist()) - set(times["title"].to_pylist())
    if without:
        logger.warning(
            "ees_avg_readtime: no page is known of %s, so the dashboard shows an error in place of the reading time of: %s.",
            counted(len(without), "publication"), "; ".join(sorted(without)),
        )  # fmt: skip
    return times


def _reading_times(ees_pub_pages: DataFrame, titles: DataFrame, state: TableState) -> pa.Table:
    if ees_pub_pages.isEmpty():
        logger.warning(
            "ees_avg_readtime: raw.ees_pub_pages has no rows yet, so the reading times stay as they were. "
            "`kedro run --pipelines ingest_website` fills it."
        )
        return state.rows()
    seconds = F.col("words") / WORDS_PER_MINUTE * 60 + SECONDS_PER_IMAGE * F.col("images")
    times = ees_pub_pages.select("slug", seconds.alias("avg_read_time")).join(titles, "slug")
    return first_rows(times, ["title"], [F.desc("avg_read_time"), F.asc("slug")]).toArrow()

"""Universal Analytics and Google Analytics 4: where the one ends and the other begins."""

import datetime as dt

from pyspark.sql import DataFrame
from pyspark.sql import functions as F


def until(rows: DataFrame, last_day: dt.date | None) -> DataFrame:
    """The rows up to and including a day; all of them where there is no such day."""
    return rows if last_day is None else rows.where(F.col("date") <= F.lit(last_day))


def shared_days(universal: DataFrame, ga4: DataFrame) -> DataFrame:
    """The days that both eras cover: one row is one day whose numbers are added.

    Args:
        universal: Rows of Universal Analytics, already cut at its last day.
        ga4: Rows of Google Analytics 4.
    """
    days = universal.select("date").intersect(ga4.select("date"))
    return days.select(F.col("date").cast("date")).orderBy("date")

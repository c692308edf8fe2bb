"""``app.ees_service_summary``: the whole service, day by day."""

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from ees_analytics.parameters.universal_analytics import UniversalAnalytics
from ees_analytics.transforms.eras import until
from ees_analytics.transforms.rounding import ratio_to_one_decimal

_AVERAGED_ROWS = 7


def ees_service_summary(
    ees_ua_service_summary: DataFrame,
    ees_ga4_service_summary: DataFrame,
    universal_analytics: UniversalAnalytics,
) -> DataFrame:
    """One row is one day of the whole service, Universal Analytics and GA4 added.

    Moving averages run over the days that are there, not over calendar days.
    """
    universal = until(ees_ua_service_summary, universal_analytics.last_day).select(
        "date", "pageviews", "sessions", F.col("avg_session_duration").alias("duration")
    )
    ga4 = ees_ga4_service_summary.select(
        "date",
        F.col("screenPageViews").cast("double").alias("pageviews"),
        F.col("sessions").cast("double").alias("sessions"),
        F.col("averageSessionDuration").alias("duration"),
    )
    days = _add_by_day(universal.unionByName(ga4))
    return days.select(
        F.col("date").cast("date"),
        F.col("pageviews").cast("double"),
        F.col("sessions").cast("double"),
        ratio_to_one_decimal(F.col("seconds"), F.col("timed_sessions")).alias("averageSessionDuration"),
        _moving_average("pageviews").alias("pageviews_avg7"),
        _moving_average("sessions").alias("sessions_avg7"),
        ratio_to_one_decimal(F.col("pageviews"), F.col("sessions")).alias("pagesPerSession"),
    )


def _add_by_day(rows: DataFrame) -> DataFrame:
    """Add the eras. Seconds are added as decimals: a sum of doubles depends on the order of the rows.

    Their sum becomes a double by way of text: the embedded engine makes 239049.99999999997 of the decimal 239050.
    """
    exact_sessions = F.col("sessions").cast("decimal(18,9)")
    seconds = F.sum(F.col("duration").cast("decimal(18,9)") * exact_sessions)
    return rows.groupBy("date").agg(
        F.sum("pageviews").alias("pageviews"),
        F.sum("sessions").alias("sessions"),
        seconds.cast("string").cast("double").alias("seconds"),
        F.sum(F.when(F.col("duration").isNotNull(), F.col("sessions"))).alias("timed_sessions"),
    )


def _moving_average(column: str) -> Column:
    by_day = Window.partitionBy(F.lit(1)).orderBy("date")  # a few thousand days: one partition on purpose
    window = by_day.rowsBetween(1 - _AVERAGED_ROWS, Window.currentRow)
    is_full = F.row_number().over(by_day) >= _AVERAGED_ROWS
    return F.when(is_full, ratio_to_one_decimal(F.sum(column).over(window), F.lit(_AVERAGED_ROWS)))

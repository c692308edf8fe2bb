"""The whole service, day by day."""

from kedro.pipeline import Pipeline
from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from ees_analytics.parameters.rules import UniversalAnalytics
from ees_analytics.pipelines.reporting.tables import table_node
from ees_analytics.transforms.distinct import grouped
from ees_analytics.transforms.joins import both_eras
from ees_analytics.transforms.sums import exact_sum

_AVERAGED_ROWS = 7


def create_pipeline() -> Pipeline:
    """One node, one table."""
    return Pipeline(
        [
            table_node(ees_service_summary),
        ]
    )


def ees_service_summary(
    ees_ua_service_summary: DataFrame,
    ees_ga4_service_summary: DataFrame,
    universal_analytics: UniversalAnalytics,
) -> DataFrame:
    """One row is one day of the whole service, Universal Analytics and GA4 added.

    Moving averages are over seven rows, not over calendar days.
    """
    columns = ["date", "pageviews", "sessions", "averageSessionDuration"]
    eras = both_eras(ees_ua_service_summary, ees_ga4_service_summary, universal_analytics.last_day, columns)
    return _add_by_day(eras).select(
        "date",
        "pageviews",
        "sessions",
        ratio_to_one_decimal(F.col("seconds"), F.col("timed_sessions")).alias("averageSessionDuration"),
        _moving_average("pageviews").alias("pageviews_avg7"),
        _moving_average("sessions").alias("sessions_avg7"),
        ratio_to_one_decimal(F.col("pageviews"), F.col("sessions")).alias("pagesPerSession"),
    )


def _add_by_day(rows: DataFrame) -> DataFrame:
    """One row is a day, both eras added. Seconds are decimals: a sum of doubles depends on the order of the rows.

    Their sum becomes a double by way of text: Sail casts the decimal 239050 to 239049.99999999997.
    """
    duration, sessions = (
        F.col(name).cast("decimal(18,9)") for name in ("averageSessionDuration", "sessions")
    )
    seconds = F.sum(duration * sessions)
    return grouped(rows, ["date"]).agg(
        exact_sum(F.col("pageviews")).alias("pageviews"),
        exact_sum(F.col("sessions")).alias("sessions"),
        seconds.cast("string").cast("double").alias("seconds"),
        exact_sum(F.when(F.col("averageSessionDuration").isNotNull(), F.col("sessions"))).alias(
            "timed_sessions"
        ),
    )


def _moving_average(column: str) -> Column:
    by_day = Window.partitionBy(F.lit(1)).orderBy("date")  # a few thousand days: one partition on purpose
    window = by_day.rowsBetween(1 - _AVERAGED_ROWS, Window.currentRow)
    is_full = F.row_number().over(by_day) >= _AVERAGED_ROWS
    return F.when(is_full, ratio_to_one_decimal(F.sum(column).over(window), F.lit(_AVERAGED_ROWS)))


def ratio_to_one_decimal(numerator: Column, denominator: Column) -> Column:
    """Divide and round half up to one decimal in one step; null where the denominator is 0 or null.

    Rounding the quotient itself would round twice: 9/20 and 0.45 are not the same double. The engines' own
    ``round`` differs on such halves; ``floor`` does not.
    """
    over, under = numerator.cast("double"), F.nullif(denominator.cast("double"), F.lit(0.0))
    return F.floor((over * 20 + under) / (under * 2)).cast("double") / 10

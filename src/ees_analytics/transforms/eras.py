"""Universal Analytics and Google Analytics 4 together."""

import datetime as dt
from collections.abc import Sequence

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

_NAMES = {
    "eventAction": "eventName",
    "totalEvents": "eventCount",
    "deviceCategory": "device",
    "sessionSource": "source",
    "sessionMedium": "medium",
    "screenPageViews": "pageviews",
    "avg_session_duration": "averageSessionDuration",
}
"""Columns that have another name in one of the eras, or in the app tables."""


def both_eras(
    universal: DataFrame, ga4: DataFrame, last_day: dt.date | None, columns: Sequence[str]
) -> DataFrame:
    """The rows of both eras, not added up.

    Args:
        universal: Rows of Universal Analytics, with a ``date``.
        ga4: Rows of Google Analytics 4.
        last_day: The last day of Universal Analytics that counts; None for all of it.
        columns: The columns to keep, under the names of the app tables.
    """
    if last_day is not None:
        universal = universal.where(F.col("date") <= F.lit(last_day))
    eras = [era.withColumnsRenamed(_NAMES).select(*columns) for era in (universal, ga4)]
    return eras[0].unionByName(eras[1])

"""The events of Universal Analytics and Google Analytics 4, under the names of the latter."""

import datetime as dt

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from ees_analytics.parameters.rules import EventRules
from ees_analytics.transforms.eras import until

_COLUMNS = ("date", "pagePath", "eventName", "eventLabel", "eventCategory", "eventCount")


def both_eras(ees_ua_events: DataFrame, ees_ga4_events: DataFrame, last_day: dt.date | None) -> DataFrame:
    """The events of both eras; every table sums what it makes of them.

    Args:
        ees_ua_events: Events of Universal Analytics.
        ees_ga4_events: Events of Google Analytics 4.
        last_day: The last day of Universal Analytics that counts, None for all of it.
    """
    universal = until(ees_ua_events, last_day).withColumnsRenamed(
        {"eventAction": "eventName", "totalEvents": "eventCount"}
    )
    return universal.select(*_COLUMNS).unionByName(ees_ga4_events.select(*_COLUMNS))


def counted(events: DataFrame, rules: EventRules) -> DataFrame:
    """The events whose names the rules list."""
    name = F.col("eventName")
    listed = name.isin(*rules.events)
    for prefix in rules.event_prefixes:
        listed = listed | name.startswith(F.lit(prefix))
    return events.where(listed)

"""The key ``universal_analytics`` of `conf/base/parameters_rules.yml`."""

import datetime as dt

from ees_analytics.parameters.model import Parameters


class UniversalAnalytics(Parameters):
    """Where the frozen series ends.

    Attributes:
        last_day: The last day of Universal Analytics that any table counts; unset counts all of it.
    """

    last_day: dt.date | None = None

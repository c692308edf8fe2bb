"""Google Analytics 4: one row is the whole service on one day."""

from ees_analytics.contracts import ga4_columns as ga4
from ees_analytics.contracts.contract import DOUBLE, INT, Column, TableContract

CONTRACT = TableContract(
    __name__,
    __doc__,
    columns=[
        ga4.DAY,
        Column("users", INT, "GA4 activeUsers (an estimate)", minimum=0),
        Column("averageSessionDuration", DOUBLE, "Mean length of a session in seconds", minimum=0),
        Column(
            "engagedSessions", INT, "Sessions over 10 seconds, with a key event or two page views", minimum=0
        ),
        Column("screenPageViews", INT, "Page views", minimum=0),
        Column("screenPageViewsPerSession", DOUBLE, "Page views per session", minimum=0),
        Column("sessions", INT, "Sessions (an estimate)", minimum=0),
        Column("userEngagementDuration", DOUBLE, "Seconds the site was in the foreground", minimum=0),
    ],
    key=["date"],
    slice_column="date",
)

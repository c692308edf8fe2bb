"""The columns that several Google Analytics 4 tables share."""

from ees_analytics.contracts.contract import DATE, DOUBLE, STRING, Column

DAY = Column("date", DATE, "Day in the property's time zone (Europe/London)")
PAGE_PATH = Column("pagePath", STRING, "Path of the page, without host and query")
PAGEVIEWS = Column("pageviews", DOUBLE, "GA4 screenPageViews", minimum=0)
SESSIONS = Column("sessions", DOUBLE, "Sessions (an estimate; parts need not sum to totals)", minimum=0)
ENGAGEMENT = Column("userEngagementDuration", DOUBLE, "Seconds the page was in the foreground", minimum=0)
BOUNCE_RATE = Column("bounceRate", DOUBLE, "Share of sessions that were not engaged, 0 to 1", minimum=0)

TRAFFIC = (
    Column("users", DOUBLE, "GA4 totalUsers (an estimate)", minimum=0),
    Column("newUsers", DOUBLE, "First-time users (an estimate)", minimum=0),
    PAGEVIEWS,
    SESSIONS,
    ENGAGEMENT,
    Column(
        "avgTimeOnPage",
        DOUBLE,
        "userEngagementDuration / pageviews in seconds; null where pageviews is 0",
        nullable=True,
        minimum=0,
    ),
    BOUNCE_RATE,
)
"""The metrics of a page by device and browser, or by source and medium."""

"""The columns that several Universal Analytics tables share. The tables are frozen: any value may be missing."""

from ees_analytics.contracts.contract import DATE, DOUBLE, STRING, Column

DAY = Column("date", DATE, "Day", nullable=True)
PAGE_PATH = Column("pagePath", STRING, "Path of the page", nullable=True)
PAGEVIEWS = Column("pageviews", DOUBLE, "Page views", nullable=True)
SESSIONS = Column("sessions", DOUBLE, "Sessions", nullable=True)

TRAFFIC = (
    PAGEVIEWS,
    SESSIONS,
    Column("avgTimeOnPage", DOUBLE, "Mean seconds on the page", nullable=True),
    Column("bounceRate", DOUBLE, "Share of sessions that saw one page only", nullable=True),
)
"""The metrics of a page by device and browser, or by source and medium."""

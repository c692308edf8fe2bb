"""The columns that several app tables share."""

from ees_analytics.contracts.contract import DATE, DOUBLE, STRING, Column


def page_type(rules: str, *, listed: bool = False) -> Column:
    """The column of the page type.

    Args:
        rules: The rule list in conf that decides it.
        listed: True where the table keeps only the page types that conf lists for it.
    """
    unclassified = "" if listed else "; Unclassified where no rule matches"
    return Column("page_type", STRING, f"Type of page (rules: {rules}){unclassified}")


def event_count(what: str) -> Column:
    """The column of the number of events, from both eras."""
    return Column("eventCount", DOUBLE, f"{what}, UA and GA4 added", minimum=0)


DAY = Column("date", DATE, "Day")
PUBLICATION = Column("publication", STRING, "Title-cased title")
PUBLICATION_OR_NULL = Column(
    "publication", STRING, "Title-cased title; null where the path's slug is not known", nullable=True
)

_EVENT_LABEL = Column(
    "eventLabel", STRING, "Label of the event, cut at 100 characters at the source", nullable=True
)
ACCORDIONS = (_EVENT_LABEL, event_count("How often it was opened"))
SEARCHES = (_EVENT_LABEL, event_count("Searches"))
DOWNLOADS = (
    page_type("downloads.page_type"),
    Column(
        "download_type",
        STRING,
        "Kind of download (rules: downloads.download_type); Unclassified where no rule matches",
    ),
    _EVENT_LABEL,
    event_count("Downloads"),
)

DEVICE_BROWSER = (
    Column("device", STRING, "Device category", nullable=True),
    Column("browser", STRING, "Browser name", nullable=True),
)
SOURCE_MEDIUM = (
    Column("source", STRING, "Where the sessions came from", nullable=True),
    Column("medium", STRING, "How they came", nullable=True),
)
TRAFFIC = (
    Column("pageviews", DOUBLE, "Page views, UA and GA4 added", minimum=0),
    Column("sessions", DOUBLE, "Sessions, UA and GA4 added", minimum=0),
)
TIME_ON_PAGE = (
    Column("pageviews", DOUBLE, "Page views, GA4", minimum=0),
    Column("sessions", DOUBLE, "Sessions, GA4", minimum=0),
    Column("engagementDuration", DOUBLE, "Seconds of engagement, all users together", minimum=0),
)

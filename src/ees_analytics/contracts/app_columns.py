"""The columns that several app tables share."""

from ees_analytics.contracts.contract import DATE, STRING, Column

DAY = Column("date", DATE, "Day")
PUBLICATION = Column("publication", STRING, "Title-cased title")
PUBLICATION_OR_NULL = Column(
    "publication", STRING, "Title-cased title; null where the path's slug is not known", nullable=True
)
EVENT_LABEL = Column(
    "eventLabel", STRING, "Label of the event, cut at 100 characters at the source", nullable=True
)


def page_type(rules: str, *, listed: bool = False) -> Column:
    """The column of the page type.

    Args:
        rules: The rule list in conf that decides it.
        listed: True where the table keeps only the page types that conf lists for it.
    """
    unclassified = "" if listed else "; Unclassified where no rule matches"
    return Column("page_type", STRING, f"Type of page (rules: {rules}){unclassified}")

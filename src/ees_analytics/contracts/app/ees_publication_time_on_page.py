"""``analytics_app.ees_publication_time_on_page``: the time spent on one page type of one publication on one day."""

from ees_analytics.contracts.checks import NotNegative
from ees_analytics.contracts.contract import Column, ColumnType, TableContract

CONTRACT = TableContract(
    schema="analytics_app",
    name="ees_publication_time_on_page",
    description="One row is the time spent on one page type of one publication on one day.",
    columns=[
        Column("date", ColumnType.DATE, "Day"),
        Column("publication", ColumnType.STRING, "Title-cased title"),
        Column("page_type", ColumnType.STRING, "Type of page (rules: page_type_by_path)"),
        Column("pageviews", ColumnType.DOUBLE, "Page views, GA4"),
        Column("sessions", ColumnType.DOUBLE, "Sessions, GA4"),
        Column("engagementDuration", ColumnType.DOUBLE, "Seconds of engagement, all users together"),
    ],
    key=["date", "publication", "page_type"],
    checks=[NotNegative(["pageviews", "sessions", "engagementDuration"])],
)

"""``analytics_app.ees_publication_summary``: one publication on one day, also where nothing happened."""

from ees_analytics.contracts.checks import NotNegative
from ees_analytics.contracts.contract import Column, ColumnType, TableContract

CONTRACT = TableContract(
    schema="analytics_app",
    name="ees_publication_summary",
    description="One row is one publication on one day, also where nothing happened.",
    columns=[
        Column("date", ColumnType.DATE, "Day"),
        Column("publication", ColumnType.STRING, "Title-cased title"),
        Column("pageviews", ColumnType.DOUBLE, "Page views of its release pages, UA and GA4 added"),
        Column("sessions", ColumnType.DOUBLE, "Sessions of its release pages, UA and GA4 added"),
        Column("total_session_starts", ColumnType.DOUBLE, "Sessions that began on its release pages"),
        Column("total_accordion_events", ColumnType.DOUBLE, "Accordions opened on its release pages"),
        Column("total_download_events", ColumnType.DOUBLE, "Downloads of its files"),
        Column("total_featured_tables", ColumnType.DOUBLE, "Openings of its featured tables"),
        Column("total_search_events", ColumnType.DOUBLE, "Searches on its release pages"),
        Column("total_tables_created", ColumnType.DOUBLE, "Tables created from its data"),
    ],
    key=["date", "publication"],
    checks=[
        NotNegative(
            [
                "pageviews",
                "sessions",
                "total_session_starts",
                "total_accordion_events",
                "total_download_events",
                "total_featured_tables",
                "total_search_events",
                "total_tables_created",
            ]
        )
    ],
)

"""``analytics_app.ees_publication_time_on_page``: the time spent on one page type of one publication on one day."""

from ees_analytics.contracts.app_columns import DAY, PUBLICATION, page_type
from ees_analytics.contracts.contract import DOUBLE, Column, TableContract

CONTRACT = TableContract(
    schema="analytics_app",
    name="ees_publication_time_on_page",
    description="One row is the time spent on one page type of one publication on one day.",
    columns=[
        DAY,
        PUBLICATION,
        page_type("page_type_by_path", listed=True),
        Column("pageviews", DOUBLE, "Page views, GA4", minimum=0),
        Column("sessions", DOUBLE, "Sessions, GA4", minimum=0),
        Column("engagementDuration", DOUBLE, "Seconds of engagement, all users together", minimum=0),
    ],
    key=["date", "publication", "page_type"],
)

"""``analytics_raw.ees_ga4_hourly``: Google Analytics 4, the sessions that began in one hour of one day."""

from ees_analytics.contracts.checks import NotNegative
from ees_analytics.contracts.contract import Column, ColumnType, TableContract

CONTRACT = TableContract(
    schema="analytics_raw",
    name="ees_ga4_hourly",
    description="Google Analytics 4: one row is the sessions that began in one hour of one day.",
    columns=[
        Column("date", ColumnType.DATE, "Day in the property's time zone (Europe/London)"),
        Column("hour", ColumnType.DOUBLE, "Hour of the day, 0 to 23"),
        Column("sessions", ColumnType.DOUBLE, "Sessions (an estimate)"),
    ],
    key=["date", "hour"],
    slice_column="date",
    checks=[NotNegative(["sessions", "hour"])],
)

"""``analytics_raw.ees_ga4_hourly``: Google Analytics 4, the sessions that began in one hour of one day."""

from ees_analytics.contracts.contract import DATE, DOUBLE, Column, TableContract

CONTRACT = TableContract(
    schema="analytics_raw",
    name="ees_ga4_hourly",
    description="Google Analytics 4: one row is the sessions that began in one hour of one day.",
    columns=[
        Column("date", DATE, "Day in the property's time zone (Europe/London)"),
        Column("hour", DOUBLE, "Hour of the day, 0 to 23", minimum=0),
        Column("sessions", DOUBLE, "Sessions (an estimate)", minimum=0),
    ],
    key=["date", "hour"],
    slice_column="date",
)

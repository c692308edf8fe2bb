"""Google Analytics 4: one row is the sessions that began in one hour of one day."""

from ees_analytics.contracts import ga4_columns as ga4
from ees_analytics.contracts.contract import DOUBLE, Column, TableContract

CONTRACT = TableContract(
    __name__,
    __doc__,
    columns=[ga4.DAY, Column("hour", DOUBLE, "Hour of the day, 0 to 23", minimum=0), ga4.SESSIONS],
    key=["date", "hour"],
    slice_column="date",
)

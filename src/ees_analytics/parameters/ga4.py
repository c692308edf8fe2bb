"""The Google Analytics 4 property and the reports that are asked of it (`conf/*/parameters*.yml`, `globals_ga4.yml`)."""

from __future__ import annotations

import datetime as dt

from pydantic import Field, model_validator

from ees_analytics.parameters.model import Parameters

MAX_DIMENSIONS, MAX_METRICS, MAX_PAGE_ROWS = 9, 10, 250_000
"""What one request of the Data API may ask for."""


class Ga4Report(Parameters):
    """One report, which fills one table.

    Attributes:
        dimensions: API name to column; together they are the table's key. ``date`` is one of them.
        metrics: API name to column.
        ratios: Columns that are not fetched: column to [numerator column, denominator column]; null where the
            denominator is 0.
    """

    dimensions: dict[str, str] = Field(min_length=1, max_length=MAX_DIMENSIONS)
    metrics: dict[str, str] = Field(min_length=1, max_length=MAX_METRICS)
    ratios: dict[str, tuple[str, str]] = {}

    @property
    def columns(self) -> list[str]:
        """Every column that the report fills."""
        return [*self.dimensions.values(), *self.metrics.values(), *self.ratios]

    @model_validator(mode="after")
    def _check(self) -> Ga4Report:
        if "date" not in self.dimensions:
            raise ValueError("a report needs the dimension `date`: its table is filled day by day")
        if repeated := sorted({name for name in self.columns if self.columns.count(name) > 1}):
            raise ValueError(f"two entries fill the column(s) {repeated}; name each column once")
        fetched = set(self.metrics.values())
        if unknown := sorted({name for pair in self.ratios.values() for name in pair} - fetched):
            raise ValueError(
                f"a ratio is made of {unknown}, which is no column of a metric; there are {sorted(fetched)}"
            )
        return self


class Ga4(Parameters):
    """How Google Analytics 4 is ingested.

    Attributes:
        property: The property's number.
        lag_days: A day is complete this many days later.
        first_day: No day before it is asked for.
        time_zone: The property's time zone, in which its days begin; an answer of another one is set aside.
        reports: Table to report.
        page_rows: Rows a request may return (at most 250,000).
        days_in_flight: How many days of a table are fetched at once.
        tries_per_day: How often a day is fetched whose pages did not fit together.
        restate_days: How many of the newest days are fetched again although they are in the table.
    """

    property: str = Field(pattern=r"^\d+$")
    lag_days: int = Field(2, ge=0)
    first_day: dt.date
    time_zone: str = "Europe/London"
    reports: dict[str, Ga4Report]
    page_rows: int = Field(MAX_PAGE_ROWS, ge=1, le=MAX_PAGE_ROWS)
    days_in_flight: int = Field(3, ge=1, le=10)
    tries_per_day: int = Field(3, ge=1)
    restate_days: int = Field(0, ge=0)

"""The Google Analytics 4 property and its reports (`conf/base/parameters_ga4.yml`, `globals_ga4.yml`)."""

from __future__ import annotations

from pydantic import Field, model_validator

from ees_analytics.parameters.model import Parameters

MAX_DIMENSIONS, MAX_METRICS, MAX_PAGE_ROWS = 9, 10, 250_000
"""The limits of one request to the Data API."""


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
                f"a ratio is made of {unknown}, which is not a column of a metric; there are {sorted(fetched)}"
            )
        return self


class Ga4(Parameters):
    """How responses of Google Analytics 4 become rows.

    Attributes:
        time_zone: The property's time zone, in which its days begin; a response in another one stops the source.
        reports: Table to report.
        tries_per_day: How often a day is fetched whose pages did not fit together.
    """

    time_zone: str = "Europe/London"
    reports: dict[str, Ga4Report]
    tries_per_day: int = Field(3, ge=1)

"""How responses of Google become rows (`conf/base/parameters_{ga4,search_console}.yml`, `globals_ga4.yml`)."""

from typing import Self

from pydantic import Field, PositiveFloat, PositiveInt, model_validator

from ees_analytics.parameters.model import Parameters

MAX_DIMENSIONS, MAX_METRICS, MAX_PAGE_ROWS = 9, 10, 250_000
"""The limits of one request to Google Analytics' Data API."""


class ResponseLimits(Parameters):
    """The most that a response may have (``google_limits`` in `globals.yml`); a larger one is a failure of its day."""

    max_rows: PositiveInt = Field(2_000_000, description="Rows of a day of Google Analytics.")
    max_bytes: PositiveInt = Field(128_000_000, description="Bytes of its body, packed or not.")
    max_seconds: PositiveFloat = Field(300, description="The most time it may take, head and body.")


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
    def _check(self) -> Self:
        if "date" not in self.dimensions:
            raise ValueError("a report needs the dimension `date`: its table is filled day by day")
        if repeated := sorted({name for name in self.columns if self.columns.count(name) > 1}):
            raise ValueError(f"two entries fill the column(s) {repeated}; name each column once")
        fetched = sorted(self.metrics.values())
        if unknown := {name for pair in self.ratios.values() for name in pair}.difference(fetched):
            raise ValueError(
                f"no metric fills {sorted(unknown)}, which a ratio is made of; metrics fill {fetched}"
            )
        return self


class SearchConsole(Parameters):
    """Key ``search_console``."""

    tries_per_day: PositiveInt = Field(3, description="Tries to fetch a day whose pages do not fit together.")


class Ga4(SearchConsole):
    """Key ``ga4``: as ``search_console``, and the reports by table."""

    time_zone: str = Field("Europe/London", description="A response in another is refused.")
    reports: dict[str, Ga4Report]

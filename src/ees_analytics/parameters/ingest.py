"""Models of ``conf/base/parameters.yml`` and ``parameters_ingest.yml``."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import ClassVar

from pydantic import Field, model_validator

from ees_analytics.parameters.dates import months_before
from ees_analytics.parameters.model import Parameters


class IngestRange(Parameters):
    """The days and table that a run reads.

    Attributes:
        run_date: The day of the run in Europe/London; sources are complete some days before it.
        first_day: No slice before this day is fetched; unset: each source's own first day.
        from_day: First day of a range that is read again by hand (``--params from=…``).
        to_day: Last day of that range (``--params to=…``).
        table: The one table that the range is meant for; unset: all.
    """

    run_date: dt.date
    first_day: dt.date | None = None
    from_day: dt.date | None = Field(default=None, alias="from")
    to_day: dt.date | None = Field(default=None, alias="to")
    table: str | None = None

    @model_validator(mode="after")
    def _range_is_whole(self) -> IngestRange:
        if (self.from_day is None) != (self.to_day is None):
            raise ValueError("give both `from` and `to`: --params from=2026-01-01,to=2026-01-31")
        if self.table and not self.from_day:
            raise ValueError("`table` is the table whose range is read again: give `from` and `to`, too")
        if self.from_day and self.to_day and self.from_day > self.to_day:
            raise ValueError(f"`from` ({self.from_day}) is after `to` ({self.to_day})")
        return self


class DailyCalendar(Parameters):
    """The days that a daily table should have, and how they are read.

    Attributes:
        first_day: The source's first day.
        lag_days: A day is complete this many days later.
        restate_days: This many of the newest days are read again in every run; 0: none.
        max_shrink: A day that is read again may lose this share of its rows, not more (0.1 is 10%).
        empty_is_final_after_days: A day without rows is final this many days before the run date.
        history_months: The source deletes a day after this many months; unset: it keeps all.
        expiry_warning_days: A missing day is reported when the source deletes it within this many days.
    """

    RENAMED: ClassVar[Mapping[str, str]] = {"believe_empty_days": "empty_is_final_after_days"}

    first_day: dt.date
    lag_days: int = Field(ge=0)
    restate_days: int = Field(default=0, ge=0)
    max_shrink: float = Field(default=0.1, ge=0, le=1)
    empty_is_final_after_days: int = Field(default=4, ge=0)
    history_months: int | None = Field(default=None, gt=0)
    expiry_warning_days: int = Field(default=30, ge=0)

    def empty_is_final(self, day: str, run_date: dt.date) -> bool:
        """Whether a day without rows stays so; a more recent one may not be published yet."""
        return day <= (run_date - dt.timedelta(days=self.empty_is_final_after_days)).isoformat()

    def oldest_day(self, run_date: dt.date) -> dt.date | None:
        """The oldest day that the source still has; None where it keeps all."""
        return months_before(run_date, self.history_months) if self.history_months else None


class LoadLimits(Parameters):
    """How much one commit may hold; more slices are committed in several.

    Attributes:
        max_rows: Rows of one commit, unless a single slice has more.
        max_slices: Slices of one commit.
    """

    max_rows: int = Field(default=400_000, gt=0)
    max_slices: int = Field(default=60, gt=0)

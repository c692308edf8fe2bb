"""The days of a run and of a daily table, and the size of a commit (`conf/*/parameters*.yml`)."""

import calendar
import datetime as dt
from collections.abc import Iterable, Mapping
from typing import ClassVar, Self

from pydantic import Field, NonNegativeInt, PositiveInt, model_validator

from ees_analytics.parameters.model import Parameters


def as_date(value: str | dt.date) -> dt.date:
    """Read an ISO date; YAML makes a date of it, ``--params`` leaves it as text."""
    return value if isinstance(value, dt.date) else dt.date.fromisoformat(value)


def months_before(day: dt.date, months: int) -> dt.date:
    """The same day a number of months earlier, or the last of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return dt.date(year, month + 1, min(day.day, last))


class IngestRange(Parameters):
    """The days and table that a run reads."""

    run_date: dt.date = Field(description="In Europe/London; sources are complete some days before it.")
    first_day: dt.date | None = Field(None, description="No slice before this day is fetched.")
    from_day: dt.date | None = Field(None, alias="from", description="First day to read again, by hand.")
    to_day: dt.date | None = Field(None, alias="to", description="Last day to read again.")
    table: str | None = Field(None, description="The one table that the range is meant for; unset: all.")

    @model_validator(mode="after")
    def _range_is_whole(self) -> Self:
        if (self.from_day is None) != (self.to_day is None):
            raise ValueError("give both `from` and `to`: --params from=2026-01-01,to=2026-01-31")
        if self.table and not self.from_day:
            raise ValueError("`table` is the table whose range is read again: give `from` and `to`, too")
        if self.from_day and self.to_day and self.from_day > self.to_day:
            raise ValueError(f"`from` ({self.from_day}) is after `to` ({self.to_day})")
        return self


class DailyCalendar(Parameters):
    """The days that a daily table should have, and how they are read."""

    RENAMED: ClassVar[Mapping[str, str]] = {"believe_empty_days": "empty_is_final_after_days"}

    first_day: dt.date = Field(description="The source's first day.")
    lag_days: NonNegativeInt = Field(description="A day is complete this many days later.")
    restate_days: NonNegativeInt = Field(0, description="Newest days that each run reads again.")
    max_shrink: float = Field(0.1, ge=0, le=1, description="Share of its rows that a day may lose.")
    empty_is_final_after_days: NonNegativeInt = Field(4, description="Days until an empty day is final.")
    history_months: PositiveInt | None = Field(None, description="Age at which the source deletes days.")
    expiry_warning_days: NonNegativeInt = Field(30, description="Days before that, to warn of a missing day.")

    def empty_is_final(self, day: str, run_date: dt.date) -> bool:
        """Whether a day without rows stays so; a more recent one may not be published yet."""
        return day <= (run_date - dt.timedelta(days=self.empty_is_final_after_days)).isoformat()

    def newest_day(self, run_date: dt.date) -> dt.date:
        """The newest day that is complete."""
        return run_date - dt.timedelta(days=self.lag_days)

    def oldest_day(self, run_date: dt.date) -> dt.date | None:
        """The oldest day that the source still has; None where it keeps all."""
        return months_before(run_date, self.history_months) if self.history_months else None


class DeclaredDays(Parameters):
    """Days of one table that a person vouches for."""

    table: str
    from_day: dt.date = Field(alias="from")
    to_day: dt.date = Field(alias="to")
    reason: str = Field(min_length=1)

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.from_day > self.to_day:
            raise ValueError(f"`from` ({self.from_day}) is after `to` ({self.to_day})")
        return self


class KnownDays(Parameters):
    """Key ``known_days``: what a person knows of days, and the source cannot show."""

    known_empty: list[DeclaredDays] = Field([], description="Days without rows, such as a long outage.")
    known_gaps: list[DeclaredDays] = Field([], description="Days that are lost, in whole or in part.")
    accept_days: str | None = Field(None, description="`<table>:<day>+…`: to take as the source has them.")
    accepted_by: str = Field("a person", description="Who accepts them: a user or a job.")

    @model_validator(mode="after")
    def _check_accepted(self) -> Self:
        for entry in self._accepted_entries():
            try:
                dt.date.fromisoformat(entry.partition(":")[2])
            except ValueError:
                raise ValueError(
                    f"accept_days: {entry!r} is not `<table>:<day>`, for example ees_ga4_page:2026-06-24"
                ) from None
        return self

    def accepted(self, table: str) -> dict[str, str]:
        """The days of a table for which this run takes what the source has, to who accepts them."""
        entries = (entry.partition(":") for entry in self._accepted_entries())
        return {day: self.accepted_by for name, _, day in entries if name == table}

    def tables(self, field: str) -> list[str]:
        """The tables that one of the fields names."""
        if field == "accept_days":
            return [entry.partition(":")[0] for entry in self._accepted_entries()]
        return [entry.table for entry in getattr(self, field)]

    def _accepted_entries(self) -> list[str]:
        return [entry.strip() for entry in (self.accept_days or "").split("+") if entry.strip()]


def declared_days(declared: Iterable[DeclaredDays], table: str) -> dict[str, str]:
    """The declared days of a table, each with the reason."""
    return {
        day: entry.reason
        for entry in declared
        if entry.table == table
        for day in days_between(entry.from_day, entry.to_day)
    }


def days_between(first: dt.date, last: dt.date) -> list[str]:
    """ISO dates from the first to the last day, both included; none where the last is before the first."""
    return [(first + dt.timedelta(days=n)).isoformat() for n in range((last - first).days + 1)]


class LoadLimits(Parameters):
    """How much one commit may hold; more slices are committed in several."""

    max_rows: PositiveInt = Field(400_000, description="Rows of one commit, unless a single slice has more.")
    max_slices: PositiveInt = Field(60, description="Slices of one commit.")

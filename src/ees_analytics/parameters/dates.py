"""Dates as conf and the command line give them."""

import calendar
import datetime as dt


def as_date(value: str | dt.date) -> dt.date:
    """Read an ISO date; YAML makes a date of it, ``--params`` leaves it as text."""
    return value if isinstance(value, dt.date) else dt.date.fromisoformat(value)


def months_before(day: dt.date, months: int) -> dt.date:
    """The same day so many months earlier, or the last of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return dt.date(year, month + 1, min(day.day, last))

"""Dates as conf and the command line give them."""

import datetime as dt


def as_date(value: str | dt.date) -> dt.date:
    """Read an ISO date; YAML makes a date of it, ``--params`` leaves it as text."""
    return value if isinstance(value, dt.date) else dt.date.fromisoformat(value)

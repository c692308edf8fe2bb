"""The log files of the public API and of downloads (`conf/*/parameters_logs.yml`, `globals_logs.yml`)."""

from __future__ import annotations

import datetime as dt

from pydantic import Field, model_validator

from ees_analytics.parameters.model import Parameters


class LogTable(Parameters):
    """The files of one table. Names are shell patterns: ``*`` stands for anything.

    Attributes:
        root_names: Names of its files in the root folder.
        folder: A sub-folder of the root with further files; null: there is none.
        folder_names: Names of its files in that sub-folder.
    """

    root_names: str = Field(min_length=1)
    folder: str | None = Field(default=None, min_length=1, pattern=r"^[^/\\]+$")
    folder_names: str = Field(default="*", min_length=1)


class KnownOutage(Parameters):
    """Days for which no files will ever be delivered, and why.

    Attributes:
        first: The first day.
        last: The last day.
        reason: What happened, for the report.
    """

    first: dt.date
    last: dt.date
    reason: str = ""

    @model_validator(mode="after")
    def _in_order(self) -> KnownOutage:
        if self.first > self.last:
            raise ValueError(f"a known outage starts on {self.first} and ends before that, on {self.last}")
        return self


class LogSettings(Parameters):
    """What is expected of the log files (key ``logs``).

    Attributes:
        first_date: A file dated before this day is set aside.
        freshness_days: A table whose newest file is older causes a warning.
        known_outages: Missing days that nobody needs to look for.
    """

    first_date: dt.date = dt.date(2020, 1, 1)
    freshness_days: int = Field(default=5, ge=0)
    known_outages: tuple[KnownOutage, ...] = ()

"""The log files of the public API and of downloads (`conf/*/parameters_logs.yml`, `globals_logs.yml`)."""

import datetime as dt
from typing import Annotated, Self

from pydantic import Field, NonNegativeInt, PositiveInt, model_validator

from ees_analytics.parameters.model import Parameters


class LogTable(Parameters):
    """Where the files of one table are.

    Attributes:
        places: Paths of its files in the root folder, as ``<folder>/<name>`` or ``<name>``. The name is a shell
            pattern, whatever its case: ``*`` stands for anything.
        not_used: True where no files are expected: having none is not a failure then.
    """

    places: tuple[Annotated[str, Field(pattern=r"^([\w-]+/)*[^/\\]+$")], ...] = Field(min_length=1)
    not_used: bool = False


class LogFileLimits(Parameters):
    """The most that one log file may have; a larger one is set aside."""

    max_rows: PositiveInt = Field(1_000_000, description="Rows.")
    max_columns: PositiveInt = Field(100, description="Columns.")
    max_bytes: PositiveInt = Field(256_000_000, description="Bytes of its rows, unpacked and decoded.")


class KnownOutage(Parameters):
    """Days, from the first to the last, for which no files will ever be delivered, and why."""

    first: dt.date
    last: dt.date
    reason: str = Field("", description="What happened, for the report.")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.first > self.last:
            raise ValueError(f"a known outage starts on {self.first} and ends before that, on {self.last}")
        return self


class LogSettings(Parameters):
    """What is expected of the log files (key ``logs``)."""

    first_date: dt.date = Field(dt.date(2020, 1, 1), description="A file dated before this day is set aside.")
    freshness_days: NonNegativeInt = Field(5, description="Days; an older newest file is warned of.")
    known_outages: tuple[KnownOutage, ...] = Field((), description="Days that need no search.")

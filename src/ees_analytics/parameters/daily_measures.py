"""What ``app.ees_daily_measures`` counts (`conf/base/parameters_daily_measures.yml`)."""

import datetime as dt
from collections.abc import Iterable
from fnmatch import fnmatchcase

from pydantic import Field, NonNegativeInt, PositiveInt

from ees_analytics.parameters.model import Parameters
from ees_analytics.parameters.rules import Text

ROWS = "rows"
_EVENTS = "eventCount"
_FRIDAY = 4


class Predecessor(Parameters):
    """The source of what some tables have of the days before a day."""

    day: dt.date
    source: Text


class Source(Parameters):
    """Where the numbers of some tables come from."""

    source: Text = Field(description="Its name, as people see it.")
    tables: tuple[Text, ...] = Field(min_length=1, description="Its tables; `*` stands for any text.")
    lag_days: NonNegativeInt = Field(0, description="A day is complete this many days later.")
    weekdays_only: bool = Field(False, description="Saturdays and Sundays may have no data.")
    before: Predecessor | None = Field(None, description="The source of earlier days, where it had one.")

    def expected_day(self, run_date: dt.date) -> dt.date:
        """The day that the source should have in a run on this date: a table whose newest day is earlier is late."""
        day = run_date - dt.timedelta(days=self.lag_days)
        weekend = max(0, day.weekday() - _FRIDAY) if self.weekdays_only else 0
        return day - dt.timedelta(days=weekend)


class Headline(Parameters):
    """A chart at the top of the run report."""

    title: Text
    tables: tuple[Text, ...] = Field(min_length=1, description="Its tables, summed; `*` stands for any text.")
    measure: Text


class DailyMeasures(Parameters):
    """Key ``daily_measures``."""

    days: PositiveInt = Field(400, description="Days that it counts; charts and anomalies need some 80.")
    columns: dict[str, Text] = Field(description="Column to the measure that it is summed to.")
    events: dict[str, Text] = Field({}, description="App tables to the measure of their `eventCount`.")
    sources: tuple[Source, ...] = Field(
        min_length=1, description="The first that matches a table counts, or the last."
    )
    headlines: tuple[Headline, ...] = Field((), description="The charts at the top of the run report.")

    def measures(self, table: str, columns: Iterable[str]) -> dict[str, str]:
        """Measure to the column of a table that is summed to it; ``rows`` is not among them."""
        kind = next((kind for tables, kind in self.events.items() if fnmatchcase(table, tables)), None)
        named = self.columns | ({_EVENTS: kind} if kind else {})
        return {named[column]: column for column in columns if column in named}

    def source_of(self, table: str) -> Source:
        """The source of a table."""
        matching = (s for s in self.sources if any(fnmatchcase(table, name) for name in s.tables))
        return next(matching, self.sources[-1])

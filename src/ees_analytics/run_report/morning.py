"""What the page of a run shows of the days: headlines, a calendar and the freshness of each source, rows of each table."""

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from statistics import median
from typing import Any, NamedTuple, cast

import numpy as np
from kedro.io import DataCatalog
from markupsafe import Markup

from ees_analytics.console.text import counted, date_ranges, iso_day, values_by_key
from ees_analytics.contracts import all_contracts, contract_named
from ees_analytics.lake.table import TableDataset
from ees_analytics.parameters.anomalies import AnomalySettings
from ees_analytics.parameters.daily_measures import ROWS, DailyMeasures, Headline, Source
from ees_analytics.run_report.charts import Breaks, Days, calendar, columns, days_to, long_day, sparkline
from ees_analytics.run_report.facts import RunFacts

MEASURES, LEDGER = "app.ees_daily_measures", "raw.ees_ingest_ledger"
SIGNS = {"in": "✓", "estimated": "≈", "empty": "0", "set aside": "!", "missing": "✗", "not due": "·"}
"""State of a day of a source to its sign."""

_SERIOUS = ("missing", "set aside", "empty", "estimated")
_CHART_DAYS, _CALENDAR_WEEKS = 28, 12
_FLAGS = ("sampled", "thresholded", "other_row", "truncated", "capped")
_LATE_DAYS = 2
"""A source that is more days late than this is very late."""


class Panel(NamedTuple):
    """A headline: the newest complete day of a source, the same weekday before, and the chart."""

    title: str
    source: str
    day: dt.date
    value: float
    before: float | None
    usual: float | None
    weeks: int
    chart: Markup

    @property
    def first(self) -> dt.date:
        """The first day of the chart."""
        return days_to(self.day, _CHART_DAYS)[0]

    def change(self, past: float | None) -> str:
        """The change in percent from an earlier value, such as ``12% more``."""
        if not past:
            return ""
        share = round(100 * (self.value / past - 1))
        return f"{abs(share):,}% {'more' if share > 0 else 'less'}" if share else "the same"


class SourceDays(NamedTuple):
    """The freshness of a source (``light`` is ``on time``, ``late`` or ``very late``) and its calendar."""

    source: str
    light: str
    words: str
    calendar: Markup
    days: Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class Morning:
    """The charts; empty where the table of measures cannot be read."""

    panels: Sequence[Panel] = ()
    sources: Sequence[SourceDays] = ()
    rows: Mapping[str, Markup] = field(default_factory=dict)
    lights: Mapping[str, str] = field(default_factory=dict)
    """Freshness of each table with days, against its source's own lag."""


def read_morning(catalog: DataCatalog, run: RunFacts) -> Morning:
    """The charts of a run that wrote tables, from the newest days of the operational tables."""
    storage = cast(TableDataset, catalog[MEASURES]).storage
    if not run.tables or not run.run_date or not storage.exists():
        return Morning()
    conf = DailyMeasures.model_validate(catalog.load("params:daily_measures"))
    settings = AnomalySettings.model_validate(catalog.load("params:anomalies"))
    days = [str(day) for day in days_to(run.run_date, 7 * (settings.weeks + _CALENDAR_WEEKS))]
    found = storage.rows("date", days, columns=["date", "source", "table_name", "measure", "value"])
    ledger = cast(TableDataset, catalog[LEDGER]).storage
    wanted = ["table", "slice", "state", "recorded_at", *_FLAGS]
    entries = ledger.rows("slice", days, columns=wanted).to_pylist() if ledger.exists() else []
    return morning(found.to_pylist(), entries, run, conf, settings)


def morning(
    rows: Iterable[Mapping[str, Any]],
    ledger: Iterable[Mapping[str, Any]],
    run: RunFacts,
    conf: DailyMeasures,
    settings: AnomalySettings,
) -> Morning:
    """The charts.

    Args:
        rows: Rows of ``ees_daily_measures``.
        ledger: Rows of the ledger: table, slice, state, flags and time.
        run: The run, with its date and the breaks in the series.
        conf: The headlines, and the sources of the tables.
        settings: With how many weeks a day is compared.
    """
    today = cast(dt.date, run.run_date)
    pairs = values_by_key(((row["table_name"], row["measure"]), (row["date"], row["value"])) for row in rows)
    series = {key: dict(values) for key, values in pairs.items()}
    breaks = {table: _breaks(table, run.annotations) for table, _ in series}
    counts = {table: days for (table, measure), days in series.items() if measure == ROWS}
    states = _ledger_states(ledger)
    found = [_panel(headline, series, breaks, today, conf, settings) for headline in conf.headlines]
    panels = [panel for panel in found if panel]
    sources = [_source(source, counts, states, today, conf) for source in conf.sources]
    order = [panel.source for panel in panels]
    window = days_to(today - dt.timedelta(days=1), _CHART_DAYS)
    return Morning(
        panels,
        sorted(filter(None, sources), key=lambda found: [*order, found.source].index(found.source)),
        {
            table: sparkline(f"Rows a day of {table}, 28 days", window, _within(days, window), breaks[table])
            for table, days in counts.items()
        },
        {
            table: _freshness(max(days), source.expected_day(today), source.weekdays_only)[0]
            for table, days in counts.items()
            if (source := conf.source_of(table)) and not contract_named(table).frozen
        },
    )


def _panel(
    headline: Headline,
    series: Mapping[tuple[str, str], Days],
    breaks: Mapping[str, Breaks],
    today: dt.date,
    conf: DailyMeasures,
    settings: AnomalySettings,
) -> Panel | None:
    tables = [
        table
        for table, measure in series
        if measure == headline.measure and any(fnmatchcase(table, name) for name in headline.tables)
    ]
    values = values_by_key(item for table in tables for item in series[table, headline.measure].items())
    days = {day: sum(found) for day, found in values.items()}
    source = conf.source_of(tables[0]) if tables else conf.sources[0]
    complete = [day for day in days if day <= today - dt.timedelta(days=source.lag_days)]
    if not complete:
        return None
    newest = max(complete)
    before = [days.get(newest - dt.timedelta(weeks=week)) for week in range(1, settings.weeks + 1)]
    known = [value for value in before if value is not None]
    usual = median(known) if len(known) >= settings.min_days else None
    window = days_to(newest, _CHART_DAYS)
    what = f"{headline.title} on the 28 days to {long_day(newest)}"
    marks = {day: text for table in tables for day, text in breaks[table].items()}
    chart = columns(what, window, _within(days, window), marks)
    return Panel(headline.title, source.source, newest, days[newest], before[0], usual, len(known), chart)


def _source(
    source: Source,
    counts: Mapping[str, Days],
    states: Mapping[tuple[str, dt.date], str],
    today: dt.date,
    conf: DailyMeasures,
) -> SourceDays | None:
    """The calendar of a source's raw tables: a day is in where all of them have it, otherwise its worst state."""
    raw = {contract.name: contract for contract in all_contracts().values() if contract.layer == "raw"}
    tables = [
        name for name in counts if name in raw and conf.source_of(name) is source and not raw[name].frozen
    ]
    held = {day for name in tables for day in counts[name] if day < today}
    if not held:
        return None
    due = source.expected_day(today)
    window = [day for day in days_to(today, 7 * _CALENDAR_WEEKS) if min(held) <= day < today]
    found = {day: _worst(_states(tables, counts, states, day, source.weekdays_only)) for day in window}
    found |= {day: "not due" for day in window if day > due and day not in held}
    named = {state: date_ranges(str(day) for day in window if found[day] == state) for state in _SERIOUS}
    listed = [f"{state} {', '.join(days)}" for state, days in named.items() if days]
    inside = counted(sum(state == "in" for state in found.values()), "day")
    what = ". ".join([f"Days of {source.source} from {long_day(window[0])}: {inside} in", *listed])
    light, words = _freshness(max(held), due, source.weekdays_only)
    return SourceDays(
        source.source,
        light,
        words,
        calendar(what, found, SIGNS),
        {s: days for s, days in named.items() if days},
    )


def _states(
    tables: Iterable[str],
    counts: Mapping[str, Days],
    states: Mapping[tuple[str, dt.date], str],
    day: dt.date,
    weekdays_only: bool,
) -> Iterator[str]:
    """The state of a day in each table; at weekends some sources have no data."""
    absent = "not due" if weekdays_only and day.weekday() >= 5 else "missing"
    for name in tables:
        if day in counts[name]:
            yield "estimated" if states.get((name, day)) == "estimated" else "in"
        else:
            yield states.get((name, day), absent)


def _worst(states: Iterable[str]) -> str:
    return min(states, key=[*_SERIOUS, "in", "not due"].index)


def _ledger_states(entries: Iterable[Mapping[str, Any]]) -> dict[tuple[str, dt.date], str]:
    """Table and day to what the newest entry of the ledger knows: empty, set aside or estimated."""
    found = {}
    for entry in sorted(entries, key=lambda entry: entry["recorded_at"]):
        if (day := iso_day(entry["slice"])) is not None:
            is_estimate = entry["state"] not in ("empty", "set aside") and any(entry[flag] for flag in _FLAGS)
            found[entry["table"], day] = "estimated" if is_estimate else entry["state"]
    return {key: state for key, state in found.items() if state in ("empty", "set aside", "estimated")}


def _freshness(newest: dt.date, due: dt.date, weekdays_only: bool) -> tuple[str, str]:
    """The light, and what it means. Days late are working days where the source may have no data at weekends."""
    late = int(np.busday_count(newest, due)) if weekdays_only else (due - newest).days
    light = "on time" if late <= 0 else "late" if late <= _LATE_DAYS else "very late"
    unit = "working day" if weekdays_only else "day"
    words = f"{counted(late, unit)} late: {long_day(due)} is due" if late > 0 else "as due"
    return light, f"Newest day {long_day(newest)}, {words}"


def _breaks(table: str, annotations: Iterable[Mapping[str, Any]]) -> dict[dt.date, str]:
    """The breaks that concern an app table, and their first days."""
    return {
        item["first_date"]: item["text"]
        for item in annotations
        if any(fnmatchcase(table, name) for name in item["tables"].split(", "))
    }


def _within(days: Days, window: Collection[dt.date]) -> Days:
    return {day: value for day, value in days.items() if day in window}

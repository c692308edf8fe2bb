"""The charts of a run: headlines, the days of each source, and the rows of each table."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from statistics import median
from typing import Any, NamedTuple, cast

from kedro.io import DataCatalog
from markupsafe import Markup

from ees_analytics.console.text import values_by_key
from ees_analytics.contracts import contract_named
from ees_analytics.lake.table import TableDataset
from ees_analytics.parameters.anomalies import AnomalySettings
from ees_analytics.parameters.daily_measures import ROWS, DailyMeasures, Headline
from ees_analytics.run_report.charts import Breaks, Days, columns, days_to, long_day, sparkline
from ees_analytics.run_report.facts import RunFacts
from ees_analytics.run_report.source_days import (
    CALENDAR_WEEKS,
    SourceDays,
    freshness,
    ledger_states,
    source_days,
)
from ees_analytics.slices.slice import Flags

MEASURES, LEDGER = "app.ees_daily_measures", "raw.ees_ingest_ledger"
_CHART_DAYS = 28


class Panel(NamedTuple):
    """A headline: the newest complete day of a source, the same weekday before, and the chart."""

    title: str
    source: str
    first: dt.date
    day: dt.date
    value: float
    before: float | None
    usual: float | None
    weeks: int
    chart: Markup

    def change(self, past: float | None) -> str:
        """The change from an earlier value, such as ``12% more``; empty where there is none to compare with."""
        share = round(100 * (self.value / past - 1)) if past else 0
        word = "more" if share > 0 else "less"
        return f"{abs(share):,}% {word}" if share else "the same" if past else ""


@dataclass(frozen=True)
class Morning:
    """The charts, and the freshness (``lights``) of each table with days; empty where there are no measures."""

    panels: Sequence[Panel] = ()
    sources: Sequence[SourceDays] = ()
    rows: Mapping[str, Markup] = field(default_factory=dict)
    lights: Mapping[str, str] = field(default_factory=dict)


def read_morning(catalog: DataCatalog, run: RunFacts) -> Morning:
    """The charts of a run that wrote tables, from the newest days of the operational tables."""
    storage = cast(TableDataset, catalog[MEASURES]).storage
    if not run.tables or not run.run_date or not storage.exists():
        return Morning()
    conf = DailyMeasures.model_validate(catalog.load("params:daily_measures"))
    settings = AnomalySettings.model_validate(catalog.load("params:anomalies"))
    days = [str(day) for day in days_to(run.run_date, 7 * (settings.weeks + CALENDAR_WEEKS))]
    found = storage.rows("date", days, columns=["date", "table_name", "measure", "value"])
    ledger = cast(TableDataset, catalog[LEDGER]).storage
    wanted = ["table", "slice", "state", "recorded_at", *Flags.MEANINGS]
    entries = ledger.rows("slice", days, columns=wanted).to_pylist() if ledger.exists() else []
    return morning(found.to_pylist(), entries, run, conf, settings)


def morning(
    rows: Iterable[Mapping[str, Any]],
    ledger: Iterable[Mapping[str, Any]],
    run: RunFacts,
    conf: DailyMeasures,
    settings: AnomalySettings,
) -> Morning:
    """The charts, from rows of ``ees_daily_measures`` and of the ledger (table, slice, state, flags and time)."""
    today = cast(dt.date, run.run_date)
    keyed = (((row["table_name"], row["measure"]), (row["date"], row["value"])) for row in rows)
    series = {key: dict(values) for key, values in values_by_key(keyed).items()}
    counts = {table: days for (table, measure), days in series.items() if measure == ROWS}
    current = {table: conf.source_of(table) for table in counts if not contract_named(table).frozen}
    raw = [table for table in current if contract_named(table).layer == "raw"]
    states = ledger_states(ledger)
    found = (
        source_days(
            source, {table: counts[table] for table in raw if current[table] is source}, states, today
        )
        for source in conf.sources
    )
    panels = [*filter(None, (_panel(item, series, run, conf, settings) for item in conf.headlines))]
    order = [panel.source for panel in panels]
    window = days_to(today - dt.timedelta(days=1), _CHART_DAYS)
    return Morning(
        panels,
        sorted(filter(None, found), key=lambda days: [*order, days.source].index(days.source)),
        {table: sparkline(f"Rows a day of {table}, 28 days", window, days, _breaks([table], run)) for table, days in counts.items()},
        {table: freshness(source, max(counts[table]), today)[0] for table, source in current.items()},
    )  # fmt: skip


def _panel(
    headline: Headline,
    series: Mapping[tuple[str, str], Days],
    run: RunFacts,
    conf: DailyMeasures,
    settings: AnomalySettings,
) -> Panel | None:
    tables = [
        table
        for table, measure in series
        if measure == headline.measure and any(fnmatchcase(table, name) for name in headline.tables)
    ]
    values = values_by_key(item for table in tables for item in series[table, headline.measure].items())
    source = conf.source_of(tables[0] if tables else "")
    last = cast(dt.date, run.run_date) - dt.timedelta(days=source.lag_days)
    days = {day: sum(found) for day, found in values.items() if day <= last}
    if not days:
        return None
    newest = max(days)
    before = [days.get(newest - dt.timedelta(weeks=week)) for week in range(1, settings.weeks + 1)]
    known = [value for value in before if value is not None]
    usual = median(known) if len(known) >= settings.min_days else None
    window = days_to(newest, _CHART_DAYS)
    what = f"{headline.title} on the 28 days to {long_day(newest)}"
    chart = columns(what, window, days, _breaks(tables, run))
    return Panel(
        headline.title, source.source, window[0], newest, days[newest], before[0], usual, len(known), chart
    )


def _breaks(tables: Iterable[str], run: RunFacts) -> Breaks:
    """The breaks that concern any of some app tables."""
    return {
        item["first_date"]: item["text"]
        for item in run.annotations
        if any(fnmatchcase(table, name) for table in tables for name in item["tables"].split(", "))
    }

"""Days that stand out: each daily measure against the same weekday of the weeks before."""

import datetime as dt
from collections.abc import Collection, Container, Iterable, Mapping
from fnmatch import filter as filter_names
from functools import cache
from statistics import median
from typing import Any, NamedTuple

from ees_analytics.console.text import values_by_key
from ees_analytics.contracts import all_contracts, contract_named
from ees_analytics.parameters.annotations import Annotation, Annotations
from ees_analytics.parameters.anomalies import AnomalySettings
from ees_analytics.parameters.daily_measures import DailyMeasures, Source

Days = Mapping[dt.date, float]


class Baseline(NamedTuple):
    """What a day is compared with: the median of some days, their median absolute deviation, and how many they are."""

    usual: float
    mad: float
    days: int

    def stands_out(self, value: float, settings: AnomalySettings) -> bool:
        """Whether the value differs from the usual one by more than the settings allow."""
        mads = settings.min_mads * max(self.mad, settings.min_mad)
        return abs(value - self.usual) > max(mads, settings.min_change * self.usual)


def baseline(days: Days, day: dt.date, settings: AnomalySettings) -> Baseline | None:
    """The same weekday of the weeks before a day; None where too few of these days are among ``days``."""
    before = (day - dt.timedelta(weeks=week) for week in range(1, settings.weeks + 1))
    values = [days[past] for past in before if past in days]
    if len(values) < settings.min_days:
        return None
    usual = median(values)
    return Baseline(usual, median(abs(value - usual) for value in values), len(values))


def find_anomalies(
    rows: Iterable[Mapping[str, Any]],
    run_date: dt.date,
    settings: AnomalySettings,
    measures: DailyMeasures,
    annotations: Annotations,
) -> list[dict[str, Any]]:
    """The measures whose newest complete day stands out, those that conf names first in front.

    A bank holiday is not judged, and is not compared with.

    Args:
        rows: Rows of ``ees_daily_measures`` of the weeks that are compared.
        run_date: The day of the run.
        settings: What stands out.
        measures: The sources, each with its lag.
        annotations: Known breaks: only days on the same side of each are compared.

    Returns:
        ``source``, ``measure``, ``date``, ``value``, ``usual``, ``days`` (the number of days that it is compared with) and
        the ``tables`` that share these.
    """
    by_source = values_by_key((row["source"], row) for row in rows)
    found: list[tuple[tuple[Any, ...], str]] = []
    for source in measures.sources:
        series = _series(by_source.get(source.source, []))
        day = _newest_complete_day(source, series, run_date, settings)
        if day is None:
            continue
        for (table, measure), days in series.items():
            kept = _comparable(days, day, _breaks(table, source, measures, annotations))
            usual = baseline(kept, day, settings) if day in kept else None
            if usual and usual.stands_out(days[day], settings):
                found.append(((source.source, measure, day, days[day], usual.usual, usual.days), table))
    names = ("source", "measure", "date", "value", "usual", "days")
    merged = [
        dict(zip(names, key, strict=True)) | {"tables": tables}
        for key, tables in values_by_key(found).items()
    ]
    order = [*measures.columns.values(), *measures.events.values()]
    return sorted(
        merged, key=lambda row: order.index(row["measure"]) if row["measure"] in order else len(order)
    )


def _series(rows: Iterable[Mapping[str, Any]]) -> dict[tuple[str, str], Days]:
    """Table and measure to the values by day; an app table without rows of a day that all raw tables have counts 0."""
    pairs = values_by_key(((row["table_name"], row["measure"]), (row["date"], row["value"])) for row in rows)
    series = {key: dict(values) for key, values in pairs.items()}
    raw = [{*days} for (table, _), days in series.items() if _is_raw(table)]
    complete = set.intersection(*raw) if raw else set()
    return {
        key: days if _is_raw(key[0]) else {day: 0.0 for day in complete if day > min(days)} | days
        for key, days in series.items()
    }


def _newest_complete_day(
    source: Source, series: Mapping[Any, Days], run_date: dt.date, settings: AnomalySettings
) -> dt.date | None:
    """The newest day of a source, where it is complete, not too old, and not a bank holiday."""
    last = run_date - dt.timedelta(days=source.lag_days)
    newest = max((day for days in series.values() for day in days if day <= last), default=dt.date.min)
    is_recent = last - newest <= dt.timedelta(days=settings.max_age_days)
    return newest if is_recent and newest not in _bank_holidays() else None


def _comparable(days: Days, day: dt.date, breaks: Collection[Annotation]) -> Days:
    """The days without bank holidays that are on the same side of each break as ``day``."""

    def sides(any_day: dt.date) -> list[bool]:
        return [item.first_date <= any_day <= (item.last_date or dt.date.max) for item in breaks]

    holidays = _bank_holidays()
    return {past: value for past, value in days.items() if past not in holidays and sides(past) == sides(day)}


def _breaks(
    table: str, source: Source, measures: DailyMeasures, annotations: Annotations
) -> list[Annotation]:
    """The breaks that concern a table; a raw table has those of the app tables that are made of its source."""
    app = [contract.name for contract in all_contracts().values() if contract.layer == "app"]
    names = [name for name in app if measures.source_of(name) is source] if _is_raw(table) else [table]
    return [item for item in annotations.root if any(filter_names(names, pattern) for pattern in item.tables)]


def _is_raw(table: str) -> bool:
    return contract_named(table).layer == "raw"


@cache
def _bank_holidays() -> Container[dt.date]:
    """The bank holidays in England, of any year."""
    from holidays import country_holidays  # imported here: it takes 0.1 s, and most commands do not need it

    return country_holidays("GB", subdiv="ENG")

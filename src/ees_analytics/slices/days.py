"""Which days the daily tables have, and which they lack."""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from functools import reduce

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from ees_analytics.console.text import iso_day, values_by_key
from ees_analytics.contracts.contract import day_column_of
from ees_analytics.parameters.ingest import DeclaredDays, days_between, declared_days
from ees_analytics.slices.ledger import SliceState, latest_by_slice, rows_to_entries

_COUNTED_TOGETHER = (("ees_ua_page", "ees_ua_events"), ("ees_ga4_page", "ees_ga4_events"))
"""Tables whose days ``ees_publication_summary`` needs in both."""

Days = Mapping[str, Collection[str]]
"""The days of each table, as ISO dates."""


def days_of(tables: Mapping[str, DataFrame], first: dt.date = dt.date(1970, 1, 1)) -> Days:
    """The days that each table has, from ``first`` on, by one query."""
    if not tables:
        return {}
    # Distinct within each table, then put together: less than half the time of distinct pairs of table and day.
    frames = []
    for name, rows in tables.items():
        day = F.col(str(day_column_of(rows.columns))).cast("date").alias("day")
        days = rows.select(day).where(F.col("day") >= F.lit(first)).distinct()
        frames.append(days.select(F.lit(name).alias("table"), F.col("day")))
    found = reduce(DataFrame.unionByName, frames).toArrow()
    pairs = zip(found["table"].to_pylist(), map(str, found["day"].to_pylist()), strict=True)
    return dict.fromkeys(tables, []) | values_by_key(pairs)


def known_to_lack(ledger: DataFrame, tables: Iterable[str], declared: Iterable[DeclaredDays]) -> Days:
    """The days that tables rightly lack: those that the ledger knows as empty, and those that conf declares."""
    names = list(tables)
    rows = ledger.where(F.col("table").isin(*names)).toArrow()
    entries = values_by_key((entry.table, entry) for entry in rows_to_entries(rows))
    latest = {name: latest_by_slice(entries.get(name, ())) for name in names}
    return {
        name: {day for day, entry in latest[name].items() if entry.state is SliceState.EMPTY}
        | declared_days(declared, name).keys()
        for name in names
    }


def gaps(days: Iterable[str], known: Collection[str], span: Iterable[str] = ()) -> list[str]:
    """Days between the first and the newest (of these, or of a ``span``) that are not among ``days``, nor known to lack rows."""
    held = {*days}
    ends = sorted(filter(None, map(iso_day, {*held, *span})))
    between = days_between(ends[0], ends[-1]) if ends else []
    return [day for day in between if day not in held and day not in known]


def missing_days(days: Days, known: Days) -> dict[str, list[str]]:
    """Table to the unknown days that it lacks between its first and its newest, or those of tables it is counted with."""
    spans = {
        name: [day for other in group for day in days.get(other, ())]
        for group in _COUNTED_TOGETHER
        for name in group
    }
    ga4 = [name for name in days if name.startswith("ees_ga4_")]
    newest = sorted(day for name in ga4 for day in days[name])[-1:]
    spans |= {name: [*spans.get(name, ()), *newest] for name in ga4}
    found = {name: gaps(held, known.get(name, ()), spans.get(name, ())) for name, held in days.items()}
    return {name: lacking for name, lacking in found.items() if lacking}

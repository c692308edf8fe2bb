"""Problems of the data that an analyst should know of: gaps, values that match no rule, days counted twice."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from typing import Any, cast

from kedro.io import DataCatalog

from ees_analytics.console.text import date_ranges, iso_day
from ees_analytics.lake.storage import TableStorage
from ees_analytics.lake.table import TableDataset
from ees_analytics.parameters.rules import RuleList
from ees_analytics.run_report.facts import Unclassified
from ees_analytics.slices.ledger import LedgerEntry
from ees_analytics.transforms.unclassified import proposed_rule

_RULES = {
    "ees_service_accordions": "accordions",
    "ees_service_search_events": "search_events",
    "ees_service_downloads": "downloads",
    "ees_publication_featured_tables": "featured_tables",
    "ees_publication_tables_created": "tables_created",
}
"""The parameter that holds a table's rules; all other tables are classified by path."""

_BY_PATH = "page_type_by_path"
_MAX_LISTED = 50
_SUMMARIES = ("raw.ees_ua_service_summary", "raw.ees_ga4_service_summary")


def gaps(
    held: Collection[str], ledger: Mapping[str, LedgerEntry], quarantined: Collection[str] = ()
) -> list[str]:
    """Days between the first and the newest held day that are not held, not known to be empty and not set aside.

    Returns:
        The days as ranges.
    """
    days = sorted(day for name in held if (day := iso_day(name)))
    if not days:
        return []
    known = {*held, *quarantined, *(name for name, entry in ledger.items() if entry.state.is_settled)}
    span = (days[0] + dt.timedelta(days=count) for count in range((days[-1] - days[0]).days))
    return date_ranges(str(day) for day in span if str(day) not in known)


def unclassified(catalog: DataCatalog, parameters: Mapping[str, Any]) -> tuple[list[Unclassified], int]:
    """The values of ``ees_unclassified`` with the highest counts, each with a rule to add, and how many more there are.

    Args:
        catalog: Where the table is read.
        parameters: Dataset name (``params:downloads``) to the parameters that the run loaded.
    """
    storage = storage_of(catalog, "app.ees_unclassified")
    rows = storage.rows().to_pylist() if storage.exists() else []
    rows.sort(key=lambda row: (-row["count"], row["table"], row["value"] or ""))
    return [_unclassified(row, parameters) for row in rows[:_MAX_LISTED]], len(rows[_MAX_LISTED:])


def both_eras(catalog: DataCatalog, loaded: Mapping[str, Any]) -> set[str]:
    """Days that are counted in Universal Analytics and in Google Analytics 4."""
    if not set(_SUMMARIES) <= set(loaded):
        return set()
    storages = [storage_of(catalog, name) for name in _SUMMARIES]
    if not all(storage.exists() for storage in storages):
        return set()
    old, new = (set(storage.slice_counts("date")) for storage in storages)
    last = getattr(loaded.get("params:universal_analytics"), "last_day", None)
    return {day for day in old & new if last is None or day <= str(last)}


def storage_of(catalog: DataCatalog, name: str) -> TableStorage:
    """The storage of a table of the catalogue."""
    return cast(TableDataset, catalog[name]).storage


def _unclassified(row: Mapping[str, Any], parameters: Mapping[str, Any]) -> Unclassified:
    parameter = parameters.get(f"params:{_RULES.get(row['table'], _BY_PATH)}")
    lists: Sequence[RuleList] = getattr(parameter, "rule_lists", ())
    rules = next((found for found in lists if found.input == row["field"]), None)
    return Unclassified(
        row["table"],
        row["field"],
        row["value"],
        " to ".join(dict.fromkeys([str(row["first_date"]), str(row["last_date"])])),
        row["count"],
        rules=rules.name if rules else "",
        suggestion=proposed_rule(row, rules) if rules and row["value"] is not None else "",
    )

"""What an analyst should know of the data: values without a rule, days that count twice."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, cast

from kedro.io import DataCatalog

from ees_analytics.lake.storage import TableStorage
from ees_analytics.lake.table import TableDataset
from ees_analytics.run_report.facts import Unclassified

_RULES = {
    "ees_service_accordions": "accordions",
    "ees_service_search_events": "search_events",
    "ees_service_downloads": "downloads",
    "ees_publication_featured_tables": "featured_tables",
    "ees_publication_tables_created": "tables_created",
}
"""The parameter that holds a table's rules; all others are told by path."""

_BY_PATH = "page_type_by_path"
_MOST = 50
_SUMMARIES = ("raw.ees_ua_service_summary", "raw.ees_ga4_service_summary")


def unclassified(catalog: DataCatalog, parameters: Mapping[str, Any]) -> tuple[list[Unclassified], int]:
    """The values of ``ees_unclassified`` that count most, each with the rule to paste, and how many more there are.

    Args:
        catalog: Where the table is read.
        parameters: The rules that the run loaded, by dataset name.
    """
    storage = _storage(catalog, "app.ees_unclassified")
    rows = storage.rows().to_pylist() if storage.exists() else []
    rows.sort(key=lambda row: (-row["count"], row["table"], row["value"] or ""))
    return [_told(row, parameters) for row in rows[:_MOST]], len(rows[_MOST:])


def both_eras(catalog: DataCatalog, loaded: Mapping[str, Any]) -> set[str]:
    """Days that count in Universal Analytics and in Google Analytics 4 alike."""
    if not set(_SUMMARIES) <= set(loaded):
        return set()
    storages = [_storage(catalog, name) for name in _SUMMARIES]
    if not all(storage.exists() for storage in storages):
        return set()
    old, new = (set(storage.slice_counts("date")) for storage in storages)
    last = getattr(loaded.get("params:universal_analytics"), "last_day", None)
    return {day for day in old & new if last is None or day <= str(last)}


def _told(row: Mapping[str, Any], parameters: Mapping[str, Any]) -> Unclassified:
    from ees_analytics.transforms.unclassified import proposed_rule

    lists = list(_lists(parameters.get(f"params:{_RULES.get(row['table'], _BY_PATH)}")))
    rules = next((found for found in lists if found.input == row["field"]), None)
    days = str(row["first_date"]) + (
        "" if row["first_date"] == row["last_date"] else f" to {row['last_date']}"
    )
    can_be_ruled = rules is not None and row["value"] is not None
    return Unclassified(
        row["table"],
        row["field"],
        row["value"],
        days,
        row["count"],
        rules=rules.name if rules else "",
        suggestion=proposed_rule(row, rules) if can_be_ruled and rules else "",
    )


def _lists(parameter: Any) -> Iterator[Any]:
    for name in ("rules", "page_type_rules", "download_type_rules"):
        found = getattr(parameter, name, None)
        if hasattr(found, "input"):
            yield found


def _storage(catalog: DataCatalog, name: str) -> TableStorage:
    return cast(TableDataset, catalog[name]).storage

"""Problems of the data that an analyst should know of, read from the lake at the end of a run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from kedro.io import DataCatalog

from ees_analytics.console.text import date_ranges
from ees_analytics.contracts import all_contracts
from ees_analytics.lake.storage import TableStorage
from ees_analytics.lake.table import TableDataset
from ees_analytics.transforms.unclassified import proposed_rule

_OWN_RULES = ("accordions", "search_events", "downloads", "featured_tables", "tables_created")
"""Parameters with the rules of the tables whose names end in theirs; all other tables are classified by path."""

_MAX_LISTED = 50
_SUMMARIES = ("raw.ees_ua_service_summary", "raw.ees_ga4_service_summary")


def unclassified(catalog: DataCatalog, parameters: Mapping[str, Any]) -> tuple[list[dict[str, Any]], int]:
    """The values with the highest counts, as in ``RunFacts.unclassified``, and how many more there are.

    Args:
        catalog: Where the table is read.
        parameters: Dataset name (``params:downloads``) to the parameters that the run loaded.
    """
    storage = _storage(catalog, "app.ees_unclassified")
    rows = storage.rows().to_pylist() if storage.exists() else []
    rows.sort(key=lambda row: (-row["count"], row["table"], row["value"] or ""))
    return [_unclassified(row, parameters) for row in rows[:_MAX_LISTED]], len(rows[_MAX_LISTED:])


def both_eras(catalog: DataCatalog, loaded: Mapping[str, Any]) -> list[str]:
    """Days that are counted in Universal Analytics and in Google Analytics 4, as ranges.

    Args:
        catalog: Where the service summaries are read.
        loaded: Names of the datasets that the run loaded, with the values of parameters.
    """
    storages = [_storage(catalog, name) for name in _SUMMARIES if name in loaded]
    if len(storages) < len(_SUMMARIES) or not all(storage.exists() for storage in storages):
        return []
    old, new = (set(storage.slice_counts("date")) for storage in storages)
    last = getattr(loaded.get("params:universal_analytics"), "last_day", None)
    return date_ranges(day for day in old & new if last is None or day <= str(last))


def absent_frozen_tables(catalog: DataCatalog, loaded: Mapping[str, Any]) -> list[str]:
    """The frozen tables that the run loaded and that are not in the lake: they count as empty."""
    frozen = sorted(name for name, contract in all_contracts().items() if contract.frozen and name in loaded)
    return [name for name in frozen if not _storage(catalog, name).exists()]


def _unclassified(row: Mapping[str, Any], parameters: Mapping[str, Any]) -> dict[str, Any]:
    name = next((name for name in _OWN_RULES if row["table"].endswith(name)), "page_type_by_path")
    lists = getattr(parameters.get(f"params:{name}"), "rule_lists", ())
    rules = next((found for found in lists if found.input == row["field"]), None)
    return {
        **{column: row[column] for column in ("table", "field", "value", "count")},
        "days": " to ".join(dict.fromkeys([str(row["first_date"]), str(row["last_date"])])),
        "rules": rules.name if rules else "",
        "suggestion": proposed_rule(row, rules) if rules and row["value"] is not None else "",
    }


def _storage(catalog: DataCatalog, name: str) -> TableStorage:
    return cast(TableDataset, catalog[name]).storage

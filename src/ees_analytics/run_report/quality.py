"""Problems of the data that an analyst should know of, read from the lake at the end of a run."""

from collections.abc import Collection, Mapping
from typing import Any, cast

from kedro.io import DataCatalog

from ees_analytics.console.text import date_ranges
from ees_analytics.contracts import all_contracts
from ees_analytics.lake.storage import TableStorage
from ees_analytics.lake.table import TableDataset
from ees_analytics.parameters.ingest import KnownDays
from ees_analytics.parameters.rules import RULE_LISTS
from ees_analytics.run_report.facts import Outcome, RunFacts, TableStatus
from ees_analytics.slices.days import Days, days_of, known_to_lack, missing_days
from ees_analytics.transforms.unclassified import proposed_rule

_LEDGER, _BREAKS = "raw.ees_ingest_ledger", "app.ees_annotations"
_SUMMARIES = ("ees_ua_service_summary", "ees_ga4_service_summary")
_MAX_LISTED = 50
_MADE = (TableStatus.CHANGED, TableStatus.SAME)


def add_quality_facts(run: RunFacts, catalog: DataCatalog, loaded: Mapping[str, Any]) -> None:
    """Fill in the days counted twice or missing, the absent frozen tables, and what the operational tables list.

    ``loaded`` has the names of the datasets that the run loaded; of parameters and small results, their values.
    """
    frozen = sorted(name for name, contract in all_contracts().items() if contract.frozen and name in loaded)
    run.absent = [name for name in frozen if not _storage(catalog, name).exists()]
    days = {} if run.outcome is Outcome.STOPPED else _days(catalog, loaded)  # Ctrl+C ends a run at once
    run.both_eras = _both_eras(days, loaded)
    ingested = {table.short_name for table in run.tables}
    missing = missing_days(days, _known(catalog, days))
    run.missing_days = {
        name: date_ranges(lacking) for name, lacking in missing.items() if name not in ingested
    }
    unclassified = _written(run, catalog, "app.ees_unclassified")
    unclassified.sort(key=lambda row: (-row["count"], row["table"], row["value"] or ""))
    run.unclassified = [_unclassified(row, loaded) for row in unclassified[:_MAX_LISTED]]
    values = [(row["field"], row["value"]) for row in unclassified]
    run.unclassified_more = len({*values} - {*values[:_MAX_LISTED]})
    events = [row for row in _written(run, catalog, "app.ees_event_names") if row["state"] == "unknown"]
    events.sort(key=lambda row: (-row["eventCount"], row["era"], row["eventName"] or ""))
    run.unknown_events, run.unknown_events_more = events[:_MAX_LISTED], len(events[_MAX_LISTED:])
    run.silent_events = loaded.get("event_names.silent") or []
    run.anomalies = loaded.get("daily_measures.anomalies") or []
    sections = _written(run, catalog, "app.ees_catch_all_paths")
    sections.sort(key=lambda row: (-row["last_28_days"], -row["pageviews"], row["section"]))
    run.catch_all, run.catch_all_more = sections[:_MAX_LISTED], len(sections[_MAX_LISTED:])
    known = _rows(catalog, _BREAKS) if run.tables and _BREAKS in catalog else []
    run.annotations = sorted(known, key=lambda row: row["first_date"], reverse=True)


def _written(run: RunFacts, catalog: DataCatalog, name: str) -> list[dict[str, Any]]:
    """The rows of a table that this run made; none where it failed or did not run."""
    made = any(table.name == name and table.status in _MADE for table in run.tables)
    return _rows(catalog, name) if made else []


def _rows(catalog: DataCatalog, name: str) -> list[dict[str, Any]]:
    storage = _storage(catalog, name)
    return storage.rows().to_pylist() if storage.exists() else []


def _days(catalog: DataCatalog, loaded: Collection[str]) -> Days:
    """The days of the daily tables that the run loaded; none of a frozen table that is absent."""
    daily = [name for name, contract in all_contracts().items() if "date" in contract.column_names]
    names = [name for name in daily if name in loaded]
    return days_of({name.partition(".")[2]: catalog.load(name) for name in names})


def _known(catalog: DataCatalog, days: Days) -> Days:
    """The days without rows that need no attention. Those that conf declares lost stay named."""
    if not days:
        return {}
    declared = KnownDays.model_validate(catalog.load("params:known_days")).known_empty
    return known_to_lack(catalog.load(_LEDGER), days, declared)


def _both_eras(days: Days, loaded: Mapping[str, Any]) -> list[str]:
    """Days that Universal Analytics and Google Analytics 4 both count, where the run loaded both summaries."""
    old, new = (set(days.get(name, ())) for name in _SUMMARIES)
    last = getattr(loaded.get("params:universal_analytics"), "last_day", None)
    return date_ranges(day for day in old & new if last is None or day <= str(last))


def _unclassified(row: Mapping[str, Any], parameters: Mapping[str, Any]) -> dict[str, Any]:
    # A table's name ends in that of its rules; all others are classified by path.
    name = next((name for name in RULE_LISTS if row["table"].endswith(name)), "page_type_by_path")
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

"""Runs the reporting of small raw tables: the project's own wiring, rules and contracts, without a lake."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import pyarrow as pa
import yaml
from kedro.io import DataCatalog, MemoryDataset
from kedro.pipeline import Pipeline
from kedro.runner import SequentialRunner
from kedro.validation.parameter_validator import ParameterValidator

from ees_analytics.contracts import contract_for
from ees_analytics.contracts.validator import check
from ees_analytics.lake.computed_rows import ComputedRowsDataset
from ees_analytics.parameters.corrections import corrected
from ees_analytics.parameters.rules import Rule, RuleList
from ees_analytics.pipelines import reporting
from tests.conftest import PROJECT

RULES = [PROJECT / f"conf/base/parameters_{name}.yml" for name in ("rules", "annotations", "ignored_events")]
COMPUTED = "ees_analytics.lake.computed_rows.ComputedRowsDataset"
DAY = dt.date(2024, 7, 1)

TITLES = {
    "pupil-absence-in-schools-in-england": "Pupil absence in schools in England",
    "graduate-outcomes-leo": "Graduate outcomes (LEO)",
}
"""The publications of a test that names none."""


@cache
def pipeline() -> Pipeline:
    """The nodes of traffic and events, and those that read what they make."""
    return sum((theme.create_pipeline() for theme in reporting.PAGES_AND_EVENTS), Pipeline([]))


@cache
def conf(corrections: str = "all") -> dict[str, Any]:
    """The rules and annotations in conf, with these corrections."""
    rules = {key: value for file in RULES for key, value in yaml.safe_load(file.read_text()).items()}
    del rules["corrections"]
    return corrected(rules, corrections)


@cache
def computed() -> dict[str, dict[str, Any]]:
    """The rows that are computed once, as in the catalogue, each with its partitions."""
    entries = yaml.safe_load((PROJECT / "conf/base/catalog_tables.yml").read_text())
    kept = {name: entry for name, entry in entries.items() if entry.get("type") == COMPUTED}
    return {name: {"partition_by": entry.get("partition_by", ())} for name, entry in kept.items()}


def parameters(**changes: Any) -> dict[str, Any]:
    """The parameters as a run gets them, validated by the nodes' type hints; some keys changed."""
    return ParameterValidator({"": pipeline()}).validate_raw_params({**conf(), **changes})


class Reporting:
    """Makes app tables of a few raw rows."""

    def __init__(self, spark: Any) -> None:
        self._spark = spark

    def __call__(
        self, table: str, *, rules: Mapping[str, Any] | None = None, alone: bool = False, **given: Any
    ) -> list[dict]:
        """The rows of an app table, in no order.

        Args:
            table: The app table.
            rules: Other values for keys of parameters_rules.yml.
            alone: The app tables that this one reads are given too, not made of raw rows.
            given: Rows by table, as dictionaries that may leave columns out, or an Arrow table.
                Tables that are not given are empty; ``ees_pub_scrape`` holds ``TITLES``.
        """
        return self.table(table, rules, alone, **given).to_pylist()

    def table(
        self, table: str, rules: Mapping[str, Any] | None = None, alone: bool = False, **given: Any
    ) -> pa.Table:
        """The same as Arrow rows that the table's contract accepts."""
        wanted = (_without_other_tables(table) if alone else pipeline()).to_outputs(f"app.{table}")
        given = {"ees_pub_scrape": publications(TITLES), **given}
        values = parameters(**(rules or {}))
        catalog = DataCatalog(
            {name: ComputedRowsDataset(engine="sail", **kept) for name, kept in computed().items()}
        )
        for name in wanted.inputs():
            layer, _, key = name.replace("params:", "params.").partition(".")
            data = values[key] if layer == "params" else self.frame(name, given.pop(key, []))
            catalog[name] = MemoryDataset(data)
        unused = set(given) - {"ees_pub_scrape"}
        assert not unused, f"{table} does not read {unused}"
        made = SequentialRunner().run(wanted, catalog)[f"app.{table}"].load()
        return check(made if isinstance(made, pa.Table) else made.toArrow(), contract_for(f"app.{table}"))

    def frame(self, name: str, rows: pa.Table | Sequence[Mapping[str, Any]]) -> Any:
        """Rows as a DataFrame of the contract's columns, as a lake reads them: without comments."""
        contract = contract_for(name)
        schema = contract.arrow_schema.remove_metadata()
        table = rows if isinstance(rows, pa.Table) else pa.Table.from_pylist(list(rows), schema=schema)
        if table.num_rows:
            return self._spark.createDataFrame(table)
        columns = ", ".join(f"`{column.name}` {column.type}" for column in contract.columns)
        return self._spark.createDataFrame([], columns)


def _without_other_tables(table: str) -> Pipeline:
    made = {name for name in pipeline().all_outputs() if name.startswith("app.")} - {f"app.{table}"}
    return Pipeline([step for step in pipeline().nodes if not made.intersection(step.outputs)])


def publications(titles: Mapping[str, str]) -> list[dict]:
    """Rows of ``ees_pub_scrape``."""
    return [{"slug": slug, "title": title} for slug, title in titles.items()]


def event(name: str, count: float = 1.0, **columns: Any) -> dict:
    """A row of ``ees_ga4_events``."""
    blank = {"date": DAY, "pagePath": "/", "eventLabel": "", "eventCategory": ""}
    return {**blank, "eventName": name, "eventCount": count, **columns}


def ua_event(action: str, count: float = 1.0, **columns: Any) -> dict:
    """A row of ``ees_ua_events``."""
    row = event(action, count, **columns)
    return {**row, "eventAction": row.pop("eventName"), "totalEvents": row.pop("eventCount")}


def of(rows: list[dict], *columns: str) -> list[tuple]:
    """Some columns of the rows, sorted; null first."""
    found = [tuple(row[column] for column in columns) for row in rows]
    return sorted(found, key=lambda row: [(value is not None, str(value)) for value in row])


def first_match(rules: RuleList, values: Mapping[str, str | None]) -> Rule | None:
    """The first rule that matches the values of a row's fields, or None: the rules in plain Python."""
    return next((rule for rule in rules.rules if matches(rule, values.get(rules.field_of(rule)))), None)


def matches(rule: Rule, value: str | None) -> bool:
    """Whether the field's value passes the rule's test; null never does."""
    if value is None:
        return False
    if rule.contains is not None:
        return rule.contains in value
    return rule.equals == value if rule.equals is not None else value.startswith(rule.starts_with or "")

"""The run report as one HTML page that needs no script or external files, for screen and paper."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from ees_analytics.console.text import counted, date_ranges, few, few_ranges, values_by_key
from ees_analytics.parameters.website import PUBLIC_SITE
from ees_analytics.run_report.anomalies import sentence
from ees_analytics.run_report.attention import attention
from ees_analytics.run_report.changes import changes_by_day
from ees_analytics.run_report.charts import long_day
from ees_analytics.run_report.facts import RunFacts, TableFacts, TableStatus
from ees_analytics.run_report.history import PastRun
from ees_analytics.run_report.morning import Morning
from ees_analytics.run_report.source_days import SIGNS
from ees_analytics.slices.slice import Flags

_FEW_FILES = 3
_RUNS = 30
_LIGHTS = {"on time": "●", "late": "▲", "very late": "■"}


def page(
    facts: RunFacts,
    runs: Sequence[PastRun] = (),
    morning: Morning | None = None,
    described: Collection[str] = (),
) -> str:
    """The page of a run, with its charts and the newest of all runs (``runs``, the newest first).

    ``described`` are the tables with a page in the folder ``catalogue`` beside that of the reports.
    """
    earlier = ((table.short_name, date_ranges(table.quarantined_before)) for table in facts.tables)
    return _rendered(
        "report",
        run=facts,
        runs=[past for past in runs if past.outcome][:_RUNS],
        described=described,
        morning=morning or Morning(),
        signs=SIGNS,
        lights=_LIGHTS,
        unclassified=_each_value_once(facts.unclassified),
        suggestions=_suggestions(facts.unclassified),
        attention=list(attention(facts)),
        anomalies=[sentence(anomaly) for anomaly in facts.anomalies],
        what_changed=what_changed,
        flags=Flags.MEANINGS,
        log_gaps=_tables_by_days(facts.log_gaps.items()),
        quarantined=_quarantined(facts.tables),
        quarantined_before=_tables_by_days(earlier),
    )


def index_page(runs: Sequence[PastRun]) -> str:
    """The page that lists all runs."""
    return _rendered("index", runs=runs)


def _rendered(template: str, **values: Any) -> str:
    """A page. All values are untrusted (paths, titles, messages of sources) and are escaped."""
    templates = Environment(
        loader=PackageLoader(__package__, ""), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    templates.filters |= {
        "counted": counted,
        "few": few,
        "few_ranges": few_ranges,
        "link": service_link,
        "breakable": _breakable,
        "with_code": _with_code,
        "long_day": long_day,
    }
    return templates.get_template(f"{template}.html.j2").render(values)


def service_link(path: str | None) -> str:
    """The address of a path on the service; empty where the value is not a path of it."""
    if not path or not path.startswith("/") or path.startswith("//"):
        return ""
    return PUBLIC_SITE.rstrip("/") + quote(path, safe="/-._~%")


def what_changed(table: TableFacts) -> str:
    """What the run did to a table, in one sentence. Of a failure's reason it has the first line only."""
    parts = []
    if table.status in (TableStatus.FAILED, TableStatus.NOT_RUN):
        parts.append(": ".join([table.status, *table.reason.splitlines()[:1]]))
    if table.added:
        many_files = table.slice_unit == "file" and len(table.added) > _FEW_FILES
        names = "" if many_files else f" ({few_ranges(table.added)})"
        parts.append(f"{counted(len(table.added), table.slice_unit)} added{names}")
    if table.adopted:
        held = counted(len(table.adopted), table.slice_unit)
        parts.append(f"{held} adopted from the table ({few_ranges(table.adopted)})")
    if table.restated:
        parts.append(f"{len(table.restated)} restated ({few_ranges(table.restated)})")
    if table.empty:
        parts.append(f"{len(table.empty)} known to be empty ({few_ranges(table.empty)})")
    if table.rows_added:
        rows = counted(table.rows_added, "row")
        parts.append(
            changes_by_day(table.changes) if table.changes else rows if table.is_raw else f"new, {rows}"
        )
    if table.read_again:
        parts = parts or [str(table.status)]
        days = counted(len(table.read_again), "day")
        parts.append(f"{days} read again, no change ({few_ranges(table.read_again)})")
    return "; ".join(part.rstrip(".:") for part in parts) or str(table.status)


def _breakable(name: str) -> Markup:
    """A long name that may break after ``_`` and ``.``, escaped."""
    return Markup(re.sub(r"([_.])", r"\1<wbr>", str(escape(name))))  # noqa: S704 - escaped just before


def _with_code(text: str) -> Markup:
    """A text with its commands, between backticks, as code, escaped."""
    return Markup(re.sub(r"`([^`\n]+)`", r"<code>\1</code>", str(escape(text))))  # noqa: S704 - escaped just before


def _each_value_once(unclassified: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The values, those that several tables share once, with the ``tables`` and the highest count of them."""
    shared = values_by_key(((row["field"], row["value"], row["rules"]), row) for row in unclassified)
    return [{**rows[0], "tables": [row["table"] for row in rows]} for rows in shared.values()]


def _suggestions(unclassified: Iterable[Mapping[str, Any]]) -> dict[str, list[str]]:
    """Rule list to the rows to add to it, each once."""
    rows = dict.fromkeys((row["rules"], row["suggestion"]) for row in unclassified if row["suggestion"])
    return values_by_key(rows)


def _tables_by_days(days: Iterable[tuple[str, list[str]]]) -> dict[tuple[str, ...], list[str]]:
    """The tables that share the same days, by these days; tables without days are left out."""
    return values_by_key((tuple(names), table) for table, names in days if names)


def _quarantined(tables: Iterable[TableFacts]) -> dict[tuple[tuple[str, ...], str], list[str]]:
    """Days (as ranges) or files and the reason why they were set aside, to the tables that share both."""
    return values_by_key(
        ((tuple(date_ranges(names)), reason), table.short_name)
        for table in tables
        for reason, names in values_by_key((why, name) for name, why in table.quarantined.items()).items()
    )

"""The run report as one page: no scripts, nothing loaded from anywhere, readable on screen and on paper."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from urllib.parse import quote

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup, escape

from ees_analytics.console.text import counted, date_ranges
from ees_analytics.parameters.website import PUBLIC_SITE
from ees_analytics.run_report.days import shortly
from ees_analytics.run_report.facts import Outcome, RunFacts, TableFacts, TableStatus

FLAGS = {
    "sampled": "the source sampled its data: numbers are estimates",
    "thresholded": "rows below the privacy threshold are missing",
    "other_row": "rare values are folded into “(other)”",
    "truncated": "the tail is cut",
    "capped": "the source's row limit is reached",
}
"""What the source's flags mean."""


_FEW_FILES = 3


@dataclass(frozen=True)
class Attention:
    """Something that a person should know or do: about which tables or steps, what it is, and what to do."""

    about: Sequence[str]
    what: str
    todo: str = ""


def page(facts: RunFacts) -> str:
    """The page. All values are untrusted (paths, titles, messages of sources) and are escaped."""
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["shortly"] = shortly
    environment.filters["link"] = service_link
    environment.filters["breakable"] = _breakable
    template = files("ees_analytics.run_report").joinpath("report.html.j2").read_text(encoding="utf-8")
    return environment.from_string(template).render(
        run=facts,
        attention=attention(facts),
        layers={
            "Raw tables": [table for table in facts.tables if table.is_raw],
            "App tables": [table for table in facts.tables if not table.is_raw],
        },
        what_changed=what_changed,
        flags=FLAGS,
        log_gaps=_alike(facts.log_gaps),
        quarantined=_by_reason(facts.tables),
        quarantined_before=_alike(
            {
                table.short_name: date_ranges(table.quarantined_before)
                for table in facts.tables
                if table.quarantined_before
            }
        ),
    )


def _breakable(name: str) -> Markup:
    """A long name that breaks between its words."""
    return Markup(re.sub(r"([_.])", r"\1<wbr>", str(escape(name))))  # noqa: S704 - escaped just before


def _alike(gaps: Mapping[str, Sequence[str]]) -> list[tuple[list[str], Sequence[str]]]:
    """Tables that lack the same days, together."""
    together: dict[tuple[str, ...], list[str]] = {}
    for table, days in gaps.items():
        together.setdefault(tuple(days), []).append(table)
    return [(tables, days) for days, tables in together.items()]


def _by_reason(tables: Iterable[TableFacts]) -> list[tuple[list[str], list[str], str]]:
    """What was set aside: the tables, their days or files, and the reason that they share."""
    names: dict[tuple[str, str], list[str]] = {}
    for table in tables:
        for name, reason in table.quarantined.items():
            names.setdefault((table.short_name, reason), []).append(name)
    together: dict[tuple[tuple[str, ...], str], list[str]] = {}
    for (table_name, reason), some in names.items():
        together.setdefault((tuple(date_ranges(some)), reason), []).append(table_name)
    return [(found, list(days), reason) for (days, reason), found in together.items()]


def service_link(path: str | None) -> str:
    """The service's own page of a path; nothing where the value is no path of it."""
    if not path or not path.startswith("/") or path.startswith("//"):
        return ""
    return PUBLIC_SITE.rstrip("/") + quote(path, safe="/-._~%")


def what_changed(table: TableFacts) -> str:
    """What became of a table, in a sentence; the whole reason of a failure stands among what needs attention."""
    parts = []
    if table.fate in (TableStatus.FAILED, TableStatus.NOT_RUN):
        parts.append(f"{table.fate}: {table.reason.splitlines()[0]}" if table.reason else str(table.fate))
    if table.added:
        parts.append(_count_of(table))
    if table.restated:
        parts.append(f"{len(table.restated)} restated ({shortly(table.restated)})")
    if table.empty:
        parts.append(f"{len(table.empty)} known empty ({shortly(table.empty)})")
    if table.rows_added:
        parts.append(("" if table.is_raw else "replaced, ") + counted(table.rows_added, "row"))
    if table.read_again:
        parts += [] if parts else [str(table.fate)]
        parts.append(
            f"{counted(len(table.read_again), 'day')} read again, no change ({shortly(table.read_again)})"
        )
    return "; ".join(part.rstrip(".:") for part in parts) or str(table.fate)


def attention(facts: RunFacts) -> list[Attention]:
    """What is worth a person's time, gravest first."""
    found = [
        Attention([step], reason, "Mend the cause and run the same command again.")
        for step, reason in facts.failures.items()
    ]
    if facts.outcome is Outcome.STOPPED:
        found.append(
            Attention(["The run"], "was stopped", "Run the same command again: it goes on where it was.")
        )
    found += _together(item for table in facts.tables for item in _of_table(table))
    if facts.both_eras:
        days = shortly(facts.both_eras)
        todo = "Set universal_analytics.last_day in conf/base/parameters_rules.yml to count them once."
        found.append(Attention(["Universal Analytics and GA4"], f"both count {days}", todo))
    if facts.unclassified:
        todo = "Add rules to conf/base/parameters_rules.yml: the report's “Values that no rule knows” proposes them."
        values = len(facts.unclassified) + facts.unclassified_more
        found.append(Attention(["Rules"], f"{values:,} values that no rule knows", todo))
    return found


def _together(items: Iterable[Attention]) -> list[Attention]:
    """What is the same of several tables, once."""
    about: dict[tuple[str, str], list[str]] = {}
    for item in items:
        about.setdefault((item.what, item.todo), []).extend(item.about)
    return [Attention(names, what, todo) for (what, todo), names in about.items()]


def _of_table(table: TableFacts) -> list[Attention]:
    found = []
    if table.quarantined:
        what = f"{len(table.quarantined)} set aside: {shortly(table.quarantined)}"
        found.append(
            Attention([table.short_name], what, "The report has the reasons; the next run tries again.")
        )
    if table.expired:
        found.append(
            Attention([table.short_name], f"lost: the source has forgotten {shortly(table.expired)}")
        )
    if table.expiring:
        what = f"the source soon forgets {shortly(table.expiring)}"
        found.append(Attention([table.short_name], what, "Find out why these days do not come in, now."))
    if table.missing:
        found.append(
            Attention([table.short_name], f"gaps: {shortly(table.missing)}", "The next ingest asks for them.")
        )
    if table.young:
        found.append(
            Attention(
                [table.short_name],
                f"not published yet: {shortly(table.young)}",
                "Nothing: a later run asks again.",
            )
        )
    return found


def _count_of(table: TableFacts) -> str:
    """How many slices came in, and which; files by their number alone where they are many."""
    if table.short_name.startswith("raw_ees_"):
        few = len(table.added) <= _FEW_FILES
        return f"{counted(len(table.added), 'file')} added" + (f" ({shortly(table.added)})" if few else "")
    return f"{counted(len(table.added), 'day')} added ({shortly(table.added)})"

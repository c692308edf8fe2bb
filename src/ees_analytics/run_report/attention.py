"""What needs a person's attention after a run, for the page and the terminal."""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ees_analytics.console.text import few, few_ranges, iso_day, values_by_key
from ees_analytics.contracts import contract_named
from ees_analytics.run_report.facts import Outcome, RunFacts, TableFacts

_RULES_FILE = "conf/base/parameters_rules.yml"

_TO_COUNT = (
    f"Add them to a list in {_RULES_FILE}, or to conf/base/parameters_ignored_events.yml with the reason."
)
_TO_HEAR = f"If the website renamed them, add the new name to {_RULES_FILE}; if they ended, a break to conf/base/parameters_annotations.yml."

_FEW_EVENTS = 3
_OF_TABLES = (
    ("quarantined", "{count} set aside: {names}", ""),
    ("expired", "lost: the source no longer has {names}", ""),
    ("expiring", "the source will soon delete {names}", "Find out now why these days are missing."),
    ("missing", "gaps: {names}", "The next ingest requests these days."),
    (
        "late",
        "no log file since {names}",
        "Ask the team that delivers the logs whether they are still written.",
    ),
    ("known_gaps", "incomplete, as a person declared or accepted: {names}", ""),
    (
        "left_out",
        "left out of the table, which lacks them: {names}",
        "The landing zone keeps them. `kedro run --pipelines maintain --params add_columns=<table>` adds the columns.",
    ),
    ("not_yet_published", "not published yet: {names}", "Nothing. A later run requests these days again."),
)
"""A field of ``TableFacts``, what it means where it is not empty, and what to do; the most serious first."""

_ADVICE = re.compile(
    r"(Add|Check|Choose|Close|Copy|Correct|Delete|Find|Fix|Free|Give|If|Install|Look|Make|Move|Or|Remove|Rename|Restore|Run|See"
    r"|Set|Sign|Take|To|Try|Use|Wait|Where|With|Write)\b|.*`kedro "
)
"""A sentence of a message that says what to do."""

_TO_FIND_DAYS = {
    False: "`kedro run --pipelines ingest` requests what the source still has. No table shows them as zeros.",
    True: "The table is frozen: nothing requests them, and no table shows them as zeros. If these days had no rows, "
    "declare them under known_empty in conf/base/parameters.yml.",
}
"""What to do about missing days, of a frozen table or another."""


class Attention(NamedTuple):
    """Something that a person should know or do: about which tables or steps, what it is, and what to do."""

    about: Sequence[str]
    what: str
    todo: str = ""


def attention(facts: RunFacts) -> Iterator[Attention]:
    """What needs attention, the most serious first."""
    for reason, steps in values_by_key((reason, step) for step, reason in facts.failures.items()).items():
        yield Attention(steps, *_advised(_without_listed_rules(reason, facts), steps[0], facts.env))
    if facts.outcome is Outcome.STOPPED:
        yield Attention(["The run"], "was stopped", "Run the same command again to continue.")
    yield from _of_tables(facts.tables)
    missing = (
        ((tuple(days), contract_named(table).frozen), table) for table, days in facts.missing_days.items()
    )
    for (ranges, is_frozen), tables in values_by_key(missing).items():
        yield Attention(tables, f"days are missing: {few(ranges, 5)}", _TO_FIND_DAYS[is_frozen])
    if facts.both_eras:
        todo = f"Set universal_analytics.last_day in {_RULES_FILE} to count these days once."
        days = few(facts.both_eras, 5)
        yield Attention(["Universal Analytics and GA4"], f"both count {days}", todo)
    yield from _of_events(facts)
    if facts.unclassified:
        values = len({(row["field"], row["value"]) for row in facts.unclassified}) + facts.unclassified_more
        todo = f"Add rules to {_RULES_FILE}: the report suggests them under “Values that match no rule”."
        matching = "1 value matches" if values == 1 else f"{values:,} values match"
        yield Attention(["Rules"], f"{matching} no rule", todo)


def _without_listed_rules(reason: str, facts: RunFacts) -> str:
    """The first line of a message whose proposed rules the report lists; any other message whole."""
    first, *lines = reason.splitlines() or [""]
    rules = {line.strip() for line in lines if line.strip().startswith("- {")}
    if not rules or rules - {row["suggestion"] for row in facts.unclassified}:
        return reason
    return f"{first.rstrip(':')}: they are under “Values that match no rule”."


def _advised(reason: str, step: str, env: str) -> tuple[str, str]:
    """A failure's message without its advice, and the advice; that for the kind of step where the message has none.

    A message of several lines stays whole: its details follow the advice.
    """
    advice = _advice(reason)
    if advice and "\n" not in reason:
        reason = reason[: reason.index(advice[0][:-1])].rstrip()
    elif not advice:
        of_ingest = f"`kedro doctor --env {env}` tries the sources, the credentials and the folders."
        of_others = "docs/how-to/investigate-a-failed-check.md leads to the rows that caused it."
        advice = [of_ingest if step.startswith("ingest.") else of_others, "Fix the cause."]
    return reason, " ".join([*advice, "Then run the same command again: finished work is not repeated."])


def _advice(message: str) -> list[str]:
    """The end of a message, from the first sentence on that says what to do, without details on further lines."""
    sentences = re.split(r"(?<=[.;])\s+(?=[A-Z`])", message)
    start = next((at for at, text in enumerate(sentences) if at and _ADVICE.match(text)), len(sentences))
    return [text.partition("\n")[0].rstrip(":;. ") + "." for text in sentences[start:]]


def _of_events(facts: RunFacts) -> Iterator[Attention]:
    """Events that tables should perhaps count, or no longer can; of unknown ones those of the newest 28 days."""
    unknown = [row for row in facts.unknown_events if row["last_28_days"]]
    for what, events, todo in (
        ("no table counts {names}", unknown, _TO_COUNT),
        ("fell silent: {names}", facts.silent_events, _TO_HEAR),
    ):
        if events:
            names = few([row["eventName"] or "(none)" for row in events], _FEW_EVENTS)
            yield Attention(["Events"], what.format(names=names), todo)


def _day(name: str) -> str:
    """The day of a log file, which several tables share; any other slice or range as it is."""
    day = f"{name[:4]}-{name[4:6]}-{name[6:8]}"
    return day if iso_day(day) else name


def _of_tables(tables: Sequence[TableFacts]) -> Iterator[Attention]:
    """One item for all tables that have the same slices in the same field."""
    for field, what, todo in _OF_TABLES:
        slices = ((tuple(map(_day, getattr(table, field))), table.short_name) for table in tables)
        for names, about in values_by_key(slices).items():
            if not names:
                continue
            shown = few(names, 5)  # ranges already, except of quarantined ones
            if field == "quarantined":
                shown = few_ranges(names)
                reasons = (why for t in tables if t.short_name in about for why in t.quarantined.values())
                advice = " ".join(dict.fromkeys(text for reason in reasons for text in _advice(reason)))
                todo = f"{advice or 'The report has the reasons.'} The next run tries again."
            yield Attention(about, what.format(count=len(names), names=shown), todo)

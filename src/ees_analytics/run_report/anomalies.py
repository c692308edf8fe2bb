"""Days that stand out, in words: a note for the page and the terminal, never a failure."""

from collections.abc import Mapping
from typing import Any

from ees_analytics.console.text import few

_TABLES = 3


def sentence(anomaly: Mapping[str, Any]) -> str:
    """One item of ``RunFacts.anomalies``: the measure, its source and day, the value, and what is usual."""
    day, tables = anomaly["date"], few(anomaly["tables"], _TABLES)
    measure = anomaly["measure"][:1].upper() + anomaly["measure"][1:]
    usual = f"usually {anomaly['usual']:,.0f} (the same weekday, {anomaly['days']} weeks)"
    when = f"{day:%A} {day.day} {day:%B %Y}"
    return f"{measure} of {anomaly['source']} on {when}: {anomaly['value']:,.0f}, {usual}; in {tables}"

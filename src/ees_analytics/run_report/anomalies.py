"""Days that stand out, in words: a note for the page and the terminal, never a failure."""

from collections.abc import Mapping
from typing import Any

from ees_analytics.console.text import few
from ees_analytics.run_report.charts import long_day

_TABLES = 3


def sentence(anomaly: Mapping[str, Any]) -> str:
    """One item of ``RunFacts.anomalies``: the measure, its source and day, the value, and what is usual."""
    day, tables = long_day(anomaly["date"]), few(anomaly["tables"], _TABLES)
    measure = anomaly["measure"][:1].upper() + anomaly["measure"][1:]
    usual = f"usually {anomaly['usual']:,.0f} (the same weekday, {anomaly['days']} weeks)"
    return f"{measure} of {anomaly['source']} on {day}: {anomaly['value']:,.0f}, {usual}; in {tables}"

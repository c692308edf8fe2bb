"""Numbers that stand out are named on page and terminal, as notes."""

from __future__ import annotations

import datetime as dt

from ees_analytics.run_report.anomalies import sentence
from ees_analytics.run_report.attention import attention
from ees_analytics.run_report.page import page
from ees_analytics.run_report.terminal import lines
from tests.run_report.examples import example_run

DROP = {
    "source": "Google Analytics 4", "measure": "sessions", "date": dt.date(2026, 6, 27), "value": 1204.0,
    "usual": 2300.4, "days": 8, "tables": ["ees_ga4_hourly", "ees_ga4_service_summary", "ees_service_summary", "ees_x"],
}  # fmt: skip
TEXT = "Sessions of Google Analytics 4 on Saturday 27 June 2026: 1,204, usually 2,300 (the same weekday, 8 weeks)"


def test_the_sentence_has_measure_source_day_and_what_is_usual():
    assert (
        sentence(DROP)
        == f"{TEXT}; in ees_ga4_hourly, ees_ga4_service_summary, ees_service_summary and 1 more"
    )


def test_page_and_terminal_name_them_and_they_are_not_for_attention():
    run = example_run(anomalies=[DROP | {"measure": f"kind {n} of views"} for n in range(5)])
    assert list(attention(run)) == list(attention(example_run()))
    text = page(run)
    assert text.count("<li>Kind ") == 5 and "<h2>Numbers that stand out</h2>" in text
    assert "Numbers that stand out" not in page(example_run())
    shown = [line.strip() for _, line in lines(run, None)]
    assert [line.partition(" of ")[0].split() for line in shown if line.startswith("Stands out")] == [
        ["Stands", "out", "Kind", str(n)] for n in range(3)
    ]
    assert "and 2 more, in the report" in shown

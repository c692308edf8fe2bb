"""An example of a run and of a ledger entry, for the tests of this folder."""

from __future__ import annotations

import datetime as dt

from ees_analytics.run_report.facts import Outcome, RunFacts, TableFacts, TableStatus
from ees_analytics.slices.ledger import LedgerEntry, SliceState

RUN = "2026-06-30T06.00.00.000Z"
NASTY = '<script>alert("x")</script>'
NOW = dt.datetime(2026, 6, 30, 6, tzinfo=dt.UTC)


def example_run(**more) -> RunFacts:
    tables = [
        TableFacts(
            "raw.ees_ga4_page", "One row", TableStatus.CHANGED, rows_added=12, rows_total=30,
            newest=dt.date(2026, 6, 28), added=["2026-06-27", "2026-06-28"], restated=["2026-06-20"],
            quarantined={"2026-06-19": NASTY}, missing=["2026-06-18"], flags={"sampled": ["2026-06-28"]}, checks=4, saved=True,
        ),
        TableFacts("app.ees_service_summary", "One day", TableStatus.FAILED, reason="2 null(s) in date"),
        TableFacts("app.ees_publication_summary", status=TableStatus.NOT_RUN, reason="a step that it depends on failed"),
    ]  # fmt: skip
    values = {
        "run_id": RUN, "env": "base", "pipelines": ["__default__"], "run_date": dt.date(2026, 6, 30),
        "started_at": NOW, "finished_at": NOW + dt.timedelta(seconds=9), "outcome": Outcome.FAILED,
        "failures": {"ees_service_summary": "2 null(s) in date"}, "tables": tables,
        "unclassified": [
            {"table": "ees_service_downloads", "field": "pagePath", "value": f"/find-statistics/{NASTY}", "days": "2026-06-01",
             "count": 7.0, "rules": "downloads.page_type", "suggestion": '- {equals: "x", label: "CHOOSE A LABEL"}'}
        ],
        "timings": [("ees_service_summary", 1.25)],
    }  # fmt: skip
    return RunFacts(**{**values, **more})


def entry(name: str, state: SliceState, **more) -> LedgerEntry:
    return LedgerEntry("ees_ga4_hourly", name, state, RUN, NOW, **more)

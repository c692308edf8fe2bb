"""Gaps in the days of a table."""

from ees_analytics.run_report.table_facts import gaps
from ees_analytics.slices.ledger import SliceState
from tests.run_report.examples import entry


def test_gaps_are_not_held_not_empty_and_not_set_aside():
    ledger = {
        "2026-06-02": entry("2026-06-02", SliceState.EMPTY),
        "2026-06-03": entry("2026-06-03", SliceState.LANDED),
    }
    assert gaps(["2026-06-01", "2026-06-05"], ledger) == ["2026-06-03 to 2026-06-04"]
    aside = ["2026-06-04", "2026-06-09"]
    assert gaps(["2026-06-01", "2026-06-05"], ledger, aside) == ["2026-06-03"], "nor after the newest day"

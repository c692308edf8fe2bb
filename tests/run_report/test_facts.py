"""What follows from the facts, and their stored form."""

from ees_analytics.run_report.facts import TableFacts
from tests.run_report.examples import example_run


def test_only_a_saved_table_passed_checks():
    assert TableFacts("raw.ees_ga4_page", checks=4, rows_total=9).checks_passed == 0
    assert TableFacts("app.ees_service_summary", checks=4, saved=True).checks_passed == 4


def test_the_keys_of_the_stored_json_do_not_change():
    stored = example_run().as_dict()
    assert {"outcome", "failures", "skipped", "absent", "log_gaps", "warnings", "other_work"} <= stored.keys()
    table = stored["tables"][0]
    assert (table["fate"], table["young"], table["set_aside_before"]) == ("changed", [], [])
    assert table["set_aside"].keys() == {"2026-06-19"}
    assert "status" not in table

import datetime as dt

import pytest

from tests.reporting import of


def test_a_row_for_each_break_in_conf(reporting):
    day = {"first_date": "2026-02-13", "last_date": "2026-02-16", "text": "No logs", "source": "The Volume"}
    lasting = {"first_date": "2026-03-18", "tables": ["ees_*_downloads", "ees_session_starts"], "text": "New", "source": "Web"}  # fmt: skip
    rows = reporting("ees_annotations", rules={"annotations": [{**day, "tables": ["ees_api_*"]}, lasting]})
    assert of(rows, "first_date", "last_date", "tables", "text", "source") == [
        (_day("2026-02-13"), _day("2026-02-16"), "ees_api_*", "No logs", "The Volume"),
        (_day("2026-03-18"), None, "ees_*_downloads, ees_session_starts", "New", "Web"),
    ]


def _day(text):
    return dt.date.fromisoformat(text)


@pytest.mark.parametrize("day", ["2023-06-22", "2025-11-03", "2026-01-20", "2026-02-13", "2026-03-18"])
def test_conf_has_the_known_breaks(reporting, day):
    assert _day(day) in {row["first_date"] for row in reporting("ees_annotations")}


def test_a_break_of_a_table_that_does_not_exist_is_refused(reporting):
    wrong = {"first_date": "2026-02-13", "tables": ["ees_service_download"], "text": "a", "source": "b"}
    with pytest.raises(ValueError, match="2026-02-13 names ees_service_download, and no app table"):
        reporting("ees_annotations", rules={"annotations": [wrong]})

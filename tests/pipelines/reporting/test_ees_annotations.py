import datetime as dt

import pytest

from ees_analytics.contracts import contract_for
from ees_analytics.contracts.validator import check
from ees_analytics.parameters.annotations import Annotations
from ees_analytics.pipelines.reporting.coverage import ees_annotations
from tests.reporting import conf, of


def rows_of(breaks):
    table = ees_annotations(Annotations.model_validate(breaks))
    return check(table, contract_for("app.ees_annotations")).to_pylist()


def test_a_row_for_each_break_in_conf():
    day = {"first_date": "2026-02-13", "last_date": "2026-02-16", "text": "No logs", "source": "The Volume"}
    lasting = {"first_date": "2026-03-18", "text": "New", "source": "Web"}
    rows = rows_of(
        [{**day, "tables": ["ees_api_*"]}, {**lasting, "tables": ["ees_*_downloads", "ees_session_starts"]}]
    )
    assert of(rows, "first_date", "last_date", "tables", "text", "source") == [
        (dt.date(2026, 2, 13), dt.date(2026, 2, 16), "ees_api_*", "No logs", "The Volume"),
        (dt.date(2026, 3, 18), None, "ees_*_downloads, ees_session_starts", "New", "Web"),
    ]


KNOWN = ["2023-06-22", "2025-11-03", "2026-01-20", "2026-02-13", "2026-03-18"]


@pytest.mark.parametrize(("corrections", "more"), [("all", []), ("none", ["2023-07-01"])])
def test_conf_has_the_known_breaks(corrections, more):
    """All files of release pages are not counted only where their correction is off."""
    rows = rows_of(conf(corrections)["annotations"])
    assert sorted(str(row["first_date"]) for row in rows) == sorted([*KNOWN, *more])


def test_a_break_of_a_table_that_does_not_exist_is_refused():
    wrong = {"first_date": "2026-02-13", "tables": ["ees_service_download"], "text": "a", "source": "b"}
    with pytest.raises(ValueError, match="2026-02-13 names ees_service_download, and no app table"):
        rows_of([wrong])

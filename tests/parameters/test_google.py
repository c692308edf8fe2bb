"""The report definitions: what an analyst may write, and the seven that are in conf."""

from pathlib import Path

import pytest
import yaml
from pydantic import ValidationError

from ees_analytics.contracts import contract_for
from ees_analytics.parameters.google import Ga4, Ga4Report

GLOBALS = Path(__file__).parents[2] / "conf/base/globals_ga4.yml"
REPORTS = yaml.safe_load(GLOBALS.read_text())["ga4_reports"]


@pytest.mark.parametrize("table", REPORTS)
def test_a_report_fills_the_columns_and_the_key_of_its_table(table):
    report, contract = Ga4Report(**REPORTS[table]), contract_for(f"raw.{table}")
    assert set(report.columns) == set(contract.column_names)
    assert list(report.dimensions.values()) == list(contract.key)


def test_all_seven_tables_have_a_report():
    assert len(REPORTS) == 7
    assert set(Ga4(reports=REPORTS).reports) == set(REPORTS)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"dimensions": {"pagePath": "pagePath"}}, "date"),
        ({"metrics": {"sessions": "pagePath"}}, "two entries fill"),
        ({"ratios": {"x": ["sessions", "nothing"]}}, "nothing"),
        ({"metrics": {f"m{n}": f"m{n}" for n in range(11)}}, "at most 10"),
        ({"metric": {}}, "metric"),
    ],
)
def test_a_mistake_is_told(change, says):
    good = {"dimensions": {"date": "date", "pagePath": "pagePath"}, "metrics": {"sessions": "sessions"}}
    with pytest.raises(ValidationError, match=says):
        Ga4Report(**{**good, **change})

"""What each table counts, and of which source it is, as conf has it."""

import datetime as dt

import pytest
import yaml

from ees_analytics.contracts import all_contracts
from ees_analytics.parameters.daily_measures import DailyMeasures, Source
from tests.conftest import PROJECT

CONF = yaml.safe_load((PROJECT / "conf/base/parameters_daily_measures.yml").read_text())["daily_measures"]
for _source in CONF["sources"]:
    _source |= {"lag_days": 2}
    if "before" in _source:
        _source["before"] |= {"day": "2023-06-22"}
MEASURES = DailyMeasures.model_validate(CONF)


def measures(table: str) -> dict[str, str]:
    contract = all_contracts()[table]
    return MEASURES.measures(contract.name, contract.column_names)


def test_a_table_counts_what_its_columns_are():
    assert measures("raw.ees_ga4_events") == {"events": "eventCount"}
    assert measures("raw.ees_ua_events") == {"events": "totalEvents"}
    assert measures("raw.ees_ga4_service_summary") == {
        "page views": "screenPageViews",
        "sessions": "sessions",
    }
    assert measures("raw.raw_ees_csv_downloads") == {"downloads": "downloads"}
    assert measures("app.ees_service_downloads") == {"downloads": "eventCount"}
    assert measures("app.ees_session_starts") == {"session starts": "eventCount"}
    assert measures("app.ees_api_daily_queries") == {
        "downloads": "DownloadCsv",
        "queries": "PostQueryExecutions",
    }


@pytest.mark.parametrize(
    ("table", "source"),
    [
        ("ees_ua_page", "Universal Analytics"),
        ("ees_ga4_page", "Google Analytics 4"),
        ("ees_service_summary", "Google Analytics 4"),
        ("ees_search_console_timeseries", "Search Console"),
        ("raw_ees_zip_downloads", "Download logs"),
        ("raw_ees_queries", "Public API logs"),
        ("ees_api_daily_queries", "Public API logs"),
    ],
)
def test_every_table_has_one_source(table, source):
    assert MEASURES.source_of(table).source == source


def test_conf_names_columns_and_tables_that_exist():
    contracts = all_contracts().values()
    assert set(CONF["columns"]) <= {column for contract in contracts for column in contract.column_names}
    for tables in CONF["events"]:
        one = DailyMeasures.model_validate(CONF | {"events": {tables: "found"}})
        assert any("found" in one.measures(c.name, c.column_names) for c in contracts), tables


def test_a_table_that_none_matches_is_of_the_last_source():
    sources = [{"source": name, "tables": [f"{name}_*"]} for name in ("a", "b")]
    few = DailyMeasures.model_validate(CONF | {"sources": sources})
    assert [few.source_of(table).source for table in ("a_x", "ees_x")] == ["a", "b"]


def test_the_day_that_a_source_should_have():
    daily = Source(source="A", tables=("*",), lag_days=2)
    logs = Source(source="B", tables=("*",), lag_days=1, weekdays_only=True)
    friday, monday = dt.date(2026, 6, 26), dt.date(2026, 6, 29)
    assert daily.expected_day(monday) == dt.date(2026, 6, 27), "a Saturday"
    assert logs.expected_day(monday) == friday
    assert logs.expected_day(dt.date(2026, 6, 28)) == friday
    assert logs.expected_day(dt.date(2026, 6, 30)) == monday

"""What all tables of traffic have in common."""

import pytest

from ees_analytics.pipelines.reporting.traffic import create_pipeline

NAMES = sorted(name.removeprefix("app.") for name in create_pipeline().outputs())


@pytest.mark.parametrize("table", NAMES)
def test_no_rows_give_no_rows(reporting, table):
    """Also where there are publications: no page table has a day for their zeros."""
    assert reporting(table, alone=True) == []


@pytest.mark.parametrize("table", ["ees_service_time_on_page", "ees_publication_time_on_page"])
def test_time_on_page_is_of_google_analytics_4_only(table):
    inputs = create_pipeline().to_outputs(f"app.{table}").inputs()

    assert not [name for name in inputs if name.startswith("raw.ees_ua_")]

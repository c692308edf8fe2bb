"""All tables of page views and sessions."""

import pytest

from ees_analytics.pipelines.reporting import publications, time_on_page, traffic

PIPELINE = traffic.create_pipeline() + time_on_page.create_pipeline() + publications.create_pipeline()
NAMES = sorted(name.removeprefix("app.") for name in PIPELINE.outputs() if name.startswith("app."))


@pytest.mark.parametrize("table", NAMES)
def test_no_rows_give_no_rows(reporting, table):
    """Also where there are publications: no page table has a day for their zeros."""
    assert reporting(table, alone=True) == []


@pytest.mark.parametrize("table", ["ees_service_time_on_page", "ees_publication_time_on_page"])
def test_time_on_page_is_of_google_analytics_4_only(table):
    inputs = PIPELINE.to_outputs(f"app.{table}").inputs()

    assert not [name for name in inputs if name.startswith("raw.ees_ua_")]

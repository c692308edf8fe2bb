import datetime as dt
import logging

import pyarrow as pa
import pytest

from ees_analytics.contracts import contract_for
from ees_analytics.contracts.validator import check
from ees_analytics.pipelines.reporting.publish import last_updated
from ees_analytics.slices.state import TableState

CONTRACT = contract_for("app.ees__last_updated")

RUN_DATE = dt.date(2026, 6, 30)
COMPLETE = dt.date(2026, 6, 28)
MORNING = dt.datetime(2026, 6, 30, 6, 0, tzinfo=dt.UTC)
NOON = dt.datetime(2026, 6, 30, 12, 0, tzinfo=dt.UTC)
EVENING = dt.datetime(2026, 6, 30, 18, 0, tzinfo=dt.UTC)


def _previous(*rows) -> pa.Table:
    return pa.Table.from_pylist(list(rows), schema=CONTRACT.arrow_schema.remove_metadata())


WRITTEN_AT_NOON = _previous({"last_updated": NOON, "latest_data": COMPLETE})


@pytest.fixture
def decide(spark):
    def build(changed_at, previous=WRITTEN_AT_NOON, publications=COMPLETE, service=COMPLETE, own=NOON):
        def days(newest):
            rows = [(newest,), (newest - dt.timedelta(days=1),)] if newest else []
            return spark.createDataFrame(rows, "date date")

        states = {
            "ees_service_summary": TableState("ees_service_summary", exists=True, changed_at=MORNING),
            "ees_avg_readtime": TableState("ees_avg_readtime", exists=True, changed_at=changed_at),
            CONTRACT.name: TableState(CONTRACT.name, exists=bool(own), changed_at=own, rows=lambda: previous),
        }
        return last_updated(days(publications), days(service), states, RUN_DATE, EVENING)

    return build


def test_the_first_row_is_written(decide):
    moment = check(decide(MORNING, previous=_previous(), own=None), CONTRACT)

    assert moment.to_pylist() == [{"last_updated": EVENING, "latest_data": COMPLETE}]


def test_a_table_that_changed_since_is_announced(decide):
    changed = NOON + dt.timedelta(minutes=1)

    assert decide(changed).to_pylist() == [{"last_updated": EVENING, "latest_data": COMPLETE}]


def test_nothing_is_written_where_nothing_changed(decide):
    assert decide(MORNING) is None


def test_commit_times_are_compared_not_clocks(decide):
    """The storage's clock may be ahead of the one that wrote ``last_updated``."""
    ahead = NOON + dt.timedelta(minutes=1)

    assert decide(ahead, own=ahead + dt.timedelta(seconds=1)) is None


def test_without_a_commit_time_the_row_itself_counts(decide):
    assert decide(MORNING, own=None) is None


def test_a_row_that_lags_behind_the_data_is_renewed(decide):
    lagging = _previous({"last_updated": NOON, "latest_data": COMPLETE - dt.timedelta(days=1)})

    assert decide(MORNING, previous=lagging)["latest_data"].to_pylist() == [COMPLETE]


@pytest.mark.parametrize("table", ["publications", "service"])
@pytest.mark.parametrize("newest", [COMPLETE - dt.timedelta(days=1), COMPLETE + dt.timedelta(days=1), None])
def test_incomplete_data_is_not_announced_but_does_not_fail(decide, caplog, table, newest):
    with caplog.at_level(logging.WARNING):
        assert decide(EVENING, **{table: newest}) is None

    assert "expected data up to 2026-06-28" in caplog.text

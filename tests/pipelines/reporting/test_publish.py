import datetime as dt
from dataclasses import replace

import pyarrow as pa
import pytest

from ees_analytics.contracts import contract_for, dashboard_tables, operational_tables
from ees_analytics.parameters.ingest import KnownDays
from ees_analytics.pipelines.reporting.publish import create_pipeline, publish
from ees_analytics.slices.ledger import LedgerEntry, SliceState, entries_to_rows
from ees_analytics.slices.state import TableState

CONTRACT = contract_for("app.ees__last_updated")
EMPTY = LedgerEntry(
    "ees_ga4_hourly", "2026-06-24", SliceState.EMPTY, "run", dt.datetime(2026, 6, 30, tzinfo=dt.UTC)
)


def test_the_node_waits_for_every_table_and_runs_last():
    (step,) = create_pipeline(["raw.ees_ga4_page", "raw.ees_ua_page"]).nodes

    assert {"raw.ees_ga4_page", "raw.ees_ingest_ledger"} == {
        name for name in step.inputs if name.startswith("raw.")
    }
    assert {f"app.{table}" for table in dashboard_tables()} <= set(step.inputs)
    assert step.outputs == ["app.ees__last_updated"]
    assert step.tags == {"last"}


def test_neither_itself_nor_an_operational_table_is_waited_for():
    assert not {"ees__last_updated", *operational_tables()} & set(dashboard_tables())


@pytest.fixture
def published(spark):
    def build(newest="2026-06-28", lacking=None, ledger=(), first="2026-06-01", **known):
        """How many rows ``publish`` writes, where ``ees_ga4_events`` lacks a day."""
        span = (dt.date.fromisoformat(newest) - dt.date.fromisoformat(first)).days + 1
        days = [dt.date.fromisoformat(newest) - dt.timedelta(days=count) for count in range(span)]
        held = [day for day in days if str(day) != lacking]
        pages, events = (
            spark.createDataFrame([(day,) for day in some], "date date") for some in (days, held)
        )
        inputs = {
            "rows_ees_publication_summary": pages,
            "rows_ees_service_summary": pages,
            "raw_ees_ga4_page": pages,
            "raw_ees_ga4_events": events,
            "ledger": spark.createDataFrame(entries_to_rows([EMPTY, *ledger])),
            "state_ees_service_summary": TableState("ees_service_summary", exists=True),
            f"state_{CONTRACT.name}": TableState(CONTRACT.name, exists=False, rows=CONTRACT.empty),
        }
        moments = list(publish("2026-06-30", KnownDays(**known), **inputs))
        assert {type(moment) for moment in moments} <= {pa.Table}
        return len(moments)

    return build


@pytest.mark.parametrize(("newest", "writes"), [("2026-06-28", 1), ("2026-06-27", 0)])
def test_one_row_or_nothing_is_yielded(published, newest, writes):
    assert published(newest) == writes


@pytest.mark.parametrize(
    ("lacking", "writes"), [("2026-06-14", 1), ("2026-06-15", 0), ("2026-06-24", 0), ("2026-06-28", 0)]
)
def test_the_key_stays_while_a_ga4_table_lacks_one_of_14_days(published, caplog, lacking, writes):
    assert published(lacking=lacking) == writes
    assert (f"ees__last_updated stays as it is: ees_ga4_events lacks {lacking}." in caplog.text) == (
        not writes
    )


def test_days_before_the_first_of_a_young_lake_are_not_lacking(published):
    assert published(first="2026-06-25") == 1


def test_a_day_that_the_ledger_knows_as_empty_is_not_lacking(published):
    known = replace(EMPTY, table="ees_ga4_events")
    assert published(lacking=known.slice, ledger=[known]) == 1


@pytest.mark.parametrize("kind", ["known_empty", "known_gaps"])
def test_a_day_that_conf_declares_is_not_waited_for(published, kind):
    declared = {"table": "ees_ga4_events", "from": "2026-06-24", "to": "2026-06-24", "reason": "lost"}
    assert published(lacking="2026-06-24", **{kind: [declared]}) == 1
    assert published(lacking="2026-06-25", **{kind: [declared]}) == 0

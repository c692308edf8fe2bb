import datetime as dt

import pyarrow as pa
import pytest

from ees_analytics.contracts import contract_for, dashboard_tables, operational_tables
from ees_analytics.pipelines.reporting.publish import create_pipeline, publish
from ees_analytics.slices.state import TableState

CONTRACT = contract_for("app.ees__last_updated")


def test_the_node_waits_for_every_table_and_runs_last():
    (step,) = create_pipeline().nodes

    assert {f"app.{table}" for table in dashboard_tables()} <= set(step.inputs)
    assert step.outputs == ["app.ees__last_updated"]
    assert step.tags == {"last"}


def test_neither_itself_nor_an_operational_table_is_waited_for():
    assert not {"ees__last_updated", *operational_tables()} & set(dashboard_tables())


@pytest.mark.parametrize(("newest", "writes"), [("2026-06-28", 1), ("2026-06-27", 0)])
def test_one_row_or_nothing_is_yielded(spark, newest, writes):
    days = spark.createDataFrame([(dt.date.fromisoformat(newest),)], "date date")
    inputs = {
        "rows_ees_publication_summary": days,
        "rows_ees_service_summary": days,
        "state_ees_service_summary": TableState("ees_service_summary", exists=True),
        f"state_{CONTRACT.name}": TableState(CONTRACT.name, exists=False, rows=CONTRACT.empty),
    }

    moments = list(publish("2026-06-30", **inputs))

    assert [type(moment) for moment in moments] == [pa.Table] * writes

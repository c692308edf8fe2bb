"""Rows that stay on the engine: the same checks, messages and digest as rows in Python, on both engines."""

from __future__ import annotations

import datetime as dt
import math
from typing import Any

import pyarrow as pa
import pytest

from ees_analytics.contracts.contract import (
    DATE,
    DOUBLE,
    INT,
    STRING,
    Column,
    ContractError,
    TableContract,
)
from ees_analytics.contracts.digest import FAST, digest
from ees_analytics.contracts.large import LargeRows, check_large, digest_on_engine
from ees_analytics.contracts.validator import check

DAY = dt.date(2026, 6, 1)
COLUMNS = [
    Column("date", DATE, "a day"),
    Column("name", STRING, "a name", nullable=True),
    Column("count", DOUBLE, "a count", nullable=True, minimum=0),
    Column("change", DOUBLE, "a number of any kind"),
    Column("rank", INT, "a rank", minimum=1),
    Column("kind", STRING, "a kind", one_of=["x", "y"]),
]
LATER = Column("later", STRING, "a later column", nullable=True, since=DAY)
CONTRACT = TableContract("app.t", "rows", COLUMNS, key=["date", "name"])
GOOD = {"date": DAY, "name": "a", "count": 0.0, "change": -1.5, "rank": 1, "kind": "x"}


def frame_of(spark, *rows: dict, **types: str) -> Any:
    kinds = {c.name: c.type for c in COLUMNS} | types
    schema = ", ".join(f"{name} {kind}" for name, kind in kinds.items())
    return spark.createDataFrame([tuple({**GOOD, **row}[name] for name in kinds) for row in rows], schema)


def large(frame, contract: TableContract = CONTRACT) -> LargeRows:
    return check_large(frame, contract, lambda: None)


def test_rows_that_pass(spark):
    days = [DAY, DAY + dt.timedelta(days=1)]
    frame = frame_of(spark, *({"date": day, "name": name} for day in days for name in ("a", None)))
    found = large(frame, TableContract("app.t", "rows", [*COLUMNS, LATER], order=["-date", "name"]))
    assert (found.num_rows, found.newest, found.unfilled) == (4, days[1], ["later"])
    assert found.rows_by_day("date") == {str(day): 2 for day in days}
    ordered = [(row["date"], row["name"]) for row in found.in_order().collect()]
    assert ordered == [(days[1], "a"), (days[1], None), (days[0], "a"), (days[0], None)]


@pytest.mark.parametrize(
    "rows",
    [
        [{"name": None, "count": None}, {"count": 2.0**60}],
        [{"date": None}, {"name": "b"}],
        [{"rank": 0, "kind": "z"}, {"name": "b", "kind": "w"}],
        [{"count": -0.5}, {"name": "b", "count": math.nan}, {"name": "c", "count": math.inf}],
        [{"change": math.nan}, {"name": "b", "change": -math.inf}],
        [{"name": None}, {"name": None}, {"name": "b"}],
    ],
    ids=["good", "null", "below and not listed", "not finite", "of any sign", "key"],
)
def test_the_message_is_that_of_rows_in_python(spark, rows):
    frame = frame_of(spark, *rows)

    def message(act) -> str:
        try:
            act()
        except ContractError as error:
            return str(error)
        return "passed"

    expected = message(lambda: check(frame.toArrow(), CONTRACT))
    assert message(lambda: large(frame)) == expected


def test_other_columns_and_values_that_do_not_fit_are_refused(spark):
    with pytest.raises(ContractError, match="int32 is not STRING"):
        large(frame_of(spark, {"name": 1}, name="INT"))
    with pytest.raises(ContractError, match=r"missing \['rank'\]"):
        large(frame_of(spark, {}).drop("rank"))
    with pytest.raises(ContractError, match=r"t.rank: a value does not fit INT without loss \(.*1.7"):
        large(frame_of(spark, {"rank": 2.0}, {"rank": 1.7}, rank="DOUBLE"))
    cast = large(frame_of(spark, {"rank": 2.0}, rank="DOUBLE"))
    assert dict(cast.frame.dtypes)["rank"] == "int"


def test_the_digest_is_that_of_rows_in_python(spark):
    columns = {
        "text": pa.array(["é", None, "", "a"]),
        "number": pa.array([-0.0, None, 2.5, -1e300]),
        "whole": pa.array([2**31 - 1, None, -1, 0], pa.int32()),
        "flag": pa.array([True, None, False, True]),
        "day": pa.array([DAY, None, dt.date(1969, 1, 1), DAY]),
        "moment": pa.array(
            [dt.datetime(2026, 6, 1, 1, 30, tzinfo=dt.UTC), None, None, None], pa.timestamp("us", "UTC")
        ),
    }
    rows = pa.table(columns)
    frame = spark.createDataFrame(rows)
    assert digest_on_engine(frame, rows.num_rows) == digest(rows, FAST)
    assert digest_on_engine(frame.limit(0), 0) == digest(rows.slice(0, 0), FAST)

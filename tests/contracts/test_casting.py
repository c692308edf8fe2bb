"""Conforming refuses what would change a value."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pyarrow as pa
import pytest

from ees_analytics.contracts.casting import conform
from ees_analytics.contracts.contract import Column, ColumnType, ContractError, TableContract


def contract(kind: ColumnType) -> TableContract:
    return TableContract("raw.t", "d", [Column("c", kind, "a column", nullable=True)])


MOMENT = dt.datetime(2026, 6, 1, 12, 30, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("values", "kind", "expected"),
    [
        (pa.array([1.0, None]), ColumnType.INT, [1, None]),
        (pa.array([1, 2]), ColumnType.DOUBLE, [1.0, 2.0]),
        (pa.array([Decimal("1.5")]), ColumnType.DOUBLE, [1.5]),
        (pa.array(["a"], pa.large_string()), ColumnType.STRING, ["a"]),
        (pa.array(["a", None]).dictionary_encode(), ColumnType.STRING, ["a", None]),
        (pa.array([None, None]), ColumnType.DATE, [None, None]),
        (pa.array([MOMENT.replace(tzinfo=None)], pa.timestamp("ns")), ColumnType.TIMESTAMP, [MOMENT]),
        (pa.array([MOMENT], pa.timestamp("ms", tz="Europe/London")), ColumnType.TIMESTAMP, [MOMENT]),
    ],
)
def test_casts_without_loss(values, kind, expected):
    assert conform(pa.table({"c": values}), contract(kind))["c"].to_pylist() == expected


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (pa.array([1.7]), ColumnType.INT),
        (pa.array([2**31]), ColumnType.INT),
        (pa.array([2**60 + 1]), ColumnType.DOUBLE),
        (pa.array(["1"]), ColumnType.INT),
        (pa.array([1]), ColumnType.STRING),
        (pa.array(["2026-06-01"]), ColumnType.DATE),
        (pa.array([MOMENT]), ColumnType.DATE),
        (pa.array([True]), ColumnType.INT),
        (pa.array([b"raw"]), ColumnType.STRING),
        (pa.array([1]), ColumnType.DATE),
    ],
)
def test_refuses_what_would_change(values, kind):
    with pytest.raises(ContractError, match=r"t\.c: .*Nothing was written"):
        conform(pa.table({"c": values}), contract(kind))


def test_names_every_wrong_column_at_once():
    with pytest.raises(ContractError, match=r"extra \['a', 'b'\]; missing \['c'\]"):
        conform(pa.table({"a": [1], "b": [2]}), contract(ColumnType.INT))

"""The contract's checks on the rows of one write."""

from __future__ import annotations

import datetime as dt
import math
from collections import Counter
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ees_analytics.contracts.checks import duplicate_failures, finite_failures
from ees_analytics.contracts.contract import DOUBLE, INT, STRING, Column, ContractError, TableContract
from ees_analytics.contracts.validator import check

COLUMNS = [
    Column("name", STRING, "a name"),
    Column("count", DOUBLE, "a count", nullable=True, minimum=0),
    Column("rank", INT, "a rank", minimum=1),
    Column("change", DOUBLE, "a number of any kind"),
]
GOOD = {"name": "a", "count": 0.0, "rank": 1, "change": -1.0}


def checked(*rows: dict, **contract: Any) -> pa.Table:
    schema = TableContract("app.t", "rows", COLUMNS).arrow_schema
    table = pa.Table.from_pylist([{**GOOD, **row} for row in rows], schema=schema)
    return check(table, TableContract("app.t", "rows", COLUMNS, **contract))


@pytest.mark.parametrize("row", [{}, {"count": None}, {"count": 2.0**60}, {"change": -(2.0**60)}])
def test_accepts(row):
    assert checked(row).num_rows == 1


@pytest.mark.parametrize("count", [-0.5, math.nan, math.inf, -math.inf])
def test_numbers_below_their_minimum_or_not_finite_are_refused(count):
    with pytest.raises(
        ContractError, match=r"t: 1 value\(s\) of count below 0 or not finite, for example \[{"
    ):
        checked(GOOD, {"count": count})


@pytest.mark.parametrize("change", [math.nan, math.inf, -math.inf])
def test_numbers_without_a_minimum_must_be_finite_too(change):
    with pytest.raises(ContractError, match=r"t: 1 value\(s\) of change not finite, for example \[{"):
        checked(GOOD, {"change": change})


def test_the_day_of_a_wrong_row_is_written_as_a_day():
    rows = pa.table({"date": [dt.date(2023, 6, 3)], "count": [math.inf]})
    assert finite_failures(rows) == [
        "1 value(s) of count not finite, for example [{'date': '2023-06-03', 'count': inf}]"
    ]


def test_every_fault_is_in_one_message():
    with pytest.raises(ContractError) as error:
        checked({"name": None, "rank": 0}, {}, {}, key=["name", "rank"], row_count=1)
    message = str(error.value)
    assert "1 null(s) in name" in message
    assert "1 value(s) of rank below 1" in message
    assert "1 key(s) ['name', 'rank'] occur more than once" in message
    assert "3 row(s), expected 1" in message


def test_null_is_a_key_like_others():
    assert checked({"count": None}, {"count": 0.0}, key=["count"]).num_rows == 2
    with pytest.raises(ContractError, match="occur more than once"):
        checked({"count": None}, {"count": None}, key=["count"])


@pytest.mark.parametrize("index", [pa.int8(), pa.int16(), pa.int32(), pa.int64()])
def test_encoded_keys_are_compared_whatever_numbers_encode_them(index):
    """Another writer's categories have as few bytes as they need."""
    names = pa.array([str(number) for number in range(8)])
    distinct = pa.DictionaryArray.from_arrays(pa.array(range(8), index), names)
    assert duplicate_failures(pa.table({"name": distinct}), ["name"]) == []
    repeated = pa.DictionaryArray.from_arrays(pa.array([*range(7), 0], index), names)
    (failure,) = duplicate_failures(pa.table({"name": repeated}), ["name"])
    assert failure.startswith("1 key(s) ['name'] occur more than once")


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), max_size=200))
def test_each_repeated_key_is_found(keys):
    rows = pa.table({"one": [one for one, _ in keys], "two": [two for _, two in keys]})
    repeated = sum(count > 1 for count in Counter(keys).values())

    found = duplicate_failures(rows, ["one", "two"])

    assert [failure.split(" key(s)")[0] for failure in found] == ([str(repeated)] if repeated else [])


@pytest.mark.parametrize("place", [1, 49_999, 99_999])
def test_one_repeated_key_among_many_is_found(place):
    numbers = [*range(100_000)]
    numbers[place] = 0

    assert duplicate_failures(pa.table({"n": [*range(100_000)]}), ["n"]) == []
    assert duplicate_failures(pa.table({"n": numbers}), ["n"]) == [
        "1 key(s) ['n'] occur more than once, for example [{'n': 0, 'count_all': 2}]"
    ]


def test_values_that_are_not_listed_are_refused():
    with pytest.raises(ContractError, match=r"name holds \['a'\], allowed are \['b'\]"):
        listed = [Column("name", STRING, "a name", one_of=["b"])]
        check(pa.table({"name": ["a", "b"]}), TableContract("app.t", "rows", listed))

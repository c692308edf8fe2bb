"""The digest knows rows, and nothing else."""

from __future__ import annotations

import datetime as dt

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ees_analytics.contracts.digest import FAST, digest, matches, same_algorithm

SCHEMA = pa.schema(
    [
        ("day", pa.date32()),
        ("text", pa.string()),
        ("number", pa.float64()),
        ("count", pa.int32()),
        ("flag", pa.bool_()),
    ]
)
rows = st.lists(
    st.fixed_dictionaries(
        {
            "day": st.none() | st.dates(dt.date(2000, 1, 1), dt.date(2100, 1, 1)),
            "text": st.none() | st.text(),
            "number": st.none() | st.floats(allow_nan=False),
            "count": st.none() | st.integers(-(2**31), 2**31 - 1),
            "flag": st.none() | st.booleans(),
        }
    ),
    max_size=20,
)


def table(records: list[dict]) -> pa.Table:
    return pa.Table.from_pylist(records, schema=SCHEMA)


@given(rows, st.randoms(use_true_random=False))
def test_order_of_rows_columns_and_chunks_does_not_matter(records, random):
    shuffled = list(records)
    random.shuffle(shuffled)
    half = len(shuffled) // 2
    parts = pa.concat_tables([table(shuffled[:half]), table(shuffled[half:])])
    assert digest(parts.select(["flag", "count", "number", "text", "day"])) == digest(table(records))


@given(rows.filter(bool), st.data())
def test_a_changed_row_changes_the_digest(records, data):
    position = data.draw(st.integers(0, len(records) - 1))
    changed = [dict(record) for record in records]
    changed[position]["text"] = (changed[position]["text"] or "") + "x"
    assert digest(table(changed)) != digest(table(records))


@given(rows.filter(bool))
def test_a_row_more_or_less_changes_the_digest(records):
    assert digest(table([*records, records[0]])) != digest(table(records))
    assert digest(table(records[1:])) != digest(table(records))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"text": ""}, {"text": None}),
        ({"number": 0.0}, {"number": None}),
        ({"count": 0}, {"count": None}),
        ({"flag": False}, {"flag": None}),
        ({"text": "a", "count": 1}, {"text": "1", "count": None}),
    ],
)
def test_null_and_empty_differ(one, other):
    assert digest(table([one])) != digest(table([other]))


def test_values_that_swap_rows_differ():
    assert digest(table([{"text": "a", "count": 1}, {"text": "b", "count": 2}])) != digest(
        table([{"text": "a", "count": 2}, {"text": "b", "count": 1}])
    )


def test_negative_zero_is_zero():
    assert digest(table([{"number": -0.0}])) == digest(table([{"number": 0.0}]))


def test_a_sliced_table_has_the_digest_of_its_rows():
    records = [{"text": str(n), "count": n, "flag": n % 2 == 0} for n in range(10)]
    assert digest(table(records).slice(3, 4)) == digest(table(records[3:7]))


def test_the_digest_is_the_same_tomorrow():
    """Landing files and commits carry digests for years: the definition must not drift."""
    record = {
        "day": dt.date(2026, 6, 1),
        "text": "/find-statistics/ä",
        "number": 1.5,
        "count": 3,
        "flag": True,
    }
    rows = table([record])
    assert digest(rows, "0" * 32) == "e57a6349c3a7343728f0d6b9ebea4ea4"  # pragma: allowlist secret
    assert digest(rows, FAST) == "sum2-e57a6349c3a7343728f0d6b9ebea4ea4"  # pragma: allowlist secret
    assert digest(rows) == "sha256-9743da509cc5649bd923881bfb26e0123d4d456d"  # pragma: allowlist secret


OLD = "0" * 32


def test_a_digest_is_compared_by_its_own_algorithm():
    rows = table([{"text": "a", "count": None}, {"text": "b", "count": 2}])
    found = {digest(rows), digest(rows, OLD), digest(rows, FAST)}
    assert len(found) == 3
    for recorded in found:
        assert matches(rows, recorded)
        assert not matches(rows.slice(1), recorded)
        assert [same_algorithm(recorded, other) for other in found].count(True) == 1


def test_a_null_equals_no_number():
    """In the sum of release 0.1.0 it equals this one."""
    rows = [pa.table({"n": pa.array([value], pa.int64())}) for value in (None, 1578030877354524700, 0)]
    for like in (None, FAST):
        assert len({digest(each, like) for each in rows}) == 3


def test_rows_that_repeat_have_one_order():
    records = [{"text": "a", "count": 1}, {"text": None, "count": 1}, {"text": "a", "count": 1}]
    assert digest(table(records)) == digest(table(records[::-1])) == digest(table(records[1:] + records[:1]))
    assert digest(table(records)) != digest(table(records[:2]))


@pytest.mark.parametrize("like", [None, FAST, OLD])
def test_rows_are_hashed_alike_whatever_block_they_are_in(like, monkeypatch):
    records = [
        {"text": str(n % 3) if n % 4 else None, "number": n / 2, "count": n or None} for n in range(10)
    ]
    whole = digest(table(records), like)
    for block in (1, 3, 10):
        monkeypatch.setattr("ees_analytics.contracts.digest._BLOCK", block)
        assert digest(table(records), like) == whole


def test_values_do_not_run_into_each_other():
    assert digest(pa.table({"a": ["xy", "z"]})) != digest(pa.table({"a": ["x", "yz"]}))
    assert digest(pa.table({"a": ["x"], "b": [""]})) != digest(pa.table({"a": [""], "b": ["x"]}))

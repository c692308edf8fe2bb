"""What a new version of a table changed."""

from __future__ import annotations

import datetime as dt
from collections import Counter

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ees_analytics.lake.changes import RowCounts, TableChanges, changes_between, net_changes

DAYS = [dt.date(2026, 6, day) for day in (26, 27, 28)]
SCHEMA = pa.schema(
    [("date", pa.date32()), ("page", pa.string()), ("views", pa.float64()), ("note", pa.string())]
)


def table(*rows: tuple) -> pa.Table:
    return pa.Table.from_pylist([dict(zip(SCHEMA.names, row, strict=True)) for row in rows], SCHEMA)


BEFORE = table((DAYS[0], "/a", 1.0, None), (DAYS[1], "/a", 2.0, "x"), (DAYS[1], None, 3.0, "x"))


def test_rows_are_added_removed_and_changed_by_day_and_column():
    after = table((DAYS[1], "/a", 2.5, "y"), (DAYS[1], None, 3.0, "x"), (DAYS[2], "/a", 9.0, None))
    assert changes_between(BEFORE, after, ["date", "page"], "date") == TableChanges(
        total=RowCounts(added=1, removed=1, changed=1),
        day_count=3,
        days={
            "2026-06-28": RowCounts(added=1),
            "2026-06-27": RowCounts(changed=1),
            "2026-06-26": RowCounts(removed=1),
        },
        columns={"views": 1, "note": 1},
    )


@pytest.mark.parametrize("key", [[], ["page"]])
def test_without_a_key_that_is_unique_a_changed_row_is_one_removed_and_one_added(key):
    after = table((DAYS[0], "/a", 1.0, None), (DAYS[1], "/a", 2.5, "x"), (DAYS[1], None, 3.0, "x"))
    found = changes_between(BEFORE, after, key, "date")
    assert (found.total, found.columns) == (RowCounts(added=1, removed=1), {})


def test_a_table_without_days_has_only_the_total():
    found = changes_between(BEFORE.drop_columns(["date"]), BEFORE.slice(1).drop_columns(["date"]), [], None)
    assert (found.total, found.day_count, found.days) == (RowCounts(removed=1), 0, {})


def test_of_many_days_the_newest_are_kept():
    days = [dt.date(2026, 1, 1) + dt.timedelta(days=number) for number in range(100)]
    found = changes_between(table(), table(*((day, "/", 1.0, None) for day in days)), ["date"], "date")
    assert (found.total.added, found.day_count, len(found.days)) == (100, 100, 30)
    assert next(iter(found.days)) == days[-1].isoformat()


def test_a_large_table_has_only_how_many_rows_more_or_fewer_each_day_has():
    found = net_changes({"2026-06-26": 5, "2026-06-27": 7, None: 1}, {"2026-06-27": 9, "2026-06-26": 5})
    assert found.is_net
    assert found.total == RowCounts(added=2, removed=1)
    assert found.days == {"2026-06-27": RowCounts(added=2)}


ROWS = st.lists(
    st.tuples(
        st.sampled_from([*DAYS, None]),
        st.sampled_from(["/a", "/b", None]),
        st.sampled_from([0.0, 1.0]),
        st.just(""),
    ),
    max_size=8,
)


@given(before=ROWS, after=ROWS)
def test_as_counted_by_hand(before, after):
    """Rows as multisets, where the key is not unique; by key, where it is."""
    keys = [[row[:2] for row in rows] for rows in (before, after)]
    found = changes_between(table(*before), table(*after), ["date", "page"], "date").total
    if all(len(set(side)) == len(side) for side in keys):
        old, new = ({row[:2]: row for row in rows} for rows in (before, after))
        changed = sum(old[key] != new[key] for key in old.keys() & new.keys())
        assert found == RowCounts(len(new.keys() - old.keys()), len(old.keys() - new.keys()), changed)
    else:
        old, new = Counter(before), Counter(after)
        assert found == RowCounts((new - old).total(), (old - new).total(), 0)

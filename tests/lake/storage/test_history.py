"""What counts as a change of a table's rows, and which version a moment means."""

from __future__ import annotations

import datetime as dt
import json

import pytest

from ees_analytics.lake.storage.history import Change, Commit, NoSuchVersion, newest_change, version_at

NOON = dt.datetime(2026, 6, 30, 12, tzinfo=dt.UTC)
LATER = NOON + dt.timedelta(hours=1)
WRITE = Commit(0, "WRITE", NOON, json.dumps({"digest": "d"}))


@pytest.mark.parametrize(
    "operation",
    [
        "OPTIMIZE",
        "VACUUM START",
        "VACUUM END",
        "CREATE TABLE",
        "SET TBLPROPERTIES",
        "ADD CONSTRAINT",
        "ADD COLUMN",
        "CLUSTER BY",
        "COMPUTE STATS",
        "UNSET TBLPROPERTIES",
        "UPGRADE PROTOCOL",
    ],
)
def test_what_leaves_the_rows_as_they_are_is_not_a_change(operation):
    assert newest_change([Commit(1, operation, LATER), WRITE]) == Change(NOON, {"digest": "d"})


@pytest.mark.parametrize("operation", ["WRITE", "MERGE", "DELETE", "UPDATE", "RESTORE", "something new"])
def test_any_other_operation_is_a_change(operation):
    assert newest_change([Commit(1, operation, LATER), WRITE]) == Change(LATER)


def test_a_history_without_a_change_has_none():
    assert newest_change([Commit(0, "CREATE TABLE", NOON)]) is None


@pytest.mark.parametrize("text", [None, "", "by hand", "[1]"])
def test_metadata_of_other_writers_is_ignored(text):
    assert newest_change([Commit(0, "WRITE", NOON, text)]) == Change(NOON, {})


HOUR = dt.timedelta(hours=1)
COMMITS = [
    Commit(number, operation, NOON + number * HOUR)
    for number, operation in reversed(
        [*enumerate(["CREATE TABLE", "WRITE", "OPTIMIZE", "WRITE", "VACUUM END"])]
    )
]


@pytest.mark.parametrize(
    ("moment", "version"),
    [
        (-1, 2),  # the maintenance after the newest change does not hide it
        (-2, 0),
        (0, 0),
        (4, 4),
        (NOON + 3 * HOUR, 3),
        (NOON + 2.5 * HOUR, 2),
        (NOON + 90 * HOUR, 4),
    ],
)
def test_a_moment_is_a_version(moment, version):
    assert version_at(COMMITS, moment) == version


@pytest.mark.parametrize(
    ("moment", "wanted"),
    [
        (-3, "before its newest 3 changes of rows"),
        (5, "with the number 5"),
        (NOON - HOUR, "at 2026-06-30 11:00 UTC"),
    ],
)
def test_a_version_that_there_is_not_is_named_with_those_that_there_are(moment, wanted):
    with pytest.raises(NoSuchVersion) as refused:
        version_at(COMMITS, moment)
    assert str(refused.value) == (
        f"it has no version {wanted}. Its versions are from 0 (2026-06-30 12:00 UTC) to 4 (2026-06-30 16:00 UTC); "
        "rows changed last in 3 (2026-06-30 15:00 UTC), 1 (2026-06-30 13:00 UTC)."
    )


def test_a_version_whose_log_was_deleted_is_none():
    """The rows before the oldest commit of the log cannot be read any more."""
    with pytest.raises(NoSuchVersion, match="from 3 "):
        version_at(COMMITS[:2], -1)

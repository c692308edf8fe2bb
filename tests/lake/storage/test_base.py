"""What counts as a change of a table's rows."""

from __future__ import annotations

import datetime as dt
import json

import pytest

from ees_analytics.lake.storage.base import Change, newest_change

NOON = dt.datetime(2026, 6, 30, 12, tzinfo=dt.UTC)
LATER = NOON + dt.timedelta(hours=1)
WRITE = ("WRITE", NOON, json.dumps({"digest": "d"}))


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
    ],
)
def test_what_leaves_the_rows_as_they_are_is_not_a_change(operation):
    assert newest_change([(operation, LATER, None), WRITE]) == Change(NOON, {"digest": "d"})


@pytest.mark.parametrize("operation", ["WRITE", "MERGE", "DELETE", "UPDATE", "RESTORE", "something new"])
def test_any_other_operation_is_a_change(operation):
    assert newest_change([(operation, LATER, None), WRITE]) == Change(LATER)


def test_a_history_without_a_change_has_none():
    assert newest_change([("CREATE TABLE", NOON, None)]) is None


@pytest.mark.parametrize("text", [None, "", "by hand", "[1]"])
def test_metadata_of_other_writers_is_ignored(text):
    assert newest_change([("WRITE", NOON, text)]) == Change(NOON, {})

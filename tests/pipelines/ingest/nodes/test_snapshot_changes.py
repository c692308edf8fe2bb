"""What changed in a snapshot is said by name."""

import logging

from ees_analytics.pipelines.ingest.nodes.snapshot_changes import report_changes


def test_each_change_is_one_sentence(caplog):
    before = {"a": {"name": "A", "n": 1}, "b": {"name": "B", "n": 1}, "c": {"name": "C", "n": 1}}
    after = {"a": {"name": "A", "n": 1}, "b": {"name": "B2", "n": 2}, "d": {"name": "D", "n": 1}}
    with caplog.at_level(logging.INFO):
        said = report_changes("t", before, after, "name")
    assert said == ["new: D (d)", "gone: C (c)", "changed: B2 (b): name B -> B2, n 1 -> 2"]
    assert [record.message for record in caplog.records] == [
        *(f"t: {each}" for each in said),
        "t: 3 row(s), 3 change(s)",
    ]


def test_a_first_load_is_counted_not_listed(caplog):
    with caplog.at_level(logging.INFO):
        assert report_changes("t", {}, {"a": {"name": "A"}}, "name") == []
    assert caplog.messages == ["t: first load, 1 row(s)"]

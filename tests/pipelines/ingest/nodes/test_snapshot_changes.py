"""What changed in a snapshot is logged by name."""

import logging

from ees_analytics.pipelines.ingest.nodes.snapshot_changes import report_changes


def test_each_change_is_one_sentence(caplog):
    before = {"a": {"name": "A", "n": 1}, "b": {"name": "B", "n": 1}, "c": {"name": "C", "n": 1}}
    after = {"a": {"name": "A", "n": 1}, "b": {"name": "B2", "n": 2}, "d": {"name": "D", "n": 1}}
    with caplog.at_level(logging.INFO):
        report_changes("t", before, after, "name")
    assert caplog.messages == [
        "t: new: D (d)",
        "t: gone: C (c)",
        "t: changed: B2 (b): name B -> B2, n 1 -> 2",
        "t: 3 row(s), 3 change(s)",
    ]


def test_a_first_load_is_counted_not_listed(caplog):
    with caplog.at_level(logging.INFO):
        report_changes("t", {}, {"a": {"name": "A"}}, "name")
    assert caplog.messages == ["t: first load, 1 row(s)"]

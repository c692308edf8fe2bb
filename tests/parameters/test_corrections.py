"""Corrections are rows of conf, and are switched by name."""

from __future__ import annotations

import pytest

from ees_analytics.parameters.corrections import corrected
from tests.reporting import conf

ROWS = {
    "events": ["a", {"value": "b", "correction": "one"}, {"value": "c", "replaced_by": "one"}],
    "rules": [{"equals": "x", "label": "y", "correction": "two"}, {"equals": "z", "label": "y"}],
    "nested": {"first": {"value": "d", "correction": "two"}, "last": "e"},
    "other": {"value": 1},
}
RULE = {"equals": "z", "label": "y"}


@pytest.mark.parametrize(
    ("switch", "events", "rules", "nested"),
    [
        ("all", ["a", "b"], [{"equals": "x", "label": "y"}, RULE], {"first": "d", "last": "e"}),
        ("none", ["a", "c"], [RULE], {"last": "e"}),
        ("one", ["a", "b"], [RULE], {"last": "e"}),
        ("two+one", ["a", "b"], [{"equals": "x", "label": "y"}, RULE], {"first": "d", "last": "e"}),
    ],
)
def test_marked_rows_count_while_their_correction_is_on(switch, events, rules, nested):
    expected = {"events": events, "rules": rules, "nested": nested, "other": {"value": 1}}
    assert corrected(ROWS, switch) == expected


@pytest.mark.parametrize("switch", ["on", "", "one+", "one,two", "all+one", "None"])
def test_an_unknown_name_is_refused(switch):
    with pytest.raises(ValueError, match="Known are all, none, one, two"):
        corrected(ROWS, switch)


def test_the_corrections_in_conf():
    with pytest.raises(
        ValueError,
        match="Known are all, none, download_label_publication, methodology_tab, release_page_downloads",
    ):
        conf("x")


@pytest.mark.parametrize("name", [None, 5, ["a"]])
def test_a_correction_whose_name_is_not_a_text_is_refused(name):
    with pytest.raises(ValueError, match="is not a name"):
        corrected({"rules": [{"label": "a", "correction": name}]}, "all")

"""The rules in conf: each is reachable, and a mistake in them stops the run before any node."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from kedro.validation import ModelInstantiationError
from kedro.validation.exceptions import ParameterValidationError

from ees_analytics.parameters.rules import CHOOSE_A_LABEL, UNCLASSIFIED, Rule, RuleList
from tests.reporting import conf, first_match, parameters


def _lists() -> list[RuleList]:
    keys = [
        "page_type_by_path",
        "accordions",
        "search_events",
        "downloads",
        "featured_tables",
        "tables_created",
    ]
    known = parameters()
    return [rules for key in keys for rules in known[key].rule_lists]


LISTS = _lists()
EACH = [
    pytest.param(rules, rule, id=f"{rules.name}-{number}")
    for rules in LISTS
    for number, rule in enumerate(rules.rules)
]


@pytest.mark.parametrize(("rules", "rule"), EACH)
def test_each_rule_is_the_first_to_match_its_example(rules, rule):
    assert rule.example is not None, "give the rule an example: a real value that it is there for"
    assert first_match(rules, {rules.field_of(rule): rule.example}) is rule


def test_production_s_rules_are_all_there():
    """As of July 2026. A rule may be added; to lose one, or a step of a slug, changes published numbers."""
    known = conf()
    found = {rules.name: len(rules.rules) for rules in LISTS}
    found |= {f"{key}.events": len(value["events"]) for key, value in known.items() if "events" in value}
    found |= {f"renamed.{table}": len(names) for table, names in known["renamed_publications"].items()}
    least = {
        "page_type_by_path": 16,
        "accordions.page_type": 14,
        "accordions.events": 6,
        "search_events.page_type": 11,
        "search_events.events": 3,
        "downloads.page_type": 25,
        "downloads.download_type": 13,
        "downloads.events": 11,
        "featured_tables.page_type": 1,
        "featured_tables.events": 1,
        "tables_created.page_type": 2,
        "tables_created.events": 1,
        "session_starts.events": 1,
        "renamed.downloads": 5,
        "renamed.tables_created": 7,
    }
    assert {name: count for name, count in least.items() if found[name] < count} == {}
    assert known["slug"]["featured_tables"] == {
        "sections": ["data-tables", "find-statistics"],
        "drop_trailing_dot": True,
    }
    assert known["release_page_exclusions"] == ["/data-guidance", "/prerelease-access-list"]
    assert known["release_page_exclusions_at_start"] == ["/methodology"]
    uncorrected = conf("none")
    assert uncorrected["release_page_exclusions"] == [
        "/methodology",
        "/data-guidance",
        "/prerelease-access-list",
    ]
    assert uncorrected["release_page_exclusions_at_start"] == []
    assert known["unclassified"] == {"max_share": 0.01}


@pytest.mark.parametrize("rules", LISTS, ids=lambda rules: rules.name)
def test_values_are_no_longer_than_the_source_gives(rules):
    cut = 100
    tests = [rule.contains or rule.equals or rule.starts_with or "" for rule in rules.rules]
    assert [text for text in tests if len(text) > cut] == []


def test_listed_page_types_exist():
    known = parameters()
    (by_path,) = known["page_type_by_path"].rule_lists
    paths = {rule.label for rule in by_path.rules}
    assert set(known["traffic"].publication_page_types) <= paths
    assert set(known["time_on_page"].publication_page_types) <= paths
    assert set(known["publication_summary"].page_types) <= paths
    for key, unused in (("accordions", {"Table tool"}), ("search_events", set())):
        rules = known[key]
        listed = {*rules.publication_page_types, *rules.service_page_types}
        assert listed - {rule.label for rule in rules.page_type} == unused
        assert not set(rules.publication_page_types) & set(rules.service_page_types)


@pytest.mark.parametrize(
    "rule",
    [
        {"label": "a"},
        {"contains": "x", "equals": "x", "label": "a"},
        {"contains": "", "label": "a"},
        {"starts_with": "", "label": "a"},
        {"contains": 2024, "label": "a"},
        {"contains": "x"},
        {"contains": "x", "label": ""},
        {"contains": "x", "label": UNCLASSIFIED},
        {"contains": "x", "label": CHOOSE_A_LABEL},
        {"contains": "x", "label": "a", "field": "eventLabel"},
        {"contian": "x", "label": "a"},
    ],
)
def test_a_rule_that_cannot_be_meant_is_refused(rule):
    with pytest.raises(ModelInstantiationError):
        Rule.model_validate(rule)


@pytest.mark.parametrize(
    ("earlier", "later", "takes_all"),
    [
        ({"contains": "a"}, {"contains": "bab"}, True),
        ({"contains": "a"}, {"starts_with": "ba"}, True),
        ({"contains": "a"}, {"equals": "a"}, True),
        ({"starts_with": "a"}, {"starts_with": "ab"}, True),
        ({"starts_with": "a"}, {"equals": "ab"}, True),
        ({"equals": ""}, {"equals": ""}, True),
        ({"contains": "ab"}, {"contains": "a"}, False),
        ({"starts_with": "a"}, {"contains": "a"}, False),
        ({"equals": "a"}, {"contains": "a"}, False),
        ({"equals": "a"}, {"starts_with": "a"}, False),
        ({"equals": "a"}, {"equals": "b"}, False),
        ({"starts_with": "ab"}, {"starts_with": "a"}, False),
    ],
)
def test_a_rule_that_an_earlier_one_leaves_nothing_is_unreachable(earlier, later, takes_all):
    first, second = (Rule.model_validate({**test, "label": "x"}) for test in (earlier, later))
    found = list(RuleList("x", (first, second), "pagePath").unreachable())
    assert found == ([(1, 0)] if takes_all else [])
    other = Rule.model_validate({**later, "label": "x", "field": "eventName"})
    assert not list(RuleList("x", (first, other), "pagePath").unreachable()), "another field's value"


def test_an_example_may_be_missing_in_a_hurry():
    assert Rule.model_validate({"equals": "", "label": "a"}).example is None


def _changed(key: str, *path: Any, value: Any) -> dict[str, Any]:
    changed = copy.deepcopy(conf()[key])
    place = changed
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    return {key: changed}


@pytest.mark.parametrize(
    "change",
    [
        _changed("accordions", "page_types", value=[]),
        _changed("page_type_by_path", 0, "lable", value="x"),
        _changed("slug", "downloads", "trimm", value=True),
        _changed("slug", "unheard_of", value={}),
        _changed("unclassified", "max_share", value=1.5),
        _changed("universal_analytics", "last_day", value="2023-07-32"),
        _changed("renamed_publications", "accordions", value={}),
        _changed("session_starts", "page_type", value="accordions"),
        _changed("release_page_exclusions", 0, value=""),
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_mistake_in_conf_stops_the_run_before_any_node(change):
    with pytest.raises(ParameterValidationError):
        parameters(**change)

import datetime as dt

import pytest

from ees_analytics.parameters.rules import EventNames, Rule, RuleList
from ees_analytics.transforms.classification import classified_values, counted, label_by
from tests.reporting import Reporting, event, first_match, of, parameters

FIRST, LAST = dt.date(2024, 1, 1), dt.date(2024, 2, 1)


def test_each_path_once_with_page_type_and_publication(spark):
    paths = [
        "/find-statistics/pay",
        "/find-statistics/PAY/2023",
        "/find-statistics/gone",
        "",
        None,
        "nowhere",
    ]
    rows = spark.createDataFrame(
        [(FIRST, path, 2.0) for path in [*paths, *paths]], "date date, pagePath string, pageviews double"
    )
    titles = spark.createDataFrame([("pay", "Pay")], "slug string, publication string")
    rules = parameters()

    found = classified_values(
        rows, "pageviews", rules["page_type_by_path"].rule_lists, rules["slug"].device_browser, titles
    )

    assert sorted(
        map(tuple, found.select("pagePath", "page_type", "publication", "rows").collect()), key=str
    ) == [
        ("", "Blank", None, 2),
        ("/find-statistics/PAY/2023", "Release page", "Pay", 2),
        ("/find-statistics/gone", "Release page", None, 2),
        ("/find-statistics/pay", "Release page", "Pay", 2),
        ("nowhere", "Unclassified", None, 2),
        (None, "Unclassified", None, 2),
    ]


VALUES = [
    None, "", " ", "a", "A", "a.c", "abc", "100%", "1000", "x_y", "xzy", "(other)", "[a-z]+", "a\\b", "$1", "^a", "a|b",
    "'; --", '"', "é", "e\u0301", "line\nbreak", "ab" * 60,
]  # fmt: skip


def rule_list(*rules):
    return RuleList("test", [Rule(**rule) for rule in rules], "pagePath")


LITERAL = [
    rule_list({test: value, "label": "hit"})
    for value in VALUES
    if value is not None
    for test in ("contains", "equals", "starts_with")
    if value or test == "equals"
]


@pytest.fixture(scope="module")
def rows(spark):
    return spark.createDataFrame(
        [(value, "cat") for value in VALUES], "pagePath string, eventCategory string"
    )


def labels(rows, rules):
    return [row["label"] for row in rows.select(label_by(rules).alias("label")).collect()]


def test_every_test_is_literal(rows):
    """No character of a value means anything: one query asks all rules, so that it stays fast."""
    columns = [label_by(rules).alias(str(number)) for number, rules in enumerate(LITERAL)]
    found = rows.select("pagePath", *columns).collect()

    for row in found:
        for number, rules in enumerate(LITERAL):
            hit = first_match(rules, {"pagePath": row["pagePath"]})
            assert row[str(number)] == (hit.label if hit else "Unclassified"), (row["pagePath"], rules)


def test_the_first_match_wins(rows):
    rules = rule_list(
        {"equals": "a.c", "label": "one"},
        {"contains": "a", "label": "two"},
        {"equals": "a", "label": "three"},
    )
    found = dict(zip(VALUES, labels(rows, rules), strict=True))

    assert (found["a.c"], found["abc"], found["a"], found["100%"], found[None]) == (
        "one", "two", "two", "Unclassified", "Unclassified",
    )  # fmt: skip


def test_rules_may_look_at_several_fields(rows):
    rules = rule_list(
        {"equals": "a", "label": "path"}, {"field": "eventCategory", "equals": "cat", "label": "category"}
    )
    found = dict(zip(VALUES, labels(rows, rules), strict=True))

    assert (found["a"], found["abc"], found[None]) == ("path", "category", "category")
    assert (rules.input, rules.fields) == ("pagePath", ["pagePath", "eventCategory"])


def test_without_rules_all_is_unclassified(rows):
    assert set(labels(rows, rule_list())) == {"Unclassified"}


def test_listed_names_and_prefixes_of_events_are_literal(spark):
    names = [
        "Clicked",
        "clicked",
        "Clicked ",
        "100%",
        "1000",
        "Page_ all: x",
        "Page_ all:x",
        "PageX all: x",
        "",
        None,
    ]
    listed = EventNames(events=("Clicked", "100%"), event_prefixes=("Page_ all: ",))
    rows = Reporting(spark).frame("raw.ees_ga4_events", [event(name) for name in names])

    found = [row.asDict() for row in counted(rows, listed).collect()]

    assert of(found, "eventName") == [("100%",), ("Clicked",), ("Page_ all: x",)]

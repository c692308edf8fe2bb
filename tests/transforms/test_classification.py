import datetime as dt

from ees_analytics.transforms.classification import classified_values, distinct_values
from tests.reporting import parameters

FIRST, LAST = dt.date(2024, 1, 1), dt.date(2024, 2, 1)


def test_null_and_empty_are_values_of_their_own(spark):
    rows = spark.createDataFrame(
        [(FIRST, None, "x", 1.0), (LAST, None, "x", 2.0), (FIRST, "", "x", 4.0), (FIRST, "", None, None)],
        "date date, one string, two string, count double",
    )

    values = distinct_values(rows, ["one", "two"], "count")

    assert values.columns == ["one", "two", "rows", "count", "first_date", "last_date"]
    assert {tuple(row) for row in values.collect()} == {
        (None, "x", 2, 3.0, FIRST, LAST),
        ("", "x", 1, 4.0, FIRST, FIRST),
        ("", None, 1, None, FIRST, FIRST),
    }


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

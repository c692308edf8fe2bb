import datetime as dt

from ees_analytics.transforms.page_type import classified_paths
from tests.reporting import parameters

DAY = dt.date(2024, 1, 1)
PATHS = ["/find-statistics/pay", "/find-statistics/PAY/2023", "/find-statistics/gone", "", None, "nowhere"]


def test_each_path_once_with_page_type_and_publication(spark):
    rows = spark.createDataFrame(
        [(DAY, path, 2.0) for path in [*PATHS, *PATHS]], "date date, pagePath string, pageviews double"
    )
    titles = spark.createDataFrame([("pay", "Pay")], "slug string, publication string")
    rules = parameters()

    found = classified_paths(
        rows, "pageviews", rules["page_type_by_path"], rules["slug"].device_browser, titles
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

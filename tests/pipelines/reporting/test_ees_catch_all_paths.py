import datetime as dt

from tests.reporting import DAY, of

COLUMNS = ("section", "example", "first_date", "last_date", "pageviews", "last_28_days")
EARLIER = DAY - dt.timedelta(days=28)


def page(path, views=1.0, day=DAY):
    return {"date": day, "pagePath": path, "pageviews": views, "sessions": 1.0}


def test_parts_of_the_website_that_no_rule_names_by_their_first_segment(reporting):
    rows = reporting(
        "ees_catch_all_paths",
        ees_ua_page=[page("/search-data", 4.0, EARLIER)],
        ees_ga4_page=[
            page("/education-in-numbers", 5.0),
            page("/education-in-numbers/attainment", 30.0),
            page("/education-in-numbers/attainment", 40.0, EARLIER),
            page("/search-data", 2.0),
            page("/search-data?query=a#top", 1.0),
            page("//odd/x", 1.0),
            page("relative/x", 1.0),
        ],
    )
    assert of(rows, *COLUMNS) == [
        ("//odd", "//odd/x", DAY, DAY, 1.0, 1.0),
        ("/education-in-numbers", "/education-in-numbers/attainment", EARLIER, DAY, 75.0, 35.0),
        ("/search-data", "/search-data", EARLIER, DAY, 7.0, 3.0),
        ("relative", "relative/x", DAY, DAY, 1.0, 1.0),
    ]


def test_neither_the_homepage_nor_what_a_rule_names_nor_what_no_rule_takes(reporting):
    paths = ["/", "/?utm=x", "/find-statistics/a", "/glossary", "(other)", "", "odd"]
    assert reporting("ees_catch_all_paths", ees_ga4_page=[page(path) for path in paths]) == []
    assert reporting("ees_catch_all_paths") == []


def test_a_rule_in_front_names_a_part(reporting):
    rules = [{"contains": "/search-data", "label": "Search"}, {"contains": "/", "label": "Home"}, {"equals": "", "label": "Blank"}]  # fmt: skip
    pages = [page("/search-data"), page("/new"), page("")]
    rows = reporting("ees_catch_all_paths", rules={"page_type_by_path": rules}, ees_ga4_page=pages)
    assert of(rows, "section") == [("/new",)]
    rows = reporting("ees_catch_all_paths", rules={"page_type_by_path": rules[:1]}, ees_ga4_page=pages)
    assert rows == [], "no rule takes it: it is in ees_unclassified"

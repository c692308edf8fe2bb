import datetime as dt

import pyarrow as pa

from ees_analytics.pipelines.reporting.unclassified import _VALUES_AND_RULES, ees_unclassified
from tests.reporting import DAY, conf, event, of, parameters, ua_event

COLUMNS = ("table", "field", "value", "first_date", "last_date", "rows", "count")
LATER = DAY + dt.timedelta(days=9)


def page(path, **columns):
    return {"date": DAY, "pagePath": path, "pageviews": 2.0, "sessions": 1.0, **columns}


def test_every_table_reports_its_own(reporting):
    names = [
        "Accordion Opened",
        "PageSearchForm",
        "CSV Download Button Clicked",
        "Clicked to View Featured Table",
    ]
    rows = reporting(
        "ees_unclassified",
        rules=conf("none"),
        ees_ua_device_browser=[page("odd a")],
        ees_ga4_source_medium=[page("odd b")],
        ees_ga4_time_on_page=[page("odd c"), page("/")],
        ees_ga4_events=[
            *[event(name, 3.0, eventCategory="Odd page") for name in names],
            event("Publication and Subject Chosen", 4.0, eventCategory="Odd page", pagePath="odd d"),
            event("session_start", 5.0, pagePath="odd e"),
            event("Release Page All Files, Release", 6.0, eventCategory="Table Tool"),
            event("Some other event", 7.0, eventCategory="Odd page"),
        ],
    )

    assert of(rows, *COLUMNS) == [
        ("ees_publication_featured_tables", "eventCategory", "Odd page", DAY, DAY, 1, 3.0),
        ("ees_publication_tables_created", "pagePath", "odd d", DAY, DAY, 1, 4.0),
        ("ees_service_accordions", "eventCategory", "Odd page", DAY, DAY, 1, 3.0),
        ("ees_service_device_browser", "pagePath", "odd a", DAY, DAY, 1, 2.0),
        ("ees_service_downloads", "eventCategory", "Odd page", DAY, DAY, 1, 3.0),
        ("ees_service_downloads", "eventName", "Release Page All Files, Release", DAY, DAY, 1, 6.0),
        ("ees_service_search_events", "eventCategory", "Odd page", DAY, DAY, 1, 3.0),
        ("ees_service_source_medium", "pagePath", "odd b", DAY, DAY, 1, 2.0),
        ("ees_service_time_on_page", "pagePath", "odd c", DAY, DAY, 1, 2.0),
        ("ees_session_starts", "pagePath", "odd e", DAY, DAY, 1, 5.0),
    ]


def test_a_value_is_one_row_over_paths_days_and_eras(reporting):
    rows = reporting(
        "ees_unclassified",
        ees_ua_events=[
            ua_event("Accordion Opened", 2.0, eventCategory="Odd"),
            ua_event("Accordion Opened", 1.0, eventCategory=None),
        ],
        ees_ga4_events=[
            event("Accordion Opened", 3.0, eventCategory="Odd", pagePath="/a", date=LATER),
            event("Accordion Opened", 4.0, eventCategory="Odd", pagePath="/b", eventLabel="x"),
            event("Accordion Opened", 5.0, eventCategory="odd"),
        ],
    )

    assert of(rows, *COLUMNS[1:]) == [
        ("eventCategory", None, DAY, DAY, 1, 1.0),
        ("eventCategory", "Odd", DAY, LATER, 3, 9.0),
        ("eventCategory", "odd", DAY, DAY, 1, 5.0),
    ]


def test_nothing_in_gives_nothing(reporting):
    assert reporting("ees_unclassified") == []


def test_each_value_table_is_filtered_by_a_query_of_its_own(spark):
    """220,000 ordinary paths of permalinks: 32 MiB in each of four tables of paths. A query is at most 128 MiB."""
    odd = {
        "eventName": "-",
        "eventCategory": "-",
        "pagePath": "odd",
        "page_type": "Unclassified",
        "download_type": "-",
    }
    values = spark.createDataFrame([odd | {"rows": 1, "count": 1.0, "first_date": DAY, "last_date": DAY}])
    rules = parameters()
    inputs = {f"values_{table}": values for table in _VALUES_AND_RULES}
    inputs |= {f"rules_{table}": rules[key] for table, (_, key) in _VALUES_AND_RULES.items()}

    rows = ees_unclassified(**inputs)

    assert isinstance(rows, pa.Table), "not one query of them all"
    assert {row["table"] for row in rows.to_pylist()} == set(_VALUES_AND_RULES)

import datetime as dt

from pyspark.sql import functions as F

from ees_analytics.contracts import contract_for
from ees_analytics.contracts.validator import check
from ees_analytics.pipelines.reporting.daily_measures import ees_daily_measures
from tests.parameters.test_daily_measures import MEASURES
from tests.reporting import DAY, event, of, ua_event

FIRST = dt.date(2023, 6, 22)
BEFORE = FIRST - dt.timedelta(days=1)


def made(**tables) -> list[tuple]:
    readers = {name.replace("__", "."): read for name, read in tables.items()}
    rows = ees_daily_measures(readers, MEASURES, DAY + dt.timedelta(days=1))
    return of(check(rows, contract_for("app.ees_daily_measures")).to_pylist(), *rows.column_names)


def test_each_table_has_its_rows_and_what_it_counts_by_day(reporting):
    def read(name, rows):
        return lambda: reporting.frame(name, rows)

    old = event("a", 9.0, date=DAY - dt.timedelta(days=400))  # of more than 400 days before the run
    events = [event("a", 3.0), event("b", 4.0), event("a", 5.0, date=FIRST), old]
    downloads = {"page_type": "p", "download_type": "t", "eventLabel": "l"}
    assert made(
        raw__ees_ga4_events=read("raw.ees_ga4_events", events),
        raw__ees_ua_events=read("raw.ees_ua_events", [ua_event("a", 2.0, date=FIRST)]),
        app__ees_service_downloads=read(
            "app.ees_service_downloads",
            [downloads | {"date": FIRST, "eventCount": 7.0}, downloads | {"date": BEFORE, "eventCount": 8.0}],
        ),
        raw__ees_ga4_page=lambda: None,
    ) == [
        (BEFORE, "Universal Analytics", "ees_service_downloads", "downloads", 8.0),
        (BEFORE, "Universal Analytics", "ees_service_downloads", "rows", 1.0),
        (FIRST, "Google Analytics 4", "ees_ga4_events", "events", 5.0),
        (FIRST, "Google Analytics 4", "ees_ga4_events", "rows", 1.0),
        (FIRST, "Google Analytics 4", "ees_service_downloads", "downloads", 7.0),
        (FIRST, "Google Analytics 4", "ees_service_downloads", "rows", 1.0),
        (FIRST, "Universal Analytics", "ees_ua_events", "events", 2.0),
        (FIRST, "Universal Analytics", "ees_ua_events", "rows", 1.0),
        (DAY, "Google Analytics 4", "ees_ga4_events", "events", 7.0),
        (DAY, "Google Analytics 4", "ees_ga4_events", "rows", 2.0),
    ]


def test_a_table_that_cannot_be_read_is_left_out_with_a_warning(reporting, caplog):
    def missing():
        raise OSError("the log of the table is damaged\nat line 3")

    def damaged():
        broken = F.raise_error(F.lit("a data file is damaged")).cast("double")
        return reporting.frame("raw.ees_ga4_page", [{"date": DAY, "pagePath": "/"}]).withColumn(
            "sessions", broken
        )

    found = made(
        raw__ees_ga4_events=lambda: reporting.frame("raw.ees_ga4_events", [event("a", 3.0)]),
        raw__ees_search_console=missing,
        raw__ees_ga4_page=damaged,
    )
    assert {row[2] for row in found} == {"ees_ga4_events"}
    ours = [record.getMessage() for record in caplog.records if record.name.startswith("ees_analytics")]
    first, second = sorted(ours)
    assert first.startswith("ees_ga4_page could not be read, so ees_daily_measures lacks it: ")
    assert second.endswith("lacks it: the log of the table is damaged")


def test_sums_that_are_not_numbers_are_left_out_and_no_table_gives_no_row(reporting):
    rows = [event("a", float("nan")), event("a", None, date=FIRST)]
    found = made(raw__ees_ga4_events=lambda: reporting.frame("raw.ees_ga4_events", rows))
    assert [(row[0], row[3]) for row in found] == [(FIRST, "rows"), (DAY, "rows")]
    assert made() == []

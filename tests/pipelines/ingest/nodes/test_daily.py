"""Answers of Search Console become rows, or are refused."""

import datetime as dt
from dataclasses import replace

import pytest

from ees_analytics.parameters.google import SearchConsole
from ees_analytics.parameters.ingest import DailyCalendar, IngestRange
from ees_analytics.pipelines.ingest.nodes.daily import land_searches
from ees_analytics.slices.errors import NotYetPublished, SourceError
from ees_analytics.slices.slice import Flags, IngestPlan
from ees_analytics.slices.state import TableState
from ees_analytics.sources.errors import MalformedResponse, UnstableSnapshot
from ees_analytics.sources.search_console.response import METRICS, response_of, rows_of_page

TABLE = "ees_search_console"
DAY = "2026-06-01"
PAGE = "https://explore-education-statistics.service.gov.uk/find-statistics#top"
CALENDAR = DailyCalendar(first_day="2026-05-01", lag_days=3, empty_is_final_after_days=7)


def answer(*rows, clicks=100.0, impressions=1000.0):
    totals = {"clicks": clicks, "impressions": impressions}
    entries = [dict(zip(("keys", *METRICS), (list(row[:3]), *row[3:]), strict=True)) for row in rows]
    found = response_of([rows_of_page({"rows": entries})], totals, {"startDate": DAY})
    return replace(found, control=lambda first, last: {"2026-05-31", "2026-06-02"})


def row(query="absence", day=DAY, clicks=3.0, page=PAGE, position=7.5):
    return (day, query, page, clicks, 40.0, position)


def land(given, run_date="2026-06-30", day=DAY, before=0, tries=1):
    """What comes of a day; ``given`` are the answers of the tries, or one for all."""
    answers = iter(given) if isinstance(given, list) else None
    asked = land_searches(
        IngestPlan(TABLE, (day,), (day,)),
        {DAY: (lambda: next(answers)) if answers else (lambda: given)},
        TableState(TABLE, exists=bool(before), slices={day: before} if before else {}),
        SearchConsole(tries_per_day=tries),
        CALENDAR,
        IngestRange(run_date=run_date),
    )
    return asked[day]()


def test_rows_take_the_tables_columns():
    landed = land(answer(row(), row('"naïve" 统计')))
    assert landed.rows.to_pylist()[1] == {
        "date": dt.date(2026, 6, 1),
        "pagePath": PAGE,
        "query": '"naïve" 统计',
        "clicks": 3.0,
        "impressions": 40.0,
        "position": 7.5,
    }
    assert landed.expected_rows == 2
    assert landed.metadata["coverage"] == {"clicks": 0.06, "impressions": 0.08}
    assert landed.request == {"startDate": DAY}


def test_an_answer_at_the_limit_is_flagged():
    rows = [row(query=str(number), clicks=0.0) for number in range(50_000)]
    landed = land(answer(*rows, impressions=9e9))
    assert landed.flags == Flags(capped=True)
    assert land(answer(*rows[:-1], impressions=9e9)).flags == Flags()


@pytest.mark.parametrize(
    ("given", "error", "says"),
    [
        (answer(row(), clicks=2.0), UnstableSnapshot, "clicks: the rows sum to 3, the day's total is 2"),
        (answer(row(), clicks=0.0, impressions=0.0), UnstableSnapshot, "impressions"),
        (answer(), UnstableSnapshot, "no rows, though"),
        (answer(row(day="2026-06-02")), MalformedResponse, "requested 2026-06-01"),
        (answer(row(day="20260601 ")), MalformedResponse, "does not parse"),
        (answer(row(clicks=-1.0)), SourceError, "below 0"),
    ],
)
def test_what_is_no_plausible_day_is_refused(given, error, says):
    with pytest.raises(error, match=says):
        land(given)


def test_an_unstable_answer_is_asked_again():
    assert land([answer(row(), clicks=2.0), answer(row())], tries=2).rows.num_rows == 1


@pytest.mark.parametrize("totals", [{}, {"clicks": 0.0, "impressions": 0.0}])
def test_a_young_day_without_rows_is_still_to_come(totals):
    with pytest.raises(NotYetPublished):
        land(answer(**totals), run_date="2026-06-07")


def test_an_old_day_without_rows_and_totals_is_empty():
    assert land(answer(clicks=0.0, impressions=0.0), run_date="2026-06-08").rows.num_rows == 0


def test_a_day_may_not_shrink():
    with pytest.raises(SourceError, match="more than 10% fewer"):
        land(answer(row()), before=2)


def test_a_day_without_a_recording_is_an_error():
    with pytest.raises(SourceError, match="the sample has no recording"):
        land(answer(row()), day="2026-06-09")


def test_coverage_of_nothing_is_unknown():
    assert answer(clicks=0.0, impressions=0.0).metadata["coverage"] == {"clicks": None, "impressions": None}

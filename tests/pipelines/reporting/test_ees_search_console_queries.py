import datetime as dt

import pytest

from ees_analytics.contracts import contract_for
from ees_analytics.contracts.validator import as_arrow, check
from ees_analytics.parameters.rules import ReleasePageExclusions, SlugRules, SlugSteps
from ees_analytics.pipelines.reporting.search import ees_search_console_queries
from ees_analytics.transforms.publication import publication_titles

CONTRACT = contract_for("app.ees_search_console_queries")

RUN_DATE = "2026-06-30"
DAY = dt.date(2026, 6, 27)
SITE = "https://explore-education-statistics.service.gov.uk"
ABSENCE = f"{SITE}/find-statistics/pupil-absence"
STEPS = SlugSteps(sections=("find-statistics",), drop_trailing_dot=True)
SLUG = SlugRules(
    **{name: STEPS if name == "search_console" else SlugSteps() for name in SlugRules.model_fields}
)
EXCLUSIONS = ReleasePageExclusions(("/data-guidance",)), ReleasePageExclusions(("/methodology",))
TITLES = [("pupil-absence", "Pupil absence"), ("PA", "PUPIL absence"), ("exclusions", "Exclusions")]


@pytest.fixture
def top(spark):
    def build(*rows, titles=TITLES):
        """Rows are pagePath, query, clicks, impressions and, where it matters, the day."""
        found = [(row[4] if len(row) > 4 else DAY, *row[:4]) for row in rows]
        result = ees_search_console_queries(
            spark.createDataFrame(
                found, "date date, pagePath string, query string, clicks double, impressions double"
            ),
            publication_titles(spark.createDataFrame(titles, "slug string, title string")),
            SLUG,
            *EXCLUSIONS,
            RUN_DATE,
        )
        table = check(as_arrow(result), CONTRACT).to_pylist()
        return {
            (publication, metric): [
                (row["query"], row["count"])
                for row in sorted(table, key=lambda row: (-row["count"], row["query"]))
                if (row["publication"], row["metric"]) == (publication, metric)
            ]
            for publication, metric in {(row["publication"], row["metric"]) for row in table}
        }

    return build


def test_days_and_pages_are_added_by_publication_and_for_the_service(top):
    found = top(
        (ABSENCE, "absence", 1.0, 10.0),
        (f"{ABSENCE}/2024-25", "absence", 2.0, 20.0, DAY - dt.timedelta(days=1)),
        (f"{SITE}/find-statistics/exclusions", "absence", 4.0, 5.0),
        (f"{SITE}/glossary", "glossary", 1.0, 7.0),
    )

    assert found == {
        ("Service", "clicks"): [("absence", 7.0), ("glossary", 1.0)],
        ("Service", "impressions"): [("absence", 35.0), ("glossary", 7.0)],
        ("Pupil Absence", "clicks"): [("absence", 3.0)],
        ("Pupil Absence", "impressions"): [("absence", 30.0)],
        ("Exclusions", "clicks"): [("absence", 4.0)],
        ("Exclusions", "impressions"): [("absence", 5.0)],
    }


def test_slugs_of_one_title_are_one_publication(top):
    found = top((ABSENCE, "a", 1.0, 1.0), (f"{SITE}/find-statistics/PA", "a", 2.0, 2.0))

    assert found["Pupil Absence", "clicks"] == [("a", 3.0)]


def test_ten_are_kept_zeros_too_and_ties_go_by_code_point(top):
    queries = ["b", "é", "Z", "～", "\U0001f600", "1", "", " x", "aa", "a", "A", "zero"]

    found = top(*((ABSENCE, query, 0.0, 0.0) for query in queries), (ABSENCE, "zero", 1.0, 0.0))

    kept = ["", " x", "1", "A", "Z", "a", "aa", "b", "zero", "é"]
    assert found["Pupil Absence", "impressions"] == [(query, 0.0) for query in kept]
    others = [query for query in kept if query != "zero"]
    assert found["Service", "clicks"] == [("zero", 1.0), *((query, 0.0) for query in others)]


def test_ties_compare_code_points_not_utf_16(top):
    """U+FF5E is less than U+1F600, though UTF-16 sorts them the other way."""
    found = top(*((ABSENCE, query, 1.0, 1.0) for query in [*"123456789", "\U0001f600", "\uff5e"]))

    assert {query for query, _ in found["Service", "clicks"]} == {*"123456789", "\uff5e"}


def test_the_oldest_day_that_counts_is_a_year_before_the_run(top):
    oldest = dt.date(2025, 6, 30)

    found = top((ABSENCE, "in", 1.0, 1.0, oldest), (ABSENCE, "out", 1.0, 1.0, oldest - dt.timedelta(days=1)))

    assert found["Service", "clicks"] == [("in", 1.0)]


@pytest.mark.parametrize(
    "address",
    [
        "http://explore-education-statistics.service.gov.uk/find-statistics/pupil-absence",
        "https://www.example.org/find-statistics/pupil-absence",
        f"{SITE}.example.org/find-statistics/pupil-absence",
        f"{SITE}/methodology/find-statistics/pupil-absence",
        f"{ABSENCE}/2024/data-guidance",
        f"{SITE}/find-statistics/unknown",
        f"{SITE}/find-statistics",
        f"{SITE}/data-tables/pupil-absence",
        f"{SITE}/find-statistics/Pupil-Absence",
        f"{SITE}{ABSENCE}",
    ],
)
def test_other_addresses_count_for_the_service_only(top, address):
    assert set(top((address, "a", 1.0, 1.0))) == {("Service", "clicks"), ("Service", "impressions")}


@pytest.mark.parametrize(
    "address", [f"{ABSENCE}.", "/find-statistics/pupil-absence/x", f"{ABSENCE}/2024/methodology"]
)
def test_paths_are_read_as_the_rules_say(top, address):
    assert top((address, "a", 1.0, 1.0))["Pupil Absence", "clicks"] == [("a", 1.0)]


def test_nothing_in_gives_nothing(top):
    assert top() == {}
    assert top(titles=[]) == {}

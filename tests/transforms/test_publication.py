import string

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyspark.sql import functions as F

from ees_analytics.parameters.rules import ReleasePageExclusions, SlugSteps
from ees_analytics.transforms.publication import (
    is_release_page,
    publication_titles,
    slug,
    spelled,
    with_spelling,
)
from tests.reporting import parameters

SCRAPE = "slug string, title string"


def titles(spark, *rows):
    found = publication_titles(spark.createDataFrame(list(rows), SCRAPE)).collect()
    return sorted((row["slug"], row["publication"]) for row in found)


def test_titles_are_title_cased_and_rows_without_a_title_left_out(spark):
    found = titles(
        spark, ("a", "NEET age 16"), ("b", "neet AGE 16"), ("b", "Neet age 16"), ("c", None), (None, "d")
    )

    assert found == [("a", "Neet Age 16"), ("b", "Neet Age 16")]


def test_blanks_at_the_ends_and_decomposed_letters_split_no_publication(spark):
    """A title of blanks names none."""
    found = titles(spark, ("a", " E\u0301cole"), ("b", "\u00e9cole\u00a0\u2003"), ("c", " \u2003"))

    assert found == [("a", "École"), ("b", "École")]


def test_a_slug_with_two_titles_is_left_out_and_named(spark, caplog):
    """Its rows would count twice; the other publications can be decided."""
    assert titles(spark, ("a", "one"), ("a", "two"), ("b", "three")) == [("b", "Three")]
    assert "of no publication: a (One / Two). Keep" in caplog.text
    assert "superseded_titles" in caplog.text


def test_no_publications(spark):
    assert titles(spark) == []


def test_present_names_whatever_the_case():
    renamed = {"NEET Annual Brief": "NEET age 16 to 24"}

    assert spelled("neet annual BRIEF", renamed) == "Neet Age 16 To 24"
    assert spelled(" neet annual brief\u2003", renamed) == "Neet Age 16 To 24"
    assert spelled("NEET annual briefs", renamed) == "Neet Annual Briefs"


def test_spelling_keeps_rows_and_columns(spark):
    rows = spark.createDataFrame(
        [(1, "old NAME", "x"), (2, None, "y"), (3, "OTHER", "z")], "n int, publication string, c string"
    )

    made = with_spelling(rows, {"Old name": "new name"})

    assert made.columns == ["n", "publication", "c"]
    assert sorted(map(tuple, made.collect())) == [(1, "New Name", "x"), (2, None, "y"), (3, "Other", "z")]


def test_release_pages(spark):
    paths = [
        "/find-statistics/a",
        "/x/find-statistics/a",
        "/find-statistics",
        "/find-statistics/a/methodology",
        "/methodology/find-statistics/a",
        "/find-statistics/a/data-guidance",
        None,
    ]
    rows = spark.createDataFrame([(path,) for path in paths], "path string")
    excluded = [ReleasePageExclusions((part,)) for part in ("/data-guidance", "/methodology")]

    found = rows.where(is_release_page(F.col("path"), *excluded)).collect()

    assert [row["path"] for row in found] == [*paths[:2], paths[3]]


WHITE_SPACE = "\t\n\x0b\x0c\r \x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(
    map(chr, range(0x2000, 0x200B))
)
TABLES = ["accordions", "downloads", "featured_tables", "search_events", "session_starts", "tables_created",
          "device_browser", "source_medium", "time_on_page", "publication_summary", "search_console"]  # fmt: skip


def reference(path: str | None, steps: SlugSteps) -> str | None:
    """The steps in plain Python."""
    if path is None:
        return None
    for section in steps.sections:
        if path.startswith(f"/{section}/"):
            path = path[len(section) + 2 :]
            break
    if steps.drop_methodology:
        path = path.replace("-methodology", "", 1)
    path = path.split("/", 1)[0]
    if steps.trim:
        path = path.strip(WHITE_SPACE)
    if steps.keep_alnum:
        path = "".join(char for char in path if char in string.ascii_letters + string.digits + "-")
    if steps.drop_trailing_dot:
        path = path.removesuffix(".")
    return path.lower() if steps.lower else path


def slugs(spark, paths, steps):
    rows = spark.createDataFrame(pa.table({"path": pa.array(paths, pa.string())}))
    return [row["slug"] for row in rows.select(slug(F.col("path"), steps).alias("slug")).collect()]


PATHS = [
    None,
    "",
    "/",
    "/find-statistics",
    "/find-statistics/",
    "/find-statistics/pupil-absence/2022-23",
    "/methodology/pupil-absence-methodology/x",
    "/methodology//find-statistics/a",
    "/methodology-methodology/pay",
    "/methodology/-methodology-methodology",
    "/Find-Statistics/Pay",
    "find-statistics/pay",
    "/find-statistics/pay..",
    "/find-statistics/pay.\n",
    "/find-statistics/ pay\u00a0.",
    "/find-statistics/\u2003pay%20_(x)\u200b",
    "/data-tables/fast-track/123",
    "/subscriptions/pay",
    "/data-catalogue/É£pay",
    "pay?a=/b",
]


@pytest.mark.parametrize("table", TABLES)
def test_the_steps_of_every_table(spark, table):
    steps = getattr(parameters()["slug"], table)

    assert slugs(spark, PATHS, steps) == [reference(path, steps) for path in PATHS]


def test_a_dirty_address_counts_in_some_tables_and_not_in_others(spark):
    rules = parameters()["slug"]
    dirty = [
        "/find-statistics/Pay",
        "/find-statistics/pay.",
        "/find-statistics/pay\u00a0",
        "/find-statistics/(pay)",
    ]

    found = {
        table: [name == "pay" for name in slugs(spark, dirty, getattr(rules, table))] for table in TABLES
    }

    assert found["accordions"] == found["downloads"] == found["tables_created"] == [True, True, True, True]
    assert found["search_events"] == found["session_starts"] == [True, True, True, False]
    assert (
        found["device_browser"]
        == found["source_medium"]
        == found["time_on_page"]
        == [True, False, True, False]
    )
    assert found["featured_tables"] == found["publication_summary"] == [False, True, False, False]


pieces = st.sampled_from([
    "/", "/find-statistics/", "/methodology/", "/data-tables/", "-methodology", "pay", "Pay", ".", "-", "1", "%", "_",
    "(", "\\", "$1", "É", *WHITE_SPACE,
])  # fmt: skip
paths = st.lists(pieces, max_size=8).map("".join)
some_steps = st.builds(
    SlugSteps,
    sections=st.lists(
        st.sampled_from(["find-statistics", "methodology", "data-tables"]), unique=True, max_size=3
    ).map(tuple),
    drop_methodology=st.booleans(),
    trim=st.booleans(),
    keep_alnum=st.booleans(),
    drop_trailing_dot=st.booleans(),
    lower=st.booleans(),
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(paths=st.lists(paths, min_size=1, max_size=40), steps=some_steps)
def test_any_path_and_any_steps(spark, paths, steps):
    assert slugs(spark, paths, steps) == [reference(path, steps) for path in paths]

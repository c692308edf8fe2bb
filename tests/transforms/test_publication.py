import pytest
from pyspark.sql import functions as F

from ees_analytics.parameters.rules import ReleasePageExclusions
from ees_analytics.transforms.publication import (
    AmbiguousSlug,
    is_release_page,
    publication_titles,
    spelled,
    with_spelling,
)

SCRAPE = "slug string, title string"


def titles(spark, *rows):
    found = publication_titles(spark.createDataFrame(list(rows), SCRAPE)).collect()
    return sorted((row["slug"], row["publication"]) for row in found)


def test_titles_are_title_cased_and_rows_without_a_title_left_out(spark):
    found = titles(
        spark, ("a", "NEET age 16"), ("b", "neet AGE 16"), ("b", "Neet age 16"), ("c", None), (None, "d")
    )

    assert found == [("a", "Neet Age 16"), ("b", "Neet Age 16")]


def test_a_slug_with_two_titles_would_count_twice(spark):
    with pytest.raises(AmbiguousSlug, match=r"'a': \['One', 'Two'\].*superseded_titles"):
        titles(spark, ("a", "one"), ("a", "two"), ("b", "three"))


def test_no_publications(spark):
    assert titles(spark) == []


def test_present_names_whatever_the_case():
    renamed = {"NEET Annual Brief": "NEET age 16 to 24"}

    assert spelled("neet annual BRIEF", renamed) == "Neet Age 16 To 24"
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
        None,
    ]
    rows = spark.createDataFrame([(path,) for path in paths], "path string")
    exclusions = ReleasePageExclusions(("/methodology", "/data-guidance"))

    found = rows.where(is_release_page(F.col("path"), exclusions)).collect()

    assert [row["path"] for row in found] == paths[:2]

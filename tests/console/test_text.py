"""Numbers and names read as people write them."""

import pytest

from ees_analytics.console.text import (
    counted,
    date_ranges,
    did_you_mean,
    distinct_percentages,
    few,
    few_ranges,
    values_by_key,
)


@pytest.mark.parametrize(
    ("count", "expected"), [(0, "0 rows"), (1, "1 row"), (2, "2 rows"), (1_234_567, "1,234,567 rows")]
)
def test_a_number_and_its_unit(count, expected):
    assert counted(count, "row") == expected


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        ([], ""),
        (["a"], "a"),
        (["a", "b"], "a, b"),
        (["a", "b", "c"], "a, b and 1 more"),
        (["a"] * 1002, "a, a and 1,000 more"),
    ],
)
def test_a_few_names_and_how_many_more(names, expected):
    assert few(names, 2) == expected


def test_days_as_ranges():
    days = ["2026-05-03", "2026-05-01", "2026-05-02", "2026-05-07", "2026-05-07"]
    assert date_ranges(days) == ["2026-05-01 to 2026-05-03", "2026-05-07"]
    assert date_ranges(["b.parquet", "20260503", "2026-05-03"]) == ["2026-05-03", "20260503", "b.parquet"]
    assert date_ranges([]) == []


def test_a_few_ranges():
    assert few_ranges([f"2026-05-{day:02}" for day in range(1, 18, 2)]).endswith("2026-05-09 and 4 more")


def test_values_by_key():
    assert values_by_key([("b", 1), ("a", 2), ("b", 3)]) == {"b": [1, 3], "a": [2]}


@pytest.mark.parametrize(
    ("shares", "shown"),
    [
        ((1 / 70_188, 0), ("0.001%", "0.000%")),
        ((0.010001, 0.01), ("1.0001%", "1.0000%")),
        ((0.02, 0.01), ("2.00%", "1.00%")),
        ((0.01, 0.01), ("1.00%", "1.00%")),
    ],
)
def test_percentages_that_differ_look_different(shares, shown):
    assert distinct_percentages(*shares) == shown


def test_names_that_come_near():
    known = ["reporting", "export", "ingest"]
    assert did_you_mean("reportin", known, most=1) == "Did you mean reporting?"
    assert did_you_mean("zzz", known) == ""
    assert did_you_mean("ees_pge", ["raw.ees_page", "app.ees_page", "raw.other"]) == (
        "Did you mean app.ees_page or raw.ees_page?"
    )
    assert did_you_mean("ingst", known, cutoff=0.99) == ""

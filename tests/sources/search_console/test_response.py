"""Only a whole, well-typed response counts as rows."""

import json

import pytest

from ees_analytics.sources.errors import MalformedResponse
from ees_analytics.sources.search_console.response import rows_of_page, totals_of

DAY = "2026-06-01"


def row(keys=(DAY, "absence", "https://example.org/"), **metrics):
    return {"keys": list(keys), "clicks": 1, "impressions": 2.5, "position": 3, "ctr": 0.5} | metrics


def test_rows_are_texts_and_numbers():
    assert rows_of_page({"rows": [row()]}).to_pylist() == [
        {"date": DAY, "query": "absence", "page": "https://example.org/", "clicks": 1, "impressions": 2.5, "position": 3}
    ]  # fmt: skip
    assert rows_of_page({}).num_rows == 0


@pytest.mark.parametrize("number", ["Infinity", "-Infinity", "NaN", "1e999"])
def test_a_number_that_is_not_finite_is_refused_with_its_row(number):
    body = json.loads(
        json.dumps({"rows": [row(), row(clicks=0)]}).replace('"clicks": 0', f'"clicks": {number}')
    )
    with pytest.raises(MalformedResponse, match=f"clicks: Input should be a finite number.*{DAY}"):
        rows_of_page(body)
    with pytest.raises(MalformedResponse, match="clicks: Input should be a finite number"):
        totals_of({"rows": [row([DAY], clicks=float(number))]}, DAY)


@pytest.mark.parametrize(
    "entry",
    [
        row(clicks=True),
        row(clicks="1"),
        row(clicks=None),
        row(clicks=10**400),
        row(["a", "b"]),
        row(["a", "b", None]),
        row(["a", "b", "\ud800"]),
        {**row(), "keys": "abc"},
        {"clicks": 1},
        None,
        "text",
    ],
)
def test_a_row_whose_parts_do_not_fit_is_refused(entry):
    with pytest.raises(MalformedResponse, match="something else than a response|as the values of"):
        rows_of_page({"rows": [row(), entry]})


@pytest.mark.parametrize("body", [None, [], "text", {"rows": None}, {"rows": {}}, {"error": {}}])
def test_something_else_is_never_an_empty_page(body):
    with pytest.raises(MalformedResponse, match="something else than a response"):
        rows_of_page(body)


def test_totals_are_those_of_the_day():
    assert totals_of({"rows": [row([DAY])]}, DAY) == {"clicks": 1.0, "impressions": 2.5}
    assert totals_of({}, DAY) == {"clicks": 0.0, "impressions": 0.0}
    without_position = {"keys": [DAY], "clicks": 3, "impressions": 4, "ctr": 0.75}
    assert totals_of({"rows": [without_position]}, DAY) == {"clicks": 3.0, "impressions": 4.0}
    with pytest.raises(MalformedResponse, match="requested the totals"):
        totals_of({"rows": [row(["2026-06-02"])]}, DAY)

"""The local Google Analytics 4 has the traps of the real one: otherwise surviving it would prove nothing."""

import pytest
import requests

from tests.servers.ga4 import Ga4Server
from tests.servers.ga4_faults import UNAVAILABLE

DAY = "2026-06-01"
ROWS = [("20260601", f"/{number:05d}", "1") for number in range(10_500)]


@pytest.fixture
def server():
    with Ga4Server.of_rows(("date", "pagePath"), ("screenPageViews",), {DAY: ROWS}) as server:
        yield server


def ask(server, **changes):
    body = {
        "dateRanges": [{"startDate": DAY, "endDate": DAY}],
        "dimensions": [{"name": "date"}, {"name": "pagePath"}],
        "metrics": [{"name": "screenPageViews"}],
        **changes,
    }
    return requests.post(f"{server.rest}/v1beta/properties/369420610:runReport", json=body, timeout=10).json()


def paths(body):
    return [row["dimensionValues"][1]["value"] for row in body["rows"]]


def test_a_page_has_10_000_rows_unless_asked_otherwise(server):
    body = ask(server)
    assert (len(body["rows"]), body["rowCount"]) == (10_000, 10_500)
    assert len(ask(server, limit="3", offset="10499")["rows"]) == 1
    assert ask(server, limit="250001")["error"]["status"] == "INVALID_ARGUMENT"


def test_pages_without_an_order_over_all_dimensions_lose_rows(server):
    def whole(**order):
        first, second = (ask(server, limit="6000", offset=str(offset), **order) for offset in (0, 6000))
        return {*paths(first), *paths(second)}

    assert len(whole()) < 10_500
    by_all = [{"dimension": {"dimensionName": name}} for name in ("date", "pagePath")]
    assert len(whole(orderBys=by_all)) == 10_500


def test_an_empty_answer_omits_rows_and_their_count(server):
    body = ask(server, dateRanges=[{"startDate": "2026-06-02", "endDate": "2026-06-02"}])
    assert not {"rows", "rowCount"} & body.keys()
    assert body["dimensionHeaders"] == [{"name": "date"}, {"name": "pagePath"}]


def test_fewer_dimensions_are_summed_and_headers_come_in_the_order_asked(server):
    totals = ask(server, dimensions=[{"name": "date"}])
    assert totals["rows"][0]["metricValues"] == [{"value": "10500"}]
    turned = ask(server, dimensions=[{"name": "pagePath"}, {"name": "date"}], limit="1")
    assert [header["name"] for header in turned["dimensionHeaders"]] == ["pagePath", "date"]
    assert turned["rows"][0]["dimensionValues"][1] == {"value": "20260601"}


@pytest.mark.parametrize(
    "wrong", [{"dimensions": [{"name": "pagPath"}]}, {"metrics": []}, {"dateRanges": []}]
)
def test_a_wrong_question_is_refused(server, wrong):
    assert ask(server, **wrong)["error"]["status"] == "INVALID_ARGUMENT"


def test_faults_come_when_they_are_due(server):
    server.inject(UNAVAILABLE, request=2)
    server.inject(UNAVAILABLE, times=None, when=lambda request: request.is_totals)
    assert ["error" in ask(server, limit="1") for _ in range(3)] == [False, True, False]
    assert "error" in ask(server, dimensions=[{"name": "date"}])
    server.heal()
    assert "error" not in ask(server, dimensions=[{"name": "date"}])
    assert len(server.requests) == 5

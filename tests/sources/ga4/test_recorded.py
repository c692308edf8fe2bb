"""Recorded answers: read as a mapping from day to answer, and refused where they are none."""

import gzip
import json
from dataclasses import replace

import pytest
from kedro.io.core import DatasetError
from kedro_datasets.partitions import PartitionedDataset

from ees_analytics.slices.errors import SourceError
from ees_analytics.slices.slice import Flags
from ees_analytics.sources.errors import MalformedResponse, SourceUnavailable, UnstableSnapshot
from ees_analytics.sources.ga4.page import ReportRequest
from ees_analytics.sources.ga4.recorded import RecordedReportDataset

DAY = "2026-06-01"
QUESTION = ReportRequest(DAY, ("date", "pagePath"), ("screenPageViews", "sessions"), "369420610", 2)


def page(rows, row_count, **more):
    body = {
        "dimensionHeaders": [{"name": name} for name in QUESTION.dimensions],
        "metricHeaders": [{"name": name, "type": "TYPE_INTEGER"} for name in QUESTION.metrics],
        "metadata": {"currencyCode": "GBP", "timeZone": "Europe/London"},
        "kind": "analyticsData#runReport",
        **more,
    }
    if row_count:
        body["rowCount"] = row_count
        body["rows"] = [
            {
                "dimensionValues": [{"value": text} for text in row[:2]],
                "metricValues": [{"value": text} for text in row[2:]],
            }
            for row in rows
        ]
    return body


ROWS = [("20260601", "/", "3", "2"), ("20260601", "/a", "1", "1"), ("20260601", "", "0", "1")]


def write(folder, recorded, name=DAY):
    folder.mkdir(exist_ok=True)
    content = recorded if isinstance(recorded, bytes) else gzip.compress(json.dumps(recorded).encode())
    path = folder / f"{name}.json.gz"
    path.write_bytes(content)
    return path


def recording(*pages, totals=None):
    return {"request": QUESTION.request(), "pages": list(pages), "totals": totals}


def load(folder, recorded):
    return RecordedReportDataset(filepath=str(write(folder, recorded))).load()


def test_days_are_read_through_a_partitioned_dataset(tmp_path):
    write(tmp_path / "days", recording(page(ROWS[:2], 3), page(ROWS[2:], 3)))
    write(tmp_path / "days", recording(page([], 0)), "2026-06-02")
    days = PartitionedDataset(
        path=str(tmp_path / "days"), dataset=RecordedReportDataset, filename_suffix=".json.gz"
    ).load()

    assert sorted(days) == ["2026-06-01", "2026-06-02"]
    answer = days["2026-06-01"]()
    assert answer.rows.num_rows == 3
    assert answer.rows.column_names == ["date", "pagePath", "screenPageViews", "sessions"]
    assert answer.rows["pagePath"].to_pylist() == ["/", "/a", ""]
    assert answer.rows["screenPageViews"].to_pylist() == ["3", "1", "0"]
    assert answer.metadata["time_zone"] == "Europe/London"
    assert answer.flags == Flags()
    empty = days["2026-06-02"]()
    assert (empty.rows.num_rows, empty.rows.column_names) == (0, answer.rows.column_names)


def test_flags_and_totals_come_with_the_answer(tmp_path):
    metadata = {
        "timeZone": "Europe/London",
        "samplingMetadatas": [{"samplesReadCount": "1"}],
        "subjectToThresholding": True,
        "dataLossFromOtherRow": True,
    }
    totals = {
        "dimensionHeaders": [{"name": "date"}],
        "metricHeaders": [{"name": "screenPageViews"}],
        "rows": [{"dimensionValues": [{"value": "20260601"}], "metricValues": [{"value": "5"}]}],
        "rowCount": 1,
    }
    pages = [page(ROWS[:2], 3, metadata=metadata), page(ROWS[2:], 3, metadata=metadata)]
    answer = load(tmp_path, recording(*pages, totals=totals))

    assert answer.flags == Flags(sampled=True, thresholded=True, other_row=True)
    assert answer.totals == {"screenPageViews": 5.0}
    assert answer.unreconciled() == [], "rows were withheld: less than the total is to be expected"
    assert replace(answer, flags=Flags()).unreconciled() == [
        "screenPageViews: the rows sum to 4, the day's total is 5"
    ]
    assert replace(answer, totals={"sessions": 3.0}).unreconciled() != [], "more than the total never is"


@pytest.mark.parametrize(
    ("pages", "error", "says"),
    [
        ([page(ROWS[:2], 3)], UnstableSnapshot, "2 rows received"),
        ([page(ROWS[:2], 2), page(ROWS[2:], 2)], UnstableSnapshot, "1 page(s) follow"),
        ([page(ROWS[:1], 3), page(ROWS[2:], 3)], UnstableSnapshot, "2 were expected"),
        ([page(ROWS[:2], 3), page(ROWS[2:], 4)], UnstableSnapshot, "rowCount changed from 3 to 4"),
        ([page(ROWS[:2], 3), page(ROWS[:1], 3)], UnstableSnapshot, "1 key(s)"),
        ([page(ROWS, 3)], MalformedResponse, "3 rows, 2 were expected"),
        (
            [page(ROWS[:2], 2, metricHeaders=[{"name": "sessions"}, {"name": "x"}])],
            MalformedResponse,
            "headers",
        ),
        ([page([("20260601", "/", "3")], 1)], MalformedResponse, "2 metricValues"),
        ([{}], MalformedResponse, "not a report"),
        (["<html>Service unavailable</html>"], MalformedResponse, "not a report"),
        ([{"error": {"code": 503}}], MalformedResponse, "not a report"),
    ],
)
def test_pages_that_do_not_fit_are_refused(tmp_path, pages, error, says):
    with pytest.raises(error, match="(?s)" + says.replace("(", r"\(").replace(")", r"\)")) as caught:
        load(tmp_path, recording(*pages))
    assert isinstance(caught.value, DatasetError)
    assert str(tmp_path) in str(caught.value)


def test_rows_received_are_kept_as_evidence(tmp_path):
    with pytest.raises(SourceError) as caught:
        load(tmp_path, recording(page(ROWS[:2], 3)))
    assert caught.value.rows.num_rows == 2


GOOD = gzip.compress(json.dumps(recording(page(ROWS[:2], 2))).encode())


DAMAGED = {
    "empty": b"",
    "no gzip": b"no gzip",
    "cut": GOOD[:-20],
    "no JSON": gzip.compress(b"{"),
    "no object": gzip.compress(b"[]"),
    "nested without end": gzip.compress(b"[" * 100_000),
    "a count that is not finite": gzip.compress(
        json.dumps(recording(page(ROWS[:2], float("inf")))).encode().replace(b"Infinity", b"1e999")
    ),
    "a count of 5,000 digits": gzip.compress(
        json.dumps(recording(page(ROWS[:2], 77))).encode().replace(b"77", b"7" * 5000)
    ),
}


@pytest.mark.parametrize("content", DAMAGED.values(), ids=DAMAGED)  # gzip writes the time: no name to go by
def test_a_damaged_file_is_a_malformed_answer(tmp_path, content):
    with pytest.raises(MalformedResponse, match=DAY):
        load(tmp_path, content)


def test_a_missing_file_is_an_error(tmp_path):
    dataset = RecordedReportDataset(filepath=str(tmp_path / "none.json.gz"))
    assert not dataset.exists()
    with pytest.raises(SourceUnavailable):
        dataset.load()


def test_a_request_is_read_back():
    assert ReportRequest.from_request(QUESTION.request(offset=7)) == QUESTION

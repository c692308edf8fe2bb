"""The date and time in a log file's name."""

import datetime as dt
import re

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ees_analytics.sources.log_files.folder import LogFolder, file_datetime

KINDS = st.text("abcdefghijklmnopqrstuvwxyz0123456789-_.", min_size=1, max_size=40)


@given(st.datetimes(min_value=dt.datetime(1000, 1, 1)), st.sampled_from("-_"), KINDS)
def test_both_forms_have_their_date_and_time(moment, hyphen, kind):
    moment = moment.replace(microsecond=0)
    name = f"{moment:%Y%m%d-%H%M%S}{hyphen}{kind}.parquet"
    assert file_datetime(name) == moment.replace(tzinfo=dt.UTC)


@given(st.text(max_size=60))
def test_any_other_name_has_none_and_never_fails(name):
    if not re.match(r"[0-9]{8}-[0-9]{6}[-_]", name):
        assert file_datetime(name) is None


@given(st.from_regex(r"[12][0-9]{7}-[0-9]{6}-x\.parquet", fullmatch=True))
def test_digits_are_a_moment_only_where_the_calendar_has_it(name):
    moment = file_datetime(name)
    assert moment is None or f"{moment:%Y%m%d-%H%M%S}" == name[:15]


@pytest.mark.parametrize(
    "name",
    [
        "20260230-000000-x.parquet",
        "20260101-240000-x.parquet",
        "20260101-000060-x.parquet",
        "20260101_000000-x.parquet",
        "20260101-000000x.parquet",
        "20260101-000000-.parquet",
        "20260101-000000-x.parquet.tmp",
        "x-20260101-000000-x.parquet",
        "٢٠٢٦٠١٠١-000000-x.parquet",
        "",
    ],
)
def test_names_without_date_and_time(name):
    assert file_datetime(name) is None


def test_a_folder_reads_a_file_only_when_called():
    read = []

    def reader(paths):
        read.append(paths)
        return pa.table({"path": paths})

    folder = LogFolder({"a": ["/x/a"], "b": ["/x/b"]}, reader)
    assert (list(folder), len(folder), "b" in folder) == (["a", "b"], 2, True)
    call = folder["b"]
    assert read == []
    assert call()["path"].to_pylist() == ["/x/b"]
    assert read == [["/x/b"]]

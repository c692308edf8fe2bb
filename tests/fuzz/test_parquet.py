"""Whatever is in a parquet file is its rows or a bad file, within the limits; no row is altered."""

from __future__ import annotations

import datetime as dt
import tempfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from hypothesis import given
from hypothesis import strategies as st

from ees_analytics.parameters.logs import LogFileLimits
from ees_analytics.slices.errors import BadFile
from ees_analytics.sources.log_files.dataset import read_log_file
from tests.fuzz import fuzzed, marks

pytestmark = marks

LIMITS = LogFileLimits(max_rows=1000, max_columns=5, max_bytes=100_000)
VALUES = {
    pa.string(): st.text(st.characters(exclude_categories=["Cs"]), max_size=20),
    pa.binary(): st.binary(max_size=20),
    pa.int64(): st.integers(-(2**63), 2**63 - 1),
    pa.float64(): st.floats(allow_nan=False),
    pa.bool_(): st.booleans(),
    pa.timestamp("us"): st.datetimes(dt.datetime(1900, 1, 1), dt.datetime(2100, 1, 1)),
}


@st.composite
def tables(draw: st.DrawFn) -> pa.Table:
    rows = draw(st.integers(0, 20))
    kinds = draw(st.lists(st.sampled_from(list(VALUES)), min_size=1, max_size=4))
    columns = [draw(st.lists(st.none() | VALUES[kind], min_size=rows, max_size=rows)) for kind in kinds]
    return pa.table(
        [pa.array(column, kind) for column, kind in zip(columns, kinds, strict=True)],
        names=[*"abcd"][: len(kinds)],
    )


def written(table: pa.Table, codec: str, dictionary: bool, version: str) -> bytes:
    sink = pa.BufferOutputStream()
    pq.write_table(
        table, sink, compression=codec, use_dictionary=dictionary, data_page_version=version, row_group_size=7,
        data_page_size=50, write_page_checksum=dictionary,
    )  # fmt: skip
    return sink.getvalue().to_pybytes()


FILES = st.builds(
    written,
    tables(),
    st.sampled_from(["none", "snappy", "gzip", "zstd"]),
    st.booleans(),
    st.sampled_from(["1.0", "2.0"]),
)


def read(content: bytes) -> pa.Table:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "20260601-000000-x.parquet"
        path.write_bytes(content)
        return read_log_file([str(path)], LIMITS)


@fuzzed
@given(tables(), st.booleans(), st.sampled_from(["1.0", "2.0"]))
def test_every_row_is_read_as_it_was_written(table, dictionary, version):
    assert read(written(table, "zstd", dictionary, version)).to_pydict() == table.to_pydict()


@fuzzed
@given(FILES, st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)), max_size=4), st.floats(0, 1))
def test_an_altered_or_cut_file_is_rows_or_a_bad_file(content, changes, cut):
    altered = bytearray(content)
    for place, value in changes:
        altered[int(place * (len(altered) - 1))] = value
    if cut < 0.1:
        del altered[int(cut * 10 * len(altered)) :]
    try:
        rows = read(bytes(altered))
    except BadFile as error:
        assert "20260601-000000-x.parquet" in str(error)
    else:
        assert rows.num_rows <= LIMITS.max_rows
        assert rows.nbytes <= 2 * LIMITS.max_bytes

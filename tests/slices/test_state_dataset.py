"""What a node learns of a table before it writes."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa

from ees_analytics.lake.table import TableDataset
from ees_analytics.slices.state_dataset import TableStateDataset


def test_a_state_gives_the_rows_that_the_table_has_now(engine: str, tmp_path: Path):
    lake = {"engine": engine, "lake_root": str(tmp_path / "lake")}
    state = TableStateDataset(table="ees_pub_scrape", **lake)
    assert not state.load().exists
    assert state.load().rows().schema.names == ["slug", "title"]
    TableDataset(table="raw.ees_pub_scrape", **lake).save(pa.table({"slug": ["a"], "title": ["A"]}))
    assert state.load().rows().to_pylist() == [{"slug": "a", "title": "A"}]

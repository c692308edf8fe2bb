"""The logs of the sample are what the generator makes, and what the tables take."""

import datetime as dt
from pathlib import Path

import pyarrow.parquet as pq
import pytest
import yaml

from ees_analytics.contracts import contract_for
from ees_analytics.sources.log_files.dataset import LogFilesDataset
from ees_analytics.sources.log_files.folder import file_datetime
from ees_analytics.sources.log_files.rows import table_rows
from tests.conftest import PROJECT
from tests.sample import logs
from tests.sample.world import World

COMMITTED = PROJECT / "data/sample/public-api"
TABLES = yaml.safe_load((PROJECT / "conf/base/globals_logs.yml").read_text())["log_tables"]
WORLD = World()


def contents(folder: Path) -> dict[str, tuple]:
    """Every file's parquet types and rows; which version of pyarrow wrote it is left out."""
    return {
        path.relative_to(folder).as_posix(): (str(pq.ParquetFile(path).schema), pq.read_table(path))
        for path in folder.rglob("*.parquet")
    }


def said(found: dict[str, tuple]) -> dict[str, list[str]]:
    """The types as text, without the address that pyarrow puts into its own."""
    return {name: types.splitlines()[1:] for name, (types, _) in found.items()}


def test_the_committed_logs_are_what_the_generator_makes(tmp_path):
    logs.write(WORLD, tmp_path)
    made, committed = contents(tmp_path / logs.FOLDER), contents(COMMITTED)
    assert made.keys() == committed.keys()
    assert said(made) == said(committed)
    different = [name for name in made if not made[name][1].equals(committed[name][1])]
    assert not different, "run `python -m tests.sample --out data/sample`"


def test_they_are_small():
    assert sum(path.stat().st_size for path in COMMITTED.rglob("*.parquet")) < 600_000


@pytest.mark.parametrize("table", TABLES)
def test_every_file_satisfies_the_tables_contract(table):
    folder = LogFilesDataset(table=table, tables=TABLES, path=str(COMMITTED)).load()
    contract = contract_for(f"raw.{table}")
    dates = set()
    for name, read in folder.items():
        moment = file_datetime(name)
        rows = table_rows(read(), folder.files[name][0], moment, contract)
        assert rows.num_rows > 0
        dates.add(moment.date())
    assert dates == set(logs.log_days(WORLD))
    assert folder.unmatched == []


def test_they_hold_what_the_real_ones_do():
    names = {path.relative_to(COMMITTED).as_posix() for path in COMMITTED.rglob("*.parquet")}
    at_the_root = {name for name in names if "/" not in name}
    assert {name[15] for name in at_the_root} == {"-", "_"}
    twice = {Path(name).name for name in names - at_the_root} & at_the_root
    assert len(twice) == 1
    early = pq.read_schema(COMMITTED / "data-sets/20260515-023005-public-api-data-set-calls.parquet")
    late = pq.read_schema(COMMITTED / "20260626-170202-public-api-data-set-calls.parquet")
    assert set(late.names) - set(early.names) == {
        "previewTokenLabel",
        "previewTokenDataSetVersionId",
        "previewTokenCreated",
        "previewTokenExpiry",
    }
    assert dt.date(2026, 5, 16) not in logs.log_days(WORLD), "a Saturday without a file"


def test_ids_are_those_of_the_data_catalogue():
    offered = {each.api_identifier: each.title for each in WORLD.data_sets if each.api_identifier}
    for day in logs.log_days(WORLD)[::7]:
        rows = logs.file_rows(WORLD, "raw_ees_data_set_versions", day).select(["dataSetId", "dataSetTitle"])
        assert {
            str(row["dataSetId"]): row["dataSetTitle"] for row in rows.to_pylist()
        }.items() <= offered.items()

"""The databricks environment with its conf unchanged, on Sail with a local lake: three runs in one process."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from deltalake import DeltaTable, write_deltalake

from ees_analytics.contracts import all_contracts
from tests.conftest import PROJECT
from tests.rehearsal.sources import NEXT_DATE, RUN_DATE, drop_logs, local_sources

pytestmark = [pytest.mark.rehearsal, pytest.mark.timeout(400)]


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three runs on one lake: the first, the next day's, and the next day's again."""
    root = tmp_path_factory.mktemp("rehearsal")
    for contract in all_contracts().values():
        if contract.frozen:
            write_deltalake(root / "lake" / contract.schema / contract.name, contract.empty())
    with local_sources(root) as sources:
        places = {"engine": "sail", "lake_root": str(root / "lake"), **sources}
        drop_logs(root / "logs", NEXT_DATE, NEXT_DATE)
        runs = [{**places, "run_date": day} for day in (RUN_DATE, NEXT_DATE, NEXT_DATE)]
        done = subprocess.run(
            [sys.executable, "-m", "tests.rehearsal.three_runs", json.dumps(runs), str(PROJECT / "conf")],
            cwd=PROJECT, capture_output=True, text=True, timeout=380,
        )  # fmt: skip
    (root / "output.txt").write_text(done.stdout + done.stderr)
    assert done.returncode == 0, (done.stdout + done.stderr)[-4000:]
    return root


def versions(root: Path) -> dict[str, DeltaTable]:
    return {path.parent.name: DeltaTable(path.parent) for path in root.glob("lake/*/*/_delta_log")}


def test_every_run_leaves_every_app_table(lake):
    wanted = {contract.name for contract in all_contracts().values() if contract.layer == "app"}
    assert wanted <= set(versions(lake))


def test_the_next_day_adds_one_day(lake):
    days = (
        DeltaTable(lake / "lake/analytics_raw/ees_ga4_hourly").to_pyarrow_table()["date"].unique().to_pylist()
    )
    assert sorted(map(str, days)) == [f"2026-06-{day}" for day in range(10, 26)]


def test_the_rerun_wrote_no_row(lake):
    """A table's creation, the first load and the next day: two writes; a rerun would be a third."""
    tables = versions(lake)
    for name in ("ees_ga4_page", "ees_search_console", "ees_service_summary", "ees_publication_summary"):
        writes = [commit for commit in tables[name].history() if commit["operation"] == "WRITE"]
        assert len(writes) == 2, name


def test_the_newest_day_was_published(lake):
    (row,) = DeltaTable(lake / "lake/analytics_app/ees__last_updated").to_pyarrow_table().to_pylist()
    assert str(row["latest_data"]) == "2026-06-25"

"""A key that cannot be read fails what needs it, and is nowhere in what the run prints and stores."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner
from deltalake import DeltaTable

from ees_analytics.cli import run
from ees_analytics.console import safe_text
from tests.conftest import PROJECT, project

SECRET = "TOPSECRET-of-no-known-form"
KEY = json.dumps(
    {
        "type": "service_account",
        "client_email": "a@b",
        "token_uri": "https://oauth2.googleapis.com/token",
        "private_key": SECRET,
    }
)


def everything_stored(root: Path) -> str:
    """All files below a folder as text; of parquet the rows and the metadata."""
    texts = []
    for path in sorted(path for path in root.rglob("*") if path.is_file()):
        texts.append(path.name)
        if path.suffix == ".parquet":
            table = pq.read_table(path)
            texts += [str(table.to_pylist()), str(table.schema.metadata)]
        else:
            texts.append(path.read_bytes().decode(errors="replace"))
    return "\n".join(texts)


@pytest.mark.parametrize("given", ["parameter", "variable"])
def test_a_broken_key_is_in_no_output(tmp_path, monkeypatch, caplog, given):
    """Both sources fail at their credentials; nothing is sent."""
    monkeypatch.setattr(safe_text, "_known", set())
    monkeypatch.chdir(PROJECT)
    project()
    key = tmp_path / "key.json"
    key.write_text(KEY)
    root = tmp_path / "stored"
    params = ",".join(f"{place}_root={root}/{place}" for place in ("lake", "landing", "reports"))
    if given == "parameter":
        params += f",google_key_file={key}"
    else:
        monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(key))
    arguments = ["--env", "live", "--namespaces", "ingest.ees_ga4_page,ingest.ees_search_console"]
    result = CliRunner().invoke(
        run, [*arguments, "--params", f"{params},run_date=2026-06-30,first_day=2026-06-25"]
    )
    assert result.exit_code == 1
    assert "cannot be read as a" in result.output
    stored = everything_stored(root)
    assert stored.count("cannot be read as a") >= 6, "report, run row, ledger and quarantine of both tables"
    assert "key.json" in stored
    for text in (result.output, stored, caplog.text):
        assert SECRET not in text
    (row,) = DeltaTable(root / "lake/analytics_raw/ees_pipeline_runs").to_pyarrow_table().to_pylist()
    assert row["outcome"] == "failed"

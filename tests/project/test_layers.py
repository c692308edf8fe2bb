"""Only datasets talk to the outside; the layers of the package hold."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from tests.conftest import PROJECT

CLIENT = "from google.analytics.data_v1beta import BetaAnalyticsDataClient\n"


def lint(project: Path) -> subprocess.CompletedProcess[str]:
    """Run import-linter on a copy of the package."""
    command = [
        sys.executable,
        "-c",
        "from importlinter.cli import lint_imports_command as run; run()",
        "--no-cache",
    ]
    env = {"PYTHONPATH": str(project / "src"), "PATH": ""}
    return subprocess.run(command, cwd=project, env=env, capture_output=True, text=True, timeout=120)


def copy(tmp_path: Path) -> Path:
    shutil.copytree(
        PROJECT / "src", tmp_path / "src", ignore=shutil.ignore_patterns("*.egg-info", "__pycache__")
    )
    shutil.copy(PROJECT / "pyproject.toml", tmp_path)
    return tmp_path


def test_the_layers_hold(tmp_path):
    result = lint(copy(tmp_path))
    assert result.returncode == 0, result.stdout


def test_a_client_in_a_node_is_found(tmp_path):
    project = copy(tmp_path)
    victim = project / "src/ees_analytics/pipelines/ingest/nodes/plan.py"
    victim.write_text(victim.read_text() + CLIENT)
    result = lint(project)
    assert result.returncode != 0
    assert "Only datasets talk to the outside BROKEN" in result.stdout


def test_a_dataset_in_a_node_is_found(tmp_path):
    project = copy(tmp_path)
    victim = project / "src/ees_analytics/pipelines/ingest/nodes/plan.py"
    victim.write_text(victim.read_text() + "from ees_analytics.lake.table import TableDataset\n")
    result = lint(project)
    assert result.returncode != 0
    assert "BROKEN" in result.stdout

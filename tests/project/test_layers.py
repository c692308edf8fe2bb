"""The floors and walls of the package hold, and import-linter notices where one is broken."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import PROJECT

PACKAGE = "src/ees_analytics"


def lint(project: Path) -> subprocess.CompletedProcess[str]:
    """Run import-linter on a copy of the package."""
    command = [
        sys.executable,
        "-c",
        "from importlinter.cli import lint_imports_command as run; run()",
        "--no-cache",
    ]
    env = {"PYTHONPATH": str(project / "src"), "PATH": ""}
    return subprocess.run(command, cwd=project, env=env, capture_output=True, text=True, timeout=250)


FORBIDDEN = [
    ("Floors", "parameters.ingest", "runner"),
    ("Floors", "runner", "contracts"),
    ("Floors", "contracts.digest", "lake.engine"),
    ("Floors", "lake.table", "slices.state"),
    ("Floors", "slices.state", "sources.recorded"),
    ("Floors", "sources.recorded", "pipelines.ingest"),
    ("Floors", "run_report.facts", "pipelines.export"),
    ("Floors", "pipelines.ingest.nodes.plan", "cli.main"),
    ("Sources do not know each other", "sources.ga4.response", "sources.website"),
    ("Pipelines do not know each other", "pipelines.export", "pipelines.plots"),
    ("Clients and datasets of sources", "pipelines.ingest.nodes.plan", "sources.ga4.client"),
    ("Clients and datasets of sources", "pipelines.ingest.nodes.plan", "sources.website.dataset"),
    ("Reporting asks no source", "pipelines.reporting", "sources.website"),
    ("Only sources and the lake", "pipelines.ingest.nodes.plan", "google"),
    ("Only sources and the lake", "contracts.digest", "deltalake"),
]
"""The contract that must notice, a module, and what it must not import."""


def copy(folder: Path) -> Path:
    ignored = shutil.ignore_patterns("*.egg-info", "__pycache__")
    shutil.copytree(PROJECT / "src", folder / "src", ignore=ignored)
    shutil.copy(PROJECT / "pyproject.toml", folder)
    return folder


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What import-linter reports of a package with every forbidden import in it, in one line."""
    project = copy(tmp_path_factory.mktemp("broken"))
    for _, module, imported in FORBIDDEN:
        path = project / PACKAGE / module.replace(".", "/")
        victim = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
        assert victim.is_file(), module
        full = imported if imported in ("google", "deltalake") else f"ees_analytics.{imported}"
        victim.write_text(f"{victim.read_text()}\nimport {full}\n")
    return " ".join(lint(project).stdout.split())


def test_the_floors_hold(tmp_path):
    result = lint(copy(tmp_path))
    assert result.returncode == 0, result.stdout


@pytest.mark.parametrize(("contract", "module", "imported"), FORBIDDEN)
def test_a_forbidden_import_is_found(broken, contract, module, imported):
    assert re.search(
        rf"{contract}[^:]*(: nothing imports upwards, and every module has its floor)? BROKEN", broken
    )
    full = imported if imported in ("google", "deltalake") else f"ees_analytics.{imported}"
    assert f"ees_analytics.{module} -> {full} (l." in broken


def test_a_module_without_a_floor_is_found(tmp_path):
    project = copy(tmp_path)
    (project / PACKAGE / "helpers.py").write_text('"""A module."""\n')
    result = lint(project)
    assert result.returncode != 0
    assert "helpers" in result.stdout

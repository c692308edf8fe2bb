"""The job's packages, the wheel and the conf archive in a clean environment that plays the cluster: JVM Spark, tables that outlive a process."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from ees_analytics.cli.package import RUNTIME_LOCK
from tests.conftest import PROJECT
from tests.project.test_runtime_lock import MAY_CHANGE, RUNTIME
from tests.rehearsal.metastore import write_spark_conf
from tests.rehearsal.sources import NEXT_DATE, RUN_DATE, drop_logs, local_sources

pytestmark = [pytest.mark.rehearsal, pytest.mark.timeout(3600)]

CLUSTER = ["pyspark[connect]~=4.0.0", "delta-spark~=4.0.0", "-r", str(RUNTIME)]


@dataclass
class Cluster:
    """An environment with the cluster's packages and the project's wheel."""

    root: Path
    python: Path
    archive: Path
    spark_conf: Path
    before: Mapping[str, str]
    after: Mapping[str, str]
    described: list[dict[str, Any]] = field(default_factory=list)

    def run(self, *command: str) -> str:
        done = subprocess.run(
            [str(self.python), *command], cwd=self.root, capture_output=True, text=True, timeout=1500,
            env={**os.environ, "PYTHONPATH": str(self.root / "beside"), "SPARK_CONF_DIR": str(self.spark_conf)},
        )  # fmt: skip
        assert done.returncode == 0, (done.stdout + done.stderr)[-5000:]
        return done.stdout


def packaged(folder: Path) -> tuple[Path, Path]:
    """Wheel and conf archive, built by `kedro package` from a copy."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "src", "conf", "pyproject.toml", "README.md", RUNTIME_LOCK],
        cwd=PROJECT, capture_output=True, text=True, check=True,
    ).stdout.split()  # fmt: skip
    for name in listed:
        if (PROJECT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(PROJECT / name, folder / name)
    subprocess.run([sys.executable, "-m", "kedro", "package"], cwd=folder, check=True, capture_output=True)
    return next(folder.glob("dist/*.whl")), folder / "dist" / "conf-ees_analytics.tar.gz"


def versions(python: Path) -> dict[str, str]:
    listed = subprocess.run(
        [str(python), "-m", "pip", "list", "--format=json"], capture_output=True, text=True, check=True
    )
    return {item["name"].lower().replace("_", "-"): item["version"] for item in json.loads(listed.stdout)}


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Cluster:
    root = tmp_path_factory.mktemp("cluster")
    wheel, archive = packaged(root / "project")
    subprocess.run([sys.executable, "-m", "venv", str(root / "venv")], check=True)
    python = root / "venv" / "bin" / "python"
    # Most of the modules are never imported.
    install = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-compile"]
    subprocess.run([*install, *CLUSTER], check=True)
    before = versions(python)
    # As the job does. On the cluster's Python the lock has a wheel of every package, so that the wheel brings none.
    subprocess.run(
        [*install, "--require-hashes", "-r", str(root / "project/dist/requirements.txt")], check=True
    )
    subprocess.run([*install, "--no-index", str(wheel)], check=True)
    subprocess.run([str(python), "-m", "pip", "check"], check=True)
    beside = root / "beside" / "tests" / "rehearsal"
    beside.mkdir(parents=True)
    shutil.copy(Path(__file__).with_name("production.py"), beside)
    conf = write_spark_conf(root, root / "lake")
    return Cluster(root, python, archive, conf, before, versions(python))


@pytest.fixture(scope="module")
def three_runs(cluster: Cluster) -> list[dict[str, Any]]:
    """What is in the catalogue: as production made it, after the first, the next day's, and the repeated run."""
    lake = str(cluster.root / "lake")
    described = [json.loads(cluster.run("-m", "tests.rehearsal.production", "create", lake).splitlines()[-1])]
    with local_sources(cluster.root) as sources:
        places = {"engine": "spark", "catalog": "spark_catalog", "lake_root": lake, **sources}
        for day in (RUN_DATE, NEXT_DATE, NEXT_DATE):
            drop_logs(cluster.root / "logs", day, day)
            listed = ",".join(f"{name}={value}" for name, value in {**places, "run_date": day}.items())
            cluster.run(
                "-m", "ees_analytics", "--env", "databricks", "--conf-source", str(cluster.archive),
                "--pipelines", "ingest,reporting", "--params", listed,
            )  # fmt: skip
            described.append(
                json.loads(cluster.run("-m", "tests.rehearsal.production", "describe", lake).splitlines()[-1])
            )
    return described


def test_the_wheel_replaces_nothing_that_the_cluster_has(cluster):
    changed = {name for name, version in cluster.before.items() if cluster.after.get(name) != version}
    assert changed <= MAY_CHANGE


def test_the_wheel_brings_no_engine(cluster):
    assert not {"deltalake", "pysail", "databricks-connect"} & set(cluster.after)


def test_tables_of_production_are_kept_as_they_are(three_runs):
    assert (
        three_runs[0]["kept"]["ees_ga4_page"]["properties"]["delta.constraints.recent"]
        == "date > '2020-01-01'"
    )
    assert all(described["kept"] == three_runs[0]["kept"] for described in three_runs)


def test_the_first_run_fills_them_and_the_next_day_adds_a_day(three_runs):
    _, first, second, _ = (described["rows"]["ees_ga4_page"] for described in three_runs)
    assert sorted(first) == [f"2026-06-{day}" for day in range(10, 25)]
    assert sorted(set(second) - set(first)) == ["2026-06-25"]
    assert {day: second[day] for day in first} == first


def test_the_rerun_writes_nothing_but_its_own_row(three_runs):
    second, third = (described["versions"] for described in three_runs[2:])
    changed = {name for name in third if third[name] != second[name]}
    assert changed == {"ees_pipeline_runs"}
    assert len(third) > 40, "every table is looked at"

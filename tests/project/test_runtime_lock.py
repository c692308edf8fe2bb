"""``requirements-runtime-17.3.lock``: what the job installs on Databricks Runtime 17.3 LTS, checked without a network."""

from __future__ import annotations

import re
import tomllib

import pytest
from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from ees_analytics.cli.package import RUNTIME_LOCK
from tests.conftest import PROJECT

RUNTIME = PROJECT / "tests/rehearsal/runtime-17.3.txt"
MAY_CHANGE = {"click"}
"""Kedro asks for a newer one; nothing of the runtime that a job uses rests on it."""
PINNED = re.compile(
    r"^(?P<name>[\w.-]+)==(?P<version>[^\s;]+)(?P<hashes>(?: \\\n    --hash=sha256:[0-9a-f]{64})*)",
    re.MULTILINE,
)


def locked() -> dict[str, re.Match[str]]:
    return {canonicalize_name(found["name"]): found for found in PINNED.finditer(text())}


def text() -> str:
    lines = (PROJECT / RUNTIME_LOCK).read_text().splitlines()
    return "\n".join(line for line in lines if not line.startswith("#"))


def runtime() -> dict[str, str]:
    return {
        canonicalize_name(found["name"]): found["version"] for found in PINNED.finditer(RUNTIME.read_text())
    }


def unmet(requirements: list[str], versions: dict[str, str]) -> list[str]:
    """Those that no version satisfies, on the runtime's Python and system."""
    environment = {
        **default_environment(),
        "python_version": "3.12",
        "python_full_version": "3.12.3",
        "extra": "",
    }
    parsed = [Requirement(each) for each in requirements]
    return [
        str(each)
        for each in parsed
        if (each.marker is None or each.marker.evaluate(environment))
        and not (
            (found := versions.get(canonicalize_name(each.name)))
            and each.specifier.contains(Version(found), prereleases=True)
        )
    ]


def test_every_package_has_a_version_and_hashes_and_is_a_wheel():
    rest = PINNED.sub("", text()).split("\n")
    assert {line for line in rest if line.strip()} == {"--only-binary :all:"}, (
        "no build, and nothing without a version"
    )
    assert len(locked()) > 40
    assert [name for name, found in locked().items() if not found["hashes"]] == []


def test_the_runtime_keeps_its_packages():
    changed = {
        name
        for name, version in runtime().items()
        if name in locked() and locked()[name]["version"] != version
    }
    assert changed == MAY_CHANGE


def test_every_requirement_of_the_wheel_is_met():
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]
    versions = {name: found["version"] for name, found in locked().items()}
    assert unmet(project["dependencies"], versions) == []
    assert unmet(["kedro~=1.8.0", "lxml>=5", "nobody"], versions) == ["kedro~=1.8.0", "nobody"]


@pytest.mark.parametrize("name", ["pyspark", "delta-spark", "pysail", "deltalake", "pandas"])
def test_no_engine_is_installed(name):
    assert name not in locked()

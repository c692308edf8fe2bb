"""Checks of Python, the engine, Java and the folders that are written to."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from ees_analytics.cli.doctor.finding import Finding, attempt, bad, good, note
from ees_analytics.lake.engine import spark_session
from ees_analytics.lake.storage import in_project

_JAVA = 17
_VOLUMES = Path("/Volumes")
_DELTA_JARS = (".ivy2*/jars/*delta-spark*", ".ivy2*/cache/io.delta/*delta-spark*")


def python_version() -> Finding:
    """Whether the project supports this Python."""
    found = f"{sys.version_info.major}.{sys.version_info.minor}"
    if (3, 11) <= sys.version_info[:2] < (3, 13):
        return good("Python", f"{found} at {sys.executable}")
    return bad("Python", f"{found}; the project needs 3.11 or 3.12: create a virtual environment with one.")


def engine(name: str) -> Finding:
    """Whether the engine starts and computes."""
    return attempt(f"Engine {name}", _count_a_row, name)


def _count_a_row(engine: str) -> str:
    rows = spark_session(engine).range(1).count()
    return "starts and computes" if rows == 1 else f"counted {rows} of 1 row"


def java(needed: bool) -> Finding:
    """Whether there is a Java for JVM Spark, and whether Delta's jars are present."""
    version = _java_version()
    if version is None or version < _JAVA:
        found = "not found" if version is None else f"{version}, but Spark needs {_JAVA}"
        text = f"{found}: `apt install openjdk-17-jre-headless`."
        return bad("Java", text) if needed else note("Java", f"{text} Only engine=spark needs it.")
    if any(path for pattern in _DELTA_JARS for path in Path.home().glob(pattern)):
        return good("Java", f"{version}; Delta's jars are present")
    later = "engine=spark downloads Delta's jars from Maven Central when it first starts"
    return good("Java", f"{version}; {later}")


def folder(purpose: str, path: str) -> Finding:
    """Whether a folder can be written to, or created; one on a Volume of Databricks only where that is."""
    wanted = in_project(path)
    if wanted.is_relative_to(_VOLUMES):
        volume = Path(_VOLUMES, *wanted.relative_to(_VOLUMES).parts[:3])
        if not os.environ.get("DATABRICKS_RUNTIME_VERSION"):
            return note(purpose, f"{path} is on a Volume, which only Databricks has: not checked")
        if not volume.is_dir():
            return bad(purpose, f"{path}: there is no Volume {volume}, or it is not readable.")
    nearest = next(parent for parent in (wanted, *wanted.parents) if parent.exists())
    if nearest.is_dir() and os.access(nearest, os.W_OK):
        return good(purpose, path)
    reason = "a file" if nearest.is_file() else "not writable"
    return bad(purpose, f"{path} cannot be written to ({nearest} is {reason}): choose another.")


def _java_version() -> int | None:
    home = os.environ.get("JAVA_HOME")
    java = shutil.which("java", path=f"{home}/bin" if home else None)
    if java is None:
        return None
    process = subprocess.run([java, "-version"], capture_output=True, text=True, timeout=30, check=False)  # noqa: S603
    match = re.search(r'version "(?:1\.)?(\d+)', process.stderr + process.stdout)
    return int(match[1]) if match else None

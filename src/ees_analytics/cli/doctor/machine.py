"""Checks of Python, the engine, Java and the folders that are written to."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from ees_analytics.cli.doctor.finding import Finding, bad, good, note
from ees_analytics.lake.engine import spark_session
from ees_analytics.lake.project_folder import in_project

_JAVA = 17
_INSTALL_JAVA = "`apt install openjdk-17-jre-headless`."
_DELTA_JARS = (".ivy2.5.2/jars", ".ivy2/jars", ".ivy2.5.2/cache/io.delta", ".ivy2/cache/io.delta")


def python_version() -> Finding:
    """Whether the project supports this Python."""
    found = f"{sys.version_info.major}.{sys.version_info.minor}"
    if (3, 11) <= sys.version_info[:2] < (3, 13):
        return good("Python", f"{found} at {sys.executable}")
    return bad("Python", f"{found}; the project needs 3.11 or 3.12: create a virtual environment with one.")


def engine(name: str) -> Finding:
    """Whether the engine starts and computes."""
    try:
        rows = spark_session(name).range(1).count()
    except Exception as error:  # whatever an engine raises
        return bad(f"Engine {name}", str(error))
    return good(f"Engine {name}", "starts and computes" if rows == 1 else f"counted {rows} of 1 row")


def java(needed: bool) -> Finding:
    """Whether there is a Java for JVM Spark, and whether Delta's jars are present."""
    missing = bad if needed else note
    only = "" if needed else " Only engine=spark needs it."
    version = _java_version()
    if version is None:
        return missing("Java", f"not found: {_INSTALL_JAVA}{only}")
    if version < _JAVA:
        return missing("Java", f"{version}, but Spark needs {_JAVA}: {_INSTALL_JAVA}{only}")
    if any(list((Path.home() / folder).glob("*delta-spark*")) for folder in _DELTA_JARS):
        return good("Java", f"{version}; Delta's jars are present")
    return good(
        "Java", f"{version}; engine=spark downloads Delta's jars from Maven Central when it first starts"
    )


def folders(paths: Mapping[str, str]) -> Iterator[Finding]:
    """Whether each folder can be written to, or created.

    Args:
        paths: Purpose of a folder to its path.
    """
    for purpose, path in paths.items():
        folder = in_project(path)
        nearest = next(parent for parent in (folder, *folder.parents) if parent.exists())
        if nearest.is_dir() and os.access(nearest, os.W_OK):
            yield good(purpose, path)
        else:
            reason = "a file" if nearest.is_file() else "not writable"
            yield bad(purpose, f"{path} cannot be written to ({nearest} is {reason}): choose another.")


def _java_version() -> int | None:
    home = os.environ.get("JAVA_HOME")
    java = shutil.which("java", path=f"{home}/bin") if home else shutil.which("java")
    if java is None:
        return None
    process = subprocess.run([java, "-version"], capture_output=True, text=True, timeout=30, check=False)  # noqa: S603
    match = re.search(r'version "(?:1\.)?(\d+)', process.stderr + process.stdout)
    return int(match[1]) if match else None

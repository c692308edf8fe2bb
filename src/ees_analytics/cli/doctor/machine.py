"""Python, the engine, Java and the folders that are written to."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from ees_analytics.cli.doctor.finding import Finding, Level
from ees_analytics.lake.engine import spark_session
from ees_analytics.lake.project_folder import in_project

_JAVA = 17
_DELTA_JARS = (".ivy2.5.2/jars", ".ivy2/jars", ".ivy2.5.2/cache/io.delta", ".ivy2/cache/io.delta")


def python_version() -> Finding:
    """Whether this Python is one that the project supports."""
    found = f"{sys.version_info.major}.{sys.version_info.minor}"
    if (3, 11) <= sys.version_info[:2] < (3, 13):
        return Finding(Level.GOOD, "Python", f"{found} at {sys.executable}")
    return Finding(
        Level.BAD, "Python", f"{found}; the project needs 3.11 or 3.12: make a virtual environment of it."
    )


def engine(name: str) -> Finding:
    """Whether the engine starts and computes."""
    try:
        rows = spark_session(name).range(1).count()
    except Exception as error:  # whatever an engine raises, it does not run
        return Finding(Level.BAD, f"Engine {name}", str(error))
    return Finding(
        Level.GOOD, f"Engine {name}", "starts and computes" if rows == 1 else f"counted {rows} of 1 row"
    )


def java(needed: bool) -> Finding:
    """Whether there is a Java for JVM Spark, and Delta's jars beside it."""
    level = Level.BAD if needed else Level.NOTE
    version = _java_version()
    only = "" if needed else " Only engine=spark needs it."
    if version is None:
        return Finding(level, "Java", f"not found: `apt install openjdk-17-jre-headless`.{only}")
    if version < _JAVA:
        return Finding(
            level, "Java", f"{version}, but Spark needs {_JAVA}: `apt install openjdk-17-jre-headless`.{only}"
        )
    jars = any(list((Path.home() / place).glob("*delta-spark*")) for place in _DELTA_JARS)
    told = (
        "Delta's jars are here"
        if jars
        else "Delta's jars come from Maven Central at the first start of engine=spark"
    )
    return Finding(Level.GOOD, "Java", f"{version}; {told}")


def folders(places: dict[str, str]) -> Iterator[Finding]:
    """Whether each folder can be written to, or made.

    Args:
        places: What a folder is for, to where it is.
    """
    for purpose, place in places.items():
        path = in_project(place)
        nearest = next(parent for parent in (path, *path.parents) if parent.exists())
        if nearest.is_dir() and os.access(nearest, os.W_OK):
            yield Finding(Level.GOOD, purpose, place)
        else:
            yield Finding(
                Level.BAD,
                purpose,
                f"{place} cannot be written ({nearest} is {'a file' if nearest.is_file() else 'not yours'}): "
                "name another.",
            )


def _java_version() -> int | None:
    home = os.environ.get("JAVA_HOME")
    java = shutil.which("java", path=f"{home}/bin") if home else shutil.which("java")
    if java is None:
        return None
    said = subprocess.run([java, "-version"], capture_output=True, text=True, timeout=30, check=False)  # noqa: S603
    match = re.search(r'version "(?:1\.)?(\d+)', said.stderr + said.stdout)
    return int(match[1]) if match else None

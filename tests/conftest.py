"""Shared fixtures.

Tests that use ``engine`` or ``spark`` run on Sail under plain ``pytest`` and on JVM Spark under ``pytest -m spark``:
one process holds one engine.
"""

from __future__ import annotations

import copy
import io
import logging
import os
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from kedro.framework.startup import ProjectMetadata, bootstrap_project
from omegaconf import OmegaConf

from ees_analytics.lake.engine import spark_session

# A busy machine is no fault of what is tested.
settings.register_profile("busy machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("busy machine")

# Tests start many processes: compiling this project in each of them would take longer than some of the tests.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

PROJECT = Path(__file__).parents[1]
CASES = Path(__file__).parent / "cases"


_LONG = ("end_to_end", "upgrade", "pipelines/ingest", "sources", "cli")
"""Folders whose files take the longest, and begin first."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What may take longest begins first: two workers then end together."""
    items.sort(key=lambda item: (-_seconds_allowed(item), not _is_long(item)))


def _seconds_allowed(item: pytest.Item) -> float:
    marker = item.get_closest_marker("timeout")
    return float(marker.args[0]) if marker and marker.args else 0.0


def _is_long(item: pytest.Item) -> bool:
    return item.nodeid.startswith(tuple(f"tests/{folder}/" for folder in _LONG))


@cache
def project() -> ProjectMetadata:
    """The project, with which Kedro's commands work from now on; its pipelines are made once in this process."""
    return bootstrap_project(PROJECT)


@pytest.fixture(scope="session", autouse=True)
def conf_is_parsed_once() -> Iterator[None]:
    """The text of a file in ``conf/`` is parsed once in this process, which is half the time of most commands."""
    load = OmegaConf.load
    parsed = cache(lambda text: load(io.StringIO(text)))

    def load_once(file):
        return copy.deepcopy(parsed(file.read())) if isinstance(file, io.StringIO) else load(file)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(OmegaConf, "load", staticmethod(load_once))
        yield


@pytest.fixture(scope="session", params=["sail", pytest.param("spark", marks=pytest.mark.spark)])
def engine(request: pytest.FixtureRequest) -> str:
    """The engine that the tests of this process use."""
    return request.param


@pytest.fixture(autouse=True)
def project_speaks(caplog: pytest.LogCaptureFixture) -> None:
    """The project's messages are heard, whatever a test before has done to logging."""
    caplog.set_level(logging.INFO, logger="ees_analytics")


@pytest.fixture(scope="session")
def spark(engine: str):
    """The engine's session."""
    return spark_session(engine)

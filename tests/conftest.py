"""Shared fixtures.

Tests that use ``engine`` or ``spark`` run on Sail under plain ``pytest`` and on JVM Spark under ``pytest -m spark``:
one process holds one engine.
"""

from __future__ import annotations

import logging
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from ees_analytics.lake.engine import spark_session

# A busy machine is no fault of what is tested.
settings.register_profile("busy machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("busy machine")

PROJECT = Path(__file__).parents[1]
CASES = Path(__file__).parent / "cases"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What may take longest begins first: two workers then end together."""
    items.sort(key=lambda item: -_seconds_allowed(item))


def _seconds_allowed(item: pytest.Item) -> float:
    marker = item.get_closest_marker("timeout")
    return float(marker.args[0]) if marker and marker.args else 0.0


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

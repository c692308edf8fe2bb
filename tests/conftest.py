"""Shared fixtures. The Spark engine of a test run is sail, or spark under `-m spark`."""

from __future__ import annotations

from pathlib import Path

import pytest

from ees_analytics.datasets.session import spark_session

PROJECT = Path(__file__).parents[1]
CASES = Path(__file__).parent / "cases"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--engine", default="sail", choices=["sail", "spark"], help="the engine of this test run")


@pytest.fixture(scope="session")
def engine(request: pytest.FixtureRequest) -> str:
    """The engine that this run of the tests uses: one process holds one."""
    return request.config.getoption("--engine")


@pytest.fixture(scope="session")
def spark(engine: str):
    """The engine's session."""
    return spark_session(engine)

import pytest

from tests.reporting import Reporting


@pytest.fixture
def reporting(spark) -> Reporting:
    """Makes app tables of a few raw rows."""
    return Reporting(spark)

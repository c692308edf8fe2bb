"""One of a thing is not told as several."""

import pytest

from ees_analytics.run_report.counting import counted


@pytest.mark.parametrize(
    ("count", "told"), [(0, "0 rows"), (1, "1 row"), (2, "2 rows"), (1_234_567, "1,234,567 rows")]
)
def test_a_number_and_its_unit(count, told):
    assert counted(count, "row") == told

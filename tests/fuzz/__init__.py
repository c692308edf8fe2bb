"""Random input. A few seconds in every run; for long ones: EES_FUZZ_EXAMPLES=100000 pytest -n 0 -m fuzz."""

import os

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

EXAMPLES = int(os.environ.get("EES_FUZZ_EXAMPLES", "20"))
marks = [pytest.mark.fuzz, pytest.mark.timeout(300 + EXAMPLES)]

fuzzed = settings(
    max_examples=EXAMPLES,
    deadline=5000,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)

TEXT = st.text(st.characters(), max_size=50)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=10,
)

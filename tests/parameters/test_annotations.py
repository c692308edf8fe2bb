"""Breaks in the series, as conf declares them."""

import pytest

from ees_analytics.parameters.annotations import Annotations

BREAK = {"first_date": "2026-02-13", "tables": ["ees_*"], "text": "No logs", "source": "The Volume"}


def test_a_break_that_ends_before_it_begins_is_refused():
    with pytest.raises(ValueError, match="last_date 2026-02-12 is before first_date 2026-02-13"):
        Annotations.model_validate([BREAK | {"last_date": "2026-02-12"}])


@pytest.mark.parametrize("key", BREAK)
def test_every_break_says_when_where_what_and_why(key):
    with pytest.raises(ValueError, match=key):
        Annotations.model_validate([{name: value for name, value in BREAK.items() if name != key}])

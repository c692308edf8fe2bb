"""The configuration of the log files."""

import datetime as dt

import pytest
import yaml
from pydantic import ValidationError

from ees_analytics.parameters.logs import KnownOutage, LogSettings
from tests.conftest import PROJECT


def test_the_committed_settings():
    settings = LogSettings.model_validate(
        yaml.safe_load((PROJECT / "conf/base/parameters_logs.yml").read_text())["logs"]
    )
    assert (settings.first_date, settings.freshness_days) == (dt.date(2020, 1, 1), 5)
    assert [(each.first, each.last) for each in settings.known_outages] == [
        (dt.date(2026, 2, 13), dt.date(2026, 2, 16))
    ]


def test_an_outage_that_ends_before_it_begins_is_refused():
    with pytest.raises(ValidationError, match="ends before that"):
        KnownOutage(first=dt.date(2026, 2, 16), last=dt.date(2026, 2, 13))

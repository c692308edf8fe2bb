"""A typo in a command stops it, and is told in words."""

from __future__ import annotations

import pytest
from kedro.config import BadConfigException
from kedro.io import DatasetError
from kedro.validation.exceptions import ParameterValidationError

from ees_analytics.wrong_settings import in_words, refuse_unknown
from tests.conftest import PROJECT

CONF = PROJECT / "conf"


def test_what_conf_names_is_accepted():
    given = {"run_date": "2026-06-30", "lake_root": "x", "backup_full": "true", "table": "ees_ga4_page"}
    refuse_unknown({**given, "ga4_calendar": {"max_shrink": 0.5}, "google_key_file": "x"}, CONF)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"rundate": "2026-06-20"}, "no parameter `rundate`. Did you mean run_date"),
        ({"table": "ees_ga4_evnts"}, "Did you mean ees_ga4_events"),
        ({"table": "raw_ees_queries"}, "no table of that name is read day by day"),
        (
            {"engine": "sial"},
            "no engine `sial`: it is one of sail, spark, session, connect. Did you mean sail",
        ),
        ({"zzz": 1}, "no parameter `zzz`"),
    ],
)
def test_a_typo_is_refused(given, told):
    with pytest.raises((BadConfigException, DatasetError), match=told):
        refuse_unknown(given, CONF)


def test_an_archive_of_conf_is_not_looked_into(tmp_path):
    refuse_unknown({"anything": 1}, tmp_path / "conf.tar.gz")


def test_a_wrong_parameter_is_told_in_words():
    error = ParameterValidationError(
        "Parameter validation failed:\n"
        "- Parameter 'ingest_range': Failed to instantiate IngestRange for parameter 'ingest_range': "
        "2 validation errors for IngestRange\n"
        "run_date\n"
        "  Input should be a valid date [type=date_from_datetime_parsing, input_value='26-06-2026', input_type=str]\n"
        "    For further information visit https://errors.pydantic.dev/2.14/v/date_from_datetime_parsing\n"
        "tabel\n"
        "  Extra inputs are not permitted [type=extra_forbidden, input_value='x', input_type=str]\n"
        "- Parameter 'rules': value is None but type is not Optional"
    )
    assert in_words(error).splitlines() == [
        "ingest_range.run_date: Input should be a valid date; given is '26-06-2026'. Write a day as 2026-06-30.",
        "ingest_range.tabel: there is no such setting.",
        "Parameter 'rules': value is None but type is not Optional",
    ]

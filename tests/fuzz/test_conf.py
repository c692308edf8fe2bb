"""Whatever is given with `--params` or written in conf is accepted, or refused in the project's own words."""

from __future__ import annotations

import importlib
import pkgutil
import string
import tempfile
from pathlib import Path
from typing import Any

import click
import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st
from kedro.config import BadConfigException
from kedro.validation import ModelInstantiationError

from ees_analytics import parameters
from ees_analytics.cli import run
from ees_analytics.cli.config_errors import (
    check_key_paths,
    check_known_days,
    check_reports,
    check_run_date,
    check_runtime_parameters,
)
from ees_analytics.conf_loader import ConfLoader
from ees_analytics.parameters.corrections import corrected
from ees_analytics.parameters.model import Parameters
from tests.conftest import PROJECT, project
from tests.fuzz import JSON, TEXT, fuzzed, marks

pytestmark = marks

for module in pkgutil.iter_modules(parameters.__path__):
    importlib.import_module(f"{parameters.__name__}.{module.name}")
MODELS = {model for model in Parameters.__subclasses__() if model.__module__.startswith(parameters.__name__)}
PARAMETERS = st.sampled_from(
    ["run_date", "from", "to", "table", "accept_days", "corrections", "google_key_file", "a.b", "x"]
)
PIECES = st.sampled_from(
    ["=", ",", ":", ".", "$", "{", "}", "[", "]", "'", '"', "\\", "+", "2026-06-30", "ees_ga4_page", "null"]
)


def params(draw: st.DrawFn) -> str:
    pairs = st.tuples(PARAMETERS, st.lists(PIECES | TEXT, max_size=5).map("".join)).map("=".join)
    return ",".join(draw(st.lists(pairs, max_size=3))) if draw(st.booleans()) else draw(TEXT)


@fuzzed
@given(st.composite(params)())
@example("run_date=,[=")
def test_params_are_split_or_refused(text):
    project()
    try:
        given = run.make_context("run", ["--params", text]).params["params"]
        check_runtime_parameters(given, PROJECT / "conf")
    except (click.UsageError, BadConfigException) as error:
        assert str(error)


@fuzzed
@given(JSON)
@pytest.mark.parametrize("check", [check_run_date, check_known_days, check_key_paths])
def test_values_are_checked(check, value):
    try:
        check(value)
    except BadConfigException as error:
        assert str(error)


NAMES = sorted({name for model in MODELS for name in model.model_fields})
SECTIONS = JSON | st.dictionaries(st.sampled_from(NAMES) | TEXT, JSON | st.integers(-2, 10**20), max_size=5)


@fuzzed
@given(st.sampled_from(sorted(MODELS, key=lambda model: model.__name__)), SECTIONS)
def test_a_section_is_a_model_or_refused_by_its_setting(model, values):
    try:
        model.model_validate(values)
    except ModelInstantiationError as error:
        assert str(error)


@fuzzed
@given(st.dictionaries(st.sampled_from(["ees_ga4_page", "x"]), JSON))
def test_reports_are_checked(reports):
    try:
        check_reports(reports)
    except BadConfigException as error:
        assert "ga4_reports" in str(error)


MARKS = st.dictionaries(st.sampled_from(["correction", "replaced_by", "value", "x"]), JSON, max_size=3)
MARKED = MARKS | st.lists(MARKS, max_size=3) | st.dictionaries(TEXT, MARKS, max_size=2)


@fuzzed
@given(st.dictionaries(TEXT, MARKED, max_size=3), st.sampled_from(["all", "none", "a", "a+b"]) | TEXT)
def test_corrections_are_switched_or_refused(values: dict[str, Any], switch):
    try:
        corrected(values, switch)
    except ValueError as error:
        assert str(error)


@fuzzed
@given(
    st.text(string.printable, max_size=80)
    | st.lists(PIECES | TEXT, max_size=8).map("".join)
    | JSON.map(yaml.safe_dump)
)
def test_a_file_of_conf_is_loaded_or_refused(text):
    with tempfile.TemporaryDirectory() as folder:
        for env in ("base", "local"):
            (Path(folder) / env).mkdir()
        (Path(folder) / "base" / "parameters_x.yml").write_bytes(text.encode(errors="replace"))
        try:
            ConfLoader(folder, base_env="base", default_run_env="local")["parameters"]
        except BadConfigException as error:
            assert str(error)

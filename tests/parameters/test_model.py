"""Wrong parameters are reported by name, with what was given."""

from __future__ import annotations

import datetime as dt

import pytest
from kedro.pipeline import Pipeline, node
from kedro.validation import ModelInstantiationError, ParameterValidationError, ParameterValidator
from pydantic import model_validator

from ees_analytics.parameters.model import Parameters


class Window(Parameters):
    start: dt.date
    days: int = 1

    @model_validator(mode="after")
    def check_days(self) -> Window:
        if self.days < 1:
            raise ValueError("days must be positive")
        return self


class Settings(Parameters):
    window: Window


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (
            {"start": "26-06-2026"},
            r"window.start: Input should be a valid date .* \(given: '26-06-2026'\). Write a day as",
        ),
        ({"start": "2026-06-26", "dayz": 2}, r"^window.dayz: there is no such setting. Did you mean days\?$"),
        ({}, "^window.start: this setting is missing.$"),
        ({"start": "2026-06-26", "days": 0}, "^window: days must be positive.$"),
        (
            {"start": "2026-06-26", "days": "two"},
            r"^window.days: Input should be a valid integer.* \(given: 'two'\).$",
        ),
    ],
)
def test_each_error_is_one_line(values, message):
    with pytest.raises(ModelInstantiationError, match=message):
        Settings.model_validate({"window": values})


def test_kedro_shows_the_messages():
    def step(settings: Settings) -> None: ...

    pipeline = Pipeline([node(step, "params:settings", None)])
    with pytest.raises(ParameterValidationError) as caught:
        ParameterValidator({"p": pipeline}).validate_raw_params({"settings": {"window": {}, "x": 1}})
    assert str(caught.value).splitlines() == [
        "Parameter validation failed:",
        "- Parameter 'settings': window.start: this setting is missing.",
        "  x: there is no such setting.",
    ]

"""The base of every parameter model."""

import warnings
from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any, ClassVar, Self

from kedro.validation import ModelInstantiationError
from pydantic import BaseModel, ConfigDict, ValidationError, model_validator
from pydantic_core import ErrorDetails


class Parameters(BaseModel):
    """Immutable, and strict about unknown keys.

    A subclass lists in ``RENAMED`` its former keys with their present names: a former key works, with a warning.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    RENAMED: ClassVar[Mapping[str, str]] = {}

    @model_validator(mode="before")
    @classmethod
    def _rename_former_keys(cls, values: Any) -> Any:
        former = [key for key in cls.RENAMED if isinstance(values, Mapping) and key in values]
        for key in former:
            if cls.RENAMED[key] in values:
                raise ValueError(f"{key} is the former name of {cls.RENAMED[key]}: keep only the latter")
            warnings.warn(f"{key} is now {cls.RENAMED[key]}: rename it in conf.", FutureWarning, stacklevel=2)
        return {cls.RENAMED.get(key, key): value for key, value in values.items()} if former else values

    @classmethod
    def model_validate(cls, obj: Any, **options: Any) -> Self:
        """A model of these values; a ``ModelInstantiationError``, which Kedro shows, has a line for each wrong one."""
        try:
            return super().model_validate(obj, **options)
        except ValidationError as error:
            lines = [describe_fault(found, cls) for found in error.errors(include_url=False)]
            raise ModelInstantiationError("\n  ".join(lines)) from error


def describe_fault(error: ErrorDetails, model: type[BaseModel]) -> str:
    """The setting's path and what is wrong with it, in one line; near names where the model has no such setting."""
    match error["type"]:
        case "extra_forbidden":
            near = get_close_matches(str(error["loc"][-1]), _settings_of(model), n=1)
            fault = "there is no such setting." + (f" Did you mean {near[0]}?" if near else "")
        case "value_error":
            fault = f"{error['ctx']['error']}."
        case "missing":
            fault = "this setting is missing."
        case kind:
            day = " Write a day as 2026-06-30." if kind.startswith("date_") else ""
            fault = f"{error['msg']} (given: {error['input']!r}).{day}"
    return ": ".join(filter(None, [".".join(str(part) for part in error["loc"]), fault]))


def _settings_of(model: type[BaseModel]) -> list[str]:
    """The names of all settings in a model and in the models within it."""
    schema = model.model_json_schema()
    parts = (schema, *schema.get("$defs", {}).values())
    return sorted({name for part in parts for name in part.get("properties", {})})

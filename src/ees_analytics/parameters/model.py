"""The base of every parameter model."""

import warnings
from collections.abc import Mapping
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
            lines = [describe_fault(found) for found in error.errors(include_url=False)]
            raise ModelInstantiationError("\n  ".join(lines)) from error


def describe_fault(error: ErrorDetails) -> str:
    """The setting's path and what is wrong with it, in one line."""
    match error["type"]:
        case "extra_forbidden":
            fault = "there is no such setting."
        case "value_error":
            fault = f"{error['ctx']['error']}."
        case "missing":
            fault = "this setting is missing."
        case kind:
            day = " Write a day as 2026-06-30." if kind.startswith("date_") else ""
            fault = f"{error['msg']} (given: {error['input']!r}).{day}"
    return ": ".join(filter(None, [".".join(str(part) for part in error["loc"]), fault]))

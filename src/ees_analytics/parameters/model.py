"""The base of every parameter model."""

import warnings
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, Self

from kedro.validation import ModelInstantiationError
from pydantic import BaseModel, ConfigDict, ValidationError, model_validator


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
        """A model of these values.

        Raises:
            ModelInstantiationError: Values are wrong; one line for each. Kedro shows it to the user.
        """
        try:
            return super().model_validate(obj, **options)
        except ValidationError as error:
            raise ModelInstantiationError("\n  ".join(_describe(error))) from error


def _describe(error: ValidationError) -> Iterator[str]:
    for found in error.errors(include_url=False):
        kind, where = found["type"], ".".join(str(part) for part in found["loc"])
        prefix = f"{where}: " if where else ""
        if kind == "extra_forbidden":
            yield f"{prefix}there is no such setting."
        elif kind == "value_error":
            yield f"{prefix}{found['ctx']['error']}."
        elif kind == "missing":
            yield f"{prefix}this setting is missing."
        else:
            day = " Write a day as 2026-06-30." if kind.startswith("date_") else ""
            yield f"{prefix}{found['msg']} (given: {found['input']!r}).{day}"

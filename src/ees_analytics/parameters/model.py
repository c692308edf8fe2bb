"""The base of every parameter model."""

import warnings
from collections.abc import Mapping
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict, model_validator


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

"""The base of every parameter model."""

from pydantic import BaseModel, ConfigDict


class Parameters(BaseModel):
    """Immutable, and strict about unknown keys."""

    model_config = ConfigDict(extra="forbid", frozen=True)

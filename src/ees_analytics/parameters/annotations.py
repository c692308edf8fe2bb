"""Known breaks in the series (`conf/base/parameters_annotations.yml`)."""

import datetime as dt
from typing import Self

from pydantic import Field, RootModel, model_validator

from ees_analytics.parameters.model import Parameters
from ees_analytics.parameters.rules import Text


class Annotation(Parameters):
    """One break: what changed in the numbers, when, in which app tables."""

    first_date: dt.date
    last_date: dt.date | None = Field(None, description="Unset where the change lasts.")
    tables: tuple[Text, ...] = Field(min_length=1, description="App tables; `*` stands for any text.")
    text: Text = Field(description="What changed, for readers of the dashboard's numbers.")
    source: Text = Field(description="Where this is known from.")

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Self:
        if self.last_date and self.last_date < self.first_date:
            raise ValueError(f"last_date {self.last_date} is before first_date {self.first_date}")
        return self


class Annotations(RootModel[tuple[Annotation, ...]], frozen=True):
    """Key ``annotations``."""

"""When a day stands out (`conf/base/parameters_anomalies.yml`)."""

from typing import Self

from pydantic import Field, NonNegativeFloat, NonNegativeInt, PositiveFloat, PositiveInt, model_validator

from ees_analytics.parameters.model import Parameters


class AnomalySettings(Parameters):
    """Key ``anomalies``."""

    weeks: PositiveInt = Field(8, description="The same weekday of this many weeks is compared.")
    min_days: PositiveInt = Field(4, description="With fewer days to compare with, nothing is judged.")
    max_age_days: NonNegativeInt = Field(7, description="An older newest day is not judged.")
    min_mads: PositiveFloat = Field(5, description="How many MADs from the median a value may be.")
    min_mad: NonNegativeFloat = Field(4, description="The least that a MAD counts as.")
    min_change: NonNegativeFloat = Field(0.3, description="The share of the median that it may differ by.")

    @model_validator(mode="after")
    def _can_judge(self) -> Self:
        if self.min_days > self.weeks:
            raise ValueError(
                f"min_days ({self.min_days}) is more than weeks ({self.weeks}): nothing is judged"
            )
        return self

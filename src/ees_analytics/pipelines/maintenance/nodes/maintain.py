"""Orders for the upkeep of one table."""

from __future__ import annotations

from ees_analytics.lake.upkeep import Upkeep
from ees_analytics.parameters.maintenance import MaintainSettings


def order_upkeep(settings: MaintainSettings) -> Upkeep:
    """What is to be done with each table."""
    return Upkeep(settings.keep_days)

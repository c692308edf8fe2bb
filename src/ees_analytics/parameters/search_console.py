"""How responses of Search Console become rows (`conf/base/parameters_search_console.yml`)."""

from __future__ import annotations

from pydantic import Field

from ees_analytics.parameters.model import Parameters


class SearchConsole(Parameters):
    """How responses of Search Console become rows.

    Attributes:
        tries_per_day: How often a day is fetched whose pages did not fit together.
    """

    tries_per_day: int = Field(3, ge=1)

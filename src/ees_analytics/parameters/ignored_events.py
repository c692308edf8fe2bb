"""Events that no table is meant to count (`conf/base/parameters_ignored_events.yml`)."""

from pydantic import Field, RootModel

from ees_analytics.parameters.rules import Text, TextTest


class IgnoredEvent(TextTest):
    """Events whose names pass one test."""

    reason: Text = Field(description="Why no table counts them.")


class IgnoredEvents(RootModel[tuple[IgnoredEvent, ...]], frozen=True):
    """Key ``ignored_events``. An event that a table counts is counted, whatever this list has."""

"""The classification rules of the reporting tables (`conf/base/parameters_rules.yml`).

An analyst edits them. Every mistake that can be told without looking at data stops a run before its first node.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import ConfigDict, Field, RootModel, StringConstraints, field_validator, model_validator

from ees_analytics.parameters.model import Parameters

UNCLASSIFIED = "Unclassified"
"""What a page type or download type reads where no rule matches."""

CHOOSE_A_LABEL = "CHOOSE A LABEL"
"""Stands in the rule lines that the project proposes; conf may not hold it."""

Text = Annotated[str, StringConstraints(min_length=1)]
InputField = Literal["pagePath", "eventCategory", "eventName"]


class Rule(Parameters):
    """One row of a rule list: a test of one field, and the label it gives.

    Attributes:
        contains: Matches where the field has this text anywhere in it. All tests are literal and case-sensitive.
        equals: Matches where this is the whole field.
        starts_with: Matches where the field begins with this text.
        label: What the rule calls such rows.
        field: The field to test, in lists whose rules test several.
        example: A realistic value of the field for which this is the first rule that matches.
    """

    contains: Text | None = None
    equals: str | None = None
    starts_with: Text | None = None
    label: Text
    field: InputField | None = None
    example: str | None = None

    @model_validator(mode="after")
    def _has_one_test(self) -> Rule:
        tests = [self.contains, self.equals, self.starts_with]
        if sum(test is not None for test in tests) != 1:
            raise ValueError("a rule has exactly one of contains, equals and starts_with")
        return self

    @field_validator("label")
    @classmethod
    def _is_a_real_label(cls, label: str) -> str:
        if label in (UNCLASSIFIED, CHOOSE_A_LABEL):
            raise ValueError(f"{label!r} is no label: say what such rows are")
        return label

    def matches(self, value: str | None) -> bool:
        """Whether the field's value passes the test; null passes none."""
        if value is None:
            return False
        if self.contains is not None:
            return self.contains in value
        if self.equals is not None:
            return self.equals == value
        return value.startswith(self.starts_with or "")


@dataclass(frozen=True)
class RuleList:
    """Rules in the order in which they are tried; the first that matches wins.

    Attributes:
        name: Where the list stands in conf.
        rules: The rules.
        field: What a rule tests that names no field of its own.
    """

    name: str
    rules: Sequence[Rule]
    field: InputField

    def field_of(self, rule: Rule) -> InputField:
        """The field that this rule tests."""
        return rule.field or self.field

    @property
    def input(self) -> InputField:
        """The field that stands for the list in reports: its first rule's."""
        return self.field_of(self.rules[0]) if self.rules else self.field

    @property
    def fields(self) -> list[InputField]:
        """All fields that the rules test, each once."""
        return list(dict.fromkeys([self.input, *(self.field_of(rule) for rule in self.rules)]))


class PageTypeByPath(RootModel[tuple[Rule, ...]]):
    """Page types by pagePath (key ``page_type_by_path``)."""

    model_config = ConfigDict(frozen=True)

    @property
    def rules(self) -> RuleList:
        """The rules, in order."""
        return RuleList("page_type_by_path", self.root, "pagePath")


class EventRules(Parameters):
    """Which events a table counts, by eventName (Universal Analytics: eventAction).

    Attributes:
        events: Names that count.
        event_prefixes: Beginnings of names that count.
    """

    events: tuple[Text, ...]
    event_prefixes: tuple[Text, ...] = ()


class AccordionRules(EventRules):
    """Keys ``accordions``.

    Attributes:
        page_type: Rules that tell the page type from eventCategory.
        publication_page_types: The page types of the publication table.
        service_page_types: The page types of the service table.
    """

    page_type: tuple[Rule, ...]
    publication_page_types: tuple[Text, ...]
    service_page_types: tuple[Text, ...]

    @property
    def page_type_rules(self) -> RuleList:
        """The rules of the page type, in order."""
        return RuleList("accordions.page_type", self.page_type, "eventCategory")


class SearchEventRules(AccordionRules):
    """Key ``search_events``: as ``accordions``."""

    @property
    def page_type_rules(self) -> RuleList:
        """The rules of the page type, in order."""
        return RuleList("search_events.page_type", self.page_type, "eventCategory")


class DownloadPublicationRules(Parameters):
    """Where a download's publication stands in its eventLabel, for slugs without a title.

    Attributes:
        page_types: Page types whose labels name the publication.
        after: The text in front of the publication.
        before: The text behind it, at its last occurrence.
    """

    page_types: tuple[Text, ...]
    after: Text
    before: Text


class DownloadRules(EventRules):
    """Key ``downloads``.

    Attributes:
        page_type: Rules that tell the page type; each names its field.
        download_type: Rules that tell the download type from eventName.
        publication_from_label: Where else a publication is found than in the path.
    """

    page_type: tuple[Rule, ...]
    download_type: tuple[Rule, ...]
    publication_from_label: DownloadPublicationRules

    @property
    def page_type_rules(self) -> RuleList:
        """The rules of the page type, in order."""
        return RuleList("downloads.page_type", self.page_type, "eventCategory")

    @property
    def download_type_rules(self) -> RuleList:
        """The rules of the download type, in order."""
        return RuleList("downloads.download_type", self.download_type, "eventName")


class FeaturedTableRules(EventRules):
    """Key ``featured_tables``.

    Attributes:
        page_type: Rules that tell the page type; each names its field.
        label_prefix: Taken out of eventLabel, once.
    """

    page_type: tuple[Rule, ...]
    label_prefix: Text

    @property
    def page_type_rules(self) -> RuleList:
        """The rules of the page type, in order."""
        return RuleList("featured_tables.page_type", self.page_type, "eventCategory")


class TablePublicationRules(Parameters):
    """Where the label of a created table names the publication, whatever the path.

    Attributes:
        slugs: Slugs for which it does.
        paths: Whole paths for which it does.
    """

    slugs: tuple[Text, ...]
    paths: tuple[Text, ...]


class TablesCreatedRules(EventRules):
    """Key ``tables_created``.

    Attributes:
        page_type: Rules that tell the page type; each names its field.
        publication_from_label: Where the publication is taken from eventLabel, not from the path.
    """

    page_type: tuple[Rule, ...]
    publication_from_label: TablePublicationRules

    @property
    def page_type_rules(self) -> RuleList:
        """The rules of the page type, in order."""
        return RuleList("tables_created.page_type", self.page_type, "pagePath")


class SessionStartRules(EventRules):
    """Key ``session_starts``: the page type is told by path."""

    page_type: Literal["page_type_by_path"]


class PublicationPageTypes(Parameters):
    """Keys ``traffic`` and ``time_on_page``: the page types of their publication tables."""

    publication_page_types: tuple[Text, ...]


class PublicationSummaryRules(Parameters):
    """Key ``publication_summary``.

    Attributes:
        first_day: The table's first day.
        page_types: The page types whose session starts, accordions and searches it counts.
    """

    first_day: dt.date
    page_types: tuple[Text, ...]


class SlugSteps(Parameters):
    """The steps from a pagePath to a slug that one table takes, in this order.

    Attributes:
        sections: Drop a leading ``/<section>/`` where section is one of these.
        drop_methodology: Drop the first ``-methodology``. (Then everything from the first ``/`` is cut off.)
        trim: Strip white space at both ends.
        keep_alnum: Drop every character but A-Z, a-z, 0-9 and ``-``.
        drop_trailing_dot: Drop one ``.`` at the end.
        lower: Lower-case.
    """

    sections: tuple[Text, ...] = ()
    drop_methodology: bool = False
    trim: bool = False
    keep_alnum: bool = False
    drop_trailing_dot: bool = False
    lower: bool = False


class SlugRules(Parameters):
    """Key ``slug``: the steps per table. They differ on purpose."""

    accordions: SlugSteps
    downloads: SlugSteps
    featured_tables: SlugSteps
    search_events: SlugSteps
    session_starts: SlugSteps
    tables_created: SlugSteps
    device_browser: SlugSteps
    source_medium: SlugSteps
    time_on_page: SlugSteps
    publication_summary: SlugSteps
    search_console: SlugSteps


class ReleasePageExclusions(RootModel[tuple[Text, ...]]):
    """Key ``release_page_exclusions``: what the path of a release page does not contain."""

    model_config = ConfigDict(frozen=True)


class RenamedPublications(Parameters):
    """Key ``renamed_publications``: old title to new title, per table, whatever the case."""

    downloads: dict[Text, Text] = {}
    tables_created: dict[Text, Text] = {}


class UnclassifiedLimit(Parameters):
    """Key ``unclassified``.

    Attributes:
        max_share: A table fails where more than this share of its count is unclassified.
    """

    max_share: float = Field(ge=0, le=1)

"""The classification rules of the reporting tables (`conf/base/parameters_rules.yml`).

Analysts edit them. A mistake that can be found without data stops a run before its first node.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

from pydantic import ConfigDict, Field, RootModel, StringConstraints, field_validator, model_validator

from ees_analytics.parameters.model import Parameters

UNCLASSIFIED = "Unclassified"
"""The page type or download type where no rule matches."""

CHOOSE_A_LABEL = "CHOOSE A LABEL"
"""The label in the rules that the project proposes; conf refuses it."""

Text = Annotated[str, StringConstraints(min_length=1)]
InputField = Literal["pagePath", "eventCategory", "eventName"]


class Rule(Parameters):
    """One row of a rule list: a test of one field, and the label it gives.

    Attributes:
        contains: Matches where the field has this text anywhere in it. All tests are literal and case-sensitive.
        equals: Matches where this is the whole field.
        starts_with: Matches where the field begins with this text.
        label: The label of such rows.
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
            raise ValueError(f"{label!r} is not a label: choose one that describes such rows")
        return label


@dataclass(frozen=True)
class RuleList:
    """Rules in the order in which they are tried; the first that matches wins.

    Attributes:
        name: The list's key in conf, like ``downloads.page_type``.
        rules: The rules.
        field: What a rule tests that names no field of its own.
        column: The column that the labels go to.
    """

    name: str
    rules: Sequence[Rule]
    field: InputField
    column: str = "page_type"

    def field_of(self, rule: Rule) -> InputField:
        """The field that this rule tests."""
        return rule.field or self.field

    @property
    def input(self) -> InputField:
        """The field that reports show for the list: its first rule's."""
        return self.field_of(self.rules[0]) if self.rules else self.field

    @property
    def fields(self) -> list[InputField]:
        """All fields that the rules test, each once."""
        return list(dict.fromkeys([self.input, *(self.field_of(rule) for rule in self.rules)]))


class PageTypeByPath(RootModel[tuple[Rule, ...]]):
    """Key ``page_type_by_path``: page types by pagePath."""

    model_config = ConfigDict(frozen=True)

    @property
    def rule_lists(self) -> tuple[RuleList, ...]:
        """The rules of the page type."""
        return (RuleList("page_type_by_path", self.root, "pagePath"),)


class EventNames(Parameters):
    """Which events a table counts, by eventName (Universal Analytics: eventAction).

    Attributes:
        events: Names that count.
        event_prefixes: Beginnings of names that count.
    """

    events: tuple[Text, ...]
    event_prefixes: tuple[Text, ...] = ()


class SessionStartRules(EventNames):
    """Key ``session_starts``: page types are by path."""

    page_type: Literal["page_type_by_path"]


class EventRules(EventNames):
    """Which events a table counts, and the page types of these events.

    Attributes:
        key: The rules' key in conf.
        field: What a rule tests that names no field of its own.
        page_type: Rules of the page type.
    """

    key: ClassVar[str]
    field: ClassVar[InputField] = "eventCategory"
    page_type: tuple[Rule, ...]

    @property
    def rule_lists(self) -> tuple[RuleList, ...]:
        """The rules of each label."""
        return (RuleList(f"{self.key}.page_type", self.page_type, self.field),)


class AccordionRules(EventRules):
    """Key ``accordions``.

    Attributes:
        publication_page_types: The page types of the publication table.
        service_page_types: The page types of the service table.
    """

    key = "accordions"
    publication_page_types: tuple[Text, ...]
    service_page_types: tuple[Text, ...]


class SearchEventRules(AccordionRules):
    """Key ``search_events``: as ``accordions``."""

    key = "search_events"


class DownloadPublicationRules(Parameters):
    """Which part of a download's eventLabel is its publication, for slugs without a title.

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
        download_type: Rules of the download type, by eventName.
        publication_from_label: The publication where the path has none.
    """

    key = "downloads"
    download_type: tuple[Rule, ...]
    publication_from_label: DownloadPublicationRules

    @property
    def rule_lists(self) -> tuple[RuleList, ...]:
        """The rules of each label."""
        types = RuleList(f"{self.key}.download_type", self.download_type, "eventName", "download_type")
        return (*super().rule_lists, types)


class FeaturedTableRules(EventRules):
    """Key ``featured_tables``.

    Attributes:
        label_prefix: Removed from eventLabel, once.
    """

    key = "featured_tables"
    label_prefix: Text


class TablePublicationRules(Parameters):
    """Where the label of a created table names the publication, also where the path has one.

    Attributes:
        slugs: Slugs for which it does.
        paths: Whole paths for which it does.
    """

    slugs: tuple[Text, ...]
    paths: tuple[Text, ...]


class TablesCreatedRules(EventRules):
    """Key ``tables_created``.

    Attributes:
        publication_from_label: Where the publication is in eventLabel, not in the path.
    """

    key = "tables_created"
    field = "pagePath"
    publication_from_label: TablePublicationRules


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
    """Key ``renamed_publications``: old title to new title, per table, in any case."""

    downloads: dict[Text, Text] = {}
    tables_created: dict[Text, Text] = {}


class UnclassifiedLimit(Parameters):
    """Key ``unclassified``.

    Attributes:
        max_share: A table fails where more than this share of its count is unclassified.
    """

    max_share: float = Field(ge=0, le=1)

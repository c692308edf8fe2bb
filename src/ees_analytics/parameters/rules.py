"""The classification rules of the reporting tables (`conf/base/parameters_rules.yml`).

Analysts edit them. A mistake that can be found without data stops a run before its first node.
"""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Annotated, ClassVar, Literal, Self

from pydantic import BaseModel, Field, RootModel, StringConstraints, field_validator, model_validator

from ees_analytics.parameters.model import Parameters

UNCLASSIFIED = "Unclassified"
"""The page type or download type where no rule matches."""

CHOOSE_A_LABEL = "CHOOSE A LABEL"
"""The label in the rules that the project proposes; conf refuses it."""

Text = Annotated[str, StringConstraints(min_length=1)]
InputField = Literal["pagePath", "eventCategory", "eventName"]


class TextTest(Parameters):
    """One test of a text, literal and case-sensitive."""

    contains: Text | None = Field(None, description="Matches where the field has this text anywhere in it.")
    equals: str | None = Field(None, description="Matches where this is the whole field.")
    starts_with: Text | None = Field(None, description="Matches where the field begins with this text.")

    @model_validator(mode="after")
    def _has_one_test(self) -> Self:
        tests = [self.contains, self.equals, self.starts_with]
        if sum(test is not None for test in tests) != 1:
            raise ValueError("a rule has exactly one of contains, equals and starts_with")
        return self

    def matches(self, value: str) -> bool:
        """Whether the value passes the test."""
        if self.contains is not None:
            return self.contains in value
        return self.equals == value if self.equals is not None else value.startswith(self.starts_with or "")

    def matches_all_of(self, other: "TextTest") -> bool:
        """Whether every value that passes the other test passes this one."""
        if other.equals is not None:
            return self.matches(other.equals)
        if other.starts_with is not None:
            return self.equals is None and self.matches(other.starts_with)
        return self.contains is not None and self.contains in (other.contains or "")


class Rule(TextTest):
    """One row of a rule list: one test of one field, and the label it gives."""

    label: Text
    field: InputField | None = Field(None, description="Set in lists that test several fields.")
    example: str | None = Field(None, description="A realistic value for which this is the first match.")

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
    def fields(self) -> list[InputField]:
        """All fields that the rules test, each once."""
        return list(dict.fromkeys(self.field_of(rule) for rule in self.rules)) or [self.field]

    @property
    def input(self) -> InputField:
        """The field that reports show for the list: its first rule's."""
        return self.fields[0]

    def unreachable(self) -> Iterator[tuple[int, int]]:
        """The number of each rule that its example does not reach, or no value, and of the rule that is in its way.

        The two are the same where the example does not pass the rule's own test.
        """
        for number, rule in enumerate(self.rules):
            if rule.example is not None and not rule.matches(rule.example):
                yield number, number
                continue
            for earlier, other in enumerate(self.rules[:number]):
                takes_example = rule.example is not None and other.matches(rule.example)
                if self.field_of(other) == self.field_of(rule) and (
                    takes_example or other.matches_all_of(rule)
                ):
                    yield number, earlier
                    break


class PageTypeByPath(RootModel[tuple[Rule, ...]], frozen=True):
    """Key ``page_type_by_path``: page types by pagePath."""

    @property
    def rule_lists(self) -> tuple[RuleList, ...]:
        """The rules of the page type."""
        return (RuleList("page_type_by_path", self.root, "pagePath"),)

    @property
    def named(self) -> RuleList:
        """The rules in front of the one that takes every other path (``contains: /``); all where there is none."""
        rules = takewhile(lambda rule: rule.contains != "/", self.root)
        return RuleList("page_type_by_path", tuple(rules), "pagePath")


class EventNames(Parameters):
    """Which events a table counts, by eventName (Universal Analytics: eventAction)."""

    events: tuple[Text, ...] = Field(description="Names that count.")
    event_prefixes: tuple[Text, ...] = Field((), description="Beginnings of names that count.")


class SessionStartRules(EventNames):
    """Key ``session_starts``: page types are by path."""

    page_type: Literal["page_type_by_path"]


class EventRules(EventNames):
    """Which events a table counts, and the rules of the page types of these events.

    ``key`` is the rules' key in conf; ``field`` is what a rule tests that names no field of its own.
    """

    key: ClassVar[str]
    field: ClassVar[InputField] = "eventCategory"
    page_type: tuple[Rule, ...]

    @property
    def rule_lists(self) -> tuple[RuleList, ...]:
        """The rules of each label."""
        return (RuleList(f"{self.key}.page_type", self.page_type, self.field),)


class AccordionRules(EventRules):
    """Key ``accordions``, with the page types of the publication table and of the service table."""

    key = "accordions"
    publication_page_types: tuple[Text, ...]
    service_page_types: tuple[Text, ...]


class SearchEventRules(AccordionRules):
    """Key ``search_events``: as ``accordions``."""

    key = "search_events"


class DownloadPublicationRules(Parameters):
    """Which part of a download's eventLabel is its publication, for slugs without a title."""

    page_types: tuple[Text, ...] = Field(description="Page types whose labels name the publication.")
    after: Text = Field(description="The text in front of the publication.")
    before_first: Text | None = Field(None, description="The text behind it, at its first occurrence.")
    before: Text = Field(description="The same at its last occurrence, where `before_first` does not occur.")


class DownloadRules(EventRules):
    """Key ``downloads``: also the rules of the download type, and the publication where the path has none."""

    key = "downloads"
    download_type: tuple[Rule, ...] = Field(description="By eventName.")
    publication_from_label: DownloadPublicationRules

    @property
    def rule_lists(self) -> tuple[RuleList, ...]:
        """The rules of each label."""
        types = RuleList(f"{self.key}.download_type", self.download_type, "eventName", "download_type")
        return (*super().rule_lists, types)


class FeaturedTableRules(EventRules):
    """Key ``featured_tables``."""

    key = "featured_tables"
    label_prefix: Text = Field(description="Removed from eventLabel, once.")


class TablePublicationRules(Parameters):
    """Slugs and whole paths for which the label of a created table names the publication, not the path."""

    slugs: tuple[Text, ...]
    paths: tuple[Text, ...]


class TablesCreatedRules(EventRules):
    """Key ``tables_created``."""

    key = "tables_created"
    field = "pagePath"
    publication_from_label: TablePublicationRules


RULE_LISTS: Mapping[str, type[BaseModel]] = {
    "page_type_by_path": PageTypeByPath,
    "accordions": AccordionRules,
    "search_events": SearchEventRules,
    "downloads": DownloadRules,
    "featured_tables": FeaturedTableRules,
    "tables_created": TablesCreatedRules,
}
"""Keys of conf whose models have ``rule_lists``."""


class PublicationPageTypes(Parameters):
    """Keys ``traffic`` and ``time_on_page``: the page types of their publication tables."""

    publication_page_types: tuple[Text, ...]


class PublicationSummaryRules(Parameters):
    """Key ``publication_summary``: the table's first day, and what it counts."""

    first_day: dt.date
    page_types: tuple[Text, ...] = Field(description="Those of session starts, accordions and searches.")


class SlugSteps(Parameters):
    """The steps from a pagePath to a slug that one table takes, in this order.

    After ``drop_methodology``, everything from the first ``/`` is cut off.
    """

    sections: tuple[Text, ...] = Field((), description="Drop one of these, as `/<section>/`.")
    drop_methodology: bool = Field(False, description="Drop the first `-methodology`.")
    trim: bool = Field(False, description="Strip white space at both ends.")
    keep_alnum: bool = Field(False, description="Drop every character but A-Z, a-z, 0-9 and `-`.")
    drop_trailing_dot: bool = Field(False, description="Drop one `.` at the end.")
    lower: bool = Field(False, description="Lower-case.")


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


class ReleasePageExclusions(RootModel[tuple[Text, ...]], frozen=True):
    """Keys ``release_page_exclusions``, which the path of a release page does not contain, and ``…_at_start``."""


class RenamedPublications(Parameters):
    """Key ``renamed_publications``: old title to new title, per table, in any case."""

    downloads: dict[Text, Text] = {}
    tables_created: dict[Text, Text] = {}


class UnclassifiedLimit(Parameters):
    """Key ``unclassified``: a table fails where more than this share of its count is unclassified."""

    max_share: float = Field(ge=0, le=1)


class UniversalAnalytics(Parameters):
    """Key ``universal_analytics``: the last day of the frozen series that any table counts; unset counts all of it."""

    last_day: dt.date | None = None

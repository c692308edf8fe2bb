"""The tables of events: accordions, searches, downloads, featured tables, tables created, session starts.

Each topic's own node makes the events that the topic counts and their value table (see ``transforms.classification``).
"""

from collections.abc import Callable, Sequence
from functools import reduce

from kedro.pipeline import Pipeline, node
from kedro.pipeline.node import Node
from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from ees_analytics.parameters.rules import (
    AccordionRules,
    DownloadRules,
    EventNames,
    EventRules,
    FeaturedTableRules,
    RenamedPublications,
    SearchEventRules,
    SessionStartRules,
    SlugRules,
    SlugSteps,
    TablesCreatedRules,
    UniversalAnalytics,
)
from ees_analytics.pipelines.reporting.tables import checked_table, listed_table, paths_node, shared_node
from ees_analytics.transforms.classification import classified_values, counted, is_counted
from ees_analytics.transforms.joins import both_eras
from ees_analytics.transforms.publication import with_spelling
from ees_analytics.transforms.text import remove_first, text_after, text_before_last, trim

Classified = tuple[DataFrame, DataFrame]
"""The events of a topic, and their value table."""

_COLUMNS = ("date", "pagePath", "eventName", "eventLabel", "eventCategory", "eventCount")
_TOPICS = "topics"
_BITS = {"accordions": 1, "downloads": 2, "featured_tables": 4, "search_events": 8, "tables_created": 16}
"""Each topic's bit in ``topics``: a power of two, so that the sum says which topics count the event."""


def create_pipeline() -> Pipeline:
    """One node per table and per topic. ``publication_titles`` is made with the tables of traffic."""
    starts = ["session_start_events", "session_starts_paths", "params:page_type_by_path"]
    return Pipeline(
        [
            shared_node(events),
            shared_node(counted_events),
            *(_topic(function) for function in (accordions, search_events, featured_tables)),
            *(node for function in (downloads, tables_created) for node in _topic_with_spelling(function)),
            shared_node(session_start_events),
            paths_node("session_starts", "eventCount", "session_start_events"),
            checked_table("ees_session_starts", starts),
            checked_table("ees_service_accordions", _of("accordions")),
            listed_table("ees_publication_accordions", AccordionRules, _of("accordions")),
            checked_table("ees_service_search_events", _of("search_events")),
            listed_table("ees_publication_search_events", SearchEventRules, _of("search_events")),
            checked_table("ees_service_downloads", _of("downloads")),
            checked_table("ees_publication_downloads", _of("downloads")),
            checked_table("ees_publication_featured_tables", _of("featured_tables")),
            checked_table("ees_publication_tables_created", _of("tables_created")),
        ]
    )


def _topic(function: Callable[..., Classified], values: str = "values") -> Node:
    key = function.__name__
    inputs = ["counted_events", f"params:{key}", "params:slug", "publication_titles"]
    return node(function, inputs, [f"{key}_events", f"{key}_{values}"], name=key)


def _topic_with_spelling(function: Callable[..., Classified]) -> list[Node]:
    """The topic's node, and the one that brings its publications to title case and present names."""
    key = function.__name__

    def spelling(labels: DataFrame, renamed: RenamedPublications) -> DataFrame:
        """The value table with publications in title case, under their present names."""
        return with_spelling(labels, getattr(renamed, key))

    inputs = [f"{key}_labels", "params:renamed_publications"]
    return [_topic(function, "labels"), node(spelling, inputs, f"{key}_values", name=f"{key}_spelling")]


def _of(key: str) -> list[str]:
    """The topic's events, their value table and the rules."""
    return [f"{key}_events", f"{key}_values", f"params:{key}"]


def events(
    ees_ua_events: DataFrame, ees_ga4_events: DataFrame, universal_analytics: UniversalAnalytics
) -> DataFrame:
    """One row is the count of one event on one page with one label and category on one day, in one era."""
    return both_eras(ees_ua_events, ees_ga4_events, universal_analytics.last_day, _COLUMNS)


def counted_events(
    events: DataFrame,
    accordions: AccordionRules,
    downloads: DownloadRules,
    featured_tables: FeaturedTableRules,
    search_events: SearchEventRules,
    tables_created: TablesCreatedRules,
) -> DataFrame:
    """The events that a topic of this module counts; ``topics`` has the bits of all that do."""
    topics: list[EventRules] = [accordions, downloads, featured_tables, search_events, tables_created]
    # One test for all topics comes first: those of each topic see only the events that pass it.
    names = EventNames(
        events=tuple(name for rules in topics for name in rules.events),
        event_prefixes=tuple(prefix for rules in topics for prefix in rules.event_prefixes),
    )
    bits = [F.when(is_counted(F.col("eventName"), rules), _BITS[rules.key]).otherwise(0) for rules in topics]
    return counted(events, names).withColumn(_TOPICS, reduce(Column.__add__, bits))


def session_start_events(ees_ga4_events: DataFrame, session_starts: SessionStartRules) -> DataFrame:
    """One row is an event of Google Analytics 4 that began a session."""
    return counted(ees_ga4_events, session_starts).select("date", "pagePath", "eventCount")


def accordions(
    counted_events: DataFrame, rules: AccordionRules, slug: SlugRules, titles: DataFrame
) -> Classified:
    """The events that opened an accordion."""
    return _classified(_of_topic(counted_events, rules), rules, slug.accordions, titles)


def search_events(
    counted_events: DataFrame, rules: SearchEventRules, slug: SlugRules, titles: DataFrame
) -> Classified:
    """The events that searched."""
    return _classified(_of_topic(counted_events, rules), rules, slug.search_events, titles)


def featured_tables(
    counted_events: DataFrame, rules: FeaturedTableRules, slug: SlugRules, titles: DataFrame
) -> Classified:
    """The events that opened a featured table; their label is the table's name."""
    name = remove_first(F.col("eventLabel"), rules.label_prefix)
    opened = _of_topic(counted_events, rules).withColumn("eventLabel", name)
    return _classified(opened, rules, slug.featured_tables, titles)


def downloads(
    counted_events: DataFrame, rules: DownloadRules, slug: SlugRules, titles: DataFrame
) -> Classified:
    """The events that downloaded a file. Where the path has no publication, the label may name it."""
    where = rules.publication_from_label
    rest = text_after(F.col("eventLabel"), where.after)
    in_label = text_before_last(rest, where.before)
    if where.before_first:
        first = where.before_first
        in_label = F.when(rest.contains(F.lit(first)), F.substring_index(rest, first, 1)).otherwise(in_label)
    is_named = F.col("page_type").isin(*where.page_types)
    publication = F.coalesce("publication", F.when(is_named, _named(in_label)))
    rows = _of_topic(counted_events, rules)
    return _classified(rows, rules, slug.downloads, titles, ["eventLabel"], publication)


def tables_created(
    counted_events: DataFrame, rules: TablesCreatedRules, slug: SlugRules, titles: DataFrame
) -> Classified:
    """The events that created a table; their label is its subject. On some paths the label names the publication."""
    label, subject = F.col("eventLabel"), F.substring_index("eventLabel", "/", -1)
    rows = _of_topic(counted_events, rules).withColumns({"whole_label": label, "eventLabel": subject})
    where = rules.publication_from_label
    is_in_label = F.col("slug").isin(*where.slugs) | F.col("pagePath").isin(*where.paths)
    in_label = F.substring_index("whole_label", "/", 1)
    publication = _named(F.when(is_in_label, in_label).otherwise(F.col("publication")))
    return _classified(rows, rules, slug.tables_created, titles, ["whole_label"], publication)


def _of_topic(events: DataFrame, rules: EventRules) -> DataFrame:
    """The events that the topic counts. By ``topics`` an engine that keeps them in files reads no others."""
    return events.where(F.col(_TOPICS).bitwiseAND(_BITS[rules.key]) != 0)


def _named(publication: Column) -> Column:
    """The publication that a text names: trimmed, and null where nothing is left."""
    return F.nullif(trim(publication), F.lit(""))


def _classified(
    rows: DataFrame,
    rules: EventRules,
    steps: SlugSteps,
    titles: DataFrame,
    more_keys: Sequence[str] = (),
    publication: Column | None = None,
) -> Classified:
    """The rows and their values; ``publication``, where given, is made of ``more_keys`` too."""
    values = classified_values(rows, "eventCount", rules.rule_lists, steps, titles, more_keys)
    return rows, values if publication is None else values.withColumn("publication", publication)

"""The tables of events: accordions, searches, downloads, featured tables, tables created, session starts.

Each topic's own node makes the events that the topic counts and their value table (see ``transforms.classification``).
"""

from collections.abc import Callable

from kedro.pipeline import Pipeline, node
from kedro.pipeline.node import Node
from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from ees_analytics.parameters.rules import (
    AccordionRules,
    DownloadRules,
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
from ees_analytics.transforms.classification import classified_values, counted
from ees_analytics.transforms.joins import both_eras
from ees_analytics.transforms.local_rows import materialize_small
from ees_analytics.transforms.publication import with_spelling
from ees_analytics.transforms.text import remove_first, text_after, text_before_last, trim

Classified = tuple[DataFrame, DataFrame]
"""The events of a topic, and their value table."""

_COLUMNS = ("date", "pagePath", "eventName", "eventLabel", "eventCategory", "eventCount")


def create_pipeline() -> Pipeline:
    """One node per table and per topic. ``publication_titles`` is made with the tables of traffic."""
    starts = ["session_start_events", "session_starts_paths", "params:page_type_by_path"]
    renamed = "params:renamed_publications"
    return Pipeline(
        [
            shared_node(events),
            *(_topic(function) for function in (accordions, search_events, featured_tables)),
            *(_topic(function, renamed) for function in (downloads, tables_created)),
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


def _topic(function: Callable[..., Classified], *more: str) -> Node:
    key = function.__name__
    rows, values, rules = _of(key)
    return node(
        function, ["events", rules, "params:slug", "publication_titles", *more], [rows, values], name=key
    )


def _of(key: str) -> list[str]:
    """The topic's events, their value table and the rules."""
    return [f"{key}_events", f"{key}_values", f"params:{key}"]


def events(
    ees_ua_events: DataFrame, ees_ga4_events: DataFrame, universal_analytics: UniversalAnalytics
) -> DataFrame:
    """One row is the count of one event on one page with one label and category on one day, in one era."""
    return both_eras(ees_ua_events, ees_ga4_events, universal_analytics.last_day, _COLUMNS)


def session_start_events(ees_ga4_events: DataFrame, session_starts: SessionStartRules) -> DataFrame:
    """One row is an event of Google Analytics 4 that began a session."""
    return counted(ees_ga4_events, session_starts)


def accordions(events: DataFrame, rules: AccordionRules, slug: SlugRules, titles: DataFrame) -> Classified:
    """The events that opened an accordion."""
    return _classified(counted(events, rules), rules, slug.accordions, titles)


def search_events(
    events: DataFrame, rules: SearchEventRules, slug: SlugRules, titles: DataFrame
) -> Classified:
    """The events that searched."""
    return _classified(counted(events, rules), rules, slug.search_events, titles)


def featured_tables(
    events: DataFrame, rules: FeaturedTableRules, slug: SlugRules, titles: DataFrame
) -> Classified:
    """The events that opened a featured table; their label is the table's name."""
    name = remove_first(F.col("eventLabel"), rules.label_prefix)
    opened = counted(events, rules).withColumn("eventLabel", name)
    return _classified(opened, rules, slug.featured_tables, titles)


def downloads(
    events: DataFrame,
    rules: DownloadRules,
    slug: SlugRules,
    titles: DataFrame,
    renamed_publications: RenamedPublications,
) -> Classified:
    """The events that downloaded a file. Where the path has no publication, the label may name it."""
    where = rules.publication_from_label
    rest = text_after(F.col("eventLabel"), where.after)
    in_label = text_before_last(rest, where.before)
    if where.before_first:
        first = where.before_first
        in_label = F.when(rest.contains(F.lit(first)), F.substring_index(rest, first, 1)).otherwise(in_label)
    rows = counted(events, rules).withColumn("label_publication", in_label)
    is_named = F.col("page_type").isin(*where.page_types)
    publication = F.coalesce("publication", F.when(is_named, _named(F.col("label_publication"))))
    rows, values = _classified(rows, rules, slug.downloads, titles, publication)
    return rows, with_spelling(values, renamed_publications.downloads)


def tables_created(
    events: DataFrame,
    rules: TablesCreatedRules,
    slug: SlugRules,
    titles: DataFrame,
    renamed_publications: RenamedPublications,
) -> Classified:
    """The events that created a table; their label is its subject. On some paths the label names the publication."""
    publication, subject = (F.substring_index("eventLabel", "/", part) for part in (1, -1))
    labels = {"label_publication": publication, "eventLabel": subject}
    rows = counted(events, rules).withColumns(labels)
    where = rules.publication_from_label
    is_in_label = F.col("slug").isin(*where.slugs) | F.col("pagePath").isin(*where.paths)
    publication = _named(F.when(is_in_label, F.col("label_publication")).otherwise(F.col("publication")))
    rows, values = _classified(rows, rules, slug.tables_created, titles, publication)
    return rows, with_spelling(values, renamed_publications.tables_created)


def _named(publication: Column) -> Column:
    """The publication that a text names: trimmed, and null where nothing is left."""
    return F.nullif(trim(publication), F.lit(""))


def _classified(
    rows: DataFrame, rules: EventRules, steps: SlugSteps, titles: DataFrame, publication: Column | None = None
) -> Classified:
    """The rows and their values; ``publication``, where given, is made of ``label_publication`` too."""
    more_keys = [] if publication is None else ["label_publication"]
    values = classified_values(rows, "eventCount", rules.rule_lists, steps, titles, more_keys)
    if publication is not None:
        values = values.withColumn("publication", publication)
    return rows, materialize_small(values)

"""What several event tables share: the events of both eras, and the labels of their distinct values."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from ees_analytics.parameters.rules import (
    AccordionRules,
    DownloadRules,
    FeaturedTableRules,
    PageTypeByPath,
    RenamedPublications,
    SearchEventRules,
    SessionStartRules,
    SlugRules,
    TablesCreatedRules,
)
from ees_analytics.parameters.universal_analytics import UniversalAnalytics
from ees_analytics.transforms.event_values import event_values
from ees_analytics.transforms.events import both_eras, counted
from ees_analytics.transforms.local_rows import materialize_small
from ees_analytics.transforms.page_type import classified_paths
from ees_analytics.transforms.publication import with_spelling
from ees_analytics.transforms.rules import label_by
from ees_analytics.transforms.text import text_after, text_before_last, trim


def events(
    ees_ua_events: DataFrame, ees_ga4_events: DataFrame, universal_analytics: UniversalAnalytics
) -> DataFrame:
    """One row is the count of one event on one page with one label and category on one day, in one era."""
    return both_eras(ees_ua_events, ees_ga4_events, universal_analytics.last_day)


def accordion_events(events: DataFrame, accordions: AccordionRules) -> DataFrame:
    """One row is an event of ``events`` that opened an accordion."""
    return counted(events, accordions)


def accordion_values(
    accordion_events: DataFrame, accordions: AccordionRules, slug: SlugRules, publication_titles: DataFrame
) -> DataFrame:
    """One row is a path and category of accordions, with page type and publication."""
    return materialize_small(
        event_values(accordion_events, accordions.page_type_rules, slug.accordions, publication_titles)
    )


def search_events(events: DataFrame, search_event_rules: SearchEventRules) -> DataFrame:
    """One row is an event of ``events`` that searched."""
    return counted(events, search_event_rules)


def search_event_values(
    search_events: DataFrame,
    search_event_rules: SearchEventRules,
    slug: SlugRules,
    publication_titles: DataFrame,
) -> DataFrame:
    """One row is a path and category of searches, with page type and publication."""
    rules = search_event_rules.page_type_rules
    return materialize_small(event_values(search_events, rules, slug.search_events, publication_titles))


def featured_table_events(events: DataFrame, featured_tables: FeaturedTableRules) -> DataFrame:
    """One row is an event of ``events`` that opened a featured table."""
    return counted(events, featured_tables)


def featured_table_values(
    featured_table_events: DataFrame,
    featured_tables: FeaturedTableRules,
    slug: SlugRules,
    publication_titles: DataFrame,
) -> DataFrame:
    """One row is a path and category of featured tables, with page type and publication."""
    rules = featured_tables.page_type_rules
    return materialize_small(
        event_values(featured_table_events, rules, slug.featured_tables, publication_titles)
    )


def download_events(events: DataFrame, downloads: DownloadRules) -> DataFrame:
    """One row is an event of ``events`` that downloaded a file.

    ``label_publication`` is what its label names as the publication, null where it names none.
    """
    where = downloads.publication_from_label
    named = text_before_last(text_after(F.col("eventLabel"), where.after), where.before)
    return counted(events, downloads).withColumn("label_publication", named)


def download_values(
    download_events: DataFrame,
    downloads: DownloadRules,
    slug: SlugRules,
    publication_titles: DataFrame,
    renamed_publications: RenamedPublications,
) -> DataFrame:
    """One row is a path, category, name and named publication of downloads, with page and download type."""
    types = downloads.download_type_rules
    more_keys = [*types.fields, "label_publication"]
    values = event_values(
        download_events, downloads.page_type_rules, slug.downloads, publication_titles, more_keys
    )
    is_named = F.col("page_type").isin(*downloads.publication_from_label.page_types)
    publication = F.coalesce("publication", F.when(is_named, trim(F.col("label_publication"))))
    labelled = values.withColumn("download_type", label_by(types)).withColumn("publication", publication)
    return with_spelling(materialize_small(labelled), renamed_publications.downloads)


def tables_created_events(events: DataFrame, tables_created: TablesCreatedRules) -> DataFrame:
    """One row is an event of ``events`` that created a table.

    ``label_publication`` is what its label has where labels name the publication; many paths name it instead.
    """
    named = F.substring_index("eventLabel", "/", 1)
    return counted(events, tables_created).withColumn("label_publication", named)


def tables_created_values(
    tables_created_events: DataFrame,
    tables_created: TablesCreatedRules,
    slug: SlugRules,
    publication_titles: DataFrame,
    renamed_publications: RenamedPublications,
) -> DataFrame:
    """One row is a path, category and named publication of created tables, with page type and publication."""
    values = event_values(
        tables_created_events,
        tables_created.page_type_rules,
        slug.tables_created,
        publication_titles,
        ["label_publication"],
    )
    where = tables_created.publication_from_label
    is_in_label = F.col("slug").isin(*where.slugs) | F.col("pagePath").isin(*where.paths)
    in_label = trim(F.col("label_publication"))
    publication = F.when(is_in_label, in_label).otherwise(trim(F.col("publication")))
    labelled = materialize_small(values.withColumn("publication", publication))
    return with_spelling(labelled, renamed_publications.tables_created)


def session_start_events(ees_ga4_events: DataFrame, session_starts: SessionStartRules) -> DataFrame:
    """One row is an event of Google Analytics 4 that began a session."""
    return counted(ees_ga4_events, session_starts)


def session_start_paths(
    session_start_events: DataFrame,
    page_type_by_path: PageTypeByPath,
    slug: SlugRules,
    publication_titles: DataFrame,
) -> DataFrame:
    """One row is a path on which sessions began, with page type and publication."""
    return classified_paths(
        session_start_events, "eventCount", page_type_by_path, slug.session_starts, publication_titles
    )

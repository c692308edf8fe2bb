"""``app.ees_unclassified``: what no rule knows, for the analyst who adds the rule."""

from collections.abc import Sequence
from functools import reduce

from pyspark.sql import DataFrame

from ees_analytics.parameters.rules import (
    AccordionRules,
    DownloadRules,
    FeaturedTableRules,
    PageTypeByPath,
    RuleList,
    SearchEventRules,
    TablesCreatedRules,
)
from ees_analytics.transforms.unclassified import unclassified_values


def ees_unclassified(
    device_browser_paths: DataFrame,
    source_medium_paths: DataFrame,
    time_on_page_paths: DataFrame,
    session_start_paths: DataFrame,
    accordion_values: DataFrame,
    search_event_values: DataFrame,
    download_values: DataFrame,
    featured_table_values: DataFrame,
    tables_created_values: DataFrame,
    page_type_by_path: PageTypeByPath,
    accordions: AccordionRules,
    search_event_rules: SearchEventRules,
    downloads: DownloadRules,
    featured_tables: FeaturedTableRules,
    tables_created: TablesCreatedRules,
) -> DataFrame:
    """One row is a value that a rule list does not know, in the table that shows or counts it."""
    by_path, page_type, download_type = page_type_by_path.rules, "page_type", "download_type"
    sources: Sequence[tuple[DataFrame, str, str, RuleList]] = [
        (device_browser_paths, "ees_service_device_browser", page_type, by_path),
        (source_medium_paths, "ees_service_source_medium", page_type, by_path),
        (time_on_page_paths, "ees_service_time_on_page", page_type, by_path),
        (session_start_paths, "ees_session_starts", page_type, by_path),
        (accordion_values, "ees_service_accordions", page_type, accordions.page_type_rules),
        (search_event_values, "ees_service_search_events", page_type, search_event_rules.page_type_rules),
        (download_values, "ees_service_downloads", page_type, downloads.page_type_rules),
        (download_values, "ees_service_downloads", download_type, downloads.download_type_rules),
        (
            featured_table_values,
            "ees_publication_featured_tables",
            page_type,
            featured_tables.page_type_rules,
        ),
        (tables_created_values, "ees_publication_tables_created", page_type, tables_created.page_type_rules),
    ]
    pieces = [unclassified_values(*source) for source in sources]
    return reduce(DataFrame.unionByName, pieces)

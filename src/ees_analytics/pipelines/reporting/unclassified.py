"""The values that no rule matches, for the analyst who adds the rule."""

from typing import Any

import pyarrow as pa
from kedro.pipeline import Pipeline, node

from ees_analytics.transforms.unclassified import unclassified_values

_VALUES_AND_RULES = {
    "ees_service_device_browser": ("device_browser_paths", "page_type_by_path"),
    "ees_service_source_medium": ("source_medium_paths", "page_type_by_path"),
    "ees_service_time_on_page": ("time_on_page_paths", "page_type_by_path"),
    "ees_session_starts": ("session_starts_paths", "page_type_by_path"),
    "ees_service_accordions": ("accordions_values", "accordions"),
    "ees_service_search_events": ("search_events_values", "search_events"),
    "ees_service_downloads": ("downloads_values", "downloads"),
    "ees_publication_featured_tables": ("featured_tables_values", "featured_tables"),
    "ees_publication_tables_created": ("tables_created_values", "tables_created"),
}
"""The table that reports such values, where it is one of two: their value table, and the parameter with the rules."""


def create_pipeline() -> Pipeline:
    """One node, one table, for which no other step waits."""
    inputs = {f"values_{table}": values for table, (values, _) in _VALUES_AND_RULES.items()}
    inputs |= {f"rules_{table}": f"params:{rules}" for table, (_, rules) in _VALUES_AND_RULES.items()}
    made = node(ees_unclassified, inputs, "app.ees_unclassified", name="ees_unclassified")
    return Pipeline([made], tags=["operational"])


def ees_unclassified(**inputs: Any) -> pa.Table:
    """One row is a value that no rule of a list matches, in the table that shows or counts it.

    Each value table is filtered by a query of its own: together they may be larger than a query can be.

    Args:
        inputs: ``values_<table>`` and ``rules_<table>`` of every such table.
    """
    pieces = [
        unclassified_values(inputs[f"values_{table}"], table, rules).toArrow()
        for table in _VALUES_AND_RULES
        for rules in inputs[f"rules_{table}"].rule_lists
    ]
    return pa.concat_tables(pieces, promote_options="default")

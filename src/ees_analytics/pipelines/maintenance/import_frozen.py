"""The frozen tables from parquet files, once, into a lake that lacks them."""

from __future__ import annotations

from kedro.pipeline import Pipeline, node

from ees_analytics.pipelines.maintenance.nodes.import_frozen import frozen_tables, import_table, survey


def create_pipeline() -> Pipeline:
    """One step a table; a table whose file is not there is left as it is."""
    imports = [
        node(
            import_table(table),
            ["import.found", "source.frozen_tables"],
            f"frozen.{table}",
            name=f"import.{table}",
        )
        for table in frozen_tables()
    ]
    return Pipeline([node(survey, "source.frozen_tables", "import.found", name="import.survey"), *imports])

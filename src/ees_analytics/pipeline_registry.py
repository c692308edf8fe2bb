"""The pipelines that ``kedro run --pipelines`` knows."""

from __future__ import annotations

from kedro.pipeline import Pipeline

from ees_analytics.pipelines import export, plots, reporting
from ees_analytics.pipelines.ingest import ga4, logs, search_console, website
from ees_analytics.pipelines.maintenance import backup, import_frozen, maintain
from ees_analytics.pipelines.reporting import publish


def register_pipelines() -> dict[str, Pipeline]:
    """Every pipeline by name.

    ``__default__`` brings the data in, builds the app tables and tells the dashboard. ``reporting`` builds and
    tells; ``app_tables`` only builds: a job whose sources may have failed tells in a step of its own, ``publish``.
    Plots are drawn by ``__default__`` or by name: they read raw tables that reporting can do without.
    """
    sources = {
        "ingest_ga4": ga4.create_pipeline(),
        "ingest_search_console": search_console.create_pipeline(),
        "ingest_website": website.create_pipeline(),
        "ingest_logs": logs.create_pipeline(),
    }
    ingest = sum(sources.values(), Pipeline([]))
    app_tables, tell = reporting.create_pipeline(), publish.create_pipeline()
    pictures = plots.create_pipeline()
    by_name_only = {
        "export": export.create_pipeline(),
        "maintain": maintain.create_pipeline(),
        "backup": backup.create_backup_pipeline(),
        "restore": backup.create_restore_pipeline(),
        "import_frozen": import_frozen.create_pipeline(),
    }
    return {
        "__default__": ingest + app_tables + tell + pictures,
        "ingest": ingest,
        **sources,
        "reporting": app_tables + tell,
        "app_tables": app_tables,
        "publish": tell,
        "plots": pictures,
        **by_name_only,
    }

"""The pipelines of ``kedro run --pipelines``."""

from kedro.pipeline import Pipeline

from ees_analytics.contracts import dashboard_tables, operational_tables
from ees_analytics.pipelines import export, plots, reporting
from ees_analytics.pipelines.ingest import pipeline as ingest_pipelines
from ees_analytics.pipelines.maintenance import backup, import_frozen, maintain, restore
from ees_analytics.pipelines.reporting import publish


def register_pipelines() -> dict[str, Pipeline]:
    """Every pipeline by name.

    ``__default__`` ingests the data, builds the app tables, then updates the dashboard's cache key. ``reporting``
    builds and publishes; ``app_tables`` only builds. A job that goes on after failed sources runs ``dashboard_tables``,
    ``publish`` and ``operational_tables`` as tasks of their own: the last never holds back the others. Plots read raw tables that reporting can do without, so only ``__default__`` and ``plots`` draw them.

    Steps of ``__default__`` have tags: their layer (``raw``, ``app``, ``plots``), and their source (``ga4``) or theme (``events``).
    """
    sources = {
        f"ingest_{source}": Pipeline(create(), tags=["raw", source])
        for source, create in {
            "ga4": ingest_pipelines.create_ga4_pipeline,
            "search_console": ingest_pipelines.create_search_console_pipeline,
            "website": ingest_pipelines.create_website_pipeline,
            "logs": ingest_pipelines.create_logs_pipeline,
        }.items()
    }
    ingest = Pipeline([*sources.values()])
    app_tables = reporting.create_pipeline()
    reporting.check_names(app_tables, [*dashboard_tables(), *operational_tables()])
    publishing = Pipeline(publish.create_pipeline(app_tables.inputs()), tags=["app", "publish"])
    drawing = Pipeline(plots.create_pipeline(), tags=["plots"])
    return {
        "__default__": Pipeline([ingest, app_tables, publishing, drawing]),
        "ingest": ingest,
        **sources,
        "reporting": app_tables + publishing,
        "app_tables": app_tables,
        "dashboard_tables": app_tables.to_outputs(*(f"app.{table}" for table in dashboard_tables())),
        "operational_tables": app_tables.to_outputs(*(f"app.{table}" for table in operational_tables())),
        "publish": publishing,
        "plots": drawing,
        "export": export.create_pipeline(),
        "maintain": maintain.create_pipeline(),
        "backup": backup.create_pipeline(),
        "restore": restore.create_pipeline(),
        "import_frozen": import_frozen.create_pipeline(),
    }

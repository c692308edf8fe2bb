"""How much the public API is used, day by day and by data set, counted from its logs."""

import logging

from kedro.pipeline import Pipeline
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from ees_analytics.console.text import few
from ees_analytics.pipelines.reporting.tables import first_rows, table_node

logger = logging.getLogger(__name__)

_SHOWN = 3
"""How many versions a message lists."""


def create_pipeline() -> Pipeline:
    """One node per table."""
    return Pipeline([table_node(ees_api_daily_queries), table_node(ees_api_dataset_queries)])


def ees_api_daily_queries(
    raw_ees_top_level: DataFrame,
    raw_ees_publications: DataFrame,
    raw_ees_data_sets: DataFrame,
    raw_ees_data_set_versions: DataFrame,
    raw_ees_query_access: DataFrame,
) -> DataFrame:
    """One row is the calls of the public API in the log files of one day, for every day with any log row.

    The logs share the type GetSummary for calls of different kinds. Executed queries are the rows of their own log,
    and of no other.
    """
    query = """
        SELECT
          date,
          count_if(type = 'GetPublications') AS GetPublications,
          count_if(type = 'GetDataSets') AS GetDataSets,
          count_if(type = 'GetSummary' AND log = 'publications') AS GetPublicationSummary,
          count_if(type = 'GetSummary' AND log = 'data sets') AS GetDataSetSummary,
          count_if(type = 'GetVersions') AS GetVersions,
          count_if(type = 'DownloadCsv') AS DownloadCsv,
          count_if(type = 'GetMetadata') AS GetMetadata,
          count_if(type = 'GetChanges') AS GetChanges,
          count_if(type = 'GetSummary' AND log = 'versions') AS GetVersionSummary,
          count_if(log = 'queries') AS PostQueryExecutions
        FROM (
          SELECT _file_date AS date, type, 'top level' AS log FROM {top_level}
          UNION ALL SELECT _file_date, type, 'publications' FROM {publications}
          UNION ALL SELECT _file_date, type, 'data sets' FROM {data_sets}
          UNION ALL SELECT _file_date, type, 'versions' FROM {versions}
          UNION ALL SELECT _file_date, NULL, 'queries' FROM {queries}
        )
        GROUP BY date
    """
    return raw_ees_top_level.sparkSession.sql(
        query,
        top_level=raw_ees_top_level,
        publications=raw_ees_publications,
        data_sets=raw_ees_data_sets,
        versions=raw_ees_data_set_versions,
        queries=raw_ees_query_access,
    )


def ees_api_dataset_queries(
    raw_ees_data_set_versions: DataFrame,
    raw_ees_query_access: DataFrame,
    ees_scrape_api_data_catalog: DataFrame,
) -> DataFrame:
    """One row is the calls for one data set version in the log files of one day.

    Queries name a version only by its id: those of a version that no log describes are kept, with nulls, and a
    warning names them.
    """
    known = known_versions(raw_ees_data_set_versions)
    _warn_of_unknown(raw_ees_query_access, known)
    query = """
        SELECT date, calls.dataSetId, dataSetTitle, dataSetVersion, publicationTitle,
          DownloadCsv, GetMetadata, PostQueryExecutions
        FROM (
          SELECT
            _file_date AS date, dataSetId, dataSetTitle, dataSetVersion,
            count_if(type = 'DownloadCsv') AS DownloadCsv,
            count_if(type = 'GetMetadata') AS GetMetadata,
            count_if(type = 'query') AS PostQueryExecutions
          FROM (
            SELECT _file_date, dataSetId, dataSetTitle, dataSetVersion, type FROM {versions}
            WHERE type IN ('DownloadCsv', 'GetMetadata')
            UNION ALL
            SELECT _file_date, dataSetId, dataSetTitle, dataSetVersion, 'query'
            FROM {queries} LEFT JOIN {known} USING (dataSetVersionId)
          )
          GROUP BY _file_date, dataSetId, dataSetTitle, dataSetVersion
        ) AS calls
        LEFT JOIN {catalogue} AS catalogue ON calls.dataSetId = catalogue.dataSetId
    """
    return raw_ees_query_access.sparkSession.sql(
        query,
        versions=raw_ees_data_set_versions,
        queries=raw_ees_query_access,
        known=known,
        catalogue=data_set_publications(ees_scrape_api_data_catalog),
    )


def known_versions(calls: DataFrame) -> DataFrame:
    """One row is a data set version as the logs last described it: its dataSetVersionId, dataSetId, title and version.

    Of a version's rows those with a dataSetId come first, then the newest file, then the greatest id, title, version.
    """
    described = ("dataSetId", "dataSetTitle", "dataSetVersion")
    order = [F.col("dataSetId").isNull(), *map(F.desc_nulls_last, ["_file_datetime", *described])]
    named = calls.where(F.col("dataSetVersionId").isNotNull())
    return first_rows(named, ["dataSetVersionId"], order).select("dataSetVersionId", *described)


def data_set_publications(catalogue: DataFrame) -> DataFrame:
    """One row is a data set of the public API with its publication: dataSetId, publicationTitle.

    Where the catalogue has several, the newest last_updated counts, then the greatest publication.
    """
    names = {"api_dataset_id": "dataSetId", "publication": "publicationTitle"}
    known = catalogue.withColumnsRenamed(names).where(F.col("dataSetId").isNotNull())
    order = [F.desc_nulls_last("last_updated"), F.desc_nulls_last("publicationTitle")]
    return first_rows(known, ["dataSetId"], order).select(*names.values())


def unknown_versions(queries: DataFrame, known: DataFrame) -> DataFrame:
    """One row is a data set version that was queried and that no log describes: dataSetVersionId, queries."""
    query = """
        SELECT dataSetVersionId, count(*) AS queries FROM {queries} LEFT ANTI JOIN {known} USING (dataSetVersionId)
        GROUP BY dataSetVersionId ORDER BY queries DESC, dataSetVersionId
    """
    return queries.sparkSession.sql(query, queries=queries, known=known)


def _warn_of_unknown(queries: DataFrame, known: DataFrame) -> None:
    found = unknown_versions(queries, known).toArrow().to_pylist()
    if found:
        named = [f"{row['dataSetVersionId'] or 'no version id'} ({row['queries']:,})" for row in found]
        logger.warning(
            "ees_api_dataset_queries: %s queries of %s data set version(s) that no log describes count without a "
            "data set: %s. A log file may be missing.",
            f"{sum(row['queries'] for row in found):,}",
            len(found),
            few(named, _SHOWN),
        )

"""What the logs and the data catalogue know of the public API's data sets: one row a version, one a data set."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from ees_analytics.transforms.ranking import first_rows


def known_versions(version_calls: DataFrame) -> DataFrame:
    """One row is a data set version as the logs last saw it: dataSetVersionId, dataSetId, dataSetTitle, dataSetVersion.

    Of a version's rows those with a dataSetId come first, then the newest file, then the greatest id, title and version.
    """
    described = version_calls.select(
        "dataSetVersionId", "dataSetId", "dataSetTitle", "dataSetVersion", "_file_datetime"
    ).where(F.col("dataSetVersionId").isNotNull())
    last_seen = [
        F.col("dataSetId").isNull().asc(),
        *(
            F.col(name).desc_nulls_last()
            for name in ("_file_datetime", "dataSetId", "dataSetTitle", "dataSetVersion")
        ),
    ]
    return first_rows(described, ["dataSetVersionId"], last_seen).drop("_file_datetime")


def data_set_publications(catalogue: DataFrame) -> DataFrame:
    """One row is a data set of the public API with its publication: dataSetId, publicationTitle.

    Where the catalogue has several, the newest last_updated counts, then the greatest publication.
    """
    listed = catalogue.select(
        F.col("api_dataset_id").alias("dataSetId"),
        F.col("publication").alias("publicationTitle"),
        "last_updated",
    ).where(F.col("dataSetId").isNotNull())
    newest = [F.col(name).desc_nulls_last() for name in ("last_updated", "publicationTitle")]
    return first_rows(listed, ["dataSetId"], newest).drop("last_updated")


def unknown_versions(query_access: DataFrame, version_calls: DataFrame) -> DataFrame:
    """One row is a data set version that was queried and that no log describes: dataSetVersionId, queries."""
    unknown = query_access.join(known_versions(version_calls), "dataSetVersionId", "left_anti")
    return unknown.groupBy("dataSetVersionId").agg(F.count(F.lit(1)).cast("bigint").alias("queries"))

"""``app.ees_search_console_timeseries``: how often the service was found through Google."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F


def ees_search_console_timeseries(
    ees_search_console: DataFrame, ees_search_console_old: DataFrame
) -> DataFrame:
    """One row is the whole service in Google's search results on one day; the frozen table is added."""
    columns = ["date", "clicks", "impressions"]
    rows = ees_search_console.select(*columns).unionByName(ees_search_console_old.select(*columns))
    days = rows.groupBy("date").agg(
        F.sum("clicks").alias("clicks"), F.sum("impressions").alias("impressions")
    )
    return days.select(
        F.col("date").cast("date"), F.col("clicks").cast("double"), F.col("impressions").cast("double")
    )

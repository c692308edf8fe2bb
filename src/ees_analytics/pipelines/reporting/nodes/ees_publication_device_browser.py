"""``app.ees_publication_device_browser``: publications by device category and browser."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from ees_analytics.parameters.rules import PublicationPageTypes
from ees_analytics.transforms.joins import join_many_to_one
from ees_analytics.transforms.sums import sum_by


def ees_publication_device_browser(
    device_browser: DataFrame, device_browser_paths: DataFrame, traffic: PublicationPageTypes
) -> DataFrame:
    """One row is the traffic of one publication's release pages from one device category and browser on one day.

    The publication is null where the path's slug has no title.
    """
    labels = device_browser_paths.select("pagePath", "page_type", "publication")
    rows = join_many_to_one(device_browser, labels, ["pagePath"])
    release_pages = rows.where(F.col("page_type").isin(*traffic.publication_page_types))
    keys = ["date", "publication", "device", "browser"]
    return sum_by(release_pages, keys, ["pageviews", "sessions"]).select(
        F.col("date").cast("date"),
        F.col("publication").cast("string"),
        F.col("device").cast("string"),
        F.col("browser").cast("string"),
        F.col("pageviews").cast("double"),
        F.col("sessions").cast("double"),
    )

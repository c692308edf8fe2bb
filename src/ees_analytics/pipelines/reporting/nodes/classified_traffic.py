"""What several traffic tables share: the rows of both eras, and the page type and publication of their paths."""

from pyspark.sql import DataFrame

from ees_analytics.parameters.rules import PageTypeByPath, SlugRules
from ees_analytics.parameters.universal_analytics import UniversalAnalytics
from ees_analytics.transforms.eras import until
from ees_analytics.transforms.page_type import classified_paths


def device_browser(
    ees_ua_device_browser: DataFrame,
    ees_ga4_device_browser: DataFrame,
    universal_analytics: UniversalAnalytics,
) -> DataFrame:
    """One row is the traffic of one path from one device category and browser on one day, in one era."""
    universal = until(ees_ua_device_browser, universal_analytics.last_day)
    columns = ("date", "pagePath", "deviceCategory", "browser", "pageviews", "sessions")
    rows = universal.select(*columns).unionByName(ees_ga4_device_browser.select(*columns))
    return rows.withColumnRenamed("deviceCategory", "device")


def source_medium(
    ees_ua_source_medium: DataFrame, ees_ga4_source_medium: DataFrame, universal_analytics: UniversalAnalytics
) -> DataFrame:
    """One row is the traffic of one path from one source and medium on one day, in one era."""
    universal = until(ees_ua_source_medium, universal_analytics.last_day)
    ga4 = ees_ga4_source_medium.withColumnsRenamed({"sessionSource": "source", "sessionMedium": "medium"})
    columns = ("date", "pagePath", "source", "medium", "pageviews", "sessions")
    return universal.select(*columns).unionByName(ga4.select(*columns))


def device_browser_paths(
    device_browser: DataFrame,
    page_type_by_path: PageTypeByPath,
    slug: SlugRules,
    publication_titles: DataFrame,
) -> DataFrame:
    """One row is a path, classified for the tables of devices and browsers."""
    return classified_paths(
        device_browser, "pageviews", page_type_by_path, slug.device_browser, publication_titles
    )


def source_medium_paths(
    source_medium: DataFrame,
    page_type_by_path: PageTypeByPath,
    slug: SlugRules,
    publication_titles: DataFrame,
) -> DataFrame:
    """One row is a path, classified for the tables of sources and media."""
    return classified_paths(
        source_medium, "pageviews", page_type_by_path, slug.source_medium, publication_titles
    )


def time_on_page_paths(
    ees_ga4_time_on_page: DataFrame,
    page_type_by_path: PageTypeByPath,
    slug: SlugRules,
    publication_titles: DataFrame,
) -> DataFrame:
    """One row is a path, classified for the tables of time on page."""
    return classified_paths(
        ees_ga4_time_on_page, "pageviews", page_type_by_path, slug.time_on_page, publication_titles
    )

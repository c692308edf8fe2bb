"""How long page types and publications are looked at. Google Analytics 4 only."""

from kedro.pipeline import Pipeline
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from ees_analytics.parameters.rules import PageTypeByPath, PublicationPageTypes, UnclassifiedLimit
from ees_analytics.pipelines.reporting.tables import paths_node, sum_by, sum_to, table_node, with_labels
from ees_analytics.transforms.joins import join_many_to_one
from ees_analytics.transforms.unclassified import refuse_unclassified

_NAMES = {"userEngagementDuration": "engagementDuration"}


def create_pipeline() -> Pipeline:
    """One node per table, and the paths that they share."""
    paths = paths_node("time_on_page", "pageviews", "raw.ees_ga4_time_on_page")
    return Pipeline([paths, table_node(ees_service_time_on_page), table_node(ees_publication_time_on_page)])


def ees_service_time_on_page(
    ees_ga4_time_on_page: DataFrame,
    time_on_page_paths: DataFrame,
    ees_session_starts: DataFrame,
    page_type_by_path: PageTypeByPath,
    unclassified: UnclassifiedLimit,
) -> DataFrame:
    """One row is one page type on one day; ``total_session_starts`` is null where no session began on it.

    Raises:
        TooMuchUnclassified: Too many page views have no page type.
        NotACount: Page views are missing, negative or not finite.
    """
    table, keys = "ees_service_time_on_page", ["date", "page_type"]
    rules = page_type_by_path.rule_lists
    refuse_unclassified(ees_ga4_time_on_page, time_on_page_paths, table, "pageviews", rules, unclassified)
    visits = with_labels(ees_ga4_time_on_page, time_on_page_paths).withColumnsRenamed(_NAMES)
    traffic = sum_by(visits, keys, ["pageviews", "sessions", "engagementDuration"])
    starts = ees_session_starts.withColumnRenamed("eventCount", "total_session_starts")
    return join_many_to_one(traffic, sum_by(starts, keys, ["total_session_starts"]), keys)


def ees_publication_time_on_page(
    ees_ga4_time_on_page: DataFrame, time_on_page_paths: DataFrame, time_on_page: PublicationPageTypes
) -> DataFrame:
    """One row is one page type of one publication on one day; paths without a publication are left out."""
    listed = time_on_page_paths.where(
        F.col("page_type").isin(*time_on_page.publication_page_types) & F.col("publication").isNotNull()
    )
    return sum_to("ees_publication_time_on_page", ees_ga4_time_on_page.withColumnsRenamed(_NAMES), listed)

"""Publications, and the slugs in paths that name them."""

from collections.abc import Mapping, Sequence

import pyarrow as pa
from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F
from pyspark.sql.types import StringType, StructField, StructType

from ees_analytics.parameters.rules import ReleasePageExclusions, SlugSteps
from ees_analytics.transforms.joins import join_many_to_one
from ees_analytics.transforms.local_rows import frame_of
from ees_analytics.transforms.text import remove_first, title_case, trim

_TITLES = StructType([StructField("slug", StringType()), StructField("publication", StringType())])
_SPELLINGS = StructType([StructField("publication", StringType()), StructField("_spelled", StringType())])


class AmbiguousSlug(ValueError):
    """A slug has several titles: its rows would be counted for each of them."""


def publication_titles(ees_pub_scrape: DataFrame) -> DataFrame:
    """One row is a slug (``slug``) and its publication's title in title case (``publication``).

    Raises:
        AmbiguousSlug: Names the slugs that have two titles which differ by more than case.
    """
    titles: dict[str, set[str]] = {}
    for row in ees_pub_scrape.select("slug", "title").dropna().toArrow().to_pylist():
        titles.setdefault(row["slug"], set()).add(title_case(row["title"]))
    ambiguous = {name: sorted(found) for name, found in sorted(titles.items()) if len(found) > 1}
    if ambiguous:
        raise AmbiguousSlug(
            f"ees_pub_scrape has several titles for a slug: {ambiguous}. Keep one of each: add the others to "
            "`publications.superseded_titles` in conf/base/parameters_rules.yml and run the ingest."
        )
    columns = {"slug": list(titles), "publication": [min(found) for found in titles.values()]}
    return frame_of(pa.table(columns), ees_pub_scrape, _TITLES)


def slug(path: Column, steps: SlugSteps) -> Column:
    """The part of the path that names a publication, cleaned by the table's steps in their fixed order."""
    part = _without_section(path, steps.sections)
    if steps.drop_methodology:
        part = remove_first(part, "-methodology")
    part = F.substring_index(part, "/", 1)
    if steps.trim:
        part = trim(part)
    if steps.keep_alnum:
        part = F.regexp_replace(part, "[^A-Za-z0-9-]", "")
    if steps.drop_trailing_dot:
        part = F.regexp_replace(part, r"\.\z", "")
    return F.lower(part) if steps.lower else part


def _without_section(path: Column, sections: Sequence[str]) -> Column:
    rest = path
    for section in sections:
        start = f"/{section}/"
        rest = F.when(path.startswith(F.lit(start)), F.substr(path, F.lit(len(start) + 1))).otherwise(rest)
    return rest


def with_publication(rows: DataFrame, steps: SlugSteps, titles: DataFrame) -> DataFrame:
    """Add ``slug`` and ``publication`` to rows that have a ``pagePath``; null where the slug has no title."""
    return join_many_to_one(rows.withColumn("slug", slug(F.col("pagePath"), steps)), titles, ["slug"])


def is_release_page(
    path: Column, exclusions: ReleasePageExclusions, at_start: ReleasePageExclusions
) -> Column:
    """Whether the path is a release page's, if its slug is a publication's.

    It contains none of the exclusions, and begins with none of those ``at_start``.
    """
    found = path.contains(F.lit("/find-statistics/"))
    for part in exclusions.root:
        found = found & ~path.contains(F.lit(part))
    for start in at_start.root:
        found = found & ~path.startswith(F.lit(start))
    return found


def release_pages(paths: DataFrame, is_release: Column, steps: SlugSteps, titles: DataFrame) -> DataFrame:
    """The rows whose ``pagePath`` is a known publication's release page, with its ``slug`` and ``publication``."""
    found = paths.where(is_release)
    return with_publication(found, steps, titles).where(F.col("publication").isNotNull())


def spelled(publication: str, renamed: Mapping[str, str]) -> str:
    """The title in title case, under its present name."""
    present = {title_case(old): title_case(new) for old, new in renamed.items()}
    title = title_case(publication)
    return present.get(title, title)


def with_spelling(rows: DataFrame, renamed: Mapping[str, str]) -> DataFrame:
    """Bring the column ``publication`` to title case and present names; collects its distinct values."""
    found = rows.select("publication").dropna().distinct().toArrow()["publication"].to_pylist()
    names = pa.table({"publication": found, "_spelled": [spelled(name, renamed) for name in found]})
    lookup = frame_of(names, rows, _SPELLINGS)
    joined = join_many_to_one(rows, lookup, ["publication"])
    return joined.withColumn("publication", F.col("_spelled")).drop("_spelled")

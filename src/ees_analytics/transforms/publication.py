"""Publications, and the slugs in paths that name them."""

import logging
from collections.abc import Mapping, Sequence

import pyarrow as pa
from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F
from pyspark.sql.types import StringType, StructField, StructType

from ees_analytics.parameters.rules import ReleasePageExclusions, SlugSteps
from ees_analytics.transforms.distinct import once_per_value
from ees_analytics.transforms.joins import join_many_to_one
from ees_analytics.transforms.local_rows import frame_of
from ees_analytics.transforms.text import remove_first, title_case, trim

logger = logging.getLogger(__name__)

_TITLES = StructType([StructField("slug", StringType()), StructField("publication", StringType())])
_SPELLINGS = StructType([StructField("publication", StringType()), StructField("_spelled", StringType())])


def publication_titles(ees_pub_scrape: DataFrame) -> DataFrame:
    """One row is a slug (``slug``) and its publication's title in title case (``publication``).

    A slug with several titles that differ by more than case and white space at the ends is left out: a warning names it.
    """
    titles: dict[str, set[str]] = {}
    for row in ees_pub_scrape.select("slug", "title").dropna().toArrow().to_pylist():
        titles.setdefault(row["slug"], set()).add(title_case(row["title"].strip()))
    decided = {slug: min(found) for slug, found in titles.items() if len(found) == 1 and any(found)}
    ambiguous = {name: " / ".join(sorted(found)) for name, found in sorted(titles.items()) if len(found) > 1}
    if ambiguous:
        logger.warning(
            "ees_pub_scrape has several titles for a slug, so its pages and events are of no publication: %s. Keep one "
            "of each: add the others to `publications.superseded_titles` in conf/base/parameters_rules.yml and run the "
            "ingest.", "; ".join(f"{name} ({found})" for name, found in ambiguous.items()),
        )  # fmt: skip
    columns = {"slug": list(decided), "publication": list(decided.values())}
    return frame_of(pa.table(columns), ees_pub_scrape.sparkSession, _TITLES)


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
    """The paths that are a known publication's release page, with its ``slug`` and ``publication``.

    ``paths`` are distinct, and have ``rows`` (see ``transforms.distinct``).
    """
    found = paths.where(once_per_value(is_release)).drop("rows")
    return with_publication(found, steps, titles).where(F.col("publication").isNotNull())


def spelled(publication: str, renamed: Mapping[str, str]) -> str:
    """The title in title case, under its present name."""
    present = {title_case(old.strip()): title_case(new.strip()) for old, new in renamed.items()}
    title = title_case(publication.strip())
    return present.get(title, title)


def with_spelling(rows: DataFrame, renamed: Mapping[str, str]) -> DataFrame:
    """Bring the column ``publication`` to title case and present names; collects its distinct values."""
    found = rows.select("publication").dropna().distinct().toArrow()["publication"].to_pylist()
    names = pa.table({"publication": found, "_spelled": [spelled(name, renamed) for name in found]})
    lookup = frame_of(names, rows.sparkSession, _SPELLINGS)
    joined = join_many_to_one(rows, lookup, ["publication"])
    return joined.withColumn("publication", F.col("_spelled")).drop("_spelled")

"""The publication slug in a path, by the steps of each table."""

from collections.abc import Sequence

from pyspark.sql import Column
from pyspark.sql import functions as F

from ees_analytics.parameters.rules import SlugSteps
from ees_analytics.transforms.text import remove_first, trim


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

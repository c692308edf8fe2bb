"""Near names for a column or table that an engine does not find."""

import re
from collections.abc import Collection, Mapping
from difflib import get_close_matches

from ees_analytics.console.text import did_you_mean, few

_COLUMN = re.compile(
    r'attribute ObjectName\(\[.*?Identifier\("([^"]+)"\)\]\) is missing|name `(?:[^`]*`\.`)*([^`]+)` cannot be'
)
_TABLE = re.compile(r"able or view (?:not found: |`)(?:\w+`?\.`?)*(\w+)")
_NAMED = 3


def unknown_name(message: str, tables: Mapping[str, Collection[str]]) -> str:
    """What an engine's message lacks: near names of the column or table that does not exist; empty for other messages.

    Args:
        message: An error of Sail or Spark.
        tables: Tables to their columns, the most likely first.
    """
    if found := _COLUMN.search(message):
        name = found[1] or found[2]
        near = get_close_matches(name, {column for columns in tables.values() for column in columns}, n=1)
        owners = [table for table, columns in tables.items() if near and near[0] in columns]
        hint = f"`{near[0]}` is a column of {few(owners, _NAMED)}." if near else ""
        return f"There is no column `{name}` in these rows. {hint}".rstrip()
    if not (found := _TABLE.search(message)):
        return ""
    if found[1] in tables:
        return f"In SQL a table is a view of its bare name, without `app.` or `raw.`; {found[1]} must be in this lake."
    return f"There is no table `{found[1]}`. {did_you_mean(found[1], tables.keys())}".rstrip()

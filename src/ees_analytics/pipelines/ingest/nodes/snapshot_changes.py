"""Logging by name what changed in a table that is replaced whole."""

import logging
from collections.abc import Mapping
from typing import Any

logger = logging.getLogger(__name__)

Rows = Mapping[str, Mapping[str, Any]]
"""The rows by key."""


def report_changes(table: str, before: Rows, after: Rows, name: str) -> None:
    """Log each row that is new, gone or changed, by the column ``name``; for a first load only the number of rows."""
    if not before:
        logger.info("%s: first load, %d row(s)", table, len(after))
        return
    changes = [
        *(f"new: {after[key][name]} ({key})" for key in sorted(after.keys() - before.keys())),
        *(f"gone: {before[key][name]} ({key})" for key in sorted(before.keys() - after.keys())),
        *(
            f"changed: {after[key][name]} ({key}): {difference}"
            for key in sorted(after.keys() & before.keys())
            if (difference := _difference(before[key], after[key]))
        ),
    ]
    for change in changes:
        logger.info("%s: %s", table, change)
    logger.info("%s: %d row(s), %d change(s)", table, len(after), len(changes))


def _difference(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    changed = [column for column in after if before.get(column) != after[column]]
    return ", ".join(f"{column} {before.get(column)} -> {after[column]}" for column in changed)

"""What a run changed in an app table, in words."""

from ees_analytics.console.text import counted, few
from ees_analytics.lake.changes import RowCounts, TableChanges

_DAYS = 5
_COLUMNS = 4


def total_changes(changes: TableChanges) -> str:
    """``412 rows added, 3 changed (pageviews, sessions)``."""
    columns = f" ({few([*changes.columns], _COLUMNS)})" if changes.columns else ""
    return (row_counts(changes.total) or "no row more or fewer") + columns


def changes_by_day(changes: TableChanges) -> str:
    """The total, and the newest days: ``415 rows added on 2 days: 2026-06-28 (412 rows added), 2026-06-27 (3 rows added)``."""
    if not changes.day_count:
        return total_changes(changes)
    days = [f"{day} ({row_counts(found)})" for day, found in changes.days.items()][:_DAYS]
    more = f" and {changes.day_count - len(days)} more" if changes.day_count > len(days) else ""
    return f"{total_changes(changes)} on {counted(changes.day_count, 'day')}: {', '.join(days)}{more}"


def row_counts(counts: RowCounts) -> str:
    """``412 rows added, 3 changed``; empty where there are none."""
    found = [(count, kind) for kind, count in vars(counts).items() if count]
    return ", ".join(
        f"{count:,} {kind}" if place else f"{counted(count, 'row')} {kind}"
        for place, (count, kind) in enumerate(found)
    )

"""The versions of a table: which commits changed rows, and which version was current at a time."""

import datetime as dt
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from kedro.io.core import DatasetError

_KEEPS_ROWS = {
    "ADD COLUMN",
    "ADD COLUMNS",
    "ADD CONSTRAINT",
    "ADD FEATURE",
    "CHANGE COLUMN",
    "CHANGE COLUMNS",
    "CLUSTER BY",
    "COMPUTE STATS",
    "CREATE TABLE",
    "DROP CONSTRAINT",
    "DROP FEATURE",
    "OPTIMIZE",
    "REORG",
    "ROW TRACKING BACKFILL",
    "SET TABLE PROPERTIES",
    "SET TBLPROPERTIES",
    "UNSET TBLPROPERTIES",
    "UPDATE TABLE METADATA",
    "UPGRADE PROTOCOL",
    "VACUUM END",
    "VACUUM START",
}
"""Operations of the history of Delta tables, of Spark and of delta-rs, that leave the rows as they are."""

Moment = int | dt.datetime
"""A version of a table: Delta's number of it; -1 for the rows before the newest change of rows, -2 for those before the one
before, and so on; or the one that was current at a time."""


class NoSuchVersion(DatasetError):
    """The table has no such version, or its files have been deleted."""


@dataclass(frozen=True)
class Commit:
    """One version of a table."""

    version: int
    operation: str
    committed_at: dt.datetime
    user_metadata: str | None = None

    @property
    def changes_rows(self) -> bool:
        """False for maintenance, and for changes of columns and properties."""
        return self.operation not in _KEEPS_ROWS

    def __str__(self) -> str:
        return f"{self.version} ({self.committed_at:%Y-%m-%d %H:%M} UTC)"


@dataclass(frozen=True)
class Change:
    """The newest commit that changed rows."""

    changed_at: dt.datetime
    commit_metadata: Mapping[str, str] = field(default_factory=dict)


def newest_change(commits: Iterable[Commit]) -> Change | None:
    """The newest commit that changed rows; the commits are in order, the newest first."""
    for commit in commits:
        if commit.changes_rows:
            return Change(commit.committed_at, _read_metadata(commit.user_metadata))
    return None


def version_at(commits: Sequence[Commit], moment: Moment) -> int:
    """The number of a version; the commits are in order, the newest first.

    Raises:
        NoSuchVersion: Names the versions that there are.
    """
    if isinstance(moment, dt.datetime):
        found = [commit.version for commit in commits if commit.committed_at <= moment]
        wanted = f"at {moment:%Y-%m-%d %H:%M %Z}"
    elif moment < 0:
        found = [commit.version - 1 for commit in commits if commit.changes_rows][-moment - 1 :]
        found = [number for number in found if number >= commits[-1].version]
        wanted = (
            f"before its newest {-moment} changes of rows"
            if moment < -1
            else "before its newest change of rows"
        )
    else:
        found = [commit.version for commit in commits if commit.version == moment]
        wanted = f"with the number {moment}"
    if found:
        return found[0]
    changes = [str(commit) for commit in commits if commit.changes_rows][:5]
    known = f"from {commits[-1]} to {commits[0]}" if commits else "none"
    raise NoSuchVersion(
        f"it has no version {wanted}. Its versions are {known}; rows changed last in {', '.join(changes) or 'none of them'}."
    )


def _read_metadata(text: str | None) -> dict[str, str]:
    try:
        metadata = json.loads(text or "{}")
    except ValueError:
        return {}
    return metadata if isinstance(metadata, dict) else {}

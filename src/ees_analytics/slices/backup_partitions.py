"""A raw table as a backup sees it: units that are copied, and brought back, one by one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import pyarrow as pa

from ees_analytics.contracts.casting import conform
from ees_analytics.contracts.contract import ContractError, TableContract

WHOLE = "all"
"""The one unit of a table that has no slices."""


RUN = "run_id"
"""The column that says which run a row tells of. Every run adds rows of its own to such a table, a restore too."""


def unit_column(contract: TableContract) -> str | None:
    """The column whose values are the units: the slice's, or the run's in tables of runs; None: one unit."""
    if contract.slice_column:
        return contract.slice_column
    return RUN if RUN in contract.column_names else None


def _nothing(_: Sequence[str]) -> Mapping[str, pa.Table]:
    return {}


@dataclass(frozen=True)
class BackupPartitions:
    """A table's units as they are at the moment of loading.

    Attributes:
        table: The table's name.
        exists: False where there is no such table.
        rows: Rows by unit.
        digests: The digest by unit, of those that the ledger vouches for.
        changed_at: When the table's rows last changed, UTC; None where the history does not tell.
        read: Reads the rows of some units.
    """

    table: str
    exists: bool
    rows: Mapping[str, int] = field(default_factory=dict)
    digests: Mapping[str, str] = field(default_factory=dict)
    changed_at: dt.datetime | None = None
    read: Callable[[Sequence[str]], Mapping[str, pa.Table]] = _nothing

    def groups(self, names: Iterable[str], max_rows: int, max_units: int) -> Iterator[list[str]]:
        """Units in groups that fit into memory together."""
        return grouped(names, self.rows, max_rows, max_units)


def grouped(
    names: Iterable[str], rows: Mapping[str, int], max_rows: int, max_units: int
) -> Iterator[list[str]]:
    """Names in groups of bounded rows and number; a single name may exceed the rows."""
    group: list[str] = []
    total = 0
    for name in names:
        more = rows.get(name, 0)
        if group and (total + more > max_rows or len(group) >= max_units):
            yield group
            group, total = [], 0
        group.append(name)
        total += more
    if group:
        yield group


def as_kept(rows: pa.Table, contract: TableContract) -> pa.Table:
    """The rows as a backup keeps them: the contract's types where they fit, every other column as it is.

    A backup refuses nothing: a table that was made before the contract may have more columns, or other types.
    """
    columns = {name: _kept_column(rows, name, contract) for name in rows.column_names}
    return pa.table(columns)


def _kept_column(rows: pa.Table, name: str, contract: TableContract) -> pa.ChunkedArray:
    promised = [column for column in contract.columns if column.name == name]
    single = replace(contract, columns=promised, key=(), slice_column=None)
    try:
        return conform(rows.select([name]), single)[name] if promised else rows[name]
    except ContractError:
        return rows[name]

"""Which files of a folder are which frozen table."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping

import pyarrow as pa

from ees_analytics.contracts import all_contracts

logger = logging.getLogger(__name__)

Files = Mapping[str, Callable[[], pa.Table]]
"""Name of a file without its ending to a callable that reads it; parts of a table lie in a folder of its name."""


class NothingToImport(Exception):
    """The folder holds no frozen table."""


def frozen_tables() -> list[str]:
    """The tables that nothing writes any more."""
    return sorted(contract.name for contract in all_contracts().values() if contract.frozen)


def survey(files: Files) -> list[str]:
    """The frozen tables that are in the folder; says which are not, and which files are none.

    Raises:
        NothingToImport: There is none; names what the files must be called.
    """
    tables, names = frozen_tables(), {_table_of(name) for name in files}
    found = [table for table in tables if table in names]
    if not found:
        raise NothingToImport(
            f"No file in import_root is a frozen table; they are called {', '.join(f'{name}.parquet' for name in tables)}."
        )
    if absent := [table for table in tables if table not in names]:
        logger.warning("Not in import_root, left as they are: %s.", ", ".join(absent))
    if strangers := sorted(names - {*tables}):
        logger.warning("In import_root and no frozen table, not imported: %s.", ", ".join(strangers))
    return found


def import_table(table: str) -> Callable[[list[str], Files], Iterator[pa.Table]]:
    """A node function that yields all rows of one table, or nothing where it was not found."""

    def read(found: list[str], files: Files) -> Iterator[pa.Table]:
        if table in found:
            parts = [load() for name, load in sorted(files.items()) if _table_of(name) == table]
            yield pa.concat_tables(parts, promote_options="permissive")

    return read


def _table_of(name: str) -> str:
    """``ees_ua_page`` of ``ees_ua_page`` and of ``ees_ua_page.parquet/part-00000``."""
    return name.split("/")[0].removesuffix(".parquet")

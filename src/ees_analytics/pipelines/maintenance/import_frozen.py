"""Imports the frozen tables from parquet files, once, into a lake that lacks them."""

import logging
from collections.abc import Callable, Iterator, Mapping

import pyarrow as pa
from kedro.pipeline import Pipeline, node

from ees_analytics.contracts import all_contracts

logger = logging.getLogger(__name__)

Files = Mapping[str, Callable[[], pa.Table]]
"""Name of a file, without its ending, to a callable that reads it; a table in parts is a folder of files."""


class NothingToImport(Exception):
    """The folder has no frozen table."""


def create_pipeline() -> Pipeline:
    """One step per table; a table without a file is left as it is."""
    found, files = "import.found", "source.frozen_tables"
    imports = [
        node(import_table(table), [found, files], f"frozen.{table}", name=f"import.{table}")
        for table in frozen_tables()
    ]
    return Pipeline([node(survey, files, found, name="import.survey"), *imports])


def frozen_tables() -> list[str]:
    """The tables that are not written any more."""
    return sorted(contract.name for contract in all_contracts().values() if contract.frozen)


def survey(files: Files) -> list[str]:
    """The frozen tables in the folder, with warnings of absent and unknown ones; ``NothingToImport`` if there is none."""
    tables, names = frozen_tables(), {_table_of(name) for name in files}
    found = [table for table in tables if table in names]
    if not found:
        raise NothingToImport(
            f"No file in import_root is a frozen table. Expected: {', '.join(f'{name}.parquet' for name in tables)}."
        )
    if absent := [table for table in tables if table not in names]:
        logger.warning("Not in import_root, left as they are: %s.", ", ".join(absent))
    if unknown := sorted(names - {*tables}):
        logger.warning("In import_root but not a frozen table, not imported: %s.", ", ".join(unknown))
    return found


def import_table(table: str) -> Callable[[list[str], Files], Iterator[pa.Table]]:
    """A node function that yields all rows of one table, or nothing where it was not found."""

    def read(found: list[str], files: Files) -> Iterator[pa.Table]:
        if table in found:
            parts = [load() for name, load in sorted(files.items()) if _table_of(name) == table]
            yield pa.concat_tables(parts, promote_options="permissive")

    return read


def _table_of(name: str) -> str:
    """``ees_ua_page``, for ``ees_ua_page`` and for ``ees_ua_page.parquet/part-00000``."""
    return name.split("/")[0].removesuffix(".parquet")

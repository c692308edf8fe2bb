"""Where a table's rows are stored, and how each engine reads and writes them."""

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from kedro.io.core import DatasetError
from kedro.utils import find_kedro_project

from ees_analytics.contracts.contract import TableContract
from ees_analytics.lake.engine import Engine
from ees_analytics.lake.storage.base import ColumnsDiffer, CommitConflict, TableStorage
from ees_analytics.lake.storage.damage import DamagedTable


def storage_for(
    contract: TableContract,
    engine: str,
    lake_root: str | None = None,
    catalog: str | None = None,
    schemas: Mapping[str, str] | None = None,
) -> TableStorage:
    """The storage of one table; nothing is opened or started by it.

    Args:
        contract: Gives the table's name, and its schema where ``schemas`` does not.
        engine: See ``lake.engine.Engine``.
        lake_root: Folder of a local lake; the table is at ``<lake_root>/<schema>/<table>``.
        catalog: The first of three levels of a name. Without one the table is a folder of the lake, and with
            ``engine=sail`` it is in any case.
        schemas: Table to schema, for tables that are in another one than their contract's.

    Raises:
        DatasetError: The location is not given, or the engine cannot read it, or there is no such engine.
    """
    kind = Engine(engine)
    schema = (schemas or {}).get(contract.name, contract.schema)
    path = in_project(lake_root) / schema / contract.name if lake_root else None
    if kind is Engine.SAIL:
        from ees_analytics.lake.storage.delta_rs import DeltaRsStorage

        if path is None:
            raise DatasetError(f"{contract.name}: engine=sail stores tables in folders: set `lake_root`")
        if unreadable := _UNREADABLE_BY_SAIL.findall(str(path)):
            raise DatasetError(
                f"engine=sail cannot read a lake in {in_project(str(lake_root))}: of {', '.join(map(repr, unreadable))} in its "
                "path. Move the project, or set `lake_root`, to a path of letters without accents, digits, `-`, `_` and `.`."
            )
        return DeltaRsStorage(contract, path)
    from ees_analytics.lake.storage.spark import SparkStorage

    if catalog:
        return SparkStorage(contract, engine, f"{catalog}.{schema}.{contract.name}")
    if path is None:
        raise DatasetError(f"{contract.name}: set `lake_root` (a folder) or `catalog` (a Unity Catalog name)")
    return SparkStorage(contract, engine, path)


_UNREADABLE_BY_SAIL = re.compile(r"[^/A-Za-z0-9!$&'()+,.:;=@_-]")
"""Sail 0.7.2 encodes these and then finds no table: blanks and letters with accents, for example."""


def in_project(folder: str) -> Path:
    """The path of a folder; a relative one is in the project, wherever in it a command or notebook runs.

    Kedro does the same with every ``filepath`` and ``path`` of the catalogue, but not with other arguments.
    """
    return _project_of(Path.cwd()) / folder


@cache
def _project_of(here: Path) -> Path:
    return find_kedro_project(here) or here


__all__ = ["ColumnsDiffer", "CommitConflict", "DamagedTable", "TableStorage", "in_project", "storage_for"]

"""Whether each table of the lake can be read, and has the columns that its contract says."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

from kedro.io import DataCatalog

from ees_analytics.cli.doctor.finding import Finding, Level
from ees_analytics.contracts import all_contracts
from ees_analytics.contracts.contract import TableContract
from ees_analytics.lake.table import TableDataset

_DAMAGED = "If files of it are damaged: docs/how-to/investigate-a-failed-check.md."


def tables(catalog: DataCatalog, frozen_may_lack: bool) -> Iterator[Finding]:
    """One finding per table.

    Args:
        catalog: The environment's catalogue.
        frozen_may_lack: Whether a frozen table may be absent.
    """
    for name, contract in sorted(all_contracts().items()):
        try:
            yield _look_at(name, contract, catalog, frozen_may_lack)
        except Exception as error:  # whatever an engine raises, the table cannot be read
            yield Finding(Level.BAD, name, f"cannot be read: {error}. {_DAMAGED}")


def _look_at(name: str, contract: TableContract, catalog: DataCatalog, frozen_may_lack: bool) -> Finding:
    storage = cast(TableDataset, catalog[name]).storage
    if not storage.exists():
        if not contract.frozen:
            return Finding(Level.NOTE, name, f"not there yet; a run creates it at {storage.location}")
        if frozen_may_lack:
            return Finding(Level.NOTE, name, "frozen and not in this lake: it counts as empty")
        return Finding(
            Level.BAD,
            name,
            f"frozen and missing at {storage.location}: nothing can make it anew; restore it, or check `catalog`",
        )
    found, expected = storage.rows(limit=1).column_names, contract.column_names
    lacking, extra = sorted(set(expected) - set(found)), sorted(set(found) - set(expected))
    if lacking or (extra and not contract.frozen):
        return Finding(
            Level.BAD,
            name,
            f"columns differ from the contract: missing {lacking}, unknown {extra} at {storage.location}",
        )
    return Finding(Level.GOOD, name, storage.location)

"""Checks that each table of the lake can be read and has the columns of its contract."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

from kedro.io import DataCatalog

from ees_analytics.cli.doctor.finding import Finding, bad, good, note
from ees_analytics.contracts import all_contracts
from ees_analytics.contracts.contract import TableContract
from ees_analytics.lake.table import TableDataset

_DAMAGED = "If files of it are damaged: docs/how-to/investigate-a-failed-check.md."


def tables(catalog: DataCatalog, frozen_may_be_absent: bool) -> Iterator[Finding]:
    """One finding per table."""
    for name, contract in sorted(all_contracts().items()):
        try:
            yield _check(name, contract, catalog, frozen_may_be_absent)
        except Exception as error:  # whatever an engine raises
            yield bad(name, f"cannot be read: {error}. {_DAMAGED}")


def _check(name: str, contract: TableContract, catalog: DataCatalog, frozen_may_be_absent: bool) -> Finding:
    storage = cast(TableDataset, catalog[name]).storage
    location = storage.location
    if not storage.exists():
        if not contract.frozen:
            return note(name, f"does not exist yet; a run creates it at {location}")
        if frozen_may_be_absent:
            return note(name, "frozen and not in this lake: it counts as empty")
        return bad(
            name, f"frozen and missing at {location}: no run can create it; restore it, or check `catalog`"
        )
    found, expected = set(storage.rows(limit=1).column_names), set(contract.column_names)
    missing, unknown = sorted(expected - found), sorted(found - expected)
    if missing or (unknown and not contract.frozen):
        return bad(
            name, f"columns differ from the contract: missing {missing}, unknown {unknown} at {location}"
        )
    return good(name, location)

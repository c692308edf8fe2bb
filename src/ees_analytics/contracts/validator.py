"""The catalogue's ``validator:`` for every table: its contract, applied before the write."""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from ees_analytics.contracts import contract_for
from ees_analytics.contracts.arrow import as_arrow
from ees_analytics.contracts.casting import conform
from ees_analytics.contracts.checks import duplicate_failures, null_failures
from ees_analytics.contracts.contract import ContractError, TableContract
from ees_analytics.contracts.slice_batch import SliceBatch


class ContractValidator:
    """Check what is about to be saved against the table's contract, all checks together.

    Accepts a Spark DataFrame, an Arrow table or a ``SliceBatch`` of Arrow rows, and hands on Arrow rows that
    conform: from here to the write the rows are plain data, so nothing is computed twice.

    Example (conf/base/catalog_tables.yml)::

        validator: {class: ees_analytics.contracts.validator.ContractValidator, "on": [save],
                    options: {table: "raw.{table}"}}
    """

    def __init__(self, table: str) -> None:
        """Look the contract up.

        Raises:
            KeyError: No contract is declared for the table.
        """
        self._contract = contract_for(table)

    def validate(self, data: Any) -> Any:
        """Return the conforming rows.

        Raises:
            ContractError: Says the table, every failed check and example rows.
        """
        if isinstance(data, SliceBatch):
            return data.with_rows(check(data.rows, self._contract))
        return check(as_arrow(data), self._contract)


def check(rows: pa.Table, contract: TableContract) -> pa.Table:
    """Conform the rows and run every check of the contract.

    Raises:
        ContractError: Names each failed check with example rows; nothing has been written.
    """
    rows = conform(rows, contract, keep_encoded=True)
    failures = [
        *null_failures(rows, [c.name for c in contract.columns if not c.nullable]),
        *duplicate_failures(rows, contract.key),
        *(failure for item in contract.checks for failure in item.failures(rows)),
    ]
    if failures:
        raise ContractError(f"{contract.name}: {'; '.join(failures)}. Nothing was written.")
    return rows

"""The catalogue's ``validator:`` of every table: its contract, applied before the write."""

from dataclasses import replace
from typing import Any

import pyarrow as pa

from ees_analytics.contracts import contract_for
from ees_analytics.contracts.casting import as_arrow, conform, in_order
from ees_analytics.contracts.checks import duplicate_failures, value_failures
from ees_analytics.contracts.contract import ContractError, SliceBatch, TableContract


class ContractValidator:
    """Checks a Spark DataFrame, an Arrow table or a ``SliceBatch`` before it is saved, all checks together.

    Returns Arrow rows that conform: they are computed once, for the checks and the write.

    Example (conf/base/catalog_tables.yml)::

        validator: {class: ees_analytics.contracts.validator.ContractValidator, "on": [save],
                    options: {table: "raw.{table}"}}
    """

    def __init__(self, table: str) -> None:
        """Look up the contract; ``UnknownTable`` where there is none."""
        self._contract = contract_for(table)

    def validate(self, data: Any) -> Any:
        """Return the conforming rows.

        Raises:
            ContractError: Names the table, every failed check and example rows; nothing has been written.
        """
        if isinstance(data, SliceBatch):
            return replace(data, rows=check(data.rows, self._contract))
        return check(as_arrow(data), self._contract)


def check(rows: pa.Table, contract: TableContract) -> pa.Table:
    """The rows in the contract's columns, types and order, if they pass every check.

    Raises:
        ContractError: Names each failed check with example rows.
    """
    rows = conform(rows, contract, keep_encoded=True)
    failures = [
        *value_failures(rows, contract.columns),
        *duplicate_failures(rows, contract.key),
    ]
    if contract.row_count not in (None, rows.num_rows):
        failures.append(f"{rows.num_rows} row(s), expected {contract.row_count}")
    if failures:
        raise ContractError(f"{contract.name}: {'; '.join(failures)}. Nothing was written.")
    return in_order(rows, contract)

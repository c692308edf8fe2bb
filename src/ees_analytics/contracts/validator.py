"""The catalogue's ``validator:`` of every table: its contract, applied before the write."""

from contextlib import ExitStack
from dataclasses import replace
from typing import Any

import pyarrow as pa
from pydantic import PositiveInt, validate_call

from ees_analytics.contracts import contract_for
from ees_analytics.contracts.casting import as_arrow, conform, in_order, keep_rows
from ees_analytics.contracts.checks import duplicate_failures, row_count_failures, value_failures
from ees_analytics.contracts.contract import ContractError, SliceBatch, TableContract
from ees_analytics.contracts.large import check_large


class ContractValidator:
    """Checks a Spark DataFrame, an Arrow table or a ``SliceBatch`` before it is saved, all checks together.

    Returns Arrow rows that conform: they are computed once, for the checks and the write. A Spark DataFrame of more than
    ``max_collected_rows`` rows stays on the engine, checked there: ``LargeRows``, which whoever saves them releases.

    Example (conf/base/catalog_tables.yml)::

        validator: {class: ees_analytics.contracts.validator.ContractValidator, "on": [save],
                    options: {table: "raw.{table}"}}
    """

    @validate_call
    def __init__(self, table: str, max_collected_rows: PositiveInt | None = None) -> None:
        """Look up the contract; ``UnknownTable`` where there is none.

        Args:
            table: The contract's table.
            max_collected_rows: The most rows that pass through Python. None: any. Sail, which is in this process, takes any.
        """
        self._contract, self._max_collected_rows = contract_for(table), max_collected_rows

    def validate(self, data: Any) -> Any:
        """Return the conforming rows.

        Raises:
            ContractError: Names the table, every failed check and example rows; nothing has been written.
        """
        if isinstance(data, SliceBatch):
            return replace(data, rows=check(data.rows, self._contract))
        if self._max_collected_rows is None or (kept := keep_rows(data)) is None:
            return check(as_arrow(data), self._contract)
        with ExitStack() as kept_until:
            kept_until.callback(kept.release)
            if kept.num_rows <= self._max_collected_rows:
                return check(kept.collect(), self._contract)
            rows = check_large(kept.frame(), self._contract, kept.release)
            kept_until.pop_all()  # who saves the rows releases them
            return rows


def check(rows: pa.Table, contract: TableContract) -> pa.Table:
    """The rows in the contract's columns, types and order, if they pass every check.

    Raises:
        ContractError: Names each failed check with example rows.
    """
    rows = conform(rows, contract, keep_encoded=True)
    failures = [
        *value_failures(rows, contract.columns),
        *duplicate_failures(rows, contract.key),
        *row_count_failures(rows.num_rows, contract),
    ]
    if failures:
        raise ContractError(f"{contract.name}: {'; '.join(failures)}. Nothing was written.")
    return in_order(rows, contract)

"""Casting rows to a contract: nothing is dropped, truncated or filled silently."""

from __future__ import annotations

from dataclasses import replace

import pyarrow as pa
import pyarrow.compute as pc

from ees_analytics.contracts.arrow import is_text
from ees_analytics.contracts.contract import Column, ContractError, TableContract


def conform(rows: pa.Table, contract: TableContract, *, keep_encoded: bool = False) -> pa.Table:
    """The same rows in the contract's columns, order and types.

    Args:
        rows: Any column order; types that convert without loss.
        contract: The table's contract.
        keep_encoded: Keep dictionary-encoded texts encoded: millions of rows then take a fifth of the memory.

    Raises:
        ContractError: A column is missing, extra or repeated, or the cast would change a value.
    """
    repeated = sorted({name for name in rows.column_names if rows.column_names.count(name) > 1})
    extra = sorted(set(rows.column_names) - set(contract.column_names))
    missing = [name for name in contract.column_names if name not in rows.column_names]
    if repeated or extra or missing:
        problems = [
            f"{label} {columns}"
            for label, columns in (("extra", extra), ("missing", missing), ("repeated", repeated))
            if columns
        ]
        raise ContractError(
            f"{contract.name}: the columns are not those of the contract ({'; '.join(problems)}). "
            f"Expected {contract.column_names}. Nothing was written."
        )
    columns = [
        rows[column.name]
        if keep_encoded and _is_encoded(rows[column.name].type, column)
        else _cast(rows[column.name], column, contract)
        for column in contract.columns
    ]
    return pa.table(columns, names=contract.column_names)


def decoded(rows: pa.Table) -> pa.Table:
    """The same rows without dictionary-encoded columns."""
    for position, field in enumerate(rows.schema):
        if pa.types.is_dictionary(field.type):
            rows = rows.set_column(position, field.name, rows[position].cast(field.type.value_type))
    return rows


def _is_encoded(kind: pa.DataType, column: Column) -> bool:
    return bool(pa.types.is_dictionary(kind) and kind.value_type == column.type.arrow)


def _cast(values: pa.ChunkedArray, column: Column, contract: TableContract) -> pa.ChunkedArray:
    target = column.type.arrow
    if values.type == target:
        return values
    if pa.types.is_dictionary(values.type):
        values = values.cast(values.type.value_type)
    if pa.types.is_timestamp(values.type) and values.type.tz is None and pa.types.is_timestamp(target):
        values = pc.assume_timezone(values.cast(pa.timestamp(values.type.unit)), "UTC")
    if pa.types.is_boolean(values.type) or _unrelated(values.type, target):
        raise ContractError(
            f"{contract.name}.{column.name}: {values.type} is not {column.type}. Nothing was written."
        )
    try:
        return values.cast(target, safe=True)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        raise ContractError(
            f"{contract.name}.{column.name}: a value does not fit {column.type} without loss ({error}). "
            "Nothing was written."
        ) from error


def _unrelated(source: pa.DataType, target: pa.DataType) -> bool:
    """Whether the types are of different kinds (number and text, say), which Arrow would convert."""
    kinds = (is_text, _is_number, pa.types.is_date, pa.types.is_timestamp)
    if pa.types.is_null(source):
        return False
    return any(kind(source) != kind(target) for kind in kinds)


def _is_number(kind: pa.DataType) -> bool:
    return bool(pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind))


def conform_where_possible(rows: pa.Table, contract: TableContract) -> pa.Table:
    """The rows with the contract's types where they fit, and every other column as it is.

    For backups, which refuse nothing: a table that is older than its contract may have more columns, or other types.
    """
    return pa.table({name: _conform_column(rows, name, contract) for name in rows.column_names})


def _conform_column(rows: pa.Table, name: str, contract: TableContract) -> pa.ChunkedArray:
    declared = [column for column in contract.columns if column.name == name]
    single = replace(contract, columns=declared, key=(), slice_column=None)
    try:
        return conform(rows.select([name]), single)[name] if declared else rows[name]
    except ContractError:
        return rows[name]

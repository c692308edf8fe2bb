"""Bring rows to a contract's columns and types, or refuse them: nothing is dropped, cut or filled in silence."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from ees_analytics.contracts.contract import Column, ContractError, TableContract


def conform(rows: pa.Table, contract: TableContract) -> pa.Table:
    """Give the rows the contract's column order and types.

    Args:
        rows: Any column order; types that convert without loss.
        contract: The table's contract.

    Returns:
        The same rows with exactly the contract's columns.

    Raises:
        ContractError: A column is missing, extra or twice there, or a value would change by the cast.
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
    columns = [_cast(rows[column.name], column, contract) for column in contract.columns]
    return pa.table(columns, schema=contract.arrow_schema.remove_metadata())


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
    """True where Arrow would convert between kinds (a number to text, say): that is a mistake, not a cast."""
    kinds = (_is_text, _is_number, pa.types.is_date, pa.types.is_timestamp)
    if pa.types.is_null(source):
        return False
    return any(kind(source) != kind(target) for kind in kinds)


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind))


def _is_number(kind: pa.DataType) -> bool:
    return bool(pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind))

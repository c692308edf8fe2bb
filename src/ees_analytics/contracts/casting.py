"""Rows as Arrow, cast to a contract: nothing is dropped, truncated or filled silently."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from pyspark.sql import DataFrame

from ees_analytics.contracts.contract import Column, ContractError, TableContract


@dataclass(frozen=True)
class KeptRows:
    """The rows of a DataFrame, computed once, and kept by the engine.

    Attributes:
        frame: Gives a DataFrame that reads them.
        num_rows: The number of rows.
        collect: Gives them as Arrow.
        release: Lets the engine forget them.
    """

    frame: Callable[[], DataFrame]
    num_rows: int
    collect: Callable[[], pa.Table]
    release: Callable[[], object]


_collector: list[Callable[[Any], pa.Table]] = []
_keeper: list[Callable[[Any], KeptRows | None]] = []


def set_arrow_collector(collect: Callable[[Any], pa.Table]) -> None:
    """Collect DataFrames with this function from now on; without it, with ``toArrow``. A process has one engine."""
    _collector[:] = [collect]


def set_row_keeper(keep: Callable[[Any], KeptRows | None]) -> None:
    """Keep the rows of DataFrames with this function from now on; without it none are kept."""
    _keeper[:] = [keep]


def as_arrow(data: Any) -> pa.Table:
    """Collect a Spark DataFrame as Arrow; an Arrow table is returned as it is."""
    if isinstance(data, pa.Table):
        return data
    if hasattr(data, "toArrow"):
        return _collector[0](data) if _collector else data.toArrow()
    raise ContractError(f"expected a Spark DataFrame or an Arrow table, got {type(data).__name__}")


def keep_rows(data: Any) -> KeptRows | None:
    """The rows of a Spark DataFrame, kept by the engine; None of other data, and where the engine keeps none."""
    return _keeper[0](data) if _keeper and hasattr(data, "toArrow") else None


def is_text(kind: pa.DataType) -> bool:
    """Whether values of this type are text, also dictionary-encoded."""
    if pa.types.is_dictionary(kind):
        return is_text(kind.value_type)
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind))


def conform(rows: pa.Table, contract: TableContract, *, keep_encoded: bool = False) -> pa.Table:
    """The same rows in the contract's columns, order and types; types that convert without loss are cast.

    A later column (``since``) that the rows lack is null.

    Texts that are dictionary-encoded can stay so: millions of rows then take a fifth of the memory.

    Raises:
        ContractError: A column is missing, extra or repeated, or the cast would change a value.
    """
    rows = with_later_columns(rows, contract)
    names, wanted = rows.column_names, contract.column_names
    faults = {
        "extra": sorted(set(names) - set(wanted)),
        "missing": [name for name in wanted if name not in names],
        "repeated": sorted({name for name in names if names.count(name) > 1}),
    }
    if any(faults.values()):
        found = "; ".join(f"{fault} {columns}" for fault, columns in faults.items() if columns)
        raise ContractError(
            f"{contract.name}: the columns are not those of the contract ({found}). Expected {wanted}. "
            "Nothing was written."
        )
    columns = [_cast(rows[column.name], column, contract, keep_encoded) for column in contract.columns]
    return pa.table(columns, names=wanted)


def in_order(rows: pa.Table, contract: TableContract) -> pa.Table:
    """The rows in the contract's order, texts by code point; as they are where it has none."""
    if not contract.order:
        return rows
    directions = {True: "descending", False: "ascending"}
    keys = [(name.removeprefix("-"), directions[name.startswith("-")]) for name in contract.order]
    return decoded(rows).sort_by(keys)


def with_later_columns(rows: pa.Table, contract: TableContract) -> pa.Table:
    """The same rows with nulls in the later columns (``since``) that they lack."""
    for column in contract.later_columns:
        if column.name not in rows.column_names:
            rows = rows.append_column(column.name, pa.nulls(rows.num_rows, column.type.arrow))
    return rows


def without_unfilled(rows: pa.Table, contract: TableContract) -> pa.Table:
    """The same rows without the later columns (``since``) that are null in all of them.

    So landing files, backups and digests of a slice are the same before and after the contract gained a column.
    """
    later = {column.name for column in contract.later_columns}
    unfilled = [
        name for name in rows.column_names if name in later and rows[name].null_count == rows.num_rows
    ]
    return rows.drop_columns(unfilled)


def decoded(rows: pa.Table) -> pa.Table:
    """The same rows without dictionary-encoded columns."""
    for position, field in enumerate(rows.schema):
        if pa.types.is_dictionary(field.type):
            rows = rows.set_column(position, field.name, rows[position].cast(field.type.value_type))
    return rows


def _cast(
    values: pa.ChunkedArray, column: Column, contract: TableContract, keep_encoded: bool
) -> pa.ChunkedArray:
    target = column.type.arrow
    if pa.types.is_dictionary(values.type):
        if keep_encoded and values.type.value_type == target:
            return values
        values = values.cast(values.type.value_type)
    if values.type == target:
        return values
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
    declared = {column.name: column for column in contract.columns}
    for position, name in enumerate(rows.column_names):
        with suppress(ContractError, KeyError):
            values = _cast(rows[position], declared[name], contract, keep_encoded=False)
            rows = rows.set_column(position, name, values)
    return rows

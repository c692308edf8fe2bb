"""Columns with their SQL types, of rows and of contracts, and how a table's differ from them."""

from collections.abc import Iterator, Mapping

import pyarrow as pa

from ees_analytics.contracts.contract import BIGINT, DOUBLE, INT, ColumnType, TableContract

Columns = Mapping[str, str]
"""The columns of a table, each with its SQL type (``DOUBLE``)."""

_WIDER: Mapping[str, tuple[str, ...]] = {INT: (BIGINT, DOUBLE)}
"""Types of a table that hold every value of a contract's."""


def columns_of(contract: TableContract) -> Columns:
    """The columns of a contract."""
    return {column.name: str(column.type) for column in contract.columns}


def sql_columns(schema: pa.Schema) -> Columns:
    """The columns of rows; types that contracts do not have are named as Arrow names them."""
    names = {kind.arrow: str(kind) for kind in ColumnType}
    plain = {
        field.name: field.type.value_type if pa.types.is_dictionary(field.type) else field.type
        for field in schema
    }
    return {name: names.get(kind, str(kind)) for name, kind in plain.items()}


def column_differences(columns: Columns, table: Columns) -> Iterator[str]:
    """A phrase for each column in which a table differs from these, except where its type holds every value.

    Args:
        columns: The columns of the contract.
        table: The columns that the table has.
    """
    for name in columns.keys() - table.keys():
        yield f"the table lacks {name} {columns[name]}"
    for name in table.keys() - columns.keys():
        yield f"the contract lacks {name} {table[name]}, which the table has"
    for name in columns.keys() & table.keys():
        if table[name] != columns[name] and table[name] not in _WIDER.get(columns[name], ()):
            yield f"{name} is {table[name]} in the table and {columns[name]} in the contract"

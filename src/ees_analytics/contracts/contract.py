"""Contracts: the columns, key and checks of a table, declared once, in ``raw/<table>.yml`` and ``app/<table>.yml``.

A contract is used to cast and refuse rows before they are written, for Kedro's catalogue ``validator:``,
to create a table that does not exist, and for the data dictionary.
"""

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

import pyarrow as pa
from pydantic import ConfigDict


class ColumnType(StrEnum):
    """The SQL types that the raw and app tables use."""

    DATE = "DATE"
    DOUBLE = "DOUBLE"
    INT = "INT"
    BIGINT = "BIGINT"
    STRING = "STRING"
    BOOLEAN = "BOOLEAN"
    TIMESTAMP = "TIMESTAMP"

    @property
    def arrow(self) -> pa.DataType:
        """The Arrow type of the same values; timestamps are instants in UTC, in microseconds."""
        return _ARROW[self]


DATE, DOUBLE, INT, BIGINT, STRING, BOOLEAN, TIMESTAMP = ColumnType

_ARROW = {
    ColumnType.DATE: pa.date32(),
    ColumnType.DOUBLE: pa.float64(),
    ColumnType.INT: pa.int32(),
    ColumnType.BIGINT: pa.int64(),
    ColumnType.STRING: pa.string(),
    ColumnType.BOOLEAN: pa.bool_(),
    ColumnType.TIMESTAMP: pa.timestamp("us", tz="UTC"),
}


SOURCE_FILE, FILE_DATETIME, FILE_DATE = "_source_file", "_file_datetime", "_file_date"
"""The columns of a log table that have the file from which a row was read."""


def day_column_of(columns: Collection[str]) -> str | None:
    """The column with the day of each row; None where there is none."""
    return next((name for name in ("date", FILE_DATE) if name in columns), None)


class FileType(StrEnum):
    """The types of the log files' columns, named as in DuckDB, which writes the files."""

    TEXT = "VARCHAR"
    UUID = "UUID"
    JSON = "JSON"
    INT = "INTEGER"
    TIMESTAMP = "TIMESTAMP"


class ContractError(ValueError):
    """A contract refuses rows. The message names the table and column, the fault and what to do."""


@dataclass(frozen=True)
class EarlyColumn:
    """A column as log files of ``before`` that day may have it: under this name, or not at all where it is None."""

    __pydantic_config__ = ConfigDict(extra="forbid")

    before: dt.date
    name: str | None = None


@dataclass(frozen=True)
class Column:
    """One column.

    Attributes:
        name: Its name.
        type: Its SQL type.
        description: What it holds and in which unit, for the data dictionary.
        nullable: Whether it may be null.
        minimum: The least value of a finite number; NaN and infinity are refused too. None checks nothing.
        one_of: The values that it may have; empty where any will do.
        file_type: Its type in log files, which is another than in the table; a file with a third type is refused.
        optional: True where early log files lack the column; it is null in the table then.
        early: How log files of before a certain day differ: they lack the column, or have it under another name.
        since: The day on which the contract gained the column: older landing files and tables may lack it, and read as
            null there. Such a column is nullable.
        personal: True where people may have typed the value, so that it may have personal data (docs/personal-data.md).
    """

    __pydantic_config__ = ConfigDict(extra="forbid")

    name: str
    type: ColumnType
    description: str
    nullable: bool = False
    minimum: float | None = None
    one_of: Sequence[str] = ()
    file_type: FileType | None = None
    optional: bool = False
    early: EarlyColumn | None = None
    since: dt.date | None = None
    personal: bool = False


@dataclass(frozen=True)
class TableContract:
    """The schema of one table and the checks on its rows.

    Attributes:
        table: The catalogue name, like ``raw.ees_ga4_page``.
        description: What one row is, for the data dictionary.
        columns: The columns, in the table's order.
        key: The columns that identify a row; empty where rows may repeat.
        order: The columns by which the rows are sorted, ``-`` in front of one that descends; empty where any order will do.
        slice_column: The column whose value is a row's slice (raw tables), or None.
        row_count: The number of rows that the table always has, or None.
        frozen: True for a table that nothing writes any more; it may be absent outside production.
        more_columns: True for a frozen table that may hold columns beyond these; an import keeps them.
        operational: True for an app table that the project reads and the dashboard does not.
    """

    __pydantic_config__ = ConfigDict(extra="forbid")

    table: str
    description: str
    columns: Sequence[Column]
    key: Sequence[str] = ()
    order: Sequence[str] = ()
    slice_column: str | None = None
    row_count: int | None = None
    frozen: bool = False
    more_columns: bool = False
    operational: bool = False

    def __post_init__(self) -> None:
        order = {name.removeprefix("-") for name in self.order}
        unknown = {*self.key, *order, *filter(None, [self.slice_column])} - set(self.column_names)
        if unknown:
            raise ValueError(
                f"{self.name}: key, order or slice column {sorted(unknown)} is not in the contract"
            )
        if strict := [column.name for column in self.later_columns if not column.nullable]:
            raise ValueError(f"{self.name}: {strict} with `since` must be nullable: earlier rows lack them")

    @property
    def name(self) -> str:
        """The table's name in its schema."""
        return self.table.split(".")[1]

    @property
    def layer(self) -> str:
        """``raw`` or ``app``: the prefix of the table's catalogue name."""
        return self.table.split(".")[0]

    @property
    def schema(self) -> str:
        """``analytics_raw`` or ``analytics_app``; conf may put a raw table into another one (``table_schemas``)."""
        return f"analytics_{self.layer}"

    @property
    def column_names(self) -> list[str]:
        """The names of the columns, in the table's order."""
        return [column.name for column in self.columns]

    @property
    def day_column(self) -> str | None:
        """The column with the day of each row; None for a table without days."""
        return day_column_of(self.column_names)

    @property
    def later_columns(self) -> list[Column]:
        """The columns that the contract gained after its first rows (``since``)."""
        return [column for column in self.columns if column.since]

    @property
    def file_columns(self) -> list[Column]:
        """The columns of a file of a log table; none of other tables."""
        return [column for column in self.columns if column.file_type]

    @property
    def arrow_schema(self) -> pa.Schema:
        """The columns as an Arrow schema; descriptions are ``comment`` metadata."""
        return pa.schema(
            pa.field(c.name, c.type.arrow, metadata={"comment": c.description}) for c in self.columns
        )

    def empty(self) -> pa.Table:
        """A table of these columns without rows."""
        return self.arrow_schema.remove_metadata().empty_table()


def contract_with_columns(schema: pa.Schema, contract: TableContract) -> TableContract:
    """The contract with the columns of a schema and later ones (``since``), to create a table that has more columns.

    Raises:
        ContractError: A column has a type that contracts do not support.
    """
    columns = {column.name: column for column in contract.columns}
    types = {kind.arrow: kind for kind in ColumnType}
    for item in schema:
        if item.name not in columns and item.type not in types:
            raise ContractError(
                f"{contract.name}.{item.name}: a column of type {item.type} cannot be created. Create the table by hand "
                "with the columns of the backup's files, then restore into it."
            )
        new = Column(item.name, types.get(item.type, STRING), "Not in the contract", nullable=True)
        columns.setdefault(item.name, new)
    names = dict.fromkeys([*schema.names, *(column.name for column in contract.later_columns)])
    return replace(contract, columns=[columns[name] for name in names], key=())


@dataclass(frozen=True)
class SliceBatch:
    """Rows that replace exactly these slices of a raw table, in one commit.

    Attributes:
        rows: Rows of the table's columns; every row belongs to one of ``slices``.
        slices: Values of the contract's slice column, as text (an ISO date, or a file's full path).
    """

    rows: pa.Table
    slices: Sequence[str]

"""The rows of a log file as rows of its raw table."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import replace
from uuid import UUID

import pyarrow as pa

from ees_analytics.contracts.casting import conform, is_text, without_unfilled
from ees_analytics.contracts.contract import (
    FILE_DATE,
    FILE_DATETIME,
    SOURCE_FILE,
    Column,
    ContractError,
    FileType,
    TableContract,
)
from ees_analytics.slices.errors import BadFile


def table_rows(rows: pa.Table, path: str, written_at: dt.datetime, contract: TableContract) -> pa.Table:
    """The file's rows in the table's columns and types, each with its origin: full path, and date and time in the name.

    Raises:
        BadFile: It has no rows, other columns than the table's files have, or a value that does not fit.
    """
    if rows.num_rows == 0:
        raise BadFile(f"{path} has no rows")
    rows, columns = _as_later(rows, written_at.date(), contract.file_columns)
    if faults := schema_faults(rows.schema, columns):
        raise BadFile(f"{path} has other columns than {contract.name}: {'; '.join(faults)}")
    values = {column.name: _values(rows, column) for column in columns}
    origin = {SOURCE_FILE: path, FILE_DATETIME: written_at, FILE_DATE: written_at.date()}
    repeated = {name: pa.repeat(value, rows.num_rows) for name, value in origin.items()}
    try:
        return without_unfilled(conform(pa.table({**values, **repeated}), contract), contract)
    except ContractError as error:
        raise BadFile(f"{path}: {error}") from error


def _as_later(rows: pa.Table, day: dt.date, columns: Sequence[Column]) -> tuple[pa.Table, list[Column]]:
    """The rows with the names that later files have, and the columns without which a file of that day may be."""
    early = [(column.name, column.early) for column in columns if column.early and day < column.early.before]
    former = {old.name: name for name, old in early if old.name and name not in rows.column_names}
    renamed = rows.rename_columns([former.get(name, name) for name in rows.column_names])
    absent = {name for name, old in early if not old.name}
    return renamed, [replace(each, optional=each.optional or each.name in absent) for each in columns]


def schema_faults(schema: pa.Schema, columns: Sequence[Column]) -> list[str]:
    """How a file's columns differ from those of its table's files, a phrase for each difference."""
    names, known = schema.names, {column.name: column for column in columns}
    required = [column.name for column in columns if not column.optional]
    differences = {
        "missing": sorted(set(required) - set(names)),
        "unknown": sorted(set(names) - set(known)),
        "repeated": sorted({name for name in names if names.count(name) > 1}),
    }
    faults = [f"{what}: {', '.join(some)}" for what, some in differences.items() if some]
    retyped = [
        f"{field.name} is {field.type} instead of {known[field.name].file_type}"
        for field in schema
        if field.name in known and not _HAS_TYPE[known[field.name].file_type](field.type)
    ]
    return faults + retyped


def _storage(kind: pa.DataType, extension: str) -> pa.DataType:
    """What the type is stored as; versions of pyarrow that do not know the extension give that type itself."""
    is_that = isinstance(kind, pa.BaseExtensionType) and kind.extension_name == extension
    return kind.storage_type if is_that else kind


_HAS_TYPE: dict[FileType | None, Callable[[pa.DataType], bool]] = {
    FileType.TEXT: is_text,
    FileType.UUID: lambda kind: _storage(kind, "arrow.uuid") == pa.binary(16),
    FileType.JSON: lambda kind: is_text(_storage(kind, "arrow.json")),
    FileType.INT: pa.types.is_int32,
    FileType.TIMESTAMP: lambda kind: pa.types.is_timestamp(kind) and kind.tz is None,
}


def _values(rows: pa.Table, column: Column) -> pa.ChunkedArray | pa.Array:
    if column.name not in rows.column_names:
        return pa.nulls(rows.num_rows, column.type.arrow)
    values = rows[column.name]
    if isinstance(values.type, pa.BaseExtensionType):
        values = pa.chunked_array([chunk.storage for chunk in values.chunks], values.type.storage_type)
    if column.file_type is not FileType.UUID:
        return values
    encoded = pa.concat_arrays(values.chunks).dictionary_encode()  # each distinct value is converted once
    texts = [str(UUID(bytes=value)) for value in encoded.dictionary.to_pylist()]
    return pa.array(texts, pa.string()).take(encoded.indices)

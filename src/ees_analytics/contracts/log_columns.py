"""The columns of the log tables: those of the files, and the origin of each row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from ees_analytics.contracts.contract import Column, ColumnType, TableContract


class FileType(StrEnum):
    """The types of the log files' columns, named as in DuckDB, which writes the files."""

    TEXT = "VARCHAR"
    UUID = "UUID"
    JSON = "JSON"
    INT = "INTEGER"
    TIMESTAMP = "TIMESTAMP"


_IN_THE_TABLE = {FileType.INT: ColumnType.INT, FileType.TIMESTAMP: ColumnType.TIMESTAMP}


@dataclass(frozen=True)
class LogColumn(Column):
    """A column of the files.

    Attributes:
        file_type: Its type in the files; a file with another type is refused.
        optional: True where early files lack the column; it is null in the table then.
    """

    file_type: FileType = FileType.TEXT
    optional: bool = False


def log_column(
    name: str, description: str, file_type: FileType = FileType.TEXT, *, optional: bool = False
) -> LogColumn:
    """A column of the files, in the type that the table gives it: UUID, JSON and text are STRING."""
    in_the_table = _IN_THE_TABLE.get(file_type, ColumnType.STRING)
    return LogColumn(name, in_the_table, description, nullable=True, file_type=file_type, optional=optional)


TOKEN = (
    log_column("previewTokenLabel", "Label of the preview token that the call was made with", optional=True),
    log_column(
        "previewTokenDataSetVersionId", "Data set version of the preview token", FileType.UUID, optional=True
    ),
    log_column(
        "previewTokenCreated", "When the preview token was made, UTC", FileType.TIMESTAMP, optional=True
    ),
    log_column(
        "previewTokenExpiry", "When the preview token expires, UTC", FileType.TIMESTAMP, optional=True
    ),
)
"""The preview token of a call; files from before there were tokens lack these columns."""

REQUESTED_VERSION = log_column(
    "requestedDataSetVersion", "The version as the caller wrote it (1.0, 1.*, ...)", optional=True
)
PARAMETERS = log_column("parameters", "Parameters of the call, JSON", FileType.JSON)
START_TIME = log_column("startTime", "When the call began, UTC", FileType.TIMESTAMP)
TYPE = log_column("type", "What was requested")

SOURCE_FILE, FILE_DATETIME, FILE_DATE = "_source_file", "_file_datetime", "_file_date"

_ORIGIN = (
    Column(SOURCE_FILE, ColumnType.STRING, "Full path of the file that the row was read from"),
    Column(FILE_DATETIME, ColumnType.TIMESTAMP, "Date and time in the file's name, UTC"),
    Column(FILE_DATE, ColumnType.DATE, "Date in the file's name"),
)


def log_contract(name: str, description: str, columns: Sequence[LogColumn]) -> TableContract:
    """The contract of a log table: the files' columns, then the origin. A slice is a file.

    Values come from the upstream job and can never be fetched again, so no value is a reason to refuse a file.
    """
    return TableContract(
        schema="analytics_raw",
        name=name,
        description=description,
        columns=[*columns, *_ORIGIN],
        slice_column=SOURCE_FILE,
    )


def file_columns(contract: TableContract) -> list[LogColumn]:
    """The columns of a file of this table; none where the table is not a log table."""
    return [column for column in contract.columns if isinstance(column, LogColumn)]

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


def file_column(
    name: str, description: str, file_type: FileType = FileType.TEXT, *, optional: bool = False
) -> LogColumn:
    """A column of the files, in the type that the table gives it: UUID, JSON and text are STRING."""
    in_the_table = _IN_THE_TABLE.get(file_type, ColumnType.STRING)
    return LogColumn(name, in_the_table, description, nullable=True, file_type=file_type, optional=optional)


TOKEN = (
    file_column("previewTokenLabel", "Label of the preview token that the call was made with", optional=True),
    file_column(
        "previewTokenDataSetVersionId", "Data set version of the preview token", FileType.UUID, optional=True
    ),
    file_column(
        "previewTokenCreated", "When the preview token was made, UTC", FileType.TIMESTAMP, optional=True
    ),
    file_column(
        "previewTokenExpiry", "When the preview token expires, UTC", FileType.TIMESTAMP, optional=True
    ),
)
"""The preview token of a call; files from before there were tokens lack these columns."""

REQUESTED_VERSION = file_column(
    "requestedDataSetVersion", "The version as the caller wrote it (1.0, 1.*, ...)", optional=True
)
DATA_SET_ID = file_column("dataSetId", "The API data set's id", FileType.UUID)
DATA_SET_TITLE = file_column("dataSetTitle", "The data set's title at the time")
DATA_SET_VERSION = file_column("dataSetVersion", "The data set's version")
DATA_SET_VERSION_ID = file_column("dataSetVersionId", "Id of that version of the data set", FileType.UUID)
DOWNLOAD_FORMAT = file_column("downloadFormat", "The format of the file that was taken")
DOWNLOADS = file_column("downloads", "How often it was downloaded", FileType.INT)
PUBLICATION_NAME = file_column("publicationName", "The publication's title")
QUERY = file_column("query", "The query, JSON", FileType.JSON)
QUERY_VERSION_HASH = file_column("queryVersionHash", "Hash of the query and the version that it asked")
RELEASE_VERSION_ID = file_column("releaseVersionId", "Id of that version of the release", FileType.UUID)
SUBJECT_ID = file_column(
    "subjectId", "Id of the data set's subject; none where all files were taken", FileType.UUID
)
PARAMETERS = file_column("parameters", "Parameters of the call, JSON", FileType.JSON)
START_TIME = file_column("startTime", "When the call began, UTC", FileType.TIMESTAMP)
TYPE = file_column("type", "What was requested")

CALL = (PARAMETERS, START_TIME, TYPE)
"""What is recorded of most calls."""

RELEASE_FILE = (
    PUBLICATION_NAME,
    RELEASE_VERSION_ID,
    file_column("releaseName", "The release's name"),
    file_column("releaseLabel", "The release's label"),
    SUBJECT_ID,
    DATA_SET_TITLE,
)
"""The file of a release that was downloaded."""

SOURCE_FILE, FILE_DATETIME, FILE_DATE = "_source_file", "_file_datetime", "_file_date"

_ORIGIN = (
    Column(SOURCE_FILE, ColumnType.STRING, "Full path of the file that the row was read from"),
    Column(FILE_DATETIME, ColumnType.TIMESTAMP, "Date and time in the file's name, UTC"),
    Column(FILE_DATE, ColumnType.DATE, "Date in the file's name"),
)


def table_contract(module: str, description: str, columns: Sequence[LogColumn]) -> TableContract:
    """The contract of a log table: the files' columns, then the origin. A slice is a file.

    Values come from the upstream job and can never be fetched again, so no value is a reason to refuse a file.
    """
    return TableContract(module, description, columns=[*columns, *_ORIGIN], slice_column=SOURCE_FILE)


def file_columns(contract: TableContract) -> list[LogColumn]:
    """The columns of a file of this table; none where the table is not a log table."""
    return [column for column in contract.columns if isinstance(column, LogColumn)]

"""``analytics_raw.raw_ees_table_tool_downloads``. Downloads: one row is one table made with the table tool, and how often it was taken since the file before."""

from ees_analytics.contracts.log_columns import FileType, log_column, log_contract

CONTRACT = log_contract(
    "raw_ees_table_tool_downloads",
    "Downloads: one row is one table made with the table tool, and how often it was taken since the file before.",
    [
        log_column("tableToolDownloadHash", "Hash of what the download is"),
        log_column("releaseVersionId", "Id of that version of the release", FileType.UUID),
        log_column("publicationName", "The publication's title"),
        log_column("releasePeriodAndLabel", "The release's period and label"),
        log_column(
            "subjectId", "Id of the data set's subject; none where all files were taken", FileType.UUID
        ),
        log_column("dataSetName", "The data set's name"),
        log_column("downloadFormat", "The format of the file that was taken"),
        log_column("query", "The query, JSON", FileType.JSON),
        log_column("downloads", "How often it was downloaded", FileType.INT),
    ],
)

"""``analytics_raw.raw_ees_csv_downloads``. Downloads: one row is one data set's CSV file, and how often it was taken since the file before."""

from ees_analytics.contracts.log_columns import FileType, log_column, log_contract

CONTRACT = log_contract(
    "raw_ees_csv_downloads",
    "Downloads: one row is one data set's CSV file, and how often it was taken since the file before.",
    [
        log_column("csvDownloadHash", "Hash of what the download is"),
        log_column("publicationName", "The publication's title"),
        log_column("releaseVersionId", "Id of that version of the release", FileType.UUID),
        log_column("releaseName", "The release's name"),
        log_column("releaseLabel", "The release's label"),
        log_column(
            "subjectId", "Id of the data set's subject; none where all files were taken", FileType.UUID
        ),
        log_column("dataSetTitle", "The data set's title at the time"),
        log_column("downloads", "How often it was downloaded", FileType.INT),
    ],
)

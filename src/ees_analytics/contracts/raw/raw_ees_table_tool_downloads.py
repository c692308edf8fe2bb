"""Downloads: one row is one table made with the table tool, and how often it was taken since the file before."""

from ees_analytics.contracts import log_columns as log

CONTRACT = log.table_contract(
    __name__,
    __doc__,
    [
        log.file_column("tableToolDownloadHash", "Hash of what the download is"),
        log.RELEASE_VERSION_ID,
        log.PUBLICATION_NAME,
        log.file_column("releasePeriodAndLabel", "The release's period and label"),
        log.SUBJECT_ID,
        log.file_column("dataSetName", "The data set's name"),
        log.DOWNLOAD_FORMAT,
        log.QUERY,
        log.DOWNLOADS,
    ],
)

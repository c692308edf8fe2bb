"""``analytics_raw.raw_ees_permalink_table_downloads``. Downloads: one row is one permalink's table, and how often it was taken since the file before."""

from ees_analytics.contracts.log_columns import FileType, log_column, log_contract

CONTRACT = log_contract(
    "raw_ees_permalink_table_downloads",
    "Downloads: one row is one permalink's table, and how often it was taken since the file before.",
    [
        log_column("permalinkId", "The permalink's id", FileType.UUID),
        log_column("permalinkTitle", "The permalink's title"),
        log_column("downloadFormat", "The format of the file that was taken"),
        log_column("downloads", "How often it was downloaded", FileType.INT),
    ],
)

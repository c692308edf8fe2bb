"""Models of ``conf/base/parameters_maintenance.yml``."""

from pydantic import Field, PositiveInt

from ees_analytics.parameters.model import Parameters


class MaintainSettings(Parameters):
    """How tables are kept fast to read, and how long what runs leave behind is kept."""

    keep_days: int = Field(30, ge=30, description="Files that no version of these days needs are deleted.")
    max_small_files: PositiveInt = Field(200, description="More in a local table are merged after a run.")
    small_file_bytes: PositiveInt = Field(16_000_000, description="A file below this size is small.")
    compact_catalog_tables: bool = Field(False, description="Merge those of a catalogue's tables, too.")
    keep_report_days: PositiveInt = Field(400, description="Run reports, and the details of rows of runs.")
    keep_quarantine_days: PositiveInt = Field(
        400, description="Failed attempts of a slice, from the day on which it came in."
    )
    add_columns: str | None = Field(None, description="`<table>+…`: tables to add their later columns to.")


class BackupSettings(Parameters):
    """How the raw tables are backed up."""

    full: bool = Field(False, description="Compare what cannot have changed, too.")


class RestoreSettings(Parameters):
    """How the raw tables are restored."""

    overwrite: bool = Field(False, description="Replace rows of the table that differ from the backup's.")

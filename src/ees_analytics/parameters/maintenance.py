"""Models of ``conf/base/parameters_maintenance.yml``."""

from pydantic import Field

from ees_analytics.parameters.model import Parameters


class MaintainSettings(Parameters):
    """How tables are kept fast to read: files that no version of the last ``keep_days`` needs are deleted."""

    keep_days: int = Field(30, ge=30)
    add_columns: str | None = Field(
        None, description="`<table>+…`: tables that gain the columns that they lack of their contract."
    )


class BackupSettings(Parameters):
    """How the raw tables are backed up."""

    full: bool = Field(False, description="Compare what cannot have changed, too.")


class RestoreSettings(Parameters):
    """How the raw tables are restored."""

    overwrite: bool = Field(False, description="Replace rows of the table that differ from the backup's.")

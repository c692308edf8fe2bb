"""Models of ``conf/base/parameters_maintenance.yml``."""

from __future__ import annotations

from pydantic import Field

from ees_analytics.parameters.model import Parameters


class MaintainSettings(Parameters):
    """How tables are kept fast to read.

    Attributes:
        keep_days: Files that no version of these last days needs are deleted; at least 30.
    """

    keep_days: int = Field(default=30, ge=30)


class BackupSettings(Parameters):
    """How the raw tables are backed up.

    Attributes:
        full: Compare every row and read every copy again, not only what may have changed since the last one.
    """

    full: bool = False


class RestoreSettings(Parameters):
    """How the raw tables are restored.

    Attributes:
        overwrite: Replace rows of the table that differ from the backup's.
    """

    overwrite: bool = False

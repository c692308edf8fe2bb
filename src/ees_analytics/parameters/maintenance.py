"""Models of ``conf/base/parameters_upkeep.yml``."""

from __future__ import annotations

from pydantic import Field

from ees_analytics.parameters.model import Parameters


class MaintainSettings(Parameters):
    """How tables are kept fast to read.

    Attributes:
        keep_days: Files that no version of the last so many days needs are deleted; at least 30.
    """

    keep_days: int = Field(default=30, ge=30)


class BackupSettings(Parameters):
    """How the raw tables are copied.

    Attributes:
        full: Compare every row and read every copy again, not only what may have changed since the last one.
    """

    full: bool = False


class RestoreSettings(Parameters):
    """How the raw tables are brought back.

    Attributes:
        overwrite: Put the backup's rows in the place of different ones that the table holds.
    """

    overwrite: bool = False

"""Failures of a slice. Sources raise these and subclasses of them, nothing else."""

import pyarrow as pa
from kedro.io.core import DatasetError

from ees_analytics.console.safe_text import MAX_TEXT, printable_line


class SourceError(DatasetError):
    """One slice could not be fetched. It is set aside with this reason; other slices are still fetched.

    A ``DatasetError``, because Kedro passes these on unchanged.
    """

    def __init__(self, message: str, rows: pa.Table | None = None) -> None:
        """Keep the rows that were received, if any: they are filed with the reason, which is made one printable line."""
        super().__init__(printable_line(message, MAX_TEXT))
        self.rows = rows


class SourceStop(SourceError):
    """The source gives nothing more in this run: the remaining slices are not fetched."""


class NotYetPublished(SourceError):
    """The source has no rows for this slice yet: it is too recent to be final, and a later run fetches it again."""


class BadFile(SourceError):
    """A file that cannot be read or used: it stays in its folder, and every run tries it again.

    It is filed as set aside once, and again only when the reason changes.
    """


class IngestIncomplete(Exception):
    """A raw table lacks slices that this run should have ingested; the message names each with its reason."""

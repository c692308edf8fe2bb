"""How a slice may fail to come in. Sources raise these and their own subclasses; nothing else leaves them."""

from __future__ import annotations

import pyarrow as pa


class SourceError(Exception):
    """One slice could not be had. The slice is set aside with this reason; other slices go on."""

    def __init__(self, message: str, rows: pa.Table | None = None) -> None:
        """Keep the rows that were received, where any were: they are filed as evidence."""
        super().__init__(message)
        self.rows = rows


class SourceStop(SourceError):
    """Nothing more can be had from this source in this run: the remaining slices are not asked for."""


class NotYetPublished(SourceError):
    """The source has nothing for this slice and it is too young to be believed empty: a later run asks again."""


class BadFile(SourceError):
    """A file that lies in its folder and cannot be taken as it is: it stays there, and is tried again next time.

    It is evidence itself, so it is filed as set aside once, and again only for another reason.
    """


class IngestIncomplete(Exception):
    """A raw table lacks slices that this run should have brought in; the message names each with its reason."""

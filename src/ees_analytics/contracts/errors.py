"""How a source may fail. Datasets translate the clients' many exceptions into these; nothing else leaves them."""

from __future__ import annotations

import pyarrow as pa


class SourceError(Exception):
    """One slice could not be had. The slice is set aside with this reason; other slices go on."""

    def __init__(self, message: str, rows: pa.Table | None = None) -> None:
        """Keep the rows that were received, where any were: they are filed as evidence."""
        super().__init__(message)
        self.rows = rows


class UnstableSnapshot(SourceError):
    """The pages of one answer do not fit together (a key twice, a count that moved): fetch the slice again."""


class SourceUnavailable(SourceError):
    """The source did not answer, answered with a server error, or broke off; the retries are used up."""


class MalformedAnswer(SourceError):
    """The source answered with something that is no valid answer."""


class BadFile(SourceError):
    """A file that lies in its folder and cannot be taken as it is: it stays there, and is tried again next time.

    It is evidence itself, so it is filed as set aside once, and again only for another reason.
    """


class SourceStop(SourceError):
    """Nothing more can be had from this source in this run: the remaining slices are not asked for."""


class QuotaExhausted(SourceStop):
    """A quota ran out that does not come back within this run's patience."""


class PermissionRefused(SourceStop):
    """The account may not read this source; the message says which account lacks what."""


class NotYetPublished(SourceError):
    """The source has nothing for this slice and it is too young to be believed empty: a later run asks again."""


class IngestIncomplete(Exception):
    """A raw table lacks slices that this run should have brought in; the message names each with its reason."""


class PageMissing(SourceError):
    """The website says that there is no such page (404): what was last known of it stays."""


class NotRecorded(SourceError):
    """A folder of recorded pages holds nothing of this part of the website: what depends on it stays as it is."""

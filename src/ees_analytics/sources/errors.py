"""How a source may fail. Clients translate their libraries' many exceptions into these."""

from __future__ import annotations

from ees_analytics.slices.errors import SourceError, SourceStop


class UnstableSnapshot(SourceError):
    """The pages of one answer do not fit together (a key twice, a count that moved): fetch the slice again."""


class SourceUnavailable(SourceError):
    """The source did not answer, answered with a server error, or broke off; the retries are used up."""


class MalformedResponse(SourceError):
    """The source answered with something that is no valid answer."""


class QuotaExhausted(SourceStop):
    """A quota ran out that does not come back within this run's patience."""


class PermissionRefused(SourceStop):
    """The account may not read this source; the message says which account lacks what."""


class PageMissing(SourceError):
    """The website says that there is no such page (404): what was last known of it stays."""


class NotRecorded(SourceError):
    """A folder of recorded pages holds nothing of this part of the website: what depends on it stays as it is."""

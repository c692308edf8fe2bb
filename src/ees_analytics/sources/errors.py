"""Errors of the sources. Clients translate the exceptions of their libraries into these."""

from ees_analytics.slices.errors import SourceError, SourceStop


class UnstableSnapshot(SourceError):
    """The pages of one response do not fit together (a key twice, a changed count): fetch the slice again."""


class SourceUnavailable(SourceError):
    """The source gave no response, a server error or a broken one, and the retries are used up."""


class MalformedResponse(SourceError):
    """The response is not what the API or the website promises."""


class ContradictedTitle(MalformedResponse):
    """A page has another title than its link in the listing: it may be an error page, so its title is not used."""


class QuotaExhausted(SourceStop):
    """A quota is used up, and does not return within the time that this run may wait."""


class PermissionRefused(SourceStop):
    """The account has no access; the message names the account and what it lacks."""


class PageMissing(SourceError):
    """The website has no such page (404): what was last known of it stays."""


class NotRecorded(SourceError):
    """A folder of recorded pages has none of this part of the website: what depends on it stays as it is."""

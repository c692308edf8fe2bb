"""``GoogleDataset``: a source of Google, day by day; failed requests are repeated, or their errors explained."""

import threading
from abc import abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence, Sized
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any, ClassVar, TypeVar

from tenacity import Retrying

from ees_analytics.console.text import iso_day
from ees_analytics.parameters.google import ResponseLimits
from ees_analytics.slices.errors import SourceError, SourceStop
from ees_analytics.sources.base import ReadOnlySource
from ees_analytics.sources.day_response import DayResponse
from ees_analytics.sources.errors import (
    MalformedResponse,
    PermissionRefused,
    QuotaExhausted,
    SourceUnavailable,
)
from ees_analytics.sources.google_auth import account_of, credentials_for, endpoint_of
from ees_analytics.sources.google_errors import InvalidRequest
from ees_analytics.sources.retry import CircuitOpen, repeat

Page = TypeVar("Page", bound=Sized)
Result = TypeVar("Result")


@dataclass(frozen=True)
class LazyDays(Mapping[str, Callable[[], DayResponse]]):
    """ISO day to a callable that fetches it. Any day is a key; the days have no end, so iteration gives none."""

    fetch: Callable[[str], DayResponse]

    def __getitem__(self, day: str) -> Callable[[], DayResponse]:
        if (found := iso_day(day)) is None or str(found) != day:
            raise KeyError(day)
        return partial(self.fetch, day)

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0

    def __bool__(self) -> bool:
        return True


class GoogleDataset(ReadOnlySource[LazyDays]):
    """A source of Google, day by day.

    ``load()`` sends no request. It gives a mapping from ISO day to a callable, the interface of a
    ``PartitionedDataset``; any day may be called, several at once. A callable requests all pages of the day, then its
    totals, and returns the response or raises a ``SourceError``: an error is never an empty day.

    Args:
        endpoint: A server of this machine (``http://``, GA4 also ``grpc://``), without credentials; unset: Google.
        transport: ``grpc`` or ``rest``, where the endpoint does not imply one.
        key_file: A service account's key; unset: ``google.auth.default``.
        timeout_seconds: How long a request waits for the next bytes; with gRPC, for all of them.
        limits: The most of one response: see ``parameters.google.ResponseLimits``.
        retries: How often a request is repeated after a server error or a broken connection.
        backoff_seconds: The first pause before a repeat.

    Raises:
        DatasetError: A setting is wrong; names it.
    """

    API: ClassVar[str]
    HOST: ClassVar[str]
    SCOPES: ClassVar[Sequence[str]]
    QUOTA_HINTS: ClassVar[Mapping[type[QuotaExhausted], str]]
    """When each quota returns."""

    _access: str
    """What an account needs, for messages."""
    _request_hint: str
    """What to check where the API does not accept a request."""
    _quota_retries: Sequence[Retrying]
    """Repeat a request after the quotas that are waited for; any other stops the source."""

    def __init__(
        self,
        *,
        endpoint: str | None = None,
        transport: str = "rest",
        key_file: str | None = None,
        timeout_seconds: float = 60.0,
        limits: Mapping[str, Any] | None = None,
        retries: int = 3,
        backoff_seconds: float = 1.0,
        metadata: dict[str, Any] | None = None,
    ) -> None:
        self._endpoint, self._key_file = endpoint_of(endpoint, transport), key_file
        self._timeout_seconds, self._limits = timeout_seconds, ResponseLimits.model_validate(limits or {})
        self._retries, self._backoff_seconds = retries, backoff_seconds
        self._connecting = threading.Lock()
        self.metadata = metadata

    def load(self) -> LazyDays:
        """The days, none of them fetched yet."""
        return LazyDays(self._fetch)

    @abstractmethod
    def _fetch(self, day: str) -> DayResponse:
        """The response about a day."""

    @abstractmethod
    def _connect(self, credentials: Any) -> Any:
        """The client; called once, before the first request."""

    @cached_property
    def _credentials(self) -> Any:
        return credentials_for(self._endpoint, self.SCOPES, self._key_file)

    @cached_property
    def _client(self) -> Any:
        return self._connect(self._credentials)

    def _pages(self, page_at: Callable[[int, Any], Page]) -> Iterator[Page]:
        """Pages without end, each requested when it is read: ``page_at`` gets the rows before it and the client."""
        offset = 0
        while True:
            page = self._call(partial(page_at, offset))
            yield page
            offset += len(page)

    def _call(self, attempt: Callable[[Any], Result]) -> Result:
        """The result of ``attempt``, which sends a request once with the client it is given; a ``SourceError`` after repeats."""
        with self._connecting:
            client = self._client
        failures = repeat((SourceUnavailable, MalformedResponse), self._retries, self._backoff_seconds)
        call = partial(attempt, client)
        for retrying in (failures, *self._quota_retries):
            call = partial(retrying, call)
        try:
            return call()
        except CircuitOpen:
            raise
        except SourceError as error:
            raise self._explained(error) from error

    def _explained(self, error: SourceError) -> SourceError:
        times = f"{self.API} failed {self._retries + 1} times in a row; the last error was {error}"
        if isinstance(error, MalformedResponse):
            return MalformedResponse(times)
        if isinstance(error, PermissionRefused):
            return PermissionRefused(
                f"{self.API} refused {account_of(self._credentials)}: it needs {self._access}, and a login that has "
                f"not expired (`gcloud auth application-default login`). Google's message: {error}"
            )
        if isinstance(error, InvalidRequest):
            return SourceStop(f"{self.API} does not accept the request: {error}. {self._request_hint}")
        if isinstance(error, QuotaExhausted):
            return QuotaExhausted(
                f"A quota of {self.API} is used up: {error}. {self.QUOTA_HINTS[type(error)]} What was fetched is "
                "kept; the next run continues from there."
            )
        return SourceUnavailable(times)

    def _describe(self) -> dict[str, Any]:
        return {"endpoint": self._endpoint.host or self.HOST, "transport": self._endpoint.transport}

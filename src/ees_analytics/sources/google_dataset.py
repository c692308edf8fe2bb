"""``GoogleDataset``: a source of Google, day by day; failed requests are repeated, or their errors explained."""

from __future__ import annotations

import datetime as dt
import threading
from abc import abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property, partial
from typing import Any, ClassVar, Generic, TypeVar

from kedro.io.core import AbstractDataset, DatasetError

from ees_analytics.slices.errors import SourceError, SourceStop
from ees_analytics.sources.errors import (
    MalformedResponse,
    PermissionRefused,
    QuotaExhausted,
    SourceUnavailable,
)
from ees_analytics.sources.google_auth import account_of, credentials_for, endpoint_of
from ees_analytics.sources.google_errors import Kind, Quota, RequestError
from ees_analytics.sources.retry import RetryPolicy

Response = TypeVar("Response")
Result = TypeVar("Result")


class LazyDays(Mapping[str, Callable[[], Response]]):
    """ISO day to a callable that fetches it. Any day is a key; the days have no end, so iteration gives none."""

    def __init__(self, fetch: Callable[[str], Response]) -> None:
        """Keep how a day is fetched."""
        self._fetch = fetch

    def __getitem__(self, day: str) -> Callable[[], Response]:
        if day not in self:
            raise KeyError(day)
        return partial(self._fetch, day)

    def __contains__(self, day: object) -> bool:
        try:
            return dt.date.fromisoformat(str(day)).isoformat() == day
        except ValueError:
            return False

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0

    def __bool__(self) -> bool:
        return True


class GoogleDataset(AbstractDataset[None, Mapping[str, Callable[[], Response]]], Generic[Response]):
    """A source of Google, day by day.

    ``load()`` sends no request. It gives a mapping from ISO day to a callable, the interface of a
    ``PartitionedDataset``; any day may be called, several at once. A callable requests all pages of the day, then its
    totals, and returns the response or raises a ``SourceError``: an error is never an empty day.

    Args:
        endpoint: A server of this machine (``http://``, GA4 also ``grpc://``), without credentials; unset: Google.
        transport: ``grpc`` or ``rest``, where the endpoint does not imply one.
        key_file: A service account's key; unset: ``google.auth.default``.
        retries: How often a request is repeated after a server error or a broken connection.
        backoff_seconds: The first pause before a repeat.
        metadata: Ignored; for users and plugins.

    Raises:
        DatasetError: A setting is wrong; names it.
    """

    API: ClassVar[str]
    HOST: ClassVar[str]
    SCOPES: ClassVar[Sequence[str]]
    QUOTA_HINTS: ClassVar[Mapping[Quota, str]]
    """When each quota returns."""

    _access: str
    """What an account needs, for messages."""
    _request_hint: str
    """What to check where the API does not accept a request."""
    _quota_policies: Mapping[Quota, RetryPolicy]
    """Which quotas are waited for, and how; any other stops the source."""

    def __init__(
        self,
        *,
        endpoint: str | None = None,
        transport: str = "rest",
        key_file: str | None = None,
        retries: int = 3,
        backoff_seconds: float = 1.0,
        metadata: dict[str, Any] | None = None,
    ) -> None:
        self._endpoint, self._key_file = endpoint_of(endpoint, transport), key_file
        self._retries, self._backoff_seconds = retries, backoff_seconds
        self._connecting = threading.Lock()
        self.metadata = metadata

    def load(self) -> Mapping[str, Callable[[], Response]]:
        """The days, none of them fetched yet."""
        return LazyDays(self._fetch)

    def save(self, data: None) -> None:
        """Refuse: Google is read only."""
        raise DatasetError(f"{self.API} is a source; nothing is written to it")

    @abstractmethod
    def _fetch(self, day: str) -> Response:
        """The response about a day."""

    @abstractmethod
    def _connect(self, credentials: Any) -> Any:
        """The client; called once, before the first request."""

    def _connected(self) -> Any:
        with self._connecting:
            return self._client

    @cached_property
    def _client(self) -> Any:
        return self._connect(self._credentials)

    @cached_property
    def _credentials(self) -> Any:
        return credentials_for(self._endpoint, self.SCOPES, self._key_file)

    def _call(self, attempt: Callable[[], Result]) -> Result:
        """The result of a request.

        Args:
            attempt: Sends the request once; raises a ``RequestError``, or a ``MalformedResponse`` where the body is
                not what was requested.

        Raises:
            SourceError: There is none, in spite of repeats.
        """
        failures = RetryPolicy.repeat(self._retries, self._backoff_seconds)
        attempt = partial(failures.retrying(_is_temporary), attempt)
        for quota, policy in self._quota_policies.items():
            attempt = partial(policy.retrying(partial(_is_quota, quota)), attempt)
        try:
            return attempt()
        except (RequestError, MalformedResponse) as error:
            raise self._explained(error) from error

    def _explained(self, error: RequestError | MalformedResponse) -> SourceError:
        times = f"{self.API} failed {self._retries + 1} times in a row; the last error was {error}"
        if isinstance(error, MalformedResponse):
            return MalformedResponse(times)
        if error.kind is Kind.PERMISSION:
            return PermissionRefused(
                f"{self.API} refused {account_of(self._credentials)}: it needs {self._access}, and a login that has "
                f"not expired (`gcloud auth application-default login`). Google's message: {error}"
            )
        if error.kind is Kind.INVALID:
            return SourceStop(f"{self.API} does not accept the request: {error}. {self._request_hint}")
        if error.quota:
            return QuotaExhausted(
                f"A quota of {self.API} is used up: {error}. {self.QUOTA_HINTS[error.quota]} What was fetched is "
                "kept; the next run continues from there."
            )
        return SourceUnavailable(times)

    def _describe(self) -> dict[str, Any]:
        return {"endpoint": self._endpoint.host or self.HOST, "transport": self._endpoint.transport}


def _is_temporary(error: BaseException) -> bool:
    if isinstance(error, RequestError):
        return error.kind in (Kind.SERVER_ERROR, Kind.CONNECTION)
    return isinstance(error, MalformedResponse)


def _is_quota(quota: Quota, error: BaseException) -> bool:
    return isinstance(error, RequestError) and error.quota is quota

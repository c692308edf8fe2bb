"""Calls of Google's APIs: what may pass is repeated, what does not is explained."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import TypeVar

from ees_analytics.slices.errors import SourceError, SourceStop
from ees_analytics.sources.errors import MalformedResponse, PermissionRefused, QuotaExhausted
from ees_analytics.sources.google_errors import Kind, Quota, RequestError
from ees_analytics.sources.retry import RetryPolicy

Response = TypeVar("Response")


@dataclass(frozen=True)
class GoogleCalls:
    """The calls of one API.

    Attributes:
        api: The API's name.
        account: Whose credentials are sent; asked only for a message.
        access: What an account needs, as a message says it.
        request_hint: What to check where the API does not accept a request.
        quota_hints: When each quota returns.
        retries: How often a request is repeated after a server error or a broken connection.
        backoff_seconds: The first pause before a repeat.
        quota_policies: Which quotas are waited for, and how; any other stops the source.
    """

    api: str
    account: Callable[[], str]
    access: str
    request_hint: str
    quota_hints: Mapping[Quota, str]
    retries: int
    backoff_seconds: float
    quota_policies: Mapping[Quota, RetryPolicy] = field(default_factory=dict)

    def call(self, attempt: Callable[[], Response]) -> Response:
        """The response to a request.

        Args:
            attempt: Sends the request once; raises a ``RequestError``, or a ``MalformedResponse`` where the body is
                not the response.

        Raises:
            SourceError: There is none, however often it was asked for.
        """
        repeated = partial(_attempt, attempt)
        failures = RetryPolicy.repeat(self.retries, self.backoff_seconds)
        repeated = partial(failures.retrying(_is_temporary), repeated)
        for quota, policy in self.quota_policies.items():
            repeated = partial(policy.retrying(partial(_is_quota, quota)), repeated)
        try:
            return repeated()
        except RequestError as error:
            raise self._explained(error) from error

    def _explained(self, error: RequestError) -> SourceError:
        if error.kind is Kind.PERMISSION:
            return PermissionRefused(
                f"{self.api} refused {self.account()}: it needs {self.access}, and a login that has not expired "
                f"(`gcloud auth application-default login`). Google said: {error}"
            )
        if error.kind is Kind.INVALID:
            return SourceStop(f"{self.api} does not accept the request: {error}. {self.request_hint}")
        if error.quota:
            return QuotaExhausted(
                f"A quota of {self.api} is used up: {error}. {self.quota_hints[error.quota]} What was fetched is kept; the next run "
                "continues from there."
            )
        return error.final(f"{self.api} failed {self.retries + 1} times in a row; the last error was {error}")


def _attempt(attempt: Callable[[], Response]) -> Response:
    try:
        return attempt()
    except MalformedResponse as error:
        raise RequestError(Kind.CONNECTION, str(error), MalformedResponse) from error


def _is_temporary(error: BaseException) -> bool:
    return isinstance(error, RequestError) and error.kind in (Kind.SERVER_ERROR, Kind.CONNECTION)


def _is_quota(quota: Quota, error: BaseException) -> bool:
    return isinstance(error, RequestError) and error.quota is quota

"""How long to go on asking Google Analytics when a request fails, within the property's limits."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter, deque
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import NoReturn, TypeVar

from ees_analytics.slices.errors import SourceStop
from ees_analytics.sources.errors import PermissionRefused, QuotaExhausted, SourceUnavailable
from ees_analytics.sources.google_errors import Kind, Quota, RequestError, quota_of

REQUESTS_AT_ONCE = 10
"""Google's limit for a property."""
HOUR = 3600.0
LONGEST_PAUSE = 300.0
CONCURRENT_QUOTA_RETRIES = 8
"""How often a request is repeated that met too many others at once."""

Answer = TypeVar("Answer")


class ServerErrorsSpent(SourceUnavailable, SourceStop):
    """Google failed so often within the hour that one more request could block the property: nothing more is asked."""


@dataclass(frozen=True)
class RetryPolicy:
    """What a run is willing to wait for.

    Attributes:
        retries: How often a request is repeated after a server error, and as often after a broken connection.
        backoff_seconds: The first pause; each further one is twice as long.
        quota_seconds: How long one request waits for an hourly quota to return; 0: stop at once.
        server_errors_an_hour: After so many in this process, a server error is not answered with a further
            request (Google blocks the property after 10).
    """

    retries: int = 3
    backoff_seconds: float = 1.0
    quota_seconds: float = 0.0
    server_errors_an_hour: int = 8

    def backoff(self, attempt: int) -> float:
        """The pause before the repeat number ``attempt``, counted from 1, with some chance in it."""
        pause = self.backoff_seconds * 2 ** (attempt - 1)
        return float(min(pause, LONGEST_PAUSE) * (0.8 + 0.4 * random.random()))  # noqa: S311 - no secret


class ConcurrencyLimit:
    """What all requests of this process to one property share: their number at once, and the server's errors."""

    _gates: dict[tuple[str, str], ConcurrencyLimit] = {}
    _making = threading.Lock()

    def __init__(self) -> None:
        """A gate of its own; ``of`` gives the shared one."""
        self._slots = threading.BoundedSemaphore(REQUESTS_AT_ONCE)
        self._errors: deque[float] = deque()
        self._lock = threading.Lock()

    @classmethod
    def of(cls, host: str, property_id: str) -> ConcurrencyLimit:
        """The gate of a property on a host."""
        with cls._making:
            return cls._gates.setdefault((host, property_id), cls())

    def slot(self) -> AbstractContextManager[object]:
        """Hold it while a request is under way."""
        return self._slots

    def note_server_error(self) -> None:
        """Count a server error."""
        with self._lock:
            self._errors.append(time.monotonic())

    def server_errors(self) -> int:
        """How many there were within the hour."""
        with self._lock:
            while self._errors and self._errors[0] < time.monotonic() - HOUR:
                self._errors.popleft()
            return len(self._errors)


@dataclass
class RetryingCall:
    """The attempts at one request: decides after each failure whether another follows, and when."""

    patience: RetryPolicy
    gate: ConcurrencyLimit
    account: Callable[[], str]
    property_id: str
    _failed: Counter[object] = field(default_factory=Counter)
    _out_of_quota_since: float | None = None

    def run(self, ask: Callable[[], Answer]) -> Answer:
        """Ask until there is an answer.

        Raises:
            SourceError: There will be none.
        """
        while True:
            self._refuse_when_blocked()
            try:
                with self.gate.slot():
                    return ask()
            except RequestError as trouble:
                time.sleep(self._pause(trouble))

    def _refuse_when_blocked(self) -> None:
        if (errors := self.gate.server_errors()) > self.patience.server_errors_an_hour:
            raise ServerErrorsSpent(
                f"Google Analytics answered with {errors} server errors within an hour; at 10 it blocks the property "
                f"{self.property_id}. Nothing more is asked in this hour; run again later."
            )

    def _pause(self, trouble: RequestError) -> float:
        """How long to wait before the next attempt; raises where there is none."""
        if trouble.kind is Kind.PERMISSION:
            self._refuse_permission(trouble)
        if trouble.kind is Kind.INVALID:
            raise SourceStop(
                f"Google Analytics does not take the question: {trouble}. Compare the report in globals_ga4.yml with "
                "the names at https://developers.google.com/analytics/devguides/reporting/data/v1/api-schema."
            ) from trouble
        if trouble.kind is Kind.QUOTA:
            return self._pause_for_quota(trouble)
        self._failed[trouble.kind] += 1
        if trouble.kind is Kind.SERVER_ERROR:
            self.gate.note_server_error()
            self._refuse_when_blocked()
        if self._failed[trouble.kind] > self.patience.retries:
            raise trouble.final(
                f"Google Analytics failed {self._failed[trouble.kind]} times in a row; the last time it was {trouble}"
            ) from trouble
        return self.patience.backoff(self._failed[trouble.kind])

    def _pause_for_quota(self, trouble: RequestError) -> float:
        quota = quota_of(str(trouble))
        self._failed[quota] += 1
        if quota is Quota.CONCURRENT and self._failed[quota] <= CONCURRENT_QUOTA_RETRIES:
            return self.patience.backoff(self._failed[quota])
        if quota is Quota.HOUR:
            now = time.monotonic()
            self._out_of_quota_since = self._out_of_quota_since or now
            left = self._out_of_quota_since + self.patience.quota_seconds - now
            if left > 0:
                return min(left, LONGEST_PAUSE)
        raise QuotaExhausted(
            f"Google Analytics property {self.property_id}: {trouble}. {_WHEN[quota]} What was fetched is kept; the "
            "next run goes on from there."
        ) from trouble

    def _refuse_permission(self, trouble: RequestError) -> NoReturn:
        raise PermissionRefused(
            f"Google Analytics refused {self.account()}: it needs the role Viewer on GA4 property {self.property_id} "
            "(Admin, Property access management), and a login that has not expired "
            f"(`gcloud auth application-default login`). Google said: {trouble}"
        ) from trouble


_WHEN = {
    Quota.DAY: "The daily quota returns at midnight Pacific time.",
    Quota.HOUR: "The hourly quota returns within an hour (quota_patience_seconds waits for it).",
    Quota.CONCURRENT: "Others ask this property at the same time; run again when they have finished.",
}

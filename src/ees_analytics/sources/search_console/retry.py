"""How long to go on asking Search Console when requests fail, and how fast to ask at all."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NoReturn, TypeVar

from ees_analytics.slices.errors import SourceStop
from ees_analytics.sources.errors import PermissionRefused, QuotaExhausted, SourceUnavailable
from ees_analytics.sources.ga4.retry import RetryPolicy
from ees_analytics.sources.google_errors import Kind, Quota, RequestError, quota_of

MINUTE = 60.0

Answer = TypeVar("Answer")


class CircuitOpen(SourceUnavailable, SourceStop):
    """So many questions failed one after another that the rest is left for a later run."""


class RateLimiter:
    """Lets so many requests through a minute, whichever thread sends them."""

    def __init__(self, a_minute: int) -> None:
        """Start with nothing sent."""
        self._a_minute = a_minute
        self._sent: deque[float] = deque()
        self._lock = threading.Lock()

    def wait(self) -> None:
        """Return when the next request may be sent."""
        while (pause := self._pause()) > 0:
            time.sleep(pause)

    def _pause(self) -> float:
        with self._lock:
            now = time.monotonic()
            while self._sent and self._sent[0] <= now - MINUTE:
                self._sent.popleft()
            if len(self._sent) < self._a_minute:
                self._sent.append(now)
                return 0.0
            return self._sent[0] + MINUTE - now


class CircuitBreaker:
    """Counts the requests that failed for good, one after another; a request that succeeds ends the series."""

    def __init__(self, most: int) -> None:
        """Start with none."""
        self._most, self._series = most, 0
        self._lock = threading.Lock()

    def ended(self) -> None:
        """A request succeeded."""
        with self._lock:
            self._series = 0

    def another(self) -> bool:
        """A request failed for good; True where nothing more should be asked."""
        with self._lock:
            self._series += 1
            return self._series >= self._most


@dataclass
class SearchAttempts:
    """The attempts at one request: decides after each failure whether another follows, and when."""

    patience: RetryPolicy
    pace: RateLimiter
    misfortune: CircuitBreaker
    account: Callable[[], str]
    site: str
    _failed: int = 0
    _refused: int = 0
    _started: float = field(default_factory=time.monotonic)

    def run(self, ask: Callable[[], Answer]) -> Answer:
        """Ask until there is an answer.

        Raises:
            SourceError: There will be none.
        """
        while True:
            self.pace.wait()
            try:
                answer = ask()
            except RequestError as trouble:
                time.sleep(self._pause(trouble))
            else:
                self.misfortune.ended()
                return answer

    def _pause(self, trouble: RequestError) -> float:
        """How long to wait before the next attempt; raises where there is none."""
        if trouble.kind is Kind.PERMISSION:
            self._refuse_permission(trouble)
        if trouble.kind is Kind.INVALID:
            raise SourceStop(
                f"Search Console does not take the question: {trouble}. Check search_console_site ({self.site}): it must "
                "be spelt as in Search Console, with its slash at the end."
            ) from trouble
        if trouble.kind is Kind.QUOTA:
            return self._pause_for_quota(trouble)
        self._failed += 1
        if self._failed > self.patience.retries:
            self._give_up(trouble)
        return self.patience.backoff(self._failed)

    def _give_up(self, trouble: RequestError) -> NoReturn:
        said = f"Search Console failed {self._failed} times in a row; the last time it was {trouble}"
        if self.misfortune.another():
            raise CircuitOpen(
                f"{said}. So did the questions before: nothing more is asked in this run."
            ) from trouble
        raise trouble.final(said) from trouble

    def _pause_for_quota(self, trouble: RequestError) -> float:
        self._refused += 1
        daily = quota_of(str(trouble)) is Quota.DAY
        left = self._started + self.patience.quota_seconds - time.monotonic()
        if not daily and left > 0:
            return min(left, self.patience.backoff(self._refused))
        when = "It returns at midnight Pacific time." if daily else "It returns within minutes."
        raise QuotaExhausted(
            f"Search Console's quota is used up: {trouble}. {when} What was fetched is kept; the next run goes on from "
            "there."
        ) from trouble

    def _refuse_permission(self, trouble: RequestError) -> NoReturn:
        raise PermissionRefused(
            f"Search Console refused {self.account()}: it needs read access to the property {self.site} (in Search "
            "Console: Settings, Users and permissions, Add user, Restricted), a project in which the Search Console API "
            "is switched on, and a login that has not expired (`gcloud auth application-default login`). Google said: "
            f"{trouble}"
        ) from trouble

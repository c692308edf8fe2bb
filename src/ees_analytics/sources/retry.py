"""When a failed request is repeated (on tenacity), and the limits that many requests share."""

import math
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from tenacity import RetryCallState, Retrying, retry_if_exception, stop_after_attempt
from tenacity.wait import wait_exponential, wait_random

from ees_analytics.slices.errors import SourceStop
from ees_analytics.sources.errors import SourceUnavailable

MAX_BACKOFF_SECONDS = 300.0

Errors = type[Exception] | tuple[type[Exception], ...]
Pause = Callable[[RetryCallState], float]
"""Seconds until the next attempt (tenacity's ``wait``)."""


class CircuitOpen(SourceUnavailable, SourceStop):
    """So many requests failed that no further one is sent in this run."""


def repeat(errors: Errors, times: int, backoff_seconds: float) -> Retrying:
    """Repeats a call this often after these errors, with pauses that double; then raises the last one."""
    return _retrying(errors, stop=stop_after_attempt(times + 1), wait=backoff(backoff_seconds))


def repeat_within(errors: Errors, seconds: float, pause: Pause) -> Retrying:
    """Repeats a call after these errors until its pauses add up to ``seconds`` (0: never); then raises the last one."""
    return _retrying(
        errors,
        stop=lambda state: state.idle_for >= seconds,
        wait=lambda state: min(pause(state), seconds - state.idle_for),
    )


def _retrying(errors: Errors, stop: Callable[[RetryCallState], bool], wait: Pause) -> Retrying:
    again = retry_if_exception(lambda error: isinstance(error, errors) and not isinstance(error, CircuitOpen))
    return Retrying(retry=again, stop=stop, wait=wait, reraise=True)


def backoff(seconds: float) -> Pause:
    """Pauses that begin with ``seconds`` and double, with a random part so that threads do not move in step."""
    return wait_exponential(multiplier=seconds, max=MAX_BACKOFF_SECONDS) + wait_random(0, 0.4 * seconds)


class RateLimiter:
    """Lets a number of requests start within any stretch of time, whichever threads send them."""

    def __init__(self, requests: int, seconds: float) -> None:
        """Allow ``requests`` starts within any ``seconds``."""
        self._seconds = seconds
        self._starts: deque[float] = deque([-math.inf] * requests, maxlen=requests)
        self._held_until = -math.inf
        self._lock = threading.Lock()

    def wait(self) -> None:
        """Return when the next request may start."""
        while (pause := self._claim()) > 0:
            time.sleep(pause)

    def hold(self, seconds: float) -> None:
        """Let no request start for this long."""
        with self._lock:
            self._held_until = max(self._held_until, time.monotonic() + seconds)

    def _claim(self) -> float:
        with self._lock:
            now = time.monotonic()
            pause = max(self._starts[0] + self._seconds, self._held_until) - now
            if pause <= 0:
                self._starts.append(now)
            return pause


class CircuitBreaker:
    """Sends no further request after too many failures in a row, or within a stretch of time."""

    def __init__(self, errors: Errors, message: str, window_seconds: float | None = None) -> None:
        """Set which errors count, and the message after too many, which has ``{failures}`` for their number.

        Failures count until a request succeeds, or for ``window_seconds``.
        """
        self._errors, self._message, self._window_seconds = errors, message, window_seconds
        self._failed_at: deque[float] = deque()

    @contextmanager
    def request(self, allowed: int) -> Iterator[None]:
        """Count the failure or success of one request; ``CircuitOpen`` after more failures than allowed."""
        self._check(allowed)
        try:
            yield
        except self._errors as error:
            self._failed_at.append(time.monotonic())
            self._check(allowed, f"{error}. ")
            raise
        if self._window_seconds is None:
            self.reset()

    def reset(self) -> None:
        """Forget the failures before."""
        self._failed_at.clear()

    def _check(self, allowed: int, last_error: str = "") -> None:
        oldest = time.monotonic() - (self._window_seconds or math.inf)
        failures = sum(failed_at >= oldest for failed_at in self._failed_at.copy())
        if failures > allowed:
            raise CircuitOpen(last_error + self._message.format(failures=failures))

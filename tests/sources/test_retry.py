"""Repeats and shared limits, with a clock of the test's own."""

import pytest
from tenacity.wait import wait_fixed

from ees_analytics.sources import retry
from ees_analytics.sources.errors import SourceUnavailable
from ees_analytics.sources.retry import CircuitBreaker, CircuitOpen, RateLimiter, repeat, repeat_within


@pytest.fixture
def clock(monkeypatch):
    """A clock that only moves when somebody sleeps."""
    now = [100.0]
    monkeypatch.setattr(retry.time, "monotonic", lambda: now[0])
    monkeypatch.setattr(retry.time, "sleep", lambda seconds: now.__setitem__(0, now[0] + seconds))
    return now


class Failing:
    """Fails a number of times, then succeeds."""

    def __init__(self, failures: int) -> None:
        self.left, self.calls = failures, 0

    def __call__(self) -> str:
        self.calls += 1
        if self.calls <= self.left:
            raise ValueError(f"failure {self.calls}")
        return "result"


def recording(retrying, pauses=None):
    """The same retrying, which notes its pauses instead of sleeping."""
    return retrying.copy(sleep=([] if pauses is None else pauses).append)


def test_a_request_is_repeated_as_often_as_said_and_the_last_error_is_raised():
    pauses, call = [], Failing(9)
    with pytest.raises(ValueError, match="failure 4"):
        recording(repeat(ValueError, 3, 1.0), pauses)(call)
    assert call.calls == 4
    assert [1 <= pauses[0] <= 1.4, 2 <= pauses[1] <= 2.4, 4 <= pauses[2] <= 4.4] == [True] * 3
    assert recording(repeat(ValueError, 3, 1.0))(Failing(3)) == "result"


def test_other_errors_are_not_repeated():
    with pytest.raises(KeyError):
        recording(repeat(ValueError, 3, 1.0))({}.__getitem__, "x")


def test_pauses_add_up_to_the_time_that_may_be_waited():
    pauses = []
    with pytest.raises(ValueError, match="failure 4"):
        recording(repeat_within(ValueError, 700, wait_fixed(300)), pauses)(Failing(9))
    assert pauses == [300, 300, 100]


def test_where_nothing_may_be_waited_nothing_is_repeated():
    call = Failing(1)
    with pytest.raises(ValueError, match="failure 1"):
        recording(repeat_within(ValueError, 0, wait_fixed(300)))(call)
    assert call.calls == 1


def test_an_open_circuit_is_not_tried_again():
    pauses = []

    def refuse() -> None:
        raise CircuitOpen("too many failures")

    with pytest.raises(CircuitOpen):
        recording(repeat(SourceUnavailable, 3, 1.0), pauses)(refuse)
    assert pauses == []


def test_no_more_requests_start_within_a_minute_than_allowed(clock):
    limiter = RateLimiter(3, 60.0)
    for _ in range(7):
        limiter.wait()
    assert clock[0] == 100.0 + 2 * 60.0


def test_requests_held_back_start_after_the_hold(clock):
    limiter = RateLimiter(10, 60.0)
    limiter.hold(30)
    limiter.hold(5)
    limiter.wait()
    assert clock[0] == 130.0


def attempt(breaker, allowed, error=None):
    with breaker.request(allowed):
        if error:
            raise error


def test_failures_count_until_they_are_old(clock):
    breaker = CircuitBreaker(ValueError, "{failures} within an hour", window_seconds=3600)
    for _ in range(2):
        with pytest.raises(ValueError, match="down"):
            attempt(breaker, 2, ValueError("down"))
        clock[0] += 1800
        attempt(breaker, 2)
    with pytest.raises(CircuitOpen, match="^2 within an hour$"):
        attempt(breaker, 1)
    clock[0] += 1
    attempt(breaker, 1)
    with pytest.raises(CircuitOpen, match="^down. 2 within an hour$"):
        attempt(breaker, 1, ValueError("down"))


def test_failures_in_a_row_count_until_a_success():
    breaker = CircuitBreaker(ValueError, "{failures} in a row")
    for _ in range(3):
        with pytest.raises(ValueError, match="down"):
            attempt(breaker, 1, ValueError("down"))
        attempt(breaker, 1)
    with pytest.raises(KeyError):
        attempt(breaker, 0, KeyError("another error"))
    with pytest.raises(CircuitOpen, match="1 in a row"):
        attempt(breaker, 0, ValueError("down"))

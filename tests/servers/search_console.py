"""A local Search Console: searchanalytics.query on loopback, with faults on demand.

```python
with SearchConsoleServer({"2026-06-01": [("pupil absence", f"{SITE}find-statistics", 3, 40, 7.5)]}) as server:
    server.inject(QUOTA_EXCEEDED, request=3)   # the third request from now
    server.inject(UNAVAILABLE, times=None)     # every request, for ever
    SearchConsoleDataset(site=SITE, endpoint=server.url)
    assert len(server.requests) == 1
```
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from .json_http import Broken, Delay, JsonHandler, serve

SITE = "https://explore-education-statistics.service.gov.uk/"
DAY_CAP, MAX_PAGE_ROWS = 50_000, 25_000
Row = tuple[str, str, float, float, float]
"""query, page, clicks, impressions, position."""


@dataclass(frozen=True)
class Refusal:
    """The request is refused, in Google's words."""

    code: int
    reason: str
    message: str
    domain: str = "global"

    @property
    def body(self) -> bytes:
        """The error as the API writes it."""
        details = [{"message": self.message, "domain": self.domain, "reason": self.reason}]
        return json.dumps({"error": {"code": self.code, "message": self.message, "errors": details}}).encode()


QUOTA_EXCEEDED = Refusal(403, "quotaExceeded", "Quota exceeded for sc_qps", "usageLimits")
USAGE_LIMITS = Refusal(403, "usageLimits", "Search Analytics load quota exceeded.")
RATE_LIMIT = Refusal(403, "rateLimitExceeded", "Rate Limit Exceeded", "usageLimits")
DAILY_LIMIT = Refusal(403, "dailyLimitExceeded", "Daily Limit Exceeded", "usageLimits")
TOO_MANY = Refusal(
    429, "rateLimitExceeded", "Quota exceeded for quota metric 'Queries' and limit 'per minute'"
)
PERMISSION = Refusal(403, "forbidden", f"User does not have sufficient permission for site '{SITE}'.")
QUOTA_PROJECT = Refusal(403, "forbidden", "The searchconsole API requires a quota project, which is not set.")
NOT_SWITCHED_ON = Refusal(403, "accessNotConfigured", "The API has not been used in project 1", "usageLimits")
UNAUTHENTICATED = Refusal(401, "authError", "Request had invalid authentication credentials.")
INTERNAL = Refusal(500, "backendError", "Internal error encountered.")
UNAVAILABLE = Refusal(503, "backendError", "The service is currently unavailable.")
INVALID = Refusal(400, "invalidParameter", "'startDate' is not a date.")


RESET_BEFORE_HEADERS = Broken("before headers")
RESET_MID_BODY = Broken("mid-body")
TRUNCATED = Broken("truncated")
CUT_OFF = Broken("cut off")
NOT_JSON = Broken("not json")
EMPTY_BODY = Broken("empty body")
BAD_GZIP = Broken("bad gzip")


@dataclass(frozen=True)
class Alter:
    """The answer itself is wrong: a function of the right one."""

    change: Callable[[dict[str, Any]], Any]


@dataclass(frozen=True)
class AtRow:
    """The page of another row comes: ``AtRow(0)`` repeats the first page, ``shift=-1`` overlaps by a row."""

    row: int | None = None
    shift: int = 0


def with_rows(change: Callable[[list[Any]], list[Any]]) -> Alter:
    """The rows of the answer are others."""
    return Alter(lambda body: {**body, "rows": change(body.get("rows", []))})


SHORT_PAGE = with_rows(lambda rows: rows[:-1])
EMPTY_PAGE = with_rows(lambda rows: [])
TWICE = with_rows(lambda rows: [*rows[:-1], rows[0]])
OTHER_DAY = with_rows(lambda rows: [{**row, "keys": ["2020-01-01", *row["keys"][1:]]} for row in rows])
FEWER_KEYS = with_rows(lambda rows: [{**row, "keys": row["keys"][:-1]} for row in rows])
NO_NUMBER = with_rows(lambda rows: [{**row, "clicks": "3"} for row in rows])
ERROR_AS_ANSWER = Alter(lambda body: {"error": {"code": 503}})
A_LIST = Alter(lambda body: [])
REPEATED_PAGE, OVERLAPPING_PAGE = AtRow(0), AtRow(shift=-1)

Fault = Refusal | Delay | Broken | Alter | AtRow


@dataclass(frozen=True)
class Received:
    """A request as it arrived."""

    body: Mapping[str, Any]
    path: str
    headers: Mapping[str, str]

    @property
    def day(self) -> str:
        """The day asked for."""
        return str(self.body["startDate"])

    @property
    def is_totals(self) -> bool:
        """True where the date is the only dimension."""
        return list(self.body["dimensions"]) == ["date"]


@dataclass
class _Injection:
    fault: Fault
    skip: int
    times: int | None
    when: Callable[[Received], bool]

    def hits(self, request: Received) -> bool:
        if self.times == 0 or not self.when(request):
            return False
        if self.skip:
            self.skip -= 1
            return False
        if self.times is not None:
            self.times -= 1
        return True


class SearchConsoleServer:
    """Serves one site's days until it is closed.

    Attributes:
        days: ISO day to its rows; a day that is not there has none.
        withheld: Clicks and impressions that every day with rows has beyond those of its rows.
        requests: Every request that arrived, in order.
        most_in_flight: The largest number of requests that were served at the same time.
    """

    def __init__(self, days: Mapping[str, Sequence[Row]], withheld: tuple[float, float] = (0, 0)) -> None:
        self.days, self.withheld = dict(days), withheld
        self.requests: list[Received] = []
        self.most_in_flight = 0
        self._in_flight = 0
        self._injections: list[_Injection] = []
        self._lock = threading.Lock()
        self._http = serve(type("Handler", (_Handler,), {"server_of": self}))
        self.url = f"http://127.0.0.1:{self._http.server_address[1]}"

    def inject(
        self,
        fault: Fault,
        *,
        request: int = 1,
        times: int | None = 1,
        when: Callable[[Received], bool] = lambda request: True,
    ) -> None:
        """Let requests go wrong: from which on, how many (None for ever), which."""
        with self._lock:
            self._injections.append(_Injection(fault, request - 1, times, when))

    def heal(self) -> None:
        """Forget all faults."""
        with self._lock:
            self._injections.clear()

    @property
    def asked_days(self) -> list[str]:
        """The days that were asked for."""
        return sorted({request.day for request in self.requests})

    def __enter__(self) -> SearchConsoleServer:
        return self

    def __exit__(self, *error: object) -> None:
        self._http.shutdown()
        self._http.server_close()

    def faults_of(self, request: Received) -> list[Fault]:
        """Note a request and say what goes wrong with it."""
        with self._lock:
            self.requests.append(request)
            self._in_flight += 1
            self.most_in_flight = max(self.most_in_flight, self._in_flight)
            return [injection.fault for injection in self._injections if injection.hits(request)]

    def left(self) -> None:
        """A request was served."""
        with self._lock:
            self._in_flight -= 1

    def answer(self, asked: Mapping[str, Any], start: int) -> dict[str, Any]:
        """The right answer to a request, from a row on."""
        rows = sorted(self.days.get(asked["startDate"], ()), key=lambda row: -row[2])
        if list(asked["dimensions"]) == ["date"]:
            days = sorted(day for day in self.days if asked["startDate"] <= day <= asked["endDate"])
            found = [entry for day in days for entry in self._totals(day, self.days[day])]
        elif asked["dimensions"] == ["date", "query", "page"]:
            found = [_entry([asked["startDate"], *row[:2]], *row[2:]) for row in rows[:DAY_CAP]]
        else:
            raise AssertionError(f"these dimensions are not asked for: {asked['dimensions']}")
        page = found[start : start + asked.get("rowLimit", 1000)]
        return {**({"rows": page} if page else {}), "responseAggregationType": "byPage"}

    def _totals(self, day: str, rows: Sequence[Row]) -> list[dict[str, Any]]:
        clicks, impressions = sum(row[2] for row in rows), sum(row[3] for row in rows)
        return [_entry([day], clicks + self.withheld[0], impressions + self.withheld[1], 9.5)] if rows else []


def _entry(keys: list[str], clicks: float, impressions: float, position: float) -> dict[str, Any]:
    ctr = clicks / impressions if impressions else 0
    return {"keys": keys, "clicks": clicks, "impressions": impressions, "ctr": ctr, "position": position}


def rows_of(count: int) -> list[Row]:
    """So many different rows, with many ties in their clicks."""
    return [
        (f"query {number // 3}", f"{SITE}page-{number % 3}", number % 4, 5 + number % 7, 1 + number % 9 / 4)
        for number in range(count)
    ]


class _Handler(JsonHandler):
    server_of: SearchConsoleServer

    def do_POST(self) -> None:  # noqa: N802
        """Answer ``/webmasters/v3/sites/<site>/searchAnalytics/query``."""
        content = self.received_body()
        received = Received(json.loads(content), self.path, dict(self.headers))
        faults = self.server_of.faults_of(received)
        try:
            self.serve(received, faults)
        finally:
            self.server_of.left()

    def serve(self, received: Received, faults: Sequence[Fault]) -> None:
        """Answer, with what goes wrong."""
        parts = received.path.split("?")[0].split("/")
        assert parts[:4] + parts[5:] == ["", "webmasters", "v3", "sites", "searchAnalytics", "query"]
        refusal = next((fault for fault in faults if isinstance(fault, Refusal)), None)
        for fault in faults:
            if isinstance(fault, Delay):
                time.sleep(fault.seconds)
        if refusal is None and unquote(parts[4]) != SITE:
            refusal = PERMISSION
        if refusal is None and not 1 <= received.body.get("rowLimit", 1000) <= MAX_PAGE_ROWS:
            refusal = INVALID
        if refusal:
            self.send(refusal.code, refusal.body)
            return
        body = self.body_of(received, faults)
        broken = next((fault for fault in faults if isinstance(fault, Broken)), None)
        if broken:
            self.break_off(broken.how, body)
        else:
            self.send(200, body)

    def body_of(self, received: Received, faults: Sequence[Fault]) -> bytes:
        """The answer, altered by the faults."""
        start = received.body.get("startRow", 0)
        for fault in faults:
            if isinstance(fault, AtRow):
                start = max(0, start + fault.shift) if fault.row is None else fault.row
        answer: Any = self.server_of.answer(received.body, start)
        for fault in faults:
            if isinstance(fault, Alter):
                answer = fault.change(answer)
        return json.dumps(answer, ensure_ascii=False).encode()

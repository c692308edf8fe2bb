"""The faults that the local Google Analytics 4 can have, each as a value to hand to ``Ga4Server.inject``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from .ga4_report import Answer
from .json_http import Broken, Delay

QUOTAS = "To learn more, see https://developers.google.com/analytics/devguides/reporting/data/v1/quotas"


@dataclass(frozen=True)
class Status:
    """The request is refused: an HTTP code with its gRPC status, and Google's words."""

    code: int
    status: str
    message: str


HOURLY_QUOTA = Status(
    429,
    "RESOURCE_EXHAUSTED",
    f"Exhausted property tokens per hour. These quota tokens will return in under an hour. {QUOTAS}",
)
DAILY_QUOTA = Status(
    429,
    "RESOURCE_EXHAUSTED",
    f"Exhausted property tokens per day. These quota tokens will return in under 24 hours. {QUOTAS}",
)
CONCURRENT_QUOTA = Status(
    429,
    "RESOURCE_EXHAUSTED",
    f"Exhausted concurrent requests quota. Please wait for your requests to complete, then retry. {QUOTAS}",
)
INTERNAL = Status(500, "INTERNAL", "An internal error has occurred. Please try again later.")
UNAVAILABLE = Status(503, "UNAVAILABLE", "The service is currently unavailable.")
UNAUTHENTICATED = Status(401, "UNAUTHENTICATED", "Request had invalid authentication credentials.")
PERMISSION = Status(
    403,
    "PERMISSION_DENIED",
    "User does not have sufficient permissions for this property. To learn more about Property ID, see "
    "https://developers.google.com/analytics/devguides/reporting/data/v1/property-id.",
)


RESET_BEFORE_HEADERS = Broken("before headers")
RESET_MID_BODY = Broken("mid-body")
TRUNCATED_BODY = Broken("truncated")
NOT_JSON = Broken("not json")
BAD_GZIP = Broken("bad gzip")
EMPTY_BODY = Broken("empty body")


@dataclass(frozen=True)
class Alter:
    """The answer itself is wrong: a function of the right one."""

    change: Callable[[Answer], Answer]


def _rows(change: Callable[[list[tuple[str, ...]]], list[tuple[str, ...]]]) -> Alter:
    return Alter(lambda answer: replace(answer, rows=change(answer.rows)))


SHORT_PAGE = _rows(lambda rows: rows[:-1])
EMPTY_PAGE = _rows(lambda rows: [])
DUPLICATE_KEY = _rows(lambda rows: [rows[0], *rows[:1], *rows[2:]])
EMPTY_ANSWER = Alter(lambda answer: replace(answer, rows=[], row_count=0))
RENAMED_HEADER = Alter(lambda answer: replace(answer, metrics=["renamed", *answer.metrics[1:]]))
REORDERED_HEADERS = Alter(lambda answer: replace(answer, dimensions=answer.dimensions[::-1]))


def drifting_row_count(by: int = 1) -> Alter:
    """``rowCount`` states other than before."""
    return Alter(lambda answer: replace(answer, row_count=answer.row_count + by))


def other_in(dimension: str) -> Alter:
    """The first row's value of this dimension reads "(other)"."""

    def change(answer: Answer) -> Answer:
        place = answer.dimensions.index(dimension)
        first = list(answer.rows[0])
        first[place] = "(other)"
        return replace(answer, rows=[tuple(first), *answer.rows[1:]])

    return Alter(change)


def with_metadata(**metadata: Any) -> Alter:
    """The metadata says something else, in the REST API's spelling (``timeZone="…"``, ``emptyReason="…"``)."""
    return Alter(lambda answer: replace(answer, metadata={**answer.metadata, **metadata}))


SAMPLED = with_metadata(samplingMetadatas=[{"samplesReadCount": "5", "samplingSpaceSize": "10"}])
THRESHOLDED = with_metadata(subjectToThresholding=True)
FOLDED = with_metadata(dataLossFromOtherRow=True)
OTHER_TIME_ZONE = with_metadata(timeZone="America/New_York")


@dataclass(frozen=True)
class AtOffset:
    """The page of another offset comes: ``AtOffset(0)`` repeats the first page, ``shift=-1`` overlaps by a row."""

    offset: int | None = None
    shift: int = 0


REPEATED_PAGE = AtOffset(0)
OVERLAPPING_PAGE = AtOffset(shift=-1)

Fault = Status | Delay | Broken | Alter | AtOffset

"""What all requests of this process to one GA4 property share."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import ClassVar, TypeVar

from ees_analytics.sources.google_errors import Kind, RequestError
from ees_analytics.sources.retry import CircuitBreaker, CircuitOpen

CONCURRENT_REQUESTS = 10
"""Google's limit for a property."""

HOUR = 3600.0

Response = TypeVar("Response")


class PropertyLimits:
    """Requests at once, and server errors within the hour: at 10 of these Google blocks the property."""

    _known: ClassVar[dict[tuple[str, str], PropertyLimits]] = {}
    _making: ClassVar[threading.Lock] = threading.Lock()

    def __init__(self, property_id: str) -> None:
        """Limits of their own; ``of`` gives the shared ones."""
        self._property_id = property_id
        self._slots = threading.BoundedSemaphore(CONCURRENT_REQUESTS)
        self.server_errors = CircuitBreaker(window_seconds=HOUR)

    @classmethod
    def of(cls, host: str, property_id: str) -> PropertyLimits:
        """The limits of a property on a host."""
        with cls._making:
            return cls._known.setdefault((host, property_id), cls(property_id))

    def send(self, request: Callable[[], Response], server_errors_an_hour: int) -> Response:
        """Send a request once a slot is free.

        Raises:
            CircuitOpen: There were more server errors within the hour than allowed.
            RequestError: The request failed.
        """
        self._check(server_errors_an_hour)
        try:
            with self._slots:
                return request()
        except RequestError as error:
            if error.kind is Kind.SERVER_ERROR:
                self.server_errors.record_failure()
                self._check(server_errors_an_hour)
            raise

    def _check(self, server_errors_an_hour: int) -> None:
        if (failures := self.server_errors.failures) > server_errors_an_hour:
            raise CircuitOpen(
                f"Google Analytics sent {failures} server errors within an hour; at 10 it blocks property "
                f"{self._property_id}. No further request is sent within this hour; run again later."
            )

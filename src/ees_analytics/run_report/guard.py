"""The report must neither break a run nor hide how it ended."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from ees_analytics.runner import reason_of

logger = logging.getLogger("ees_analytics")


@contextmanager
def guard(part: str) -> Iterator[None]:
    """Log an exception as a warning."""
    try:
        yield
    except Exception as error:
        logger.warning(
            "The %s of the run report could not be written (%s). The run itself is not affected; "
            "check reports_root and lake_root.", part, reason_of(error).rstrip("."),
        )  # fmt: skip

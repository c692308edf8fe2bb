"""``DayResponse``: what a source of Google has about one day, put together from the pages of its response."""

import math
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from ees_analytics.contracts.checks import duplicate_failures
from ees_analytics.slices.slice import Flags
from ees_analytics.sources.errors import MalformedResponse, UnstableSnapshot


@dataclass(frozen=True)
class DayResponse:
    """All rows of one day, with the first page's request and what is recorded beside the rows.

    Attributes:
        rows: The dimensions, then the metrics, under the API's names.
        totals: Metric to its total of the day, from a separate request with the date as only dimension;
            0.0 where that response was empty, None where there was no such request.
        totals_may_exceed: Whether the source withholds rows, and publishes totals before the rows.
        control: Requests a range of days with the date as only dimension: its first and last day to the days that have
            rows; None where a recording lacks it.
    """

    rows: pa.Table
    request: Mapping[str, Any]
    metadata: Mapping[str, Any]
    totals: Mapping[str, float] | None = None
    flags: Flags = Flags()
    totals_may_exceed: bool = False
    control: Callable[[str, str], Collection[str]] | None = field(default=None, compare=False)

    @property
    def may_be_unpublished(self) -> bool:
        """Whether this could be a day that is not published yet: without rows, and as a rule without totals."""
        return self.rows.num_rows == 0 and (self.totals_may_exceed or not any((self.totals or {}).values()))

    def unreconciled(self) -> list[str]:
        """A sentence for each metric whose rows do not sum to the day's total; less is normal where rows are withheld or sampled.

        Raises:
            MalformedResponse: A value is not a finite number.
        """
        totals = dict(self.totals or {})
        if self.totals_may_exceed and self.rows.num_rows == 0 and any(totals.values()):
            return [f"no rows, though the day's totals are {totals}"]
        may_be_less = self.totals_may_exceed or self.flags.sampled or self.flags.thresholded
        found = []
        for metric, total in totals.items():
            values = sum_of(self.rows, metric)
            differs = abs(values - total) > 1e-6 * max(1.0, abs(total))
            if differs and not (may_be_less and values < total):
                found.append(f"{metric}: the rows sum to {values:,.0f}, the day's total is {total:,.0f}")
        return found


def sum_of(rows: pa.Table, metric: str) -> float:
    """The sum of a metric's values, numbers or their text; ``MalformedResponse`` if it is not a finite number."""
    try:
        total = float(pc.sum(pc.cast(rows[metric], pa.float64())).as_py() or 0.0)
    except pa.ArrowInvalid as error:
        raise MalformedResponse(f"{metric} is not a number ({error})") from error
    if not math.isfinite(total):
        raise MalformedResponse(f"{metric} is not a finite number: it sums to {total}")
    return total


def refuse_repeated(rows: pa.Table, key: Sequence[str], request: object) -> None:
    """Raise ``UnstableSnapshot``, with the rows, if a key occurs more than once."""
    if repeated := duplicate_failures(rows, key):
        raise UnstableSnapshot(
            f"{request}: {'; '.join(repeated)}: a page was repeated or moved. Fetch the day again.", rows
        )

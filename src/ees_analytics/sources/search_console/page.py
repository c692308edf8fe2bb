"""The rows of one searchanalytics.query response, read from its JSON."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from ees_analytics.sources.errors import MalformedResponse

DIMENSIONS = ("date", "query", "page")
METRICS = ("clicks", "impressions", "position")
COUNTS = ("clicks", "impressions")
"""The metrics whose parts sum to the day's totals, as far as rows are not withheld."""

_PARTS = {"rows", "responseAggregationType", "metadata"}
"""The keys that a response may have; one without rows leaves ``rows`` out."""


def rows_of_page(body: Any) -> pa.Table:
    """The rows of one response: date, query and page, then clicks, impressions and position.

    Raises:
        MalformedResponse: The body is not a response; nothing else counts as an empty page.
    """
    return _parse(body, DIMENSIONS, METRICS)


def totals_of(body: Any, day: str) -> dict[str, float]:
    """Clicks and impressions of the day, from a response whose only dimension is the date; 0.0 where it has no row.

    Raises:
        MalformedResponse: The body is not a response, or about something else than this day.
    """
    rows = _parse(body, ("date",), COUNTS)
    days = rows["date"].to_pylist()
    if days not in ([], [day]):
        raise MalformedResponse(
            f"Search Console: requested the totals of {day}, received those of {days[:3]}"
        )
    return {name: rows[name][0].as_py() if days else 0.0 for name in COUNTS}


def rows_to_arrow(
    rows: Iterable[Sequence[Any]], dimensions: Sequence[str] = DIMENSIONS, metrics: Sequence[str] = METRICS
) -> pa.Table:
    """Rows side by side: dimensions as text, metrics as numbers.

    Raises:
        ValueError: A row has not one value for each column; or, as ``TypeError``, one of another type.
    """
    schema = pa.schema(
        [*((name, pa.string()) for name in dimensions), *((name, pa.float64()) for name in metrics)]
    )
    columns = list(zip(*rows, strict=True)) or [()] * len(schema)
    arrays = [pa.array(values, kind.type) for values, kind in zip(columns, schema, strict=True)]
    return pa.table(arrays, schema=schema)


def _parse(body: Any, dimensions: Sequence[str], metrics: Sequence[str]) -> pa.Table:
    entries = body.get("rows", []) if isinstance(body, Mapping) and not body.keys() - _PARTS else None
    if not isinstance(entries, list):
        raise MalformedResponse(f"Search Console sent something else than a response: {str(body)[:200]!r}")
    try:
        rows = rows_to_arrow([_row(entry, metrics) for entry in entries], dimensions, metrics)
    except (KeyError, TypeError, ValueError) as error:
        raise MalformedResponse(
            f"Search Console sent rows whose parts do not fit ({type(error).__name__}: {error}): {str(entries)[:200]!r}"
        ) from error
    for name in metrics:
        bad = rows.filter(pc.invert(pc.is_finite(rows[name])))
        if bad.num_rows:
            raise MalformedResponse(
                f"Search Console: {name} is not a finite number in the row {bad.to_pylist()[0]}"
            )
    return rows


def _row(entry: Mapping[str, Any], metrics: Sequence[str]) -> Sequence[Any]:
    keys, values = entry["keys"], [entry[name] for name in metrics]
    if not isinstance(keys, list) or {*map(type, keys)} - {str} or {*map(type, values)} - {int, float}:
        raise TypeError("a key must be text, a metric a number")
    return [*keys, *values]

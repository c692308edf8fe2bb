"""Search Console: a day's response to rows of the raw table."""

import pyarrow as pa
import pyarrow.compute as pc

from ees_analytics.parameters.google import SearchConsole
from ees_analytics.parameters.ingest import DailyCalendar, IngestRange
from ees_analytics.pipelines.ingest.nodes.daily import DailySource, land_days
from ees_analytics.slices.slice import Fetch, IngestPlan
from ees_analytics.slices.state import TableState
from ees_analytics.sources.day_response import DayResponse
from ees_analytics.sources.errors import MalformedResponse
from ees_analytics.sources.search_console.response import METRICS


def land_searches(  # noqa: PLR0913
    plan: IngestPlan,
    source: DailySource,
    state: TableState,
    search_console: SearchConsole,
    calendar: DailyCalendar,
    ingest_range: IngestRange,
) -> dict[str, Fetch]:
    """Planned day to a callable that fetches its rows; see ``land_days``."""
    return land_days(search_rows, plan, source, state, search_console, calendar, ingest_range)


def search_rows(response: DayResponse, table: str, _settings: SearchConsole) -> pa.Table:
    """A response's rows under the names of the raw table; a page's address stays as Search Console gives it.

    Raises:
        MalformedResponse: A date does not parse.
    """
    received = response.rows
    try:
        dates = pc.strptime(received["date"], format="%Y-%m-%d", unit="s").cast(pa.date32())
    except pa.ArrowInvalid as error:
        raise MalformedResponse(f"{table}: a date does not parse ({error})", received) from error
    metrics = {name: received[name] for name in METRICS}
    return pa.table({"date": dates, "pagePath": received["page"], "query": received["query"], **metrics})

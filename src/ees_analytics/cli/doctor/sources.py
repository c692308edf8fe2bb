"""Checks of Google credentials, and of each source with the smallest request that proves that it responds."""

import datetime as dt
import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from google.auth._cloud_sdk import get_application_default_credentials_path
from kedro.io import DataCatalog

from ees_analytics.cli.doctor.finding import Finding, Level, attempt, bad, note
from ees_analytics.console.safe_text import KEY_VARIABLE
from ees_analytics.slices.errors import SourceError
from ees_analytics.sources.google_auth import GOOGLE, account_of, credentials_for, endpoint_of
from ees_analytics.sources.log_files.folder import LogFolder
from ees_analytics.sources.website.publication_pages import listing_address
from ees_analytics.sources.website.reading import Website

SCOPES = (
    "https://www.googleapis.com/auth/analytics.readonly",
    "https://www.googleapis.com/auth/webmasters.readonly",
)
_GOOGLE_SOURCES = ("source.ees_ga4_", "source.ees_search_console")
_SMALLEST_REPORT = "source.ees_ga4_service_summary"


def sources(
    catalog: DataCatalog, names: Sequence[str], run_date: dt.date, key_file: str | None
) -> Iterator[Finding]:
    """Whether there are credentials, and whether each source of the catalogue responds about an earlier, complete day."""
    account = credentials(needs_google(catalog, names), key_file)
    yield account
    if account.level is Level.BAD:
        names = [name for name in names if not name.startswith(_GOOGLE_SOURCES)]
        yield bad("Google Analytics, Search Console", "not checked: there are no credentials")
    for name in names:
        yield source(catalog, name, run_date)


def credentials(needed: bool, key_file: str | None) -> Finding:
    """Whether there are credentials for Google; not tried where nothing needs them."""
    subject = "Google credentials"
    if needed:
        endpoint = endpoint_of(None, "grpc")
        return attempt(subject, lambda: account_of(credentials_for(endpoint, SCOPES, key_file)))
    login = Path(get_application_default_credentials_path())
    found = key_file or os.environ.get(KEY_VARIABLE) or login.is_file()
    text = "found" if found else "none (see Access in the README)"
    return note(subject, f"{text}; this environment needs none.")


def needs_google(catalog: DataCatalog, names: Sequence[str]) -> bool:
    """Whether one of these sources is Google itself, not a recording or a local server."""
    for name in names:
        with suppress(Exception):  # reported when the source is checked
            endpoint = str(catalog[name]._describe().get("endpoint", ""))
            if endpoint.split(":")[0].endswith(GOOGLE):
                return True
    return False


def source(catalog: DataCatalog, name: str, run_date: dt.date) -> Finding:
    """Whether one source responds; arguments as in :func:`sources`."""
    return attempt(name, _response_of, catalog, name, run_date - dt.timedelta(days=4))


def _response_of(catalog: DataCatalog, name: str, day: dt.date) -> str:
    data = catalog.load(name)
    if isinstance(data, LogFolder):
        return _describe_logs(data)
    if isinstance(data, Website):
        address = listing_address(1)
        return f"{len(data[address]()):,} characters of {address}"
    if recorded := sorted(data):
        return f"{len(recorded)} recorded days, the newest {recorded[-1]}"
    if "_ga4_" in name and name != _SMALLEST_REPORT:
        return f"configured; access to the property is checked with {_SMALLEST_REPORT}"
    data[day.isoformat()]()
    return f"responds for {day}"


def _describe_logs(folder: LogFolder) -> str:
    if folder.files or folder.not_used:
        return f"{len(folder)} files"
    locations = "; ".join(folder.locations)
    raise SourceError(
        f"no files in {locations}. Put them there, or set the folder with `--params api_logs_root=<folder>`."
    )

"""Checks of Google credentials, and of each source with the smallest request that proves that it responds."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from google.auth._cloud_sdk import get_application_default_credentials_path
from kedro.io import DataCatalog

from ees_analytics.cli.doctor.finding import Finding, Level, bad, good, note
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
    catalog: DataCatalog, names: Sequence[str], run_date: dt.date, key_file: str | None, engine_runs: bool
) -> Iterator[Finding]:
    """Whether there are credentials and each source responds.

    Args:
        catalog: The environment's catalogue.
        names: The sources' catalogue names.
        run_date: The day of the run; day sources are asked for an earlier, complete day.
        key_file: Path of a Google key.
        engine_runs: False where tables cannot be read.
    """
    account = credentials(needs_google(catalog, names), key_file)
    yield account
    if account.level is Level.BAD:
        names = [name for name in names if not name.startswith(_GOOGLE_SOURCES)]
        yield bad("Google Analytics, Search Console", "not checked: there are no credentials")
    for name in names:
        yield source(catalog, name, run_date, engine_runs)


def credentials(needed: bool, key_file: str | None) -> Finding:
    """Whether there are credentials for Google; not tried where nothing needs them."""
    subject = "Google credentials"
    if not needed:
        login = get_application_default_credentials_path()
        environment = os.environ.get("GOOGLE_APPLICATION_CREDENTIALS")
        found = key_file or environment or Path(login).is_file()
        text = "found" if found else "none (see Access in the README)"
        return note(subject, f"{text}; this environment needs none.")
    try:
        return good(subject, account_of(credentials_for(endpoint_of(None, "grpc"), SCOPES, key_file)))
    except SourceError as error:
        return bad(subject, str(error))


def needs_google(catalog: DataCatalog, names: Sequence[str]) -> bool:
    """Whether one of these sources is Google itself, not a recording or a local server."""
    for name in names:
        try:
            endpoint = str(catalog[name]._describe().get("endpoint", ""))
        except Exception:  # noqa: S112 (reported when the source is checked)
            continue
        if endpoint.split(":")[0].endswith(GOOGLE):
            return True
    return False


def source(catalog: DataCatalog, name: str, run_date: dt.date, engine_runs: bool = True) -> Finding:
    """Whether one source responds; arguments as in :func:`sources`."""
    day = (run_date - dt.timedelta(days=4)).isoformat()
    try:
        return good(name, _response_of(name, catalog, day, engine_runs))
    except Exception as error:  # whatever a source raises
        return bad(name, _reason(error))


def _response_of(name: str, catalog: DataCatalog, day: str, engine_runs: bool) -> str:
    data: Mapping[str, Any] | Website = catalog.load(name)
    if isinstance(data, LogFolder):
        return _describe_logs(data, catalog, engine_runs)
    if isinstance(data, Website):
        address = listing_address(1)
        return f"{len(data[address]()):,} characters of {address}"
    if recorded := sorted(data):
        return f"{len(recorded)} recorded days, the newest {recorded[-1]}"
    if "_ga4_" in name and name != _SMALLEST_REPORT:
        return f"configured; access to the property is checked with {_SMALLEST_REPORT}"
    data[day]()
    return f"responds for {day}"


def _describe_logs(folder: LogFolder, catalog: DataCatalog, engine_runs: bool) -> str:
    if folder.files:
        return f"{len(folder)} files"
    locations = "; ".join(folder.locations)
    if engine_runs and catalog.load(f"state.{folder.table}").slices:
        return f"no files in {locations}, but the table has earlier ones"
    raise SourceError(
        f"no files in {locations}. Put them there, or set the folder with `--params api_logs_root=<folder>`."
    )


def _reason(error: BaseException) -> str:
    if not isinstance(error, SourceError) and error.__cause__ is not None:
        return _reason(error.__cause__)
    return str(error) or type(error).__name__

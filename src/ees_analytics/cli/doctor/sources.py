"""Credentials, and whether each source answers: with the smallest question that proves it."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from google.auth._cloud_sdk import get_application_default_credentials_path
from kedro.io import DataCatalog

from ees_analytics.cli.doctor.finding import Finding, Level
from ees_analytics.slices.errors import SourceError
from ees_analytics.sources.google_auth import GOOGLE, account_of, credentials_for, endpoint_of
from ees_analytics.sources.log_files.folder import LogFolder
from ees_analytics.sources.website.dataset import Pages
from ees_analytics.sources.website.publication_pages import listing_address

SCOPES = (
    "https://www.googleapis.com/auth/analytics.readonly",
    "https://www.googleapis.com/auth/webmasters.readonly",
)
_SMALLEST_REPORT = "source.ees_ga4_service_summary"


def credentials(asks_google: bool, key_file: str | None) -> Finding:
    """Whether there are credentials for Google; only looked for, not asked, where nothing needs them."""
    subject = "Google credentials"
    if not asks_google:
        found = key_file or os.environ.get("GOOGLE_APPLICATION_CREDENTIALS") or _login_of_gcloud()
        told = "found" if found else "none (the README's section Access says how to get some)"
        return Finding(Level.NOTE, subject, f"{told}; this environment needs none.")
    try:
        account = account_of(credentials_for(endpoint_of(None, "grpc"), SCOPES, key_file))
    except SourceError as error:
        return Finding(Level.BAD, subject, str(error))
    return Finding(Level.GOOD, subject, account)


def asks_google(catalog: DataCatalog, names: Sequence[str]) -> bool:
    """Whether one of these sources is Google itself, not a recording or a server of this machine."""
    for name in names:
        try:
            place = str(catalog[name]._describe().get("endpoint", ""))
        except Exception:  # noqa: S112 (a source that cannot be set up is told about when it is asked)
            continue
        if place.split(":")[0].endswith(GOOGLE):
            return True
    return False


def sources(
    catalog: DataCatalog, names: Sequence[str], run_date: dt.date, engine_runs: bool = True
) -> Iterator[Finding]:
    """Whether each source answers.

    Args:
        catalog: The environment's catalogue.
        names: The sources' catalogue names.
        run_date: The day of the run; a day source is asked for one that is surely complete.
        engine_runs: False where tables cannot be looked at.
    """
    day = (run_date - dt.timedelta(days=4)).isoformat()
    for name in names:
        try:
            yield Finding(Level.GOOD, name, _answer_of(name, catalog, day, engine_runs))
        except Exception as error:  # whatever it is, the source does not answer
            yield Finding(Level.BAD, name, _reason(error))


def _answer_of(name: str, catalog: DataCatalog, day: str, engine_runs: bool) -> str:
    source: Mapping[str, Any] | Pages = catalog.load(name)
    if isinstance(source, LogFolder):
        return _told_of_logs(source, catalog, engine_runs)
    if isinstance(source, Pages):
        return f"{len(source[listing_address(1)]()):,} characters of {listing_address(1)}"
    recorded = sorted(source)
    if recorded:
        return f"{len(recorded)} recorded days, the newest {recorded[-1]}"
    if "_ga4_" in name and name != _SMALLEST_REPORT:
        return f"set up; the property is asked through {_SMALLEST_REPORT}"
    source[day]()
    return f"answers for {day}"


def _told_of_logs(folder: LogFolder, catalog: DataCatalog, engine_runs: bool) -> str:
    if folder.files:
        return f"{len(folder)} files"
    looked = "; ".join(folder.locations)
    if engine_runs and catalog.load(f"state.{folder.table}").slices:
        return f"no files in {looked}, but the table holds earlier ones"
    raise SourceError(
        f"no files in {looked}. Put them there, or say where they are with `--params api_logs_root=<folder>`."
    )


def _reason(error: BaseException) -> str:
    if not isinstance(error, SourceError) and error.__cause__ is not None:
        return _reason(error.__cause__)
    return str(error) or type(error).__name__


def _login_of_gcloud() -> str | None:
    path = get_application_default_credentials_path()
    return path if Path(path).is_file() else None

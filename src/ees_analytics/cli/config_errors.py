"""Checks of a command and of ``conf/``; each error names what was given, what is accepted and a near name."""

import datetime as dt
import os
import re
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from difflib import get_close_matches
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from click import ClickException
from kedro.config import BadConfigException, MissingConfigException
from kedro.io import DatasetError
from kedro.validation import ModelInstantiationError, ParameterValidationError

from ees_analytics.cli.conf_files import yml_files
from ees_analytics.cli.options import NO_INTERPOLATION
from ees_analytics.cli.selection import check_names
from ees_analytics.console.safe_text import A_KEY_ITSELF, KEY_VARIABLE, looks_like_a_key
from ees_analytics.console.text import did_you_mean
from ees_analytics.contracts import UnknownTable, all_contracts, dashboard_tables, raw_tables
from ees_analytics.parameters.google import Ga4Report
from ees_analytics.parameters.ingest import KnownDays, as_date
from ees_analytics.runner import reason_of

_CONFIG_ERRORS = (
    BadConfigException,
    DatasetError,
    MissingConfigException,
    ParameterValidationError,
    UnknownTable,
)
_RUNTIME_PARAMETER = re.compile(r"runtime_params:\s*(\w+)")
_GLOBAL = re.compile(r"globals:\s*(\w+)")
_PARAMETER = re.compile(r"- Parameter '(\w+)([^']*)': ")
_KEY = re.compile(r"^(\w+):", re.MULTILINE)
_READ_BY_CODE = ("google_key_file", "spark_driver_memory")
"""Keys of globals that the code reads."""


@contextmanager
def friendly_errors(advice: str) -> Iterator[None]:
    """End a command with a message and this advice instead of a traceback where its settings are wrong.

    Raises:
        ClickException: Something in ``conf/`` or on the command line is wrong.
    """
    try:
        yield
    except _CONFIG_ERRORS as error:
        raise ClickException(f"{reason_of(error)}\n{advice}") from None


def check_runtime_parameters(given: Mapping[str, Any], conf: Path) -> None:
    """Refuse runtime parameters that nothing reads, tables that do not exist, and ``${``, which conf would resolve.

    Args:
        given: Runtime parameters, as of ``kedro run --params``.
        conf: The folder of conf, or its archive.

    Raises:
        BadConfigException: Names the parameter or table, and near names.
    """
    if interpolated := sorted(name for name, value in given.items() if "${" in str(value)):
        raise BadConfigException(f"{', '.join(interpolated)}: {NO_INTERPOLATION}")
    if given and (
        known := _known_parameters(conf)
    ):  # none where conf is neither a folder nor an archive of this machine
        check_names("parameter", given, known)
    if table := given.get("table"):
        _check_daily_table(f"table={table}", str(table))
    if accepted := given.get("accept_loss"):
        check_names("table of the dashboard", str(accepted).split("+"), dashboard_tables())
    if extended := given.get("add_columns"):
        check_names("raw table", str(extended).split("+"), raw_tables())


def check_reports(reports: Mapping[str, Any]) -> None:
    """Refuse a report of Google Analytics 4 that does not fill the columns of its table.

    Args:
        reports: Table to report (``ga4_reports``).

    Raises:
        BadConfigException: Names the columns and both files.
    """
    for table in sorted(reports.keys() & {*raw_tables()}):
        try:
            filled = {*Ga4Report.model_validate(reports[table]).columns}
        except ModelInstantiationError as error:
            raise BadConfigException(f"globals_ga4.yml: ga4_reports.{table}: {error}") from None
        declared = {*all_contracts()[f"raw.{table}"].column_names}
        for names, fault in (
            (filled - declared, f"fills columns that contracts/raw/{table}.yml lacks"),
            (declared - filled, f"does not fill columns that contracts/raw/{table}.yml has"),
        ):
            if names:
                raise BadConfigException(
                    f"globals_ga4.yml: the report {table} {fault}: {', '.join(sorted(names))}. Both need a column: see "
                    "docs/how-to/add-a-metric.md."
                )


def check_known_days(known_days: Mapping[str, Any]) -> None:
    """Refuse declared and accepted days that are not written as they must be, or name no daily table.

    Raises:
        BadConfigException: Names the entry.
    """
    try:
        known = KnownDays.model_validate(known_days)
    except ModelInstantiationError as error:
        raise BadConfigException(f"parameters.yml: known_days: {error}") from None
    for name in ("accept_days", "known_empty", "known_gaps"):
        for table in known.tables(name):
            _check_daily_table(f"{name}, {table}", table, frozen=name == "known_empty")


def _check_daily_table(given: str, table: str, *, frozen: bool = False) -> None:
    """Refuse a name that is not of a table that is fetched day by day or, with ``frozen``, of a frozen table with days."""
    daily = {
        name.removeprefix("raw.")
        for name, contract in all_contracts().items()
        if (frozen and contract.frozen and "date" in contract.column_names)
        or (contract.slice_column == "date" and not contract.frozen)
    }
    if table not in daily:
        near = did_you_mean(table, daily) or f"Those are: {', '.join(sorted(daily))}."
        raise BadConfigException(f"{given}: no table of that name is fetched day by day. {near}")


def check_run_date(run_date: str | dt.date) -> None:
    """Refuse a day that has not happened: what sources and tables lack of it would count as empty for ever.

    Raises:
        BadConfigException: It is after today in Europe/London, or not a date.
    """
    try:
        day = as_date(run_date)
    except (TypeError, ValueError):
        raise BadConfigException(f"run_date={run_date} is not a day. Write a day as 2026-06-30.") from None
    today = dt.datetime.now(ZoneInfo("Europe/London")).date()
    if day > today:
        raise BadConfigException(
            f"run_date={day} is in the future: today is {today}. Give today or an earlier day."
        )


def check_key_paths(key_file: Any) -> None:
    """Refuse a Google key where the path of its file is wanted; it is not shown.

    Args:
        key_file: The setting ``google_key_file``.

    Raises:
        BadConfigException: It is a key, or the environment variable is.
    """
    for name, path in {"google_key_file": key_file, KEY_VARIABLE: os.environ.get(KEY_VARIABLE)}.items():
        if looks_like_a_key(path):
            raise BadConfigException(f"{name} {A_KEY_ITSELF}")


def check_sections(sections: Collection[str], read: Collection[str], conf: Path) -> None:
    """Refuse sections of ``parameters*.yml`` that no step reads, and the lack of one that a step reads.

    Args:
        sections: The names at the outermost level of ``parameters*.yml``.
        read: The names that the pipelines' steps read.
        conf: The folder of conf, or its archive.

    Raises:
        BadConfigException: Names them, their file and line, and near names.
    """
    _check_keys("parameters", sections, read, read, conf)


def check_globals(keys: Collection[str], conf: Path, env: str | None) -> None:
    """Refuse keys of ``globals*.yml`` that nothing reads, and the lack of one that something reads.

    Args:
        keys: The keys of globals in this environment.
        conf: The folder of conf, or its archive.
        env: The environment.

    Raises:
        BadConfigException: Names them, their file and line, and near names.
    """
    read, needed = {*_READ_BY_CODE}, {*_READ_BY_CODE}
    for file, text in yml_files(conf):
        names = _GLOBAL.findall(text)
        read.update(names)
        needed.update(names if file.parent.name in ("base", env) else ())
    if read > {*_READ_BY_CODE}:  # else conf is neither a folder nor an archive of this machine
        _check_keys("globals", keys, read, needed, conf)


def _check_keys(
    files: str, keys: Collection[str], read: Collection[str], needed: Collection[str], conf: Path
) -> None:
    """Refuse keys of ``<files>*.yml`` that are not read, and the lack of one that is needed."""
    unread, missing = sorted(set(keys) - set(read)), sorted(set(needed) - set(keys))
    places = _places_of_keys(conf, files) if unread else {}
    meant = {key: get_close_matches(key, missing, n=1) for key in unread}
    lines = [
        f"{places.get(key, files)}: nothing reads the key `{key}`. {did_you_mean(key, meant[key] or read)}"
        for key in unread
    ]
    lines += [
        f"The key `{key}` is missing from {files}*.yml; it is read in a run."
        for key in missing
        if [key] not in meant.values()
    ]
    if lines:
        raise BadConfigException("\n".join(line.rstrip() for line in lines))


def with_places(message: str, conf: Path) -> str:
    """Kedro's message about wrong parameters (``- Parameter 'logs': …``), each with its file and line."""
    places = _places_of_keys(conf, "parameters")
    return _PARAMETER.sub(
        lambda found: f"- {places.get(found[1], 'parameters*.yml')}: `{found[1]}{found[2]}`: ", message
    )


def _known_parameters(conf: Path) -> set[str]:
    """Runtime parameters and keys of ``parameters*.yml``."""
    runtime = {name for _, text in yml_files(conf) for name in _RUNTIME_PARAMETER.findall(text)}
    return runtime | _places_of_keys(conf, "parameters").keys()


def _places_of_keys(conf: Path, files: str) -> dict[str, str]:
    """The keys of ``<files>*.yml``, each with the first file that has it and the line."""
    return {
        key[1]: f"{file}, line {text.count(chr(10), 0, key.start()) + 1}"
        for file, text in sorted(yml_files(conf), reverse=True)
        if file.name.startswith(files)
        for key in _KEY.finditer(text)
    }

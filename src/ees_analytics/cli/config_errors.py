"""Checks of a command and of ``conf/``; each error names what was given, what is accepted and a near name."""

import datetime as dt
import os
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from difflib import get_close_matches
from pathlib import Path, PurePath
from typing import Any
from zoneinfo import ZoneInfo

from click import ClickException
from kedro.config import BadConfigException, MissingConfigException
from kedro.framework.project import pipelines
from kedro.io import DatasetError
from kedro.pipeline import Pipeline
from kedro.validation import ModelInstantiationError, ParameterValidationError

from ees_analytics.cli.conf_files import yml_files
from ees_analytics.cli.options import NO_INTERPOLATION
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
_SECTION = re.compile(r"^(\w+):", re.MULTILINE)


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


def check_pipelines(names: Collection[str], **selection: Any) -> None:
    """Refuse pipelines that are not registered, and a selection of what they do not contain.

    Args:
        names: The pipelines to run together.
        selection: Arguments of :meth:`kedro.pipeline.Pipeline.filter`.

    Raises:
        BadConfigException: Names the pipeline, step, namespace, tag or dataset.
    """
    _check_names("pipeline", names, pipelines)
    try:
        Pipeline([pipelines[name] for name in names]).filter(**selection)
    except ValueError as error:
        raise BadConfigException(str(error)) from error


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
    if known := _files_of_names(conf):  # none where conf is neither a folder nor an archive of this machine
        _check_names("parameter", given, known)
    if table := given.get("table"):
        _check_daily_table(f"table={table}", str(table))
    if accepted := given.get("accept_loss"):
        _check_names("table of the dashboard", str(accepted).split("+"), dashboard_tables())
    if extended := given.get("add_columns"):
        _check_names("raw table", str(extended).split("+"), raw_tables())


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
            raise BadConfigException(f"ga4_reports.{table}: {error}") from None
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
        raise BadConfigException(f"known_days: {error}") from None
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
    except ValueError:
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
        BadConfigException: Names them, their file and near names.
    """
    files = _files_of_names(conf)
    unread, missing = sorted(set(sections) - set(read)), sorted(set(read) - set(sections))
    meant = {name: get_close_matches(name, missing, n=1) for name in unread}
    lines = [
        f"{files.get(name, 'parameters')}: no step reads the section `{name}`. {did_you_mean(name, meant[name] or read)}"
        for name in unread
    ]
    lines += [
        f"The section `{name}` is missing from parameters*.yml; steps read it."
        for name in missing
        if [name] not in meant.values()
    ]
    if lines:
        raise BadConfigException("\n".join(line.rstrip() for line in lines))


def _check_names(kind: str, names: Iterable[str], known: Collection[str]) -> None:
    for name in names:
        if name not in known:
            raise BadConfigException(f"There is no {kind} `{name}`. {did_you_mean(name, known)}".rstrip())


def _files_of_names(conf: Path) -> dict[str, PurePath]:
    """Runtime parameters and sections of ``parameters*.yml``, each with the first file that has it."""
    files: dict[str, PurePath] = {}
    for file, text in sorted(yml_files(conf), reverse=True):
        names = _RUNTIME_PARAMETER.findall(text)
        if file.name.startswith("parameters"):
            names += _SECTION.findall(text)
        files |= dict.fromkeys(names, file)
    return files

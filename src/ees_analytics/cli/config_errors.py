"""What is wrong with a command or a setting, in words: what was given, what is accepted, nothing of the framework."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from click import ClickException
from kedro.config import BadConfigException, MissingConfigException
from kedro.framework.project import pipelines
from kedro.io import DatasetError
from kedro.validation.exceptions import ParameterValidationError

from ees_analytics.console.text import did_you_mean
from ees_analytics.contracts import UnknownTable, all_contracts
from ees_analytics.lake.engine import Engine
from ees_analytics.runner import reason_of

_WRONG_SETTINGS = (
    ParameterValidationError,
    DatasetError,
    BadConfigException,
    MissingConfigException,
    UnknownTable,
)
_WRONG_NAME = re.compile("find the pipeline|ipeline does not contain")
"""What Kedro says of pipelines, nodes, namespaces and datasets that are not there."""
_NO_PIPELINE = re.compile("find the pipeline named '(.+?)'")
_NO_FOLDER = re.compile(r"does not exist or is not a valid directory: (.+)[/\\](.+)$")

_NAMED_IN_CONF = re.compile(r"runtime_params:\s*(\w+)")
_TOP_LEVEL = re.compile(r"^(\w+):", re.MULTILINE)
_PARAMETER = re.compile(r"- Parameter '(?P<name>[\w.]+)': .*validation errors? for ")
_MESSAGE = re.compile(
    r"\s+(?P<text>.*?)(?: \[type=(?P<type>\w+), input_value=(?P<given>.*), input_type=\w+\])?$"
)


@contextmanager
def friendly_errors(advice: str) -> Iterator[None]:
    """A command's work: what is wrong with its settings ends it with words, not with a traceback.

    Args:
        advice: What to do, after what is wrong.

    Raises:
        ClickException: Something in ``conf/`` or on the command line is wrong.
    """
    try:
        yield
    except (*_WRONG_SETTINGS, ValueError) as error:
        if isinstance(error, _WRONG_SETTINGS) or _WRONG_NAME.search(str(error)):
            raise ClickException(f"{describe_error(error)}\n{advice}") from None
        raise


def describe_error(error: Exception) -> str:
    """A message for whoever typed the command or edited the conf."""
    if isinstance(error, ParameterValidationError):
        return "\n".join(_parameters_in_words(str(error)))
    if isinstance(error, MissingConfigException) and (found := _NO_FOLDER.search(str(error))):
        conf, env = Path(found[1]), found[2]
        envs = sorted(folder.name for folder in conf.iterdir() if folder.is_dir()) if conf.is_dir() else []
        return f"There is no environment `{env}`: {', '.join(envs)}.{_near(env, envs)}"
    if found := _NO_PIPELINE.search(str(error)):
        return f"There is no pipeline `{found[1]}`.{_near(found[1], pipelines)}"
    return reason_of(error)


def refuse_unknown(given: Mapping[str, Any], conf: Path) -> None:
    """Refuse runtime parameters that nothing reads, and engines and tables that are not there: typos, mostly.

    Args:
        given: Runtime parameters, as of ``kedro run --params``.
        conf: The folder of conf; anything else (an archive) is not looked into.

    Raises:
        BadConfigException: Names the parameter or table, and what comes near it.
        DatasetError: There is no such engine.
    """
    if not conf.is_dir():
        return
    known = {name for file in conf.glob("*/*.yml") for name in _names(file)}
    for name in given:
        if name not in known:
            raise BadConfigException(f"There is no parameter `{name}`.{_near(name, known)}")
    if engine := given.get("engine"):
        Engine(engine)
    table = given.get("table")
    daily = {
        name.removeprefix("raw.")
        for name, contract in all_contracts().items()
        if contract.slice_column == "date" and not contract.frozen
    }
    if table and table not in daily:
        near = _near(str(table), daily) or f" Those are: {', '.join(sorted(daily))}."
        raise BadConfigException(f"table={table}: no table of that name is read day by day.{near}")


def refuse_misspelt_sections(sections: Collection[str], read: Collection[str], conf: Path) -> None:
    """Refuse parameters that no step reads, and the lack of one that some step reads: typos, mostly.

    Args:
        sections: The names at the outermost level of ``parameters*.yml``.
        read: The names that the pipelines' steps read.
        conf: The folder of conf, to say in which file a section stands.

    Raises:
        BadConfigException: Names them, their file, and what comes near.
    """
    lines = []
    missing = sorted(set(read) - set(sections))
    for name in sorted(set(sections) - set(read)):
        near = get_close_matches(name, missing, n=1)
        hint = f" Did you mean {near[0]}?" if near else _near(name, read)
        missing = [other for other in missing if other not in near]
        lines.append(f"{_file_with(name, conf)}: no step reads the section `{name}`.{hint}")
    lines += [f"The section `{name}` is in no file parameters*.yml; steps read it." for name in missing]
    if lines:
        raise BadConfigException("\n".join(lines))


def _file_with(section: str, conf: Path) -> str:
    files = sorted(conf.glob("*/parameters*.yml"))
    found = (file for file in files if section in _TOP_LEVEL.findall(file.read_text(encoding="utf-8")))
    file = next(found, None)
    return str(file.relative_to(conf.parent)) if file else "parameters"


def _names(file: Path) -> Iterator[str]:
    text = file.read_text(encoding="utf-8")
    yield from _NAMED_IN_CONF.findall(text)
    if file.name.startswith("parameters"):
        yield from _TOP_LEVEL.findall(text)


def _near(name: str, known: Collection[str]) -> str:
    near = did_you_mean(name, known)
    return f" {near}" if near else ""


def _parameters_in_words(text: str) -> Iterator[str]:
    parameter = field = ""
    for line in text.splitlines():
        if found := _PARAMETER.match(line):
            parameter, field = found["name"], ""
        elif line.startswith("- "):
            yield line.removeprefix("- ")
        elif line and not line.startswith(" "):
            field = "" if line.startswith("Parameter validation failed") else f".{line}"
        elif "For further information" not in line and (told := _MESSAGE.match(line)):
            yield f"{parameter}{field}: {_said(told)}"


def _said(told: re.Match[str]) -> str:
    kind = told["type"] or ""
    if kind == "extra_forbidden":
        return "there is no such setting."
    if kind == "value_error":
        return f"{told['text'].removeprefix('Value error, ')}."
    day = " Write a day as 2026-06-30." if kind.startswith("date_") else ""
    return f"{told['text']}; given is {told['given']}.{day}" if told["given"] else told["text"]

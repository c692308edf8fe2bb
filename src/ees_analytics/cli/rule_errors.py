"""Checks of the rules in conf before a run: each error names the rule by its label, with its file and line."""

import logging
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, cast

import yaml
from kedro.config import BadConfigException
from pydantic import BaseModel, TypeAdapter, ValidationError

from ees_analytics.cli.conf_files import yml_files
from ees_analytics.parameters.corrections import without_marks
from ees_analytics.parameters.ignored_events import IgnoredEvents
from ees_analytics.parameters.model import describe_fault
from ees_analytics.parameters.rules import RULE_LISTS, RuleList

_MODELS: Mapping[str, type[BaseModel]] = {**RULE_LISTS, "ignored_events": IgnoredEvents}
_HIGH_SHARE = 0.5

_Path = Sequence[str | int]
"""Keys and numbers that lead from the parameters to a rule."""

logger = logging.getLogger(__name__)


def check_rules(parameters: Mapping[str, Any], conf: Path) -> None:
    """Refuse rules that are not written as they must be, or that their example does not reach.

    Warns where ``unclassified.max_share`` lets almost everything pass.

    Args:
        parameters: The parameters of conf.
        conf: The folder of conf, or its archive.

    Raises:
        BadConfigException: Names each rule by its label, with file and line.
    """
    found = [
        fault
        for section, model in _MODELS.items()
        if section in parameters
        for fault in _faults(section, model, parameters, conf)
    ]
    if found:
        raise BadConfigException("\n".join(found))
    share = parameters.get("unclassified", {}).get("max_share")
    if isinstance(share, int | float) and _HIGH_SHARE < share <= 1:
        logger.warning(
            "unclassified.max_share: %s accepts tables of which %.0f%% is unclassified. It is a share: 0.01 is 1%%.",
            share,
            100 * share,
        )


def _faults(section: str, model: type[BaseModel], parameters: Mapping[str, Any], conf: Path) -> Iterator[str]:
    try:
        checked: Any = TypeAdapter(model).validate_python(parameters[section])
    except ValidationError as error:
        for fault in error.errors(include_url=False):
            depth = max((n + 1 for n, step in enumerate(fault["loc"]) if isinstance(step, int)), default=0)
            path = (section, *fault["loc"][:depth])
            setting = {**fault, "loc": fault["loc"][depth:]}
            yield f"{_Place(parameters, path, conf)}: {describe_fault(setting, model)}"  # type: ignore[arg-type]
        return
    for rules in getattr(checked, "rule_lists", ()):
        yield from _unreachable(rules, parameters, conf)


def _unreachable(rules: RuleList, parameters: Mapping[str, Any], conf: Path) -> Iterator[str]:
    for number, other in rules.unreachable():
        place, above = (_Place(parameters, (*rules.name.split("."), n), conf) for n in (number, other))
        example = rules.rules[number].example
        if number == other:
            fault = f"its example {example!r} does not pass its own test. Correct the example or the test."
        elif example is None or rules.rules[other].matches_all_of(rules.rules[number]):
            fault = f"it matches nothing, because {above.rule}{above.in_line} takes all of its values first. Move it above that rule, or remove it."
        else:
            fault = f"its example {example!r} is taken first by {above.rule}{above.in_line}. Move it above that rule, or give another example."
        yield f"{place}: {fault}"


class _Place:
    """Where in conf a row of the parameters is."""

    def __init__(self, parameters: Mapping[str, Any], path: _Path, conf: Path) -> None:
        self._path = path
        self._row = cast(Any, parameters)
        for step in path:
            self._row = self._row[step] if isinstance(step, int) or step in self._row else None
        lines = {file: _line(text, parameters, path) for file, text in sorted(yml_files(conf))}
        self._file = next((file for file, line in lines.items() if line), None)
        self._found = lines[self._file] if self._file else None

    @property
    def rule(self) -> str:
        """What the row is called: a rule's label, or its test."""
        row = self._row if isinstance(self._row, Mapping) else {}
        names = [row[name] for name in ("label", "contains", "starts_with", "equals", "value") if name in row]
        keys = ".".join(step for step in self._path if isinstance(step, str))
        if not isinstance(self._path[-1], int):
            return keys
        return (f"the rule `{names[0]}`" if names else f"row {self._path[-1] + 1}") + f" of {keys}"

    @property
    def in_line(self) -> str:
        """``(line 48)``; nothing where no file has the row."""
        return f" (line {self._found})" if self._found else ""

    def __str__(self) -> str:
        return f"{self._file}, line {self._found}: {self.rule}" if self._file else self.rule


def _line(text: str, parameters: Mapping[str, Any], path: _Path) -> int | None:
    """The line of the row in a file of conf, counted from 1; None where the file does not have it.

    A row of a list is found by its content: corrections that are off take rows away.
    """
    node, value = yaml.compose(text, Loader=yaml.SafeLoader), cast(Any, parameters)
    for step in path:
        if isinstance(node, yaml.MappingNode) and isinstance(step, str):
            node = next((child for key, child in node.value if key.value == step), None)
        elif isinstance(node, yaml.SequenceNode) and isinstance(step, int):
            same = [child for child in node.value if _content(child) == value[step]]
            node = next(iter(same[list(value)[:step].count(value[step]) :]), None)
        else:
            return None
        value = value[step] if isinstance(step, int) or step in value else {}
    return node.start_mark.line + 1 if node else None


def _content(node: yaml.Node) -> Any:
    return without_marks(yaml.safe_load(yaml.serialize(node)))

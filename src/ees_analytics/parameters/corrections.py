"""Corrections of published numbers, which can be switched off by name (key ``corrections``)."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

_ON, _OFF = "correction", "replaced_by"


def corrected(parameters: Mapping[str, Any], switch: str) -> dict[str, Any]:
    """The parameters under the corrections that are on, without the marks.

    A row of a list, or the value of a key, can be marked with the name of a correction: ``correction`` where it counts
    only while that is on, ``replaced_by`` where it counts only while that is off. A text is marked as
    ``{value: <text>, correction: <name>}``.

    Args:
        parameters: Parameters as in ``conf/``.
        switch: ``all``, ``none``, or names joined by ``+``.

    Raises:
        ValueError: Nothing is marked with a name that the switch has.
    """
    known = set(_names(parameters))
    on = {"all": known, "none": set[str]()}.get(switch, set(switch.split("+")))
    if unknown := sorted(on - known):
        names = ", ".join(["all", "none", *sorted(known)])
        raise ValueError(
            f"corrections={switch}: there is no correction `{unknown[0]}`. "
            f"Known are {names}; several names are joined by +."
        )
    return {name: _switched(value, on) for name, value in parameters.items()}


def _names(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        yield from (value[mark] for mark in (_ON, _OFF) if mark in value)
        value = list(value.values())
    if isinstance(value, list):
        for part in value:
            yield from _names(part)


def _switched(value: Any, on: Collection[str]) -> Any:
    if isinstance(value, list):
        return [_switched(row, on) for row in value if _counts(row, on)]
    if not isinstance(value, Mapping):
        return value
    rest = {name: _switched(part, on) for name, part in value.items() if _counts(part, on)}
    marks = [rest.pop(mark, None) for mark in (_ON, _OFF)]
    return rest["value"] if any(marks) and rest.keys() == {"value"} else rest


def _counts(value: Any, on: Collection[str]) -> bool:
    if not isinstance(value, Mapping):
        return True
    return value.get(_ON) in (None, *on) and value.get(_OFF) not in on

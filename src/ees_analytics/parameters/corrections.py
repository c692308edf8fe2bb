"""Corrections of published numbers, which can be switched off by name (key ``corrections``)."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

_ON, _OFF = "correction", "replaced_by"


def corrected(parameters: Mapping[str, Any], switch: str) -> dict[str, Any]:
    """The parameters as in ``conf/``, under the corrections that are on, without the marks.

    A row of a list, or the value of a key, can be marked with the name of a correction: ``correction`` where it counts
    only while that is on, ``replaced_by`` where it counts only while that is off. A text is marked as
    ``{value: <text>, correction: <name>}``. The switch is ``all``, ``none``, or names joined by ``+``.

    Raises:
        ValueError: Nothing is marked with a name that the switch has, or a mark is not a text.
    """
    marks = list(_names(parameters))
    if wrong := [mark for mark in marks if not isinstance(mark, str)]:
        raise ValueError(f"{_ON} and {_OFF} name a correction; {wrong[0]!r} is not a name.")
    known = set(marks)
    on = {"all": known, "none": set[str]()}.get(switch, set(switch.split("+")))
    if unknown := sorted(on - known):
        names = ", ".join(["all", "none", *sorted(known)])
        raise ValueError(
            f"corrections={switch}: there is no correction `{unknown[0]}`. "
            f"Known are {names}; several names are joined by +."
        )
    return {name: _switched(value, on) for name, value in parameters.items()}


def _names(value: Any) -> Iterator[Any]:
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
    return without_marks({name: _switched(part, on) for name, part in value.items() if _counts(part, on)})


def without_marks(value: Any) -> Any:
    """A row of conf without the mark of its correction: a marked text becomes the text."""
    if not isinstance(value, Mapping):
        return value
    rest = {name: part for name, part in value.items() if name not in (_ON, _OFF)}
    is_text = rest.keys() == {"value"} and any(value.get(mark) for mark in (_ON, _OFF))
    return rest["value"] if is_text else rest


def _counts(value: Any, on: Collection[str]) -> bool:
    if not isinstance(value, Mapping):
        return True
    return value.get(_ON) in (None, *on) and value.get(_OFF) not in on

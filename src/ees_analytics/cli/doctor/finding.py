"""A line of the doctor's report."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from itertools import groupby
from typing import Any

from ees_analytics.console.safe_text import printable, without_secrets
from ees_analytics.console.text import few
from ees_analytics.runner import reason_of

_LONGEST = 400
_SUBJECTS = 3


class Level(StrEnum):
    """How serious a finding is."""

    GOOD = "✓"
    NOTE = "·"
    """Worth knowing; the environment can run."""
    BAD = "✗"
    """The environment cannot run until it is fixed."""


@dataclass(frozen=True)
class Finding:
    """What was checked, and what was found (with what to do about it)."""

    level: Level
    subject: str
    text: str

    def __str__(self) -> str:
        """One printable line, without secrets."""
        line = printable(" ".join(without_secrets(self.text).split()), _LONGEST)
        return f"{self.level} {self.subject}: {line}"


good, note, bad = (partial(Finding, level) for level in Level)


def attempt(subject: str, check: Callable[..., str | Finding], *arguments: Any) -> Finding:
    """What a check found (a text is good news), or that it failed and why: it may raise anything."""
    try:
        found = check(*arguments)
    except Exception as error:
        return bad(subject, reason_of(error))
    return found if isinstance(found, Finding) else good(subject, found)


def merged(findings: Iterable[Finding]) -> Iterator[Finding]:
    """The findings, adjacent ones of the same text as one, with the first of their subjects."""
    for (level, text), group in groupby(findings, lambda found: (found.level, found.text)):
        yield Finding(level, few([found.subject for found in group], _SUBJECTS), text)

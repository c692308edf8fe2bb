"""A line of the doctor's report."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import Any

from ees_analytics.runner import reason_of

_LONGEST = 400
_SECRETS = re.compile(
    r"-----BEGIN[\s\S]*?(-----END[^-]*-----|\Z)"  # a key
    r"|ya29\.[\w.-]+|1//[\w-]{20,}|eyJ[\w-]{10,}\.[\w.-]+"  # Google's access and refresh tokens, a JWT
    r"|(?i:(?<=bearer )\S+)"
    r"|(?i:(?:token|secret|password|private_key|api_key)\W{1,4}[^\s,;'\"}]+)"
    r"|(?<=://)[^/\s:@]+:[^/\s@]+(?=@)"  # a password in an address
)


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
        """One line, without anything that looks like a key, token or password."""
        line = " ".join(_SECRETS.sub("[hidden]", self.text).split())
        shown = line if len(line) <= _LONGEST else f"{line[:_LONGEST]}…"
        return f"{self.level} {self.subject}: {shown}"


good, note, bad = (partial(Finding, level) for level in Level)


def attempt(subject: str, check: Callable[..., str | Finding], *arguments: Any, advice: str = "") -> Finding:
    """What a check found (a text is good news), or that it failed and why: it may raise anything."""
    try:
        found = check(*arguments)
    except Exception as error:
        return bad(subject, f"{reason_of(error)}{advice}")
    return found if isinstance(found, Finding) else good(subject, found)

"""A line of the doctor's report."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import partial

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
    """One line of the report.

    Attributes:
        level: How serious it is.
        subject: What was checked.
        text: What was found, and what to do if anything.
    """

    level: Level
    subject: str
    text: str

    def __str__(self) -> str:
        return f"{self.level} {self.subject}: {without_secrets(self.text)}"


good, note, bad = (partial(Finding, level) for level in Level)


def without_secrets(text: str) -> str:
    """A message as one line, without anything that looks like a key, token or password."""
    line = " ".join(_SECRETS.sub("[hidden]", text).split())
    return line if len(line) <= _LONGEST else f"{line[:_LONGEST]}…"

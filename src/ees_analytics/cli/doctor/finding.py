"""What the doctor says: one line a finding, and what to do."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

_LONGEST = 400
_SECRETS = re.compile(
    r"-----BEGIN[\s\S]*?(-----END[^-]*-----|\Z)"  # a key
    r"|ya29\.[\w.-]+|1//[\w-]{20,}|eyJ[\w-]{10,}\.[\w.-]+"  # Google's access and refresh tokens, a JWT
    r"|(?i:(?<=bearer )\S+)"
    r"|(?i:(?:token|secret|password|private_key|api_key)\W{1,4}[^\s,;'\"}]+)"
    r"|(?<=://)[^/\s:@]+:[^/\s@]+(?=@)"  # a password in an address
)


class Level(StrEnum):
    """How grave a finding is."""

    GOOD = "✓"
    NOTE = "·"
    """Worth knowing; the environment runs all the same."""
    BAD = "✗"
    """The environment cannot run until it is mended."""


@dataclass(frozen=True)
class Finding:
    """One line of the doctor's report.

    Attributes:
        level: How grave it is.
        subject: What was looked at.
        text: What was found, and what to do where something is to be done.
    """

    level: Level
    subject: str
    text: str

    def __str__(self) -> str:
        return f"{self.level} {self.subject}: {without_secrets(self.text)}"


def without_secrets(text: str) -> str:
    """One line of a message, without what looks like a key, token or password."""
    line = " ".join(_SECRETS.sub("[hidden]", text).split())
    return line if len(line) <= _LONGEST else f"{line[:_LONGEST]}…"

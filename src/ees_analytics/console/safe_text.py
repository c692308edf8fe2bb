"""Texts from outside, made safe to print and to store: secrets are hidden, control and invisible characters escaped."""

import re
from collections.abc import Iterable
from dataclasses import fields, is_dataclass, replace
from typing import Any, cast

HIDDEN = "[hidden]"

MAX_TEXT = 20_000
"""The most characters of a message that are stored."""

MAX_ON_TERMINAL = 300
"""The most characters of a reason that are printed; the run report has all of it."""

_MOST_READ = 10 * MAX_TEXT

_SECRET = re.compile(
    r"""-----BEGIN[\s\S]*?(?:-----END[A-Z ]*(?:-----|\Z)|\Z)           # a key, whole or without its end
    |(?<![\w+/])(?:[\w+/]{1,63}(?:\\+n|\s){1,4})?(?:(?![0-9a-f]{64}\b)[\w+/]{64}(?:\\+n|\s){1,4})+[\w+/=]*  # lines from its middle
    |(?<![\w+/=])[\w+/=]+(?:\\+n|\s){0,4}-----END[A-Z ]+-----               # its end
    |ya29\.[\w.~+/-]+|1//[\w-]{20,}|GOCSPX-[\w-]{10,}|AIza[\w-]{20,}    # Google's
    |dapi[0-9a-f]{16,}(?:-\d+)?                                         # Databricks'
    |(?<![A-Za-z0-9])(?:eyJ|ewog)[\w+/=-]{15,}(?:\.[\w-]*)*             # JWTs, JSON as base64
    |(?<=://)[^\s/?#]+(?=@)                                             # a password in an address
    """,
    re.VERBOSE | re.ASCII,
)
"""What is known by its form."""

_NAMED_SECRET = re.compile(
    r"""(?:authorization["']?\s*[:=]\s*["']?
    |\bbearer\s+(?!(?:token|auth|cred|scheme|realm|error)\w*\b)(?=[\w.~+/=-]{6})
    |[?&;](?:sig|signature|\w*token|\w*key|code|secret|password|x-(?:amz|goog)-[\w-]+)=
    |(?:password|passwd|secret|token|private_key|api_?key|account_?key)["']?\s*=\s*
    |(?:password|passwd|client_secret|private_key(?:_id)?|api_?key|(?:access|refresh|id)_token)\\*["']?\s*:\s*
    |["'](?:token|secret)\\*["']\s*:\s*)
    (?:(?:basic|bearer|digest|negotiate)\s+)?
    (?P<secret>\\*"(?:[^"\\]|\\.)*"?|\\*'(?:[^'\\]|\\.)*'?|[^\s"'`&,;\#}]+)
    """,
    re.VERBOSE | re.ASCII | re.IGNORECASE | re.DOTALL,
)
"""What names a secret, and the secret."""

_SECRET_NAME = re.compile(r"\w*(?:password|secret|token|private_key|api_?key|authorization)", re.IGNORECASE)

_INVISIBLE = frozenset(
    "\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0"
    + "".join(map(chr, (*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0))))
)
"""Characters without a shape that Python counts as printable."""

KEY_VARIABLE = "GOOGLE_APPLICATION_CREDENTIALS"

A_KEY_ITSELF = "holds a key itself, not the path of a file. Save the key in a file that only you can read, and give its path."

_LEAST_SECRET = 8
_known: set[str] = set()
"""Secrets of this process."""


def hide(secrets: Iterable[str]) -> None:
    """Replace these from now on wherever they are printed or stored, line by line; short lines are ignored."""
    lines = (line.strip() for text in secrets for line in text.replace("\\n", "\n").splitlines())
    _known.update(line for line in lines if len(line) >= _LEAST_SECRET and not line.startswith("-----"))


def without_secrets(text: str) -> str:
    """The text with ``[hidden]`` in place of keys, tokens, passwords, and the known secrets of this process."""
    found = [match.span() for match in _SECRET.finditer(text)]
    found += [match.span("secret") for match in _NAMED_SECRET.finditer(text)]
    found += [match.span() for known in tuple(_known) for match in re.finditer(re.escape(known), text)]
    pieces, end = [], 0
    for first, last in sorted(found):
        if first >= end:
            pieces += [text[end:first], HIDDEN]
        end = max(end, last)
    return "".join([*pieces, text[end:]])


def escaped(text: str) -> str:
    r"""The text with each character that is invisible or moves the cursor as an escape, such as ``\x1b``; lines stay."""
    return "".join(
        character if _is_visible(character) else character.encode("unicode_escape").decode("ascii")
        for character in text
    )


def printable(text: str, most: int = MAX_TEXT) -> str:
    r"""The text without secrets, with what is invisible or moves the cursor as an escape, such as ``\x1b``.

    Lines stay, and all but the first are indented: none can pass for a message of its own. Repeating it changes nothing.
    A text longer than ``most`` loses its middle: its beginning has what happened, its end what to do. A command in
    backticks is shown whole or not at all.
    """
    shown = without_secrets(text[: max(most, _MOST_READ)]).replace("\r\n", "\n")
    indented = re.sub(r"\n(?=[^ ])", "\n    ", escaped(shown))
    return indented if len(indented) <= most else _without_middle(indented, most)


def _without_middle(text: str, most: int) -> str:
    tail = most // 3
    start, end = text[: most - tail - 1], text[-tail:]
    if text.count("`") % 2 == 0:  # else not all are pairs around a command
        start = start.rpartition("`")[0] if start.count("`") % 2 else start
        end = end.partition("`")[2] if end.count("`") % 2 else end
    return f"{start.rstrip()}…{end}"


def printable_line(text: str, most: int = MAX_ON_TERMINAL) -> str:
    r"""The same as one line, its line breaks as ``\n``."""
    return printable(text.replace("\n", "\\n"), most)


def printable_values(value: Any) -> Any:
    """The value with every text in it printable: of a dataclass's fields, and of mappings and lists."""
    if type(value) is str:
        return printable(value)
    if is_dataclass(value) and not isinstance(value, type):
        changed = {field.name: printable_values(getattr(value, field.name)) for field in fields(value)}
        return replace(cast(Any, value), **changed)
    if isinstance(value, dict):
        return {printable_values(name): _printable_member(name, item) for name, item in value.items()}
    return type(value)(map(printable_values, value)) if type(value) in (list, tuple) else value


def _printable_member(name: Any, value: Any) -> Any:
    if isinstance(name, str) and type(value) is str and _SECRET_NAME.fullmatch(name):
        return HIDDEN
    return printable_values(value)


def looks_like_a_key(path: Any) -> bool:
    """True where the setting that names a key's file holds something else: the key, or a part of it."""
    if not isinstance(path, str):
        return path is not None
    return path.lstrip().startswith(("{", "[", '"')) or "\n" in path or without_secrets(path) != path


def _is_visible(character: str) -> bool:
    return character == "\n" or (character.isprintable() and character not in _INVISIBLE)

"""Errors of a disk that is full or that may not be written to, whichever library reports them."""

import errno
import re
from collections.abc import Iterator
from pathlib import Path

_FAULTS = (
    ({errno.ENOSPC, errno.EDQUOT}, "No space left on device", "is full", "Free some space there"),
    ({errno.EROFS}, "Read-only file system", "is read-only", "Make it writable"),
    (
        {errno.EACCES, errno.EPERM},
        "AccessDenied",
        "may not be written to by this user",
        "Change its permissions",
    ),
)
"""Numbers of the system, a text that Java uses, what it means and what to do."""

_NUMBER = re.compile(r"\b(?:os error|[Ee]rrno) (\d+)\b")
_ROOT = re.compile(r"\b(?:lake_root|path|filepath)='([^']+)'")
_SAVING = "Failed while saving"


def describe_disk_error(error: BaseException) -> str | None:
    """The fault, the folder and what to do, in the same words for every table of the folder; None for other errors."""
    causes = list(_causes(error))
    text = "\n".join(map(str, causes))
    numbers = {cause.errno for cause in causes if isinstance(cause, OSError)}
    numbers |= set(map(int, _NUMBER.findall(text)))
    for known, words, fault, remedy in _FAULTS:
        if _SAVING in text and (numbers & known or words in text):
            root = _ROOT.search(text)
            folder = _folder(root[1], text) if root else "the output"
            return f"The disk of {folder} {fault}. {remedy}, or choose another folder, and run again."
    return None


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _folder(path: str, text: str) -> Path:
    """The folder that conf names: a table has one of its own in it."""
    folder = Path(path)
    return folder.parent if folder.suffix or f"table='{folder.name}'" in text else folder

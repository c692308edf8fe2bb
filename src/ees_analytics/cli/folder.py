"""Folders that a command writes as a whole."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from click import ClickException


@contextmanager
def new_folder(target: Path, marker: str, option: str) -> Iterator[Path]:
    """An empty folder beside the target, which takes its place once it is filled.

    Args:
        target: A new folder, an empty one, or one with the marker, which is replaced.
        marker: A file that every folder of this kind has.
        option: The option that names the folder, for the message.

    Raises:
        ClickException: The target holds something else.
    """
    if target.exists() and any(target.iterdir()) and not (target / marker).exists():
        raise ClickException(f"{target} holds other files. Choose another folder with {option}.")
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=f".{target.name}.") as temporary:
        new = Path(temporary) / "new"
        new.mkdir()
        yield new
        if target.exists():
            target.rename(Path(temporary) / "earlier")
        new.rename(target)

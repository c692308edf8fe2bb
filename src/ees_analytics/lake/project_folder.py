"""Relative folders are in the project."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from kedro.utils import find_kedro_project


def in_project(folder: str) -> Path:
    """The path of a folder; a relative one is in the project, wherever in it a command or notebook runs.

    Kedro does the same with every ``filepath`` and ``path`` of the catalogue, but not with other arguments.
    """
    return _project_of(Path.cwd()) / folder


@cache
def _project_of(here: Path) -> Path:
    return find_kedro_project(here) or here

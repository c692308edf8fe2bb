"""Doing what a how-to says, in a copy of the project.

A fenced block is preceded by a comment that says what to do with it: ``append to``, ``write``, ``in … after …`` and
``in … before …`` (the first line with that text, of the part behind ``/`` where there is one). ``bash`` blocks are
run line by line; after ``fails`` a line must fail.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.conftest import PROJECT

_BLOCK = re.compile(r"(?:<!-- (?P<what>[^\n]*?) -->\n)?```(?P<language>\w+)\n(?P<text>.*?)```", re.DOTALL)


@dataclass(frozen=True)
class Block:
    """A fenced block with the instruction before it."""

    what: str
    language: str
    text: str


def blocks(page: Path) -> Iterator[Block]:
    """The fenced blocks of a page, in order."""
    for match in _BLOCK.finditer(page.read_text(encoding="utf-8")):
        yield Block(match["what"] or "", match["language"], match["text"])


def copy_of_the_project(folder: Path) -> Path:
    """What a fresh clone has, as far as the how-tos need it."""
    for name in ("src", "conf", "data/sample"):
        ignored = shutil.ignore_patterns("__pycache__", "*.egg-info", "local")
        shutil.copytree(PROJECT / name, folder / name, ignore=ignored)
    shutil.copy(PROJECT / "pyproject.toml", folder)
    shutil.copy(PROJECT / ".telemetry", folder)
    (folder / "docs").mkdir()
    (folder / "tests").symlink_to(PROJECT / "tests")
    return folder


def follow(page: Path, project: Path, params: str = "") -> list[str]:
    """Do everything that the page says; returns what the commands printed.

    Args:
        page: The how-to.
        project: The copy.
        params: More runtime parameters, added to those of a command that has some.
    """
    printed = []
    for block in blocks(page):
        if block.language == "bash":
            for line in block.text.splitlines():
                command = re.sub(r"(--params \S+)", rf"\1,{params}", line) if params else line
                printed.append(run(command, project, fails=block.what == "fails"))
        else:
            edit(block, project)
    return printed


def run(command: str, project: Path, fails: bool = False) -> str:
    """Run one command with the copy's own package."""
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("SPARK", "KEDRO", "PYTEST"))
    }
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-c", command], cwd=project, env={**kept, "PATH": path, "PYTHONPATH": str(project / "src")},
        capture_output=True, text=True, timeout=170,
    )  # fmt: skip
    assert (done.returncode != 0) == fails, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout + done.stderr


def edit(block: Block, project: Path) -> None:
    """Apply one block to a file."""
    assert block.what, f"no instruction for:\n{block.text}"
    if found := re.fullmatch(r"(append to|write) (\S+)", block.what):
        path = project / found[2]
        with path.open("a" if found[1] == "append to" else "x", encoding="utf-8") as file:
            file.write(block.text)
        return
    found = re.fullmatch(r"in (\S+) (after|before) (.+)", block.what)
    assert found, block.what
    path = project / found[1]
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    place = 0
    for part in found[3].split(" / "):
        place = next(number for number, line in enumerate(lines) if number >= place and part in line)
    lines.insert(place + (found[2] == "after"), block.text)
    path.write_text("".join(lines), encoding="utf-8")

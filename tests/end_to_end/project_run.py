"""Runs the project as a user does: in this process, or in one of its own."""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from deltalake import DeltaTable

from ees_analytics.cli import cli
from tests.conftest import PROJECT, project

OFFLINE = """
import socket, sys

here = (None, "127.0.0.1", "::1", "localhost")
connect, look_up = socket.socket.connect, socket.getaddrinfo

def refuse(what, host):
    sys.stderr.write(f"{what} {host}\\n")
    raise OSError("no network in this test")

def connect_here(self, address):
    if isinstance(address, tuple) and address[0] not in here:
        refuse("CONNECTS TO", address[0])
    return connect(self, address)

def look_up_here(host, *more, **named):
    return look_up(host, *more, **named) if host in here else refuse("LOOKS UP", host)

socket.socket.connect, socket.getaddrinfo = connect_here, look_up_here
"""
"""Reports and refuses every connection to another machine."""

_KEDRO = f"""{OFFLINE}
import signal
from kedro.framework.cli import main

signal.signal(signal.SIGINT, signal.default_int_handler)
sys.argv[0] = "kedro"
main()
"""
"""Kedro's command. A job that a shell starts in the background ignores Ctrl+C, and so would its children."""


def start(*arguments: str, root: Path, **params: str) -> subprocess.Popen[str]:
    """Start ``kedro run`` on a lake of its own, in a process that reaches only this machine."""
    return subprocess.Popen(
        [sys.executable, "-c", _KEDRO, *_run(arguments, root, params)],
        cwd=PROJECT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def output_of(process: subprocess.Popen[str]) -> str:
    """What a process printed; fails where the exit code is not 0."""
    output, _ = process.communicate(timeout=600)
    assert process.returncode == 0, output
    return output


def invoke(*arguments: str, root: Path, **params: str) -> Result:
    """``kedro run`` in this process: it has loaded the libraries, which is a third of a short run."""
    with contextlib.chdir(PROJECT):
        return CliRunner().invoke(cli, _run(arguments, root, params), obj=project())


def run(*arguments: str, root: Path, **params: str) -> str:
    """Run in this process, and return what it printed; fails where the exit code is not 0."""
    done = invoke(*arguments, root=root, **params)
    assert done.exit_code == 0, done.output
    return done.output


def _run(arguments: tuple[str, ...], root: Path, params: dict[str, str]) -> list[str]:
    places = {f"{place}_root": f"{root}/{place}" for place in ("lake", "landing", "reports")} | params
    listed = ",".join(f"{name}={value}" for name, value in places.items())
    return ["run", *arguments, "--params", listed]


def copy_of_first_run(root: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Copy a lake after the first run of the sample, which all workers share, and return what that run printed."""
    base = tmp_path_factory.getbasetemp()
    shared = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "first_run"
    output = shared / "output.txt"
    with shared.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not output.exists():
            printed = output_of(start(root=shared))
            output.write_text(printed)
    shutil.copytree(shared, root, dirs_exist_ok=True)
    return output.read_text()


def tables(root: Path) -> Iterator[tuple[str, DeltaTable]]:
    """Every table of the lake, as ``<schema>/<table>``."""
    for log in sorted(root.glob("lake/*/*/_delta_log")):
        yield log.parent.relative_to(root / "lake").as_posix(), DeltaTable(log.parent)


def versions(root: Path) -> dict[str, int]:
    """The version of every table."""
    return {name: table.version() for name, table in tables(root)}


def rows(root: Path, name: str) -> list[dict]:
    """The rows of one table."""
    return DeltaTable(root / "lake" / name).to_pyarrow_table().to_pylist()

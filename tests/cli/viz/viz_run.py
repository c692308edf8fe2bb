"""`kedro viz run` as a process of its own."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator

from tests.conftest import PROJECT


@contextlib.contextmanager
def viz_run(*options: str, **environment: str) -> Iterator[str]:
    """`kedro viz run` until the block ends, as the address that it prints."""
    command = [sys.executable, "-m", "kedro", "viz", "run", "--no-browser", "--port", "0", *options]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
    with subprocess.Popen(command, cwd=PROJECT, env={**os.environ, **environment}, **pipes) as process:
        try:
            line = process.stdout.readline()
            assert line.startswith("Open http://127.0.0.1:"), line + process.stdout.read()
            yield line.split()[1]
            process.send_signal(signal.SIGINT)
            assert (process.wait(timeout=30), process.stdout.read()) == (0, "")
        finally:
            process.kill()

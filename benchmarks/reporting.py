"""The dashboard's tables at production size: `kedro run` against a hand-written DuckDB script. See benchmarks/README.md.

python -m benchmarks.reporting_lake --lake /tmp/lake
python -m benchmarks.reporting --lake /tmp/lake
"""

from __future__ import annotations

import argparse
import ctypes
import os
import resource
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import duckdb
from deltalake import DeltaTable

from benchmarks.reporting_lake import RUN_DATE
from ees_analytics.lake.storage.delta_rs import arrow_dataset

PROJECT = Path(__file__).parents[1]


_PR_SET_CHILD_SUBREAPER = 36
"""Of Linux's prctl: processes that lose their parent become children of this one."""


@dataclass(frozen=True)
class Cost:
    """What a process and its children took: seconds, seconds of processor, and memory at their peak."""

    wall: float
    processor: float
    gigabytes: float

    def __str__(self) -> str:
        return f"{self.wall:6.1f} s   {self.processor:6.1f} s of processor   {self.gigabytes:.2f} GB"


def main() -> None:
    options = _options()
    app, duck = options.lake / "analytics_app", options.lake / "duckdb"
    pairs = [_back_to_back(options.lake, app, duck, options.engine) for _ in range(options.runs)]
    if pairs:
        print(_together(pairs), flush=True)
        ours = measured([sys.executable, *_kedro_command(options.lake, options.engine, "operational_tables")])
        print(f"operational tables {ours}")
        measured([sys.executable, *_duckdb_command(options.lake, duck), "--operational"])
    differing = {file.stem: differences(app, file) for file in sorted(duck.glob("*.parquet"))}
    for table, (rows, only_one) in differing.items():
        print(f"{table:36} {rows:>9,} rows   {'equal' if not only_one else f'{only_one:,} DIFFER'}")
    sys.exit(any(only_one for _, only_one in differing.values()))


def _back_to_back(lake: Path, app: Path, duck: Path, engine: str) -> tuple[Cost, Cost]:
    """Make the dashboard's tables by the script, then by the project; print and return what each took."""
    by_hand = measured([sys.executable, *_duckdb_command(lake, duck)])
    print(f"DuckDB             {by_hand}", flush=True)
    if app.exists():
        shutil.rmtree(app)  # else the rows are those that are there, and nothing is written
    ours = measured([sys.executable, *_kedro_command(lake, engine, "dashboard_tables,publish")])
    print(f"kedro run          {ours}  (engine {engine})")
    ratios = f"{ours.wall / by_hand.wall:.2f} (wall), {ours.processor / by_hand.processor:.2f} (processor)"
    print(f"ratio              {ratios}", flush=True)
    return by_hand, ours


def _together(pairs: Sequence[tuple[Cost, Cost]]) -> str:
    """The processor time of all runs of the project by that of the script's: it varies less than the ratio of one run."""
    by_hand, ours = zip(*pairs, strict=True)
    ratio = sum(cost.processor for cost in ours) / sum(cost.processor for cost in by_hand)
    memory = max(cost.gigabytes for cost in ours)
    return f"together           {ratio:.2f} (processor), kedro run at most {memory:.2f} GB"


def measured(command: list[str]) -> Cost:
    """Run a command that has to succeed."""
    ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1)  # a JVM outlives the Python that started it
    started = time.perf_counter()
    process = subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.DEVNULL)
    peak = _Peak(process.pid)
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - started
    peak.stop()
    if status:
        raise SystemExit(f"failed: {' '.join(command)}")
    usages = [usage, *_left_behind()]
    return Cost(wall, sum(used.ru_utime + used.ru_stime for used in usages), peak.bytes / 1e9)


def _left_behind() -> Iterator[resource.struct_rusage]:
    """What each process took that a command left behind, once it has ended."""
    with suppress(ChildProcessError):
        while True:
            yield os.wait4(-1, 0)[2]


class _Peak:
    """The resident memory of a process and its descendants (JVM Spark is one), looked at ten times a second."""

    def __init__(self, pid: int) -> None:
        self._pid, self.bytes, self._ended = pid, 0, threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._ended.set()
        self._thread.join()

    def _look(self) -> None:
        page = os.sysconf("SC_PAGE_SIZE")
        while not self._ended.wait(0.1):
            self.bytes = max(self.bytes, sum(_resident_pages(pid) for pid in _family(self._pid)) * page)


def _family(pid: int) -> list[int]:
    """A process and its descendants, without those that still share the memory of the JVM that is starting them."""
    try:
        tasks = list(Path(f"/proc/{pid}/task").iterdir())
        children = [int(child) for task in tasks for child in (task / "children").read_text().split()]
    except OSError:  # it ended meanwhile
        return []
    program = _program(pid)
    own = [child for child in children if not (program.endswith("/java") and _program(child) == program)]
    return [pid, *(one for child in own for one in _family(child))]


def _program(pid: int) -> str:
    """The file that the process executes, not its name: a process has the name of the thread that starts it."""
    try:
        return str(Path(f"/proc/{pid}/exe").readlink())
    except OSError:
        return ""


def _resident_pages(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except OSError:
        return 0


def differences(app: Path, file: Path) -> tuple[int, int]:
    """How many rows DuckDB's table has, and how many rows (as multisets, numbers to 1e-9) only one of them has."""
    db = duckdb.connect()
    db.register("ours", arrow_dataset(DeltaTable(app / file.stem), app / file.stem))
    columns = db.execute("DESCRIBE ours").fetchall()
    shown = ", ".join(
        f'round("{name}", 9)::DECIMAL(38, 9) AS "{name}"' if kind == "DOUBLE" else f'"{name}"'
        for name, kind, *_ in columns
    )
    one, other = f"SELECT {shown} FROM ours", f"SELECT {shown} FROM '{file}'"
    only = [f"SELECT count(*) FROM ({a} EXCEPT ALL {b})" for a, b in ((one, other), (other, one))]
    counts = [db.execute(query).fetchone()[0] for query in (f"SELECT count(*) FROM '{file}'", *only)]
    return counts[0], counts[1] + counts[2]


def _duckdb_command(lake: Path, to: Path) -> list[str]:
    script = ["-m", "benchmarks.reporting_duckdb", "--lake", str(lake)]
    return [*script, "--to", str(to), "--run-date", str(RUN_DATE)]


def _kedro_command(lake: Path, engine: str, pipelines: str) -> list[str]:
    listed = ",".join(f"{name}={value}" for name, value in run_parameters(lake, engine).items())
    return ["-m", "kedro", "run", "--pipelines", pipelines, "--params", listed]


def run_parameters(lake: Path, engine: str) -> dict[str, str]:
    """The runtime parameters of a run over a lake of ``benchmarks.reporting_lake``."""
    folders = {"lake_root": lake, "landing_root": lake / "landing", "reports_root": lake / "reports"}
    return {
        "engine": engine,
        "run_date": str(RUN_DATE),
        **{name: str(path) for name, path in folders.items()},
    }


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--lake", type=Path, required=True, help="made by benchmarks.reporting_lake")
    parser.add_argument("--engine", choices=["sail", "spark"], default="sail")
    parser.add_argument(
        "--runs", type=int, default=3, help="back to back; 0 only compares the last run's rows"
    )
    options = parser.parse_args()
    options.lake = options.lake.absolute()
    return options


if __name__ == "__main__":
    main()

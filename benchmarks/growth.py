"""How the processor time of reporting grows with the rows of the raw tables, step by step. See benchmarks/README.md.

python -m benchmarks.growth --lakes /tmp/growth

makes a lake of each size in that folder where it is missing, and prints the processor seconds of each step, and how
many times as much it takes of twice the rows: medians of several rounds. Sail runs in the project's own process, in
threads of its own, so steps run one at a time: what the process took between the end of one step and the end of the next
is that step's.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from statistics import median

from kedro.framework.hooks import hook_impl
from kedro.framework.session import KedroSession
from kedro.framework.startup import bootstrap_project
from kedro.pipeline.node import Node

from benchmarks.reporting import PROJECT, run_parameters
from benchmarks.reporting_lake import make_lake
from ees_analytics.lake.engine import Engine, spark_session
from ees_analytics.runner import IndependentRunner

SIZES = (0.25, 0.5, 1.0, 2.0)
_ONCE, _TWICE = SIZES[-2:]
MOST = 2.2
"""What twice the rows may take, in processor time of once the rows."""

_LEAST = 0.3
"""Steps that take less processor seconds at the last size are not judged: what they take is their start."""

_START, _WHOLE = "start of Kedro and the engine", "whole run"

Round = dict[float, dict[str, float]]
"""What each step took at each size, in processor seconds."""


class StepTimes:
    """Kedro hooks that add up the processor seconds of each step, of a run with one thread for steps."""

    def __init__(self) -> None:
        """Count what the process has taken until now as its start."""
        self.seconds = Counter({_START: time.process_time()})
        self._last = time.process_time()

    @hook_impl
    def after_dataset_saved(self, node: Node) -> None:
        """Ascribe what was taken since the last save to the step that saved."""
        now = time.process_time()
        self.seconds[node.name.rpartition(".")[2]] += now - self._last
        self._last = now


def main() -> None:
    options = _options()
    if options.measure:
        print(json.dumps(run_one_by_one(options.measure)))
        return
    lakes = {size: options.lakes / str(size) for size in SIZES}
    for size, lake in lakes.items():
        if not lake.exists():
            make_lake(lake, size)
    # All sizes in each round, because the machine's speed varies over minutes; every other round begins with the largest.
    orders = [SIZES, SIZES[::-1]]
    rounds = [{size: _measured(lakes[size]) for size in orders[number % 2]} for number in range(options.runs)]
    ratios = growth(rounds)
    fast = too_fast(rounds, ratios)
    print("\n".join(table(rounds, ratios, fast)))
    sys.exit(bool(fast))


def run_one_by_one(lake: Path) -> dict[str, float]:
    """Run reporting over a lake in this process, and return the processor seconds of each step."""
    shutil.rmtree(lake / "analytics_app", ignore_errors=True)  # else nothing is written
    bootstrap_project(PROJECT)
    spark_session(Engine.SAIL)
    with KedroSession.create(PROJECT, runtime_params=run_parameters(lake, Engine.SAIL)) as session:
        times = StepTimes()
        session._hook_manager.register(times)
        session.run(pipeline_names=["reporting"], runner=IndependentRunner(max_workers=1))
    return {**times.seconds, _WHOLE: time.process_time()}


def _measured(lake: Path) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.growth", "--measure", str(lake)]
    done = subprocess.run(command, cwd=PROJECT, stdout=subprocess.PIPE, text=True, check=True)
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def growth(rounds: Sequence[Round]) -> dict[str, float]:
    """What each step takes of twice the rows, in times of once the rows of the same round: the median of the rounds."""
    return {
        step: median(found[_TWICE][step] / max(found[_ONCE][step], 0.01) for found in rounds)
        for step in rounds[0][_TWICE]
    }


def too_fast(rounds: Sequence[Round], ratios: dict[str, float]) -> list[str]:
    """The steps whose processor time grows by more than ``MOST``."""
    return [step for step in ratios if ratios[step] > MOST and _seconds(rounds, _TWICE, step) > _LEAST]


def table(rounds: Sequence[Round], ratios: dict[str, float], fast: Sequence[str]) -> list[str]:
    """Lines of Markdown: the steps, those that take most first, with their seconds at each size, and the last ratio."""
    lines = [
        f"| step | {' | '.join(f'{size:g}' for size in SIZES)} | 2 : 1 |",
        "|---" * (len(SIZES) + 2) + "|",
    ]
    for step in sorted(ratios, key=lambda step: -_seconds(rounds, _TWICE, step)):
        seconds = " | ".join(f"{_seconds(rounds, size, step):.2f}" for size in SIZES)
        lines.append(f"| {step} | {seconds} | {ratios[step]:.2f}{' **too fast**' if step in fast else ''} |")
    return lines


def _seconds(rounds: Sequence[Round], size: float, step: str) -> float:
    return median(found[size][step] for found in rounds)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--lakes", type=Path, help="a folder for the lakes; those that are there are used")
    what.add_argument("--measure", type=Path, help="one lake: print the seconds of each step as JSON")
    parser.add_argument("--runs", type=int, default=9, help="rounds; the median of their ratios counts")
    return parser.parse_args()


if __name__ == "__main__":
    main()

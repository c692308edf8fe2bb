"""``IndependentRunner`` finishes every node whose inputs succeeded, then fails and names all failures."""

from __future__ import annotations

import logging
import re
from collections import Counter
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from itertools import chain
from pathlib import Path

from kedro.io import CatalogProtocol
from kedro.pipeline import Pipeline
from kedro.pipeline.node import Node
from kedro.runner import ThreadRunner
from kedro.runner.task import Task
from pluggy import PluginManager

from ees_analytics.console.progress import RunProgress
from ees_analytics.console.text import counted, few

logger = logging.getLogger(__name__)

_LINES = 12
"""The first lines of a message of a library: more is a stack trace. The project's own messages are kept whole."""

_NAMED = 6
"""The number of steps that are named; the run report names all."""

_OF_A_TABLE = re.compile(r"^((?:\w+\.)?\w+): ")

STOPPED = (
    "Stopped. Completed work is saved; nothing is left half-written. Run the same command again to continue."
)

LAST = "last"
"""A node with this tag runs only when all other nodes have finished and none failed."""


class RunFailed(Exception):
    """Some nodes failed; all nodes that do not depend on them are done.

    Attributes:
        failures: Node name to the exception it raised.
        skipped: Names of the nodes that could not run because of them.
    """

    def __init__(self, failures: dict[str, Exception], skipped: list[str]) -> None:
        """Compose a message with each reason once, and the steps that it stopped."""
        self.failures, self.skipped = failures, skipped
        lines = [f"{counted(len(failures), 'step')} failed; all steps that do not depend on them are done."]
        lines += [f"  ✗ {few(names, _NAMED)}: {reason}" for reason, names in _by_reason(failures).items()]
        if skipped:
            lines.append(f"  Not run because of that: {few(sorted(skipped), _NAMED)}.")
        lines.append("Fix the cause and re-run: finished work is not repeated.")
        super().__init__("\n".join(lines))


class RunStopped(RunFailed):
    """Ctrl+C was pressed; steps that had started may still be running in this process."""

    def __str__(self) -> str:
        return STOPPED


class IndependentRunner(ThreadRunner):
    """A thread runner that does not stop at the first failure, as Kedro's own runners do.

    Tables are independent of each other: one that fails must not keep the others from being written, and what
    depends on it keeps its last good version.

    Ctrl+C ends the run at once with :class:`RunStopped`, without waiting for running steps.
    """

    def __init__(self, max_workers: int | None = None, is_async: bool = False) -> None:
        """Use four threads by default: the engine and the sources run in parallel themselves."""
        super().__init__(max_workers=max_workers or 4, is_async=is_async)

    def _run(
        self,
        pipeline: Pipeline,
        catalog: CatalogProtocol,
        hook_manager: PluginManager | None = None,
        run_id: str | None = None,
    ) -> None:
        schedule = _Schedule(pipeline)
        load_counts = Counter(chain.from_iterable(node.inputs for node in pipeline.nodes))
        pool = ThreadPoolExecutor(self._get_required_workers_count(pipeline))
        futures: dict[Future[Node], Node] = {}
        try:
            with RunProgress(len(pipeline.nodes)) as progress:
                while True:
                    for node in schedule.start():
                        task = Task(node, catalog, is_async=False, hook_manager=hook_manager, run_id=run_id)
                        futures[pool.submit(task)] = node
                    if not futures:
                        break
                    running = [node.name for future, node in futures.items() if future.running()]
                    progress.update(schedule.finished, running)
                    # At most a second: on Windows Ctrl+C is noticed only between two waits.
                    for future in wait(futures, timeout=1, return_when=FIRST_COMPLETED).done:
                        node = futures.pop(future)
                        schedule.finish(node, future.exception())
                        self._release_datasets(node, catalog, load_counts, pipeline)
        except KeyboardInterrupt:
            pool.shutdown(wait=False, cancel_futures=True)
            raise RunStopped(schedule.failures, schedule.unfinished) from None
        except BaseException:
            pool.shutdown()
            raise
        pool.shutdown()
        if schedule.failures:
            raise RunFailed(schedule.failures, schedule.unfinished)


class _Schedule:
    """Which nodes of a pipeline wait, run, are done or failed."""

    def __init__(self, pipeline: Pipeline) -> None:
        self._dependencies = pipeline.node_dependencies
        self._waiting = list(pipeline.nodes)
        self._running, self._done = set[Node](), set[Node]()
        self.failures: dict[str, Exception] = {}

    @property
    def finished(self) -> int:
        return len(self._done) + len(self.failures)

    @property
    def unfinished(self) -> list[str]:
        return [node.name for node in (*self._running, *self._waiting)]

    def start(self) -> list[Node]:
        """The nodes that can run now; they count as running from here on."""
        ready = [node for node in self._waiting if self._dependencies[node] <= self._done]
        if self._running or self.failures or any(LAST not in node.tags for node in self._waiting):
            ready = [node for node in ready if LAST not in node.tags]
        self._waiting = [node for node in self._waiting if node not in ready]
        self._running.update(ready)
        return ready

    def finish(self, node: Node, error: BaseException | None) -> None:
        """Record a node's end; what is not an ``Exception`` (an exit, say) is raised."""
        self._running.discard(node)
        if error is None:
            self._done.add(node)
        elif isinstance(error, Exception):
            self.failures[node.name] = error
            logger.error("%s: %s", node.name, reason_of(error))
        else:
            raise error


def _by_reason(failures: dict[str, Exception]) -> dict[str, list[str]]:
    """Reasons with the steps that they stopped; reasons that differ only in the table at their beginning are one."""
    steps: dict[str, list[str]] = {}
    tables: dict[str, dict[str, None]] = {}
    for name, error in sorted(failures.items()):
        reason = reason_of(error)
        table = _OF_A_TABLE.match(reason)
        shared = reason[table.end() :] if table else reason
        steps.setdefault(shared, []).append(name)
        tables.setdefault(shared, {}).update({table[1]: None} if table else {})
    return {
        f"{few([*tables[shared]], _NAMED)}: {shared}" if tables[shared] else shared: names
        for shared, names in steps.items()
    }


def reason_of(error: BaseException) -> str:
    """The message of the innermost exception: Kedro wraps those of datasets in its own."""
    text = str(error)
    cause = error.__cause__
    if text.startswith("Failed while") and cause is not None:
        return reason_of(cause)
    if isinstance(error, NotADirectoryError | FileExistsError) and error.filename:
        file = next(
            (part for part in (Path(error.filename), *Path(error.filename).parents) if part.is_file()), None
        )
        return f"{file or error.filename} is a file, but a folder is needed. Choose another path."
    if isinstance(error, OSError) and error.filename:
        return f"{error.strerror}: {error.filename}. Check that the folder exists and that you can write to it; `kedro doctor` checks both."
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith(("\tat ", "\t..."))]
    own = type(error).__module__.startswith(__package__)
    return "\n    ".join(lines if own else lines[:_LINES]) or type(error).__name__

"""``IndependentRunner`` finishes every node whose inputs succeeded, then fails and names all failures."""

import logging
import os
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from graphlib import TopologicalSorter
from itertools import chain
from pathlib import Path

from kedro.io import CatalogProtocol
from kedro.pipeline import Pipeline
from kedro.pipeline.node import Node
from kedro.runner import ThreadRunner
from kedro.runner.task import Task
from pluggy import PluginManager

from ees_analytics.console.disk_errors import describe_disk_error
from ees_analytics.console.progress import RunProgress
from ees_analytics.console.query_errors import unknown_name
from ees_analytics.console.safe_text import MAX_TEXT, printable
from ees_analytics.console.text import counted, few, values_by_key

logger = logging.getLogger(__name__)

_LINES = 12
"""Lines of a library's message that are kept: more is a stack trace."""

_WHOLE_MESSAGES = ("ees_analytics.", "kedro.validation.")
"""Modules of exceptions whose messages are kept whole."""

_NAMED = 6
"""The number of steps that are named; the run report names all."""

_PARTS = re.compile(r"(?:((?:\w+\.)?\w+): )?(.*)", re.DOTALL)
"""The table at the beginning of a message, and the rest."""

STOPPED = (
    "Stopped. Completed work is saved; nothing is left half-written. Run the same command again to continue."
)

LAST = "last"
"""A node with this tag runs only when all other nodes have finished and none failed, except operational ones."""

OPERATIONAL = "operational"
"""A node with this tag makes a table that the dashboard does not read: no ``last`` node waits for it."""

FINALLY = "finally"
"""A node with this tag runs when all others have ended, whatever came of them. It reads what is stored."""


_COMPUTED = "reporting"
"""The namespace of steps that compute tables from tables."""

_MAX_PER_KIND = 4
"""The most steps of each kind that run at once: those that compute tables, and all others."""


class RunFailed(Exception):
    """Some nodes failed; all nodes that do not depend on them are done.

    Attributes:
        failures: Node name to the exception it raised.
        skipped: Names of the nodes that could not run because of them.
    """

    def __init__(self, failures: dict[str, Exception], skipped: list[str]) -> None:
        """Compose the message; see ``message``."""
        self.failures, self.skipped = failures, skipped
        super().__init__(self.message(MAX_TEXT))

    def message(self, most: int) -> str:
        """Each reason once, with the steps that it stopped; reasons have at most these characters."""
        lines = [
            f"{counted(len(self.failures), 'step')} failed; all steps that do not depend on them are done.",
            *_by_reason(self.failures, most),
        ]
        if self.skipped:
            lines.append(f"  Not run because of that: {few(sorted(self.skipped), _NAMED)}.")
        lines.append("Fix the cause and re-run: finished work is not repeated.")
        return "\n".join(lines)


class RunStopped(RunFailed):
    """Ctrl+C was pressed; steps that had started may still be running in this process."""

    def __str__(self) -> str:
        return STOPPED


class IndependentRunner(ThreadRunner):
    """A thread runner that does not stop at the first failure, as Kedro's own runners do.

    Tables are independent of each other: one that fails must not keep the others from being written, and what
    depends on it keeps its last good version.

    At most four steps compute tables at once, and no more than there are cores: more would take memory, and be no faster.
    At most four others, such as those that read a source, run beside them. Of the steps that are ready, the one with the
    longest chain of dependent steps starts first, so that no core is idle at the end.

    Ctrl+C ends the run at once with :class:`RunStopped`, without waiting for running steps.
    """

    def __init__(self, max_workers: int | None = None, is_async: bool = False) -> None:
        """Use a thread for each step that may run at once by default: eight. More have no effect."""
        super().__init__(max_workers=max_workers or 2 * _MAX_PER_KIND, is_async=is_async)

    def _run(
        self,
        pipeline: Pipeline,
        catalog: CatalogProtocol,
        hook_manager: PluginManager | None = None,
        run_id: str | None = None,
    ) -> None:
        schedule, depths = _schedule(pipeline), _downstream_depths(pipeline)
        load_counts = Counter(chain.from_iterable(node.inputs for node in pipeline.nodes))
        unfinished = [node.name for node in pipeline.nodes]
        failures: dict[str, Exception] = {}
        final = [node for node in pipeline.nodes if FINALLY in node.tags]
        workers = self._get_required_workers_count(pipeline)
        pool = ThreadPoolExecutor(workers)
        futures: dict[Future[Node], Node] = {}
        waiting: list[Node] = []
        try:
            with RunProgress(len(unfinished)) as progress:
                while True:
                    waiting += _ready(schedule, final, is_idle=not (futures or waiting))
                    waiting.sort(key=depths.__getitem__, reverse=True)
                    for node in _startable(waiting, futures.values(), workers):
                        task = Task(node, catalog, is_async=False, hook_manager=hook_manager, run_id=run_id)
                        futures[pool.submit(task)] = node
                    if not futures:
                        break
                    running = [node.name for future, node in futures.items() if future.running()]
                    progress.update(len(pipeline.nodes) - len(unfinished), running)
                    # At most a second: on Windows Ctrl+C is noticed only between two waits.
                    for future in wait(futures, timeout=1, return_when=FIRST_COMPLETED).done:
                        node = futures.pop(future)
                        try:
                            future.result()
                            if FINALLY not in node.tags:
                                schedule.done(node)
                        except Exception as error:
                            failures[node.name] = _explained(_cause_of(error), node, pipeline, catalog)
                            logger.error("%s: %s", node.name, reason_of(failures[node.name]))
                        unfinished.remove(node.name)
                        self._release_datasets(node, catalog, load_counts, pipeline)
        except KeyboardInterrupt:
            pool.shutdown(wait=False, cancel_futures=True)
            raise RunStopped(failures, unfinished) from None
        except BaseException:
            pool.shutdown()
            raise
        pool.shutdown()
        if failures:
            raise RunFailed(failures, unfinished)


def _explained(error: Exception, node: Node, pipeline: Pipeline, catalog: CatalogProtocol) -> Exception:
    """The error; that of a column that does not exist with the tables that the step is made of which have a near one."""
    if not unknown_name(str(error), {}):
        return error
    made_of = (*node.inputs, *sorted(pipeline.to_nodes(node.name).datasets() - {*node.outputs}))
    tables = {name: getattr(catalog.get(name), "column_names", ()) for name in dict.fromkeys(made_of)}
    hint = unknown_name(str(error), tables)
    explained = LookupError(f"{hint} Correct the function of this step, or of one that makes its rows.")
    explained.__cause__ = error
    return explained


_diagnose: list[Callable[[Exception], None]] = []


def diagnose_failures_with(diagnose: Callable[[Exception], None]) -> None:
    """Ask this about each failure, wherever it was: it raises the cause where something is gone that all steps need."""
    _diagnose[:] = [diagnose]


def _cause_of(error: Exception) -> Exception:
    try:
        for diagnose in _diagnose:
            diagnose(error)
    except Exception as cause:
        cause.__cause__ = error
        return cause
    return error


def _schedule(pipeline: Pipeline) -> TopologicalSorter[Node]:
    """A node is ready when those that it depends on are done: the ones behind a failure never are.

    Nodes that run ``finally`` are not in it.
    """
    others = {node for node in pipeline.nodes if not {LAST, OPERATIONAL} & node.tags}
    schedule = TopologicalSorter[Node]()
    waited = [node for node in pipeline.nodes if FINALLY not in node.tags]
    for node in sorted(waited, key=lambda node: LAST in node.tags):
        schedule.add(node, *pipeline.node_dependencies[node], *(others if LAST in node.tags else ()))
    schedule.prepare()
    return schedule


def _downstream_depths(pipeline: Pipeline) -> dict[Node, int]:
    """For each node, the number of nodes on the longest path that depends on it."""
    depths = dict.fromkeys(pipeline.nodes, 0)
    for node in reversed(pipeline.nodes):  # they are in topological order
        for parent in pipeline.node_dependencies[node]:
            depths[parent] = max(depths[parent], depths[node] + 1)
    return depths


def _ready(schedule: TopologicalSorter[Node], final: list[Node], *, is_idle: bool) -> list[Node]:
    """The nodes to start now: the final ones, once, when no other is left that can run."""
    ready = [*schedule.get_ready()]
    if is_idle and not ready:
        ready, final[:] = [*final], []
    return ready


def _startable(waiting: list[Node], running: Iterable[Node], workers: int) -> list[Node]:
    """Remove from ``waiting``, and return, the nodes that may start now."""
    limits = {True: min(os.cpu_count() or 1, _MAX_PER_KIND), False: _MAX_PER_KIND}
    busy = Counter(map(_computes, running))
    started = []
    for node in [*waiting]:
        kind = _computes(node)
        if busy.total() < workers and busy[kind] < limits[kind]:
            busy[kind] += 1
            waiting.remove(node)
            started.append(node)
    return started


def _computes(node: Node) -> bool:
    return (node.namespace or "").split(".")[0] == _COMPUTED


def _by_reason(failures: dict[str, Exception], most: int) -> Iterator[str]:
    """A line for each reason with its steps; reasons that differ only in the table at their beginning are one.

    An exception with ``is_shown_whole`` has something to copy, and its own bound.
    """
    found = [
        (name, *_PARTS.findall(reason_of(error))[0], MAX_TEXT if hasattr(error, "is_shown_whole") else most)
        for name, error in sorted(failures.items())
    ]
    reasons = values_by_key(((reason, bound), (name, table)) for name, table, reason, bound in found)
    for (reason, bound), steps in reasons.items():
        tables = [*dict.fromkeys(table for _, table in steps if table)]
        about = f"{few(tables, _NAMED)}: " if tables else ""
        shown = printable(reason, bound)
        more = "\n    The run report has the whole reason." if shown != reason else ""
        yield f"  ✗ {few([name for name, _ in steps], _NAMED)}: {about}{shown}{more}"


def reason_of(error: BaseException) -> str:
    """The message of the innermost exception, made printable: Kedro wraps those of datasets in its own."""
    return printable(describe_disk_error(error) or _message_of(error))


def _message_of(error: BaseException) -> str:
    text = str(error)
    wraps = text.startswith(("Failed while", "Validation failed for")) or getattr(
        error.__cause__, "names_its_table", False
    )
    if wraps and error.__cause__ is not None:
        return _message_of(error.__cause__)
    if isinstance(error, NotADirectoryError | FileExistsError) and error.filename:
        path = Path(error.filename)
        file = next((part for part in (path, *path.parents) if part.is_file()), path)
        return f"{file} is a file, but a folder is needed. Choose another path."
    if isinstance(error, OSError) and error.filename:
        return f"{error.strerror}: {error.filename}. Check that the folder exists and that you can write to it; `kedro doctor` checks both."
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith(("\tat ", "\t..."))]
    kept = lines if type(error).__module__.startswith(_WHOLE_MESSAGES) else lines[:_LINES]
    if (
        "Parquet error" in text or "FAILED_READ_FILE" in text
    ):  # the engine reads a table's rows only now, and does not name it
        kept.append("A data file of a table that this step reads is damaged: `kedro doctor --deep` names it.")
    return "\n    ".join(kept) or type(error).__name__

"""The runner: finishes every node whose inputs are there, then fails and names all failures."""

from __future__ import annotations

import logging
import re
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from pathlib import Path
from typing import Any

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
"""A message longer than this is a stack trace of the engine; the project's own messages are told whole."""

_NAMED = 6
"""So many steps are named; the run report names all."""

_OF_A_TABLE = re.compile(r"^((?:\w+\.)?\w+): ")

STOPPED = (
    "Stopped. Completed work is saved; nothing is left half-written. Run the same command again to continue."
)

LAST = "last"
"""A node with this tag runs only when all other nodes are through and none failed."""


class RunFailed(Exception):
    """Some nodes failed; everything independent of them is done.

    Attributes:
        failures: Node name to the exception it raised.
        skipped: Names of the nodes that could not run because of them.
    """

    def __init__(self, failures: dict[str, Exception], skipped: list[str]) -> None:
        """Compose a message that tells each reason once, with the steps that it stopped."""
        self.failures, self.skipped = failures, skipped
        lines = [f"{counted(len(failures), 'step')} failed; all steps that do not depend on them are done."]
        lines += [f"  ✗ {few(names, _NAMED)}: {reason}" for reason, names in _by_reason(failures).items()]
        if skipped:
            lines.append(f"  Not run because of that: {few(sorted(skipped), _NAMED)}.")
        lines.append("Fix the cause and re-run: finished work is not repeated.")
        super().__init__("\n".join(lines))


class RunStopped(RunFailed):
    """Someone pressed Ctrl+C; the steps that were under way may still be at work in this process."""

    def __str__(self) -> str:
        return STOPPED


class IndependentRunner(ThreadRunner):
    """A thread runner that does not stop at the first failure.

    Kedro's own runners do. Tables are independent of each other, so one that fails must not keep the others
    from being written; what is downstream of it keeps its last good version.

    Ctrl+C ends it at once, with :class:`RunStopped`: it does not wait for what is under way.
    """

    def __init__(self, max_workers: int | None = None, is_async: bool = False) -> None:
        """Four threads unless told otherwise: the engine and the sources run in parallel themselves."""
        super().__init__(max_workers=max_workers or 4, is_async=is_async)

    def _run(
        self,
        pipeline: Pipeline,
        catalog: CatalogProtocol,
        hook_manager: PluginManager | None = None,
        run_id: str | None = None,
    ) -> None:
        dependencies = pipeline.node_dependencies
        todo, done = set(dependencies), set[Node]()
        failures: dict[Node, Exception] = {}
        running: dict[Future[Node], Node] = {}
        pool = ThreadPoolExecutor(self._get_required_workers_count(pipeline))
        try:
            with RunProgress(len(todo)) as progress:
                while True:
                    for node in _ready(pipeline, todo, done, failures, any_running=bool(running)):
                        todo.discard(node)
                        task = Task(
                            node=node,
                            catalog=catalog,
                            hook_manager=hook_manager,
                            is_async=False,
                            run_id=run_id,
                        )
                        running[pool.submit(task)] = node
                    if not running:
                        break
                    progress.update(
                        len(done) + len(failures),
                        [node.name for future, node in running.items() if future.running()],
                    )
                    # Not for ever: Windows tells of Ctrl+C only between two waits.
                    finished, _ = wait(running, timeout=1, return_when=FIRST_COMPLETED)
                    for future in finished:
                        _settle(running.pop(future), future.exception(), done, failures)
        except KeyboardInterrupt:
            pool.shutdown(wait=False, cancel_futures=True)
            raise RunStopped(_by_name(failures), [n.name for n in (*running.values(), *todo)]) from None
        except BaseException:
            pool.shutdown()
            raise
        pool.shutdown()
        if failures:
            raise RunFailed(_by_name(failures), [n.name for n in todo])


def _settle(
    node: Node, error: BaseException | None, done: set[Node], failures: dict[Node, Exception]
) -> None:
    if error is None:
        done.add(node)
    elif isinstance(error, Exception):
        failures[node] = error
        logger.error("%s: %s", node.name, reason_of(error))
    else:
        raise error


def _by_name(failures: dict[Node, Exception]) -> dict[str, Exception]:
    return {node.name: error for node, error in failures.items()}


def _ready(
    pipeline: Pipeline, todo: set[Node], done: set[Node], failures: dict[Node, Any], any_running: bool
) -> list[Node]:
    dependencies = pipeline.node_dependencies
    ready = [node for node in pipeline.nodes if node in todo and dependencies[node] <= done]
    early = [node for node in ready if LAST not in node.tags]
    if early:
        return early
    others_open = any(LAST not in node.tags for node in todo)
    return [] if any_running or failures or others_open else ready


def _by_reason(failures: dict[str, Exception]) -> dict[str, list[str]]:
    """Reasons with the steps they stopped. What differs in the table alone, whose name a reason begins with, is one."""
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
    """The innermost message that the project wrote: Kedro wraps exceptions of datasets in its own."""
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

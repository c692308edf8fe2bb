"""What a command selects of the pipelines: refused with near names, or completed so that it can run."""

from collections.abc import Callable, Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

from kedro.config import BadConfigException
from kedro.framework.project import pipelines, settings
from kedro.io import CatalogConfigResolver
from kedro.io.catalog_config_resolver import DEFAULT_RUNTIME_PATTERN
from kedro.io.core import parse_dataset_definition
from kedro.pipeline import Pipeline
from kedro.pipeline.node import Node
from kedro.utils import find_kedro_project, load_obj

from ees_analytics.console.text import did_you_mean
from ees_analytics.runner import IndependentRunner

_NAMES: Mapping[str, tuple[str, Callable[[Pipeline], Collection[str]]]] = {
    "node_names": ("step", lambda pipeline: [node.name for node in pipeline.nodes]),
    "from_nodes": ("step", lambda pipeline: [node.name for node in pipeline.nodes]),
    "to_nodes": ("step", lambda pipeline: [node.name for node in pipeline.nodes]),
    "node_namespaces": ("namespace", lambda pipeline: {*_namespaces(pipeline)}),
    "tags": ("tag", lambda pipeline: {tag for node in pipeline.nodes for tag in node.tags}),
    "from_inputs": ("dataset", lambda pipeline: pipeline.datasets()),
    "to_outputs": ("output", lambda pipeline: pipeline.all_outputs()),
}
"""Arguments of :meth:`kedro.pipeline.Pipeline.filter`: what they name, and the names that a pipeline has."""

_LISTED = ("namespace", "tag")
"""Few enough to list all names."""


def check_names(kind: str, names: Collection[str], known: Collection[str]) -> None:
    """Refuse a name that is not known.

    Raises:
        BadConfigException: Has the name and near names.
    """
    for name in names:
        if name not in known:
            raise BadConfigException(f"There is no {kind} `{name}`. {did_you_mean(name, known)}".rstrip())


def select(names: Collection[str], **selection: Any) -> Pipeline:
    """The steps that are selected of these pipelines together.

    Args:
        names: Registered pipelines.
        selection: Arguments of :meth:`kedro.pipeline.Pipeline.filter`.

    Raises:
        BadConfigException: There is no such pipeline, step, namespace, tag or dataset, or nothing is selected.
    """
    check_names("pipeline", names, pipelines)
    whole = Pipeline([pipelines[name] for name in names])
    for argument, given in selection.items():
        kind, names_of = _NAMES[argument]
        known = names_of(whole)
        for name in given or ():
            if name not in known:
                raise BadConfigException(_unknown(kind, name, known, names, names_of))
    try:
        return whole.filter(**selection)
    except ValueError as error:
        raise BadConfigException(
            "No step is in all parts of this selection. Leave out one of its options."
        ) from error


def with_makers(selected: Pipeline, names: Collection[str], stored: Callable[[str], bool]) -> Pipeline:
    """The selected steps, and those that make what they read and what is not stored.

    Args:
        selected: Steps of these pipelines.
        names: Registered pipelines.
        stored: Whether the catalogue stores the dataset of this name.
    """
    made_by: dict[str, Node] = {
        output: node for name in names for node in pipelines[name].nodes for output in node.outputs
    }
    while missing := {name for name in selected.inputs() if name in made_by and not stored(name)}:
        selected += Pipeline([*{made_by[name] for name in missing}])
    return selected


def stored_datasets(
    env: str | None, conf_source: str | None, params: Mapping[str, Any]
) -> Callable[[str], bool]:
    """Whether the catalogue of this command stores a dataset; the others are gone after a run."""
    project = find_kedro_project(Path.cwd()) or Path.cwd()
    loader = settings.CONFIG_LOADER_CLASS(
        conf_source=conf_source or str(project / settings.CONF_SOURCE),
        env=env,
        runtime_params=dict(params),
        **settings.CONFIG_LOADER_ARGS,
    )
    entries = loader["catalog"]
    patterns = CatalogConfigResolver(entries, default_runtime_patterns=DEFAULT_RUNTIME_PATTERN)

    def is_stored(name: str) -> bool:
        if name in entries:
            return not parse_dataset_definition(entries[name])[0]._EPHEMERAL
        return patterns.match_dataset_pattern(name) is not None

    return is_stored


def check_runner(runner: str, arguments: Mapping[str, Any]) -> None:
    """Refuse another runner than the project's, and arguments that it does not take.

    Raises:
        BadConfigException: Has what to use instead.
    """
    try:
        found = load_obj(runner, "kedro.runner")
    except (AttributeError, ImportError, ValueError):
        found = None
    if not (isinstance(found, type) and issubclass(found, IndependentRunner)):
        raise BadConfigException(
            f"--runner {runner} cannot run this project: its steps share one engine, and some wait for all others. Leave "
            "--runner out. For one step at a time: --runner-params max_workers=1"
        )
    try:
        found(**arguments)
    except (TypeError, ValueError) as error:
        raise BadConfigException(f"--runner-params: {error}. It takes max_workers=<number>.") from None


def check_load_versions(versions: str) -> None:
    """Refuse ``--load-versions``: no dataset of the project has Kedro's versions.

    Raises:
        BadConfigException: Has what to use instead.
    """
    if versions:
        raise BadConfigException(
            f"--load-versions {versions}: tables have the versions of Delta, not of Kedro, and a run reads the newest. "
            "To run as on an earlier day, use --params run_date=<day>. To read an earlier version: "
            'ees_analytics.lake.notebook.read_delta("data/lake/analytics_app/<table>", version=<number>)'
        )


def _namespaces(pipeline: Pipeline) -> Iterator[str]:
    for node in pipeline.nodes:
        parts = (node.namespace or "").split(".")
        yield from (".".join(parts[: depth + 1]) for depth in range(len(parts)) if parts[0])


def _unknown(
    kind: str,
    name: str,
    known: Collection[str],
    names: Collection[str],
    names_of: Callable[[Pipeline], Collection[str]],
) -> str:
    others = sorted(other for other in pipelines if other not in names and name in names_of(pipelines[other]))
    if others:
        return f"The {kind} `{name}` is not in {', '.join(names)}. Add --pipelines {others[0]}."
    if kind == "step" and name in pipelines:
        return f"There is no step `{name}`, but a pipeline: --pipelines {name}."
    listed = f"There are: {', '.join(sorted(known))}." if kind in _LISTED else ""
    return f"There is no {kind} `{name}`. {did_you_mean(name, known) or listed}".rstrip()

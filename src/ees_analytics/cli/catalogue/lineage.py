"""What each table is made of, and what is made of it, from the pipelines."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from kedro.pipeline import Pipeline
from kedro.pipeline.node import Node

from ees_analytics.console.text import values_by_key
from ees_analytics.contracts import all_contracts
from ees_analytics.lake.daily_tables import day_column

_PARAMETERS = "params:"


@dataclass(frozen=True)
class Lineage:
    """The origin of one table, by catalogue names.

    Attributes:
        steps: The steps that write it, as in ``kedro run --nodes``; none for a table that only a run itself writes.
        made_of: The tables and sources on the way to it, up to the next ones.
        parameters: The sections of ``conf/`` that these steps read.
        makes: The tables and plots that are made of it.
    """

    steps: list[str] = field(default_factory=list)
    made_of: list[str] = field(default_factory=list)
    parameters: list[str] = field(default_factory=list)
    makes: list[str] = field(default_factory=list)


def lineages(pipelines: Iterable[Pipeline]) -> dict[str, Lineage]:
    """The lineage of every table and plot that a pipeline writes or reads."""
    steps = {step.name: step for pipeline in pipelines for step in pipeline.nodes}
    writers = values_by_key(
        (table, step) for step in steps.values() for name in step.outputs for table in _tables(name)
    )
    read = {name: _origins(name, writers) for name in writers if _is_end(name)}
    made_of = {name: sorted(origin for origin in found if _is_end(origin)) for name, found in read.items()}
    makes = values_by_key((origin, name) for name, found in made_of.items() for origin in found)
    return {
        name: Lineage(
            steps=sorted(step.name for step in writers.get(name, ())),
            made_of=made_of.get(name, []),
            parameters=sorted(
                origin.removeprefix(_PARAMETERS)
                for origin in read.get(name, ())
                if origin.startswith(_PARAMETERS)
            ),
            makes=sorted(makes.get(name, ())),
        )
        for name in {*read, *makes}
    }


def _origins(name: str, writers: Mapping[str, Iterable[Node]]) -> set[str]:
    """The nearest tables and sources behind a dataset, without itself, and the parameters between."""
    found: set[str] = set()
    waiting = [name]
    while waiting:
        given = {name for step in writers.get(waiting.pop(), ()) for name in step.inputs}
        inputs = {table for name in given for table in _tables(name)}
        new = inputs - found - {name}
        found |= new
        waiting += [origin for origin in new if not _is_end(origin)]
    return found


def _is_end(name: str) -> bool:
    return name in all_contracts() or name.startswith(("source.", "plot."))


def _tables(name: str) -> list[str]:
    """The tables behind another name of the catalogue for them (docs/decisions/0010-catalogue-aliases.md)."""
    kind, _, table = name.partition(".")
    if name == "daily_tables":
        return [daily for daily, contract in all_contracts().items() if day_column(contract)]
    if kind == "ledger":
        return ["raw.ees_ingest_ledger"]
    return [f"raw.{table}" if kind == "frozen" else name]

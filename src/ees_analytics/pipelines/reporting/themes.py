"""The app tables' pipelines, each in the namespace of its theme."""

from __future__ import annotations

from collections.abc import Mapping

from kedro.pipeline import Pipeline, pipeline


def by_theme(themes: Mapping[str, Pipeline]) -> Pipeline:
    """One pipeline of all themes, its steps named ``reporting.<theme>.<step>``.

    Catalogue names, and what one theme makes for another, keep their names.

    Args:
        themes: Theme to its pipeline.
    """
    return sum((_named(theme, part, themes) for theme, part in themes.items()), Pipeline([]))


def _named(theme: str, part: Pipeline, themes: Mapping[str, Pipeline]) -> Pipeline:
    read_elsewhere = {name for other, steps in themes.items() if other != theme for name in steps.inputs()}
    parameters = {name for name in part.inputs() if name.startswith("params:")}
    return pipeline(
        part,
        namespace=f"reporting.{theme}",
        inputs=part.inputs() - parameters,
        outputs={name for name in part.all_outputs() if "." in name or name in read_elsewhere},
        parameters={name.removeprefix("params:") for name in parameters},
    )

"""Commands of the project: ``kedro run`` with the project's runner."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any, cast

import click
from kedro.framework.cli.project import run as kedro_run
from kedro.framework.cli.utils import _split_params, env_option
from kedro.framework.startup import ProjectMetadata

from ees_analytics.runner import RunFailed


@click.group(name="ees_analytics")
def cli() -> None:
    """EES analytics."""


def _run(**options: Any) -> Any:
    if options["pipeline"] and not options["pipelines"]:
        # Kedro deprecates --pipeline; both spellings stay supported here.
        options.update(pipelines=[options["pipeline"]], pipeline=None)
    try:
        return _kedro_run(**options)
    except RunFailed as error:
        raise click.ClickException(str(error)) from None


_kedro_run = cast("Callable[..., Any]", kedro_run.callback)

run = copy.copy(kedro_run)
"""``kedro run`` as Kedro has it, but with the project's own runner as the default and failures told in words."""
run.callback = _run
run.params = [copy.copy(option) for option in kedro_run.params]
next(
    option for option in run.params if option.name == "runner"
).default = "ees_analytics.runner.IndependentRunner"
cli.add_command(run)


@cli.command("data-dictionary")
@click.pass_obj
def data_dictionary(metadata: ProjectMetadata) -> None:
    """Write docs/data-dictionary.md anew from the contracts."""
    from ees_analytics.data_dictionary import write_page

    click.echo(f"Written: {write_page(metadata.project_path)}")


@cli.command()
@env_option
@click.option("--params", default="", help="As of `kedro run`: key=value,key=value", callback=_split_params)
@click.pass_obj
def doctor(metadata: ProjectMetadata, env: str | None, params: dict[str, Any]) -> None:
    """Say whether an environment can run, and what to do where it cannot."""
    from ees_analytics.doctor import can_run, examine

    findings = []
    for finding in examine(metadata.project_path, env, params):
        click.echo(str(finding))
        findings.append(finding)
    if not can_run(findings):
        raise click.ClickException("This environment cannot run yet: see the lines that begin with ✗.")
    click.echo("This environment can run.")

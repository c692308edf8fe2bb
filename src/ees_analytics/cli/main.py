"""Commands of the project: ``kedro run`` with the project's runner."""

from __future__ import annotations

import contextlib
import copy
import datetime as dt
import logging
import os
import sys
from collections.abc import Callable
from typing import Any, cast

import click
from kedro.framework.cli.project import run as kedro_run
from kedro.framework.cli.utils import _split_params
from kedro.framework.startup import ProjectMetadata

from ees_analytics.cli import options
from ees_analytics.cli.config_errors import friendly_errors
from ees_analytics.console.logging_setup import configure_logging
from ees_analytics.console.text import counted
from ees_analytics.runner import STOPPED, RunFailed, RunStopped


@click.group(name="ees_analytics")
def cli() -> None:
    """EES analytics."""


def _run(**given: Any) -> Any:
    if given["pipeline"] and not given["pipelines"]:
        # Kedro deprecates --pipeline; both spellings stay supported here.
        given.update(pipelines=[given["pipeline"]], pipeline=None)
    # A scheduled job passes all its parameters on; those that nobody filled in are left to conf.
    given["params"] = {key: value for key, value in given["params"].items() if value not in (None, "")}
    configure_logging()
    try:
        with friendly_errors(
            "Nothing was run. Check the command and the files in conf/: `kedro run --help` lists the options, "
            "`kedro registry list` the pipelines; `kedro doctor` looks at an environment."
        ):
            return _kedro_run(**given)
    except (RunStopped, KeyboardInterrupt):
        raise _CtrlC(STOPPED) from None
    except RunFailed as error:
        raise click.ClickException(str(error)) from None


class _CtrlC(click.ClickException):
    """Ends a command at once; whoever calls the command from Python gets it as an exception."""

    exit_code = 130
    """What a shell expects."""

    def show(self, file: Any = None) -> None:
        """The last words of a command.

        Python would wait for the steps that are under way, and they for an engine that Ctrl+C has ended.
        """
        try:
            click.echo(f"\n{self.message}", err=True)
            sys.stdout.flush()
        finally:  # Ctrl+C also ends what the words are piped into
            os._exit(self.exit_code)


_kedro_run = cast("Callable[..., Any]", kedro_run.callback)

run = copy.copy(kedro_run)
"""``kedro run`` as Kedro has it, but with the project's own runner as the default and failures told in words."""
run.callback = _run
_own = {option.name: copy.copy(option) for option in kedro_run.params}
_own["runner"].default = "ees_analytics.runner.IndependentRunner"
cast("click.Option", _own["env"]).help = options.ENVIRONMENTS
run.params = list(_own.values())
cli.add_command(run)


def _with_own_viz() -> None:
    """``kedro viz run`` and ``kedro viz build`` are the project's; production does without Kedro-Viz."""
    with contextlib.suppress(ImportError):
        from kedro_viz.launchers.cli.main import viz

        viz.lazy_subcommands.update(
            run="ees_analytics.cli.viz.commands.run", build="ees_analytics.cli.viz.commands.build"
        )


_with_own_viz()


@cli.command("data-dictionary")
@click.pass_obj
def data_dictionary(metadata: ProjectMetadata) -> None:
    """Write docs/data-dictionary.md anew from the contracts."""
    from ees_analytics.cli.data_dictionary import write_page

    click.echo(f"Written: {write_page(metadata.project_path)}")


@cli.command()
@options.env
@options.params
@click.pass_obj
def doctor(metadata: ProjectMetadata, env: str | None, params: dict[str, Any]) -> None:
    """Say whether an environment can run, and what to do where it cannot."""
    from ees_analytics.cli.doctor import can_run, examine

    configure_logging()
    logging.getLogger("ees_analytics").setLevel(logging.CRITICAL)  # a finding says it all, once
    findings = []
    for finding in examine(metadata.project_path, env, params):
        click.echo(str(finding))
        findings.append(finding)
    if not can_run(findings):
        raise click.ClickException("This environment cannot run yet: see the lines that begin with ✗.")
    click.echo("This environment can run.")


def _two_days(
    context: click.Context, option: click.Parameter, value: str | None
) -> tuple[str | None, str | None]:
    first, dots, last = (value or "").partition("..")
    for day in filter(None, (first, last)):
        try:
            dt.date.fromisoformat(day)
        except ValueError:
            raise click.BadParameter("give a day, or a range: 2026-06-01..2026-06-07") from None
    if first and last and first > last:
        raise click.BadParameter(f"{first} is later than {last}: give the earlier day first")
    return first or None, (last if dots else first) or None


@cli.command("compare-tables")
@click.option(
    "--left", required=True, callback=_split_params, help="One side, as of `kedro run`: env=…,key=value"
)
@click.option("--right", required=True, callback=_split_params, help="The other side")
@click.option("--tables", default="", help="Only these: raw.ees_ga4_page,app.ees_service_summary")
@click.option("--days", default=None, callback=_two_days, help="Only these: 2026-06-01..2026-06-07")
@click.option("--tolerance", default=0.0, help="Numbers that differ by no more than this share are equal")
@click.pass_obj
def compare_tables(
    metadata: ProjectMetadata,
    left: dict[str, Any],
    right: dict[str, Any],
    tables: str,
    days: tuple[str | None, str | None],
    tolerance: float,
) -> None:
    """Compare the tables of two lakes or catalogues by table, day and column; exit code 1 where they differ."""
    from ees_analytics.cli.compare_tables import Scope, compare, open_side

    names = [name.strip() for name in tables.split(",") if name.strip()]
    compared = []
    with friendly_errors("Give each side as of `kedro run`: env=base,lake_root=data/lake"):
        sides = [open_side(metadata.project_path, *side) for side in (("left", left), ("right", right))]
        for table in compare(sides[0], sides[1], Scope(names, *days, tolerance)):
            for line in table.differences:
                click.echo(line)
            compared.append(table)
    found = sum(table.found for table in compared)
    rows = sum(table.rows for table in compared)
    if found:
        raise click.ClickException(f"{counted(found, 'difference')} in {counted(len(compared), 'table')}.")
    if any(days) and not rows:
        raise click.ClickException("Nothing was compared: no table has a row of these days.")
    click.echo(f"No differences: {counted(len(compared), 'table')}, {counted(rows, 'row')} on each side.")

"""The project's commands, and ``kedro run`` with the project's runner."""

import atexit
import contextlib
import copy
import datetime as dt
import gc
import logging
import os
import sys
from collections.abc import Callable
from typing import Any, cast

import click
from kedro.framework.cli.project import run as kedro_run
from kedro.framework.cli.utils import call
from kedro.framework.startup import ProjectMetadata

from ees_analytics.cli import options
from ees_analytics.cli.config_errors import friendly_errors
from ees_analytics.cli.run_help import RunCommand
from ees_analytics.cli.selection import (
    check_load_versions,
    check_runner,
    select,
    stored_datasets,
    with_makers,
)
from ees_analytics.console.logging_setup import configure_logging
from ees_analytics.console.safe_text import MAX_ON_TERMINAL, printable
from ees_analytics.console.text import counted, few, iso_day
from ees_analytics.runner import STOPPED, RunFailed, RunStopped


@click.group(name="ees_analytics")
def cli() -> None:
    """EES analytics."""


def _run(**given: Any) -> Any:
    if given["pipeline"] and not given["pipelines"]:
        # Kedro deprecates --pipeline; this project accepts both.
        given.update(pipelines=[given["pipeline"]], pipeline=None)
    # A scheduled job passes all its parameters; conf decides those left empty.
    given["params"] = {key: value for key, value in given["params"].items() if value not in (None, "")}
    configure_logging()
    gc.freeze()  # modules stay loaded: else the collector would look through them again and again
    atexit.register(gc.freeze)  # Python's last collection would look through all that the run has loaded
    try:
        with friendly_errors(
            "Nothing was run. Check the command and the files in conf/: `kedro run --help` lists the options, "
            "`kedro registry list` the pipelines; `kedro doctor` checks an environment."
        ):
            check_runner(given["runner"], given["runner_params"])
            check_load_versions(given.pop("load_versions"))
            given["load_versions"] = {}
            return _kedro_run(**_runnable(given))
    except (RunStopped, KeyboardInterrupt):
        raise _Interrupted(STOPPED) from None
    except RunFailed as error:
        raise click.ClickException(error.message(MAX_ON_TERMINAL)) from None
    finally:
        gc.unfreeze()


def _runnable(given: dict[str, Any]) -> dict[str, Any]:
    """The arguments, whose selection also has the steps that make what it reads and what is not stored.

    Raises:
        BadConfigException: They select something that does not exist.
    """
    names = given["pipelines"] or ["__default__"]
    selected = select(
        names, node_namespaces=given["namespaces"], **{name: given[name] for name in _SELECTION}
    )
    if not any(given[name] for name in (*_SELECTION, "namespaces")):
        return given
    stored = stored_datasets(given["env"], given["conf_source"], given["params"])
    runnable = [node.name for node in with_makers(selected, names, stored).nodes]
    added = sorted({*runnable} - {node.name for node in selected.nodes})
    if not added:
        return given
    click.echo(f"Also run, because what they make is not stored: {few(added, _NAMED)}.")
    return {**given, **dict.fromkeys((*_SELECTION, "namespaces"), ()), "node_names": runnable}


class _Interrupted(click.ClickException):
    """Ends the process at once; a caller from Python gets it as an exception."""

    exit_code = 130
    """Of a process that Ctrl+C ended, as shells expect."""

    def show(self, file: Any = None) -> None:
        """Print the message and exit, without Python's wait for threads whose engine Ctrl+C has ended."""
        try:
            click.echo(f"\n{self.message}", err=True)
            sys.stdout.flush()
        finally:  # the pipe may be gone: Ctrl+C also ends what reads it
            os._exit(self.exit_code)


_NAMED = 6
"""Added steps that are named."""

_NEWEST_DAYS = 10
"""Of a named table in ``compare-tables``, unless ``--days`` chooses."""

_HELP = """Run pipelines: by default ingest, then reporting.

Where a step fails, all steps that do not depend on it are finished."""

_SELECTION = ("tags", "node_names", "from_nodes", "to_nodes", "from_inputs", "to_outputs")
_kedro_run = cast("Callable[..., Any]", kedro_run.callback)

run = RunCommand(
    "run", callback=_run, params=copy.deepcopy(kedro_run.params), short_help=kedro_run.help, help=_HELP
)
"""Kedro's ``run`` with the project's runner as the default, friendly errors, and help about this project."""
for _option in cast("list[click.Option]", run.params):
    _option.help = options.HELP.get(_option.name or "", _option.help)
    if _option.name == "runner":
        _option.default = "ees_analytics.runner.IndependentRunner"
    elif _option.name == "load_versions":
        _option.callback = None  # always refused, however it is written
    elif _option.name == "params":
        _option.callback = options.split_params
cli.add_command(run)


# The project's `viz` takes the place of Kedro-Viz's: Kedro prefers its plugins' global commands.
with contextlib.suppress(ImportError):  # not installed in production
    from kedro_viz.launchers.cli.lazy_default_group import LazyDefaultGroup
    from kedro_viz.launchers.cli.main import viz_cli

    _viz_commands = {
        "run": "ees_analytics.cli.viz.commands.run",
        "build": "ees_analytics.cli.viz.commands.build",
        "deploy": "kedro_viz.launchers.cli.deploy.deploy",
    }
    _viz_default = {"default": "run", "default_if_no_args": True}
    viz_cli.add_command(
        LazyDefaultGroup("viz", lazy_subcommands=_viz_commands, help="Show the pipelines.", **_viz_default)
    )


@cli.command()
@click.pass_obj
def package(metadata: ProjectMetadata) -> None:
    """Build the wheel, the archive of conf and the list of packages, in dist/. The archive has no file of conf/local, and no key or .env."""
    from ees_analytics.cli.package import copy_lock, write_archive

    project = metadata.project_path
    call([sys.executable, "-m", "build", "--wheel", "--outdir", "dist"], cwd=str(project))
    archive = write_archive(project / "conf", project / "dist" / f"conf-{metadata.package_name}.tar.gz")
    click.echo(f"Written: {archive}, {copy_lock(project)}")


@cli.command("data-dictionary")
@click.option(
    "--site",
    is_flag=False,
    flag_value="",
    default=None,
    metavar="[FOLDER]",
    help="Write pages to browse and search instead, with the newest rows of each table: into this folder, by default "
    "`catalogue` beside the run reports.",
)
@options.env
@options.params
@click.option(
    "--personal-data", is_flag=True, help="With --site: show columns that may have personal data, too"
)
@click.pass_obj
def data_dictionary(
    metadata: ProjectMetadata, site: str | None, env: str | None, params: dict[str, Any], personal_data: bool
) -> None:
    """Write docs/data-dictionary.md from the contracts, or a site to browse."""
    if site is None:
        if env or params or personal_data:
            raise click.UsageError("--env, --params and --personal-data need --site.")
        from ees_analytics.cli.data_dictionary import write_page

        click.echo(f"Written: {write_page(metadata.project_path)}")
        return
    configure_logging()
    from ees_analytics.cli.catalogue import write_site

    with friendly_errors("Give the lake as in `kedro run`: --env live, --params lake_root=data/lake"):
        page = write_site(metadata.project_path, site, {"env": env, **params}, personal_data)
    click.echo(f"Written: {page}. Open it in a browser.")


@cli.command()
@options.env
@options.params
@click.option(
    "--deep/--no-deep",
    default=None,
    help="Read every row, which finds damaged data files. By default those of tables in folders, not of a catalogue's.",
)
@click.pass_obj
def doctor(metadata: ProjectMetadata, env: str | None, params: dict[str, Any], deep: bool | None) -> None:
    """Check whether an environment can run, and what to do if it cannot."""
    from ees_analytics.cli.doctor import Level, examine, merged

    configure_logging()
    logging.getLogger("ees_analytics").setLevel(logging.CRITICAL)  # findings report it
    faults = []
    for finding in merged(examine(metadata.project_path, env, params, deep)):
        if finding.level is Level.BAD:
            faults.append(str(finding))
        else:
            click.echo(str(finding))
    if faults:
        click.echo("\n".join(faults))
        raise click.ClickException("This environment cannot run yet: see the lines that begin with ✗.")
    click.echo("This environment can run.")


def _two_days(
    context: click.Context, option: click.Parameter, value: str | None
) -> tuple[str | None, str | None]:
    first, dots, last = (value or "").partition("..")
    if not all(iso_day(day) for day in (first, last) if day):
        raise click.BadParameter("give a day, or a range: 2026-06-01..2026-06-07")
    if first and last and first > last:
        raise click.BadParameter(f"{first} is later than {last}: give the earlier day first")
    return first or None, (last if dots else first) or None


def _side(context: click.Context, option: click.Parameter, value: str) -> tuple[dict[str, Any], Any]:
    """The parameters of one side of a comparison, and the version of its tables."""
    from ees_analytics.cli.compare_tables import moment_of

    text = value.replace("version:", "version=")
    try:
        if text and "=" not in text:
            raise ValueError(f"`{text}` is neither a version, a time nor a parameter")
        given = options.split_params(context, option, text)
        return given, moment_of(given)
    except ValueError as error:
        yesterday = dt.date.today() - dt.timedelta(days=1)
        raise click.BadParameter(
            f"{error}. Examples: version=-1 (before the newest change), version=12 (Delta's number), "
            f"as_of={yesterday} (the end of yesterday), as_of={yesterday}T09:30"
        ) from None


@cli.command("compare-tables")
@click.option(
    "--left",
    required=True,
    callback=_side,
    help="One side, as in `kedro run`: env=…,key=value. With version=-1 its tables are as they were before their newest "
    "change of rows, with as_of=2026-06-27 as at the end of that day.",
)
@click.option(
    "--right",
    default="",
    callback=_side,
    help="The other side; by default the tables of the left as they are now.",
)
@click.option("--tables", default="", help="Only these: raw.ees_ga4_page,app.ees_service_summary")
@click.option("--days", default=None, callback=_two_days, help="Only these: 2026-06-01..2026-06-07")
@click.option("--tolerance", default=0.0, help="Numbers that differ by no more than this share are equal")
@click.pass_obj
def compare_tables(
    metadata: ProjectMetadata,
    left: tuple[dict[str, Any], Any],
    right: tuple[dict[str, Any], Any],
    tables: str,
    days: tuple[str | None, str | None],
    tolerance: float,
) -> None:
    """Compare the tables of two lakes, catalogues or times by table, day and column; exit code 1 where they differ."""
    if left[1] == right[1] and right[0] in ({}, left[0]):
        raise click.UsageError("Both sides are the same. Give --right, or a version or time of the left.")
    from ees_analytics.cli.compare_tables import compare, open_catalog

    names = [name.strip() for name in tables.split(",") if name.strip()]
    most = (sys.maxsize if any(days) else _NEWEST_DAYS) if names else 0
    compared = found = rows = 0
    with friendly_errors("Give each side as in `kedro run`: env=base,lake_root=data/lake"):
        places = (left[0], right[0] or left[0])
        ours, theirs = (open_catalog(metadata.project_path, side) for side in places)
        for name, table in compare(ours, theirs, names, days, tolerance, (left[1], right[1])):
            lines = [*table.lines(name, most)]
            for line in lines:
                click.echo(printable(line))
            compared, found, rows = compared + 1, found + bool(lines), rows + max(table.total.rows)
    if found:
        hint = "" if names else " --tables <name>,<name> shows their days and rows."
        raise click.ClickException(f"Differences in {found} of {counted(compared, 'table')}.{hint}")
    if any(days) and not rows:
        raise click.ClickException("Nothing was compared: no table has a row of these days.")
    click.echo(f"No differences: {counted(compared, 'table')}, {counted(rows, 'row')} on each side.")

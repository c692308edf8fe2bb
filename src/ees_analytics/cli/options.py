"""Options that the project's commands share with ``kedro run``."""

from typing import Any

import click
from kedro.framework.cli.utils import _split_params
from omegaconf.errors import OmegaConfBaseException
from yaml import YAMLError

from ees_analytics.console.safe_text import A_KEY_ITSELF, looks_like_a_key, printable

NO_INTERPOLATION = "`${` is not accepted here. Give the value itself."
HELP = {
    "env": "base (the default), live or databricks.",
    "load_versions": "Not available: tables have the versions of Delta.",
    "namespaces": "Run only these groups of steps, such as reporting.events.",
    "params": "Parameters of this run, listed below.",
    "pipeline": "The same as --pipelines, for one pipeline.",
    "pipelines": "Pipelines to run, listed below, joined by commas. By default all of ingest and reporting.",
    "runner": "Not available: the project has its own.",
    "runner_params": "max_workers=1 runs one step at a time.",
    "tags": "Run only steps with one of these tags, such as ga4 or events.",
}
"""Help of options of ``kedro run``, where it is not Kedro's own."""

env = click.option("--env", "-e", default=None, help=HELP["env"])


def split_params(context: click.Context, option: click.Parameter, value: Any) -> Any:
    """The parameters as Kedro splits them; an error shows no secret.

    Raises:
        UsageError: They cannot be split, ask for interpolation, or one is a key where its file is wanted.
    """
    if "${" in str(value):
        raise click.BadParameter(NO_INTERPOLATION)
    if looks_like_a_key(str(value).partition("google_key_file=")[2].partition(",")[0]):
        raise click.BadParameter(f"google_key_file {A_KEY_ITSELF}")
    try:
        return _split_params(context, option, value)
    except click.UsageError as error:
        raise click.UsageError(printable(error.message), context) from None
    except IndexError:  # OmegaConf's, of a name of nothing but `[`
        raise click.BadParameter("a parameter has no name but `[`. Write name=value.") from None
    except (OmegaConfBaseException, UnicodeError, YAMLError) as error:
        raise click.BadParameter(printable(str(error))) from None


params = click.option(
    "--params", default="", help="As in `kedro run`: key=value,key=value", callback=split_params
)

"""Options that the project's commands share with ``kedro run``."""

import click
from kedro.framework.cli.utils import _split_params

ENVIRONMENTS = "base (the default), live or databricks."
env = click.option("--env", "-e", default=None, help=ENVIRONMENTS)
params = click.option(
    "--params", default="", help="As in `kedro run`: key=value,key=value", callback=_split_params
)

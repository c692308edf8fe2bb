"""What people type: ``kedro run`` with the project's runner, and the project's own commands."""

from ees_analytics.cli.main import cli, run

__all__ = ["cli", "run"]

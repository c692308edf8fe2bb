"""``python -m ees_analytics`` and the command ``ees-analytics``: ``kedro run`` of the installed package."""

import sys
from typing import Any

from kedro.framework.cli.utils import find_run_command
from kedro.framework.project import configure_project


def main(*args: Any, **kwargs: Any) -> Any:
    """Run the project; takes the arguments of ``kedro run``."""
    configure_project("ees_analytics")
    kwargs["standalone_mode"] = not hasattr(sys, "ps1")
    return find_run_command("ees_analytics")(*args, **kwargs)


if __name__ == "__main__":
    main()

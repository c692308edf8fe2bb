"""Runs the project several times in one process: ``python -m tests.rehearsal.three_runs '[{"run_date": …}, …]' [conf]``."""

from __future__ import annotations

import json
import sys

from kedro.framework.project import configure_project


def main(runs: str, conf: str) -> None:
    configure_project("ees_analytics")
    from ees_analytics.cli import run

    for parameters in json.loads(runs):
        listed = ",".join(f"{name}={value}" for name, value in parameters.items())
        run.main(["--env=databricks", f"--conf-source={conf}", f"--params={listed}"], standalone_mode=False)


if __name__ == "__main__":
    main(*sys.argv[1:])

"""Write the sample: ``python -m tests.sample --out data/sample``."""

from __future__ import annotations

import argparse
import datetime as dt
from pathlib import Path

from . import data_catalogue, ga4, logs, search_console, website
from .world import DAYS, NEWEST_DAY, SEED, World

WRITERS = (ga4.write, website.write, data_catalogue.write, logs.write, search_console.write)
"""Every source of the sample; each writes into its own folder."""


def main(arguments: list[str] | None = None) -> None:
    """Write the recorded answers of every source."""
    parser = argparse.ArgumentParser(prog="python -m tests.sample", description=__doc__)
    parser.add_argument(
        "--out", type=Path, required=True, help="the folder to write, for example data/sample"
    )
    parser.add_argument("--days", type=int, default=DAYS, help=f"how many days (default {DAYS})")
    parser.add_argument("--newest", type=dt.date.fromisoformat, default=NEWEST_DAY, help="the last day")
    parser.add_argument("--seed", type=int, default=SEED, help="another seed is another world")
    parser.add_argument("--scale", type=float, default=1.0, help="how many times more rows a day")
    chosen = parser.parse_args(arguments)
    world = World(seed=chosen.seed, days=chosen.days, newest=chosen.newest, scale=chosen.scale)
    for write in WRITERS:
        write(world, chosen.out)


if __name__ == "__main__":
    main()

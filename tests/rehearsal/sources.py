"""The sources of a rehearsal: local servers and a folder, with the sample's synthetic world in them."""

from __future__ import annotations

import gzip
import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.conftest import PROJECT
from tests.sample.world import World
from tests.servers.ga4 import Ga4Server
from tests.servers.search_console import Row, SearchConsoleServer
from tests.servers.website import WebsiteServer

SAMPLE = PROJECT / "data" / "sample"
FIRST_DAY = "2026-06-10"
RUN_DATE, NEXT_DATE = "2026-06-26", "2026-06-27"


@contextmanager
def local_sources(root: Path) -> Iterator[dict[str, str]]:
    """Servers on this machine; gives the runtime parameters that point to them."""
    logs = root / "logs"
    drop_logs(logs, FIRST_DAY, RUN_DATE)
    with (
        Ga4Server.of_world(World()) as ga4,
        SearchConsoleServer(_searches()) as search,
        WebsiteServer(SAMPLE / "website") as website,
    ):
        yield {
            "ga4_endpoint": ga4.grpc,
            "search_console_endpoint": search.url,
            "website_url": website.url,
            "api_logs_root": str(logs),
            "landing_root": str(root / "landing"),
            "reports_root": str(root / "reports"),
            "backup_root": str(root / "backup"),
            "first_day": FIRST_DAY,
        }


def drop_logs(folder: Path, first: str, last: str) -> None:
    """Let the upstream job drop its files of these days."""
    for path in sorted((SAMPLE / "public-api").rglob("*.parquet")):
        if first.replace("-", "") <= path.name[:8] <= last.replace("-", ""):
            target = folder / path.relative_to(SAMPLE / "public-api")
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, target)


def _searches() -> dict[str, list[Row]]:
    return {
        path.name[:10]: _rows(path) for path in sorted((SAMPLE / "search_console").rglob("2026-06-*.json.gz"))
    }


def _rows(path: Path) -> list[Row]:
    recorded = json.loads(gzip.decompress(path.read_bytes()))
    return [
        (row["keys"][1], row["keys"][2], row["clicks"], row["impressions"], row["position"])
        for page in recorded["pages"]
        for row in page.get("rows", ())
    ]

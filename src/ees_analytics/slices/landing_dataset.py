"""``LandingDataset``: one immutable parquet file per fetched slice, the second copy of what cannot be refetched."""

import datetime as dt
import json
import logging
import os
import re
import time
from collections.abc import Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from kedro.io import AbstractDataset

from ees_analytics.console.progress import Progress
from ees_analytics.console.safe_text import printable, printable_values
from ees_analytics.console.text import iso_day
from ees_analytics.contracts.digest import digest, matches
from ees_analytics.slices.errors import BadFile, NotYetPublished, SourceError, SourceStop
from ees_analytics.slices.slice import (
    DamagedLanding,
    Fetch,
    FetchedSlice,
    Flags,
    LandedSlice,
    LandingZone,
    QuarantinedSlice,
)

logger = logging.getLogger(__name__)

_NAME = re.compile(
    r"^(?P<slice>.+)\.(?P<stamp>\d{8}T\d{12}Z)\.(?P<rows>\d+)\.(?P<digest>(?:[0-9a-z]+-)?[0-9a-f]{32,40})\.parquet$"
)
_QUARANTINED_NAME = re.compile(r"^(?P<slice>.+)\.(?P<stamp>\d{8}T\d{12}Z)\.parquet$")
_STAMP = "%Y%m%dT%H%M%S%fZ"
_SET_ASIDE = "_set_aside"


class LandingDataset(AbstractDataset[Mapping[str, Fetch], LandingZone]):
    """The landing zone of one raw table.

    Saving takes a lazy mapping from slice to a callable that fetches it (the interface of kedro-datasets'
    ``PartitionedDataset``), calls a few at once, and writes each result as
    ``<folder>/<slice>.<fetched at>.<rows>.<digest>.parquet`` (temporary file, then rename), with the request and the
    response's metadata as key-value metadata. The stamp counts up: the newest file of a slice is the one written last.
    Earlier files stay. A slice that fails is filed under ``_set_aside/`` with the reason and the rows received (a
    ``BadFile`` only when the reason is new); after a ``SourceStop`` no further slice is fetched.

    Loading gives a ``LandingZone``: it lists file names; files are read and verified one by one later.

    Args:
        table: The raw table's name.
        path: The table's folder in the landing zone.
        in_flight: The number of slices that are fetched at once.
    """

    def __init__(
        self, *, table: str, path: str, in_flight: int = 3, metadata: dict[str, Any] | None = None
    ) -> None:
        self._table = table
        self._folder = Path(path)
        self._in_flight = in_flight
        self._unpublished: set[str] = set()
        self.metadata = metadata

    def load(self) -> LandingZone:
        """List the newest file of each slice."""
        landed = {
            found["slice"]: LandedSlice(
                found["slice"], int(found["rows"]), found["digest"], _fetched_at(found), path
            )
            for found, path in _files(self._folder, _NAME)
        }
        quarantined = {
            found["slice"]: QuarantinedSlice(found["slice"], _fetched_at(found), path)
            for found, path in _files(self._folder / _SET_ASIDE, _QUARANTINED_NAME)
            if found["slice"] not in landed or landed[found["slice"]].landed_at < _fetched_at(found)
        }
        root = self._folder.parent
        empty_root = None if landed or any(root.glob("*/*.parquet")) else str(root)
        read = (_read_landed, _describe_landed, _read_reason)
        return LandingZone(self._table, landed, quarantined, *read, empty_root, frozenset(self._unpublished))

    def save(self, data: Mapping[str, Fetch]) -> None:
        """Fetch and land every slice of the mapping, oldest first."""
        pending = iter(sorted(data.items()))
        before = self.load() if data else LandingZone(self._table)
        self._unpublished.clear()
        running: dict[Future[FetchedSlice], str] = {}
        unit = "day" if iso_day(min(data, default="")) else "file"
        with (
            ThreadPoolExecutor(self._in_flight, thread_name_prefix=f"land-{self._table}") as pool,
            Progress(self._table, len(data), unit) as progress,
        ):
            while True:
                for name, fetch in islice(pending, self._in_flight - len(running)):
                    running[pool.submit(fetch)] = name
                if not running:
                    return
                for future in wait(running, return_when=FIRST_COMPLETED).done:
                    if self._settle(running.pop(future), future, before, progress):
                        pending = iter(())

    def expired(self, since: dt.date) -> list[Path]:
        """Failed attempts of slices that have come in before a day, and files that a stopped run left unfinished."""
        folders = (self._folder, self._folder / _SET_ASIDE)
        yesterday = time.time() - 86400
        unfinished = [path for folder in folders for path in folder.glob(".*.tmp")]
        failed = [
            (name, path) for name, path in _files(folders[1], _QUARANTINED_NAME) if _is_before(name, since)
        ]
        good = _files(self._folder, _NAME) if failed else []
        landed = {name["slice"]: name for name, _ in good if _is_before(name, since)}
        return [path for path in unfinished if path.stat().st_mtime < yesterday] + [
            Path(path)
            for name, path in failed
            if (later := landed.get(name["slice"])) and later["stamp"] > name["stamp"]
        ]

    def _settle(
        self, name: str, future: Future[FetchedSlice], before: LandingZone, progress: Progress
    ) -> bool:
        """Write one result; True where no further slice may be fetched."""
        try:
            fetched = future.result()
        except NotYetPublished as error:
            logger.info("%s %s: not published yet: %s", self._table, name, error)
            self._unpublished.add(name)
            progress.advance(0)
            return False
        except SourceError as error:
            # The check at the end of the pipeline reports the reasons once, not per slice.
            logger.info("%s %s: set aside: %s", self._table, name, error)
            if not _is_filed(name, error, before):
                rows = error.rows if error.rows is not None else pa.table({})
                description = {"reason": str(error), "kind": type(error).__name__}
                self._write(self._folder / _SET_ASIDE, name, "", rows, description, before)
            progress.advance(0)
            return isinstance(error, SourceStop)
        self._land(name, fetched, before)
        progress.advance(fetched.rows.num_rows)
        return False

    def _land(self, name: str, fetched: FetchedSlice, before: LandingZone) -> None:
        """Write the rows, unless the newest file of the slice has the same ones and no later attempt failed.

        Rows that a person accepted are always written: the file has who it was.
        """
        is_news = name in before.quarantined or "accepted" in fetched.metadata
        newest = None if is_news else before.landed.get(name)
        rows_digest = digest(fetched.rows)
        is_same = newest and matches(fetched.rows, newest.digest, rows_digest)
        if newest is None or not is_same or before.is_damaged(newest):
            count = fetched.rows.num_rows
            description = {
                "rows": count,
                "expected_rows": fetched.expected_rows,
                "digest": rows_digest,
                "flags": vars(fetched.flags),
                "request": dict(fetched.request),
                "metadata": dict(fetched.metadata),
            }
            ending = f".{count}.{rows_digest}"
            self._write(self._folder, name, ending, fetched.rows, description, before)

    def _write(
        self,
        folder: Path,
        name: str,
        ending: str,
        rows: pa.Table,
        description: dict[str, Any],
        before: LandingZone,
    ) -> None:
        """Write a file; its stamp is later than that of every earlier file of the slice, whatever the clock does."""
        newest = before.newest_stamp(name)
        stamp = max(dt.datetime.now(dt.UTC), newest + dt.timedelta(microseconds=1))
        path = folder / f"{name}.{stamp:{_STAMP}}{ending}.parquet"
        _write_file(path, rows, {"table": self._table, "slice": name, **printable_values(description)})

    def _exists(self) -> bool:
        return self._folder.is_dir()

    def _describe(self) -> dict[str, Any]:
        return {"table": self._table, "path": str(self._folder)}


def _is_filed(name: str, error: SourceError, before: LandingZone) -> bool:
    """True where a bad file was set aside for the same reason before."""
    known = before.quarantined.get(name)
    return isinstance(error, BadFile) and known is not None and before.reason(known) == str(error)


def _describe_landed(item: LandedSlice | QuarantinedSlice) -> Mapping[str, Any]:
    """The description in a file, without reading its rows; ``DamagedLanding`` if it cannot be read."""
    try:
        return dict(json.loads(pq.read_schema(item.path).metadata[b"ees"]))
    except (OSError, pa.ArrowException, KeyError, ValueError, TypeError) as error:
        raise DamagedLanding(f"{item.path} cannot be read: {error}") from error


def _read_landed(item: LandedSlice) -> FetchedSlice:
    """Read a landed file; ``DamagedLanding`` if it cannot be read, or its rows are not those that its name states."""
    description = _describe_landed(item)
    try:
        rows = pq.read_table(item.path).replace_schema_metadata(None)
    except (OSError, pa.ArrowException) as error:
        raise DamagedLanding(f"{item.path} cannot be read: {error}") from error
    if rows.num_rows != item.rows or not matches(rows, item.digest):
        raise DamagedLanding(
            f"{item.path} does not have the {item.rows} rows and the digest {item.digest} of its name"
        )
    kept = {name: description[name] for name in ("expected_rows", "request", "metadata")}
    return FetchedSlice(rows, flags=Flags(**description["flags"]), **kept)


def _read_reason(item: QuarantinedSlice) -> str:
    """Why a slice was set aside, from its file."""
    try:
        return printable(str(_describe_landed(item)["reason"]))
    except (DamagedLanding, KeyError):
        return "the reason cannot be read"


def _write_file(path: Path, rows: pa.Table, description: Mapping[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name[-80:]}.{os.getpid()}.tmp")
    try:
        text = json.dumps(description, default=str, ensure_ascii=False)
        pq.write_table(rows.replace_schema_metadata({"ees": text}), temporary, compression="zstd")
        with temporary.open("rb") as written:
            os.fsync(written.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def _files(folder: Path, name: re.Pattern[str]) -> list[tuple[re.Match[str], str]]:
    """The files whose names match, the newest of each slice last, with their paths."""
    if not folder.is_dir():
        return []
    with os.scandir(folder) as entries:
        found = [(match, entry.path) for entry in entries if (match := name.match(entry.name))]
    return sorted(found, key=lambda item: item[0]["stamp"])


def _is_before(name: re.Match[str], day: dt.date) -> bool:
    return _fetched_at(name).date() < day


def _fetched_at(name: re.Match[str]) -> dt.datetime:
    return dt.datetime.strptime(name["stamp"], _STAMP).replace(tzinfo=dt.UTC)

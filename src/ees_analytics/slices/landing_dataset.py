"""``LandingDataset``: one immutable parquet file per fetched slice, the second copy of what cannot be refetched."""

from __future__ import annotations

import datetime as dt
import json
import logging
import os
import re
from collections.abc import Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from kedro.io import AbstractDataset, DatasetError

from ees_analytics.console.progress import Progress
from ees_analytics.contracts.digest import digest
from ees_analytics.slices.errors import BadFile, NotYetPublished, SourceError, SourceStop
from ees_analytics.slices.landing_zone import DamagedLanding, LandingZone
from ees_analytics.slices.slice import Fetch, FetchedSlice, Flags, LandedSlice, QuarantinedSlice

logger = logging.getLogger(__name__)

_NAME = re.compile(
    r"^(?P<slice>.+)\.(?P<stamp>\d{8}T\d{12}Z)\.(?P<rows>\d+)\.(?P<digest>[0-9a-f]{32})\.parquet$"
)
_ASIDE = re.compile(r"^(?P<slice>.+)\.(?P<stamp>\d{8}T\d{12}Z)\.parquet$")
_STAMP = "%Y%m%dT%H%M%S%fZ"
_SET_ASIDE = "_set_aside"


class LandingDataset(AbstractDataset[Mapping[str, Fetch], LandingZone]):
    """The landing zone of one raw table.

    Saving takes a lazy mapping from slice to a callable that fetches it (the idiom of kedro-datasets'
    ``PartitionedDataset``), calls them with a few in flight, and writes each result as
    ``<folder>/<slice>.<fetched at>.<rows>.<digest>.parquet`` (temporary file, then rename). What was asked and
    what the source said beside the rows stands in the file's key-value metadata. A slice that fails is filed
    under ``_set_aside/`` with the reason and the rows received (a ``BadFile`` only when the reason is new); after
    a ``SourceStop`` no further slice is asked for. Earlier files of a slice stay.

    Loading gives a ``LandingZone``; file names suffice for it, contents are read and verified one by one later.

    Args:
        table: The raw table's name.
        path: The table's folder in the landing zone.
        in_flight: How many slices are fetched at once.
        siblings: ``needed`` where it is an error that neither this table nor another one beside it has any file.
        metadata: Left to Kedro and its plugins.
    """

    def __init__(
        self,
        *,
        table: str,
        path: str,
        in_flight: int = 3,
        siblings: str = "optional",
        metadata: dict[str, Any] | None = None,
    ) -> None:
        self._table = table
        self._siblings_needed = siblings == "needed"
        self._folder = Path(path)
        self._in_flight = in_flight
        self.metadata = metadata

    def load(self) -> LandingZone:
        """List the newest file of each slice.

        Raises:
            DatasetError: Files of some table are needed, and there are none.
        """
        if self._siblings_needed and not any(self._folder.parent.glob("*/*.parquet")):
            raise DatasetError(
                f"there is no file of any table in {self._folder.parent}. Nothing was written. Check backup_root."
            )
        landed = {item.slice: item for item in sorted(self._landed(), key=lambda item: item.landed_at)}
        aside = {
            item.slice: item for item in sorted(self._quarantined(), key=lambda item: item.quarantined_at)
        }
        open_failures = {
            name: item
            for name, item in aside.items()
            if name not in landed or landed[name].landed_at < item.quarantined_at
        }
        return LandingZone(self._table, landed, open_failures, read_landed, describe_landed, read_reason)

    def save(self, data: Mapping[str, Fetch]) -> None:
        """Fetch and land every slice of the mapping, oldest first."""
        pending = iter(sorted(data.items()))
        before = self.load() if data else LandingZone(self._table)
        with ThreadPoolExecutor(self._in_flight, thread_name_prefix=f"land-{self._table}") as pool:
            running: dict[Future[FetchedSlice], str] = {}
            with Progress(self._table, total=len(data)) as progress:
                self._fill(pool, running, pending)
                while running:
                    done, _ = wait(running, return_when=FIRST_COMPLETED)
                    for future in done:
                        name = running.pop(future)
                        if self._settle(name, future, before, progress):
                            pending = iter(())
                    self._fill(pool, running, pending)

    def _fill(
        self,
        pool: ThreadPoolExecutor,
        running: dict[Future[FetchedSlice], str],
        pending: Iterator[tuple[str, Fetch]],
    ) -> None:
        while len(running) < self._in_flight:
            name, fetch = next(pending, (None, None))
            if name is None or fetch is None:
                return
            running[pool.submit(fetch)] = name

    def _settle(
        self, name: str, future: Future[FetchedSlice], before: LandingZone, progress: Progress
    ) -> bool:
        """Write one result; True where no further slice may be asked for."""
        try:
            fetched = future.result()
        except NotYetPublished as error:
            logger.info("%s %s: not published yet: %s", self._table, name, error)
            progress.advance(0)
            return False
        except SourceError as error:
            # The check at the end tells the reasons, for files their audit: once, not per slice.
            logger.info("%s %s: set aside: %s", self._table, name, error)
            if not _is_filed(name, error, before):
                self._write_quarantined(name, error)
            progress.advance(0)
            return isinstance(error, SourceStop)
        rows_digest, newest = digest(fetched.rows), _unquestioned(name, before)
        if newest is None or newest.digest != rows_digest or is_damaged(newest):
            self._write_landed(name, fetched, rows_digest)
        progress.advance(fetched.rows.num_rows)
        return False

    def _write_landed(self, name: str, fetched: FetchedSlice, rows_digest: str) -> None:
        rows = fetched.rows
        stem = f"{name}.{_now():{_STAMP}}.{rows.num_rows}.{rows_digest}"
        description = {
            "table": self._table,
            "slice": name,
            "rows": rows.num_rows,
            "expected_rows": fetched.expected_rows,
            "digest": rows_digest,
            "flags": vars(fetched.flags),
            "request": dict(fetched.request),
            "metadata": dict(fetched.metadata),
        }
        _write_file(self._folder / f"{stem}.parquet", rows, description)

    def _write_quarantined(self, name: str, error: SourceError) -> None:
        description = {
            "table": self._table,
            "slice": name,
            "reason": str(error),
            "kind": type(error).__name__,
        }
        rows = error.rows if error.rows is not None else pa.table({})
        _write_file(self._folder / _SET_ASIDE / f"{name}.{_now():{_STAMP}}.parquet", rows, description)

    def _landed(self) -> Iterator[LandedSlice]:
        for entry in _files(self._folder):
            if match := _NAME.match(entry.name):
                yield LandedSlice(
                    slice=match["slice"],
                    rows=int(match["rows"]),
                    digest=match["digest"],
                    landed_at=_parse_stamp(match["stamp"]),
                    path=entry.path,
                )

    def _quarantined(self) -> Iterator[QuarantinedSlice]:
        for entry in _files(self._folder / _SET_ASIDE):
            if match := _ASIDE.match(entry.name):
                yield QuarantinedSlice(match["slice"], _parse_stamp(match["stamp"]), entry.path)

    def _exists(self) -> bool:
        return self._folder.is_dir()

    def _describe(self) -> dict[str, Any]:
        return {"table": self._table, "path": str(self._folder)}


def _unquestioned(name: str, before: LandingZone) -> LandedSlice | None:
    """The newest good file of a slice without a later failure: the same rows need no second file."""
    return None if name in before.quarantined else before.landed.get(name)


def _is_filed(name: str, error: SourceError, before: LandingZone) -> bool:
    """True where nothing new is to be told of a bad file: it was set aside for the same reason before."""
    known = before.quarantined.get(name)
    return isinstance(error, BadFile) and known is not None and before.reason(known) == str(error)


def describe_landed(item: LandedSlice) -> Mapping[str, Any]:
    """What a landed file says of itself; its rows are not read.

    Raises:
        DamagedLanding: The file cannot be read.
    """
    try:
        return dict(json.loads(pq.read_schema(item.path).metadata[b"ees"]))
    except (OSError, pa.ArrowException, KeyError, ValueError, TypeError) as error:
        raise DamagedLanding(f"{item.path} cannot be read: {error}") from error


def read_landed(item: LandedSlice) -> FetchedSlice:
    """Read a landed file and verify it.

    Raises:
        DamagedLanding: The file cannot be read, or its rows are not those that its name promises.
    """
    description = describe_landed(item)
    try:
        rows = pq.read_table(item.path).replace_schema_metadata(None)
    except (OSError, pa.ArrowException) as error:
        raise DamagedLanding(f"{item.path} cannot be read: {error}") from error
    if rows.num_rows != item.rows or digest(rows) != item.digest:
        raise DamagedLanding(f"{item.path} does not hold the {item.rows} rows of digest {item.digest}")
    return FetchedSlice(
        rows,
        expected_rows=description["expected_rows"],
        flags=Flags(**description["flags"]),
        request=description["request"],
        metadata=description["metadata"],
    )


def is_damaged(item: LandedSlice) -> bool:
    """True where the file does not hold what its name promises."""
    try:
        read_landed(item)
    except DamagedLanding:
        return True
    return False


def read_reason(item: QuarantinedSlice) -> str:
    """Why a slice was set aside, from its file."""
    try:
        return str(json.loads(pq.read_schema(item.path).metadata[b"ees"])["reason"])
    except (OSError, pa.ArrowException, KeyError, ValueError, TypeError):
        return "the reason cannot be read"


def _write_file(path: Path, rows: pa.Table, description: Mapping[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        text = json.dumps(description, default=str, ensure_ascii=False)
        pq.write_table(rows.replace_schema_metadata({"ees": text}), temporary, compression="zstd")
        with temporary.open("rb") as written:
            os.fsync(written.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def _files(folder: Path) -> Iterator[os.DirEntry[str]]:
    if folder.is_dir():
        with os.scandir(folder) as entries:
            yield from entries


def _parse_stamp(text: str) -> dt.datetime:
    return dt.datetime.strptime(text, _STAMP).replace(tzinfo=dt.UTC)


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)

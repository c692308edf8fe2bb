"""Recorded answers of Search Console: one gzipped JSON file a day, read without network or Google's client."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Mapping
from typing import Any

import fsspec
from kedro.io.core import AbstractDataset, DatasetError

from ees_analytics.contracts.errors import SourceError, UnstableSnapshot
from ees_analytics.contracts.search_answer import (
    PagedSearch,
    SearchAnswer,
    SearchQuestion,
    rows_of_page,
    totals_of,
)
from ees_analytics.datasets.ga4_recorded import MalformedRecording, UnreadableRecording, UnstableRecording


class RecordedSearchDataset(AbstractDataset[None, SearchAnswer]):
    """One recorded day of a site.

    The file is the gzipped JSON of ``{"site": …, "request": …, "pages": [answer, …], "totals": answer}`` as the API
    writes them; the last page has no rows. It stands under a ``PartitionedDataset``, which then has the interface of
    ``SearchConsoleDataset``:

    ```yaml
    source.ees_search_console:
      type: partitions.PartitionedDataset
      path: data/sample/search_console
      filename_suffix: .json.gz
      dataset: ees_analytics.datasets.search_console_recorded.RecordedSearchDataset
    ```
    """

    def __init__(self, *, filepath: str, metadata: dict[str, Any] | None = None) -> None:
        """Remember where the file lies.

        Args:
            filepath: Path or URL of the file.
            metadata: Ignored; for users and plugins.
        """
        self._filepath = filepath
        self.metadata = metadata

    def load(self) -> SearchAnswer:
        """Read the day.

        Raises:
            MalformedRecording: The file is no recorded answer.
            UnstableRecording: Its pages do not fit together.
            UnreadableRecording: The file is not there or cannot be read.
        """
        try:
            return _answer(self._read())
        except UnstableSnapshot as error:
            raise UnstableRecording(f"{self._filepath}: {error}", error.rows) from error
        except SourceError as error:
            raise MalformedRecording(f"{self._filepath}: {error}", error.rows) from error
        except (KeyError, TypeError, ValueError, EOFError, gzip.BadGzipFile, zlib.error) as error:
            raise MalformedRecording(
                f"{self._filepath}: not a recorded answer ({type(error).__name__}: {error}). Expected gzipped "
                'JSON of {"site": …, "request": …, "pages": […], "totals": …}; record the day again.'
            ) from error
        except OSError as error:
            raise UnreadableRecording(
                f"{self._filepath}: the recorded answer cannot be read: {error}"
            ) from error

    def save(self, data: None) -> None:
        """Refuse: recordings are made outside of runs."""
        raise DatasetError(f"{self._filepath}: a recorded answer is read, never written, by a run")

    def _read(self) -> Mapping[str, Any]:
        with fsspec.open(self._filepath, "rb") as file:
            recorded: Mapping[str, Any] = json.loads(gzip.decompress(file.read()))
        return recorded

    def _describe(self) -> dict[str, Any]:
        return {"filepath": self._filepath}

    def _exists(self) -> bool:
        filesystem, path = fsspec.core.url_to_fs(self._filepath)
        return bool(filesystem.exists(path))


def _answer(recorded: Mapping[str, Any]) -> SearchAnswer:
    request = recorded["request"]
    pages = PagedSearch(SearchQuestion(request["startDate"], recorded["site"], request["rowLimit"]))
    for body in recorded["pages"]:
        pages.add(rows_of_page(body))
    if not pages.complete:
        raise UnstableSnapshot(f"{pages.question}: the recording ends before a page without rows.")
    return pages.answer(totals_of(recorded["totals"], pages.question.day))

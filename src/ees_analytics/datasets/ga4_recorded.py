"""Recorded answers of Google Analytics 4: one gzipped JSON file a day, read without network or Google's client."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Mapping
from typing import Any

import fsspec
from kedro.io.core import AbstractDataset, DatasetError

from ees_analytics.contracts.answer import PagedAnswer, ReportAnswer, ReportQuestion
from ees_analytics.contracts.errors import MalformedAnswer, SourceError, SourceUnavailable, UnstableSnapshot
from ees_analytics.datasets.ga4_json import page_from_json


class MalformedRecording(MalformedAnswer, DatasetError):
    """A recorded file is no valid answer. Both a source's error and a dataset's, so that Kedro passes it on."""


class UnstableRecording(UnstableSnapshot, DatasetError):
    """The recorded pages do not fit together."""


class UnreadableRecording(SourceUnavailable, DatasetError):
    """A recorded file cannot be read."""


class RecordedReportDataset(AbstractDataset[None, ReportAnswer]):
    """One recorded day of one report.

    The file is the gzipped JSON of ``{"request": …, "pages": [RunReportResponse, …], "totals": RunReportResponse}``
    as the REST API writes them (``totals``, the answer with only the date as dimension, may be null). It stands
    under a ``PartitionedDataset``, which then has the interface of ``Ga4ReportDataset``:

    ```yaml
    source.ees_ga4_page:
      type: partitions.PartitionedDataset
      path: data/sample/ga4/ees_ga4_page
      filename_suffix: .json.gz
      dataset: ees_analytics.datasets.ga4_recorded.RecordedReportDataset
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

    def load(self) -> ReportAnswer:
        """Read the day.

        Raises:
            MalformedRecording: The file is no recorded answer.
            UnstableRecording: Its pages do not fit together.
            UnreadableRecording: The file is not there or cannot be read.
        """
        try:
            recorded = self._read()
            pages = PagedAnswer(ReportQuestion.from_request(recorded["request"]))
            for body in recorded["pages"]:
                pages.add(page_from_json(body))
            return pages.answer(totals_from_json(recorded.get("totals")))
        except UnstableSnapshot as error:
            raise UnstableRecording(f"{self._filepath}: {error}", error.rows) from error
        except SourceError as error:
            raise MalformedRecording(f"{self._filepath}: {error}", error.rows) from error
        except (KeyError, TypeError, ValueError, IndexError, EOFError, gzip.BadGzipFile, zlib.error) as error:
            raise MalformedRecording(
                f"{self._filepath}: not a recorded answer ({type(error).__name__}: {error}). Expected gzipped "
                'JSON of {"request": …, "pages": […], "totals": …}; record the day again.'
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


def totals_from_json(body: Any) -> dict[str, float] | None:
    """The totals of a date-only answer: 0.0 for every metric where it has no row, None where there is no answer."""
    if body is None:
        return None
    page = page_from_json(body)
    values = page.values[len(page.dimensions) :]
    return {
        name: sum(map(float, column.to_pylist())) for name, column in zip(page.metrics, values, strict=True)
    }

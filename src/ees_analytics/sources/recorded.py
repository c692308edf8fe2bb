"""``RecordedDataset``: recorded responses of a source, a gzipped JSON file a day, read without Google's client."""

from __future__ import annotations

import gzip
import json
import zlib
from abc import abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar, Generic, TypeVar

import fsspec
from kedro.io.core import AbstractDataset, DatasetError

from ees_analytics.slices.errors import SourceError
from ees_analytics.sources.errors import MalformedResponse, SourceUnavailable, UnstableSnapshot

Response = TypeVar("Response")


class MalformedRecording(MalformedResponse, DatasetError):
    """A file is not a valid recording. Also a ``DatasetError``, so that Kedro passes it on unchanged."""


class UnstableRecording(UnstableSnapshot, DatasetError):
    """The recorded pages do not fit together."""


class UnreadableRecording(SourceUnavailable, DatasetError):
    """A recorded file cannot be read."""


class RecordedDataset(AbstractDataset[None, Response], Generic[Response]):
    """One recorded day; subclasses declare the file's content, gzipped JSON as the API writes it.

    A ``PartitionedDataset`` of such files has the interface of the live source:

    ```yaml
    source.ees_ga4_page:
      type: partitions.PartitionedDataset
      path: data/sample/ga4/ees_ga4_page
      filename_suffix: .json.gz
      dataset: ees_analytics.sources.ga4.recorded.RecordedReportDataset
    ```

    Args:
        filepath: Path or URL of the file.
        metadata: Ignored; for users and plugins.
    """

    SHAPE: ClassVar[str]
    """What the JSON looks like, for messages."""

    def __init__(self, *, filepath: str, metadata: dict[str, Any] | None = None) -> None:
        self._filepath = filepath
        self.metadata = metadata

    @abstractmethod
    def response(self, recorded: Mapping[str, Any]) -> Response:
        """The response that the file's JSON records."""

    def load(self) -> Response:
        """Read the day.

        Raises:
            MalformedRecording: The file is not a recording.
            UnstableRecording: Its pages do not fit together.
            UnreadableRecording: The file is absent or cannot be read.
        """
        try:
            return self.response(self._read())
        except UnstableSnapshot as error:
            raise UnstableRecording(f"{self._filepath}: {error}", error.rows) from error
        except SourceError as error:
            raise MalformedRecording(f"{self._filepath}: {error}", error.rows) from error
        except (KeyError, TypeError, ValueError, IndexError, EOFError, gzip.BadGzipFile, zlib.error) as error:
            raise MalformedRecording(
                f"{self._filepath}: not a recorded response ({type(error).__name__}: {error}). Expected gzipped "
                f"JSON of {self.SHAPE}; record the day again."
            ) from error
        except OSError as error:
            raise UnreadableRecording(
                f"{self._filepath}: the recorded response cannot be read: {error}"
            ) from error

    def save(self, data: None) -> None:
        """Refuse: a run writes no recordings."""
        raise DatasetError(f"{self._filepath}: a recorded response is read only")

    def _read(self) -> Mapping[str, Any]:
        with fsspec.open(self._filepath, "rb") as file:
            recorded: Mapping[str, Any] = json.loads(gzip.decompress(file.read()))
        return recorded

    def _describe(self) -> dict[str, Any]:
        return {"filepath": self._filepath}

    def _exists(self) -> bool:
        filesystem, path = fsspec.core.url_to_fs(self._filepath)
        return bool(filesystem.exists(path))

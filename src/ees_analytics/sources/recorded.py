"""``RecordedDataset``: recorded responses of a source, a gzipped JSON file a day, read without Google's client."""

import gzip
import json
import zlib
from abc import abstractmethod
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

import fsspec

from ees_analytics.slices.errors import SourceError
from ees_analytics.sources.base import ReadOnlySource
from ees_analytics.sources.day_response import DayResponse
from ees_analytics.sources.errors import MalformedResponse, SourceUnavailable, UnstableSnapshot

_DAMAGE = (LookupError, TypeError, ValueError, EOFError, RecursionError, gzip.BadGzipFile, zlib.error)


class RecordedDataset(ReadOnlySource[DayResponse]):
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
    """

    SHAPE: ClassVar[str]
    """What the JSON looks like, for messages."""

    def __init__(self, *, filepath: str, metadata: dict[str, Any] | None = None) -> None:
        self._filepath = filepath
        self.metadata = metadata

    @abstractmethod
    def response(self, recorded: Mapping[str, Any], pages: Iterator[Any]) -> DayResponse:
        """The response that the file's JSON records; ``pages`` are the bodies of its pages."""

    def load(self) -> DayResponse:
        """Read the day.

        Raises:
            MalformedResponse: The file is not a recording.
            UnstableSnapshot: Its pages do not fit together.
            SourceUnavailable: The file is absent or cannot be read.
        """
        try:
            with fsspec.open(self._filepath, "rb") as file:
                recorded = json.loads(gzip.decompress(file.read()))
            pages = iter(recorded["pages"])
            response = self.response(recorded, pages)
            if left := list(pages):
                raise UnstableSnapshot(f"{len(left)} page(s) follow the last one.", response.rows)
            return response
        except SourceError as error:
            raise type(error)(f"{self._filepath}: {error}", error.rows) from error
        except _DAMAGE as error:
            raise MalformedResponse(
                f"{self._filepath}: not a recorded response ({type(error).__name__}: {error}). Expected gzipped "
                f"JSON of {self.SHAPE}; record the day again."
            ) from error
        except OSError as error:
            raise SourceUnavailable(
                f"{self._filepath}: the recorded response cannot be read: {error}"
            ) from error

    def _describe(self) -> dict[str, Any]:
        return {"filepath": self._filepath}

    def _exists(self) -> bool:
        filesystem, path = fsspec.core.url_to_fs(self._filepath)
        return bool(filesystem.exists(path))

"""The website's pages by address: recorded in a folder, or fetched from the service."""

from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from kedro.io.core import DatasetError
from kedro.validation import ModelInstantiationError

from ees_analytics.parameters.website import PUBLIC_SITE, CrawlPolicy
from ees_analytics.sources.base import ReadOnlySource
from ees_analytics.sources.errors import MalformedResponse, NotRecorded, PageMissing, SourceUnavailable
from ees_analytics.sources.website.client import WebsiteClient
from ees_analytics.sources.website.reading import Website


class WebsiteDataset(ReadOnlySource[Website]):
    """The live website, read with a few requests at once and a pause between them, whichever nodes read.

    Callables raise ``PageMissing`` (404), ``PermissionRefused`` (401, 403), ``MalformedResponse`` (not HTML, too large, a
    redirect to elsewhere) or ``SourceUnavailable`` (the retries are used up).

    Example (conf/live/catalog_sources.yml)::

        source.website:
          type: ees_analytics.sources.website.dataset.WebsiteDataset
          url: ${runtime_params:website_url,null}
          max_concurrent: 2
          pause_seconds: 0.2

    Args:
        url: Root of the website, ``https://…`` (``http://`` for loopback addresses only); unset: the public one.
        crawl_policy: Any field of ``parameters.website.CrawlPolicy``.
    """

    def __init__(
        self, *, url: str | None = None, metadata: dict[str, Any] | None = None, **crawl_policy: Any
    ) -> None:
        self._url = url or PUBLIC_SITE
        self.metadata = metadata
        try:
            self._crawl_policy = CrawlPolicy.model_validate(crawl_policy)
            self._client = WebsiteClient(self._url, self._crawl_policy)
        except (ModelInstantiationError, ValueError) as error:
            raise DatasetError(f"The live website cannot be set up: {error}") from error

    def load(self) -> Website:
        """The website's pages; nothing is fetched yet."""
        return Website(self._client.fetch)

    def _describe(self) -> dict[str, Any]:
        return {"url": self._url, **vars(self._crawl_policy)}


class RecordedWebsiteDataset(ReadOnlySource[Website]):
    """Pages of the website that were recorded in a folder.

    ``find-statistics/<slug>.html`` and ``data-catalogue/data-set/<id>.html`` are pages,
    ``find-statistics/_page_<n>.html`` and ``data-catalogue/_page_<n>.html`` the listings. A page without a file
    counts as one that the website reports missing.

    Args:
        path: The folder.
    """

    def __init__(self, *, path: str, metadata: dict[str, Any] | None = None) -> None:
        self._folder = Path(path)
        self.metadata = metadata

    def load(self) -> Website:
        """The recorded pages; nothing is read yet."""
        return Website(self._read)

    def _read(self, address: str) -> str:
        part = self._folder / address.split("?")[0].split("/")[0]
        file = self._folder / recorded_path(address)
        if not self._folder.is_dir():
            raise SourceUnavailable(
                f"{self._folder}: there is no such folder of recorded pages; name another with "
                "`kedro run --params website_root=<folder>`"
            )
        if not part.is_dir():
            raise NotRecorded(f"{part}: nothing of this part of the website is recorded.")
        try:
            return file.read_text(encoding="utf-8-sig")
        except FileNotFoundError:
            raise PageMissing(f"{address}: no page is recorded as {file}.") from None
        except UnicodeDecodeError as error:
            raise MalformedResponse(f"{file}: the recorded page is not UTF-8 text ({error})") from error
        except OSError as error:
            raise SourceUnavailable(f"{file}: the recorded page cannot be read ({error})") from error

    def _exists(self) -> bool:
        return self._folder.is_dir()

    def _describe(self) -> dict[str, Any]:
        return {"path": str(self._folder)}


def recorded_path(address: str) -> str:
    """The file, relative to the folder, in which the page of an address is recorded."""
    target = urlsplit(address)
    if "/" in target.path:
        return f"{target.path}.html"
    page = parse_qs(target.query).get("page", ["1"])[0]
    return f"{target.path}/_page_{page}.html"

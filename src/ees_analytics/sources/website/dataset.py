"""The website's pages as a lazy mapping: recorded in a folder, or fetched politely from the service."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import parse_qs, urlsplit

from kedro.io import AbstractDataset
from kedro.io.core import DatasetError

from ees_analytics.parameters.website import PUBLIC_SITE
from ees_analytics.sources.errors import (
    MalformedResponse,
    NotRecorded,
    PageMissing,
    SourceUnavailable,
)
from ees_analytics.sources.website.client import CrawlPolicy, WebsiteClient

LISTINGS = ("find-statistics?page=1", "data-catalogue?dataSetType=api&sortBy=newest&page=1")
"""The pages from which all others are found."""

_ADDRESS = re.compile(
    r"(find-statistics|data-catalogue)(/[A-Za-z0-9][A-Za-z0-9._~'()-]*)*(\?[A-Za-z0-9=&]*)?"
)


class Pages(Mapping[str, Callable[[], str]]):
    """A page's address, relative to the website, to a callable that gives its HTML.

    Every address of the parts that this project reads is a key; iterating gives those known beforehand.
    Nothing is fetched until a callable is called; callables may be called from several threads.
    """

    def __init__(self, fetch: Callable[[str], str], known: Callable[[], list[str]]) -> None:
        self._fetch = fetch
        self._known = known

    def __getitem__(self, address: str) -> Callable[[], str]:
        """The callable of one page.

        Raises:
            KeyError: The address lies outside the parts of the website that are read.
        """
        if not _ADDRESS.fullmatch(address) or ".." in address:
            raise KeyError(
                f"{address!r} is no page that is read: addresses look like 'find-statistics/<slug>', "
                "'find-statistics?page=2' or 'data-catalogue/data-set/<id>'"
            )
        return partial(self._fetch, address)

    def __iter__(self) -> Iterator[str]:
        return iter(self._known())

    def __len__(self) -> int:
        return len(self._known())


class _ReadOnlyWebsite(AbstractDataset[NoReturn, Pages]):
    """What the two sources of pages have in common: they cannot be written."""

    def save(self, data: NoReturn) -> None:
        """Refuse: the website is a source."""
        raise DatasetError(f"{type(self).__name__} is a source: the website is read, never written")


class WebsiteDataset(_ReadOnlyWebsite):
    """The live website, read with a few requests at once and a pause between them.

    The bounds hold for the dataset, whichever nodes read through it. Callables raise ``PageMissing`` (404),
    ``PermissionRefused`` (401, 403), ``MalformedResponse`` (no HTML, too large, a redirect to elsewhere) or
    ``SourceUnavailable`` (the retries are used up).

    Example (conf/live/catalog_sources.yml)::

        source.website:
          type: ees_analytics.sources.website.dataset.WebsiteDataset
          url: ${runtime_params:website_url,null}
          max_concurrent: 2
          pause_seconds: 0.2

    Args:
        url: Root of the website, ``https://…`` (``http://`` for loopback addresses only); unset means the
            public one.
        metadata: Left to Kedro and its plugins.
        politeness: Any field of ``website_client.CrawlPolicy``: ``user_agent``, ``max_concurrent``,
            ``pause_seconds``, ``timeout``, ``retries``, ``backoff_seconds``, ``max_retry_after``,
            ``max_page_seconds``, ``max_page_bytes``, ``max_redirects``, ``gzip``.
    """

    _SINGLE_PROCESS = True

    def __init__(self, *, url: str | None = None, metadata: dict[str, Any] | None = None, **politeness: Any):
        self._url = url or PUBLIC_SITE
        self.metadata = metadata
        try:
            self._politeness = CrawlPolicy(**politeness)
            self._client = WebsiteClient(self._url, self._politeness)
        except (TypeError, ValueError) as error:
            raise DatasetError(f"The live website cannot be set up: {error}") from error

    def load(self) -> Pages:
        """The website's pages; nothing is fetched yet."""
        return Pages(self._client.fetch, lambda: list(LISTINGS))

    def _describe(self) -> dict[str, Any]:
        return {"url": self._url, **vars(self._politeness)}


class RecordedWebsiteDataset(_ReadOnlyWebsite):
    """Pages of the website that were recorded in a folder.

    ``find-statistics/<slug>.html`` and ``data-catalogue/data-set/<id>.html`` are pages,
    ``find-statistics/_page_<n>.html`` and ``data-catalogue/_page_<n>.html`` the listings. A page without a file
    is one that the website says is missing.

    Args:
        path: The folder.
        metadata: Left to Kedro and its plugins.
    """

    def __init__(self, *, path: str, metadata: dict[str, Any] | None = None) -> None:
        self._folder = Path(path)
        self.metadata = metadata

    def load(self) -> Pages:
        """The recorded pages; nothing is read yet."""
        return Pages(self._read, self._recorded)

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
            raise MalformedResponse(f"{file}: the recorded page is no UTF-8 text ({error})") from error
        except OSError as error:
            raise SourceUnavailable(f"{file}: the recorded page cannot be read ({error})") from error

    def _recorded(self) -> list[str]:
        files = (path.relative_to(self._folder) for path in self._folder.glob("*/**/*.html"))
        return sorted(recorded_address(file.as_posix()) for file in files)

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


def recorded_address(path: str) -> str:
    """The address of a recorded file: the reverse of ``recorded_path``."""
    part, _, page = path.removesuffix(".html").partition("/_page_")
    if not page:
        return part
    listing = next((address for address in LISTINGS if address.startswith(f"{part}?")), f"{part}?page=1")
    return f"{listing.removesuffix('1')}{page}"

"""Fetching pages of one website, within limits, and from no other host."""

import codecs
import logging
import threading
from collections.abc import Mapping
from contextlib import suppress
from functools import partial
from http.cookiejar import DefaultCookiePolicy
from urllib.parse import urljoin, urlsplit

import requests
from tenacity import RetryCallState
from urllib3.exceptions import InvalidHeader
from urllib3.util import Retry

from ees_analytics.parameters.website import CrawlPolicy
from ees_analytics.sources.base import is_loopback
from ees_analytics.sources.bounded_http import BoundedSession, read_body
from ees_analytics.sources.errors import MalformedResponse, PageMissing, PermissionRefused, SourceUnavailable
from ees_analytics.sources.retry import RateLimiter, repeat

logger = logging.getLogger(__name__)

_HTML = ("text/html", "application/xhtml+xml")
_REDIRECTS = (301, 302, 303, 307, 308)
_TRANSIENT = (408, 425, 429)
"""Statuses below 500 after which a request is repeated."""
_CHARSETS = ("utf-8", "utf-8-sig", "ascii", "iso8859-1", "iso8859-15", "cp1252")
"""Charsets whose decoders take time in proportion to the text."""


class WebsiteClient:
    """Fetches pages of one website. Safe to use from several threads: its limits apply to all of them together."""

    def __init__(self, root: str, policy: CrawlPolicy) -> None:
        """Check the address: ``ValueError`` if it is not https (nor http to a loopback address), or names no host."""
        self._root = root.rstrip("/") + "/"
        self._origin = origin(self._root)
        scheme, host, _ = self._origin
        if scheme != "https" and not is_loopback(host):
            raise ValueError(f"{root}: https:// is needed (http:// is accepted for loopback addresses only)")
        self._policy = policy
        self._slots = threading.BoundedSemaphore(policy.max_concurrent)
        self._limiter = RateLimiter(1, policy.pause_seconds)
        self._session = _Session(policy, uses_proxies=not is_loopback(host))

    def fetch(self, address: str) -> str:
        """Fetch one page, whose address is relative to the website; repeat a request after a failure that may pass.

        Raises:
            PageMissing: The website has no such page (404, 410).
            PermissionRefused: The website refuses access (401, 403).
            MalformedResponse: The response is not HTML, is too large, or redirects to another host.
            SourceUnavailable: There was no complete response, and the retries are used up.
        """
        url = urljoin(self._root, address)
        retries, tries = self._policy.retries, self._policy.retries + 1
        retrying = repeat(requests.RequestException, retries, self._policy.backoff_seconds)
        retrying.after = partial(_log_failure, url, tries)
        try:
            return retrying(self._follow, url)
        except requests.RequestException as failure:
            raise SourceUnavailable(
                f"{url}: {_why(failure)}; tried {tries} times. Run again when the website answers."
            ) from failure

    def _follow(self, url: str) -> str:
        """Fetch, following redirects inside the website."""
        target = url
        for _ in range(self._policy.max_redirects + 1):
            with self._slots:
                self._limiter.wait()
                page, location = self._request(target)
            if location is None:
                return page
            target = self._redirected(target, location)
        raise MalformedResponse(
            f"{url}: more than {self._policy.max_redirects} redirects, the last to {target}"
        )

    def _redirected(self, url: str, location: str) -> str:
        with suppress(ValueError):
            target = urljoin(url, location).split("#")[0]
            if origin(target) == self._origin:
                return target
        raise MalformedResponse(f"{url}: redirects to {location!r}, outside the website; it was not followed")

    def _request(self, url: str) -> tuple[str, str | None]:
        """The page, or where the website redirects to."""
        timeout = self._policy.timeout_seconds
        with self._session.get(url, stream=True, allow_redirects=False, timeout=timeout) as response:
            if response.status_code in _REDIRECTS:
                return "", response.headers.get("Location", "")
            self._check_head(response)
            body = read_body(response, self._policy.max_page_bytes, "max_page_bytes")
            _check_whole(response.headers, body)
            return _decoded(body, response), None

    def _check_head(self, response: requests.Response) -> None:
        """Check status and content type; after a failure that may pass, keep the pause that the website asks for."""
        url, status = response.url, response.status_code
        kind = response.headers.get("Content-Type", _HTML[0]).split(";")[0].strip().lower()
        if status == 200 and kind in _HTML:
            return
        if status == 200:
            raise MalformedResponse(f"{url}: the response is {kind!r}, not HTML")
        if status in (404, 410):
            raise PageMissing(f"{url}: the website has no such page ({status}).")
        if status in (401, 403):
            raise PermissionRefused(
                f"{url}: the website refuses access ({status}): it may block this network or "
                f"{self._policy.user_agent!r}. Ask its team to allow this project."
            )
        if status not in _TRANSIENT and status < 500:
            raise MalformedResponse(f"{url}: unexpected status {status} {response.reason}")
        wait = retry_after(response.headers.get("Retry-After")) or 0.0
        if wait > (longest := self._policy.max_retry_after_seconds):
            raise SourceUnavailable(
                f"{url}: {status}, and the website asks to wait {wait:.0f} s, longer than "
                f"max_retry_after_seconds = {longest:g}. Run again later."
            )
        self._limiter.hold(wait)  # no request starts before, whichever thread sends it
        raise requests.HTTPError(f"the website answered {status} {response.reason}")


class _Session(BoundedSession):
    """A session without cookies or credentials of the machine."""

    def __init__(self, policy: CrawlPolicy, uses_proxies: bool) -> None:
        super().__init__()
        self.trust_env = uses_proxies
        self.auth = lambda request: request  # otherwise requests looks for credentials in ~/.netrc
        self.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        self.headers["User-Agent"] = policy.user_agent
        self.headers["Accept"] = "text/html"
        self.limit(policy.max_page_seconds, policy.max_concurrent, policy.gzip)


def _log_failure(url: str, tries: int, state: RetryCallState) -> None:
    if state.outcome and (failure := state.outcome.exception()):
        logger.warning("%s: %s (try %d of %d)", url, _why(failure), state.attempt_number, tries)


def _why(failure: BaseException) -> str:
    """The reason alone, without what the libraries add to it (max retries, pools, addresses)."""
    inner = failure.args[0] if failure.args else failure
    return str(getattr(inner, "reason", inner)) or type(failure).__name__


def _check_whole(headers: Mapping[str, str], body: bytes) -> None:
    """Refuse a page without its end where requests could not check that it is whole (by its length or chunks)."""
    framed = "Content-Length" in headers or headers.get("Transfer-Encoding", "").lower() == "chunked"
    checked = framed and "Content-Encoding" not in headers
    if not body or not (checked or b"</html" in body[-2000:].lower()):
        raise requests.ConnectionError("the page was cut off: its end is missing")


def _decoded(body: bytes, response: requests.Response) -> str:
    declared = "charset" in response.headers.get("Content-Type", "").lower()
    encoding = (declared and response.encoding) or "utf-8-sig"
    try:
        if codecs.lookup(encoding).name not in _CHARSETS:
            raise LookupError("only UTF-8, ASCII, ISO-8859-1, ISO-8859-15 and Windows-1252 are read")
        return body.decode(encoding)
    except (ValueError, LookupError) as error:
        raise MalformedResponse(f"{response.url}: the page is not {encoding} text ({error})") from error


def origin(url: str) -> tuple[str, str, int]:
    """Scheme, host and port of an address; ``ValueError`` if it is not http(s), or has credentials in it."""
    parts = urlsplit(url)
    default = {"http": 80, "https": 443}.get(parts.scheme)
    if default is None or not parts.hostname or "@" in parts.netloc:
        raise ValueError(f"{url}: expected an address like https://host, without credentials")
    return parts.scheme, parts.hostname.lower(), parts.port or default


def retry_after(header: str | None) -> float | None:
    """Seconds that a ``Retry-After`` header asks for (a number, or a date); None where it is absent or unreadable."""
    try:
        return Retry().parse_retry_after(header) if header else None
    except (InvalidHeader, ValueError, OverflowError):
        return None

"""Fetching pages of one website, within limits, and from no other host."""

from __future__ import annotations

import logging
import threading
import time
from functools import partial
from http.cookiejar import DefaultCookiePolicy
from urllib.parse import urljoin, urlsplit

import requests
from tenacity import RetryCallState, Retrying, retry_if_exception_type, stop_after_attempt
from urllib3.exceptions import InvalidHeader
from urllib3.util import Retry

from ees_analytics.parameters.website import CrawlPolicy
from ees_analytics.sources.errors import (
    MalformedResponse,
    PageMissing,
    PermissionRefused,
    SourceUnavailable,
)
from ees_analytics.sources.loopback import is_loopback
from ees_analytics.sources.retry import RateLimiter, backoff

logger = logging.getLogger(__name__)

_HTML = ("text/html", "application/xhtml+xml")
_REDIRECTS = (301, 302, 303, 307, 308)
_TRANSIENT = (408, 425, 429, 500, 502, 503, 504)
_CHUNK = 8192


class TransientError(Exception):
    """A failure that may be gone at the next try."""


class WebsiteClient:
    """Fetches pages of one website. Safe to use from several threads: its limits apply to all of them together."""

    def __init__(self, root: str, policy: CrawlPolicy) -> None:
        """Check the address.

        Raises:
            ValueError: It is not https (nor http to a loopback address), or names no host.
        """
        self._root = root.rstrip("/") + "/"
        self._origin = origin(self._root)
        self._loopback = is_loopback(self._origin[1])
        if self._origin[0] != "https" and not (self._origin[0] == "http" and self._loopback):
            raise ValueError(f"{root}: https:// is needed (http:// is accepted for loopback addresses only)")
        self._policy = policy
        self._slots = threading.BoundedSemaphore(policy.max_concurrent)
        self._limiter = RateLimiter(1, policy.pause_seconds)
        self._local = threading.local()

    def fetch(self, address: str) -> str:
        """Fetch one page; a request is repeated after a failure that may pass.

        Args:
            address: The page's address relative to the website.

        Raises:
            PageMissing: The website has no such page (404, 410).
            PermissionRefused: The website refuses access (401, 403).
            MalformedResponse: The response is not HTML, is too large, or redirects to another host.
            SourceUnavailable: There was no complete response, and the retries are used up.
        """
        url = urljoin(self._root, address)
        tries = self._policy.retries + 1
        retrying = Retrying(
            retry=retry_if_exception_type(TransientError),
            stop=stop_after_attempt(tries),
            wait=backoff(self._policy.backoff_seconds, longest=60.0),
            after=partial(_log_failure, url, tries),
            reraise=True,
        )
        try:
            return retrying(self._follow, url)
        except TransientError as failure:
            raise SourceUnavailable(
                f"{url}: {failure}; tried {tries} times. Run again when the website answers."
            ) from failure

    def _follow(self, url: str) -> str:
        """Fetch, following redirects inside the website."""
        start, target = url, url
        for _ in range(self._policy.max_redirects + 1):
            with self._slots:
                self._limiter.wait()
                page, location = self._request(target)
            if location is None:
                return page
            target = self._redirected(target, location)
        raise MalformedResponse(
            f"{start}: more than {self._policy.max_redirects} redirects, the last to {target}"
        )

    def _redirected(self, url: str, location: str) -> str:
        try:
            target = urljoin(url, location).split("#")[0]
            inside = origin(target) == self._origin
        except ValueError:
            inside = False
        if not inside:
            raise MalformedResponse(
                f"{url}: redirects to {location!r}, outside the website; it was not followed"
            )
        return target

    def _request(self, url: str) -> tuple[str, str | None]:
        """The page, or where the website redirects to."""
        deadline = time.monotonic() + self._policy.max_page_seconds
        timeout = self._policy.timeout_seconds
        try:
            with self._session().get(url, stream=True, allow_redirects=False, timeout=timeout) as response:
                if response.status_code in _REDIRECTS:
                    return "", response.headers.get("Location", "")
                self._check_status(response)
                _check_kind(response)
                return _decoded(self._body(response, deadline), response), None
        except requests.RequestException as error:
            self._local.session = None  # a broken connection is not used again
            raise TransientError(f"the connection failed ({_why(error)})") from error

    def _check_status(self, response: requests.Response) -> None:
        status = response.status_code
        if status == 200:
            return
        if status in (404, 410):
            raise PageMissing(f"{response.url}: the website has no such page ({status}).")
        if status in (401, 403):
            raise PermissionRefused(
                f"{response.url}: the website refuses access ({status}): it may block this network or "
                f"{self._policy.user_agent!r}. Ask its team to allow this project."
            )
        if status in _TRANSIENT or status >= 500:
            raise self._transient_error(response)
        raise MalformedResponse(f"{response.url}: unexpected status {status} {response.reason}")

    def _transient_error(self, response: requests.Response) -> Exception:
        wait = retry_after(response.headers.get("Retry-After"))
        longest = self._policy.max_retry_after_seconds
        if wait is not None and wait > longest:
            return SourceUnavailable(
                f"{response.url}: {response.status_code}, and the website asks to wait {wait:.0f} s, longer than "
                f"max_retry_after_seconds = {longest:g}. Run again later."
            )
        self._limiter.hold(wait or 0.0)  # no request starts before, whichever thread sends it
        return TransientError(f"the website answered {response.status_code} {response.reason}")

    def _body(self, response: requests.Response, deadline: float) -> bytes:
        """The complete body, refused above the limits."""
        length, limit = response.headers.get("Content-Length", ""), self._policy.max_page_bytes
        body = bytearray()
        too_large = MalformedResponse(f"{response.url}: the page is larger than max_page_bytes = {limit}")
        if length.isdigit() and int(length) > limit:
            raise too_large
        for chunk in response.iter_content(_CHUNK):
            body += chunk
            if len(body) > limit:
                raise too_large
            if time.monotonic() > deadline:
                raise TransientError(f"the page took longer than {self._policy.max_page_seconds:g} s")
        _check_whole(response, bytes(body))
        return bytes(body)

    def _session(self) -> requests.Session:
        """This thread's session: it has no cookies and no credentials of the machine, and follows no redirects."""
        session: requests.Session | None = getattr(self._local, "session", None)
        if session is None:
            session = _Session()
            session.trust_env = not self._loopback
            session.auth = lambda request: request  # otherwise requests looks for credentials in ~/.netrc
            session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
            session.headers.update(
                {
                    "User-Agent": self._policy.user_agent,
                    "Accept": "text/html",
                    "Accept-Encoding": "gzip" if self._policy.gzip else "identity",
                }
            )
            self._local.session = session
        return session


class _Session(requests.Session):
    def get_redirect_target(self, resp: requests.Response) -> None:
        """Ignore redirects: requests would read their bodies, however large, to prepare the next request."""


def _log_failure(url: str, tries: int, state: RetryCallState) -> None:
    failure = state.outcome.exception() if state.outcome else None
    logger.warning("%s: %s (try %d of %d)", url, failure, state.attempt_number, tries)


def _why(error: requests.RequestException) -> str:
    """The reason alone, without what the libraries add to it (max retries, pools, addresses)."""
    inner = error.args[0] if error.args else error
    return str(getattr(inner, "reason", inner)) or type(error).__name__


def _check_kind(response: requests.Response) -> None:
    kind = response.headers.get("Content-Type", _HTML[0]).split(";")[0].strip().lower()
    if kind not in _HTML:
        raise MalformedResponse(f"{response.url}: the response is {kind!r}, not HTML")


def _check_whole(response: requests.Response, body: bytes) -> None:
    """Refuse a page without its end where requests could not check that it is whole (by its length or chunks).

    Raises:
        TransientError: Its end is missing.
    """
    headers = response.headers
    framed = "Content-Length" in headers or headers.get("Transfer-Encoding", "").lower() == "chunked"
    packed = "Content-Encoding" in headers
    if not body or ((packed or not framed) and b"</html" not in body[-2000:].lower()):
        raise TransientError("the page was cut off: its end is missing")


def _decoded(body: bytes, response: requests.Response) -> str:
    encoding = response.encoding if "charset" in response.headers.get("Content-Type", "").lower() else None
    try:
        return body.decode(encoding or "utf-8-sig")
    except (UnicodeDecodeError, LookupError) as error:
        raise MalformedResponse(
            f"{response.url}: the page is not {encoding or 'utf-8'} text ({error})"
        ) from error


def origin(url: str) -> tuple[str, str, int]:
    """Scheme, host and port of an address.

    Raises:
        ValueError: It is not an http(s) address, or has credentials in it.
    """
    parts = urlsplit(url)
    default = {"http": 80, "https": 443}.get(parts.scheme)
    if default is None or not parts.hostname or "@" in parts.netloc:
        raise ValueError(f"{url}: expected an address like https://host, without credentials")
    return parts.scheme, parts.hostname.lower(), parts.port or default


def retry_after(header: str | None) -> float | None:
    """Seconds that a ``Retry-After`` header asks for (a number, or a date); None where it is absent or unreadable."""
    try:
        return Retry().parse_retry_after(header) if header else None
    except InvalidHeader:
        return None

"""Fetching pages of one website: politely, within bounds, and never from anywhere else."""

from __future__ import annotations

import ipaddress
import logging
import random
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http.cookiejar import DefaultCookiePolicy
from urllib.parse import urljoin, urlsplit

import requests

from ees_analytics.sources.errors import (
    MalformedResponse,
    PageMissing,
    PermissionRefused,
    SourceUnavailable,
)

logger = logging.getLogger(__name__)

_HTML = ("text/html", "application/xhtml+xml")
_REDIRECTS = (301, 302, 303, 307, 308)
_PASSING = (408, 425, 429, 500, 502, 503, 504)
_CHUNK = 8192
_LONGEST_BACKOFF = 60.0


@dataclass(frozen=True)
class CrawlPolicy:
    """How a website is asked.

    Attributes:
        user_agent: By what the website's people can tell who asks.
        max_concurrent: Requests at once.
        pause_seconds: From the start of one request to the start of the next.
        timeout: Seconds without an answer after which a request is given up.
        retries: How often a passing failure is tried again.
        backoff_seconds: The first wait before a retry; it doubles each time.
        max_retry_after: A website that asks for a longer wait is left alone.
        max_page_seconds: The longest that one page may take to arrive.
        max_page_bytes: A larger page is refused, packed or unpacked.
        max_redirects: Redirects followed for one page.
        gzip: Ask for packed pages.
    """

    user_agent: str = "ees-analytics (usage reporting of Explore education statistics)"
    max_concurrent: int = 2
    pause_seconds: float = 0.2
    timeout: float = 30
    retries: int = 4
    backoff_seconds: float = 1
    max_retry_after: float = 120
    max_page_seconds: float = 120
    max_page_bytes: int = 10_000_000
    max_redirects: int = 5
    gzip: bool = True

    def __post_init__(self) -> None:
        positive = ("max_concurrent", "timeout", "max_page_seconds", "max_page_bytes")
        wrong = [name for name in positive if getattr(self, name) <= 0]
        wrong += [name for name, value in vars(self).items() if name not in wrong and _negative(value)]
        if wrong:
            raise ValueError(f"{', '.join(wrong)}: give a number above 0")


def _negative(value: object) -> bool:
    return isinstance(value, int | float) and value < 0


class TransientError(Exception):
    """Something that may be gone at the next try."""

    def __init__(self, reason: str, wait: float | None = None) -> None:
        super().__init__(reason)
        self.wait = wait


class _Gate:
    """Lets a few requests through at once, with a pause between their starts."""

    def __init__(self, at_once: int, pause: float) -> None:
        self._slots = threading.BoundedSemaphore(at_once)
        self._lock = threading.Lock()
        self._pause = pause
        self._next_start = 0.0

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait for a free slot and for the pause to pass."""
        with self._slots:
            while (wait := self._claim()) > 0:
                time.sleep(wait)
            yield

    def hold(self, seconds: float) -> None:
        """Let nobody start for so long."""
        with self._lock:
            self._next_start = max(self._next_start, time.monotonic() + seconds)

    def _claim(self) -> float:
        with self._lock:
            now = time.monotonic()
            if now < self._next_start:
                return self._next_start - now
            self._next_start = now + self._pause
            return 0.0


class WebsiteClient:
    """Fetches pages of one website. Safe to use from several threads: its bounds hold for all of them together."""

    def __init__(self, root: str, politeness: CrawlPolicy) -> None:
        """Check the address.

        Raises:
            ValueError: It is not https (nor http to a loopback address), or names no host.
        """
        self._root = root.rstrip("/") + "/"
        self._origin = origin(self._root)
        self._loopback = is_loopback(self._origin[1])
        if self._origin[0] != "https" and not (self._origin[0] == "http" and self._loopback):
            raise ValueError(f"{root}: https:// is needed (http:// is accepted for loopback addresses only)")
        self._politeness = politeness
        self._gate = _Gate(politeness.max_concurrent, politeness.pause_seconds)
        self._local = threading.local()

    def fetch(self, address: str) -> str:
        """Fetch one page, trying again after passing failures.

        Args:
            address: The page's address relative to the website.

        Raises:
            PageMissing: The website says that there is no such page.
            PermissionRefused: The website does not let us in.
            MalformedResponse: The answer is no page to read.
            SourceUnavailable: No answer arrived whole.
        """
        url = urljoin(self._root, address)
        tries = self._politeness.retries + 1
        for attempt in range(tries):
            try:
                return self._follow(url)
            except TransientError as failure:
                logger.warning("%s: %s (try %d of %d)", url, failure, attempt + 1, tries)
                if attempt + 1 == tries:
                    raise SourceUnavailable(
                        f"{url}: {failure}; tried {tries} times. Run again when the website answers."
                    ) from failure
                self._wait(failure, attempt)
        raise AssertionError("there is at least one try")

    def _wait(self, failure: TransientError, attempt: int) -> None:
        if failure.wait is not None:
            self._gate.hold(failure.wait)  # the website asked for it: nobody goes on before
            return
        backoff = min(self._politeness.backoff_seconds * 2**attempt, _LONGEST_BACKOFF)
        time.sleep(backoff * random.uniform(0.5, 1))  # noqa: S311 - spreads retries, guards nothing

    def _follow(self, url: str) -> str:
        """Fetch, following redirects inside the website."""
        start, target = url, url
        for _ in range(self._politeness.max_redirects + 1):
            with self._gate.turn():
                answer = self._ask(target)
            if isinstance(answer, _Redirect):
                target = self._redirected(target, answer.location)
            else:
                return answer
        raise MalformedResponse(
            f"{start}: more than {self._politeness.max_redirects} redirects, the last to {target}"
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

    def _ask(self, url: str) -> str | _Redirect:
        """One request."""
        deadline = time.monotonic() + self._politeness.max_page_seconds
        timeout = self._politeness.timeout
        try:
            with self._session().get(url, stream=True, allow_redirects=False, timeout=timeout) as response:
                if response.status_code in _REDIRECTS:
                    return _Redirect(response.headers.get("Location", ""))
                self._check_status(response)
                _check_kind(response)
                return _decoded(self._body(response, deadline), response)
        except requests.RequestException as error:
            self._local.session = None  # a broken connection is not used again
            raise TransientError(f"the connection failed ({_why(error)})") from error

    def _check_status(self, response: requests.Response) -> None:
        status = response.status_code
        if status == 200:
            return
        if status in (404, 410):
            raise PageMissing(f"{response.url}: the website says that there is no such page ({status}).")
        if status in (401, 403):
            raise PermissionRefused(
                f"{response.url}: the website refuses to answer ({status}): it may block this network or "
                f"{self._politeness.user_agent!r}. Ask its team to let the project in."
            )
        if status in _PASSING or status >= 500:
            raise self._passing(response)
        raise MalformedResponse(f"{response.url}: unexpected answer {status} {response.reason}")

    def _passing(self, response: requests.Response) -> Exception:
        wait = retry_after(response.headers.get("Retry-After"))
        longest = self._politeness.max_retry_after
        if wait is not None and wait > longest:
            return SourceUnavailable(
                f"{response.url}: {response.status_code}, and the website asks to wait {wait:.0f} s, longer than "
                f"max_retry_after = {longest:g}. Run again later."
            )
        return TransientError(f"the website answered {response.status_code} {response.reason}", wait)

    def _body(self, response: requests.Response, deadline: float) -> bytes:
        """The whole body, within its bounds, and proven whole."""
        length = response.headers.get("Content-Length", "")
        limit = self._politeness.max_page_bytes
        body = bytearray()
        if length.isdigit() and int(length) > limit:
            raise _too_large(response, limit)
        for chunk in response.iter_content(_CHUNK):
            body += chunk
            if len(body) > limit:
                raise _too_large(response, limit)
            if time.monotonic() > deadline:
                raise TransientError(f"the page took longer than {self._politeness.max_page_seconds:g} s")
        _check_whole(response, bytes(body), length)
        return bytes(body)

    def _session(self) -> requests.Session:
        """This thread's session: no cookies, no credentials of the machine, nothing followed by itself."""
        session: requests.Session | None = getattr(self._local, "session", None)
        if session is None:
            session = _Session()
            session.trust_env = not self._loopback
            session.auth = _no_credentials
            session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
            session.headers.update(
                {
                    "User-Agent": self._politeness.user_agent,
                    "Accept": "text/html",
                    "Accept-Encoding": "gzip" if self._politeness.gzip else "identity",
                }
            )
            self._local.session = session
        return session


class _Session(requests.Session):
    def get_redirect_target(self, resp: requests.Response) -> None:
        """Leave redirects alone: requests would read their bodies, however large, to prepare the next request."""


@dataclass(frozen=True)
class _Redirect:
    location: str


def _no_credentials(request: requests.PreparedRequest) -> requests.PreparedRequest:
    return request


def _why(error: requests.RequestException) -> str:
    """What went wrong, without the libraries' words around it (max retries, pools, addresses)."""
    inner = error.args[0] if error.args else error
    return str(getattr(inner, "reason", inner)) or type(error).__name__


def _too_large(response: requests.Response, limit: int) -> MalformedResponse:
    return MalformedResponse(f"{response.url}: the page is larger than max_page_bytes = {limit}")


def _check_kind(response: requests.Response) -> None:
    kind = response.headers.get("Content-Type", _HTML[0]).split(";")[0].strip().lower()
    if kind not in _HTML:
        raise MalformedResponse(f"{response.url}: the answer is {kind!r}, not HTML")


def _check_whole(response: requests.Response, body: bytes, length: str) -> None:
    """A body that broke off must not pass for a page."""
    if length.isdigit():
        if response.raw.tell() != int(length):
            raise TransientError(f"the page broke off after {response.raw.tell()} of {length} bytes")
        framed = True
    else:
        framed = response.headers.get("Transfer-Encoding", "").lower() == "chunked"
    packed = "Content-Encoding" in response.headers
    if not body or ((packed or not framed) and b"</html" not in body[-2000:].lower()):
        raise TransientError("the page broke off: its end is missing")


def _decoded(body: bytes, response: requests.Response) -> str:
    encoding = response.encoding if "charset" in response.headers.get("Content-Type", "").lower() else None
    try:
        return body.decode(encoding or "utf-8-sig")
    except (UnicodeDecodeError, LookupError) as error:
        raise MalformedResponse(
            f"{response.url}: the page is no {encoding or 'utf-8'} text ({error})"
        ) from error


def origin(url: str) -> tuple[str, str, int]:
    """Scheme, host and port of an address.

    Raises:
        ValueError: It is no http address, or carries credentials.
    """
    parts = urlsplit(url)
    default = {"http": 80, "https": 443}.get(parts.scheme)
    if default is None or not parts.hostname or "@" in parts.netloc:
        raise ValueError(f"{url}: expected an address like https://host, without credentials")
    return parts.scheme, parts.hostname.lower(), parts.port or default


def is_loopback(host: str) -> bool:
    """Whether the host is this machine."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def retry_after(header: str | None) -> float | None:
    """Seconds that a ``Retry-After`` header asks for (a number, or a date); None where it says nothing readable."""
    text = (header or "").strip()
    if text.isdigit():
        return float(text)
    try:
        when = parsedate_to_datetime(text)
    except ValueError:
        return None
    when = when if when.tzinfo else when.replace(tzinfo=UTC)
    return max(0.0, (when - datetime.now(UTC)).total_seconds())

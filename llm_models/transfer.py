"""Transfer: one download over http. No other module of this package opens a socket or imports httpx."""

from __future__ import annotations

import logging
import re
import socket
import threading
import time
from concurrent.futures import Future
from contextlib import suppress
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

import httpx

from llm_models.addresses import is_loopback
from llm_models.errors import SourceError, printable
from llm_models.upstream import MAX_BYTES

if TYPE_CHECKING:
    from collections.abc import Callable

    Progress = Callable[[int, int | None], None]
    Answer = tuple[bytes, dict[str, str]]
    """The data, and what the manifest states about its origin."""

MAX_REDIRECTS = 3
MAX_URL = 2000  # characters
PAUSES = (0.5, 1.5)  # seconds before the second and the third try

_THREAD = "llm-models-pull"
_VALIDATORS = {
    # A validator is stored and sent back only if it looks like one.
    "etag": ("If-None-Match", re.compile(r"[\x21-\x7e]{1,256}")),
    "last_modified": ("If-Modified-Since", re.compile(r"[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT")),
}

# httpx and httpcore log URLs and headers, which can hold credentials. Only the records of our own thread are dropped.
for _name in ("httpx", "httpcore.connection", "httpcore.http11", "httpcore.proxy", "httpcore.socks"):
    logging.getLogger(_name).addFilter(lambda _: threading.current_thread().name != _THREAD)


def shown(url: httpx.URL | str) -> str:
    """A URL for messages and files: without user, password, query and fragment, which can hold secrets."""
    try:
        return printable(httpx.URL(url).copy_with(userinfo=b"", query=None, fragment=None))
    except (httpx.InvalidURL, ValueError):  # it is unclear where a password ends: rather show too little
        return printable(re.sub(r"//.*@", "//", str(url), flags=re.DOTALL).partition("?")[0].partition("#")[0][:200])


class _Again(SourceError):
    """A failure that another try may avoid. `wait` is the time that the server asked for, in seconds."""

    wait = 0.0


class Transfer:
    """One download, in a thread of its own.

    With `insecure`, plain http may lead to any host. httpx limits single operations only: a slow name server, handshake
    or header could keep it busy without end. So the caller waits until the deadline and then shuts the sockets down,
    which ends the thread.
    """

    def __init__(self, url: str, timeout: float, *, insecure: bool = False) -> None:
        self.shown = shown(url)
        self.redirects: list[str] = []
        """Each redirect to another host, as a sentence."""
        self._insecure = insecure
        self._url = url
        self._timeout = timeout
        self._deadline = time.monotonic() + timeout
        self._stop = threading.Event()
        self._sockets: list[socket.socket] = []
        self._received = 0
        self._expected: int | None = None

    def run(self, copy: dict[str, Any], progress: Progress | None) -> Answer | None:
        """The answer, or None if the server states that `copy`, a manifest, is up to date. Raises `SourceError`."""
        answer: Future[Answer | None] = Future()

        def work() -> None:
            try:
                answer.set_result(self._fetch(copy))
            except BaseException as error:  # raised again in the caller's thread
                answer.set_exception(error)

        thread = threading.Thread(target=work, name=_THREAD, daemon=True)
        if not self._left() > 0:  # also for a NaN
            raise self._late()
        thread.start()
        reported = 0
        try:
            while thread.is_alive() and self._left() > 0:
                thread.join(min(self._left(), 0.1))
                if progress is not None and self._received != reported:
                    reported = self._received
                    progress(reported, self._expected)
        finally:
            if thread.is_alive():
                self._stop.set()
                for each in self._sockets:
                    with suppress(OSError):  # not SSLSocket's own method: the thread may be inside it
                        socket.socket.shutdown(each, socket.SHUT_RDWR)
                thread.join(0.1)
        if self._stop.is_set():
            raise self._late()
        return answer.result()

    def _left(self) -> float:
        return self._deadline - time.monotonic()

    def _error(self, text: str) -> SourceError:
        return SourceError(f"{self.shown}: {text}")

    def _late(self) -> SourceError:
        return self._error(f"not finished within {self._timeout:g} s ({self._received:,} bytes received)")

    def _fetch(self, copy: dict[str, Any]) -> Answer | None:
        headers = {"Accept": "application/json", "Accept-Encoding": "identity", "User-Agent": "llm-models"}
        pauses = iter(PAUSES)
        try:
            with httpx.Client(headers=headers, follow_redirects=False) as client:
                while True:
                    try:
                        return self._follow(client, copy)
                    except _Again as again:
                        pause = next(pauses, None)
                        if pause is None:
                            raise self._error(f"{again} (tried {len(PAUSES) + 1} times)") from None
                        wait = max(pause, again.wait)
                        if wait >= self._left():
                            raise self._error(f"{again} (no time is left to wait {wait:g} s)") from None
                    if self._stop.wait(wait):
                        raise self._late()
        except httpx.TimeoutException:
            raise self._late() from None
        except httpx.ProxyError:
            raise self._error("the proxy refused") from None
        except (httpx.HTTPError, httpx.InvalidURL, ValueError):  # their texts quote the URL
            raise self._error("cannot be fetched: this URL, or one that it redirects to, is not valid") from None
        except (OSError, ImportError) as error:  # SSL_CERT_FILE, a proxy that needs another package
            raise self._error(f"cannot be fetched from here ({printable(error)[:200]})") from None

    def _follow(self, client: httpx.Client, copy: dict[str, Any]) -> Answer | None:
        url, extensions = httpx.URL(self._url), {"trace": self._trace}
        self._refuse_plain(url)
        for _ in range(MAX_REDIRECTS + 1):
            conditions = _conditions(url, copy)
            limit = min(max(self._left(), 0.001), 3600.0)
            try:
                with client.stream("GET", url, headers=conditions, timeout=limit, extensions=extensions) as response:
                    if response.status_code not in (301, 302, 303, 307, 308):
                        return self._take(response, url, bool(conditions))
                    location = response.headers.get("Location", "")
                    if not 0 < len(location) <= MAX_URL:
                        raise self._error(f"answered {response.status_code} without a usable Location")
                    old, url = url, url.join(location)
            except (httpx.NetworkError, httpx.RemoteProtocolError) as error:
                raise _Again(_fault(error)) from None
            if url.scheme not in ("http", "https") or (old.scheme, url.scheme) == ("https", "http"):
                text = f"redirected from {old.scheme} to {printable(url.scheme)[:20]}, which is not followed"
                raise self._error(text)
            self._refuse_plain(url)
            sentence = f"{shown(old)} redirects to another host: {shown(url)}"
            if old.netloc != url.netloc and sentence not in self.redirects:
                self.redirects.append(sentence)
        raise self._error(f"redirected more than {MAX_REDIRECTS} times")

    def _refuse_plain(self, url: httpx.URL) -> None:
        """Refuse plain http to another machine: any machine between can change the answer."""
        if url.scheme == "http" and url.host and not self._insecure and not is_loopback(url.host):
            where = "" if shown(url) == self.shown else f"redirected to {shown(url)[:200]}, and "
            why = "anyone on the way can change what plain http sends (expected https, or --insecure-http)"
            raise self._error(where + why)

    def _trace(self, event: str, info: dict[str, Any]) -> None:
        """Collect the sockets, for the caller to shut down. httpx reports each of its steps here."""
        stream = info["return_value"] if event.endswith((".connect_tcp.complete", ".start_tls.complete")) else None
        if stream is not None:
            self._sockets.append(stream.get_extra_info("socket"))
        if self._stop.is_set():
            if stream is not None:
                stream.close()  # httpx does not have it yet
            raise self._late()

    def _take(self, response: httpx.Response, url: httpx.URL, conditional: bool) -> Answer | None:
        status = response.status_code
        if status == 304 and conditional:
            return None
        if status != 200:
            phrase = httpx.codes.get_reason_phrase(status)  # never the server's own words
            text = f"answered {status} {phrase}".rstrip()
            if status in (304, 429) or status >= 500:
                raise _Again(text, wait=_retry_after(response.headers.get("Retry-After", "")))
            raise self._error(text)
        if response.headers.get("Content-Encoding", "").strip().lower() not in ("", "identity"):
            raise self._error("answered with a Content-Encoding, although none was requested")
        length = response.headers.get("Content-Length", "")
        self._received, self._expected = 0, int(length) if length.isdecimal() else None
        too_long = self._error(f"is too long (expected at most {MAX_BYTES:,} bytes)")
        if (self._expected or 0) > MAX_BYTES:
            raise too_long
        data = bytearray()
        for chunk in response.iter_raw():
            data += chunk
            self._received = len(data)
            if len(data) > MAX_BYTES:
                raise too_long
        origin = {"url": shown(url)}
        for name, (_, pattern) in _VALIDATORS.items():
            if pattern.fullmatch(value := response.headers.get(name.replace("_", "-"), "")):
                origin[name] = value
        return bytes(data), origin


def _conditions(url: httpx.URL, copy: dict[str, Any]) -> dict[str, str]:
    """The headers that ask for a newer catalogue only: for the URL that sent the validators, maybe a redirect's."""
    if url.query or copy.get("url") != shown(url):
        return {}
    validators = ((header, copy.get(name), pattern) for name, (header, pattern) in _VALIDATORS.items())
    return {
        header: value for header, value, pattern in validators if isinstance(value, str) and pattern.fullmatch(value)
    }


def _retry_after(value: str) -> float:
    """How long a server asks to wait, in seconds; it states a number or a date."""
    if value.isdecimal():
        return float(value[:9])
    try:
        return max(0.0, parsedate_to_datetime(value).timestamp() - time.time())
    except (ValueError, TypeError, IndexError, OverflowError):
        return 0.0


def _fault(error: httpx.TransportError) -> str:
    text = str(error)
    if isinstance(error, httpx.RemoteProtocolError):  # its text may quote what the server sent
        early = "without sending" in text or "incomplete" in text
        return "the connection was closed before the end" if early else "the answer is not HTTP"
    what = "cannot connect" if isinstance(error, httpx.ConnectError) else "the connection broke"
    return f"{what} ({printable(text)[:200]})"

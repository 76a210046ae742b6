"""Fetching an upstream catalogue, the one place of this package that opens a socket.

Only `pull` and what serves it stands here, so whoever does not import this module does not import httpx either.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import re
import socket
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from urllib.request import url2pathname

import httpx

from llm_models import files, paths, transforms
from llm_models.errors import SourceError, printable
from llm_models.manifest import MANIFEST_NAME, believed
from llm_models.upstream import MAX_BYTES

if TYPE_CHECKING:
    from collections.abc import Callable

MAX_REDIRECTS = 3
MAX_URL = 2000  # characters
PAUSES = (0.5, 1.5)  # seconds before the second and the third try

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_THREAD = "llm-models-pull"
_VALIDATORS = {
    # A validator is stored, and sent back, only if it is as harmless as an honest one.
    "etag": ("If-None-Match", re.compile(r"[\x21-\x7e]{1,256}")),
    "last_modified": ("If-Modified-Since", re.compile(r"[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT")),
}


def _not_ours(_: logging.LogRecord) -> bool:
    return threading.current_thread().name != _THREAD


# httpx and httpcore log URLs and headers, in which credentials may stand; only what our own thread says is left out.
for _name in ("httpx", "httpcore.connection", "httpcore.http11", "httpcore.proxy", "httpcore.socks"):
    logging.getLogger(_name).addFilter(_not_ours)


@dataclass(frozen=True)
class PullResult:
    """What `pull` did: the file's path, the manifest beside it, and whether the bytes were there already."""

    path: str
    manifest: dict[str, Any]
    unchanged: bool


def pull(
    source: str = transforms.DEFAULT,
    *,
    url: str | None = None,
    out: str,
    timeout: float = 30.0,
    progress: Callable[[int, int | None], None] | None = None,
) -> PullResult:
    """Fetch a source's catalogue to the file `out`, and say in `manifest.json` beside it what it is.

    `url` names a mirror, a `file:` URL or a path in place of the source's own. `timeout` is the deadline in seconds
    for all of the transfer, tries and redirects included. `progress` is called in the caller's thread with the
    bytes received and, if known, expected.

    A catalogue is stored only when all of it came, and is one; until then nothing on disk changes. `out` is renamed
    into place first, and a manifest speaks for it only while its SHA-256 is that of the file. A server that knows
    the copy that it speaks for need not send it again. Raises `SourceError`; credentials in the URL appear nowhere.
    """
    row = transforms.named(source)
    if os.path.basename(out) in {"", MANIFEST_NAME, files.LOCK_NAME}:
        raise SourceError(f"{printable(out)}: is not a name for a catalogue; {MANIFEST_NAME} stands beside it")
    place = row.url if url is None else url
    folder = os.path.dirname(paths.absolute(out, SourceError))
    manifest_path = os.path.join(folder, MANIFEST_NAME)
    try:
        for path in (out, manifest_path):
            files.regular(path)  # told before anything is fetched
        files.sweep(folder)
        local = _local(place)
        if local is not None:
            answer = _Answer(files.read_limited(local, MAX_BYTES), Path(local).absolute().as_uri(), {})
            shown = printable(local)
        else:
            transfer = _Transfer(place, timeout)
            shown = transfer.shown
            known = believed(out)
            while (found := transfer.run(known, progress)) is None:
                if known is not None and known == believed(out):
                    return PullResult(out, known, unchanged=True)
                known = None  # somebody changed the copy while we asked
            answer = found
        counts = transforms.read(answer.data, shown, source)[1]
        manifest = {
            "source": source,
            "url": answer.url,
            "sha256": hashlib.sha256(answer.data).hexdigest(),
            "size": len(answer.data),
            **answer.validators,
            "fetched": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            **counts,
        }
        with files.locked(folder):
            unchanged = _digest(out) == manifest["sha256"]
            if not unchanged:
                files.write_atomically(out, answer.data)
            files.write_atomically(manifest_path, (json.dumps(manifest, indent=2) + "\n").encode())
    except files.FileError as error:
        raise SourceError(str(error)) from error
    return PullResult(out, manifest, unchanged)


def _digest(path: str) -> str | None:
    """The SHA-256 of a stored catalogue; None if there is none, or none that could be read."""
    try:
        return hashlib.sha256(files.read_limited(path, MAX_BYTES)).hexdigest()
    except files.FileError:
        return None


def _local(place: str) -> str | None:
    """The path that `place` means, or None if it is a URL of http or https."""
    if not place:
        raise SourceError("the URL is empty")
    scheme = re.match(r"[A-Za-z][A-Za-z0-9+.-]+(?=:)", place)  # one letter alone is a drive of Windows
    name = scheme.group().lower() if scheme else ""
    if name in ("http", "https"):
        return None
    if name == "file":
        parts = urlsplit(place)
        if parts.netloc not in ("", "localhost"):
            raise SourceError(f"{_shown(place)}: is on another machine; expected file:///path")
        return url2pathname(parts.path)
    if "://" in place:
        raise SourceError(f"{_shown(place)}: cannot fetch by {name}; expected https, http, file or a path")
    return place


def _shown(url: httpx.URL | str) -> str:
    """A URL as it may be told and stored: without user, password, query and fragment, all of which hold secrets."""
    try:
        return printable(httpx.URL(url).copy_with(userinfo=b"", query=None, fragment=None))
    except (httpx.InvalidURL, ValueError):  # then nobody knows where a password ends: rather too little
        return printable(re.sub(r"//.*@", "//", str(url), flags=re.DOTALL).partition("?")[0].partition("#")[0][:200])


class _Again(Exception):
    """What may go better on another try. `wait` is what the server asked for, in seconds."""

    def __init__(self, message: str, wait: float = 0.0) -> None:
        super().__init__(message)
        self.wait = wait


class _Stopped(Exception):
    """The caller no longer waits."""


@dataclass(frozen=True)
class _Answer:
    data: bytes
    url: str
    validators: dict[str, str]


class _Transfer:
    """One catalogue on its way, in a thread of its own.

    httpx bounds single operations only, so a name server, a handshake or headers that drip could hold it for ever.
    The caller therefore waits no longer than the deadline, then shuts the sockets down, at which the thread ends.
    """

    def __init__(self, url: str, timeout: float) -> None:
        self.shown = _shown(url)
        self._url = url
        self._timeout = timeout
        self._deadline = time.monotonic() + timeout
        self._stop = threading.Event()
        self._sockets: list[socket.socket] = []
        self._received = 0
        self._expected: int | None = None

    def run(
        self, known: dict[str, Any] | None, progress: Callable[[int, int | None], None] | None = None
    ) -> _Answer | None:
        """The answer, or None if the server says that `known` still holds. Raises `SourceError`."""
        outcome: list[_Answer | BaseException | None] = []

        def work() -> None:
            try:
                outcome.append(self._fetch(known))
            except BaseException as error:  # told in the caller's thread
                outcome.append(error)

        thread = threading.Thread(target=work, name=_THREAD, daemon=True)
        if not self._left() > 0:  # a NaN too
            raise self._late()
        thread.start()
        told = 0
        try:
            while thread.is_alive() and self._left() > 0:
                thread.join(min(self._left(), 0.1))
                if progress is not None and self._received != told:
                    told = self._received
                    progress(told, self._expected)
        finally:
            if thread.is_alive():
                self._halt()
                thread.join(0.1)
        if self._stop.is_set() or isinstance(outcome[0], httpx.TimeoutException):
            raise self._late()
        if isinstance(outcome[0], BaseException):
            raise outcome[0]
        return outcome[0]

    def _halt(self) -> None:
        self._stop.set()
        for each in self._sockets:
            with suppress(OSError):
                socket.socket.shutdown(each, socket.SHUT_RDWR)  # not SSLSocket's, which the thread may be inside of

    def _late(self) -> SourceError:
        return self._error(f"not finished within {self._timeout:g} s ({self._received:,} bytes received)")

    def _left(self) -> float:
        return self._deadline - time.monotonic()

    def _error(self, text: str) -> SourceError:
        return SourceError(f"{self.shown}: {text}")

    def _fetch(self, known: dict[str, Any] | None) -> _Answer | None:
        headers = {"Accept": "application/json", "Accept-Encoding": "identity", "User-Agent": "llm-models"}
        try:
            with httpx.Client(headers=headers, follow_redirects=False) as client:
                for pause in PAUSES:
                    try:
                        return self._follow(client, known)
                    except _Again as again:
                        wait = max(pause, again.wait)
                        if wait >= self._left():
                            raise self._error(f"{again} (no time is left to wait {wait:g} s)") from None
                    if self._stop.wait(wait):
                        raise _Stopped
                return self._follow(client, known)
        except _Again as again:
            raise self._error(f"{again} (tried {len(PAUSES) + 1} times)") from None
        except httpx.TimeoutException:
            raise
        except httpx.ProxyError:
            raise self._error("the proxy refused") from None
        except (httpx.HTTPError, httpx.InvalidURL, ValueError):  # their texts quote the URL
            raise self._error("cannot be fetched: this URL, or one that it redirects to, is not valid") from None
        except (OSError, ImportError) as error:  # SSL_CERT_FILE, a proxy that needs another package
            raise self._error(f"cannot be fetched from here ({printable(error)[:200]})") from None

    def _follow(self, client: httpx.Client, known: dict[str, Any] | None) -> _Answer | None:
        url = httpx.URL(self._url)
        for _ in range(MAX_REDIRECTS + 1):
            conditions = _conditions(url, known)
            try:
                with client.stream(
                    "GET",
                    url,
                    headers=conditions,
                    timeout=min(max(self._left(), 0.001), 3600.0),
                    extensions={"trace": self._trace},
                ) as response:
                    if response.status_code not in _REDIRECTS:
                        return self._take(response, url, bool(conditions))
                    url = self._next(response, url)
            except (httpx.NetworkError, httpx.RemoteProtocolError) as error:
                raise _Again(_fault(error)) from None
        raise self._error(f"redirected more than {MAX_REDIRECTS} times")

    def _trace(self, event: str, info: dict[str, Any]) -> None:
        """httpx tells each step; the sockets are noted for the caller to shut down."""
        stream = info["return_value"] if event.endswith((".connect_tcp.complete", ".start_tls.complete")) else None
        if stream is not None:
            self._sockets.append(stream.get_extra_info("socket"))
        if self._stop.is_set():
            if stream is not None:
                stream.close()  # httpx does not have it yet
            raise _Stopped

    def _next(self, response: httpx.Response, url: httpx.URL) -> httpx.URL:
        location = response.headers.get("Location", "")
        if not 0 < len(location) <= MAX_URL:
            raise self._error(f"answered {response.status_code} and does not say where to go")
        target = url.join(location)
        if target.scheme not in ("http", "https") or (url.scheme, target.scheme) == ("https", "http"):
            raise self._error(f"redirected from {url.scheme} to {printable(target.scheme)[:20]}, which is not followed")
        return target

    def _take(self, response: httpx.Response, url: httpx.URL, conditional: bool) -> _Answer | None:
        status = response.status_code
        if status == 304 and conditional:
            return None
        if status != 200:
            text = f"answered {status}"
            with suppress(ValueError):
                text += f" {HTTPStatus(status).phrase}"  # never the server's own words
            if status in (304, 429) or status >= 500:
                raise _Again(text, _retry_after(response.headers.get("Retry-After", "")))
            raise self._error(text)
        if response.headers.get("Content-Encoding", "").strip().lower() not in ("", "identity"):
            raise self._error("answered with a Content-Encoding, though asked for none")
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
        validators = {
            name: value
            for name, (_, pattern) in _VALIDATORS.items()
            if pattern.fullmatch(value := response.headers.get(name.replace("_", "-"), ""))
        }
        return _Answer(bytes(data), _shown(url), validators)


def _conditions(url: httpx.URL, known: dict[str, Any] | None) -> dict[str, str]:
    """The headers that ask for news only. They go to the URL that gave the validators, which may be a redirect's."""
    if known is None or url.query or known.get("url") != _shown(url):
        return {}
    return {
        header: known[name]
        for name, (header, pattern) in _VALIDATORS.items()
        if isinstance(known.get(name), str) and pattern.fullmatch(known[name])
    }


def _retry_after(value: str) -> float:
    """The seconds that a server asks to be left alone, which it says as a number or as a date."""
    if value.isdecimal():
        return float(value[:9])
    try:
        return max(0.0, parsedate_to_datetime(value).timestamp() - time.time())
    except (ValueError, TypeError, IndexError, OverflowError):
        return 0.0


def _fault(error: httpx.TransportError) -> str:
    text = str(error)
    if isinstance(error, httpx.RemoteProtocolError):  # whose text may quote what the other side sent
        early = "without sending" in text or "incomplete" in text
        return "the connection was closed before the end" if early else "the answer is not HTTP"
    what = "cannot connect" if isinstance(error, httpx.ConnectError) else "the connection broke"
    return f"{what} ({printable(text)[:200]})"

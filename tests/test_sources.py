"""`pull` against a loopback server that misbehaves: the catalogue that was there stays, and one line says why."""

from __future__ import annotations

import email.utils
import errno
import functools
import hashlib
import json
import logging
import os
import shutil
import signal
import socket
import ssl
import sys
import threading
import time
from contextlib import nullcontext, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import jsonschema
import pytest
from support import SCHEMAS
from support.command import program, python, started
from support.crash import ended, in_child, litter, strike_at
from support.peak import PEAK

from llm_models import locks, manifest, replacement, sources, transfer, transforms
from llm_models.errors import SourceError
from llm_models.open_folder import Inside
from llm_models.sources import PullResult, pull
from llm_models.upstream import MAX_BYTES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Answer = bytes | Callable[[socket.socket, "Server"], None]
    Serve = Callable[..., "Server"]

SCHEMA = json.loads((SCHEMAS / "manifest.schema.json").read_text(encoding="utf-8"))
# Children are forked only to be killed or limited; that other tests have threads does not touch them.
pytestmark = pytest.mark.filterwarnings("ignore:.*multi-threaded:DeprecationWarning")

OLD = b'{"acme": {"id": "acme", "models": {"m-1": {"id": "m-1"}}}}'
NEW = b'{"acme": {"id": "acme", "models": {"m-1": {"id": "m-1"}, "m-2": {"id": "m-2"}}}, "b": {"models": {}}}'
PAUSES = transfer.PAUSES
STAMP = "Thu, 02 Jul 2026 06:00:12 GMT"


def reply(body: bytes = NEW, status: int = 200, **headers: str | int | None) -> bytes:
    """An answer; a header given as None is left out."""
    fields = {"Content-Length": len(body), "Connection": "close"} | {k.replace("_", "-"): v for k, v in headers.items()}
    head = "".join(f"{name}: {value}\r\n" for name, value in fields.items() if value is not None)
    return f"HTTP/1.1 {status} What The Server Says\r\n{head}\r\n".encode("latin-1") + body


def moved(to: str, status: int = 302) -> bytes:
    return reply(b"", status, Location=to)


class Server:
    """Answers its n-th connection with the n-th of `answers`, and any further one with the last."""

    def __init__(self, *answers: Answer, tls: ssl.SSLContext | None = None) -> None:
        self.answers = answers
        self.tls = tls
        self.requests: list[str] = []
        self.closing = threading.Event()
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port: int = self.listener.getsockname()[1]
        self.url = f"http{'s' if tls else ''}://127.0.0.1:{self.port}/api.json"
        self.threads = [threading.Thread(target=self._listen)]
        self.threads[0].start()

    def _listen(self) -> None:
        for number in range(1000):
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            answer = self.answers[min(number, len(self.answers) - 1)]
            self.threads.append(threading.Thread(target=self._serve, args=(connection, answer)))
            self.threads[-1].start()

    def _serve(self, connection: socket.socket, answer: Answer) -> None:
        with suppress(OSError), connection:
            connection.settimeout(5)
            if self.tls:
                connection = self.tls.wrap_socket(connection, server_side=True)
            with connection:
                request = b""
                while b"\r\n\r\n" not in request:
                    part = connection.recv(65536)
                    if not part:
                        return
                    request += part
                self.requests.append(request.decode("latin-1"))
                if isinstance(answer, bytes):
                    connection.sendall(answer)
                else:
                    answer(connection, self)

    def close(self) -> None:
        self.closing.set()
        with suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        for thread in self.threads:
            thread.join(10)


@pytest.fixture
def serve() -> Iterator[Callable[..., Server]]:
    servers: list[Server] = []

    def start(*answers: Answer, tls: ssl.SSLContext | None = None) -> Server:
        servers.append(Server(*answers, tls=tls))
        return servers[-1]

    yield start
    for server in servers:
        server.close()


def threads_ended(within: float) -> bool:
    """Whether no thread of a transfer is left, or none will be in so many seconds."""
    ours = [thread for thread in threading.enumerate() if thread.name == transfer._THREAD]
    for thread in ours:
        thread.join(within)
    return not any(thread.is_alive() for thread in ours)


CERTIFICATES = httpx.create_ssl_context()  # made once: it takes longer than most of these tests


@pytest.fixture(autouse=True)
def surroundings(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Iterator[None]:
    """No proxy, hardly a pause between tries, no wait for the disk, and afterwards no thread of ours left."""
    monkeypatch.setattr(os, "fsync", os.fstat)  # no power is cut here; what is synced when, test_files.py tells
    if request.cls is not TestTls:
        monkeypatch.setattr(httpx, "Client", functools.partial(httpx.Client, verify=CERTIFICATES))
    real = socket.getaddrinfo

    def getaddrinfo(host: str, *more: Any, **named: Any) -> Any:
        if host != "127.0.0.1":  # no name server is asked
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return real(host, *more, **named)

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    for name in list(os.environ):
        if name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
    monkeypatch.setattr(transfer, "PAUSES", (0.01, 0.01))
    yield
    assert threads_ended(3.0)


class Shelf:
    """A folder that holds the catalogue of an earlier pull."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.out = folder / "upstream.json"
        self.manifest = folder / "manifest.json"
        (folder.parent / "old.json").write_bytes(OLD)
        pull(url=str(folder.parent / "old.json"), out=str(self.out))
        self.know(etag='"old"', last_modified=STAMP)
        self.before = self.state()

    def know(self, **fields: Any) -> None:
        manifest = json.loads(self.manifest.read_bytes()) | fields
        self.manifest.write_text(json.dumps(manifest), encoding="utf-8")
        self.before = self.state()

    def state(self) -> dict[str, tuple[bytes, int]]:
        """Each file's content, and the number that a new file in its place would change."""
        return {
            name: ((self.folder / name).read_bytes(), (self.folder / name).stat().st_ino)
            for name in os.listdir(self.folder)
        }

    def pull(self, url: str, **how: Any) -> PullResult:
        result = pull(url=url, out=str(self.out), **{"timeout": 10.0, **how})
        assert json.loads(self.manifest.read_bytes()) == result.manifest
        assert hashlib.sha256(self.out.read_bytes()).hexdigest() == result.manifest["sha256"]
        jsonschema.validate(result.manifest, SCHEMA)
        assert sorted(os.listdir(self.folder)) == [locks.LOCK_NAME, "manifest.json", "upstream.json"]
        return result

    def refuses(self, url: str, said: str, *, shown: str | None = None, **how: Any) -> str:
        """The pull fails, changes nothing, and says `said` of `shown` in one line."""
        with pytest.raises(SourceError) as caught:
            pull(url=url, out=str(self.out), **{"timeout": 10.0, **how})
        message = str(caught.value)
        assert message.startswith(f"{shown or url}: ")
        assert said in message
        assert message.isprintable()
        assert len(message) < 400
        assert self.state() == self.before
        return message


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    (tmp_path / "state").mkdir()
    return Shelf(tmp_path / "state")


class TestGood:
    def test_first_pull(self, tmp_path: Path, serve: Serve) -> None:
        server = serve(reply(ETag='W/"5c2f"', Last_Modified=STAMP))
        before = datetime.now(UTC).replace(microsecond=0)
        result = pull(url=server.url, out=f"{tmp_path}/a/b/up.json")
        manifest = json.loads((tmp_path / "a/b/manifest.json").read_bytes())
        assert result == PullResult(f"{tmp_path}/a/b/up.json", manifest, unchanged=False)
        assert (tmp_path / "a/b/up.json").read_bytes() == NEW
        assert before <= datetime.fromisoformat(manifest.pop("fetched")) <= datetime.now(UTC)
        assert manifest == {
            "source": "models_dev",
            "url": server.url,
            "sha256": hashlib.sha256(NEW).hexdigest(),
            "size": len(NEW),
            "etag": 'W/"5c2f"',
            "last_modified": STAMP,
            "providers": 2,
            "models": 2,
        }
        jsonschema.validate(result.manifest, SCHEMA, format_checker=jsonschema.FormatChecker())
        assert "accept-encoding: identity\r\n" in server.requests[0].lower()
        assert "if-none-match" not in server.requests[0].lower()

    def test_a_large_catalogue_in_chunks(self, shelf: Shelf, serve: Serve) -> None:
        models = {f"vendor/model-{n}": {"id": f"vendor/model-{n}", "text": "x" * 400} for n in range(5276)}
        data = json.dumps({f"p{n}": {"models": models if n == 7 else {}} for n in range(147)}).encode()
        parts = [data[at : at + 50_000] for at in range(0, len(data), 50_000)]
        body = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in [*parts, b""])
        result = shelf.pull(serve(reply(body, Content_Length=None, Transfer_Encoding="chunked")).url)
        counts = [result.manifest[name] for name in ("providers", "models", "size")]
        assert counts == [147, 5276, len(data)]

    def test_the_real_catalogue(self, shelf: Shelf, serve: Serve, upstream: bytes) -> None:
        manifest = shelf.pull(serve(reply(upstream)).url).manifest
        assert (manifest["providers"], manifest["models"], manifest["size"]) == (225, 8337, len(upstream))
        assert shelf.out.read_bytes() == upstream

    def test_progress_is_told_in_the_callers_thread(self, shelf: Shelf, serve: Serve) -> None:
        def slowly(connection: socket.socket, server: Server) -> None:
            connection.sendall(reply()[: -len(NEW)])
            for at in range(0, len(NEW), 40):
                connection.sendall(NEW[at : at + 40])
                server.closing.wait(0.25)

        told: list[tuple[int, int | None]] = []
        threads = set()

        def progress(received: int, expected: int | None) -> None:
            told.append((received, expected))
            threads.add(threading.current_thread())

        shelf.pull(serve(slowly).url, progress=progress)
        assert told == sorted(set(told))
        assert len(told) > 1
        assert told[-1] == (len(NEW), len(NEW))
        assert threads == {threading.current_thread()}

    @pytest.mark.parametrize("error", [KeyboardInterrupt, ZeroDivisionError])
    def test_an_interrupt_ends_the_transfer(self, shelf: Shelf, serve: Serve, error: type[BaseException]) -> None:
        def progress(received: int, expected: int | None) -> None:
            raise error

        with pytest.raises(error):
            pull(url=serve(stall(reply()[:-5])).url, out=str(shelf.out), progress=progress)
        assert shelf.state() == shelf.before

    def test_the_same_bytes_again_are_not_written(self, shelf: Shelf, serve: Serve) -> None:
        result = shelf.pull(serve(reply(OLD, ETag='"new"')).url)
        assert result.unchanged
        assert result.manifest["etag"] == '"new"'
        assert shelf.state()["upstream.json"] == shelf.before["upstream.json"]

    def test_a_row_is_all_that_a_source_needs(
        self, tmp_path: Path, serve: Serve, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        row = transforms.SOURCES["models_dev"]._replace(title="Other", url=serve(reply()).url)
        monkeypatch.setitem(transforms.SOURCES, "other", row)
        assert pull("other", out=f"{tmp_path}/a").manifest["source"] == "other"

    def test_unknown_source(self, tmp_path: Path) -> None:
        with pytest.raises(SourceError, match=r"^unknown source 'model_dev'. Did you mean 'models_dev'\?$"):
            pull("model_dev", out=f"{tmp_path}/a")

    @pytest.mark.parametrize("row", transforms.SOURCES.values())
    def test_every_source_is_fetched_by_https(self, row: transforms.Source) -> None:
        assert row.url.startswith("https://")
        assert row.title


def stall(start: bytes) -> Answer:
    """Send `start`, then nothing more."""

    def answer(connection: socket.socket, server: Server) -> None:
        connection.sendall(start)
        server.closing.wait(10)

    return answer


def drip(start: bytes, *, step: int = 1, then: bytes = b"") -> Answer:
    """Send `start` a few bytes at a time, 20 times in a second, then all of `then`."""

    def answer(connection: socket.socket, server: Server) -> None:
        for at in range(0, len(start), step):
            connection.sendall(start[at : at + step])
            if server.closing.wait(0.05):
                return
        connection.sendall(then)

    return answer


def reset(start: bytes) -> Answer:
    """Send `start`, then break the connection with a TCP reset."""

    def answer(connection: socket.socket, server: Server) -> None:
        connection.sendall(start)
        time.sleep(0.02)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")

    return answer


def endless(start: bytes, again: bytes) -> Answer:
    def answer(connection: socket.socket, server: Server) -> None:
        connection.sendall(start)
        while not server.closing.is_set():
            connection.sendall(again)

    return answer


CHUNKED = reply(b"", Content_Length=None, Transfer_Encoding="chunked")


class TestBroken:
    """What does not come whole is refused, after few tries."""

    @pytest.mark.parametrize(
        ("answer", "said"),
        [
            (reply(Content_Length=len(NEW) + 1), "the connection was closed before the end (tried 3 times)"),
            (CHUNKED + b"40\r\n" + NEW[:20], "the connection was closed before the end (tried 3 times)"),
            (CHUNKED + b"%x\r\n%s\r\n" % (len(NEW), NEW), "the connection was closed before the end (tried 3 times)"),
            (CHUNKED + b"%x\r\n%sXX0\r\n\r\n" % (len(NEW), NEW), "the answer is not HTTP (tried 3 times)"),
            (CHUNKED + b"zz\r\n", "the answer is not HTTP (tried 3 times)"),
            (b"", "the connection was closed before the end (tried 3 times)"),
            (b"HTTP/1.1 200 OK\r\nContent-Le", "the connection was closed before the end (tried 3 times)"),
            (b"220 smtp.example ESMTP\r\n", "(tried 3 times)"),
            (reply(Content_Length="12, 13"), "the answer is not HTTP (tried 3 times)"),
            (reply(Content_Length=-1), "the answer is not HTTP (tried 3 times)"),
            (reply(Content_Length=None, Transfer_Encoding="gzip"), "the answer is not HTTP (tried 3 times)"),
            (reset(reply()[:-10]), "the connection broke ("),
            (reset(b""), "(tried 3 times)"),
        ],
    )
    def test_is_tried_again_then_refused(self, shelf: Shelf, serve: Serve, answer: Answer, said: str) -> None:
        server = serve(answer)
        shelf.refuses(server.url, said)
        assert len(server.requests) == 3

    @pytest.mark.parametrize("answer", [reply(NEW, Content_Length=len(NEW) - 1), reply(NEW[:-1], Content_Length=None)])
    def test_a_body_cut_where_http_cannot_tell(self, shelf: Shelf, serve: Serve, answer: bytes) -> None:
        """HTTP itself cuts a body longer than announced, and ends one without a length where the connection ends."""
        shelf.refuses(serve(answer).url, "is not valid JSON: it is cut short")

    def test_more_than_was_announced_is_never_stored(self, shelf: Shelf, serve: Serve) -> None:
        shelf.pull(serve(reply(NEW + b"x" * 100, Content_Length=len(NEW))).url)
        assert shelf.out.read_bytes() == NEW

    def test_a_fault_that_passes(self, shelf: Shelf, serve: Serve) -> None:
        server = serve(reset(reply()[:-10]), reply(Content_Length=len(NEW) + 1), reply())
        assert not shelf.pull(server.url).unchanged
        assert len(server.requests) == 3

    def test_nobody_listens(self, shelf: Shelf, serve: Serve) -> None:
        server = serve(b"")
        server.close()
        shelf.refuses(server.url, "cannot connect (")

    def test_no_such_host(self, shelf: Shelf) -> None:
        shelf.refuses(
            "https://nowhere.example/api.json", "cannot connect ([Errno -2] Name or service not known) (tried 3"
        )


class TestEncoding:
    @pytest.mark.parametrize("coding", ["gzip", "br", "deflate", "zstd", "gzip, gzip", "identity, gzip", "x", "GZIP"])
    @pytest.mark.parametrize("body", [b"", NEW, b"\x1f\x8b\x08\x00"])
    def test_any_is_refused(self, shelf: Shelf, serve: Serve, coding: str, body: bytes) -> None:
        server = serve(reply(body, Content_Encoding=coding))
        shelf.refuses(server.url, "answered with a Content-Encoding, although none was requested")
        assert len(server.requests) == 1

    @pytest.mark.parametrize("coding", ["identity", "Identity", ""])
    def test_none_by_another_name(self, shelf: Shelf, serve: Serve, coding: str) -> None:
        shelf.pull(serve(reply(Content_Encoding=coding)).url)

    def test_compressed_without_saying_so(self, shelf: Shelf, serve: Serve) -> None:
        shelf.refuses(serve(reply(b"\x1f\x8b\x08\x00" + NEW)).url, "is compressed with gzip")


class TestSize:
    def test_announced(self, shelf: Shelf, serve: Serve) -> None:
        server = serve(stall(reply(b"", Content_Length=1 << 30)))
        shelf.refuses(server.url, "is too long (expected at most 33,554,432 bytes)")
        assert len(server.requests) == 1

    @pytest.mark.parametrize(
        "answer",
        [
            endless(CHUNKED, b"10000\r\n" + b" " * 65536 + b"\r\n"),
            endless(reply(b"", Content_Length=None), b" " * 65536),
        ],
    )
    def test_endless(self, shelf: Shelf, serve: Serve, answer: Answer) -> None:
        shelf.refuses(serve(answer).url, "is too long (expected at most 33,554,432 bytes)")

    @pytest.mark.parametrize("start", [b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 200 OK\r\nX: "])
    def test_endless_headers(self, shelf: Shelf, serve: Serve, start: bytes) -> None:
        shelf.refuses(serve(endless(start, b"X-More: 12345678\r\n" * 100)).url, "(tried 3 times)")

    @pytest.mark.skipif(sys.platform == "win32", reason="no resource module")
    def test_memory(self, tmp_path: Path, serve: Serve) -> None:
        """The costliest that fits under every limit, and an endless one, in a process of under 300 MB."""
        worst = b"{" + b",".join('"k%07d":"é\U0001f600%013d"'.encode() % (i, i) for i in range(490_000)) + b"}"
        for answer in (reply(worst), endless(CHUNKED, b"10000\r\n" + b" " * 65536 + b"\r\n")):
            code = (
                PEAK + "import sys; from llm_models.sources import pull\n"
                "try: pull(url=sys.argv[1], out=sys.argv[2])\n"
                "except Exception as error: print(type(error).__name__)\n"
                "print(peak())"
            )
            name, peak = python(code, serve(answer).url, f"{tmp_path}/a").out.split()
            assert name == "SourceError"
            assert int(peak) / (1 << 20) < 300
            assert os.listdir(tmp_path) == []


class TestDeadline:
    """One deadline over all of the transfer, however the time is spent."""

    def late(self, shelf: Shelf, url: str, timeout: float = 0.25) -> str:
        message = shelf.refuses(url, f"not finished within {timeout:g} s", timeout=timeout)
        assert threads_ended(2.0), "its thread goes on"
        return message

    @pytest.mark.parametrize(
        "answer",
        [
            pytest.param(stall(b""), id="nothing"),
            pytest.param(stall(b"HTTP/1.1 200 OK\r\nContent-"), id="half a header"),
            pytest.param(stall(reply()[:-20]), id="half a body"),
            pytest.param(drip(reply()), id="dripping headers"),
            pytest.param(drip(CHUNKED[:-2] + b"\r\n" + b"1\r\n \r\n" * 100), id="dripping everything"),
            pytest.param(drip(b"HTTP/1.1 100 Continue\r\n\r\n" * 100, step=25), id="endless 100 Continue"),
        ],
    )
    def test_holds(self, shelf: Shelf, serve: Serve, answer: Answer) -> None:
        self.late(shelf, serve(answer).url)

    def test_holds_for_a_dripping_body(self, shelf: Shelf, serve: Serve) -> None:
        def answer(connection: socket.socket, server: Server) -> None:
            connection.sendall(reply()[: -len(NEW)])
            drip(NEW)(connection, server)  # type: ignore[operator]

        message = self.late(shelf, serve(answer).url)
        assert 2 <= int(message.split("(")[1].split(" ")[0]) <= 9

    def test_httpx_alone_would_not_hold_it(self, serve: Serve) -> None:
        """The control: nine pauses of 0.05 s; each byte comes in time, so httpx's own timeouts see nothing wrong."""
        server = serve(drip(b"HTTP/1.1 200 OK\r\n", step=2, then=b"Content-Length: 2\r\n\r\n{}"))
        assert httpx.get(server.url, timeout=0.25).status_code == 200

    def test_holds_over_all_tries(self, shelf: Shelf, serve: Serve) -> None:
        def answer(connection: socket.socket, server: Server) -> None:
            server.closing.wait(0.3)
            connection.sendall(reply(b"", 503))

        server = serve(answer)
        self.late(shelf, server.url, timeout=0.5)
        assert len(server.requests) == 2

    def test_holds_over_all_redirects(self, shelf: Shelf, serve: Serve) -> None:
        def answer(connection: socket.socket, server: Server) -> None:
            server.closing.wait(0.3)
            connection.sendall(moved("/elsewhere"))

        self.late(shelf, serve(answer).url, timeout=0.5)

    def test_holds_for_a_name_server(self, shelf: Shelf, serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
        server = serve(reply())
        real = socket.getaddrinfo

        def getaddrinfo(*arguments: Any, **more: Any) -> Any:
            time.sleep(0.5)
            return real(*arguments, **more)

        monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
        self.late(shelf, server.url)
        time.sleep(0.4)
        assert server.requests == [], "and when the name server answers at last, nothing is asked for"

    def test_holds_for_a_handshake(self, shelf: Shelf, serve: Serve) -> None:
        self.late(shelf, serve(stall(b"")).url.replace("http:", "https:"))

    @pytest.mark.parametrize("timeout", [0.0, -1.0, float("nan")])
    def test_none_is_left_at_all(self, shelf: Shelf, serve: Serve, timeout: float) -> None:
        shelf.refuses(serve(stall(b"")).url, f"not finished within {timeout:g} s", timeout=timeout)

    def test_for_ever(self, shelf: Shelf, serve: Serve) -> None:
        shelf.pull(serve(reply()).url, timeout=float("inf"))


NO_CATALOGUE = [
    (b"<!doctype html><title>Sign in</title>", "is not a catalogue but a page of HTML or XML"),
    (b"{}", "is not a catalogue of models.dev: no provider with models in it (found an empty object)"),
    (b"[]", "is not a catalogue of models.dev: no provider with models in it (found a list)"),
    (b'{"error": {"message": "no"}}', "is not a catalogue of models.dev: no provider with models in it"),
    (b"", "is empty"),
    (NEW[:-1], "is not valid JSON: it is cut short"),
    (NEW.replace(b'"m-2"}', b'"m-2", "x": NaN}'), "is not valid JSON: NaN"),
    (NEW.replace(b'"m-2"}', b'"m-2", "x": -Infinity}'), "is not valid JSON: -Infinity"),
    (NEW.replace(b'"m-2"}', b'"m-2", "x": 1e999}'), "is not valid JSON: 1e999"),
    (NEW.replace(b'"m-2"}', b'"m-2", "id": 1}'), "is not valid JSON: duplicate key 'id'"),
    (NEW.replace(b'"m-2"}', b'"m-2", "x": ' + b"9" * 5000 + b"}"), "a number is 5,000 characters long"),
    (NEW.replace(b'"m-2"}', b'"m-2", "x": ' + b"[" * 100_000 + b"}"), "nested more than 64 levels deep"),
    (b"\xef\xbb\xbf" + NEW, "begins with a byte order mark"),
    (NEW.decode().encode("utf-16"), "is UTF-16"),
    (NEW.replace(b"acme", b"\xff"), "is not UTF-8"),
    (NEW.replace(b"acme", rb"\ud800"), "half a surrogate pair"),
    (NEW + NEW, "something follows its end"),
]


class TestContent:
    @pytest.mark.parametrize(("body", "said"), NO_CATALOGUE, ids=[said for _, said in NO_CATALOGUE])
    def test_what_is_no_catalogue_is_refused(self, shelf: Shelf, serve: Serve, body: bytes, said: str) -> None:
        server = serve(reply(body))
        shelf.refuses(server.url, said)
        assert len(server.requests) == 1, "another try would bring the same"
        (shelf.folder.parent / "bad.json").write_bytes(body)
        shelf.refuses(str(shelf.folder.parent / "bad.json"), said)

    def test_odd_records_are_the_pipelines_to_judge(self, shelf: Shelf, serve: Serve) -> None:
        odd = b'{"a": 3, "b": {"models": []}, "c": {"models": {"m": null}}}'
        assert shelf.pull(serve(reply(odd)).url).manifest["models"] == 1


class TestStatus:
    @pytest.mark.parametrize("status", [201, 203, 204, 206, 300, 305, 400, 401, 403, 404, 410])
    def test_only_200_will_do(self, shelf: Shelf, serve: Serve, status: int) -> None:
        server = serve(reply(b"" if status == 204 else NEW, status, Content_Length=None if status == 204 else len(NEW)))
        message = shelf.refuses(server.url, f"answered {status} ")
        assert "What The Server Says" not in message
        assert len(server.requests) == 1

    @pytest.mark.parametrize("status", [429, 500, 502, 503, 504, 599])
    def test_some_may_pass(self, shelf: Shelf, serve: Serve, status: int) -> None:
        server = serve(reply(NEW, status))
        shelf.refuses(server.url, f"answered {status}")
        assert len(server.requests) == 3
        shelf.pull(serve(reply(b"", status), reply(b"", status), reply()).url)

    @pytest.mark.parametrize("value", ["1", email.utils.formatdate(usegmt=True)])
    def test_retry_after_is_waited_for(
        self, shelf: Shelf, serve: Serve, value: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        waits: list[float] = []

        class Hasty(threading.Event):
            def wait(self, timeout: float | None = None) -> bool:
                if threading.current_thread().name == transfer._THREAD:
                    waits.append(timeout or 0.0)
                    return self.is_set()
                return super().wait(timeout)

        server = serve(reply(b"", 429, Retry_After=value), reply())
        monkeypatch.setattr(threading, "Event", Hasty)
        shelf.pull(server.url)
        assert waits == [1.0 if value == "1" else transfer.PAUSES[0]]

    @pytest.mark.parametrize("value", ["3600", "9" * 400, email.utils.formatdate(time.time() + 3600, usegmt=True)])
    def test_retry_after_beyond_the_deadline(self, shelf: Shelf, serve: Serve, value: str) -> None:
        server = serve(reply(b"", 503, Retry_After=value))
        shelf.refuses(server.url, "answered 503 Service Unavailable (no time is left to wait ")
        assert len(server.requests) == 1

    @pytest.mark.parametrize(
        "value", ["", "-5", "soon", "0", "Thu, 99 Foo 9999", "\xe9", ",,,", "Thu, 01 Jan 1970 00:00:00 GMT"]
    )
    def test_retry_after_that_means_nothing(self, value: str) -> None:
        assert transfer._retry_after(value) == 0

    def test_pauses_grow(self) -> None:
        """Without the test's own pauses: few tries, seconds in all."""
        assert list(PAUSES) == sorted(PAUSES)
        assert 1 <= len(PAUSES) <= 4
        assert 1 <= sum(PAUSES) < 10


class TestConditional:
    def test_unchanged(self, shelf: Shelf, serve: Serve) -> None:
        """A 304 is a success that writes nothing on the day of the fetch."""
        server = serve(reply(b"", 304, Content_Length=None))
        shelf.know(url=server.url)
        result = shelf.pull(server.url)
        assert result == PullResult(str(shelf.out), json.loads(shelf.manifest.read_bytes()), unchanged=True)
        assert shelf.state() == shelf.before
        assert 'if-none-match: "old"\r\n' in server.requests[0].lower()
        assert f"if-modified-since: {STAMP}\r\n".lower() in server.requests[0].lower()

    def test_unchanged_on_a_later_day(self, shelf: Shelf, serve: Serve) -> None:
        """The data is as new as the answer: the manifest gets the new time, and nothing else changes."""
        server = serve(reply(b"", 304, Content_Length=None))
        for fetched in ("2026-01-02T03:04:05Z", "9999-01-01T00:00:00Z", "soon"):
            shelf.know(url=server.url, fetched=fetched)
            old = json.loads(shelf.manifest.read_bytes())
            result = shelf.pull(server.url)
            assert result.unchanged
            assert result.manifest["fetched"][:10] == datetime.now(UTC).date().isoformat()
            assert {**result.manifest, "fetched": fetched} == old
            assert shelf.state()["upstream.json"] == shelf.before["upstream.json"]

    def test_unchanged_while_another_process_pulls(self, shelf: Shelf) -> None:
        """The manifest that it writes meanwhile stays."""
        shelf.know(fetched="2026-01-02T03:04:05Z")
        copy = json.loads(shelf.manifest.read_bytes())
        shelf.know(etag='"newer"')
        manifest.renew(copy, str(shelf.out), Inside(str(shelf.folder)))
        assert shelf.state() == {**shelf.before, locks.LOCK_NAME: shelf.state()[locks.LOCK_NAME]}

    def test_changed(self, shelf: Shelf, serve: Serve) -> None:
        server = serve(reply(ETag='"new"'), reply(b"", 304, Content_Length=None))
        shelf.know(url=server.url)
        assert not shelf.pull(server.url).unchanged
        assert shelf.out.read_bytes() == NEW
        assert shelf.pull(server.url).unchanged
        assert 'if-none-match: "new"\r\n' in server.requests[1].lower()
        assert "if-modified-since" not in server.requests[1].lower()

    @pytest.mark.parametrize(
        "spoil",
        [
            lambda shelf: shelf.out.unlink(),
            lambda shelf: shelf.out.write_bytes(OLD + b"\n"),
            lambda shelf: shelf.out.write_bytes(b""),
            lambda shelf: shelf.manifest.unlink(),
            lambda shelf: shelf.manifest.write_bytes(b""),
            lambda shelf: shelf.manifest.write_bytes(b'{"source": '),
            lambda shelf: shelf.manifest.write_bytes(b'{"source": \xff'),
            lambda shelf: shelf.manifest.write_bytes(b'{"source": ' + b"[" * 50_000),
            lambda shelf: shelf.manifest.write_bytes(shelf.manifest.read_bytes() + b" " * 70_000),
            lambda shelf: shelf.know(sha256=None),
            lambda shelf: shelf.know(sha256="0" * 64),
            lambda shelf: shelf.know(url="https://mirror.example/api.json"),
            lambda shelf: shelf.know(url=7),
            lambda shelf: shelf.know(etag=None, last_modified=None),
            lambda shelf: shelf.know(etag='"a"\r\nX-Evil: 1', last_modified="now"),
            lambda shelf: shelf.know(etag='"' + "a" * 300 + '"', last_modified=["x"]),
        ],
    )
    def test_validators_that_nobody_can_vouch_for_are_not_sent(
        self, shelf: Shelf, serve: Serve, spoil: Callable[[Shelf], None]
    ) -> None:
        """Not without the copy, not for another copy, not to another URL, and not when they are no validators."""
        server = serve(reply())
        shelf.know(url=server.url)
        spoil(shelf)
        assert not shelf.pull(server.url).unchanged
        assert "\r\nif-" not in server.requests[0].lower()
        assert "evil" not in server.requests[0].lower()
        assert shelf.out.read_bytes() == NEW

    def test_a_url_with_a_query_is_asked_without(self, shelf: Shelf, serve: Serve) -> None:
        """Queries are not stored, so nobody knows which one the validators belong to."""
        server = serve(reply(ETag='"x"'))
        for query in ("?file=a", "?file=b"):
            shelf.pull(server.url + query)
        assert not any("\r\nif-" in request.lower() for request in server.requests)

    def test_304_to_a_question_without_validators(self, shelf: Shelf, serve: Serve) -> None:
        shelf.out.write_bytes(OLD + b"\n")
        shelf.before = shelf.state()
        shelf.refuses(serve(reply(b"", 304, Content_Length=None)).url, "answered 304 Not Modified (tried 3 times)")
        shelf.pull(serve(reply(b"", 304, Content_Length=None), reply()).url)

    def test_304_for_a_copy_that_changed_meanwhile(self, shelf: Shelf, serve: Serve) -> None:
        def answer(connection: socket.socket, server: Server) -> None:
            shelf.out.write_bytes(b"half a file")
            connection.sendall(reply(b"", 304, Content_Length=None))

        server = serve(answer, reply())
        shelf.know(url=server.url)
        assert not shelf.pull(server.url).unchanged
        assert ["\r\nif-" in request.lower() for request in server.requests] == [True, False]
        assert shelf.out.read_bytes() == NEW


class TestRedirect:
    @pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
    def test_is_followed(self, shelf: Shelf, serve: Serve, status: int) -> None:
        last = serve(reply(ETag='"x"'))
        first = serve(moved(last.url, status))
        assert shelf.pull(first.url).manifest["url"] == last.url
        shelf.pull(first.url)
        assert ["if-none-match" in request.lower() for request in first.requests + last.requests] == [
            False,
            False,
            False,
            True,
        ]

    def test_three_are_followed_and_four_are_not(self, shelf: Shelf, serve: Serve) -> None:
        server = serve(moved("/2"), moved("3"), moved("?4"), reply())
        assert shelf.pull(server.url).manifest["url"] == server.url.replace("api.json", "3")
        shelf.before = shelf.state()
        server = serve(*[moved(f"/{n}") for n in range(4)], reply())
        shelf.refuses(server.url, "redirected more than 3 times")
        assert len(server.requests) == 4

    def test_a_loop(self, shelf: Shelf, serve: Serve) -> None:
        server = serve(moved("/api.json"))
        shelf.refuses(server.url, "redirected more than 3 times")
        assert len(server.requests) == 4

    @pytest.mark.parametrize(
        ("to", "said"),
        [
            ("file:///etc/passwd", "redirected from http to file, which is not followed"),
            ("ftp://127.0.0.1/x", "redirected from http to ftp, which is not followed"),
            ("data:application/json,{}", "is not valid"),
            ("gopher://127.0.0.1/x", "redirected from http to gopher, which is not followed"),
            ("", "without a usable Location"),
            ("/" + "x" * 3000, "without a usable Location"),
        ],
    )
    def test_to_elsewhere(self, shelf: Shelf, serve: Serve, to: str, said: str) -> None:
        server = serve(moved(to))
        shelf.refuses(server.url, said)
        assert len(server.requests) == 1

    def test_to_what_is_no_url(self, shelf: Shelf, serve: Serve) -> None:
        shelf.refuses(serve(moved("http://[::1")).url, "the answer is not HTTP")

    def test_without_a_location(self, shelf: Shelf, serve: Serve) -> None:
        shelf.refuses(serve(reply(b"", 302)).url, "answered 302 without a usable Location")

    @pytest.mark.parametrize(
        "to",
        ["http://169.254.169.254/latest", "http://10.0.0.1/", "http://[fd00::1]/", "http://0.0.0.0/", "http://a.b/"],
    )
    def test_to_a_private_network(self, shelf: Shelf, serve: Serve, to: str) -> None:
        """Nobody there is asked: what is not this machine has no plain http, and by https it would have to be known."""
        server = serve(moved(to))
        shelf.refuses(server.url, f"redirected to {to}, and anyone on the way")
        assert len(server.requests) == 1

    def test_never_from_https_to_http(self, shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
        ways = {
            "https://a.example/api.json": "http://a.example/api.json",
            "http://a.example/up": "https://a.example/good",
            "https://a.example/good": "",
        }

        def handler(request: httpx.Request) -> httpx.Response:
            asked.append(str(request.url))
            to = ways[str(request.url)]
            return (
                httpx.Response(302, headers={"Location": to})
                if to
                else httpx.Response(200, stream=httpx.ByteStream(NEW))
            )

        asked: list[str] = []
        client = functools.partial(httpx.Client, transport=httpx.MockTransport(handler))
        monkeypatch.setattr(httpx, "Client", client)
        shelf.refuses("https://a.example/api.json", "redirected from https to http, which is not followed")
        assert asked == ["https://a.example/api.json"]
        assert shelf.pull("http://a.example/up", insecure=True).manifest["url"] == "https://a.example/good"


class TestValidatorsFromAServer:
    @pytest.mark.parametrize(
        "headers",
        [
            'ETag: "a b"',
            'ETag: "a"\r\n\tX-Evil: 1',
            'ETag: "' + "a" * 50_000 + '"',
            'ETag: "\xe9"',
            'ETag: "a"\r\nETag: "b"',
            "ETag: ",
            "Last-Modified: now",
            f"Last-Modified: {STAMP}, {STAMP}",
            "Last-Modified: " + "9" * 50_000,
        ],
    )
    def test_hostile_ones_are_dropped(
        self, shelf: Shelf, serve: Serve, headers: str, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.DEBUG)
        answer = reply().replace(b"Connection", headers.encode("latin-1") + b"\r\nConnection")
        result = shelf.pull(serve(answer).url)
        assert not {"etag", "last_modified"} & set(result.manifest)
        assert caplog.text == ""

    @pytest.mark.parametrize(
        "header", [b'ETag: "' + b"a" * (1 << 20) + b'"', b'ETag: "a\rb"', b'ETag: "a\0b"', b"ETag\r: x", b"E T: x"]
    )
    def test_ones_that_break_http(
        self, shelf: Shelf, serve: Serve, header: bytes, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.DEBUG)
        message = shelf.refuses(
            serve(reply().replace(b"Connection", header + b"\r\nConnection")).url, "the answer is not HTTP"
        )
        assert "ETag" not in message
        assert "aaa" not in message
        assert caplog.text == ""


class TestSecrets:
    """A password in the URL reaches the server, and nothing else."""

    def check(self, *texts: str) -> None:
        for text in texts:
            assert "s3cret" not in text
            assert "alice" not in text

    def test_when_all_is_well(
        self, shelf: Shelf, serve: Serve, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
    ) -> None:
        caplog.set_level(logging.DEBUG)
        server = serve(moved("/b?key=s3cret"), reply(), moved("/b"), reply())
        asked = server.url.replace("//127", "//alice:s3cret@127") + "?token=s3cret#s3cret"
        result = shelf.pull(asked)
        self.check(repr(result), shelf.manifest.read_text(encoding="utf-8"), caplog.text, *capfd.readouterr())
        assert result.manifest["url"] == server.url.replace("api.json", "b")
        assert "GET /api.json?token=s3cret HTTP" in server.requests[0]
        assert all("authorization: basic ywxpy2u6cznjcmv0" in request.lower() for request in server.requests)

    def test_are_not_told_to_another_host(self, shelf: Shelf, serve: Serve) -> None:
        last = serve(reply())
        first = serve(moved(last.url))
        shelf.pull(first.url.replace("//127", "//alice:s3cret@127"))
        assert "authorization" not in last.requests[0].lower()

    @pytest.mark.parametrize(
        "answer",
        [
            reply(b"", 404),
            reply(b"", 500),
            reply(b"{}"),
            b"",
            b"HTTP/1.1 alice:s3cret\r\n\r\n",
            moved("ftp://alice:s3cret@127.0.0.1/"),
            moved("http://alice:s3cret@[/"),
            moved("http://alice:s3cret@127.0.0.1:1/x?s3cret"),
            moved("alice-s3cret:x"),
            reply(b"", 401, WWW_Authenticate='Basic realm="s3cret"'),
            reply(ETag="s3cret", Content_Encoding="s3cret"),
            stall(b""),
        ],
    )
    def test_when_it_fails(self, shelf: Shelf, serve: Serve, answer: Answer, caplog: pytest.LogCaptureFixture) -> None:
        caplog.set_level(logging.DEBUG)
        server = serve(answer)
        asked = server.url.replace("//127", "//alice:s3cret@127") + "?token=s3cret#s3cret"
        message = shelf.refuses(asked, "", shown=server.url, timeout=0.3)
        self.check(message.replace("alice-s3cret, which", ""), caplog.text)

    @pytest.mark.parametrize(
        "url",
        [
            "http://alice:s3/cret@host.example/",
            "http://alice:s3#cret@host.example/",
            "http://alice:s3?cret@host.example/",
            "http://alice:s3cret@host.example:port/",
            "http://alice:s3cret@[::1/",
            "http://alice:s3cret@/",
            "http://alice:s3cret@127.0.0.1:99999/",
            "http://alice:s3cret@host.example/\x00",
            "http://alice:s3cret@host.example/\ud800",
            "http://alice:s3cret@host.example/" + "x" * 70_000,
            "ftp://alice:s3cret@host.example/x",
            "file://alice:s3cret@host.example/x",
            "foo+bar://alice:s3cret@host.example/x",
        ],
    )
    def test_when_the_url_is_wrong(self, shelf: Shelf, url: str, caplog: pytest.LogCaptureFixture) -> None:
        caplog.set_level(logging.DEBUG)
        with pytest.raises(SourceError) as caught:
            pull(url=url, out=str(shelf.out), timeout=2)
        assert str(caught.value).isprintable()
        assert len(str(caught.value)) < 400
        self.check(str(caught.value), caplog.text)
        assert "cret" not in str(caught.value)
        assert shelf.state() == shelf.before

    def test_logs_of_other_threads_are_left_alone(self, serve: Serve, caplog: pytest.LogCaptureFixture) -> None:
        caplog.set_level(logging.INFO, logger="httpx")  # LiteLLM, where it was imported, has set another
        httpx.get(serve(reply()).url)
        assert "HTTP Request: GET" in caplog.text


class TestProxy:
    def test_is_taken_from_the_environment(self, shelf: Shelf, serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
        proxy = serve(reply())
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        assert (
            shelf.pull("http://models.example/api.json", insecure=True).manifest["url"]
            == "http://models.example/api.json"
        )
        assert proxy.requests[0].startswith("GET http://models.example/api.json HTTP/1.1\r\n")

    def test_no_proxy_for_some(self, shelf: Shelf, serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
        proxy, server = serve(b""), serve(reply())
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        shelf.pull(server.url)
        assert proxy.requests == []

    @pytest.mark.parametrize(
        ("answer", "said"),
        [
            (reply(b"", 407), "the proxy refused"),
            (reply(b"", 502), "the proxy refused"),
            (b"nonsense\r\n\r\n", "the answer is not HTTP"),
            (stall(b""), "not finished within 0.3 s"),
            (drip(b"HTTP/1.1 200 OK\r\nX-Long: " + b"x" * 99), "not finished within 0.3 s"),
            (stall(b"HTTP/1.1 200 OK\r\n\r\n"), "not finished within 0.3 s"),
        ],
    )
    def test_that_does_not_help(
        self, shelf: Shelf, serve: Serve, monkeypatch: pytest.MonkeyPatch, answer: Answer, said: str
    ) -> None:
        proxy = serve(answer)
        monkeypatch.setenv("HTTPS_PROXY", proxy.url.replace("//127", "//alice:s3cret@127"))
        message = shelf.refuses("https://models.example/api.json", said, timeout=0.3)
        assert "s3cret" not in message
        assert proxy.requests[0].startswith("CONNECT models.example:443 HTTP/1.1\r\n")

    @pytest.mark.parametrize("value", ["foo://alice:s3cret@127.0.0.1", "socks5://alice:s3cret@127.0.0.1"])
    def test_that_cannot_be_used(self, shelf: Shelf, monkeypatch: pytest.MonkeyPatch, value: str) -> None:
        monkeypatch.setenv("ALL_PROXY", value)
        assert "s3cret" not in shelf.refuses("http://models.example/api.json", "cannot be fetched")


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A certificate with its key for 127.0.0.1, signed by itself."""
    return made_certificate(tmp_path_factory.mktemp("tls"), "IP:127.0.0.1")


def made_certificate(folder: Path, name: str) -> str:
    """The path of a certificate for that name with its key, signed by itself."""
    if not shutil.which("openssl"):
        pytest.skip("no openssl to make a certificate")
    path = str(folder / "both.pem")
    how = [
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:P-256",
        "-nodes",
        "-days",
        "2",
        "-subj",
        "/CN=loopback",
    ]
    made = [*how, "-addext", f"subjectAltName={name}", "-keyout", path, "-out", f"{path}.crt"]
    assert program(["openssl", "req", *made]).code == 0
    with Path(path).open("ab") as file:
        file.write(Path(f"{path}.crt").read_bytes())
    return path


def outdate(path: str, folder: Path) -> None:
    """Sign a certificate again, by itself, for a day that is over."""
    (folder / "index").touch()
    (folder / "serial").write_text("01\n", encoding="ascii")
    (folder / "ca.cnf").write_text(
        "[ca]\ndefault_ca = it\n[it]\ndatabase = index\nserial = serial\nnew_certs_dir = .\ndefault_md = sha256\n"
        "policy = any\nx509_extensions = more\n[any]\ncommonName = supplied\n[more]\nsubjectAltName = IP:127.0.0.1\n",
        encoding="ascii",
    )
    request = ["req", "-new", "-key", path, "-subj", "/CN=loopback", "-out", "request"]
    again = ["ca", "-batch", "-selfsign", "-config", "ca.cnf", "-keyfile", path, "-in", "request", "-notext"]
    again += ["-startdate", "20200101000000Z", "-enddate", "20200102000000Z", "-out", "old.crt"]
    for words in (request, again):
        done = program(["openssl", *words], folder)
        assert done.code == 0, done
    key = Path(path).read_text(encoding="ascii").partition("-----BEGIN CERT")[0]
    Path(path).write_text(key + (folder / "old.crt").read_text(encoding="ascii"), encoding="ascii")


class TestTls:
    @pytest.fixture
    def context(self, certificate: str) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        return context

    @pytest.fixture
    def trusted(self, certificate: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("SSL_CERT_FILE", certificate)

    @pytest.mark.usefixtures("trusted")
    def test_a_known_certificate(self, shelf: Shelf, serve: Serve, context: ssl.SSLContext) -> None:
        shelf.pull(serve(reply(), tls=context).url)

    def test_an_unknown_certificate(self, shelf: Shelf, serve: Serve, context: ssl.SSLContext) -> None:
        server = serve(reply(), tls=context)
        shelf.refuses(server.url, "CERTIFICATE_VERIFY_FAILED")
        assert server.requests == []

    @pytest.mark.parametrize(("name", "why"), [("DNS:other.example", "mismatch"), ("IP:127.0.0.1", "expired")])
    def test_one_of_another_host_or_of_the_past(
        self, shelf: Shelf, serve: Serve, name: str, why: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """It is known, but does not fit."""
        path = made_certificate(tmp_path, name)
        if why == "expired":
            outdate(path, tmp_path)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(path)
        monkeypatch.setenv("SSL_CERT_FILE", path)
        server = serve(reply(), tls=context)
        assert why in shelf.refuses(server.url, "CERTIFICATE_VERIFY_FAILED")
        assert server.requests == []

    @pytest.mark.parametrize("answer", [stall(b""), stall(reply()[:-9]), drip(reply())])
    @pytest.mark.usefixtures("trusted")
    def test_the_deadline(self, shelf: Shelf, serve: Serve, context: ssl.SSLContext, answer: Answer) -> None:
        shelf.refuses(serve(answer, tls=context).url, "not finished within 0.3 s", timeout=0.3)
        assert threads_ended(2.0), "its thread goes on"

    def test_whatever_the_system_says_stays_on_one_line(self, shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
        def client(**_: object) -> None:
            raise OSError("\x1b[2J\n" * 1000)

        monkeypatch.setattr(httpx, "Client", client)
        shelf.refuses("https://127.0.0.1:1/", r"cannot be fetched from here (\x1b[2J\n\x1b[2J\n")

    def test_no_such_certificates(self, shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("SSL_CERT_FILE", "/nowhere/s.pem")
        shelf.refuses("https://127.0.0.1:1/", "can")


class TestLocal:
    def test_every_way_to_name_it(self, shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
        path = shelf.folder.parent / "a #1%.json"
        path.write_bytes(NEW)
        monkeypatch.chdir(path.parent)
        for url in (
            str(path),
            path.name,
            path.as_uri(),
            f"file://localhost{path.as_uri()[7:]}",
            "file:a%20%231%25.json",
            f"FILE:{path.as_uri()[5:]}",
        ):
            shelf.out.write_bytes(OLD)
            result = shelf.pull(url)
            assert not result.unchanged
            assert result.manifest["url"] == path.as_uri()
            assert "etag" not in result.manifest
            assert shelf.pull(url).unchanged

    def test_its_faults(self, shelf: Shelf) -> None:
        folder = shelf.folder.parent
        os.mkfifo(folder / "fifo")
        with (folder / "long").open("wb") as file:
            file.truncate((32 << 20) + 1)
        for name, said in {
            "fifo": "is a FIFO, not a file",
            "long": "is too long (found at least 33,554,433 bytes, expected at most 33,554,432)",
            "none": "No such file or directory",
            ".": "is a directory, not a file",
            "../../../../../../../../../dev/zero": "is a character device, not a file",
        }.items():
            shelf.refuses(f"{folder}/{name}", said)

    @pytest.mark.parametrize(
        ("url", "said"),
        [
            ("ftp://127.0.0.1/api.json", "cannot fetch by ftp (expected https, http, file or a path)"),
            ("s3://bucket/api.json", "cannot fetch by s3"),
            ("file://host.example/api.json", "is on another machine"),
        ],
    )
    def test_other_schemes(self, shelf: Shelf, url: str, said: str) -> None:
        shelf.refuses(url, said)

    def test_an_empty_one_is_not_the_sources_own(self, tmp_path: Path) -> None:
        with pytest.raises(SourceError, match=r"^the URL is empty$"):
            pull(url="", out=f"{tmp_path}/a")

    def test_something_like_a_url(self, shelf: Shelf) -> None:
        shelf.refuses("models.dev/api.json", "No such file or directory")
        shelf.refuses("http:api.json", "is not valid")


class TestTarget:
    def test_is_looked_at_before_anything_is_fetched(self, shelf: Shelf, serve: Serve) -> None:
        server = serve(reply())
        os.mkfifo(shelf.folder.parent / "fifo")
        (shelf.folder.parent / "manifest.json").mkdir()
        for out, said in {
            "fifo": "fifo: is a FIFO, not a file",
            "state": "state: is a directory, not a file",
            "fine.json": "manifest.json: is a directory, not a file",
            "x/manifest.json": "cannot be the name of a catalogue. Choose another file name.",
            f"x/{locks.LOCK_NAME}": "cannot be the name of a catalogue",
            "x/": "cannot be the name of a catalogue",
        }.items():
            with pytest.raises(SourceError) as caught:
                pull(url=server.url, out=f"{shelf.folder.parent}/{out}")
            assert said in str(caught.value)
            assert str(caught.value).startswith(str(shelf.folder.parent))
        assert server.requests == []
        assert sorted(os.listdir(shelf.folder.parent)) == ["fifo", "manifest.json", "old.json", "state"]

    def test_a_link_is_followed(self, shelf: Shelf, serve: Serve) -> None:
        (shelf.folder.parent / "real").write_bytes(OLD)
        shelf.out.unlink()
        shelf.out.symlink_to("../real")
        shelf.pull(serve(reply()).url)
        assert shelf.out.is_symlink()
        assert (shelf.folder.parent / "real").read_bytes() == NEW

    def test_another_holds_the_lock(self, shelf: Shelf, serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
        with locks.locked(str(shelf.folder)):
            monkeypatch.setattr(locks, "locked", functools.partial(locks.locked, timeout=0.1))
            url = serve(reply()).url
            shelf.refuses(url, "another process holds this lock", shown=f"{shelf.folder}/{locks.LOCK_NAME}")

    def test_a_relative_path(self, shelf: Shelf, serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(shelf.folder)
        assert pull(url=serve(reply()).url, out="up.json").path == "up.json"
        assert (shelf.folder / "up.json").read_bytes() == NEW

    @pytest.mark.parametrize("ours", [True, False])
    def test_32_at_once(self, shelf: Shelf, serve: Serve, ours: bool, monkeypatch: pytest.MonkeyPatch) -> None:
        """Nobody comes between one's file and its manifest; without the lock they do."""
        bodies = [NEW.replace(b"m-2", b"m-%d" % (n + 2)) for n in range(32)]
        server = serve(*map(reply, bodies))
        if not ours:
            monkeypatch.setattr(locks, "locked", lambda *_, **__: nullcontext())
        real, known = replacement.write_atomically, manifest.believed
        writers: list[int] = []
        problems: list[Exception] = []

        def write(path: str, data: bytes, **how: Any) -> None:
            writers.append(threading.get_ident())
            real(path, data, **how)
            time.sleep(0.005)

        def work() -> None:
            try:
                pull(url=server.url, out=str(shelf.out))
            except Exception as error:
                problems.append(error)

        monkeypatch.setattr(replacement, "write_atomically", write)
        monkeypatch.setattr(sources, "believed", lambda *_: None)
        threads = [threading.Thread(target=work) for _ in range(32)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert problems == []
        assert shelf.out.read_bytes() in bodies
        assert (known(str(shelf.out)) is not None) or not ours
        assert (writers[::2] == writers[1::2]) is ours
        assert litter(shelf.folder) == []


CALLS = ("open", "write", "fsync", "replace", "fchmod", "fstat", "stat", "mkdir", "read", "listdir")


class TestFaultsOfTheSystem:
    def fits(self, shelf: Shelf) -> bool:
        manifest = json.loads(shelf.manifest.read_bytes())
        return bool(manifest["sha256"] == hashlib.sha256(shelf.out.read_bytes()).hexdigest())

    @pytest.mark.parametrize("code", [errno.ENOSPC, errno.EIO, errno.EACCES, errno.EROFS, errno.EMFILE])
    def test_at_every_call(self, shelf: Shelf, code: int) -> None:
        (shelf.folder.parent / "new.json").write_bytes(NEW)
        old_manifest = shelf.manifest.read_bytes()
        parted = 0

        def strike() -> None:
            raise OSError(code, os.strerror(code))

        for number in range(300):
            shelf.out.write_bytes(OLD)
            shelf.manifest.write_bytes(old_manifest)
            said = ""
            with pytest.MonkeyPatch.context() as patch:
                made = strike_at(patch, number, strike, CALLS)
                try:
                    pull(url=str(shelf.folder.parent / "new.json"), out=str(shelf.out))
                except SourceError as error:
                    said = str(error)
            if len(made) <= number:
                assert number > 30
                break
            if said:
                assert said.startswith(str(shelf.folder.parent))
                assert said.endswith(f": {os.strerror(code)}")
            data = shelf.out.read_bytes()
            assert data in (OLD, NEW)
            if self.fits(shelf):
                assert (data == OLD) is bool(said) or made[number] == "fsync"
            else:  # the file had been renamed: the manifest no longer speaks for it, and nobody believes it
                assert data == NEW
                assert said
                assert manifest.believed(str(shelf.out)) is None
                parted += 1
            assert sorted(os.listdir(shelf.folder)) == [locks.LOCK_NAME, "manifest.json", "upstream.json"]
        else:
            pytest.fail("never came to an end")
        assert parted > 3

    def test_a_kill_at_every_call(self, shelf: Shelf) -> None:
        (shelf.folder.parent / "new.json").write_bytes(NEW)
        old_manifest = shelf.manifest.read_bytes()
        left = 0
        for number in range(300):
            shelf.out.write_bytes(OLD)
            shelf.manifest.write_bytes(old_manifest)

            def work(number: int = number) -> None:
                with pytest.MonkeyPatch.context() as patch:
                    strike_at(patch, number, lambda: os.kill(os.getpid(), signal.SIGKILL), CALLS)
                    pull(url=str(shelf.folder.parent / "new.json"), out=str(shelf.out))

            status = ended(in_child(work))
            data = shelf.out.read_bytes()
            assert data in (OLD, NEW)
            assert self.fits(shelf) or data == NEW
            json.loads(shelf.manifest.read_bytes())
            if not status:
                assert number > 30
                break
            left += bool(litter(shelf.folder))
            with pytest.raises(SourceError):  # even a run that fails sweeps
                pull(url=str(shelf.folder.parent / "none.json"), out=str(shelf.out))
            assert sorted(os.listdir(shelf.folder)) == [locks.LOCK_NAME, "manifest.json", "upstream.json"]
        else:
            pytest.fail("never came to an end")
        assert left > 3

    def test_a_kill_in_the_middle_of_the_transfer(self, shelf: Shelf, serve: Serve) -> None:
        server = serve(stall(reply()[:-20]))
        with started("pull", "--url", server.url, "--out", shelf.out) as child:
            while not server.requests:
                time.sleep(0.01)
            time.sleep(0.05)
            child.kill()
        assert shelf.state() == shelf.before


class TestManifestSchema:
    def test_is_a_schema_that_says_what_everything_is(self) -> None:
        jsonschema.Draft202012Validator.check_schema(SCHEMA)
        assert SCHEMA["$id"].endswith("/manifest.schema.json")
        assert SCHEMA["additionalProperties"] is False
        assert all(field["description"].endswith(".") for field in SCHEMA["properties"].values())
        assert set(SCHEMA["properties"]) - set(SCHEMA["required"]) == {"etag", "last_modified", "pinned"}

    @pytest.mark.parametrize("example", SCHEMA["examples"])
    def test_its_examples_hold(self, example: dict[str, Any]) -> None:
        jsonschema.validate(example, SCHEMA, format_checker=jsonschema.FormatChecker())

    @pytest.mark.parametrize("name", SCHEMA["properties"])
    def test_it_refuses_what_a_manifest_never_says(self, name: str) -> None:
        wrongs: list[object] = [None, "", [], -1, "\r\n"]
        for wrong in wrongs:
            assert not jsonschema.Draft202012Validator(SCHEMA).is_valid(SCHEMA["examples"][0] | {name: wrong})
        assert not jsonschema.Draft202012Validator(SCHEMA).is_valid(SCHEMA["examples"][0] | {"password": "x"})

    def test_agrees_with_what_is_stored(self) -> None:
        for name, (_, pattern) in transfer._VALIDATORS.items():
            good = SCHEMA["examples"][0][name]
            assert pattern.fullmatch(good)
            assert not pattern.fullmatch(good + "\n")
        assert SCHEMA["properties"]["size"]["maximum"] == MAX_BYTES

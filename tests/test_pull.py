"""`pull` does not take the way for a proof of who sent a file."""

from __future__ import annotations

import hashlib
import json
import os
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from support.catalogues import numbered
from support.command import STATE, facts, files_below, fine, here, refused
from support.loopback import serving

from llm_models.manifest import believed

if TYPE_CHECKING:
    from collections.abc import Iterator

DATA = numbered(4)
HEX = hashlib.sha256(DATA).hexdigest()
OUT = f"{STATE}/upstream.json"


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """No wait for the disk, and no proxy of the machine."""
    monkeypatch.setattr(os, "fsync", os.fstat)
    for name in os.environ:
        if name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)


@contextmanager
def redirecting(to: str) -> Iterator[str]:
    """A server that answers with a redirect: its URL."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(302)
            self.send_header("Location", to)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Write nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/up"
        finally:
            server.shutdown()
            thread.join()


class TestPlainHttp:
    """Plain http is taken from this machine, and from another one only with `--insecure-http`."""

    @pytest.mark.parametrize(
        "host", ["mirror.example", "10.0.0.7", "127.0.0.1.example", "localhost.example", "[2001:db8::1]", "0.0.0.0"]
    )
    def test_another_machine(self, host: str, monkeypatch: pytest.MonkeyPatch) -> None:
        """Also through a proxy on this machine, which is not who answers."""
        with serving(DATA) as (url, requests):
            monkeypatch.setenv("HTTP_PROXY", url.removesuffix("/api.json"))
            told = refused(here("pull", "--url", f"http://{host}/api.json"))
            assert "anyone on the way can change what plain http sends (expected https, or --insecure-http)" in told
            assert told.startswith(f"llm-models: http://{host}/api.json: ")
            assert requests == []
            assert not Path(OUT).exists()
            fine("pull", "--insecure-http", "--url", f"http://{host}/api.json")
            assert len(requests) == 1
        assert Path(OUT).read_bytes() == DATA

    def test_this_machine(self) -> None:
        with serving(DATA) as (url, _):
            for host in ("127.0.0.1", "localhost"):
                fine("pull", "--url", url.replace("127.0.0.1", host))

    def test_a_redirect_to_another_machine(self) -> None:
        with redirecting("http://mirror.example/api.json") as url:
            told = refused(here("pull", "--url", url))
        assert told.startswith(
            f"llm-models: {url}: redirected to http://mirror.example/api.json, and anyone on the way"
        )


class TestRedirect:
    """A redirect to another host is told, and one of the same host is not."""

    def test_to_another_host(self) -> None:
        with serving(DATA) as (url, _), redirecting(url) as first:
            told = fine("pull", "--url", first)
            assert told.err == f"notice: {first} redirects to another host: {url}\n"
            assert json.loads(fine("pull", "--url", first, "--json").out)["url"] == url

    def test_to_the_same_host(self) -> None:
        with serving(DATA) as (url, _):
            assert fine("pull", "--url", url).err == ""


class TestPin:
    """`--sha256` is compared before anything is stored, and the manifest keeps it."""

    @pytest.mark.parametrize("where", ["a path", "a server"])
    def test_of_the_right_file(self, where: str) -> None:
        Path("api.json").write_bytes(DATA)
        with serving(DATA) as (url, _):
            told = facts("pull", "--sha256", HEX.upper(), "--url", url if where == "a server" else "api.json")
        assert told["pinned"] == told["sha256"] == HEX
        assert (believed(OUT) or {})["pinned"] == HEX

    @pytest.mark.parametrize("before", [True, False])
    def test_of_another_file(self, before: bool) -> None:
        if before:
            Path("api.json").write_bytes(numbered(3))
            fine("pull", "--url", "api.json")
        kept = files_below(Path(STATE)) if before else {}
        with serving(DATA) as (url, _):
            told = refused(here("pull", "--url", url, "--sha256", "0" * 64))
        assert told == f"llm-models: {url}: its SHA-256 is {HEX} (expected {'0' * 64}); nothing was stored\n"
        assert (files_below(Path(STATE)) if before else {}) == kept

    def test_what_is_stored_and_is_not_wanted_is_fetched_again(self) -> None:
        """A server's word that nothing changed is about the stored file, not about the wanted one."""
        new = numbered(5)
        with serving(DATA, new, etag='"one"') as (url, requests):
            fine("pull", "--url", url)
            fine("pull", "--url", url, "--sha256", hashlib.sha256(new).hexdigest())
            assert "If-None-Match" not in requests[1]
            assert Path(OUT).read_bytes() == new

    def test_what_is_stored_and_wanted_is_pinned_without_another_download(self) -> None:
        with serving(DATA, etag='"one"') as (url, requests):
            fine("pull", "--url", url)
            assert facts("pull", "--url", url, "--sha256", HEX)["unchanged"] is True
            assert requests[1]["If-None-Match"] == '"one"'
        assert (believed(OUT) or {})["pinned"] == HEX

    @pytest.mark.parametrize("text", ["", "abc", "g" * 64, "0" * 63, "0" * 65])
    def test_that_is_no_digest(self, text: str) -> None:
        assert "expected 64 hexadecimal digits" in refused(here("pull", "--sha256", text), code=2)

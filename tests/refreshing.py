"""What the tests of refreshing share: made-up sources, the command in this process or in one of its own, a server."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import threading
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, NamedTuple
from unittest import mock

from llm_models import cli

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CODE = "from llm_models.cli import main; main()"
STATE = ".llm_models"


class Told(NamedTuple):
    """What a command printed, and its exit code."""

    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[str]:
        """What stands on stderr, line by line."""
        return self.err.splitlines()


def here(*args: str) -> Told:
    """Run `llm-models` in this process, from its arguments to its exit code."""
    out, err = io.StringIO(), io.StringIO()
    with mock.patch.object(sys, "argv", ["llm-models", *args]), redirect_stdout(out), redirect_stderr(err):
        code = cli._run()
    return Told(code, out.getvalue(), err.getvalue())


def fine(*args: str) -> Told:
    """`here`, where all must be well."""
    told = here(*args)
    assert told.code == 0, told
    return told


def facts(*args: str) -> Any:
    """What a command says with `--json`."""
    return json.loads(fine(*args, "--json").out)


def environment(**more: str) -> dict[str, str]:
    """This process's environment, without a proxy or a configuration."""
    kept = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    kept.pop("LLM_MODELS_CONFIG", None)
    return {**kept, **more}


def process(*args: str, code: str = CODE, cwd: Path | None = None, timeout: float = 60, **more: str) -> Told:
    """Run `llm-models`, or `code`, as a process of its own."""
    done = subprocess.run(
        [sys.executable, "-P", "-c", code, *args],
        capture_output=True,
        text=True,
        cwd=cwd,
        env=environment(**more),
        check=False,
        timeout=timeout,
    )
    return Told(done.returncode, done.stdout, done.stderr)


def model(model_id: str, **fields: Any) -> dict[str, Any]:
    """A model as models.dev writes it."""
    plain = {"id": model_id, "name": model_id.upper(), "last_updated": "2026-01-02", "limit": {"context": 1000}}
    return {**plain, "cost": {"input": 1, "output": 2}, **fields}


def provider(provider_id: str, *models: dict[str, Any], **fields: Any) -> dict[str, Any]:
    """A provider as models.dev writes it."""
    plain = {"id": provider_id, "name": provider_id, "env": [f"{provider_id.upper()}_KEY"]}
    plain["api"] = f"https://{provider_id}.example/v1"
    return {**plain, **fields, "models": {one["id"]: one for one in models}}


def catalogue(*providers: dict[str, Any]) -> bytes:
    """The source file of those providers."""
    return json.dumps({one["id"]: one for one in providers}).encode()


def numbered(count: int, **fields: Any) -> bytes:
    """A source of one provider `acme` with that many models, `m0` onwards."""
    return catalogue(provider("acme", *(model(f"m{number}", **fields) for number in range(count))))


@contextmanager
def serving(*answers: bytes, etag: str | None = None) -> Iterator[tuple[str, list[dict[str, str]]]]:
    """A catalogue on loopback, the n-th request getting the n-th answer: its URL, and the headers of each request.

    A request that knows `etag` gets a 304.
    """
    asked: list[dict[str, str]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(dict(self.headers.items()))
            body = answers[min(len(asked), len(answers)) - 1]
            known = etag is not None and self.headers.get("If-None-Match") == etag
            self.send_response(304 if known else 200)
            if etag is not None:
                self.send_header("ETag", etag)
            if not known:
                self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if not known:
                self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/api.json", asked
        finally:
            server.shutdown()
            thread.join()


def files_below(folder: Path) -> dict[str, bytes]:
    """The content of every file, by its name below `folder`; locks, which are empty and stay, left aside."""
    found = {str(path.relative_to(folder)): path for path in folder.rglob("*") if path.is_file()}
    return {name: path.read_bytes() for name, path in sorted(found.items()) if not name.endswith(".lock")}

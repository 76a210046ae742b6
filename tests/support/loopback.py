"""A catalogue served on the loopback."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def serving(*answers: bytes, etag: str | None = None) -> Iterator[tuple[str, list[dict[str, str]]]]:
    """A server that gives its n-th answer to the n-th request: its URL, and the headers of each request.

    A request that has `etag` gets a 304.
    """
    requests: list[dict[str, str]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            requests.append(dict(self.headers.items()))
            body = answers[min(len(requests), len(answers)) - 1]
            same = etag is not None and self.headers.get("If-None-Match") == etag
            self.send_response(304 if same else 200)
            if etag is not None:
                self.send_header("ETag", etag)
            if not same:
                self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if not same:
                self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Write nothing: pytest shows what matters."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/api.json", requests
        finally:
            server.shutdown()
            thread.join()

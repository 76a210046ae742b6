"""A server on the loopback that gives one answer, which a test may change, to every request."""

from __future__ import annotations

import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator


class JsonHandler(BaseHTTPRequestHandler):
    """Reads and gives JSON, and prints nothing."""

    def body(self) -> Any:
        """What was sent."""
        return json.loads(self.rfile.read(int(self.headers["Content-Length"])))

    def give(self, answer: Any) -> None:
        """Answer with that."""
        data = json.dumps(answer).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: object) -> None:
        """Nothing: pytest shows what matters."""


class Stub:
    """`answer` is given as JSON; `paths` are those that were asked for, and `address` is where it listens."""

    def __init__(self) -> None:
        self.answer: Any = None
        self.paths: list[str] = []
        stub = self

        class Handler(JsonHandler):
            protocol_version = "HTTP/1.0"  # a client closes the connection after the answer

            def do_POST(self) -> None:
                self.body()
                stub.paths.append(self.path)
                self.give(stub.answer)

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.address = f"http://127.0.0.1:{self.server.server_port}"


@contextmanager
def stub_server() -> Iterator[Stub]:
    """A running `Stub`."""
    stub = Stub()
    thread = threading.Thread(target=stub.server.serve_forever, daemon=True)
    thread.start()
    try:
        yield stub
    finally:
        stub.server.shutdown()
        thread.join()
        stub.server.server_close()


def chat(model: str, usage: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A chat completion of OpenAI."""
    message = {"role": "assistant", "content": "hello"}
    choices = [{"index": 0, "finish_reason": "stop", "message": message}]
    more = {"created": 1_791_000_000, **more}
    return {"id": "answer-1", "object": "chat.completion", "model": model, "choices": choices, "usage": usage, **more}


def message(model: str, usage: dict[str, Any]) -> dict[str, Any]:
    """A message of Anthropic."""
    content = [{"type": "text", "text": "hello"}]
    return {
        "id": "answer-1", "type": "message", "role": "assistant", "model": model, "content": content,
        "stop_reason": "end_turn", "stop_sequence": None, "usage": usage,
    }  # fmt: skip

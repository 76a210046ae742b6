"""What the tests of the integrations share: the clients stay offline, and a loopback server answers for OpenAI."""

from __future__ import annotations

import os
import threading
from http.server import ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import pytest
from support.stub import JsonHandler

if TYPE_CHECKING:
    from collections.abc import Iterator

# Before anything imports it: litellm asks for its price list online when it is imported, unless told not to.
os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"

ANSWER = {
    "id": "answer-1",
    "object": "chat.completion",
    "created": 0,
    "model": "echo",
    "system_fingerprint": None,
    "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": "hello"}}],
    "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2},
}


RESPONSE = {
    "id": "answer-2",
    "object": "response",
    "created_at": 0,
    "model": "echo",
    "status": "completed",
    "parallel_tool_calls": True,
    "tool_choice": "auto",
    "tools": [],
    "output": [
        {
            "type": "message",
            "id": "message-1",
            "role": "assistant",
            "status": "completed",
            "content": [{"type": "output_text", "text": "hello", "annotations": []}],
        }
    ],
    "usage": {
        "input_tokens": 1,
        "output_tokens": 1,
        "total_tokens": 2,
        "input_tokens_details": {"cached_tokens": 0},
        "output_tokens_details": {"reasoning_tokens": 0},
    },
}

MESSAGE = {
    "id": "answer-3",
    "type": "message",
    "role": "assistant",
    "model": "echo",
    "content": [{"type": "text", "text": "hello"}],
    "stop_reason": "end_turn",
    "stop_sequence": None,
    "usage": {"input_tokens": 1, "output_tokens": 1},
}

CONTENT = {
    "candidates": [{"content": {"role": "model", "parts": [{"text": "hello"}]}, "finishReason": "STOP", "index": 0}],
    "usageMetadata": {"promptTokenCount": 1, "candidatesTokenCount": 1, "totalTokenCount": 2},
}

CONVERSE = {
    "output": {"message": {"role": "assistant", "content": [{"text": "hello"}]}},
    "stopReason": "end_turn",
    "usage": {"inputTokens": 1, "outputTokens": 1, "totalTokens": 2},
    "metrics": {"latencyMs": 1},
}

ANSWERS = {
    "/responses": RESPONSE,
    "/messages": MESSAGE,
    ":generateContent": CONTENT,
    "/converse": CONVERSE,
    "": ANSWER,
}
"""The end of a path -> what is answered there, the first that fits."""


class Loopback:
    """A server on the loopback that answers every request with "hello", as its path wants it, and keeps what was asked.

    A key that came in a header other than `Authorization` is under `key`.
    """

    def __init__(self) -> None:
        self.requests: list[dict[str, Any]] = []
        asked = self.requests

        class Handler(JsonHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                asked.append({
                    "path": self.path, "authorization": self.headers["Authorization"], "body": self.body(),
                    "key": self.headers["x-api-key"] or self.headers["x-goog-api-key"],
                })  # fmt: skip
                path = self.path.partition("?")[0]
                self.give(next(answer for end, answer in ANSWERS.items() if path.endswith(end)))

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.address = f"127.0.0.1:{self.server.server_port}"


@pytest.fixture
def loopback() -> Iterator[Loopback]:
    """A running `Loopback`."""
    served = Loopback()
    thread = threading.Thread(target=served.server.serve_forever, daemon=True)
    thread.start()
    yield served
    served.server.shutdown()
    thread.join()
    served.server.server_close()

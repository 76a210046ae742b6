"""What a program is given: the endpoint of a gateway in the found file, and the code that this file names.

`tests/test_processes.py` copies this module into environments, so that any program can import it as a library. It is
also the code that the found file names.
"""

from __future__ import annotations

import json
import os
import sys
from typing import Any

import llm_models

SPEC = "my-gateway:house-7b"
GIVEN = {
    "endpoint": ["https://gateway.example/v1", ["MY_GATEWAY_KEY"], [], "house-7b", "https://gateway.example/v1"],
    "code": ["by code"],
}
"""The answers where the file is trusted."""
CONFIG = f"""overrides_module = "{__name__.rpartition(".")[2]}"

[[providers]]
id = "my-gateway"
base_url = "https://gateway.example/v1"
env = ["MY_GATEWAY_KEY"]

[[models]]
provider = "my-gateway"
id = "house-7b"
"""


def models() -> list[dict[str, Any]]:
    """What the found file's code states."""
    return [{"provider": "my-gateway", "id": "house-7b", "tags": ["by code"]}]


def outcome() -> str:
    """Both answers, each as a value or as the error, in JSON."""
    answers: dict[str, object] = {}
    described = llm_models.load(overrides_module=llm_models.Overrides, publish=False)  # takes the place of the file's
    try:
        answers["endpoint"] = described.endpoint(SPEC)
    except llm_models.UntrustedEndpointError as error:
        answers["endpoint"] = str(error)
    try:
        answers["code"] = llm_models.load(publish=False).resolve(SPEC).tags
    except llm_models.ConfigError as error:
        answers["code"] = str(error)
    return json.dumps(answers)


def main() -> None:
    """Print the answers."""
    print(outcome())


def wsgi(_environ: object, start_response: Any) -> list[bytes]:
    """The answers as a web application, for gunicorn."""
    start_response("200 OK", [("Content-Type", "application/json")])
    return [outcome().encode()]


async def asgi(_scope: object, _receive: object, send: Any) -> None:
    """The answers as a web application, for uvicorn."""
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": outcome().encode()})


def as_in_a_kernel() -> None:
    """Run what follows `python -m` as a notebook's kernel does: `ipykernel_launcher`, then IPython's `init_path`."""
    if os.path.realpath(sys.path[0]) == os.path.realpath(os.curdir):
        del sys.path[0]
    if not sys.flags.safe_path:
        ends = [os.path.basename(entry) for entry in sys.path]
        sys.path.insert(ends.index("site-packages"), "")
    main()


if __name__ == "__main__":
    as_in_a_kernel()

"""The guide's client as a tool: its code lies elsewhere, and people start it in a folder that somebody else wrote."""

from __future__ import annotations

import json
import sys
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import pytest
from support.command import Result, program
from support.docs import client

from llm_models.endpoints import Endpoint

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

KEY = "sk-a-key-of-the-user"
SPEC = "openai:gpt-4o-mini"


@contextmanager
def server(status: int = 200, location: str | None = None) -> Iterator[tuple[str, list[dict[str, str]]]]:
    """A server on the loopback that gives one answer to every request: its base URL, and the headers of each."""
    requests: list[dict[str, str]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            requests.append(dict(self.headers.items()))
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            body = b"{}"
            self.send_response(status)
            if location is not None:
                self.send_header("Location", location)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST

        def log_message(self, *_: object) -> None:
            """Write nothing: pytest shows what matters."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http:
        thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield f"http://127.0.0.1:{http.server_port}/v1", requests
        finally:
            http.shutdown()
            thread.join()


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    folder = tmp_path / "clone"
    (folder / ".git").mkdir(parents=True)
    return folder


def configure(clone: Path, base_url: str, provider: str = "openai") -> Path:
    path = clone / "llm_models.toml"
    path.write_text(f'[[providers]]\nid = "{provider}"\nbase_url = "{base_url}"\n', encoding="utf-8")
    return path


def ask(clone: Path, load: str = "None", spec: str = SPEC, code: str | None = None, **variables: str) -> Result:
    """Start the client in the clone; it prints the answer, or the name and the text of the error."""
    tool = clone.parent / "tool"
    tool.mkdir(exist_ok=True)
    (tool / "small_client.py").write_text(client() if code is None else code, encoding="utf-8")
    (tool / "ask.py").write_text(
        "import json, sys, llm_models, small_client\n"
        "try:\n"
        f"    print(json.dumps(small_client.Registry({load}).client(sys.argv[1]).ask('Hello?')))\n"
        "except Exception as error:\n"
        "    print(type(error).__name__, error, sep='\\n')\n",
        encoding="utf-8",
    )
    keys = {"OPENAI_API_KEY": KEY, "ANTHROPIC_API_KEY": KEY, "GH_TOKEN": KEY}
    result = program([sys.executable, tool / "ask.py", spec], clone, **keys, **variables)
    assert result.code == 0, result
    return result


@pytest.mark.parametrize("spec", [SPEC, "anthropic:claude-haiku-4-5"])
def test_an_address_of_a_file_that_was_found_gets_nothing(clone: Path, spec: str) -> None:
    with server() as (url, requests):
        path = configure(clone, url, spec.partition(":")[0])
        name, text = ask(clone, spec=spec).out.splitlines()
        assert name == "UntrustedEndpointError"
        assert f"{path}:3, which was found, not named" in text
        assert requests == []


def test_nor_does_a_variable_or_an_id_of_it(clone: Path) -> None:
    stated = '[[models]]\nprovider = "openai"\nid = "gpt-4o-mini"\nprovider_model_id = "attacker/x"\n'
    for text in ('[[providers]]\nid = "openai"\nenv = ["GH_TOKEN"]\n', stated):
        (clone / "llm_models.toml").write_text(text, encoding="utf-8")
        assert ask(clone).out.startswith("UntrustedEndpointError\n")


@pytest.mark.parametrize("extra", ['provider = "x"', "provider.npm = ['x']", "provider.npm = {a = 1}", "provider = 5"])
def test_whatever_it_puts_into_extra(clone: Path, extra: str) -> None:
    """The client works, or it refuses the model: no crash."""
    text = f'[[models]]\nprovider = "openai"\nid = "gpt-4o-mini"\nextra.{extra}\n'
    (clone / "llm_models.toml").write_text(text, encoding="utf-8")
    code = client().replace("self.endpoint.base_url.rstrip", "'http://127.0.0.1:1'.rstrip")  # nobody answers there
    assert ask(clone, code=code).out.splitlines()[0] in {"URLError", "NotReachable"}


def test_a_file_that_is_named_decides(clone: Path) -> None:
    with server() as (url, requests):
        path = configure(clone, url)
        assert json.loads(ask(clone, LLM_MODELS_CONFIG=str(path)).out) == {}
        assert json.loads(ask(clone, f"llm_models.load(config={str(path)!r})").out) == {}
        assert [each["Authorization"] for each in requests] == [f"Bearer {KEY}"] * 2


def test_without_a_file_the_packaged_address_is_used(clone: Path) -> None:
    """What the guide states first: `load(config=None)`."""
    configure(clone, "http://127.0.0.1:1/v1")
    shown = ask(clone, "print(llm_models.load(config=None).endpoint(sys.argv[1]).base_url) or sys.exit()").out
    assert shown == "https://api.openai.com/v1\n"


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("spec", [SPEC, "anthropic:claude-haiku-4-5"])
def test_the_key_does_not_follow_a_redirect(clone: Path, status: int, spec: str) -> None:
    with server() as (elsewhere, others), server(status, f"{elsewhere}/x") as (url, requests):
        path = configure(clone, url, spec.partition(":")[0])
        name, text = ask(clone, spec=spec, LLM_MODELS_CONFIG=str(path)).out.splitlines()
        assert (name, str(status) in text) == ("HTTPError", True)
        assert [KEY in str(each) for each in requests] == [True]
        assert others == []


def test_the_servers_see_what_they_are_to_see(clone: Path) -> None:
    """A control: a client that follows redirects sends the key to the other server."""
    code = client().replace("build_opener(NoRedirect)", "build_opener()")
    assert code != client()
    with server() as (elsewhere, others), server(302, f"{elsewhere}/x") as (url, _):
        ask(clone, code=code, LLM_MODELS_CONFIG=str(configure(clone, url)))
        assert [KEY in str(each) for each in others] == [True]


def test_every_model_of_the_packaged_catalogue(packaged: Any) -> None:
    """The client refuses a model, or it has all that `endpoint` states of it."""
    names: dict[str, Any] = {"__name__": "small_client"}
    exec(compile(client(), "small_client.py", "exec"), names)
    registry = names["Registry"](packaged)
    reached = 0
    for model in packaged.list_models():
        try:
            one = names["Client"](registry, model)
        except names["NotReachable"]:
            continue
        assert isinstance(one.endpoint, Endpoint)
        assert one.endpoint == packaged.endpoint(model)
        assert str(one.endpoint.base_url).startswith("http")
        reached += 1
    assert reached > 2000

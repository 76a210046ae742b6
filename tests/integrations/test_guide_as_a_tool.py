"""The guide's client as a tool: its code lies elsewhere, and people start it in a folder that somebody else wrote."""

from __future__ import annotations

import json
import sys
import threading
import time
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import ModuleType
from typing import TYPE_CHECKING, Any
from unittest import mock

import pytest
from support.command import Result, program
from support.docs import client

import llm_models
from llm_models.endpoints import Endpoint

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

KEY = "sk-a-key-of-the-user"
SPEC = "openai:gpt-4o-mini"


USAGE = {"prompt_tokens": 3, "completion_tokens": 2, "total_tokens": 5}
BODY = {"model": "gpt-4o-mini-2024-07-18", "choices": [{"message": {"content": "hello"}}], "usage": USAGE,
        "content": [{"type": "text", "text": "hello"}]}  # fmt: skip
"""What both protocols read as the text `hello`."""


@contextmanager
def server(
    status: int = 200, location: str | None = None, body: bytes = json.dumps(BODY).encode(), slow: float = 0
) -> Iterator[tuple[str, list[dict[str, str]]]]:
    """A server on the loopback that gives one answer to every request: its base URL, and the headers of each."""
    requests: list[dict[str, str]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            requests.append(dict(self.headers.items()))
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            self.send_response(status)
            if location is not None:
                self.send_header("Location", location)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            with suppress(OSError):  # the client may have left
                for at in range(0, len(body), 1 if slow else len(body)):
                    self.wfile.write(body[at : at + 1] if slow else body)
                    time.sleep(slow)

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
        "import sys, llm_models, small_client\n"
        "try:\n"
        f"    print(small_client.Registry({load}).client(sys.argv[1]).ask('Hello?').text)\n"
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
    code = client().replace("self.url, json", "'http://127.0.0.1:1', json")  # nobody answers there
    assert code != client()
    assert ask(clone, code=code).out.splitlines()[0] in {"AnswerError", "NotReachable"}


def test_a_file_that_is_named_decides(clone: Path) -> None:
    with server() as (url, requests):
        path = configure(clone, url)
        assert ask(clone, LLM_MODELS_CONFIG=str(path)).out == "hello\n"
        assert ask(clone, f"llm_models.load(config={str(path)!r})").out == "hello\n"
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
        assert (name, str(status) in text) == ("AnswerError", True)
        assert [KEY in str(each) for each in requests] == [True]
        assert others == []


def test_the_servers_see_what_they_are_to_see(clone: Path) -> None:
    """A control: a client that follows redirects sends the key to the other server."""
    code = client().replace("build_opener(AsItIs)", "build_opener()")
    assert code != client()
    with server() as (elsewhere, others), server(302, f"{elsewhere}/x") as (url, _):
        ask(clone, code=code, LLM_MODELS_CONFIG=str(configure(clone, url)))
        assert [KEY in str(each) for each in others] == [True]


def module(**limits: Any) -> dict[str, Any]:
    """The names of the client, in this process, with other limits."""
    made = ModuleType("small_client")
    with mock.patch.dict(sys.modules, small_client=made):  # dataclasses ask for the module of a class
        exec(compile(client(), "small_client.py", "exec"), vars(made))
    vars(made).update(limits)
    return vars(made)


def at(url: str, **more: Any) -> Any:
    """A catalogue in which OpenAI is at that address."""
    provider = {"id": "openai", "base_url": url, **more}
    return llm_models.load(config=None, publish=False, overrides={"providers": [provider]})


ANSWERS = {
    "no JSON": b"<html>",
    "no text": b"\xff\xfe",
    "no object": b"[]",
    "empty": b"",
    "deep": b"[" * 200_000,
    "a number": b'{"choices": [{"message": {"content": 5}}]}',
    "no content": b'{"choices": [{"message": {"content": null}}]}',
    "no choices": b'{"choices": []}',
    "another shape": b'{"choices": {"message": 1}}',
    "control characters": b'\x1b]0;owned\x07\x1b[2J{"error": "x\\u001b"}\r::error::x',
    "hidden": "\u202e\u2028\u200b".encode(),
}


@pytest.mark.parametrize("name", ANSWERS)
@pytest.mark.parametrize("status", [200, 401, 500])
def test_an_answer_of_any_kind_is_one_error_that_is_safe_to_print(
    name: str, status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    with server(status, body=ANSWERS[name]) as (url, _):
        names = module()
        with pytest.raises(names["AnswerError"]) as caught:
            names["Registry"](at(url)).client(SPEC).ask("Hello?")
    text = str(caught.value)
    assert text.isprintable()
    assert text.startswith(SPEC)
    assert KEY not in text


@pytest.mark.parametrize("status", [200, 401])
@pytest.mark.parametrize("before", [0, 186, 486], ids=str)
def test_an_error_that_repeats_the_key_does_not_show_it(
    status: int, before: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Wherever the text is cut."""
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    with server(status, body=f"{'.' * before} wrong key {KEY}".encode()) as (url, _):
        names = module()
        with pytest.raises(names["AnswerError"]) as caught:
            names["Registry"](at(url)).client(SPEC).ask("Hello?")
    assert KEY[:3] not in str(caught.value)
    assert before or str(caught.value).endswith("wrong key (the key)")


@pytest.mark.parametrize("key", ["sk-a\nX-Evil: 1", "sk-a\r\n", "sk-\u00e4", "sk-\x00"])
def test_a_key_that_no_header_can_hold_is_not_shown(key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    names = module()
    one = names["Registry"](at("http://127.0.0.1:1/v1")).client(SPEC)
    monkeypatch.setattr("os.environ", {"OPENAI_API_KEY": key + "x"})
    with pytest.raises(LookupError, match="OPENAI_API_KEY is not a key") as caught:
        one.ask("Hello?")
    assert "sk-" not in str(caught.value)


@pytest.mark.parametrize(("limits", "slow"), [({"BYTES": 100}, 0), ({"SECONDS": 0.2}, 0.02)], ids=["large", "slow"])
@pytest.mark.parametrize("status", [200, 302, 500])
def test_an_answer_that_does_not_end(
    status: int, limits: dict[str, Any], slow: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    with server(status, body=json.dumps({**BODY, "more": "x" * 200}).encode(), slow=slow) as (url, _):
        names = module(**limits)
        with pytest.raises(names["AnswerError"], match="too long"):
            names["Registry"](at(url)).client(SPEC).ask("Hello?")


@pytest.mark.parametrize(
    ("first", "more"), [(b"", b"H"), (b"HTTP/1.1 200 OK\r\nX: ", b"x"), (b"HTTP/1.1 100 Continue\r\n", b"X: 1\r\n")]
)
def test_headers_that_do_not_end(first: bytes, more: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each wait is short, and the client gives up long before the server does."""
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    left = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            with suppress(OSError):  # the client may have left
                self.wfile.write(first)
                while not left.wait(0.02):
                    self.wfile.write(more)

        def log_message(self, *_: object) -> None:
            """Write nothing: pytest shows what matters."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http:
        thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            names = module(SECONDS=0.3)
            with pytest.raises(names["AnswerError"], match="too long"):
                names["Registry"](at(f"http://127.0.0.1:{http.server_port}/v1")).client(SPEC).ask("Hello?")
        finally:
            left.set()
            http.shutdown()
            thread.join()


@pytest.mark.parametrize(
    "url",
    ["http://gateway.example/v1", "http://127.0.0.1.example/v1", "http://localhost.example/v1", "http://[::2]/v1",
     "https://${HOST}/v1", "${URL}/v1", "http://10.0.0.1/v1"],
)  # fmt: skip
def test_an_address_to_which_no_key_may_go(url: str) -> None:
    names = module()
    with pytest.raises(names["NotReachable"], match=r"plain http|not complete"):
        names["Registry"](at(url)).client(SPEC)


@pytest.mark.parametrize("url", ["https://gateway.example/v1/", "http://localhost:1/v1", "http://[::1]:1/v1"])
def test_an_address_to_which_a_key_may_go(url: str) -> None:
    assert module()["Registry"](at(url)).client(SPEC).url == f"{url.rstrip('/')}/chat/completions"


def test_the_bill_is_for_the_model_that_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a stranger's answer states is matched by the rules, and nothing in it stops the answer."""
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    cases: list[tuple[dict[str, Any], str, bool]] = [
        ({}, SPEC, True),
        ({"model": "gpt-5.4-mini-2026-03-17"}, "openai:gpt-5.4-mini", True),
        ({"model": "\x1b[31mnobody"}, SPEC, True),
        ({"model": ["x"]}, SPEC, True),
        ({"usage": None}, SPEC, False),
        ({"usage": {"prompt_tokens": -1, "completion_tokens": 2}}, SPEC, False),
        ({"usage": {**USAGE, "prompt_tokens_details": {"cached_tokens": 99}}}, SPEC, False),
        ({"usage": "many"}, SPEC, False),
    ]
    for more, spec, billed in cases:
        with server(body=json.dumps({**BODY, **more}).encode()) as (url, _):
            answer = module()["Registry"](at(url)).client(SPEC).ask("Hello?")
        assert (answer.text, answer.model.spec, answer.bill is not None) == ("hello", spec, billed), more
        if billed:
            assert answer.bill.total == llm_models.cost(spec, {"input": 3, "output": 2}).total
            assert (answer.usage.input, answer.usage.output) == (3, 2)


def test_usage_knows_the_providers_of_its_catalogue() -> None:
    mine = llm_models.load(config=None, publish=False, overrides={"providers": [{"id": "house"}], "models": [
        {"provider": "house", "id": "one", "limits": {"context": 5}}]})  # fmt: skip
    assert mine.usage({"usage": USAGE}, provider="House") == llm_models.usage({"usage": USAGE})
    with pytest.raises(llm_models.UnknownProviderError):
        llm_models.usage({"usage": USAGE}, provider="house")


@pytest.mark.whole
@pytest.mark.parametrize("checker", ["mypy", "pyright"])
def test_the_client_is_clean(checker: str, tmp_path: Path) -> None:
    """`mypy --strict` and `pyright`, as editors and other projects run them."""
    pytest.importorskip(checker)
    (tmp_path / "small_client.py").write_text(client(), encoding="utf-8")
    arguments = {
        "mypy": ["mypy", "--strict", "--no-incremental", "small_client.py"],
        "pyright": ["pyright", "--pythonpath", sys.executable, "small_client.py"],
    }
    result = program([sys.executable, "-m", *arguments[checker]], tmp_path)
    assert result.code == 0, result


def test_every_model_of_the_packaged_catalogue(packaged: Any) -> None:
    """The client refuses a model, or it has all that `endpoint` states of it."""
    names = module()
    reached = 0
    for model in packaged.list_models():
        try:
            one = names["Client"](packaged, model)
        except names["NotReachable"]:
            continue
        assert isinstance(one.endpoint, Endpoint)
        assert one.endpoint == packaged.endpoint(model)
        path = {"chat": "/chat/completions", "responses": "/responses", "messages": "/messages"}
        (api,) = [name for name, call in names["CALLS"].items() if call is one.call]
        assert api in model.apis or not model.apis
        stated = {str(one.endpoint.base_url).rstrip("/"), str(one.endpoint.openai_base_url).rstrip("/")}
        assert one.url.removesuffix(path[api]).removesuffix("/v1") in {each.removesuffix("/v1") for each in stated}
        assert "/v1/v1/" not in one.url
        reached += 1
    assert reached > 2000

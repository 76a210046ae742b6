"""`chat_model`: LangChain's chat models reach the providers of the catalogue, each with its own client."""

from __future__ import annotations

import gc
import re
import warnings
from importlib import import_module
from typing import TYPE_CHECKING, Any

import pytest
from support.command import python

import llm_models
from llm_models.integrations.langchain import ADAPTERS, chat_model, profile
from llm_models.integrations.openai_sdk import ClientOptionsError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from integrations.conftest import Loopback

base = pytest.importorskip("langchain.chat_models.base")

SECRET = "sk-do-not-print-this"
MOVED = ("anthropic", "cerebras", "deepseek", "google", "groq", "mistral", "openai", "openrouter", "vercel", "xai")

pytestmark = pytest.mark.filterwarnings("ignore")  # the libraries' own


@pytest.fixture(autouse=True, scope="module")
def clients_are_left_to_nobody() -> Iterator[None]:
    """Not every client can be closed; one that is freed during another test would be its warning."""
    yield
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        gc.collect()


@pytest.fixture
def moved(loopback: Loopback) -> llm_models.Snapshot:
    """The packaged catalogue, with both addresses of some providers at the loopback server."""
    here = f"http://{loopback.address}"
    stated = [{"id": one, "base_url": f"{here}/{one}", "openai_base_url": f"{here}/{one}/oai"} for one in MOVED]
    return llm_models.load(config=None, overrides={"providers": stated}, publish=False)


@pytest.mark.parametrize(
    ("spec", "package", "variable", "path"),
    [
        ("openai:gpt-4.1", "openai", "OPENAI_API_KEY", "/openai/oai/chat/completions"),
        ("openai:gpt-5.2-pro", "openai", "OPENAI_API_KEY", "/openai/oai/responses"),  # it has no other API
        ("cerebras:gpt-oss-120b", "openai", "CEREBRAS_API_KEY", "/cerebras/oai/chat/completions"),
        ("vercel:openai/gpt-4o", "openai", "AI_GATEWAY_API_KEY", "/vercel/oai/chat/completions"),
        ("anthropic:claude-haiku-4-5", "anthropic", "ANTHROPIC_API_KEY", "/anthropic/v1/messages"),
        (
            "google:gemini-2.5-flash",
            "google_genai",
            "GEMINI_API_KEY",
            "/google/v1(beta)?/models/gemini-2.5-flash:generateContent",  # the library chooses the version
        ),
        ("mistral:mistral-large-2512", "mistralai", "MISTRAL_API_KEY", "/mistral/oai/chat/completions"),
        ("groq:openai/gpt-oss-20b", "groq", "GROQ_API_KEY", "/groq/openai/v1/chat/completions"),
        ("deepseek:deepseek-v4-flash", "deepseek", "DEEPSEEK_API_KEY", "/deepseek/chat/completions"),
        ("xai:grok-4.6", "xai", "XAI_API_KEY", "/xai/chat/completions"),
        ("openrouter:qwen/qwen3.8-27b:free", "openrouter", "OPENROUTER_API_KEY", "/openrouter/chat/completions"),
    ],
)
def test_a_chat_model_reaches_its_provider_with_the_client_of_langchain(
    spec: str,
    package: str,
    variable: str,
    path: str,
    moved: llm_models.Snapshot,
    loopback: Loopback,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pytest.importorskip(f"langchain_{package}")
    monkeypatch.setenv(variable, SECRET)
    made = chat_model(spec, snapshot=moved, max_retries=1)
    assert type(made).__module__.startswith(f"langchain_{package}")
    assert made.profile == profile(spec, snapshot=moved)
    assert made.invoke("hi").text == "hello"
    [asked] = loopback.requests
    assert re.fullmatch(path, asked["path"].partition("?")[0])
    assert asked["body"].get("model", moved.resolve(spec).id) == moved.resolve(spec).id
    assert (asked["key"] or asked["authorization"].removeprefix("Bearer ")) == SECRET


def test_bedrock_needs_no_key_but_takes_one(loopback: Loopback, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its client signs requests with what AWS's own tools know, which the catalogue does not pass on."""
    pytest.importorskip("langchain_aws")
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, SECRET)
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    here = f"http://{loopback.address}"
    signed = chat_model("amazon_bedrock:amazon.nova-2-lite-v1:0", base_url=here)
    assert signed.invoke("hi").text == "hello"
    [asked] = loopback.requests
    assert asked["path"] == "/model/amazon.nova-2-lite-v1%3A0/converse"
    assert asked["authorization"].startswith("AWS4-HMAC-SHA256")
    monkeypatch.setenv("AWS_BEARER_TOKEN_BEDROCK", "token")
    made: Any = chat_model("amazon_bedrock:amazon.nova-2-lite-v1:0", base_url=here)  # AWS sends it by https only
    assert made.bedrock_api_key.get_secret_value() == "token"


def test_arguments_are_for_the_client_and_come_first(moved: llm_models.Snapshot) -> None:
    pytest.importorskip("langchain_openai")
    made: Any = chat_model(
        "azure:gpt-4.1", api_key="x", azure_endpoint="https://mine.example", api_version="2024-10-21"
    )
    assert (made.azure_endpoint, made.model_name) == ("https://mine.example", "gpt-4.1")
    made = chat_model("openai:gpt-4.1", api_key="x", temperature=0.5, profile={"max_input_tokens": 5}, snapshot=moved)
    assert (made.temperature, made.profile) == (0.5, {"max_input_tokens": 5})


def test_every_adapter_is_a_provider_of_langchain_and_of_ours(packaged: llm_models.Snapshot) -> None:
    assert {adapter.name for adapter in ADAPTERS.values()} <= set(base._BUILTIN_PROVIDERS)
    for provider, adapter in ADAPTERS.items():
        endpoint = packaged.endpoint(packaged.list_models(provider)[0])
        address = {"own": endpoint.base_url, "openai": endpoint.openai_base_url, None: ""}[adapter.address]
        assert address is not None, provider
        assert "$" not in address


@pytest.mark.parametrize("spec", ["azure:claude-sonnet-5", "watsonx:openai/gpt-oss-120b", "openai:gpt-image-1"])
def test_what_no_client_can_use_is_an_error_that_names_it(spec: str) -> None:
    with pytest.raises(ClientOptionsError, match=r"is not served by OpenAI's protocol|it does not chat") as told:
        chat_model(spec, api_key=SECRET)
    assert told.value.spec == spec


def test_a_key_that_is_not_set_is_an_error_that_names_the_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GROQ_API_KEY", raising=False)
    with pytest.raises(ClientOptionsError, match="set GROQ_API_KEY"):
        chat_model("groq:openai/gpt-oss-20b")


@pytest.mark.parametrize(
    ("spec", "field"),
    [
        ("anthropic:claude-haiku-4-5", "base_url"),
        ("mistral:mistral-large-2512", "openai_base_url"),
        ("cerebras:gpt-oss-120b", "openai_base_url"),
    ],
)
def test_a_found_file_moves_no_key(spec: str, field: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    evil = f'[[providers]]\nid = "{spec.partition(":")[0]}"\n{field} = "https://evil.example/v1"\n'
    (tmp_path / "llm_models.toml").write_text(evil)
    monkeypatch.chdir(tmp_path)
    found = llm_models.load(publish=False)
    for given in ({}, {"api_key": SECRET}, {"base_url": "", "api_key": ""}):
        with pytest.raises(llm_models.UntrustedEndpointError):
            chat_model(spec, snapshot=found, **given)


def test_a_missing_package_is_an_error_that_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOGETHER_API_KEY", SECRET)
    try:
        import_module("langchain_together")
    except ImportError:
        with pytest.raises(ImportError, match="langchain-together"):
            chat_model("togetherai:openai/gpt-oss-120b")


def test_the_module_is_imported_without_the_library() -> None:
    code = "import sys, llm_models.integrations.langchain as m; m.ADAPTERS\n"
    code += "assert not {'langchain', 'langchain_core', 'openai'} & set(sys.modules)"
    python(code)

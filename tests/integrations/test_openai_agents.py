"""`Catalogue`: agents reach the models of the catalogue, each by the API that it has."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest
from support.command import python

import llm_models
from llm_models.integrations.openai_agents import CLASSES, Catalogue
from llm_models.integrations.openai_sdk import ClientOptionsError

if TYPE_CHECKING:
    from pathlib import Path

    from integrations.conftest import Loopback

agents = pytest.importorskip("agents")

SECRET = "sk-do-not-print-this"


def moved(loopback: Loopback, *providers: str) -> llm_models.Snapshot:
    """The packaged catalogue, with the addresses of some providers at the loopback server."""
    here = [{"id": one, "openai_base_url": f"http://{loopback.address}/{one}/v1"} for one in providers]
    return llm_models.load(config=None, overrides={"providers": here}, publish=False)


def run(catalogue: Catalogue, model: str | None) -> Any:
    async def once() -> Any:
        config = agents.RunConfig(model_provider=catalogue, tracing_disabled=True)
        try:
            return await agents.Runner.run(agents.Agent(name="test", model=model), "hi", run_config=config)
        finally:
            await catalogue.aclose()

    return asyncio.run(once())


@pytest.mark.parametrize(
    ("spec", "variable", "path", "sent"),
    [
        ("groq:openai/gpt-oss-20b", "GROQ_API_KEY", "/groq/v1/chat/completions", "openai/gpt-oss-20b"),
        ("anthropic:claude-haiku-4-5", "ANTHROPIC_API_KEY", "/anthropic/v1/chat/completions", "claude-haiku-4-5"),
        ("openai:gpt-5.2-pro", "OPENAI_API_KEY", "/openai/v1/responses", "gpt-5.2-pro"),  # it has no other API
        ("gpt-5.4-mini@OpenAI", "OPENAI_API_KEY", "/openai/v1/responses", "gpt-5.4-mini"),
        ("openai:gpt-4o-mini", "OPENAI_API_KEY", "/openai/v1/chat/completions", "gpt-4o-mini"),
    ],
)
@pytest.mark.filterwarnings("ignore")  # the library's own
def test_an_agent_reaches_each_model_by_its_api(
    spec: str, variable: str, path: str, sent: str, loopback: Loopback, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, SECRET)
    snapshot = moved(loopback, "groq", "anthropic", "openai")
    assert run(Catalogue(snapshot=snapshot), spec).final_output == "hello"
    [asked] = loopback.requests
    assert (asked["path"], asked["body"]["model"]) == (path, sent)
    assert asked["authorization"] == f"Bearer {SECRET}"


def test_it_is_a_provider_for_the_sdk_and_closes_its_clients(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GROQ_API_KEY", SECRET)
    catalogue = Catalogue(default="groq:openai/gpt-oss-20b")
    assert isinstance(catalogue, agents.ModelProvider)
    first, second = catalogue.get_model(None), catalogue.get_model("groq:openai/gpt-oss-120b")
    assert first._client is second._client
    asyncio.run(catalogue.aclose())
    assert first._client.is_closed()
    assert catalogue.get_model(None)._client is not first._client


def test_it_can_stand_beside_the_sdk_s_own_names(monkeypatch: pytest.MonkeyPatch) -> None:
    from agents.models.multi_provider import MultiProvider, MultiProviderMap

    monkeypatch.setenv("GROQ_API_KEY", SECRET)
    prefixes = MultiProviderMap()
    prefixes.add_provider("catalogue", Catalogue())
    made: Any = MultiProvider(provider_map=prefixes).get_model("catalogue/groq:openai/gpt-oss-20b")
    assert made.model == "openai/gpt-oss-20b"


def test_every_class_is_one_of_the_sdk() -> None:
    assert all(issubclass(getattr(agents, name), agents.Model) for name in CLASSES.values())


def test_what_no_agent_can_use_is_an_error_that_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", SECRET)
    with pytest.raises(ClientOptionsError, match=r"text-embedding-3-small: agents need .* and it has embeddings"):
        Catalogue().get_model("openai:text-embedding-3-small")
    with pytest.raises(ValueError, match="the agent names no model"):
        Catalogue().get_model(None)
    with pytest.raises(llm_models.UnknownModelError):
        Catalogue().get_model("openai:gpt-9000")


def test_advice_names_no_argument_that_there_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GROQ_API_KEY", raising=False)
    for spec, advice in (
        ("groq:openai/gpt-oss-20b", "set GROQ_API_KEY$"),
        ("freemodel:claude-opus-4-8", "state openai_base_url for the provider freemodel in llm_models.toml"),
    ):
        with pytest.raises(ClientOptionsError, match=f"^{spec}: .*{advice}") as told:
            Catalogue().get_model(spec)
        assert "_url=" not in str(told.value)
        assert "_key=" not in str(told.value)


def test_a_found_file_moves_no_key(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    evil = '[[providers]]\nid = "groq"\nopenai_base_url = "https://evil.example/v1"\n'
    (tmp_path / "llm_models.toml").write_text(evil)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GROQ_API_KEY", SECRET)
    with pytest.raises(llm_models.UntrustedEndpointError):
        Catalogue(snapshot=llm_models.load(publish=False)).get_model("groq:openai/gpt-oss-20b")


def test_the_module_is_imported_without_the_library() -> None:
    code = "import sys, llm_models.integrations.openai_agents; assert not {'openai', 'agents'} & set(sys.modules)"
    python(code)

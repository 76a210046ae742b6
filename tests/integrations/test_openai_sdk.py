"""`client_options`: the real OpenAI client reaches every provider that speaks its protocol; nobody else gets a key."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from support.command import python

import llm_models
from llm_models.endpoints import SETTINGS
from llm_models.integrations.openai_sdk import (
    IDS,
    NO_KEY,
    NOT_KEYS,
    SPEAKERS,
    ClientOptionsError,
    client_options,
)

if TYPE_CHECKING:
    from pathlib import Path

    from integrations.conftest import Loopback

SECRET = "sk-do-not-print-this"


def client_of(model: llm_models.Model, packaged: llm_models.Snapshot) -> object:
    """Upstream's name of the client for a model."""
    own: Any = model.extra.get("provider") or {}
    return own.get("npm") or packaged.get_provider(model.provider).extra.get("npm")


@pytest.fixture
def all_keys(packaged: llm_models.Snapshot, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every variable of every provider is set, each to a value of its own that marks it as a secret."""
    for provider in packaged.file.header["blocks"]:
        for variable in packaged.get_provider(provider).env:
            monkeypatch.setenv(variable, f"{SECRET}-{variable}")


@pytest.mark.usefixtures("all_keys")
@pytest.mark.whole
def test_the_real_client_reaches_every_provider_that_speaks_the_protocol(
    packaged: llm_models.Snapshot, loopback: Loopback
) -> None:
    """Path, authorization header and model id of a request, for one model of each provider and client."""
    openai = pytest.importorskip("openai")
    one_each: dict[tuple[str, object], llm_models.Model] = {}
    for model in packaged.list_models():
        its_provider = "provider" not in model.extra and packaged.get_provider(model.provider).openai_base_url
        if client_of(model, packaged) in SPEAKERS or its_provider or "responses" in model.apis:
            one_each.setdefault((model.provider, client_of(model, packaged)), model)
    reached, told = set(), []
    shared = openai.DefaultHttpxClient()  # making one loads certificates, which is slow
    for model in one_each.values():
        try:
            options = client_options(model, snapshot=packaged)
        except ClientOptionsError as error:
            told.append(str(error))
            continue
        where = urlsplit(options.base_url)
        here = where._replace(scheme="http", netloc=loopback.address).geturl()
        client = openai.OpenAI(**{**options.client, "base_url": here}, max_retries=0, http_client=shared)
        client.chat.completions.create(model=options.model, messages=[{"role": "user", "content": "hi"}])
        asked = loopback.requests.pop()
        assert asked["path"] == f"{where.path.rstrip('/')}/chat/completions"
        assert asked["body"]["model"] == model.provider_model_id
        assert model.provider not in IDS
        scheme, _, key = asked["authorization"].partition(" ")
        assert scheme == "Bearer"
        variable = key.removeprefix(f"{SECRET}-")
        assert variable in packaged.get_provider(model.provider).env
        assert not variable.endswith(SETTINGS)
        reached.add(model.provider)
    shared.close()
    assert {"openai", "openrouter", "groq", "cerebras", "deepseek", "togetherai", "xai", "fireworks_ai"} <= reached
    assert {"google", "anthropic", "mistral", "cohere", "vercel", "aihubmix", "minimax", "v0"} <= reached
    assert all("you must fill in" in reason or "is no key" in reason for reason in told)  # everything else must work
    lacking = {
        "amazon_bedrock", "azure", "azure_cognitive_services", "cloudflare_ai_gateway", "cloudflare_workers_ai",
        "databricks", "google_vertex", "infomaniak", "neon", "snowflake_cortex",  # ${NAME} in it
        "github_copilot",  # no key that an OpenAI client can send
    }  # fmt: skip
    assert {provider for provider, _ in one_each} - reached == lacking


@pytest.mark.parametrize(
    ("spec", "base_url", "variable"),
    [
        ("openai:gpt-4o-mini", "https://api.openai.com/v1", "OPENAI_API_KEY"),
        ("gpt-4o-mini@OpenAI", "https://api.openai.com/v1", "OPENAI_API_KEY"),
        ("groq:openai/gpt-oss-20b", "https://api.groq.com/openai/v1", "GROQ_API_KEY"),
        ("openrouter:qwen/qwen3.8-27b:free", "https://openrouter.ai/api/v1", "OPENROUTER_API_KEY"),
        # What a model says of its own client and base URL beats what its provider says.
        ("cohere:north-mini-code-1-0", "https://api.cohere.ai/compatibility/v1", "COHERE_API_KEY"),
        ("freemodel:gpt-5.4", "https://api.freemodel.dev/v1", "FREEMODEL_API_KEY"),
        # Providers whose own client speaks another protocol, and that have an address for OpenAI's, too.
        ("google:gemini-2.5-flash", "https://generativelanguage.googleapis.com/v1beta/openai", "GEMINI_API_KEY"),
        ("anthropic:claude-haiku-4-5", "https://api.anthropic.com/v1", "ANTHROPIC_API_KEY"),
        ("mistral:mistral-large-2512", "https://api.mistral.ai/v1", "MISTRAL_API_KEY"),
        ("cohere:command-a-03-2025", "https://api.cohere.ai/compatibility/v1", "CO_API_KEY"),
        ("vercel:openai/gpt-4o", "https://ai-gateway.vercel.sh/v1", "AI_GATEWAY_API_KEY"),
    ],
)
def test_options_of_a_model(spec: str, base_url: str, variable: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(variable, f" {SECRET}\n")
    options = client_options(spec)
    assert options.client == {"base_url": base_url, "api_key": SECRET}
    assert options.model == llm_models.resolve(spec).provider_model_id
    assert SECRET not in repr(options)


@pytest.mark.usefixtures("all_keys")
@pytest.mark.parametrize(
    ("spec", "why"),
    [
        ("freemodel:claude-opus-4-8", "'@ai-sdk/anthropic'"),
        ("watsonx:openai/gpt-oss-120b", "'watsonx-ai-provider'"),
        # Of providers that speak it otherwise.
        ("opencode:claude-sonnet-4-5", "'@ai-sdk/anthropic'"),
        ("google_vertex:claude-sonnet-5@default", "'@ai-sdk/google-vertex/anthropic'"),
    ],
)
def test_another_protocol_is_an_error_that_names_it(spec: str, why: str) -> None:
    with pytest.raises(ClientOptionsError, match="is not served by OpenAI's protocol") as told:
        client_options(spec)
    assert why in str(told.value)
    assert SECRET not in str(told.value)
    assert told.value.spec == spec


@pytest.mark.parametrize(
    ("spec", "base_url"),
    [
        ("google:gemini-2.5-flash", "https://generativelanguage.googleapis.com/v1beta/openai/"),
        ("anthropic:claude-haiku-4-5", "https://api.anthropic.com/v1/"),
        ("mistral:mistral-large-2512", "https://api.mistral.ai/v1"),
        ("cohere:command-a-03-2025", "https://api.cohere.ai/compatibility/v1"),
        ("azure:gpt-4.1", "https://mine.openai.azure.com/openai/v1/"),
        ("opencode:claude-sonnet-4-5", "https://proxy.example.com/v1"),
        ("watsonx:openai/gpt-oss-120b", "https://proxy.example.com/v1"),
    ],
)
def test_an_explicit_base_url_answers_which_protocol_it_speaks(spec: str, base_url: str) -> None:
    options = client_options(spec, base_url=base_url, api_key=SECRET)
    assert options.client == {"base_url": base_url, "api_key": SECRET}
    assert options.model == spec.partition(":")[2]


@pytest.mark.parametrize(
    ("spec", "apis"),
    [
        ("openai:gpt-5.2-pro", ("responses",)),
        ("openai:gpt-5.3-codex", ("responses",)),
        ("openai:gpt-5.4-mini", ("chat", "responses")),
        ("openai:text-embedding-3-small", ("embeddings",)),
        ("openai:gpt-image-1", ("images",)),
        ("groq:openai/gpt-oss-20b", ()),
    ],
)
def test_the_apis_of_a_model_tell_which_call_to_make(spec: str, apis: tuple[str, ...]) -> None:
    assert client_options(spec, api_key=SECRET).apis == apis


def test_the_id_for_an_address_may_be_another_one() -> None:
    options = client_options("google_vertex:gemini-2.5-pro", base_url="https://vertex.example/openapi", api_key="x")
    assert options.model == "google/gemini-2.5-pro"
    own = client_options("google_vertex:zai-org/glm-5-maas", base_url="https://vertex.example/openapi", api_key="x")
    assert own.model == "zai-org/glm-5-maas"  # upstream states its address with its id


@pytest.mark.usefixtures("all_keys")
@pytest.mark.parametrize("provider", NOT_KEYS)
def test_what_only_looks_like_a_key_is_never_sent(provider: str, packaged: llm_models.Snapshot) -> None:
    """Another variable of the provider is the key, or the refusal states why there is none."""
    here = "https://here.example.com/v1"
    model = packaged.list_models(provider)[0]
    assert set(NOT_KEYS[provider]) <= set(packaged.get_provider(provider).env)
    keys = set(packaged.endpoint(model).key_variables) - set(NOT_KEYS[provider])
    if keys:
        assert client_options(model, base_url=here, snapshot=packaged).api_key.removeprefix(f"{SECRET}-") in keys
        return
    with pytest.raises(ClientOptionsError, match="is no key for it") as refused:
        client_options(model, base_url=here, snapshot=packaged)
    assert all(f"{name} is no key for it: {why}" in str(refused.value) for name, why in NOT_KEYS[provider].items())
    assert SECRET not in str(refused.value)
    assert client_options(model, base_url=here, api_key="token", snapshot=packaged).api_key == "token"


def test_a_key_that_is_not_set_is_an_error_that_names_the_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    with pytest.raises(ClientOptionsError, match=r"set OPENAI_API_KEY, or pass api_key=") as told:
        client_options("openai:gpt-4o-mini")
    assert told.value.variables == ("OPENAI_API_KEY",)
    monkeypatch.setenv("OPENAI_API_KEY", "  ")
    with pytest.raises(ClientOptionsError, match="OPENAI_API_KEY"):
        client_options("openai:gpt-4o-mini")
    assert client_options("openai:gpt-4o-mini", api_key=SECRET).api_key == SECRET


def test_a_setting_is_never_sent_as_a_key(packaged: llm_models.Snapshot, monkeypatch: pytest.MonkeyPatch) -> None:
    assert packaged.get_provider("privatemode_ai").env == ("PRIVATEMODE_API_KEY", "PRIVATEMODE_ENDPOINT")
    monkeypatch.setenv("PRIVATEMODE_ENDPOINT", "http://localhost:8080")
    assert client_options(packaged.list_models("privatemode_ai")[0], snapshot=packaged).api_key == NO_KEY


@pytest.mark.usefixtures("all_keys")
@pytest.mark.parametrize(
    ("provider", "variables", "key"),
    [
        ("databricks", ("DATABRICKS_HOST",), "DATABRICKS_TOKEN"),
        ("amazon_bedrock", ("AWS_REGION",), "AWS_BEARER_TOKEN_BEDROCK"),
        ("neon", ("NEON_AI_GATEWAY_BASE_URL",), "NEON_AI_GATEWAY_TOKEN"),
        ("cloudflare_workers_ai", ("CLOUDFLARE_ACCOUNT_ID",), "CLOUDFLARE_API_KEY"),
    ],
)
def test_a_placeholder_in_a_base_url_is_reported_not_filled(
    provider: str, variables: tuple[str, ...], key: str, packaged: llm_models.Snapshot
) -> None:
    """The variables are set here, and still nothing is expanded; the finished URL comes from the caller."""
    model = packaged.list_models(provider)[0]
    with pytest.raises(ClientOptionsError, match="you must fill in") as told:
        client_options(model, snapshot=packaged)
    assert told.value.variables == variables
    assert variables[0] in str(told.value)
    assert SECRET not in str(told.value)
    options = client_options(model, base_url="https://mine.example.com/v1", snapshot=packaged)
    assert options.base_url == "https://mine.example.com/v1"
    assert options.api_key == f"{SECRET}-{key}"


@pytest.mark.usefixtures("all_keys")
def test_a_base_url_that_no_client_could_use_is_refused(packaged: llm_models.Snapshot) -> None:
    one_request = {
        "id": "bailing",
        "base_url": "https://api.tbox.cn/api/llm/v1/chat/completions",
    }  # as upstream once did
    stated = llm_models.load(config=None, overrides={"providers": [one_request]}, publish=False)
    with pytest.raises(ClientOptionsError, match="address of one request"):
        client_options(stated.list_models("bailing")[0], snapshot=stated)
    unknown = {"id": "vercel", "omit": ["openai_base_url"]}
    stated = llm_models.load(config=None, overrides={"providers": [unknown]}, publish=False)
    with pytest.raises(ClientOptionsError, match="no base URL is known"):
        client_options(stated.list_models("vercel")[0], snapshot=stated)


@pytest.mark.usefixtures("all_keys")
@pytest.mark.parametrize(
    ("base_url", "why"),
    [
        ("  ", "is not the address of a web server"),
        ("api.example.com/v1", "is not the address of a web server"),
        ("https://api.example.com/v1/chat/completions", "is the address of one request"),
        ("https://${HOST}/v1", "contains HOST, which you must fill in"),
    ],
)
def test_an_explicit_base_url_that_no_client_could_use_is_refused(base_url: str, why: str) -> None:
    """With `base_url` the caller answers which protocol an address speaks, not that it is an address."""
    with pytest.raises(ClientOptionsError, match="pass another base_url=") as told:
        client_options("groq:openai/gpt-oss-20b", base_url=base_url)
    assert why in str(told.value)
    assert SECRET not in str(told.value)


@pytest.mark.parametrize("spec", ["openai:gpt-5.2", "mistral:mistral-large-2512"])
@pytest.mark.parametrize("key", [f"{SECRET}\n{SECRET}", f"{SECRET}\r\nX-Own: 1", f"{SECRET}\xa0", f"“{SECRET}”"])
def test_a_text_that_no_header_can_hold_is_no_key(spec: str, key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """HTTP libraries refuse it with an error that shows it."""
    (name,) = llm_models.endpoint(spec).key_variables
    monkeypatch.setenv(name, f"{key}x")
    with pytest.raises(ClientOptionsError, match=f"{name} holds no key") as told:
        client_options(spec)
    assert SECRET not in str(told.value)
    assert told.value.variables == (name,)


@pytest.mark.parametrize("spec", ["freemodel:claude-opus-4-8", "google_vertex:claude-sonnet-5@default"])
def test_the_advice_about_another_protocol_works(spec: str) -> None:
    """What the message says to state in llm_models.toml is enough."""
    model = llm_models.resolve(spec)
    with pytest.raises(ClientOptionsError) as told:
        client_options(spec, api_key="x")
    stated = {
        "providers": [{"id": model.provider, "openai_base_url": "https://mine.example.com/v1"}],
        "models": [{"provider": model.provider, "id": model.id, "apis": ["chat"]}] * ("apis =" in told.value.problem),
    }
    assert "openai_base_url for the provider" in told.value.problem
    assert "base_url=" not in told.value.problem
    own = llm_models.load(config=None, overrides=stated, publish=False)
    assert client_options(spec, api_key="x", snapshot=own).base_url == "https://mine.example.com/v1"


def test_a_private_provider_says_which_protocol_it_speaks(monkeypatch: pytest.MonkeyPatch) -> None:
    own = {"id": "my-gateway", "base_url": "https://llm.example.com/v1", "env": ["MY_GATEWAY"]}
    models = [{"provider": "my-gateway", "id": "house-7b", "provider_model_id": "house/7b"}]
    silent = llm_models.load(config=None, overrides={"providers": [own], "models": models}, publish=False)
    monkeypatch.setenv("MY_GATEWAY", SECRET)
    with pytest.raises(ClientOptionsError, match="protocol of its provider is not stated"):
        client_options("my-gateway:house-7b", snapshot=silent)
    for of_provider, of_model in (
        ({"extra": {"npm": "@ai-sdk/openai-compatible"}}, {}),
        ({"openai_base_url": "https://llm.example.com/v1", "base_url": "https://llm.example.com"}, {}),
        ({}, {"apis": ["chat"]}),
    ):
        stated = {"providers": [{**own, **of_provider}], "models": [{**models[0], **of_model}]}
        telling = llm_models.load(config=None, overrides=stated, publish=False)
        options = client_options("my-gateway:house-7b", snapshot=telling)
        assert (options.base_url, options.model, options.api_key) == ("https://llm.example.com/v1", "house/7b", SECRET)
    stated = {"providers": [own], "models": [{**models[0], "apis": ["messages"]}]}
    with pytest.raises(ClientOptionsError, match="protocol of its provider is not stated"):
        client_options("my-gateway:house-7b", snapshot=llm_models.load(config=None, overrides=stated, publish=False))


def test_a_provider_that_needs_no_key_states_an_empty_env() -> None:
    """Without `env`, whether a key is needed is not known, and the error states how to tell."""
    own = {"id": "local", "openai_base_url": "https://llm.example.com/v1"}
    models = [{"provider": "local", "id": "m"}]
    unknown = llm_models.load(config=None, overrides={"providers": [own], "models": models}, publish=False)
    assert unknown.endpoint("local:m").needs_key is None
    with pytest.raises(ClientOptionsError, match=r"env = \[\] if it needs none"):
        client_options("local:m", snapshot=unknown)
    stated = {"providers": [{**own, "env": []}], "models": models}
    keyless = llm_models.load(config=None, overrides=stated, publish=False)
    assert keyless.endpoint("local:m").needs_key is False
    assert client_options("local:m", snapshot=keyless).api_key == NO_KEY
    assert client_options("local:m", api_key=SECRET, snapshot=keyless).api_key == SECRET
    assert keyless.endpoint("openai:gpt-4o-mini").needs_key is True


def test_a_server_of_this_machine_needs_no_key_unless_one_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its provider names a variable, for those who set a key there."""
    spec = next(model.spec for model in llm_models.list_models("lmstudio") if model.kind == "chat")
    monkeypatch.delenv("LMSTUDIO_API_KEY", raising=False)
    assert client_options(spec).api_key == NO_KEY
    monkeypatch.setenv("LMSTUDIO_API_KEY", "own")
    assert client_options(spec).api_key == "own"
    monkeypatch.delenv("LMSTUDIO_API_KEY")
    with pytest.raises(ClientOptionsError, match="its key is not set; set LMSTUDIO_API_KEY"):
        client_options(spec, base_url="https://localhost.example.com/v1")


def test_the_tables_speak_of_providers_that_there_are(packaged: llm_models.Snapshot) -> None:
    """An entry that no provider needs any more is to be taken out."""
    records = [packaged.get_provider(provider) for provider in packaged.file.header["blocks"]]
    assert {record.extra.get("npm") for record in records} >= set(SPEAKERS)


def test_options_are_made_without_the_client() -> None:
    code = (
        "import sys; from llm_models.integrations.openai_sdk import client_options\n"
        "client_options('openai:gpt-4o-mini', api_key='x')\n"
        "assert not {'openai', 'httpx', 'langchain_core', 'litellm', 'pydantic'} & set(sys.modules)"
    )
    python(code)


def test_the_argument_that_was_removed_names_what_replaces_it() -> None:
    with pytest.raises(TypeError, match=r"no argument 'trust_discovered'\. .*load\(config=\.\.\.\)"):
        client_options("openai:gpt-4o-mini", api_key="x", trust_discovered=True)
    with pytest.raises(TypeError, match=r"no argument 'base_ulr'\.$"):
        client_options("openai:gpt-4o-mini", api_key="x", base_ulr="x")


@pytest.mark.usefixtures("all_keys")
def test_an_empty_argument_skips_no_check(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "llm_models.toml").write_text('[[providers]]\nid = "openai"\nbase_url = "https://evil.example/v1"\n')
    monkeypatch.chdir(tmp_path)
    for given in ({}, {"base_url": ""}, {"api_key": ""}, {"api_key": SECRET}):
        with pytest.raises(llm_models.UntrustedEndpointError, match="its base URL") as refused:
            client_options("openai:gpt-4o-mini", snapshot=llm_models.load(publish=False), **given)
        assert SECRET not in str(refused.value)


@pytest.mark.parametrize("npm", [["@ai-sdk/openai"], {"a": 1}, 5, True])
def test_a_protocol_that_is_no_text_is_not_stated(npm: object) -> None:
    stated = {"providers": [{"id": "openai", "npm": npm}]}
    catalogue = llm_models.load(config=None, publish=False, overrides=stated)
    with pytest.raises(ClientOptionsError, match="the protocol of its provider is not stated"):
        client_options("openai:gpt-4o-mini", api_key="x", snapshot=catalogue)

"""`router_entry`: what LiteLLM's router charges, where it sends requests, and that its global list stays."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

import llm_models
from llm_models.integrations.litellm import NotRegisteredError, router_entry
from llm_models.integrations.litellm_documents import model_list, price_map

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

litellm: Any = pytest.importorskip("litellm")

pytestmark = pytest.mark.filterwarnings("ignore")  # its own are many, and none of ours to mend

OWN = {"input": 1.5, "output": 7.5, "cache_read": 0.15, "cache_write": 1.875}
"""Own prices of Claude Sonnet 4.6, without that of a cache for an hour."""

SPECS = (
    "anthropic:claude-sonnet-4-6", "openai:gpt-5.2", "openai:gpt-5.4", "google:gemini-2.5-pro", "xai:grok-4.3",
    "groq:openai/gpt-oss-20b", "kilo:openai/gpt-5.2", "mistral:mistral-medium-2505", "openai:gpt-4o-audio-preview",
    "amazon_bedrock:anthropic.claude-haiku-4-5-20251001-v1:0", "openrouter:openai/gpt-5.2", "openai:gpt-6-sol",
    "google:gemini-2.5-flash-image", "openai:gpt-5-mini", "deepseek:deepseek-chat",
)  # fmt: skip


def rows() -> dict[str, dict[str, Any]]:
    """A copy of LiteLLM's price list."""
    copied: dict[str, dict[str, Any]] = json.loads(json.dumps(litellm.model_cost))
    return copied


@pytest.fixture
def price_list() -> Iterator[None]:
    """LiteLLM's own lists and its quiet, put back afterwards: its router changes them for the whole process."""
    from litellm import utils

    kept, shown = rows(), litellm.suppress_debug_info
    lists = [(value, value.copy()) for value in vars(litellm).values() if isinstance(value, set | list)]
    yield
    for value, before in lists:
        value.clear()
        (value.update if isinstance(value, set) else value.extend)(before)
    litellm.suppress_debug_info = shown
    litellm.model_cost.clear()
    litellm.model_cost.update(kept)
    utils._runtime_registered_model_cost.clear()
    utils._invalidate_model_cost_lowercase_map()


def own_prices(**cost: Any) -> llm_models.Snapshot:
    models = [{"provider": "anthropic", "id": "claude-sonnet-4-6", "cost": {**OWN, **cost}}]
    return llm_models.load(config=None, overrides={"models": models}, publish=False)


def usage(prompt: int, completion: int, **parts: int) -> dict[str, Any]:
    """A usage as LiteLLM has it; the parts are those of COST.md's protocol `litellm`."""
    hour = parts.pop("hour", 0)
    details: dict[str, Any] = {name: tokens for name, tokens in parts.items() if tokens}
    if hour:
        split = {"ephemeral_1h_input_tokens": hour, "ephemeral_5m_input_tokens": parts["cache_creation_tokens"] - hour}
        details["cache_creation_token_details"] = split
    return {
        "prompt_tokens": prompt,
        "completion_tokens": completion,
        "total_tokens": prompt + completion,
        "prompt_tokens_details": details,
    }


class Deployed(NamedTuple):
    """A deployment of LiteLLM's router: its id, and LiteLLM's name of the model."""

    id: str
    model: str

    def charged(self, counted: dict[str, Any], tier: str | None = None) -> float:
        """What LiteLLM charges for a response."""
        response = litellm.ModelResponse(model=self.model, usage=litellm.Usage(**counted))
        more = {"router_model_id": self.id, "custom_pricing": True, "service_tier": tier}
        cost: float = litellm.completion_cost(completion_response=response, model=self.model, **more)
        return cost


def deployed(entries: Iterable[dict[str, Any]]) -> list[Deployed]:
    """The deployments of a router with these entries."""
    router = litellm.Router(model_list=list(entries))
    return [Deployed(one["model_info"]["id"], one["litellm_params"]["model"]) for one in router.model_list]


PARTS: tuple[dict[str, int], ...] = (
    {},
    {"cached_tokens": 500},
    {"cache_creation_tokens": 500},
    {"cache_creation_tokens": 500, "hour": 200},
)


def usages(model: llm_models.Model) -> Iterator[tuple[dict[str, Any], str | None]]:
    """Requests of each size and way to be served."""
    sizes = [one.context_over for one in model.cost.tiers]
    for tier in (None, "flex", "priority", "ultrafast"):
        for prompt in (2000, *sizes, *(size + 1 for size in sizes)):
            for parts in PARTS:
                yield usage(prompt, 100, **parts), tier


@pytest.mark.usefixtures("price_list")
def test_a_deployment_charges_what_the_catalogue_does(packaged: llm_models.Snapshot) -> None:
    """Plain, cached, for an hour, long, flex and priority, for real models: wherever our bill is exact."""
    specs = [spec for spec in SPECS if packaged.allowed(spec)]
    assert len(specs) > 12
    entries = [router_entry(spec, snapshot=packaged) for spec in specs]
    compared: dict[str | None, int] = {}
    for spec, entry, there in zip(specs, entries, deployed(entries), strict=True):
        for counted, tier in usages(packaged.resolve(spec)):
            try:
                bill = packaged.cost(spec, llm_models.usage(counted, protocol="litellm"), mode=tier)
            except llm_models.UnknownModeError:
                continue
            unread = any(name.startswith("modes.") and "above" in name for name in entry.no_field)
            long = counted["prompt_tokens"] > 100_000
            if bill.exact and bill.total is not None and not (tier and unread and long):
                compared[tier] = compared.get(tier, 0) + 1
                assert there.charged(counted, tier) == pytest.approx(float(bill.total)), (spec, counted, tier)
    assert compared[None] > 40
    assert compared["flex"] > 10
    assert compared["priority"] > 10


@pytest.mark.usefixtures("price_list")
def test_own_prices_are_not_mixed_with_list_prices() -> None:
    """CL7: LiteLLM's router would add its own price of a cache for an hour, and of each service tier."""
    catalogue = own_prices()
    entry = router_entry("anthropic:claude-sonnet-4-6", snapshot=catalogue)
    assert "cache_write_1h" in entry.dropped
    (there,) = deployed([entry])
    asked = usage(10_000, 0, cached_tokens=5000, cache_creation_tokens=3000, hour=2000)
    own = (2000 * 1.5 + 5000 * 0.15 + 3000 * 1.875) / 1e6
    for tier in (None, "flex", "priority", "fast"):
        assert there.charged(asked, tier) == pytest.approx(own), tier
    (stated,) = deployed([router_entry("anthropic:claude-sonnet-4-6", snapshot=own_prices(cache_write_1h=3))])
    assert stated.charged(asked) == pytest.approx(own + 2000 * (3 - 1.875) / 1e6)
    # The same with a model of which LiteLLM has service tiers.
    models = [{"provider": "openai", "id": "gpt-5.2", "cost": {"input": 1, "output": 2}}]
    negotiated = llm_models.load(config=None, overrides={"models": models}, publish=False)
    (there,) = deployed([router_entry("openai:gpt-5.2", snapshot=negotiated)])
    assert litellm.model_cost["gpt-5.2"]["input_cost_per_token_priority"]
    for tier in (None, "flex", "priority"):
        assert there.charged(usage(1000, 100), tier) == pytest.approx((1000 * 1 + 100 * 2) / 1e6), tier


@pytest.mark.usefixtures("price_list")
def test_the_global_list_and_all_routes_stay(packaged: llm_models.Snapshot) -> None:
    """The router adds a row for each deployment and fills in its own rows; our entries add nothing to that."""
    untouched = rows()
    names = [name for name in untouched if name.partition("/")[0] not in ("github_copilot", "chatgpt")]
    litellm.suppress_debug_info = True
    entries = [router_entry(spec, snapshot=packaged) for spec in SPECS if packaged.allowed(spec)]
    assert rows() == untouched
    bare = [{"model_name": entry["model_name"], "litellm_params": dict(entry["litellm_params"])} for entry in entries]
    deployed(bare)
    before, sent = rows(), {name: _route(name) for name in names}
    ids = deployed(dict(entry) for entry in entries)
    after = rows()
    assert after.keys() == before.keys()
    assert {one.id for one in ids} <= after.keys() - untouched.keys()
    assert {name: after[name] for name in untouched} == {name: before[name] for name in untouched}
    assert {name: _route(name) for name in names} == sent
    litellm.suppress_debug_info = False


def _route(name: str) -> Any:
    try:
        return litellm.get_llm_provider(name)
    except Exception as error:
        return type(error)


def house(loopback: Any, **provider: Any) -> llm_models.Snapshot:
    """A provider of an application: a server that accepts OpenAI's requests."""
    own = {
        "providers": [{"id": "house", "openai_base_url": f"http://{loopback.address}/v1", **provider}],
        "models": [{
            "provider": "house", "id": "house-7b", "limits": {"context": 8000},
            "cost": {"input": 1, "output": 2, "tiers": [{"context_over": 32_000, "input": 3}]},
        }],
    }  # fmt: skip
    return llm_models.load(config=None, overrides=own, publish=False)


@pytest.mark.usefixtures("price_list")
def test_a_request_reaches_the_address_with_its_own_key(loopback: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """And with nothing else: no price in the body, and never OpenAI's key, also where no key is set."""
    monkeypatch.setenv("OPENAI_API_KEY", "sk-of-openai")
    catalogue = house(loopback, env=["HOUSE_KEY"])
    entry = router_entry("house:house-7b", name="mine", snapshot=catalogue)
    assert "sk-of-house" not in json.dumps(entry)
    for key in ("sk-of-house", None):
        monkeypatch.delenv("HOUSE_KEY", raising=False)
        if key is not None:
            monkeypatch.setenv("HOUSE_KEY", key)
        router = litellm.Router(model_list=[dict(entry)], num_retries=0)
        answer = router.completion("mine", messages=[{"role": "user", "content": "hi"}])
        asked = loopback.requests[-1]
        assert asked["path"] == "/v1/chat/completions"
        assert asked["body"] == {"model": "house-7b", "messages": [{"role": "user", "content": "hi"}]}
        assert asked["authorization"] != "Bearer sk-of-openai"
        assert (asked["authorization"] == "Bearer sk-of-house") is (key is not None)
        bill = catalogue.cost("house:house-7b", {"input": 1, "output": 1})
        assert answer._hidden_params["response_cost"] == pytest.approx(float(bill.total))
    open_house = router_entry("house:house-7b", snapshot=house(loopback, env=[]))
    assert open_house["litellm_params"]["api_key"] == "no-key-needed"
    with pytest.raises(NotRegisteredError, match="no variable is known that holds its key"):
        router_entry("house:house-7b", snapshot=house(loopback))


def test_an_address_of_the_application_replaces_litellms(packaged: llm_models.Snapshot) -> None:
    gateway = {"providers": [{"id": "openai", "base_url": "https://gateway.example/v1", "env": ["GATEWAY_KEY"]}]}
    catalogue = llm_models.load(config=None, overrides=gateway, publish=False)
    assert router_entry("openai:gpt-5.2", snapshot=catalogue)["litellm_params"] == {
        "model": "hosted_vllm/gpt-5.2",
        "api_base": "https://gateway.example/v1",
        "api_key": "os.environ/GATEWAY_KEY",
    }
    assert router_entry("openai:gpt-5.2", snapshot=packaged)["litellm_params"] == {
        "model": "openai/gpt-5.2",
        "api_key": "os.environ/OPENAI_API_KEY",
    }


@pytest.mark.usefixtures("price_list")
@pytest.mark.parametrize("path", ["", "/v1", "/gateway/v1/"])
def test_an_address_for_anthropics_api_is_asked_by_that(
    path: str, loopback: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With `/v1/messages` once, the key of its variable, our prices, and no price in the body."""
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-of-anthropic")
    catalogue = anthropic_at(base_url=f"http://{loopback.address}{path}")
    entry = router_entry("anthropic:claude-sonnet-4-6", name="mine", snapshot=catalogue)
    assert entry["litellm_params"]["model"] == "anthropic/claude-sonnet-4-6"
    assert entry["litellm_params"]["api_key"] == "os.environ/ANTHROPIC_API_KEY"
    router = litellm.Router(model_list=[dict(entry)], num_retries=0)
    answer = router.completion("mine", messages=[{"role": "user", "content": "hi"}])
    (asked,) = loopback.requests
    assert asked["path"] == path.rstrip("/").removesuffix("/v1") + "/v1/messages"
    assert asked["key"] == "sk-of-anthropic"
    assert not [name for name in asked["body"] if "cost" in name]
    bill = catalogue.cost("anthropic:claude-sonnet-4-6", {"input": 1, "output": 1})
    assert answer._hidden_params["response_cost"] == pytest.approx(float(bill.total))


def anthropic_at(**provider: Any) -> llm_models.Snapshot:
    """The catalogue with own values of Anthropic."""
    return llm_models.load(config=None, overrides={"providers": [{"id": "anthropic", **provider}]}, publish=False)


def test_an_address_for_anthropics_api_never_gets_a_key_that_is_not_its_own() -> None:
    """Where LiteLLM finds no key, it takes Anthropic's: another variable is left out."""
    url = "https://gateway.example/v1"
    spec = "anthropic:claude-sonnet-4-6"
    with pytest.raises(NotRegisteredError, match="would send ANTHROPIC_API_KEY to its address"):
        router_entry(spec, snapshot=anthropic_at(base_url=url, env=["GATEWAY_KEY"]))
    with pytest.raises(NotRegisteredError, match=r"its base URL is not complete .*\$\{HOST\}"):
        router_entry(spec, snapshot=anthropic_at(base_url="https://${HOST}/v1"))
    entry = router_entry(spec, snapshot=anthropic_at(base_url=url, env=[]))
    assert entry["litellm_params"] == {
        "model": "anthropic/claude-sonnet-4-6", "api_base": "https://gateway.example", "api_key": "no-key-needed",
    }  # fmt: skip
    entry = router_entry(spec, snapshot=anthropic_at(openai_base_url=url, env=["GATEWAY_KEY"]))
    assert entry["litellm_params"] == {
        "model": "hosted_vllm/claude-sonnet-4-6", "api_base": url, "api_key": "os.environ/GATEWAY_KEY",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("spec", "why"),
    [
        ("azure:gpt-5.2", "its deployments have names of your own"),
        ("google:gemini-flash-latest", "what it means changes"),
        ("groq:groq/compound", "its price is unknown"),
        ("google_vertex_anthropic:claude-haiku-4-5@20251001", "not served by OpenAI's protocol"),
    ],
)
def test_what_has_no_entry_is_an_error_with_the_reason(spec: str, why: str, packaged: llm_models.Snapshot) -> None:
    with pytest.raises(NotRegisteredError, match=why):
        router_entry(spec, snapshot=packaged)
    document = model_list([packaged.resolve(spec)], snapshot=packaged)
    assert document.content == {"model_list": []}
    assert why in document.left_out[spec]


@pytest.mark.usefixtures("price_list")
def test_an_id_with_a_wildcard_of_litellm_has_no_deployment() -> None:
    """LiteLLM sends every name that fits it, with the key, and charges the prices of this one."""
    house = {"id": "house", "openai_base_url": "http://127.0.0.1:9/v1", "env": []}
    cost = {"input": 1, "output": 1}
    models = [{"provider": "house", "id": name, "cost": cost} for name in ("all/*", "gpt-*-x", "plain")]
    models.append({"provider": "house", "id": "served", "provider_model_id": "*", "cost": cost})
    own = llm_models.load(config=None, overrides={"providers": [house], "models": models}, publish=False)
    document = model_list(own.list_models("house"), snapshot=own)
    assert [entry["model_name"] for entry in document.content["model_list"]] == ["house:plain"]
    router = litellm.Router(model_list=document.content["model_list"])
    assert not router.pattern_router.patterns
    for spec in ("house:all/*", "house:gpt-*-x", "house:served"):
        assert "LiteLLM reads '*' in its id as any text" in document.left_out[spec]
        with pytest.raises(NotRegisteredError, match="as any text"):
            router_entry(spec, name="mine", snapshot=own)


@pytest.mark.usefixtures("price_list")
def test_a_map_gives_what_the_catalogue_does(packaged: llm_models.Snapshot) -> None:
    """`register_model` with the price map, over LiteLLM's own list and for models that it lacks."""
    models = [packaged.resolve(spec) for spec in SPECS if packaged.allowed(spec)]
    document = price_map(models, snapshot=packaged)
    assert document.content == dict(sorted(document.content.items()))
    litellm.register_model(json.loads(json.dumps(document.content)))
    compared = 0
    for key in document.content:
        provider, _, model_id = key.partition("/")
        ours = {"gemini": "google", "bedrock": "amazon_bedrock"}.get(provider, provider)
        for prompt in (2000, 300_000):
            bill = packaged.cost((ours, model_id), {"input": prompt, "output": 100, "cache_read": 500})
            if bill.exact:
                counted = litellm.Usage(**usage(prompt, 100, cached_tokens=500))
                response = litellm.ModelResponse(model=key, usage=counted)
                cost = litellm.completion_cost(completion_response=response, model=key)
                assert cost == pytest.approx(float(bill.total)), key
                compared += 1
    assert compared > 20


def test_a_map_onto_litellms_own_changes_prices_only(packaged: llm_models.Snapshot) -> None:
    own = rows()
    own["an-alias-of-ours"] = {"alias_of": "gpt-5.2"}
    catalogue = own_prices()
    models = [catalogue.resolve(spec) for spec in ("anthropic:claude-sonnet-4-6", "openai:gpt-5.2")]
    missing = next(one for one in packaged.list_models("groq") if f"groq/{one.id}" not in own and one.cost.input)
    document = price_map([*models, missing], onto=own, snapshot=catalogue)
    assert document.content.keys() - own.keys() == {f"groq/{missing.id}"}
    changed = {key for key, row in own.items() if document.content[key] != row}
    assert "claude-sonnet-4-6" in changed
    row = document.content["claude-sonnet-4-6"]
    assert row["input_cost_per_token"] == 1.5e-6
    assert "cache_creation_input_token_cost_above_1hr" in own["claude-sonnet-4-6"]
    assert "cache_creation_input_token_cost_above_1hr" not in row
    for key in changed:
        now = document.content[key]
        fields = {name for name in {*own[key], *now} if own[key].get(name) != now.get(name)}
        assert all("cost" in name or "pricing" in name for name in fields), (key, fields)


def test_a_flag_is_false_only_where_a_source_states_that(packaged: llm_models.Snapshot) -> None:
    """CL20: a word that an open list lacks is not denied by it."""
    models = [one for provider in ("openai", "google", "mistral") for one in packaged.list_models(provider)]
    content = price_map(models, snapshot=packaged).content
    fields = [(key, *field) for key, row in content.items() for field in row.items()]
    flags = [(key, name, value) for key, name, value in fields if name.startswith("supports_")]
    assert len(flags) > 500
    denied = {name for _, name, value in flags if value is False}
    assert denied <= {
        "supports_function_calling", "supports_parallel_function_calling", "supports_response_schema",
        "supports_reasoning", "supports_vision", "supports_native_streaming",
    }  # fmt: skip
    assert {"supports_pdf_input", "supports_audio_input"} <= {name for _, name, value in flags if value is True}
    stated = {"function_calling": "tools", "response_schema": "json_schema", "reasoning": "reasoning"}
    for key, name, value in flags:
        if (ours := stated.get(name.removeprefix("supports_"))) is not None:
            assert packaged.resolve(key.replace("gemini/", "google/", 1)).stated(ours) is value, (key, name)

"""`register`: what LiteLLM then says of a model, and charges for it, is what our record says."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

import pytest
from support.command import python

import llm_models
from llm_models.integrations import litellm as ours
from llm_models.integrations.litellm import NotRegisteredError, register

if TYPE_CHECKING:
    from collections.abc import Iterator

litellm: Any = pytest.importorskip("litellm")

pytestmark = pytest.mark.filterwarnings("ignore")  # its own are many, and none of ours to mend

OUTPUT = ("output", "reasoning", "output_audio")
CLASSES = ("input", "cache_read", "cache_write", "input_audio", *OUTPUT)
"""The classes of tokens that both sides price."""


@pytest.fixture
def price_list() -> Iterator[dict[str, Any]]:
    """LiteLLM's own list, put back afterwards."""
    from litellm import utils

    kept, registered = copy.deepcopy(litellm.model_cost), dict(utils._runtime_registered_model_cost)
    yield litellm.model_cost
    litellm.model_cost.clear()
    litellm.model_cost.update(kept)
    utils._runtime_registered_model_cost.clear()
    utils._runtime_registered_model_cost.update(registered)
    utils._invalidate_model_cost_lowercase_map()


def price(model: llm_models.Model, name: str, prompt: int) -> float | None:
    """What our record asks for a class of tokens in a request of that size, USD per million, by its own words."""
    tier = max((t for t in model.cost.tiers if prompt > t.context_over), key=lambda t: t.context_over, default=None)
    in_tier = getattr(tier, name) if tier is not None and name in ours.TIERED else None
    base: float | None = getattr(model.cost, name)
    return base if in_tier is None else in_tier


def charged(name: str, kind: str, prompt: int) -> float:
    """What LiteLLM charges for a request of `prompt` tokens, 1,000 of them of a kind or 1,000 more in the answer."""
    usage: dict[str, Any] = {"prompt_tokens": prompt, "completion_tokens": 1000 if kind in OUTPUT else 0}
    detail = {
        "cache_read": ("prompt_tokens_details", "cached_tokens"),
        "cache_write": ("prompt_tokens_details", "cache_creation_tokens"),
        "input_audio": ("prompt_tokens_details", "audio_tokens"),
        "reasoning": ("completion_tokens_details", "reasoning_tokens"),
        "output_audio": ("completion_tokens_details", "audio_tokens"),
    }.get(kind)
    if detail:
        usage[detail[0]] = {detail[1]: 1000}
    usage["total_tokens"] = usage["prompt_tokens"] + usage["completion_tokens"]
    response = litellm.ModelResponse(model=name, usage=litellm.Usage(**usage))
    cost: float = litellm.completion_cost(completion_response=response, model=name)
    return cost


def expected(model: llm_models.Model, kind: str, prompt: int) -> float | None:
    """The same by our record, in USD; None where it does not price it."""
    paid, plain = price(model, kind, prompt), price(model, "input", prompt)
    if paid is None or plain is None:
        return None
    if kind == "input":
        return prompt * plain / 1e6
    return ((prompt if kind in OUTPUT else prompt - 1000) * plain + 1000 * paid) / 1e6


def sizes(model: llm_models.Model) -> list[int]:
    """A short request, one just above each tier, and a long one (long above whatever LiteLLM itself has tiers for)."""
    return [2000, *[tier.context_over + 1 for tier in model.cost.tiers], 1_000_000]


@pytest.mark.usefixtures("price_list")
def test_all_that_litellm_can_hold_is_told_and_charged_as_the_record_says(
    packaged: llm_models.Snapshot, caplog: pytest.LogCaptureFixture
) -> None:
    """`get_model_info` and `completion_cost`, for every model, class of tokens and tier; and nothing is logged."""
    taken = register(snapshot=packaged)
    assert caplog.records == []
    assert len(taken) > 2000
    assert len(set(taken.values())) == len(taken)
    asked_elsewhere = "azure:mistral-nemo"
    assert not {"openai:gpt-image-1", "groq:groq/compound", "kilo:openai/gpt-5.2", asked_elsewhere} & set(taken)
    wrong = []
    compared = dict.fromkeys(CLASSES, 0)
    tiers = 0
    for spec, name in taken.items():
        model = packaged.resolve(spec)
        for prompt in sizes(model):
            for kind in CLASSES:
                wanted = expected(model, kind, prompt)
                if wanted is None:
                    continue
                compared[kind] += 1
                got = charged(name, kind, prompt)
                if got != pytest.approx(wanted, rel=1e-9, abs=1e-15):
                    wrong.append(f"{spec} {kind} {prompt}: {got} for {wanted}")
        info = litellm.get_model_info(name)
        limits = {
            "max_input_tokens": model.limits.input or model.limits.context,
            "max_output_tokens": model.limits.output,
        }
        for key, field in limits.items():
            if field is not None and info[key] != field:
                wrong.append(f"{spec} {key}: {info[key]} for {field}")
        for kind, key in ours.TIERED.items():
            if getattr(model.cost, kind) is not None and info[key] != pytest.approx(getattr(model.cost, kind) / 1e6):
                wrong.append(f"{spec} {key}: {info[key]}")
            for tier in model.cost.tiers:
                told = info.get(f"{key}_above_{tier.context_over // 1000}k_tokens")
                if getattr(tier, kind) is not None:
                    tiers += 1
                    if told != pytest.approx(getattr(tier, kind) / 1e6):
                        wrong.append(f"{spec} {key} above {tier.context_over}: {told}")
        if info["supports_function_calling"] is not model.capabilities.tools.enabled:
            wrong.append(f"{spec} supports_function_calling: {info['supports_function_calling']}")
        if bool(info["supports_vision"]) is not ("image" in model.modalities.input):
            wrong.append(f"{spec} supports_vision: {info['supports_vision']}")
    assert wrong == []
    assert all(compared.values()), compared
    print(f"{len(taken)} models; prices compared: {compared}")
    assert tiers > 100


@pytest.mark.usefixtures("price_list")
def test_an_applications_own_price_is_what_litellm_charges() -> None:
    """Over whatever LiteLLM has itself: other thresholds, off-peak hours, what the vendor charges elsewhere."""
    tiers = [{"context_over": 32000, "input": 5, "cache_read": 2}, {"context_over": 150_500, "output": 90}]
    models = [
        {"provider": "google", "id": "gemini-2.5-pro", "omit": ["cost"]},
        {"provider": "deepseek", "id": "deepseek-v4-pro", "cost": {"input": 7, "output": 8}},
        {"provider": "openai", "id": "gpt-4o-mini", "cost": {"input": 0.12, "tiers": tiers}},
    ]
    priced = {"provider": "google", "id": "gemini-2.5-pro", "cost": {"input": 3, "output": 4, "cache_read": 1}}
    bare = llm_models.load(config=None, overrides={"models": models}, publish=False)
    catalogue = llm_models.load(
        config=None, overrides={"models": [models[1], models[2], {**priced, "omit": ["cost.tiers"]}]}, publish=False
    )
    assert bare.get_model("google", "gemini-2.5-pro").cost == llm_models.Cost()
    before = litellm.get_model_info("gemini/gemini-2.5-pro")
    assert before["input_cost_per_token_above_200k_tokens"] != before["input_cost_per_token"]
    taken = register(["google:gemini-2.5-pro"], snapshot=bare)
    assert litellm.get_model_info("gemini/gemini-2.5-pro")["input_cost_per_token"] == before["input_cost_per_token"]

    taken = register([(m["provider"], m["id"]) for m in models], snapshot=catalogue)  # type: ignore[misc]
    for spec, name in taken.items():
        model = catalogue.resolve(spec)
        for prompt in (2000, 32000, 32001, 150_500, 150_501, 250_000, 1_000_000):
            for kind in CLASSES:
                wanted = expected(model, kind, prompt)
                if wanted is not None:
                    assert charged(name, kind, prompt) == pytest.approx(wanted), (spec, kind, prompt)
    assert litellm.get_model_info("gpt-4o-mini")["input_cost_per_token"] == pytest.approx(0.12e-6)


@pytest.mark.usefixtures("price_list")
def test_what_litellm_knows_besides_stays() -> None:
    """Prices of its own dimensions (batches, flex), its mode and its provider are not ours to say."""
    before = litellm.get_model_info("openai/gpt-5.2")
    register(["openai:gpt-5.2", "openai:gpt-5-pro"])
    after = litellm.get_model_info("openai/gpt-5.2")
    assert before["input_cost_per_token_priority"] is not None
    for key in ("input_cost_per_token_priority", "input_cost_per_token_flex", "mode", "supports_system_messages"):
        assert after[key] == before[key]
    assert litellm.get_model_info("openai/gpt-5-pro")["mode"] == "responses"


def test_only_stated_flags_are_handed_over(price_list: dict[str, Any], packaged: llm_models.Snapshot) -> None:
    """A default of ours is no knowledge: LiteLLM's own flag outlives it."""
    model = packaged.resolve("deepseek:deepseek-v4-pro")
    assert not model.capabilities.tools.parallel
    price_list["deepseek/deepseek-v4-pro"]["supports_parallel_function_calling"] = True
    register([model], snapshot=packaged)
    info = litellm.get_model_info("deepseek/deepseek-v4-pro")
    assert info["supports_parallel_function_calling"] is True
    assert info["supports_function_calling"] is model.capabilities.tools.enabled


@pytest.mark.usefixtures("price_list")
@pytest.mark.parametrize(
    ("spec", "why"),
    [
        ("kilo:openai/gpt-5.2", "has no provider for it"),
        ("openai:gpt-image-1", "neither chats nor embeds"),
        ("groq:groq/compound", "its price is unknown, and LiteLLM would report 0"),
    ],
)
def test_what_it_cannot_hold_is_left_out(spec: str, why: str, packaged: llm_models.Snapshot) -> None:
    with pytest.raises(NotRegisteredError, match=why) as told:
        register([spec], snapshot=packaged)
    assert told.value.spec == spec


@pytest.mark.usefixtures("price_list")
def test_a_private_provider_is_named_for_litellm() -> None:
    own = {
        "providers": [{"id": "my-gateway"}],
        "models": [{"provider": "my-gateway", "id": "house-7b", "cost": {"input": 1, "output": 2}}],
    }
    catalogue = llm_models.load(config=None, overrides=own, publish=False)
    taken = register(["my-gateway:house-7b"], providers={"my-gateway": "hosted_vllm"}, snapshot=catalogue)
    assert taken == {"my_gateway:house-7b": "hosted_vllm/house-7b"}
    assert charged("hosted_vllm/house-7b", "output", 2000) == pytest.approx((2000 * 1 + 1000 * 2) / 1e6)


@pytest.mark.usefixtures("price_list")
def test_a_name_that_litellm_reads_as_another_model_is_not_written_over_that() -> None:
    """It would take `gpt-4o-2024-05-13` of a provider for the `gpt-4o` that it knows there."""
    register(["openrouter:openai/gpt-4o"])
    kept = dict(litellm.get_model_info("openrouter/openai/gpt-4o"))
    if litellm.get_model_info("openrouter/openai/gpt-4o-2024-05-13")["key"] == "openrouter/openai/gpt-4o":
        with pytest.raises(NotRegisteredError, match="reads it as 'openrouter/openai/gpt-4o'"):
            register(["openrouter:openai/gpt-4o-2024-05-13"])
    assert litellm.get_model_info("openrouter/openai/gpt-4o") == kept


def test_the_table_names_providers_that_both_have(packaged: llm_models.Snapshot) -> None:
    assert set(ours.PROVIDERS) <= set(packaged.file.header["blocks"])
    from litellm.llms.openai_like.json_loader import JSONProviderRegistry

    known = {provider.value for provider in litellm.LlmProviders} | set(JSONProviderRegistry.list_providers())
    assert set(ours.PROVIDERS.values()) <= known
    assert len(set(ours.PROVIDERS.values())) == len(ours.PROVIDERS)


def test_litellm_is_imported_when_it_is_asked_for() -> None:
    code = "import sys, llm_models.integrations.litellm; assert 'litellm' not in sys.modules"
    python(code, measured=False)

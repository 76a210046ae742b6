"""`register`: genai-prices, and so pydantic-ai, then charge what `llm_models.cost` does, and nothing else changes."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from support.stub import chat, message, stub_server

import llm_models
from llm_models import Usage
from llm_models.integrations import genai_prices as ours
from llm_models.integrations.genai_prices import register, unregister

if TYPE_CHECKING:
    from collections.abc import Iterator

    from support.stub import Stub

genai_prices: Any = pytest.importorskip("genai_prices")
data: Any = pytest.importorskip("genai_prices.data_snapshot")

genai_rows: Any = pytest.importorskip("llm_models.integrations.genai_rows")

COUNTED = {
    "input": "input_tokens",
    "output": "output_tokens",
    "cache_read": "cache_read_tokens",
    "cache_write": "cache_write_tokens",
    "cache_write_1h": "cache_write_1h_tokens",
    "reasoning": "output_reasoning_tokens",
    "input_audio": "input_audio_tokens",
    "output_audio": "output_audio_tokens",
    "input_image": "input_image_tokens",
    "input_video": "input_video_tokens",
    "output_image": "output_image_tokens",
    "output_video": "output_video_tokens",
    "cache_read_audio": "cache_audio_read_tokens",
    "cache_read_image": "cache_image_read_tokens",
    "output_citation": "output_citation_tokens",
    "web_search": "web_searches",
}
"""Our field of a usage -> theirs."""

NO_CACHE = {"cache_read": 0, "cache_write": 0, "cache_write_1h": 0, "cache_read_audio": 0, "cache_read_image": 0}
USAGES: list[dict[str, int]] = [
    {"input": 1000, "output": 500},
    {"input": 9000, "output": 500, "cache_read": 4000, "cache_write": 2000, "reasoning": 300},
    {"input": 300_000, "output": 10, "cache_read": 1000, "cache_write": 2000, "cache_write_1h": 1500},
    {"input": 900_000, "output": 10},
    {"input": 5000, "output": 900, "input_audio": 400, "output_audio": 300, **NO_CACHE},
    {"input": 5000, "output": 900, "input_image": 400, "input_video": 50, "output_image": 300, **NO_CACHE},
    {"input": 5000, "output": 900, "cache_read": 700, "input_audio": 400, "cache_read_audio": 100},
    {"input": 5000, "output": 900, "cache_read": 700, "input_image": 400, "cache_read_image": 100},
    {"input": 5000, "output": 900, "output_citation": 30, "web_search": 3},
]
MODES = {"flex": "service_tier", "priority": "service_tier", "fast": "speed", "batch": "processing"}
"""Our mode -> the key with which pydantic-ai passes it on, from a response."""
BEFORE, QUIET, PEAK = "2026-10-03T12:00:00Z", "2026-10-12T12:00:00Z", "2026-10-12T02:30:00Z"
"""Before a documented change of prices, and after it: outside of DeepSeek's peak hours, and within."""


@pytest.fixture(autouse=True)
def restored() -> Iterator[None]:
    yield
    unregister()
    assert data._custom_snapshot is None


@pytest.fixture
def stub() -> Iterator[Stub]:
    with stub_server() as served:
        yield served


def theirs(spec: str, provider: str, usage: dict[str, int], at: str, context: dict[str, str] | None) -> Decimal | None:
    """What genai-prices charges; None where it refuses to price."""
    counted = genai_prices.Usage(**{COUNTED[name]: number for name, number in usage.items()})
    model_id = spec.partition(":")[2]
    moment = datetime.fromisoformat(at)
    try:
        found = genai_prices.calc_price(
            counted, model_id, provider_id=provider, genai_request_timestamp=moment, price_context=context
        )
    except ValueError:
        return None
    total: Decimal = found.total_price
    return total


def our_total(
    snapshot: llm_models.Snapshot, spec: str, usage: dict[str, int], at: str, mode: str | None
) -> Decimal | None:
    """The total of our bill; None where it is unknown, or where the list has no such mode."""
    try:
        return snapshot.cost(spec, Usage(**usage), at, mode).total
    except llm_models.UnknownModeError:
        return None


@pytest.mark.whole
def test_every_registered_model_costs_what_our_bill_says(packaged: llm_models.Snapshot) -> None:
    result = register(snapshot=packaged)
    assert len(result) > 1000
    refused, charged = 0, 0
    for at, (spec, provider) in enumerate(result.items()):
        cost = packaged.resolve(spec).cost
        asked: list[tuple[dict[str, int], str, str | None]] = [(USAGES[at % len(USAGES)], QUIET, None)]
        if cost.hours or cost.dated or at % 40 == 0:
            asked += [(usage, moment, None) for usage in USAGES for moment in (BEFORE, QUIET, PEAK)]
        if cost.modes and at % 5 == 0:
            asked += [(USAGES[number], QUIET, mode) for mode in MODES for number in (1, 2, 3)]
        for usage, moment, mode in asked:
            expected = our_total(packaged, spec, usage, moment, mode)
            context = None if mode is None else {MODES[mode]: mode}
            found = theirs(spec, provider, usage, moment, context)
            assert found == expected, (spec, usage, moment, mode)
            refused, charged = refused + (found is None), charged + (found is not None)
    assert charged > 1000
    assert refused > 100


OWN = {"input": 1.5, "output": 7.5, "cache_read": 0.15, "cache_write": 1.875}


def own(**cost: Any) -> llm_models.Snapshot:
    entry = {"provider": "anthropic", "id": "claude-sonnet-4-6", "cost": cost}
    return llm_models.load(config=None, publish=False, overrides={"models": [entry]})


def test_a_list_price_beside_own_ones_is_dropped_and_reported() -> None:
    mine, spec = own(**OWN), "anthropic:claude-sonnet-4-6"
    result = register([spec], snapshot=mine)
    assert {"cache_write_1h", "modes.batch"} <= {*result.dropped[spec]}
    plain = {"input": 7000, "cache_read": 5000, "cache_write": 1000, "output": 100}
    assert theirs(spec, "anthropic", plain, QUIET, None) == our_total(mine, spec, plain, QUIET, None)
    assert theirs(spec, "anthropic", {**plain, "cache_write_1h": 500}, QUIET, None) is None
    assert theirs(spec, "anthropic", plain, QUIET, {"processing": "batch"}) is None


def test_what_the_application_states_of_a_mode_and_of_longer_caches_is_passed_on() -> None:
    batch = {name: price / 2 for name, price in OWN.items()}
    mine, spec = own(**OWN, cache_write_1h=3.0, modes={"batch": {**batch, "cache_write_1h": 1.5}}), "claude-sonnet-4-6"
    result = register([f"anthropic:{spec}"], snapshot=mine)
    assert "cache_write_1h" not in result.dropped.get(f"anthropic:{spec}", ())
    usage = {"input": 7000, "cache_read": 5000, "cache_write": 1000, "cache_write_1h": 500, "output": 100}
    for mode in (None, "batch"):
        context = mode and {"processing": mode}
        found = theirs(f"anthropic:{spec}", "anthropic", usage, QUIET, context)
        assert found == our_total(mine, f"anthropic:{spec}", usage, QUIET, mode)
        assert found is not None


def test_a_price_that_only_the_long_requests_lack_is_refused_only_there() -> None:
    entry = {"provider": "google", "id": "gemini-2.5-pro", "cost": {"input": 1.0, "output": 8.0}}
    mine = llm_models.load(config=None, publish=False, overrides={"models": [entry]})
    result = register(["google:gemini-2.5-pro"], snapshot=mine)
    short, long = {"input": 200_000, "output": 10}, {"input": 200_001, "output": 10}
    assert theirs("google:gemini-2.5-pro", "google", short, QUIET, None) == Decimal("0.20008")
    assert theirs("google:gemini-2.5-pro", "google", long, QUIET, None) is None
    assert "cache_read" in result.dropped["google:gemini-2.5-pro"]


def test_own_prices_hold_for_every_name_that_means_the_model() -> None:
    """Azure answers with dated names, which our record does not list: genai-prices' own row must not price them."""
    entry = {"provider": "azure", "id": "gpt-4.1", "cost": {"input": 1.0, "output": 4.0, "cache_read": 0.25}}
    mine = llm_models.load(config=None, publish=False, overrides={"models": [entry]})
    usage = {"input": 1000, "output": 1000}
    register(["azure:gpt-4.1"], snapshot=mine)
    assert theirs("azure:gpt-4.1-2025-04-14", "azure", usage, QUIET, None) == Decimal("0.005")
    assert theirs("azure:GPT-4.1", "azure", usage, QUIET, None) == Decimal("0.005")
    assert theirs("azure:gpt-4.1-mini", "azure", usage, QUIET, None) == Decimal("0.002")


def test_nothing_but_prices_changes(packaged: llm_models.Snapshot) -> None:
    before = data.get_snapshot()
    names = [one.id for one in before.providers] + [
        "google-vertex",
        "google-gla",
        "bedrock",
        "together_ai",
        "grok",
        "x",
    ]
    urls = ["https://api.openai.com/v1", "https://api.x.ai/v1", "https://aiplatform.googleapis.com/v1", "http://none"]
    rows = [(one.id, model.id) for one in before.providers for model in one.models][::7]

    def state() -> list[object]:
        now = data.DataSnapshot(data.get_snapshot().providers, from_auto_update=False)
        found: list[object] = []
        for question in [*({"provider_id": name} for name in names), *({"provider_api_url": url} for url in urls)]:
            asked = {"provider_id": None, "provider_api_url": None, **question}
            try:
                provider = now.find_provider(None, **asked)
            except LookupError:
                found.append(None)
            else:
                found += [provider.id, provider.extractors, provider.api_pattern, provider.model_match]
        for provider_id, model_id in rows:
            try:
                model = now.find_provider_model(model_id, None, provider_id, None)[1]
            except LookupError:  # an id of its own that its clause does not match
                found.append(None)
            else:
                found += [model.name, model.deprecated, model.context_window]
        return found

    def answers(rows: list[tuple[str, str]]) -> list[Any]:
        return [data.get_snapshot().find_provider_model(name, None, provider, None)[1] for provider, name in rows]

    kept = state()
    result = register(snapshot=packaged)
    changed = [(old, new) for old, new in zip(kept, state(), strict=True) if old != new]
    assert all(old is None and isinstance(new, int) for old, new in changed)  # a window that it did not know
    found = answers([("openai", "gpt-4o"), ("voyageai", "voyage-3")])
    assert result["openai:gpt-4o"] == "openai"
    assert isinstance(found[0].prices, genai_rows.KnownPrice)
    assert not isinstance(found[1].prices, genai_rows.KnownPrice)
    assert unregister()
    assert data.get_snapshot() is before
    assert not unregister()


def test_calls_replace_each_other_and_what_replaced_ours_stays(packaged: llm_models.Snapshot) -> None:
    mine = data.DataSnapshot(data.get_snapshot().providers[:3], from_auto_update=False)
    data.set_custom_snapshot(mine)
    try:
        register(["anthropic:claude-sonnet-4-6"], snapshot=packaged)
        register(["anthropic:claude-opus-4-6"], snapshot=packaged)
        first = data.get_snapshot().find_provider_model("claude-sonnet-4-6", None, "anthropic", None)[1]
        assert not isinstance(first.prices, genai_rows.KnownPrice)
        assert unregister()
        assert data.get_snapshot() is mine
        register(["anthropic:claude-opus-4-6"], snapshot=packaged)
        data.set_custom_snapshot(mine)  # as an update that was fetched does
        assert not unregister()
        assert data.get_snapshot() is mine
    finally:
        data.set_custom_snapshot(None)


def test_models_that_are_left_out_have_a_reason() -> None:
    entry = {"provider": "house", "id": "house-7b", "cost": {"input": 1.0, "output": 2.0}}
    given = {"providers": [{"id": "house"}], "models": [entry]}
    mine = llm_models.load(config=None, publish=False, overrides=given)
    names = ["google:gemini-flash-latest", "house:house-7b", "openai:gpt-5.4", "openai:gpt-5.4"]
    result = register(names, snapshot=mine)
    assert [*result] == ["openai:gpt-5.4"]
    assert "moving name" in result.left_out["google:gemini-flash-latest"]
    assert "protocol" in result.left_out["house:house-7b"]


def test_a_window_of_hours_holds_from_its_day_on_and_on_its_days() -> None:
    window = {"utc": ["22:00", "02:00"], "days": ["mon"]}
    when = genai_rows.Holds(datetime(2026, 10, 1, tzinfo=UTC), None, window)
    assert when.active(datetime(2026, 10, 12, 23, 0))
    assert not when.active(datetime(2026, 10, 13, 1, 0))
    assert not when.active(datetime(2026, 9, 28, 23, 0, tzinfo=UTC))


def run(model: Any) -> Any:
    """The usage of one request of an agent."""
    # Without a limit, pydantic-ai asks Anthropic for a stream.
    agent = pytest.importorskip("pydantic_ai").Agent(model, model_settings={"max_tokens": 500})
    return asyncio.run(agent.run("hello")).response.usage


def openai_model(name: str, address: str) -> Any:
    models = pytest.importorskip("pydantic_ai.models.openai")
    providers = pytest.importorskip("pydantic_ai.providers.openai")
    return models.OpenAIChatModel(name, provider=providers.OpenAIProvider(base_url=f"{address}/v1", api_key="none"))


RUNS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "plain": ({"prompt_tokens": 1000, "completion_tokens": 200, "total_tokens": 1200}, {}),
    "cached": (
        {
            "prompt_tokens": 5000, "completion_tokens": 200, "total_tokens": 5200,
            "prompt_tokens_details": {"cached_tokens": 4000}, "completion_tokens_details": {"reasoning_tokens": 100},
        },
        {},
    ),
    "tier": ({"prompt_tokens": 300_000, "completion_tokens": 200, "total_tokens": 300_200}, {}),
    "flex": ({"prompt_tokens": 1000, "completion_tokens": 200, "total_tokens": 1200}, {"service_tier": "flex"}),
    "priority": ({"prompt_tokens": 1000, "completion_tokens": 200, "total_tokens": 1200}, {"service_tier": "priority"}),
}  # fmt: skip


def test_a_run_of_pydantic_ai_costs_our_bill(packaged: llm_models.Snapshot, stub: Stub) -> None:
    register(["openai:gpt-5.4"], snapshot=packaged)
    model = openai_model("gpt-5.4", stub.address)
    costs = {}
    for name, (usage, more) in RUNS.items():
        stub.answer = chat("gpt-5.4-2026-03-05", usage, **more)
        costs[name] = run(model).cost
        assert costs[name] == packaged.cost("openai:gpt-5.4", stub.answer).total
    assert len({*costs.values()}) == len(RUNS)
    stub.answer = chat("gpt-5.4", RUNS["plain"][0], service_tier="scale")
    assert run(model).cost is None


def test_a_run_with_caches_for_an_hour_costs_our_bill(packaged: llm_models.Snapshot, stub: Stub) -> None:
    pytest.importorskip("pydantic_ai")
    pytest.importorskip("anthropic")
    from pydantic_ai.models.anthropic import AnthropicModel  # type: ignore[import-not-found, unused-ignore]
    from pydantic_ai.providers.anthropic import AnthropicProvider  # type: ignore[import-not-found, unused-ignore]

    register(["anthropic:claude-sonnet-4-6"], snapshot=packaged)
    provider = AnthropicProvider(api_key="none", base_url=stub.address)
    written = {"ephemeral_5m_input_tokens": 1000, "ephemeral_1h_input_tokens": 2000}
    usage = {"input_tokens": 2000, "output_tokens": 10, "cache_read_input_tokens": 5000,
             "cache_creation_input_tokens": 3000, "cache_creation": written}  # fmt: skip
    stub.answer = message("claude-sonnet-4-6", usage)
    expected = packaged.cost("anthropic:claude-sonnet-4-6", stub.answer)
    assert run(AnthropicModel("claude-sonnet-4-6", provider=provider)).cost == expected.total
    assert expected.total == Decimal("0.02340")


def test_a_provider_that_genai_prices_lacks_is_added_with_the_way_to_read_its_usage(stub: Stub) -> None:
    house = {"id": "house", "openai_base_url": f"{stub.address}/v1", "env": []}
    entry = {"provider": "house", "id": "house-7b", "cost": {"input": 1.0, "output": 2.0, "cache_read": 0.1}}
    mine = llm_models.load(config=None, publish=False, overrides={"providers": [house], "models": [entry]})
    stub.answer = chat("house-7b", RUNS["cached"][0])
    assert run(openai_model("house-7b", stub.address)).cost is None
    assert dict(register(["house:house-7b"], snapshot=mine)) == {"house:house-7b": "house"}
    assert run(openai_model("house-7b", stub.address)).cost == mine.cost("house:house-7b", stub.answer).total
    assert ours.PROVIDERS.get("house") is None

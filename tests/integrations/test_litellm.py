"""`register`: LiteLLM then answers with the prices of our records, and nothing else of it changes."""

from __future__ import annotations

import copy
import pickle
import re
import threading
import warnings
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from support.command import python

import llm_models
from llm_models.integrations import litellm as ours
from llm_models.integrations import litellm_documents
from llm_models.integrations.litellm import NotRegisteredError, Registered, register, unregister
from llm_models.integrations.litellm_fields import CLASSES as CLASSES_OF_LITELLM

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

litellm: Any = pytest.importorskip("litellm")

pytestmark = pytest.mark.filterwarnings("ignore")  # its own are many, and none of ours to mend

OUTPUT = ("output", "reasoning", "output_audio")
CLASSES = ("input", "cache_read", "cache_write", "input_audio", *OUTPUT)
"""The classes of tokens that both sides price."""

RARE = ("input_audio", "reasoning", "output_audio")

TIERED = {name: CLASSES_OF_LITELLM[name] for name in ("input", "output", "cache_read", "cache_write")}
"""The classes that may have another price for long requests."""

PRICE = re.compile("cost|pricing")
"""What LiteLLM's names of prices contain, and no other of its names that we could touch."""


@pytest.fixture
def price_list() -> Iterator[dict[str, Any]]:
    """LiteLLM's own list, put back afterwards."""
    from litellm import utils

    rows = litellm.model_cost
    kept = {name: (row, dict(row)) for name, row in rows.items()}
    yield rows
    unregister()
    litellm.model_cost = rows
    rows.clear()
    for name, (row, fields) in kept.items():
        row.clear()
        row.update(fields)
        rows[name] = row
    utils._runtime_registered_model_cost.clear()
    utils._invalidate_model_cost_lowercase_map()


def plain(value: object) -> bool:
    """Whether a value is text, a number, or a collection of such."""
    if isinstance(value, dict):
        return all(map(plain, value)) and all(map(plain, value.values()))
    if isinstance(value, list | tuple | set | frozenset):
        return all(map(plain, value))
    return value is None or isinstance(value, str | int | float)


class State(NamedTuple):
    """LiteLLM's price list, the identity and order of its rows and fields, and all other lists of the module."""

    prices: dict[str, dict[str, Any]]
    rows: list[tuple[str, int, list[str]]]
    lists: dict[str, Any]

    @classmethod
    def now(cls) -> State:
        from litellm import utils

        litellm.cost_per_token("gpt-4o", 1)  # LiteLLM makes some of its lists when it is first asked
        lists = {name: value for name, value in vars(litellm).items() if name != "model_cost" and plain(value)}
        lists["registered"] = utils._runtime_registered_model_cost
        prices = litellm.model_cost
        rows = [(name, id(row), list(row)) for name, row in prices.items()]
        return cls(*pickle.loads(pickle.dumps(({name: dict(row) for name, row in prices.items()}, rows, lists))))


def litellm_name(model: llm_models.Model) -> str:
    return f"{ours.PROVIDERS.get(model.provider, model.provider)}/{model.provider_model_id}"


def known_names(state: State, models: Iterable[llm_models.Model]) -> list[str]:
    """Every name that LiteLLM has in any list, LiteLLM's names of models, and all these without their provider."""
    lists = [value for value in state.lists.values() if isinstance(value, list | set | frozenset | dict)]
    names = {*state.prices, *(name for each in lists for name in each if isinstance(name, str))}
    names |= set(map(litellm_name, models))
    names |= {name.partition("/")[2] for name in names if "/" in name}
    return sorted(name for name in names if name and name.partition("/")[0] not in ("github_copilot", "chatgpt"))


@contextmanager
def quiet() -> Iterator[None]:
    """LiteLLM prints no hints; afterwards it does as before, which a router in this process may have changed."""
    shown, litellm.suppress_debug_info = litellm.suppress_debug_info, True
    yield
    litellm.suppress_debug_info = shown


def routes(names: Iterable[str]) -> dict[str, Any]:
    """Where LiteLLM sends requests for names, or the class of its error. It would sign in for two providers."""
    found: dict[str, Any] = {}
    for name in names:
        try:
            found[name] = litellm.get_llm_provider(name)
        except Exception as error:
            found[name] = type(error)
    return found


def price(model: llm_models.Model, name: str, prompt: int) -> float | None:
    """What our record asks for a class of tokens in a request of that size, USD per million, by its own words."""
    tier = max((t for t in model.cost.tiers if prompt > t.context_over), key=lambda t: t.context_over, default=None)
    in_tier = getattr(tier, name) if tier is not None and name in TIERED else None
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


def sizes(model: llm_models.Model, added: bool) -> list[int]:
    """A short request, one just above each tier, and one above all tiers that LiteLLM's own entry may have."""
    return [2000, *[tier.context_over + 1 for tier in model.cost.tiers], *([] if added else [1_000_000])]


class Call(NamedTuple):
    """A call for the whole catalogue: LiteLLM before, the answers about all names before, the result, LiteLLM after."""

    add_missing: bool
    before: State
    routes: dict[str, Any]
    infos: dict[str, dict[str, Any]]
    result: Registered
    after: State


def infos(names: Iterable[str]) -> dict[str, dict[str, Any]]:
    """What LiteLLM answers about names, without prices; only names that it knows."""
    found = {}
    for name in names:
        try:
            info = litellm.get_model_info(name)
        except Exception:
            continue
        found[name] = {key: value for key, value in info.items() if not PRICE.search(key)}
    return found


THIRD = 3


@pytest.mark.whole
class TestTheWholeCatalogue:
    """The default call, and a call with every model of the catalogue that may also add entries.

    LiteLLM answers slowly, so it is asked about every third name only, and about prices that few models have.
    """

    @pytest.fixture(scope="class")
    def untouched(self, packaged: llm_models.Snapshot) -> tuple[State, dict[str, Any], dict[str, dict[str, Any]]]:
        """LiteLLM before both calls, and its answers about all names: asked once, since LiteLLM takes long for them."""
        models = packaged.list_models()
        before = State.now()
        with quiet():
            sent = routes(sorted(known_names(before, models))[::THIRD])
            known = infos(name for name in {*before.prices, *map(litellm_name, models)} if name in sent)
        return before, sent, known

    @pytest.fixture(scope="class", params=["default", "every model"])
    def call(
        self,
        request: pytest.FixtureRequest,
        packaged: llm_models.Snapshot,
        untouched: tuple[State, dict[str, Any], dict[str, dict[str, Any]]],
    ) -> Iterator[Call]:
        every = request.param == "every model"
        before = State.now()
        assert before == untouched[0], "so the answers are still those"
        result = register(packaged.list_models() if every else None, add_missing=every, snapshot=packaged)
        yield Call(every, *untouched, result, State.now())
        unregister()

    def test_no_route_changes(self, call: Call) -> None:
        assert len(call.routes) > 3_000
        with quiet():
            after = routes(call.routes)
        assert [name for name, route in after.items() if route != call.routes[name]] == []
        assert call.after.lists == call.before.lists

    def test_only_prices_of_named_entries_change(self, call: Call) -> None:
        named = {id(litellm.model_cost[litellm.get_model_info(name)["key"]]) for name in call.result.values()}
        changed = set()
        for name, row in call.before.prices.items():
            now = call.after.prices[name]
            fields = {key for key in {*row, *now} if row.get(key, "none") != now.get(key, "none")}
            assert all(map(PRICE.search, fields)), (name, fields)
            if fields:
                changed.add(name)
                assert id(litellm.model_cost[name]) in named, name
        assert len(changed) > 100
        added = call.after.prices.keys() - call.before.prices.keys()
        assert added <= set(call.result.values())
        assert (len(added) > 1000) is call.add_missing
        kept = [(name, row) for name, row, _ in call.after.rows if name not in added]
        assert kept == [(name, row) for name, row, _ in call.before.rows]
        again = infos(call.infos)
        assert {name: info for name, info in again.items() if name not in added} == {
            name: info for name, info in call.infos.items() if name not in added
        }

    def test_what_is_registered_is_told_and_charged_as_the_record_says(
        self, call: Call, packaged: llm_models.Snapshot
    ) -> None:
        """`get_model_info` and `completion_cost`, for each class of tokens and tier of the models."""
        taken = call.result
        added = call.after.prices.keys() - call.before.prices.keys()
        assert len(taken) > (2000 if call.add_missing else 500)
        assert len(set(taken.values())) == len(taken)
        wrong: list[str] = []
        compared = dict.fromkeys(CLASSES, 0)
        tiers = 0
        for number, (spec, name) in enumerate(taken.items()):
            model = packaged.resolve(spec)
            rare = model.cost.tiers or any(getattr(model.cost, kind) is not None for kind in RARE)
            if number % THIRD and not rare:
                continue
            for prompt in sizes(model, name in added):
                for kind in CLASSES:
                    wanted = expected(model, kind, prompt)
                    if wanted is None:
                        continue
                    compared[kind] += 1
                    got = charged(name, kind, prompt)
                    if got != pytest.approx(wanted, rel=1e-9, abs=1e-15):
                        wrong.append(f"{spec} {kind} {prompt}: {got} for {wanted}")
            info = litellm.get_model_info(name)
            for kind, key in TIERED.items():
                if getattr(model.cost, kind) is not None and info[key] != pytest.approx(
                    getattr(model.cost, kind) / 1e6
                ):
                    wrong.append(f"{spec} {key}: {info[key]}")
                for tier in model.cost.tiers:
                    told = info.get(f"{key}_above_{tier.context_over // 1000}k_tokens")
                    # LiteLLM charges by the others too, as is compared above, but its answer leaves them out.
                    if getattr(tier, kind) is not None and tier.context_over % 1000 == 0:
                        tiers += 1
                        if told != pytest.approx(getattr(tier, kind) / 1e6):
                            wrong.append(f"{spec} {key} above {tier.context_over}: {told}")
        assert wrong == []
        assert all(compared.values()), compared
        print(f"{len(taken)} models; prices compared: {compared}")
        assert tiers > 50

    def test_an_added_entry_has_the_limits_and_flags_of_the_record(
        self, call: Call, packaged: llm_models.Snapshot
    ) -> None:
        for spec, name in call.result.items():
            if name in call.before.prices or name not in litellm.model_cost:
                continue
            model, info = packaged.resolve(spec), litellm.get_model_info(name)
            window = model.limits.context
            limits = [model.limits.input or window, model.limits.output]
            limits = [one if one is None or window is None else min(one, window) for one in limits]
            for field, told in zip(limits, (info["max_input_tokens"], info["max_output_tokens"]), strict=True):
                assert field in (None, told), name
            assert bool(info["supports_vision"]) is ("image" in model.modalities.input)
            assert info["mode"] == ("chat" if model.capabilities.chat else "embedding")
            entry = litellm.model_cost[name]
            if model.capabilities.tools.enabled is False:
                assert not entry.get("supports_parallel_function_calling"), name
            if model.capabilities.reasoning.enabled is False:
                assert not entry.get("reasoning_effort_levels"), name
            follows = {*ours.ENTRY, "mode", "supported_openai_params"}
            guessed = {k: v for k, v in call.infos.get(name, {}).items() if v is not None and k not in follows}
            assert {k: info[k] for k in guessed} == guessed

    def test_every_model_is_registered_or_left_out_with_a_reason(
        self, call: Call, packaged: llm_models.Snapshot
    ) -> None:
        result = call.result
        if call.add_missing:  # the call names each model by its id
            considered = {model.spec for model in packaged.list_models()}
        else:
            models = [model for model in packaged.list_models() if model.provider in ours.PROVIDERS]
            considered = {f"{one.provider}:{name}" for one in models for name in (one.id, *one.served_as)}
            assert "openai:gpt-4o-mini-2024-07-18" in considered
        assert {*result, *result.left_out} == considered
        assert not result.keys() & result.left_out.keys()
        assert all(result.left_out.values())
        assert list(result) == sorted(result)
        assert list(result.left_out) == sorted(result.left_out)

    def test_a_second_call_changes_nothing(self, call: Call, packaged: llm_models.Snapshot) -> None:
        models = packaged.list_models() if call.add_missing else None
        again = register(models, add_missing=call.add_missing, snapshot=packaged)
        assert again == call.result
        assert again.left_out == call.result.left_out
        now = State.now()
        assert now.prices == call.after.prices
        assert now.lists == call.after.lists

    def test_unregister_restores_everything(self, call: Call) -> None:
        """The last of this class, because it ends what the others look at."""
        assert unregister() == []
        assert State.now() == call.before


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
                of_list = price(model, kind, prompt) == getattr(model.cost, kind)
                if of_list and kind in taken.dropped.get(spec, ()):  # a list price beside own ones
                    wanted = expected(model, "output" if kind in OUTPUT else "input", prompt)
                if wanted is not None:
                    assert charged(name, kind, prompt) == pytest.approx(wanted), (spec, kind, prompt)
    assert "cache_read" in taken.dropped["deepseek:deepseek-v4-pro"]
    assert taken.listed == {"openai:gpt-4o-mini": ("output",)}
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


@pytest.mark.usefixtures("price_list")
@pytest.mark.parametrize(
    ("spec", "why"),
    [
        ("kilo:openai/gpt-5.2", "has no provider for it"),
        ("openai:gpt-image-1", "neither chats nor embeds"),
        ("groq:groq/compound", "its price is unknown, and LiteLLM would report 0"),
    ],
)
def test_what_it_can_never_hold_is_an_error_if_nothing_else_is_named(
    spec: str, why: str, packaged: llm_models.Snapshot
) -> None:
    with pytest.raises(NotRegisteredError, match=why) as told:
        register([spec, spec], snapshot=packaged)
    assert told.value.spec == spec
    both = register([spec, "openai:gpt-5.2"], snapshot=packaged)
    assert list(both) == ["openai:gpt-5.2"]
    assert re.search(why, both.left_out[spec])


HOUSE = {"provider": "my-gateway", "id": "house-7b", "cost": {"input": 1, "output": 2}}


def house(**changed: Any) -> llm_models.Snapshot:
    """A catalogue with a provider of an application."""
    own = {"providers": [{"id": "my-gateway"}], "models": [{**HOUSE, **changed}]}
    return llm_models.load(config=None, overrides=own, publish=False)


def priced(cost: dict[str, Any], model: str = "gpt-5.2") -> llm_models.Snapshot:
    """The catalogue with another price of a model of OpenAI."""
    own = {"models": [{"provider": "openai", "id": model, "omit": ["cost"], "cost": cost}]}
    return llm_models.load(config=None, overrides=own, publish=False)


def test_a_private_provider_is_named_for_litellm(price_list: dict[str, Any]) -> None:
    named: Any = {"models": ["my-gateway:house-7b"], "snapshot": house(), "providers": {"my-gateway": "hosted_vllm"}}
    refused = register(**named)
    assert refused == {}
    assert refused.left_out == {"my_gateway:house-7b": "LiteLLM has no entry for it; add_missing=True adds one"}
    assert "hosted_vllm/house-7b" not in price_list
    assert register(**named, add_missing=True) == {"my_gateway:house-7b": "hosted_vllm/house-7b"}
    assert charged("hosted_vllm/house-7b", "output", 2000) == pytest.approx((2000 * 1 + 1000 * 2) / 1e6)
    # A later call finds an entry that an earlier one added.
    named["snapshot"] = house(cost={"input": 3, "output": 4})
    assert register(**named) == {"my_gateway:house-7b": "hosted_vllm/house-7b"}
    assert charged("hosted_vllm/house-7b", "output", 2000) == pytest.approx((2000 * 3 + 1000 * 4) / 1e6)
    assert unregister() == []
    assert "hosted_vllm/house-7b" not in price_list


@pytest.mark.usefixtures("price_list")
def test_the_price_of_a_model_that_is_also_at_azure_does_not_move_azures_requests(
    packaged: llm_models.Snapshot, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    """LiteLLM's own hook would put the model on a list, and send requests for Azure's to OpenAI, with OpenAI's key."""
    before = routes(["azure/mistral-medium-2505"])
    assert before["azure/mistral-medium-2505"][1] == "azure"
    for add in (False, True):
        register(["mistral:mistral-medium-2505", "azure:mistral-medium-2505"], add_missing=add, snapshot=packaged)
        assert routes(before) == before
    info = litellm.get_model_info("azure/mistral-medium-2505")
    assert info["input_cost_per_token"] == pytest.approx(packaged.resolve("azure:mistral-medium-2505").cost.input / 1e6)
    register(["openai:gpt-5.2", *packaged.list_models("openrouter")[:20]], snapshot=packaged)
    assert capsys.readouterr().out == ""
    assert caplog.records == []


@pytest.mark.usefixtures("price_list")
def test_an_entry_that_would_change_a_route_is_put_back(
    monkeypatch: pytest.MonkeyPatch, packaged: llm_models.Snapshot
) -> None:
    """And only that entry, wherever it is among the others."""
    specs = [
        "openai:gpt-5.2",
        "openai:gpt-5-mini",
        "my-gateway:house-7b",
        "anthropic:claude-haiku-4-5",
        "openai:gpt-4o",
    ]
    ask = litellm.get_llm_provider

    def other(model: str, *rest: Any, **more: Any) -> Any:
        if model == "azure/gpt-4o" and "hosted_vllm/house-7b" in litellm.model_cost:
            return ("azure/gpt-4o", "openai", None, None)
        return ask(model, *rest, **more)

    before = State.now()
    monkeypatch.setattr(litellm, "get_llm_provider", other)
    for order in (specs, specs[::-1], specs[2:3]):
        done = register(order, add_missing=True, providers={"my-gateway": "hosted_vllm"}, snapshot=house())
        assert done.left_out == {"my_gateway:house-7b": "LiteLLM would send requests for 'azure/gpt-4o' elsewhere"}
        assert len(done) == len(order) - 1
        assert "hosted_vllm/house-7b" not in litellm.model_cost
    unregister()
    assert State.now() == before


def test_an_entry_that_does_not_answer_with_our_price_is_put_back(
    price_list: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Found by LiteLLM's answers afterwards: what it reports, what it charges, and whether it answers at all."""
    before = State.now()
    spec, other = "openai:gpt-5.2", "openai:gpt-4o-mini"
    catalogue = priced({"input": 7, "output": 8})

    def answers(name: str, answer: Any) -> dict[str, str]:
        with monkeypatch.context() as patch:
            ask = getattr(litellm, name)
            patch.setattr(litellm, name, lambda *a, **k: answer(ask, *a, **k))
            done = register([spec, other], snapshot=catalogue)
            assert done == {other: "openai/gpt-4o-mini"}
        assert price_list["gpt-5.2"] == before.prices["gpt-5.2"]
        return dict(done.left_out)

    def reports(ask: Any, model: str) -> Any:
        info = ask(model)
        return {**info, "output_cost_per_token": 1e-6} if model == "openai/gpt-5.2" else info

    def charges(ask: Any, model: str, **more: Any) -> Any:
        return (1.0, 0.0) if model == "openai/gpt-5.2" else ask(model=model, **more)

    asked: list[str] = []

    def fails(ask: Any, model: str) -> Any:
        asked.append(model)
        if model == "openai/gpt-5.2" and asked.count(model) == 2:  # when it is asked again afterwards
            raise ValueError("not mapped")
        return ask(model)

    def reads(ask: Any, model: str) -> Any:
        asked.append(model)
        again = asked.count("openai/gpt-5.2") == 4
        return {**ask(model), "key": "gpt-4o-mini"} if again and model == "openai/gpt-5.2" else ask(model)

    wrong = "LiteLLM reports another output_cost_per_token (found 1e-06, expected 8e-06)"
    assert answers("get_model_info", reports) == {spec: wrong}
    wrong = "LiteLLM charges another price for 1,000 + 100 tokens (found 1 USD, expected 0.0078)"
    assert answers("cost_per_token", charges) == {spec: wrong}
    assert answers("get_model_info", fails) == {spec: "LiteLLM does not answer for it (ValueError)"}
    assert answers("get_model_info", reads) == {spec: "LiteLLM reads it as 'gpt-4o-mini'"}
    unregister()
    assert State.now() == before


@pytest.mark.usefixtures("price_list")
def test_prices_that_litellm_ignores_are_found(packaged: llm_models.Snapshot) -> None:
    """Of DashScope, LiteLLM calculates some tiers in its own way."""
    before = State.now()
    models = packaged.list_models("alibaba")
    done = register(models, add_missing=True, providers={"alibaba": "dashscope"}, snapshot=packaged)
    assert len(done) > 20
    assert any(why.startswith("LiteLLM charges another price for ") for why in done.left_out.values())
    for spec, name in done.items():
        model = packaged.resolve(spec)
        for prompt in sizes(model, False):
            wanted = expected(model, "input", prompt)
            assert wanted is None or charged(name, "input", prompt) == pytest.approx(wanted)
    unregister()
    assert State.now() == before


def test_unregister_restores_after_several_calls(price_list: dict[str, Any], packaged: llm_models.Snapshot) -> None:
    before = State.now()
    tiers = [{"context_over": 32000, "input": 14}]
    first = priced({"input": 7, "output": 8, "cache_read": 1, "tiers": tiers})
    second = priced({"input": 9, "output": 10})
    register(["openai:gpt-5.2"], snapshot=first)
    assert "input_cost_per_token_above_32k_tokens" in price_list["gpt-5.2"]
    register(["openai:gpt-4o", "anthropic:claude-haiku-4-5"], snapshot=packaged)
    register(["openai:gpt-5.2", "mistral:mistral-nemo"], snapshot=second, add_missing=True)
    row = price_list["gpt-5.2"]
    assert (row["input_cost_per_token"], row["output_cost_per_token"]) == pytest.approx((9e-6, 1e-5))
    # The record of the last call counts: it states no tier and no cache price, and LiteLLM's is that of the list.
    assert "input_cost_per_token_above_32k_tokens" not in row
    assert before.prices["gpt-5.2"]["cache_read_input_token_cost"]
    assert row["cache_read_input_token_cost"] is None
    assert "mistral/mistral-nemo" in price_list
    assert unregister() == []
    assert State.now() == before
    told = litellm.get_model_info("openai/gpt-5.2")["input_cost_per_token"]
    assert told == before.prices["gpt-5.2"]["input_cost_per_token"] != 9e-6
    assert unregister() == []


def test_what_another_wrote_over_ours_stays(price_list: dict[str, Any]) -> None:
    """Only fields that still have our value are restored; `unregister` names the entries where others had not."""
    before = State.now().prices
    catalogue = priced({"input": 7, "output": 8})
    register(["openai:gpt-5.2", "openai:gpt-4o"], snapshot=catalogue)
    price_list["gpt-5.2"]["input_cost_per_token"] = 5e-6
    assert unregister() == ["gpt-5.2"]
    assert price_list == {**before, "gpt-5.2": {**before["gpt-5.2"], "input_cost_per_token": 5e-6}}

    # Another call takes the value of the other as LiteLLM's own.
    register(["openai:gpt-5.2"], snapshot=catalogue)
    assert price_list["gpt-5.2"]["input_cost_per_token"] == pytest.approx(7e-6)
    price_list["gpt-5.2"]["output_cost_per_token"] = 4e-6
    register(["openai:gpt-5.2"], snapshot=catalogue)
    assert unregister() == []
    assert price_list["gpt-5.2"] == {
        **before["gpt-5.2"], "input_cost_per_token": 5e-6, "output_cost_per_token": 4e-6
    }  # fmt: skip


def test_an_entry_that_the_application_registers_over_ours_keeps_what_it_states(price_list: dict[str, Any]) -> None:
    """`litellm.register_model` replaces the entry by a copy, which has our other values."""
    before = State.now().prices
    register(["openai:gpt-5.2"], snapshot=priced({"input": 7, "output": 8}))
    litellm.register_model({"openai/gpt-5.2": {"input_cost_per_token": 5e-6}}, persist_across_reloads=False)
    assert unregister() == ["gpt-5.2"]
    now, own = price_list["gpt-5.2"], before["gpt-5.2"]
    assert now["input_cost_per_token"] == 5e-6
    assert now["output_cost_per_token"] == own["output_cost_per_token"]


def test_an_added_entry_that_another_changed_stays_without_our_prices(price_list: dict[str, Any]) -> None:
    named: Any = {"models": ["my-gateway:house-7b"], "snapshot": house(), "providers": {"my-gateway": "hosted_vllm"}}
    register(**named, add_missing=True)
    price_list["hosted_vllm/house-7b"]["input_cost_per_token"] = 5e-6
    assert unregister() == ["hosted_vllm/house-7b"]
    left = price_list["hosted_vllm/house-7b"]
    assert left["input_cost_per_token"] == 5e-6
    assert left["litellm_provider"] == "hosted_vllm"
    assert "output_cost_per_token" not in left
    del price_list["hosted_vllm/house-7b"]

    register(**named, add_missing=True)
    price_list["hosted_vllm/house-7b"]["source"] = "a link of the application"
    assert unregister() == ["hosted_vllm/house-7b"]
    assert price_list["hosted_vllm/house-7b"].keys() & {"source", "input_cost_per_token"} == {"source"}

    register(["openai:gpt-5.2"], snapshot=priced({"input": 7, "output": 8}))
    del price_list["gpt-5.2"]
    assert unregister() == ["gpt-5.2"]
    assert "gpt-5.2" not in price_list


def test_a_list_that_litellm_loaded_again_has_nothing_of_ours(price_list: dict[str, Any]) -> None:
    """A price in it that equals ours is LiteLLM's."""
    catalogue = priced({"input": 7, "output": 8})
    register(["openai:gpt-5.2"], snapshot=catalogue)
    register(["my-gateway:house-7b"], add_missing=True, providers={"my-gateway": "hosted_vllm"}, snapshot=house())
    loaded = copy.deepcopy(price_list)
    litellm.model_cost = loaded
    kept = copy.deepcopy(loaded)
    assert unregister() == []
    assert loaded == kept
    litellm.model_cost = price_list
    register(["openai:gpt-5.2"], snapshot=catalogue)
    litellm.model_cost = loaded
    assert register(["openai:gpt-5.2"], snapshot=priced({"input": 9, "output": 8})) == {
        "openai:gpt-5.2": "openai/gpt-5.2"
    }
    assert loaded["gpt-5.2"]["input_cost_per_token"] == pytest.approx(9e-6)
    assert unregister() == []
    assert loaded == kept


def test_a_copy_of_the_list_with_our_entries_is_restored(price_list: dict[str, Any]) -> None:
    before = State.now().prices
    register(["openai:gpt-5.2"], snapshot=priced({"input": 7, "output": 8}))
    litellm.model_cost = dict(price_list)
    assert unregister() == []
    assert litellm.model_cost == before


@pytest.mark.whole
@pytest.mark.usefixtures("price_list")
def test_an_id_and_its_dated_id_are_both_registered() -> None:
    """LiteLLM has an entry for each, and responses name the dated one."""
    specs = ["openai:gpt-4o-mini-2024-07-18", "openai:gpt-4o-mini"]
    models = [{"provider": "openai", "id": "gpt-4o-mini", "cost": {"input": 0.5, "output": 2}}]
    catalogue = llm_models.load(config=None, overrides={"models": models}, publish=False)
    for asked in (specs, specs[::-1], None):
        done = register(asked, snapshot=catalogue)
        assert {done[spec] for spec in specs} == {spec.replace(":", "/") for spec in specs}
        for name in done.values() if asked else ():
            assert litellm.get_model_info(name)["input_cost_per_token"] == pytest.approx(5e-7)
        assert unregister() == []


def test_two_names_of_one_entry(price_list: dict[str, Any]) -> None:
    """LiteLLM's list has an alias as a second name of the same entry. One of our records can be there, not two."""
    alias = price_list["gpt-5-mini"] = price_list["gpt-5.2"]
    before = State.now()
    models = [
        {"provider": "openai", "id": "gpt-5.2", "cost": {"input": 7, "output": 8}},
        {"provider": "openai", "id": "gpt-5-mini", "cost": {"input": 9, "output": 10}},
    ]
    catalogue = llm_models.load(config=None, overrides={"models": models}, publish=False)
    done = register(["openai:gpt-5.2", "openai:gpt-5-mini"], snapshot=catalogue)
    assert done == {"openai:gpt-5.2": "openai/gpt-5.2"}
    assert done.left_out == {"openai:gpt-5-mini": "LiteLLM has the same entry for openai:gpt-5.2"}
    register(["openai:gpt-5-mini"], snapshot=catalogue)
    assert price_list["gpt-5.2"] is price_list["gpt-5-mini"] is alias
    assert alias["input_cost_per_token"] == pytest.approx(9e-6)
    register(["openai:gpt-5.2"], snapshot=catalogue)
    assert alias["input_cost_per_token"] == pytest.approx(7e-6)
    assert unregister() == []
    assert State.now() == before


def test_a_price_that_differs_only_in_its_last_digits_is_not_written(price_list: dict[str, Any]) -> None:
    price_list["gpt-5.2"]["input_cost_per_token"] = 0.1 + 0.2
    register(["openai:gpt-5.2"], snapshot=priced({"input": 0.3 * 1e6, "output": 8}))
    assert price_list["gpt-5.2"]["input_cost_per_token"] == 0.1 + 0.2 != 0.3


@pytest.mark.usefixtures("price_list")
def test_a_record_without_a_price_is_left_out(packaged: llm_models.Snapshot) -> None:
    bare = priced({})
    assert register(["openai:gpt-5.2"], snapshot=bare).left_out == {"openai:gpt-5.2": "its record states no price"}
    assert register([], snapshot=bare) == {}


@pytest.mark.usefixtures("price_list")
@pytest.mark.parametrize("provider", ["github_copilot", "chatgpt"])
def test_litellm_is_not_asked_where_it_would_sign_in(provider: str, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    for name in ("get_model_info", "get_llm_provider", "cost_per_token"):
        ask = getattr(litellm, name)
        monkeypatch.setattr(
            litellm, name, lambda model, *a, ask=ask, **k: (asked.append(model), ask(model, *a, **k))[1]
        )
    taken: Any = {"models": ["my-gateway:house-7b"], "snapshot": house(), "add_missing": True}
    with pytest.raises(NotRegisteredError, match="LiteLLM would ask the user to sign in"):
        register(**taken, providers={"my-gateway": provider})
    register(**taken, providers={"my-gateway": "hosted_vllm"})
    assert "hosted_vllm/house-7b" in asked
    assert [name for name in asked if name.partition("/")[0] == provider] == []


def test_calls_wait_for_each_other(price_list: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """A call in another thread sees the list before or after, not a part."""
    before = State.now()
    other = threading.Thread(target=unregister)
    waits = []
    ask = litellm.cost_per_token

    def meanwhile(**more: Any) -> Any:
        other.start()
        other.join(0.2)
        waits.append(other.is_alive())
        return ask(**more)

    monkeypatch.setattr(litellm, "cost_per_token", meanwhile)
    assert register(["openai:gpt-5.2"], snapshot=priced({"input": 7, "output": 8})) == {
        "openai:gpt-5.2": "openai/gpt-5.2"
    }
    other.join()
    monkeypatch.undo()
    assert waits == [True]
    assert State.now() == before


@pytest.mark.usefixtures("price_list")
def test_an_answer_that_litellm_still_has_from_before_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """A LiteLLM whose memory of earlier answers we cannot clear."""
    from litellm import utils

    before = State.now()
    monkeypatch.delattr(utils, "_invalidate_model_cost_lowercase_map")
    done = register(["openai:gpt-5.2"], snapshot=priced({"input": 7, "output": 8}))
    monkeypatch.undo()
    assert done.left_out["openai:gpt-5.2"].startswith("LiteLLM reports another input_cost_per_token (found 1.75e-06")
    assert State.now() == before


@pytest.mark.usefixtures("price_list")
def test_litellms_own_warnings_are_not_the_callers(monkeypatch: pytest.MonkeyPatch) -> None:
    """It imports parts of itself when it is asked. As errors, the warnings would be its answers."""
    ask = litellm.get_llm_provider

    def warns(model: str, *rest: Any, **more: Any) -> Any:
        warnings.warn("a part that was just imported", stacklevel=1)
        return ask(model, *rest, **more)

    monkeypatch.setattr(litellm, "get_llm_provider", warns)
    with warnings.catch_warnings(action="error"):
        assert len(register(["openai:gpt-5.2"], snapshot=priced({"input": 7, "output": 8}))) == 1
        assert unregister() == []


@pytest.mark.usefixtures("price_list")
def test_a_provider_that_litellm_does_not_have_is_found_afterwards(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(litellm, "suppress_debug_info", False)  # a router that ran before sets it for the process
    before = State.now()
    done = register(
        ["my-gateway:house-7b"], providers={"my-gateway": "nonsense"}, snapshot=house(), add_missing=True
    )  # fmt: skip
    assert done.left_out == {"my_gateway:house-7b": "LiteLLM does not answer for it (BadRequestError)"}
    assert State.now() == before
    assert capsys.readouterr().out == ""
    assert litellm.suppress_debug_info is False


def test_the_result_is_a_mapping_that_cannot_change(packaged: llm_models.Snapshot) -> None:
    done = Registered({"a:b": "a/b"}, {"c:d": "why"})
    assert (len(done), list(done), "a:b" in done, "c:d" in done, done["a:b"]) == (1, ["a:b"], True, False, "a/b")
    assert done == {"a:b": "a/b"}
    assert repr(done) == "Registered(names={'a:b': 'a/b'}, left_out={'c:d': 'why'})"
    with pytest.raises(AttributeError):
        done.left_out = {}  # type: ignore[misc]
    result = register(["openai:gpt-5.2"], snapshot=packaged)
    unregister()
    with pytest.raises(TypeError):
        result.names["x"] = "y"  # type: ignore[index]


@pytest.mark.usefixtures("price_list")
def test_a_name_that_litellm_reads_as_another_model_is_not_written_over_that(price_list: dict[str, Any]) -> None:
    """It takes a dated `gpt-5.2-2031-01-01` of a provider for the `gpt-5.2` that it knows there."""
    price_list["openrouter/openai/gpt-4o"] = {"litellm_provider": "openrouter", "input_cost_per_token": 1e-6}
    kept = copy.deepcopy(price_list)
    if litellm.get_model_info("openrouter/openai/gpt-4o-2024-05-13")["key"] == "openrouter/openai/gpt-4o":
        with pytest.raises(NotRegisteredError, match="reads it as 'openrouter/openai/gpt-4o'"):
            register(["openrouter:openai/gpt-4o-2024-05-13"], add_missing=True)
    assert price_list == kept


@pytest.mark.usefixtures("price_list")
def test_entries_that_we_added_do_not_stand_in_for_others(packaged: llm_models.Snapshot) -> None:
    """Whether two models are added in one call or in two, each gets an entry of its own."""
    dated = "openrouter:openai/gpt-4o-2024-05-13"
    for specs in (["openrouter:openai/gpt-4o"], [dated]):
        litellm.model_cost.pop(f"openrouter/{specs[0].partition(':')[2]}", None)
    register(["openrouter:openai/gpt-4o"], add_missing=True, snapshot=packaged)
    assert register([dated], add_missing=True, snapshot=packaged) == {dated: "openrouter/openai/gpt-4o-2024-05-13"}
    told = litellm.get_model_info("openrouter/openai/gpt-4o-2024-05-13")["input_cost_per_token"]
    assert told == pytest.approx(packaged.resolve(dated).cost.input / 1e6)


def test_the_table_names_providers_that_both_have(packaged: llm_models.Snapshot) -> None:
    assert set(ours.PROVIDERS) <= set(packaged.file.header["blocks"])
    from litellm.llms.openai_like.json_loader import JSONProviderRegistry

    known = {provider.value for provider in litellm.LlmProviders} | set(JSONProviderRegistry.list_providers())
    assert set(ours.PROVIDERS.values()) <= known
    assert len(set(ours.PROVIDERS.values())) == len(ours.PROVIDERS)


def test_litellm_is_imported_when_it_is_asked_for() -> None:
    code = "import sys, llm_models.integrations.litellm; assert 'litellm' not in sys.modules"
    python(code)


def own_of(provider: str, model: str, **cost: Any) -> llm_models.Snapshot:
    """The catalogue with own prices of a model, beside its list prices."""
    own = {"models": [{"provider": provider, "id": model, "cost": cost}]}
    return llm_models.load(config=None, overrides=own, publish=False)


def bill_of(name: str, usage: dict[str, Any], **more: Any) -> float:
    """What LiteLLM charges for a usage."""
    usage["total_tokens"] = usage["prompt_tokens"] + usage["completion_tokens"]
    response = litellm.ModelResponse(model=name, usage=litellm.Usage(**usage))
    cost: float = litellm.completion_cost(completion_response=response, model=name, **more)
    return cost


@pytest.mark.usefixtures("price_list")
@pytest.mark.parametrize(
    ("name", "output"),
    [("gemini-2.5-flash-image", (2.5, 30)), ("gemini-3-pro-image", (12, 120)), ("gemini-3.1-flash-image", (3, 60))],
)
def test_text_of_an_image_model_is_not_priced_as_an_image(
    name: str, output: tuple[float, float], packaged: llm_models.Snapshot
) -> None:
    usage = {
        "prompt_tokens": 1000,
        "completion_tokens": 2290,
        "completion_tokens_details": {"text_tokens": 1000, "image_tokens": 1290},
    }
    price = packaged.resolve(f"google:{name}").cost.input
    assert price is not None
    expected = (1000 * price + 1000 * output[0] + 1290 * output[1]) / 1e6
    assert bill_of(f"gemini/{name}", {**usage}) == pytest.approx(expected)
    assert register([f"google:{name}"], snapshot=packaged)
    assert bill_of(f"gemini/{name}", {**usage}) == pytest.approx(expected)


def hour() -> dict[str, Any]:
    """2,000 tokens fresh, 5,000 read, 1,000 written for 5 minutes and 2,000 for an hour."""
    split = {"ephemeral_5m_input_tokens": 1000, "ephemeral_1h_input_tokens": 2000}
    details = {"cached_tokens": 5000, "cache_creation_tokens": 3000, "cache_creation_token_details": split}
    return {"prompt_tokens": 10_000, "completion_tokens": 0, "prompt_tokens_details": details}


@pytest.mark.parametrize("spec", ["anthropic:claude-sonnet-4-6", "anthropic:claude-haiku-4-5", "openai:gpt-5.4"])
def test_a_list_price_beside_own_ones_is_dropped_and_reported(
    spec: str, price_list: dict[str, Any], packaged: llm_models.Snapshot
) -> None:
    """Of each class, tier and mode; LiteLLM's own too. `unregister` brings them back."""
    before = State.now()
    provider, _, model = spec.partition(":")
    own = {"input": 1.5, "output": 7.5, "cache_read": 0.15, "cache_write": 1.875}
    key = litellm.get_model_info(spec.replace(":", "/"))["key"]
    list_prices = {name for name in price_list[key] if PRICE.search(name) and "query" not in name}
    done = register([spec], snapshot=own_of(provider, model, **own))
    row = price_list[key]
    kept = {name for name in list_prices if row.get(name) not in (None, [])} - {"provider_specific_entry"}
    kept = {name for name in kept if "multiplier" not in name}
    written = {ours.CLASSES[name]: usd / 1e6 for name, usd in own.items()}
    for name in kept:  # a size of LiteLLM's has the own price, too
        assert row[name] == pytest.approx(written[name.partition("_above_")[0]]), name
    assert row["input_cost_per_token"] == pytest.approx(1.5e-6)
    for tier in (None, "flex", "priority"):
        assert bill_of(done[spec], hour(), service_tier=tier) == pytest.approx(
            (2000 * 1.5 + 5000 * 0.15 + 3000 * 1.875) / 1e6
        )
    listed = packaged.resolve(spec).cost
    wanted = {"cache_write_1h"} if listed.cache_write_1h is not None else set()
    wanted |= {"tiers"} if any("_above_2" in name for name in list_prices) else set()
    assert wanted | {"modes.batch"} <= set(done.dropped[spec])
    assert done.listed == {}
    assert unregister() == []
    assert State.now() == before

    # A stated class is own, and only what is added replaces nothing.
    assert register([spec], snapshot=own_of(provider, model, **own, cache_write_1h=3)).dropped[spec]
    assert bill_of(done[spec], hour()) == pytest.approx((2000 * 1.5 + 5000 * 0.15 + 1000 * 1.875 + 2000 * 3) / 1e6)
    unregister()
    added = register([spec], snapshot=own_of(provider, model, output_citation=1))
    assert (added.dropped, added.listed) == ({}, {})


@pytest.mark.usefixtures("price_list")
def test_the_long_price_of_xai_begins_at_the_size(packaged: llm_models.Snapshot) -> None:
    """LiteLLM counts so; our tier is one token below."""
    specs = [one.spec for one in packaged.list_models("xai") if one.cost.tiers]
    done = register(specs, snapshot=packaged)
    assert "xai:grok-4.3" in done
    for spec, name in done.items():
        for prompt in (199_999, 200_000, 200_001):
            bill = packaged.cost(spec, {"input": prompt, "output": 1000})
            usage = {"prompt_tokens": prompt, "completion_tokens": 1000}
            assert bill_of(name, usage) == pytest.approx(float(bill.total or 0)), (spec, prompt)


@pytest.mark.usefixtures("price_list")
def test_a_moving_name_is_left_out(packaged: llm_models.Snapshot) -> None:
    """What it means today is LiteLLM's to say, unless a source states it or the application states its price."""
    names = [one for one in packaged.list_models("google") if one.id.endswith("-latest")]
    names += [one for one in packaged.list_models("mistral") if one.id.endswith("-latest")]
    moving = [one.spec for one in names if one.resolves_to is None]
    assert len(moving) > 5
    assert len(names) > len(moving)
    done = register([one.spec for one in names], snapshot=packaged)
    assert set(moving) <= {*done.left_out}
    assert sum(done.left_out[spec].startswith("what it means changes") for spec in moving) > 3
    assert {*done} & {one.spec for one in names if one.resolves_to is not None}
    own = own_of("google", "gemini-flash-latest", input=0.2, output=0.4)
    assert [*register(["google:gemini-flash-latest"], snapshot=own)] == ["google:gemini-flash-latest"]


def test_a_moving_name_of_an_old_catalogue_is_left_out(
    price_list: dict[str, Any], packaged: llm_models.Snapshot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """CL11: a list of LiteLLM's that is newer than the catalogue may know a newer meaning. What you state is kept."""
    moving = [one.spec for one in packaged.list_models() if one.resolves_to and one.provider in ours.PROVIDERS]
    assert len(moving) > 2
    assert {*moving} <= {*register(moving, snapshot=packaged)}
    unregister()
    monkeypatch.setattr(ours, "today", lambda: "2026-10-20")
    monkeypatch.setattr(litellm_documents, "today", lambda: "2026-10-20")
    price_list["openrouter/gpt-9-20261015"] = {"litellm_provider": "openrouter"}
    done = register([*moving, "openai:gpt-5.2"], snapshot=packaged)
    assert [*done] == ["openai:gpt-5.2"]
    assert all(done.left_out[spec].endswith("is newer than the catalogue, of 2026-09-30") for spec in moving)
    models = [packaged.resolve(spec) for spec in moving]
    document = litellm_documents.price_map(models, onto=price_list, snapshot=packaged)
    assert document.content == price_list
    assert document.left_out == {spec: done.left_out[spec] for spec in moving}
    assert litellm_documents.price_map(models, snapshot=packaged).written == len(moving)
    own = own_of("mistral", "mistral-medium-latest", input=0.2, output=0.4)
    assert "mistral:mistral-medium-latest" in register(moving, snapshot=own)
    stated = {"provider": "mistral", "id": "mistral-medium-latest", "resolves_to": "mistral-medium-2508"}
    own = llm_models.load(config=None, overrides={"models": [stated]}, publish=False)
    assert [*register(moving, snapshot=own)] == ["mistral:mistral-medium-latest"]
    assert price_list["mistral/mistral-medium-latest"]["input_cost_per_token"] == pytest.approx(0.4e-6)


def test_a_row_that_was_added_does_not_make_the_list_newer(
    packaged: llm_models.Snapshot, price_list: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """An id of the catalogue may have a day after the catalogue's; a second call gives what the first one gave."""
    monkeypatch.setattr(ours, "today", lambda: "2026-10-20")
    new = {"provider": "openai", "id": "gpt-9-2026-10-15", "limits": {"context": 8000}}
    models = [{**new, "cost": {"input": 1, "output": 2}}]
    mine = llm_models.load(config=None, overrides={"models": models}, publish=False)
    specs = ["openai:gpt-9-2026-10-15", "mistral:mistral-medium-latest"]
    with warnings.catch_warnings(action="error", category=ours.OldCatalogueWarning):
        first = register(specs, add_missing=True, snapshot=mine)
        assert "openai/gpt-9-2026-10-15" in price_list
        assert register(specs, add_missing=True, snapshot=mine) == first
    assert [*first] == sorted(specs)


def test_a_newer_list_of_litellm_is_a_warning(
    price_list: dict[str, Any], packaged: llm_models.Snapshot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Known by a day in a name, or because LiteLLM fetched it; and only where list prices are passed on."""
    from litellm.litellm_core_utils import get_model_cost_map

    def warned(snapshot: llm_models.Snapshot, spec: str = "openai:gpt-5.2") -> list[str]:
        with warnings.catch_warnings(record=True, action="always") as found:
            register([spec], snapshot=snapshot)
        return [str(one.message) for one in found if one.category is ours.OldCatalogueWarning]

    monkeypatch.setattr(ours, "today", lambda: "2026-10-20")
    price_list["gpt-9-2026-10-21"] = {"litellm_provider": "openai"}  # announced, and not there yet
    assert warned(packaged) == []
    price_list["openrouter/gpt-9-20261015"] = {"litellm_provider": "openrouter"}
    (message,) = warned(packaged)
    assert message.startswith("LiteLLM's price list is of 2026-10-15 or later, and the catalogue of 2026-09-30")
    assert warned(priced({"input": 7, "output": 8})) == []
    del price_list["openrouter/gpt-9-20261015"]
    about = {"source": "remote", "loaded_at": "2026-10-19T08:00:00+00:00"}
    monkeypatch.setattr(get_model_cost_map, "get_model_cost_map_source_info", lambda: about)
    (message,) = warned(packaged)
    assert "of 2026-10-19 or later" in message

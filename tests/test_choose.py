"""Choosing: right answers to real questions, and the laws of conditions and orders.

The questions are asked of the packaged data on one day. What is expected of an answer is a condition, never an id: the
data change every month.
"""

from __future__ import annotations

import datetime
import itertools
import re
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import catalogues, oracle

import llm_models
from llm_models import Model, Snapshot, columns, conditions, selection
from llm_models.conditions import BILLINGS, CONDITIONS, OTHERS
from llm_models.errors import (
    EmptyCatalogError,
    InvalidArgumentError,
    LLMModelsError,
    UnknownCapabilityError,
    UnknownProviderError,
)
from llm_models.paths import PACKAGED_SNAPSHOT
from llm_models.records import BIT, capability_bits
from llm_models.selection import NoMatchError
from llm_models.snapshot_file import SnapshotFile

if TYPE_CHECKING:
    from collections.abc import Callable

    from llm_models.conditions import Unknown

AT = "2026-11-25"
CURRENT = 180
"""Days: how much older than the newest model of its maker a current one is at most."""


@pytest.fixture(scope="module")
def whole() -> oracle.Plain:
    with open(PACKAGED_SNAPSHOT, "rb") as file:
        return oracle.Plain(file.read())


class Answer:
    """The answer to a question, with what it is compared with: all models that fit and are neither special nor old."""

    def __init__(self, packaged: Snapshot, whole: oracle.Plain, question: dict[str, Any]) -> None:
        self.catalogue, self.whole, self.question = packaged, whole, question
        self.every = packaged.candidates(at=AT, **question)
        self.model = self.every[0]
        self.usual = [one for one in self.every if self.is_usual(one)] or self.every

    def is_usual(self, model: Model) -> bool:
        tags = {*self.whole.models[model.key].get("tags", [])}
        moving = "resolves_to" in self.whole.models[model.key]
        return not (model.deprecated or moving or tags & {"guard", "moving", "special"} or self.whole.early(model.key))

    def billing(self, model: Model) -> str:
        return self.catalogue.get_provider(model.provider).billing

    def paid(self) -> list[Model]:
        """The usual models with a price that a caller pays, which is not far from that of the same model elsewhere."""
        found = []
        for one in self.usual:
            far = any(self.whole.is_far(one.key, "cost", name, 8) for name in ("input", "output"))
            if price(one) and not far and self.billing(one) == "usage":
                found.append(one)
        return found

    def days_behind(self, models: list[Model]) -> int:
        """How many days older the answer is than the newest of these models."""
        newest = max(day_of(one) for one in models)
        return (newest - day_of(self.model)).days


def price(model: Model) -> float | None:
    made = model.cost.output
    if made is None and model.kind == "embedding":
        made = 0
    return None if model.cost.input is None or made is None else model.cost.input + made


def day_of(model: Model) -> datetime.date:
    text = model.release_date or "1970-01-01"
    return datetime.date.fromisoformat(text if len(text) == len("2026-01-01") else f"{text}-01")


# What a right answer is. Each is a condition on an `Answer`.


def general(answer: Answer) -> bool:
    """A model for everything, which anyone may use."""
    return answer.is_usual(answer.model)


def of_maker(answer: Answer) -> bool:
    """Served by who made it."""
    maker = (answer.model.canonical or "").partition("/")[0]
    return answer.whole.provider_id(maker) == answer.model.provider


def current(answer: Answer) -> bool:
    return answer.days_behind([one for one in answer.usual if one.provider == answer.model.provider]) <= CURRENT


def newest(answer: Answer) -> bool:
    return answer.days_behind(answer.usual) == 0


def cheapest(answer: Answer) -> bool:
    """Of the prices that a caller pays."""
    known = [total for one in answer.paid() if (total := price(one)) is not None]
    return price(answer.model) == min(known)


def sane(answer: Answer) -> bool:
    """At most ten times as expensive as others of the same day."""
    day = [one for one in answer.usual if one.release_date == answer.model.release_date]
    return (price(answer.model) or 0) <= 10 * min(price(one) or 0 for one in day)


def moderate(answer: Answer) -> bool:
    """Not the most expensive of its maker's current models."""
    own = [one for one in answer.usual if one.provider == answer.model.provider]
    recent = [one for one in own if (day_of(answer.model) - day_of(one)).days <= CURRENT]
    return (price(answer.model) or 0) < max(price(one) or 0 for one in recent)


def largest(answer: Answer) -> bool:
    """The largest context that others confirm, or that nobody contradicts; with a price."""
    plausible = [one for one in answer.usual if not answer.whole.is_far(one.key, "limits", "context", 4)]
    most = max(one.limits.context or 0 for one in plausible)
    return price(answer.model) is not None and answer.model.limits.context == most


def undated(answer: Answer) -> bool:
    """No other model with equal facts has the same id without a date."""
    facts = (answer.model.release_date, answer.model.cost, answer.model.limits)
    same = [one.id for one in answer.every if (one.release_date, one.cost, one.limits) == facts]
    return not any(answer.model.id != one and answer.model.id.startswith(one) for one in same)


def plain_region(answer: Answer) -> bool:
    """Of the same model in several regions, the plain or the global id."""
    return re.match(r"(us|eu|jp|apac|au|ca)\.", answer.model.id) is None


def codeless(answer: Answer) -> bool:
    return "code" not in re.split("[^a-z]+", answer.model.id)


def vectors(answer: Answer) -> bool:
    return answer.model.kind == "embedding" and not answer.model.capabilities.chat


def takes_files(answer: Answer) -> bool:
    return answer.model.capabilities.attachments and answer.model.modalities.output == ("text",)


def texts(answer: Answer) -> bool:
    return answer.model.kind == "chat" and answer.model.modalities.output == ("text",)


def at(*providers: str) -> Callable[[Answer], bool]:
    def served(answer: Answer) -> bool:
        return answer.model.provider in providers

    served.__name__ = f"at {' or '.join(providers)}"
    return served


def states(*flags: str) -> Callable[[Answer], bool]:
    """A source states these capabilities."""

    def stated(answer: Answer) -> bool:
        return all(answer.model.stated(flag) is True for flag in flags)

    stated.__name__ = f"states {' and '.join(flags)}"
    return stated


def asked(*require: str, **more: Any) -> dict[str, Any]:
    return {**({"require": [*require]} if require else {}), **more}


PREFER = ["openai", "anthropic"]
QUESTIONS: dict[int, tuple[dict[str, Any], list[Callable[[Answer], bool]]]] = {
    1: (asked("tools", order_by="price"), [general, texts, cheapest]),
    2: (asked("tools"), [general, of_maker, current, newest]),
    3: (asked("chat"), [general, of_maker, current, newest]),
    4: ({}, [general, of_maker, current, texts]),
    5: (asked("chat", order_by="price"), [general, texts, cheapest]),
    6: (asked("tools", order_by="release"), [general, newest]),
    7: (asked("chat", order_by="release"), [general, newest]),
    8: (asked("chat", order_by="context"), [general, largest]),
    9: (asked("tools", order_by="context"), [general, largest, states("tools")]),
    10: (asked("tools", scope="openai"), [general, current]),
    11: (asked("tools", scope="openai", order_by="release"), [general, newest, sane]),
    12: (asked("tools", scope="openai", order_by="price"), [general, cheapest]),
    13: (asked("tools", scope="anthropic"), [general, current, moderate]),
    14: (asked("tools", scope="anthropic", order_by="release"), [general, newest]),
    15: (asked("tools", scope="anthropic", order_by="price"), [general, cheapest, undated]),
    16: (asked("tools", scope="google"), [general, current, texts]),
    17: (asked("tools", scope="google", order_by="release"), [general, newest]),
    18: (asked("tools", scope="google", order_by="price"), [general, cheapest]),
    19: (asked("tools", scope="mistral"), [general, current, codeless]),
    20: (asked("tools", scope="mistral", order_by="release"), [general, newest]),
    21: (asked("tools", scope="xai", order_by="release"), [general, newest, texts]),
    22: (asked("tools", scope="groq", order_by="price"), [general, cheapest]),
    23: (asked("tools", scope="groq", order_by="release"), [general, newest]),
    24: (asked("tools", scope="deepseek"), [general, current]),
    25: (asked("chat", scope="cohere", order_by="release"), [general, codeless]),
    26: (asked("embeddings"), [general, of_maker, vectors]),
    27: (asked("embeddings", order_by="price"), [general, vectors, cheapest]),
    28: (asked("embeddings", scope="openai"), [general, vectors, newest]),
    29: (asked("embeddings", scope="google", order_by="release"), [general, vectors, newest]),
    30: (asked("json_schema", "tools", prefer="openai"), [general, at("openai"), states("json_schema", "tools")]),
    31: (asked("json_schema", "tools", scope="azure"), [general, states("json_schema", "tools")]),
    32: (asked("json_schema", "tools", scope="bedrock", order_by="release"), [general, newest, plain_region]),
    33: (asked("tools", forbid=["reasoning"], prefer="openai", order_by="price"), [general, cheapest]),
    34: (asked("reasoning", "tools", prefer="anthropic"), [general, at("anthropic"), current, moderate]),
    35: (asked("attachments", prefer="google"), [general, at("google"), takes_files]),
    36: (asked("tools_strict", prefer=PREFER), [general, at(*PREFER), states("tools_strict")]),
    37: (asked("tools", scope="openrouter", order_by="price"), [general, cheapest]),
    38: (asked("tools", scope="openrouter", order_by="release"), [general, newest]),
    39: (asked("tools", scope="github_copilot"), [general, current]),
    40: (asked("tools", scope="bedrock", order_by="price"), [general, texts, cheapest]),
    41: (asked("tools", scope="google_vertex", order_by="release"), [general, newest]),
    42: (asked("chat", "tools", "json_native", prefer=PREFER), [general, at(*PREFER), current]),
}
"""The number of a question -> the question, and what is true of a right answer."""


@pytest.mark.parametrize(
    "number",
    QUESTIONS,
)
@pytest.mark.whole
def test_a_right_answer(packaged: Snapshot, whole: oracle.Plain, number: int) -> None:
    question, expected = QUESTIONS[number]
    answer = Answer(packaged, whole, question)
    assert packaged.select(at=AT, **question) is answer.model
    wrong = [one.__name__ for one in expected if not one(answer)]
    assert not wrong, answer.model.spec


@pytest.mark.parametrize("number", QUESTIONS)
def test_what_every_answer_satisfies(packaged: Snapshot, whole: oracle.Plain, number: int) -> None:
    """Never retired; deprecated, special, a preview, free or of unknown price only if nothing else fits."""
    question, _ = QUESTIONS[number]
    answer = Answer(packaged, whole, question)
    model, orders = answer.model, question.get("order_by", "release")
    assert not model.is_retired(AT)
    assert not model.deprecated or all(one.deprecated for one in answer.every)
    assert model.kind == ("embedding" if "embeddings" in question.get("require", ()) else "chat")
    assert answer.is_usual(model)
    if orders == "price":
        assert price(model) or not answer.paid()
        assert answer.billing(model) == "usage" or not answer.paid()
    if orders == "context":
        assert model.limits.context
        assert not whole.is_far(model.key, "limits", "context", 4)
    # Never the alphabet: the newest of its provider, where no other order is asked for.
    own = [one.release_date or "" for one in answer.usual if one.provider == model.provider]
    assert orders != "release" or model.release_date == max(own)


@pytest.mark.whole
def test_a_control_of_the_conditions(packaged: Snapshot, whole: oracle.Plain) -> None:
    """The first id of the alphabet, the answer of version 0.1.0, is wrong for most questions."""
    failed = []
    for number, (question, expected) in QUESTIONS.items():
        answer = Answer(packaged, whole, question)
        answer.model = min(answer.every, key=lambda one: one.key)
        failed += [number] * any(not one(answer) for one in expected)
    assert len(failed) > 35


class TestCases:
    """What went wrong in version 0.1.0."""

    def test_what_is_free_by_its_prices(self) -> None:
        """Embeddings have no output; of another model its price must be stated, too."""
        prices = {(0, 0, "chat"): True, (0, None, "chat"): None, (None, 0, "chat"): None, (0, 1, "chat"): False}
        prices |= {(0, None, "embedding"): True, (0, 1, "embedding"): False, (1, None, "embedding"): False}
        test = CONDITIONS["free"].test(True)
        assert {key: test(*key[:2], "usage", key[2]) for key in prices} == prices
        assert test(0, 0, "plan", "chat") is False

    def test_plans_and_trials_are_told_apart_from_free_models(self, packaged: Snapshot) -> None:
        """CH2: all of them cost 0 and 0."""
        zero = {one.key for one in packaged.list_models() if one.cost.input == one.cost.output == 0}
        free = {one.key for one in packaged.list_models(free=True)}
        billing = {name: packaged.get_provider(name).billing for name in packaged.list_providers()}
        assert {key for key in zero if billing[key[0]] == "usage"} <= free
        assert {"plan", "trial"} <= {billing[key[0]] for key in zero - free}
        assert not free & {one.key for one in packaged.list_models(free=False)}
        asked_for = packaged.select(require=["tools"], free=True, order_by="price", at=AT)
        assert asked_for.cost.input == asked_for.cost.output == 0

    def test_who_bills_in_another_way_is_a_condition(self, packaged: Snapshot) -> None:
        """CH2: of every provider, and what is not free is the rest: also plans and trials."""
        billing = {name: packaged.get_provider(name).billing for name in packaged.list_providers()}
        assert {*billing.values()} == {*BILLINGS}
        for way in BILLINGS:
            found = packaged.list_models(billing=way)
            assert {one.provider for one in found} == {name for name in billing if billing[name] == way}
        assert packaged.list_models(billing=[*BILLINGS]) == packaged.list_models()
        charged = packaged.list_models(free=False, billing="usage")
        assert all(one.cost.input or one.cost.output for one in charged)
        assert {billing[one.provider] for one in packaged.list_models(free=False)} == {*BILLINGS}

    def test_the_price_of_a_plan_is_not_the_cheapest(self) -> None:
        """CH2: no request costs it, also where it is above 0; whoever asks for plans gets the cheapest."""
        low, high, zero = ({"cost": {"input": one, "output": one}} for one in (1, 9, 0))
        records = {"a": {"m": low, "n": high}, "b": {"m": low}, "c": {"m": high, "n": zero, "unknown": {}}}
        how = {"a": {"billing": "plan"}, "b": {"billing": "trial"}}
        catalogue = Snapshot(catalogues.made_up(records, providers=how))
        work: Any = {"input": 1000, "output": 100}
        for order in ("price", "cost"):
            found = [one.spec for one in catalogue.candidates(order_by=order, workload=work, at=AT)]
            assert found == ["c:m", "c:n", "a:m", "b:m", "a:n", "c:unknown"]
            assert catalogue.select(order_by=order, workload=work, billing="plan").spec == "a:m"

    def test_an_impossible_context_is_not_the_largest(self, packaged: Snapshot, whole: oracle.Plain) -> None:
        """CH3: of the usual models, such values come after all that are plausible, however large they are."""
        answer = Answer(packaged, whole, {"order_by": "context"})
        found = [one for one in answer.every if answer.is_usual(one) and one.limits.context]
        odd = [whole.is_far(one.key, "limits", "context", 4) for one in found]
        assert odd == sorted(odd)
        assert any(odd)
        largest_one = found[odd.index(True)].limits.context or 0
        assert largest_one > (found[odd.index(True) - 1].limits.context or 0)

    @pytest.mark.parametrize(
        "question",
        [
            {"forbid": ["tools"]}, {"scope": "google", "max_price_input": 0.29},
            {"scope": "openrouter", "order_by": "context"}, {"order_by": ["price", "release"]},
            {"scope": "alibaba", "forbid": ["reasoning"]}, {"scope": "azure", "max_price_output": 0.03},
        ],
        ids=str,
    )  # fmt: skip
    def test_a_model_for_one_task_is_not_chosen_unasked(self, packaged: Snapshot, question: dict[str, Any]) -> None:
        """CH5: no maker of pictures, reader of pictures or router where another model fits, whatever the condition."""
        found = packaged.candidates(at=AT, **question)
        special = [re.search(r"image|ocr|router|audio|-mt-|/auto$", one.id, re.IGNORECASE) is not None for one in found]
        assert any(special)
        assert special[0] == all(special)

    def test_who_asks_for_pictures_gets_what_makes_them(self, packaged: Snapshot) -> None:
        found = packaged.candidates(output="image", scope="google", at=AT)
        days = [one.release_date or "" for one in found if not one.deprecated and "preview" not in one.id]
        assert len(days) > 2
        assert days == sorted(days, reverse=True)

    def test_a_preview_comes_after_released_models(self, packaged: Snapshot, whole: oracle.Plain) -> None:
        """CH4, unless it is asked for."""
        answer = Answer(packaged, whole, {"order_by": "release", "scope": "google", "lifecycle": ["ga", "preview"]})
        ordinary = [one for one in answer.every if not one.tags and not one.resolves_to]
        early = [whole.early(one.key) for one in ordinary]
        assert early == sorted(early)
        assert any(early)
        asked_for = packaged.select(lifecycle="preview", scope="google", at=AT)
        assert whole.state(asked_for.key, AT) == "preview"

    def test_a_model_is_chosen_until_the_day_before_it_retires(self, packaged: Snapshot) -> None:
        """CH7 and CH10: of every packaged model that states the day."""
        retiring = [one for one in packaged.list_models() if one.retires]
        assert len(retiring) > 20
        for model in retiring:
            day = datetime.date.fromisoformat(model.retires or "")
            question: dict[str, Any] = {
                "scope": model.provider,
                "kind": model.kind,
                "match": re.sub(r"[\[\]]", "?", model.spec),
            }
            before = packaged.candidates(at=day - datetime.timedelta(1), **question)
            assert model in before
            assert model not in packaged.candidates(at=day, **question)
            assert model in packaged.candidates(at=day, lifecycle="retired", **question)
            assert model in packaged.list_models(at=day, **question)

    def test_a_retired_model_is_among_the_reasons(self, packaged: Snapshot) -> None:
        """CH7."""
        retired = next(one for one in packaged.list_models(lifecycle="retired", at=AT) if one.kind == "chat")
        with pytest.raises(NoMatchError, match=rf"no model fits; .*\d+ retired by {AT}") as caught:
            packaged.select(match=retired.spec, at=AT)
        assert caught.value.removed[f"retired by {AT}"][0] >= 1

    @pytest.mark.parametrize("more", [{}, {"prefer": ["openai"]}, {"order_by": "price"}, {"scope": "openai"}], ids=str)
    def test_deprecated_models_come_after_all_others(self, packaged: Snapshot, more: dict[str, Any]) -> None:
        """CH8: also those of a preferred provider, and the cheapest ones."""
        found = packaged.candidates(require=["tools"], at=AT, **more)
        ordinary = [one for one in found if not one.resolves_to and not {*one.tags} & {"guard", "moving", "special"}]
        deprecated = [one.deprecated for one in ordinary]
        assert deprecated == sorted(deprecated)
        assert any(deprecated)

    def test_the_lifecycle_is_a_condition(self, packaged: Snapshot) -> None:
        """CH9."""
        assert not any(one.deprecated for one in packaged.candidates(lifecycle=["ga", "preview"], at=AT))
        assert all(one.deprecated for one in packaged.candidates(lifecycle="deprecated", at=AT))
        assert all(one.is_retired(AT) for one in packaged.list_models(lifecycle="retired", at=AT))
        for ask in (packaged.select, packaged.list_models):
            with pytest.raises(UnknownCapabilityError, match=r"'deprecated'.*lifecycle"):
                ask(forbid=["deprecated"])

    @pytest.mark.parametrize("flag", ["json_schema", "tools_strict", "tools_parallel"])
    def test_what_is_not_stated_is_counted_and_can_be_included(self, packaged: Snapshot, flag: str) -> None:
        """CH12 to CH15: at every provider that states a flag of no model."""
        for provider in packaged.list_providers():
            models = packaged.list_models(provider)
            if any(one.stated(flag) is not None for one in models):
                continue
            with pytest.raises(NoMatchError, match=rf"without {flag} \({len(models)} not stated\)") as caught:
                packaged.select(scope=provider, require=[flag], at=AT)
            assert "unless the question states unknown 'likely' or 'yes'" in str(caught.value)
            assert caught.value.removed[f"without {flag}"] == (len(models), len(models))
            assert packaged.list_models(provider, require=[flag], unknown="yes") == models
            assert packaged.list_models(provider, forbid=[flag]) == models

    def test_a_likely_fact_is_used_when_it_is_asked_for(self, packaged: Snapshot, whole: oracle.Plain) -> None:
        """CH12: no rule is the same as `no`, and what is likely is less than what is not stated."""
        likely = [(key, name) for key, names in whole.likely.items() for name in names]
        assert len(likely) > 50
        levels: tuple[Unknown, ...] = ("no", "likely", "yes")
        for key, name in likely[:: len(likely) // 50]:
            found = {
                unknown: {one.key for one in packaged.list_models(key[0], require=[name], unknown=unknown)}
                for unknown in levels
            }
            assert key not in found["no"]
            assert key in found["likely"]
            assert found["no"] < found["likely"] <= found["yes"]

    @pytest.mark.parametrize("flag", ["tools_strict", "tools_parallel"])
    @pytest.mark.parametrize("provider", ["openai", "anthropic", "google"])
    def test_the_newest_models_state_what_their_line_states(self, packaged: Snapshot, provider: str, flag: str) -> None:
        """CH15 and CH16: a curated rule is an open pattern."""
        if any(one.stated(flag) for one in packaged.list_models(provider)):
            newest_one = packaged.select(require=["tools"], scope=provider, at=AT)
            assert packaged.select(require=["tools", flag], scope=provider, at=AT) == newest_one

    def test_several_scopes_are_their_union(self, packaged: Snapshot) -> None:
        """CH17 and CH18: prices are compared across them."""
        three = ["openai", "anthropic", "google"]
        together = packaged.candidates(scope=three, order_by="price", at=AT)
        apart = [packaged.candidates(scope=one, order_by="price", at=AT) for one in three]
        assert sorted(one.key for one in together) == sorted(one.key for found in apart for one in found)
        assert price(together[0]) == min(price(found[0]) or 0 for found in apart)
        assert packaged.candidates(scope=[*three, "all"], at=AT) == packaged.candidates(scope="all", at=AT)
        listed = packaged.list_models(scope=three, require=["tools"])
        assert [one.key for one in listed] == sorted(one.key for one in listed)
        assert {one.provider for one in listed} == {*three}
        for empty in ([], (), {}):
            for ask in (packaged.select, packaged.candidates, packaged.list_models):
                with pytest.raises(InvalidArgumentError, match="scope: expected a provider"):
                    ask(scope=empty)  # type: ignore[arg-type]
        with pytest.raises(InvalidArgumentError, match="scope: the provider is already given"):
            packaged.list_models("openai", scope="google")

    def test_vision_is_input_of_images(self, packaged: Snapshot) -> None:
        """CH19."""
        for name in ("image", "audio", "video", "pdf"):
            found = packaged.list_models(input=name)
            assert found == [one for one in packaged.list_models() if name in one.modalities.input]
        assert packaged.select(output="image", at=AT).modalities.output.count("image") == 1
        for word in ("vision", "image"):
            with pytest.raises(UnknownCapabilityError, match=r"input=\['image'\]"):
                packaged.select(require=[word])

    def test_numbers_are_conditions(self, packaged: Snapshot) -> None:
        """CH20."""
        found = packaged.candidates(
            min_context=200_000, min_output=32_000, max_price_input=1, max_price_output=5, input="image",
            released_after="2026-01-01", scope=["openai", "anthropic", "google"], at=AT,
        )  # fmt: skip
        assert found
        for one in found:
            assert (one.limits.context or 0) >= 200_000
            assert (one.limits.output or 0) >= 32_000
            assert one.cost.input is not None
            assert one.cost.input <= 1
            assert one.cost.output is not None
            assert one.cost.output <= 5
            assert (one.release_date or "") > "2026-01-01"
        assert all(one.open_weights is True for one in packaged.candidates(open_weights=True, at=AT))
        families = {one.family for one in packaged.candidates(family=["gpt", "claude-opus"], at=AT)}
        assert families == {"gpt", "claude-opus"}

    @pytest.mark.parametrize(
        "day", ["2023-12-31", "2024-01-01", "2024-02-28", "2024-02-29", "2025-06-15", "2026-01-30"]
    )
    def test_a_month_is_after_a_day_if_all_of_its_days_are(self, packaged: Snapshot, day: str) -> None:
        """And it is stated: only a model without a date is counted as one of which the date is not stated."""
        every = packaged.list_models()
        months = [one for one in every if len(one.release_date or "") == len("2026-01")]
        undated = [one for one in every if one.release_date is None]
        assert len(months) > 100
        assert undated
        found = {one.key for one in packaged.list_models(released_after=day)}
        for one in months:
            first = datetime.date.fromisoformat(f"{one.release_date}-01")
            days = (first + datetime.timedelta(number) for number in range(31))
            own = [each for each in days if each.month == first.month]
            assert (one.key in found) == all(each > datetime.date.fromisoformat(day) for each in own)
        with pytest.raises(NoMatchError) as caught:
            packaged.select(released_after=day, match="no:such")
        says = f"not released after {day}"
        assert caught.value.removed[says] == (len(every) - len(found), len(undated))

    @pytest.mark.parametrize("order", ["context", "release"])
    def test_a_price_has_no_part_in_another_order(self, order: str) -> None:
        """Whatever the prices of the models are, also where one is unknown or 0; only the next order asks."""
        sizes = dict(zip("abcd", (4, 3, 3, 1), strict=True))
        facts: dict[str, Any] = {
            name: {"limits": {"context": 1000 * n}, "release_date": f"2026-01-0{n}"} for name, n in sizes.items()
        }
        costs: list[dict[str, Any]] = [{}, {"input": 1}, {"input": 0, "output": 0}, {"input": 2, "output": 3}]
        then: Any = [order, "price"]
        for prices in itertools.permutations(costs):
            data = {name: {**one, "cost": cost} for (name, one), cost in zip(facts.items(), prices, strict=True)}
            catalogue = Snapshot(catalogues.made_up({"p": data}))
            given: Any = order
            assert [one.id for one in catalogue.candidates(order_by=given, at=AT)] == [*facts]
            ranks = [3 if "output" not in cost else 1 if cost["output"] else 2 for cost in prices[1:3]]
            equals = [one.id for one in catalogue.candidates(order_by=then, at=AT)][1:3]
            assert equals == (["c", "b"] if ranks[1] < ranks[0] else ["b", "c"])

    def test_of_a_month_the_days_are_newer(self) -> None:
        """In the order of release, a month stands behind its days, which may all be newer."""
        days = {name: {"release_date": name} for name in ("2026-03", "2026-03-31", "2026-02-28", "2026-03-01")}
        catalogue = Snapshot(catalogues.made_up({"a": {**days, "none": {}}}))
        found = [one.id for one in catalogue.candidates(order_by="release", at=AT)]
        assert found == ["2026-03-31", "2026-03-01", "2026-03", "2026-02-28", "none"]

    def test_a_list_ranks_by_preferred_providers(self, packaged: Snapshot) -> None:
        """CH17: no argument is silently without effect."""
        plain = packaged.list_models(scope=["anthropic", "openai"], match="*-5*", at=AT)
        ranked = packaged.list_models(scope=["anthropic", "openai"], match="*-5*", at=AT, prefer=["openai"])
        assert (plain[0].provider, ranked[0].provider) == ("anthropic", "openai")
        assert sorted(one.key for one in ranked) == [one.key for one in plain]

    def test_a_list_of_orders(self, packaged: Snapshot, whole: oracle.Plain) -> None:
        """CH21: the next order decides among equals; a list has orders, too."""
        orders: Any = ["price", "context"]
        answer = Answer(packaged, whole, {"order_by": orders, "scope": "openrouter"})
        known = answer.paid()
        paid = [one for one in answer.every if one in known and one.limits.context]
        pairs = [(one, two) for one, two in itertools.pairwise(paid) if price(one) == price(two)]
        contexts = [
            ((one.limits.context or 0), (two.limits.context or 0))
            for one, two in pairs
            if not any(whole.is_far(each.key, "limits", "context", 4) for each in (one, two))
        ]
        assert len(contexts) > 5
        assert all(one >= two for one, two in contexts)
        listed = packaged.list_models("openrouter", order_by=orders, kind="chat", lifecycle="current", at=AT)
        assert listed == answer.every
        by_id = packaged.candidates(order_by=["id", "price"], scope="openai", at=AT)
        assert by_id == packaged.candidates(order_by="id", scope="openai", at=AT)


# Made-up catalogues, in which everything occurs that a condition or an order looks at.

IDS = ["m", "n", "m-preview", "n-exp-2", "deep-research-1", "x-guard", "z-latest", "a/b:free", "text-embedding-1",
       "n-beta-2", "alpha-7b"]  # fmt: skip
WORDS = ["Alpha", "beta", "g d"]
DAYS = ["2026-01", "2026-01-01", "2026-03-05", "2026-11-30"]
PRICES = st.sampled_from([0, 0.5, 1, 2, 8, 100])
SIDES = st.lists(st.sampled_from(["text", "image", "audio"]), max_size=2, unique=True)
MODEL = st.fixed_dictionaries(
    {},
    optional={
        "cost": st.fixed_dictionaries({}, optional={"input": PRICES, "output": PRICES}),
        "limits": st.fixed_dictionaries(
            {},
            optional={"context": st.sampled_from([1000, 4000, 8000, 100_000]), "output": st.sampled_from([100, 900])},
        ),
        "release_date": st.sampled_from(DAYS),
        "canonical": st.sampled_from(["p/m", "q/n", "maker/m"]),
        "family": st.sampled_from(WORDS),
        "kind": st.sampled_from(["chat", "embedding", "image"]),
        "tags": st.lists(
            st.sampled_from([*WORDS, "guard", "moving", "special"]), min_size=1, max_size=2, unique=True
        ),  # an entry with an empty list has none, not even those that rules add
        "open_weights": st.booleans(),
        "status": st.sampled_from(["alpha", "beta", "stable"]),
        "deprecated": st.booleans(),
        "retires": st.sampled_from(["2026-11-25", "2026-11-26", "2027-01-01"]),
        "modalities": st.fixed_dictionaries({"input": SIDES, "output": SIDES}),
        "capabilities": st.fixed_dictionaries(
            {}, optional={"tools": st.fixed_dictionaries({"enabled": st.booleans()}), "temperature": st.booleans()}
        ),
    },
)
FILES = st.builds(
    lambda records, billing, prefer: catalogues.made_up(
        records, {"prefer": prefer}, providers={name: {"billing": how} for name, how in billing.items()}
    ),
    st.fixed_dictionaries(
        {
            name: st.dictionaries(st.sampled_from(IDS), MODEL, min_size=least, max_size=5)
            for name, least in (("p", 1), ("q", 0), ("r", 0))
        }
    ),
    st.dictionaries(st.sampled_from(["p", "q", "r"]), st.sampled_from(["usage", "plan", "trial"])),
    st.lists(st.sampled_from(["q", "gone"]), max_size=1),
)
FLAGS = st.lists(st.sampled_from(["tools", "temperature", "embeddings", "json_schema"]), max_size=2, unique=True)


def some(*items: str) -> st.SearchStrategy[Any]:
    """One of these, or several."""
    return st.sampled_from(items) | st.lists(st.sampled_from(items), min_size=1, max_size=2, unique=True)


ASKED: dict[str, st.SearchStrategy[Any]] = {
    "require": FLAGS,
    "forbid": FLAGS,
    "unknown": st.sampled_from(["no", "likely", "yes"]),
    "scope": some("p", "q", "r", "all"),
    "kind": some("chat", "embedding", "Image"),
    "input": some("text", "image"),
    "output": some("text", "image"),
    "min_context": st.sampled_from([0, 4000, 4001, 8000.0]),
    "min_output": st.sampled_from([100, 101]),
    "max_price_input": st.sampled_from([0, 1, 2.0]),
    "max_price_output": st.sampled_from([0, 1.5]),
    "released_after": st.sampled_from(["2025-12-31", "2026-01-01"]),
    "open_weights": st.booleans(),
    "family": some("alpha", "BETA", "g d"),
    "match": some("*:m*", "P:*", "q:[mn]", "*exp*"),
    "tags": some("alpha", "g d", "guard"),
    "lifecycle": some("ga", "preview", "deprecated", "retired", "current"),
    "free": st.booleans(),
    "billing": some("usage", "Plan", "trial"),
    "at": st.sampled_from([AT, "2026-11-26", "2027-06-01"]),
}
"""A condition -> values of it."""
ORDERS = st.sampled_from(["release", "price", "context", "id"])
CONDITION_SETS = st.fixed_dictionaries({}, optional=ASKED)
CHOICES = st.fixed_dictionaries(
    {"at": ASKED["at"]},
    optional={
        **{name: values for name, values in ASKED.items() if name != "at"},
        "prefer": st.lists(st.sampled_from(["p", "q", "r"]), max_size=2),
        "order_by": ORDERS | st.lists(ORDERS, min_size=1, max_size=2),
    },
)
LAW = settings(max_examples=150, deadline=None)


def keys(models: list[Model]) -> list[Any]:
    return [model.key for model in models]


def chosen(catalogue: Snapshot, question: dict[str, Any]) -> Any:
    """What `select` gives: a key, or the counts of the error."""
    try:
        return catalogue.select(**question).key
    except NoMatchError as error:
        return error.considered, dict(error.removed)


@pytest.mark.whole
class TestLaws:
    def test_every_condition_takes_part(self) -> None:
        assert {*ASKED} == {*CONDITIONS, *OTHERS}

    @settings(max_examples=400, deadline=None)
    @given(FILES, CHOICES)
    def test_the_answers_are_those_of_a_plain_scan(self, file: SnapshotFile, question: dict[str, Any]) -> None:
        catalogue, plain = Snapshot(file), oracle.Plain(file.data)
        expected = plain.candidates(**question)
        assert keys(catalogue.candidates(**question)) == expected
        more = {name: value for name, value in question.items() if name not in ("prefer", "order_by")}
        assert chosen(catalogue, question) == (expected[0] if expected else plain.removed(**more))
        assert keys(catalogue.list_models(**more)) == plain.listed(**more)

    @LAW
    @given(FILES, CONDITION_SETS, st.sampled_from(sorted(ASKED)), st.data())
    def test_one_more_condition_never_adds_a_model(
        self, file: SnapshotFile, question: dict[str, Any], name: str, data: st.DataObject
    ) -> None:
        if name in ("unknown", "at"):  # these say how others are meant
            return
        question.pop(name, None)
        catalogue = Snapshot(file)
        more = {**question, name: data.draw(ASKED[name])}
        assert {*keys(catalogue.list_models(**more))} <= {*keys(catalogue.list_models(**question))}
        fixed: dict[str, Any] = {"kind": ["chat", "embedding"], "lifecycle": "current", "at": AT}
        if name not in fixed:
            assert {*keys(catalogue.candidates(**fixed | more))} <= {*keys(catalogue.candidates(**fixed | question))}

    @LAW
    @given(FILES, CHOICES)
    def test_the_order_of_arguments_changes_nothing(self, file: SnapshotFile, question: dict[str, Any]) -> None:
        """Nor that of a list whose items are all equal in rank."""
        ranked = ("prefer", "order_by")
        turned = {
            name: value[::-1] if isinstance(value, list) and name not in ranked else value
            for name, value in reversed(question.items())
        }
        assert keys(Snapshot(file).candidates(**turned)) == keys(Snapshot(file).candidates(**question))
        one, two = chosen(Snapshot(file), turned), chosen(Snapshot(file), question)
        assert one == two or (one[0], sorted(one[1].values())) == (two[0], sorted(two[1].values()))

    @LAW
    @given(FILES, CHOICES, st.sampled_from(["m*", "*-*", "n", "z*"]))
    def test_a_filter_is_as_if_the_models_were_not_there(
        self, file: SnapshotFile, question: dict[str, Any], pattern: str
    ) -> None:
        """But what is plausible is decided with all models of the file."""
        try:
            denied = Snapshot(file, deny={name: [pattern] for name in file.blocks})
            excluded = Snapshot(catalogues.composite(file, {"exclude": {name: [pattern] for name in file.blocks}}))
        except EmptyCatalogError:
            return
        assert {*keys(denied.candidates(**question))} == {*keys(excluded.candidates(**question))}
        question["order_by"] = ["release", "id"]
        assert keys(denied.candidates(**question)) == keys(excluded.candidates(**question))
        assert chosen(denied, question) == chosen(excluded, question)

    @LAW
    @given(FILES)
    def test_columns_are_those_of_the_models(self, file: SnapshotFile) -> None:
        read = SnapshotFile(file.data, "again").columns()
        made = columns.of_rows({name: columns.rows_of(file.block(name), {}) for name in file.blocks})
        assert read.starts == made.starts
        for name in columns.STORED:
            assert read.column(name) == made.column(name), name

    @LAW
    @given(FILES, CHOICES, st.dictionaries(st.sampled_from(IDS), MODEL, min_size=1, max_size=3), st.sampled_from("pqr"))
    def test_overrides_in_memory_give_what_the_activated_file_gives(
        self, file: SnapshotFile, question: dict[str, Any], models: dict[str, Any], provider: str
    ) -> None:
        stated = {
            "providers": [{"id": provider, "billing": "plan"}],
            "models": [{"provider": provider, "id": model, "name": "x", **one} for model, one in models.items()],
        }
        memory = catalogues.composite(file, stated)
        written = SnapshotFile(memory.data, "written")
        assert keys(Snapshot(memory).candidates(**question)) == keys(Snapshot(written).candidates(**question))
        for name in columns.STORED:
            assert memory.columns().column(name) == written.columns().column(name), name
        plain = oracle.Plain(written.data)
        assert keys(Snapshot(memory).candidates(**question)) == plain.candidates(**question)

    @LAW
    @given(FILES, CHOICES)
    def test_a_question_is_answered_the_same_again(self, file: SnapshotFile, question: dict[str, Any]) -> None:
        catalogue = Snapshot(file)
        first = catalogue.candidates(**question)
        expected = keys(first)
        first.reverse()
        first.clear()
        again = {name: [*value] if isinstance(value, list) else value for name, value in question.items()}
        assert keys(catalogue.candidates(**again)) == expected
        assert chosen(catalogue, question) == chosen(catalogue, again)
        catalogue.list_models(**{name: value for name, value in question.items() if name != "prefer"}).clear()
        assert keys(catalogue.candidates(**question)) == expected

    @LAW
    @given(FILES, CONDITION_SETS)
    def test_no_is_less_than_likely_and_likely_less_than_yes(
        self, file: SnapshotFile, question: dict[str, Any]
    ) -> None:
        found = [
            {*keys(Snapshot(file).list_models(**{**question, "unknown": unknown}))}
            for unknown in ("no", "likely", "yes")
        ]
        assert found[0] <= found[1] <= found[2]

    def test_a_model_has_one_maker_also_where_no_maker_is_stated(self) -> None:
        """A provider that is called like a missing value has made no model by that."""
        records = {"none": {"m": {"release_date": "2026-01-01"}}, "a": {"m": {"release_date": "2026-02-01"}}}
        assert Snapshot(catalogues.made_up(records)).select(at=AT).provider == "a"


def test_a_maker_is_the_provider_before_the_slash() -> None:
    """Its model comes first, though others list the same one as newer."""
    mine = {"canonical": "p/m", "release_date": "2026-01-01"}
    theirs = {"canonical": "p/m", "release_date": "2026-02-01"}
    file = catalogues.made_up({"a": {"m": theirs}, "m": {"m": theirs}, "p": {"m": mine}, "z": {"m": theirs}})
    assert keys(Snapshot(file).candidates(at=AT))[0] == ("p", "m")
    assert keys(Snapshot(file).candidates(at=AT, order_by="release"))[-1] == ("p", "m")
    assert Snapshot(file).select(at=AT).provider == "p"


@pytest.mark.parametrize(
    ("day", "expected"),
    [("2025-12-31", ["day", "month"]), ("2026-01-01", []), ("2026-01-02", [])],
)
def test_released_after_a_day_is_not_on_it(day: str, expected: list[str]) -> None:
    records = {"a": {"day": {"release_date": "2026-01-01"}, "month": {"release_date": "2026-01"}, "unknown": {}}}
    catalogue = Snapshot(catalogues.made_up(records))
    assert [model.id for model in catalogue.list_models(released_after=day)] == expected


def test_the_largest_limit_is_told_where_it_is_too_small() -> None:
    catalogue = Snapshot(catalogues.made_up({"a": {"m": {"limits": {"context": 8000}}}}))
    with pytest.raises(NoMatchError) as caught:
        catalogue.select(workload={"input": 10}, kind="embedding", at=AT)
    assert dict(caught.value.largest) == {}
    with pytest.raises(NoMatchError, match="the largest limit is 8,000") as caught:
        catalogue.select(workload={"input": 9000}, at=AT)
    assert [*caught.value.largest.values()] == [8000]


def test_answers_are_kept_up_to_a_number(monkeypatch: pytest.MonkeyPatch) -> None:
    """After it all are forgotten, so that a program with ever other questions does not grow."""
    monkeypatch.setattr(selection, "MOST", 2)
    catalogue = Snapshot(catalogues.made_up({"a": {"m": {}}}))
    kept = []
    for least in (1, 1, 2, 3, 4, 4):
        catalogue.candidates(min_context=least, at=AT)
        kept.append(len(catalogue.view.fitting))
    assert kept == [1, 1, 2, 1, 2, 2]


# Wrong arguments

TEXT_LIKE = ["kind", "input", "output", "family", "tags", "match", "lifecycle", "billing"]
NUMBERS = ["min_context", "min_output", "max_price_input", "max_price_output"]
HUGE = 10**5000
WRONG = {
    **{
        name: ["", " ", [], {}, (), 5, True, b"text", [""], ["a", 5], [None], [["a"]], object(), HUGE]
        for name in TEXT_LIKE
    },
    **{name: ["5", "", -1, -0.5, True, float("nan"), float("inf"), [], [5], {}, b"5", HUGE, -HUGE] for name in NUMBERS},
    **{name: ["yes", "", 1, 0, [], [True], b"1", 1.0] for name in ("open_weights", "free")},
    **{
        name: ["", "soon", "2026-02-30", "2026", 5, True, b"2026-01-01", [], ["2026-01-01"]]
        for name in ("released_after", "at")
    },
    "unknown": ["", "maybe", "YES", 0, False, True, [], ["no"], b"no"],
    "order_by": ["", "cheapest", "Price", 5, True, [], [[]], ["price", "x"], b"price", {"x": 1}],
    "scope": [[], (), {}],
    "prefer": [5, True],
}
NAMED = {
    **dict.fromkeys(
        ("require", "forbid"),
        (UnknownCapabilityError, ["", "tool", 5, True, b"tools", [b"tools"], [None], [[]], {"x": True}]),
    ),
    **dict.fromkeys(
        ("scope", "prefer"),
        (UnknownProviderError, ["", "opnai", b"openai", [""], [None], ["openai", "x"], [["openai"]]]),
    ),
}


@pytest.fixture(scope="module")
def small() -> Snapshot:
    return Snapshot(catalogues.made_up({"openai": {"m": {}}}))


@pytest.mark.parametrize(
    ("name", "value"),
    [(name, value) for name, values in WRONG.items() for value in values],
    ids=lambda one: str(type(one)),
)
def test_a_value_that_a_condition_does_not_take(small: Snapshot, name: str, value: Any) -> None:
    """The error names the condition, and the catalogue answers as before."""
    asks = [small.select, small.candidates, small.list_models]
    for ask in asks:
        with pytest.raises(InvalidArgumentError, match=rf"^{name}: ") as caught:
            ask(**{name: value})
        assert len(str(caught.value)) < 500
        assert "\n" not in str(caught.value)
    assert small.select().id == "m"


@pytest.mark.parametrize("name", ["require", "forbid", "scope", "prefer"])
def test_an_unknown_name(small: Snapshot, name: str) -> None:
    kind, values = NAMED[name]
    for value in values:
        for ask in (small.select, small.candidates):
            with pytest.raises(kind) as caught:
                ask(**{name: value})
            assert len(str(caught.value)) < 1_000


@pytest.mark.parametrize("name", sorted({*ASKED, "prefer", "order_by", "workload", "max_cost"}))
def test_none_is_left_out(small: Snapshot, name: str) -> None:
    given: Any = {name: None}
    assert small.select(**given) is small.select()
    assert small.candidates(**given) == small.candidates()
    assert small.list_models(**given) == small.list_models()


@pytest.mark.parametrize(
    ("name", "hint"), [("min_contxt", "'min_context'"), ("requires", "'require'"), ("Scope", "'scope'"), ("zzz", "")]
)
def test_a_condition_that_does_not_exist(small: Snapshot, name: str, hint: str) -> None:
    for ask in (small.select, small.candidates, small.list_models, llm_models.select):
        with pytest.raises(TypeError, match=rf"^unknown condition '{name}'.*{hint}"):
            ask(**{name: 5})


@pytest.mark.parametrize(
    "question",
    [
        {"order_by": "cost"},
        {"max_cost": 1},
        {"workload": {}},
        {"workload": []},
        {"workload": 5},
        {"workload": {"input": 5}, "max_cost": "x"},
    ],
)
def test_a_cost_needs_a_workload(small: Snapshot, question: dict[str, Any]) -> None:
    for ask in (small.select, small.candidates, small.list_models):
        with pytest.raises(LLMModelsError, match=r"workload|max_cost"):
            ask(**question)


def test_a_number_has_an_end() -> None:
    """Columns hold smaller ones only."""
    most = columns.MAX_NUMBER
    assert llm_models.list_models("openai", min_context=most - 1) == []
    with pytest.raises(InvalidArgumentError, match=rf"^min_context: expected a number from 0 to {most - 1:,} \(found"):
        llm_models.list_models("openai", min_context=most)


class TestTags:
    def test_all_that_are_asked_for_must_be_there(self) -> None:
        models = {"none": [], "one": ["alpha"], "two": ["alpha", "beta"], "other": ["alphabet"]}
        entries = [{"provider": "mine", "id": name, "tags": tags} for name, tags in models.items()]
        overrides = {"providers": [{"id": "mine"}], "models": entries}
        snapshot = llm_models.load(None, overrides=overrides, publish=False)

        def found(*tags: str) -> list[str]:
            return [model.id for model in snapshot.list_models("mine", tags=tags)]

        assert (found("alpha"), found("beta"), found("alpha", "beta")) == (["one", "two"], ["two"], ["two"])

    def test_a_model_without_tags_has_none(self) -> None:
        assert conditions._tagged(("none",))(None) is False


@pytest.mark.parametrize("unknown", ["no", "likely", "yes"])
def test_what_is_likely_never_forbids(unknown: str) -> None:
    """Only a flag that is asked for is met by what is likely."""
    for name in llm_models.CAPABILITIES:
        default = bool(capability_bits(llm_models.Capabilities(), {}, False) & BIT[name])
        test = conditions.flag_test(name, False, unknown)
        assert test(BIT[name] if default else 0, name) is (None if default else True)

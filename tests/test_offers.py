"""Offers: the same model at all providers, side by side."""

from __future__ import annotations

import copy
import os
import pickle
from contextlib import suppress
from typing import TYPE_CHECKING, Any
from unittest import mock

import pytest
from support import catalogues
from support.command import environment, facts, fine, here, refused, started

import llm_models
from llm_models import cli, store
from llm_models.groups import group_in
from llm_models.kinds import is_moving
from llm_models.variants import variant_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

Record = dict[str, Any]


def record(
    price: tuple[float | None, float | None] = (1, 2), canonical: str | None = "acme/m-1", **more: Any
) -> Record:
    """A record of the model `acme/m-1`, with its prices of input and output."""
    cost = {name: value for name, value in zip(("input", "output"), price, strict=True) if value is not None}
    return {**({"canonical": canonical} if canonical else {}), "cost": cost, "limits": {"context": 1000}, **more}


def catalogue(records: dict[str, dict[str, Record]], **filters: Any) -> llm_models.Snapshot:
    return llm_models.Snapshot(catalogues.made_up(records), **filters)


def specs(offers: Iterable[llm_models.Offer]) -> list[str]:
    return [offer.spec for offer in offers]


class TestTheOrder:
    def test_cheapest_first_then_unusual_unknown_and_zero(self) -> None:
        snapshot = catalogue({
            "a": {"m-1": record((0, 0))},
            "b": {"m-1": record((None, 2))},
            "c": {"m-1": record((0.1, 0.7))},
            "d": {"m-1": record((0.4, 0.4))},
            "e": {"m-1": record((0.3, 0.4))},
            "f": {"m-1": record((0.01, 0.4))},  # unusual: the median is 0.2
            "g": {"m-1": record((None, None))},
            "h": {"m-1": record((0, 0.1))},  # input alone is free
        })  # fmt: skip
        found = snapshot.offers("c:m-1")
        assert [offer.model.provider for offer in found] == ["h", "e", "c", "d", "f", "g", "b", "a"]
        assert [offer.model.provider for offer in found if offer.outliers] == ["f"]

    def test_plain_ones_then_variants_and_deprecated_ones_last(self) -> None:
        snapshot = catalogue({
            "a": {
                "m-1": record((5, 5)),
                "m-1:thinking": record((0.1, 0.1)),
                "m-1-fp8": record((0, 0)),
                "M-1-20260930": record((4, 4)),
                "m-1-old": record((3, 3), canonical="acme/m-1-old"),
            },
            "b": {"m-1": record((0.1, 0.1), deprecated=True), "m-1@eu": record((0.2, 0.1), deprecated=True)},
        })  # fmt: skip
        found = snapshot.offers("a:m-1")
        assert [(offer.spec, offer.variant) for offer in found] == [
            ("a:M-1-20260930", None),
            ("a:m-1", None),
            ("a:m-1:thinking", ":thinking"),
            ("a:m-1-fp8", "-fp8"),
            ("b:m-1", None),
            ("b:m-1@eu", "@eu"),
        ]

    def test_it_is_the_same_whichever_offer_is_asked_for(self) -> None:
        names = {"a": "m-1", "b": "acme/M-1", "c": "m_1:free"}
        snapshot = catalogue({name: {i: record((n, n), None if n == 2 else "acme/m-1")} for n, (name, i)
                              in enumerate(names.items())})  # fmt: skip
        answers = [snapshot.offers(pair) for pair in names.items()]
        assert answers[0] == answers[1] == answers[2]
        assert [(offer.model.provider, offer.derived) for offer in answers[0]] == [
            ("b", False), ("a", False), ("c", True),
        ]  # fmt: skip


class TestWhatIsLeftOut:
    def test_moving_names_and_retired_models(self) -> None:
        snapshot = catalogue({
            "a": {"m-1": record(), "m-latest": record(), "~m": record(), "m-now": record(resolves_to="m-1")},
            "b": {"m-1": record(retires=catalogues.day(-1)), "m-1b": record(retires=catalogues.day(30))},
        })  # fmt: skip
        assert specs(snapshot.offers("a:m-1")) == ["a:m-1", "b:m-1b"]
        assert snapshot.offers("b:m-1") == snapshot.offers("a:m-latest") == snapshot.offers("a:m-1")

    def test_a_moving_name_is_what_it_resolves_to(self) -> None:
        snapshot = catalogue({
            "a": {"m-latest": record(canonical="acme/m-0", resolves_to="m-1"), "m-1": record()},
            "b": {"m-0": record(canonical="acme/m-0")},
        })  # fmt: skip
        assert specs(snapshot.offers("a:m-latest")) == ["a:m-1"]

    def test_what_filters_hide(self) -> None:
        records = {"a": {"m-1": record()}, "b": {"m-1": record()}, "c": {"m-1": record()}}
        assert specs(catalogue(records, deny={"b": ["*"]}).offers("a:m-1")) == ["a:m-1", "c:m-1"]
        assert specs(catalogue(records, allow={"c": "all"}).offers("c:m-1")) == ["c:m-1"]

    def test_hidden_ones_still_tell_what_is_unusual(self) -> None:
        records = {name: {"m-1": record((8 if name == "a" else 1, 2))} for name in "abcd"}
        (offer,) = catalogue(records, allow={"a": "all"}).offers("a:m-1")
        assert {field: (one.value, one.median) for field, one in offer.outliers.items()} == {"cost.input": (8, 1)}

    def test_a_model_without_a_group_is_alone(self) -> None:
        snapshot = catalogue({"a": {"x": record(canonical=None)}, "b": {"x": record(canonical=None)}})
        (offer,) = snapshot.offers("a:x")
        assert (offer.spec, offer.variant, offer.derived, dict(offer.outliers)) == ("a:x", None, False, {})
        gone = catalogue({"a": {"x": record(canonical=None, retires=catalogues.day(-1)), "y": record()}})
        assert gone.offers("a:x") == []


class TestNames:
    def test_a_bare_id_is_enough_where_all_serve_the_same_model(self) -> None:
        records = {"a": {"m-1": record()}, "b": {"m-1": record(canonical=None)}, "c": {"m-1": record()}}
        assert specs(catalogue(records).offers("m-1")) == ["a:m-1", "b:m-1", "c:m-1"]
        records["b"]["m-1"] = record(canonical="other/m-1")
        with pytest.raises(llm_models.AmbiguousModelError):
            catalogue(records).offers("m-1")
        unknown = {name: {"x": record(canonical=None)} for name in "ab"}
        with pytest.raises(llm_models.AmbiguousModelError):
            catalogue(unknown).offers("x")

    @pytest.mark.parametrize(
        ("spec", "error"),
        [
            ("a:nope", llm_models.UnknownModelError),
            (("nobody", "m-1"), llm_models.UnknownProviderError),
            ("b:m-1", llm_models.ModelNotAllowedError),
            ("", llm_models.InvalidSpecError),
            (7, llm_models.InvalidSpecError),
        ],
    )
    def test_errors_are_those_of_resolve(self, spec: Any, error: type[Exception]) -> None:
        snapshot = catalogue({"a": {"m-1": record()}, "b": {"m-1": record()}}, deny={"b": ["*"]})
        with pytest.raises(error) as raised:
            snapshot.offers(spec)
        with pytest.raises(error) as expected:
            snapshot.resolve(spec)
        assert str(raised.value) == str(expected.value)


class TestAnOffer:
    def test_it_has_prices_limits_and_billing(self) -> None:
        stated = record((1, 2), limits={"context": 1000, "output": 50})
        stated["cost"]["cache_read"] = 0.1
        (offer,) = catalogue({"a": {"m-1": stated}}).offers("a:m-1")
        assert (offer.input, offer.output, offer.cache_read) == (1, 2, 0.1)
        assert (offer.context, offer.max_output, offer.billing) == (1000, 50, "usage")
        assert offer.to_dict() == {
            "spec": "a:m-1", "provider": "a", "id": "m-1", "canonical": "acme/m-1", "variant": None, "input": 1,
            "output": 2, "cache_read": 0.1, "context": 1000, "max_output": 50, "billing": "usage",
            "deprecated": False, "retires": None, "derived": False, "outliers": {},
        }  # fmt: skip

    def test_it_cannot_be_changed_and_can_be_copied(self) -> None:
        records = {name: {"m-1": record((8 if name == "a" else 1, 2))} for name in "abcd"}
        offer = catalogue(records).offers("a:m-1")[-1]
        assert offer.outliers
        with pytest.raises(AttributeError):
            offer.variant = "x"  # type: ignore[misc]
        with pytest.raises(TypeError):
            offer.outliers["x"] = offer  # type: ignore[index]
        assert pickle.loads(pickle.dumps(offer)) == copy.deepcopy(offer) == offer


class TestVariants:
    @pytest.mark.parametrize(
        ("model_id", "canonical", "variant"),
        [
            ("zai-org/GLM-5.2", "zhipuai/glm-5.2", None),
            ("databricks-glm-5-2", "zhipuai/glm-5.2", None),
            ("accounts/fireworks/models/glm-5p2", "zhipuai/glm-5.2", None),
            ("glm-5-2-260617", "zhipuai/glm-5.2", None),
            ("zai-org/glm-5.2-maas", "zhipuai/glm-5.2", None),
            ("green-r", "openai/gpt-oss-120b", None),  # a name of its own
            ("green-r:free", "openai/gpt-oss-120b", ":free"),
            ("gpt-oss:120b", "openai/gpt-oss-120b", None),
            ("claude-opus-4-6@default", "anthropic/claude-opus-4-6", None),
            ("claude-opus-4@20250514", "anthropic/claude-opus-4-20250514", None),
            ("anthropic--claude-4-opus", "anthropic/claude-opus-4-20250514", None),
            ("anthropic.claude-opus-4-6-v1", "anthropic/claude-opus-4-6", None),
            ("global.anthropic.claude-opus-4-6-v1", "anthropic/claude-opus-4-6", None),
            ("us-gov.openai.gpt-oss-120b-1:0", "openai/gpt-oss-120b", "us-gov."),
            ("glm-5.2@eu", "zhipuai/glm-5.2", "@eu"),
            ("amazon.nova-lite-v1:0@us", "amazon/nova-lite", "@us"),
            ("anthropic/claude-opus-4.1:thinking:1024", "anthropic/claude-opus-4-1", ":thinking:1024"),
            ("wafer/glm5.2-fast", "zhipuai/glm-5.2", "-fast"),
            ("grok-4.1-fast", "xai/grok-4.1-fast", None),  # its name
            ("grok-4.1-fast-non-reasoning", "xai/grok-4.1-fast", "-non-reasoning"),
            ("Llama-4-Scout-17B-16E-Instruct", "meta/llama-4-scout-17b-instruct", None),
            ("Llama-4-Maverick-17B-128E-Instruct-FP8", "meta/llama-4-maverick-17b-instruct", "-FP8"),
            ("claude-opus-4-int4", "anthropic/claude-opus-4", "-int4"),
            ("gemma-27b-AWQ", "google/gemma-3-27b-it", "-AWQ"),
        ],
    )
    def test_by_hand(self, model_id: str, canonical: str, variant: str | None) -> None:
        assert variant_of(model_id, canonical) == variant

    def test_of_the_packaged_data(self) -> None:
        """A mark is a part of the id, and the name of a group is no variant of itself."""
        for model in llm_models.load(config=None, publish=False).list_models():
            if model.canonical is not None:
                mark = variant_of(model.id, model.canonical)
                assert mark is None or mark in model.id
                assert variant_of(model.canonical, model.canonical) is None


class TestThePackagedData:
    @pytest.fixture
    def snapshot(self) -> llm_models.Snapshot:
        return llm_models.load(config=None, publish=False)

    @pytest.fixture
    def largest(self, snapshot: llm_models.Snapshot) -> Iterator[list[llm_models.Model]]:
        """The members of some of the largest groups, asked for by other means."""
        groups: dict[str, list[llm_models.Model]] = {}
        for model in snapshot.list_models():
            if model.canonical is not None:
                groups.setdefault(model.canonical, []).append(model)
        return iter(sorted(groups.values(), key=len, reverse=True)[:40:4])

    def test_every_current_record_of_the_model_is_offered_once(
        self, snapshot: llm_models.Snapshot, largest: Iterator[list[llm_models.Model]]
    ) -> None:
        for members in largest:
            expected = [one.spec for one in members if not (is_moving(one.id) or one.resolves_to or one.is_retired())]
            found = snapshot.offers(members[0])
            assert sorted(specs(found)) == sorted(expected)
            assert len(found) > 20
            for offer in found:
                line = snapshot.file.line(*offer.model.key)
                group = line and group_in(offer.model.provider, line)
                assert group
                assert (offer.derived, offer.model.canonical) == (group.rule == "name", members[0].canonical)

    def test_the_order(self, snapshot: llm_models.Snapshot, largest: Iterator[list[llm_models.Model]]) -> None:
        """A later offer is never cheaper, unless it is a variant, deprecated, unusual or 0."""
        for members in largest:
            found = snapshot.offers(members[0])
            marks = [(offer.model.deprecated, offer.variant is not None) for offer in found]
            assert marks == sorted(marks)
            usual = [
                (mark, offer.input + offer.output)
                for mark, offer in zip(marks, found, strict=True)
                if offer.input is not None and offer.output is not None and offer.input + offer.output
                and not {"cost.input", "cost.output"} & {*offer.outliers}
            ]  # fmt: skip
            assert [round(price, 9) for _, price in usual] == [round(price, 9) for _, price in sorted(usual)]

    def test_the_function_asks_the_published_catalogue(self) -> None:
        published = catalogues.made_up({"a": {"m-1": record()}, "b": {"m-1": record()}})
        with mock.patch.object(store, "_published", llm_models.Snapshot(published)):
            assert specs(llm_models.offers("b:m-1")) == ["a:m-1", "b:m-1"]


class TestTheCommand:
    @pytest.fixture
    def chosen(self, tmp_path: Path) -> list[str | Path]:
        file = catalogues.made_up({
            "a": {"m-1": record((1, 2)), "m-1:free": record((0, 0))},
            "b": {"m-1": record((0.5, 1234567.125), canonical=None, deprecated=True)},
            "c": {"a-very/long/path/of/a/provider/to/the/model/m-1-fp8": record((1, 2), limits={"context": 12345678})},
            "d": {"m-1": record((1, 2))}, "e": {"m-1": record((1, 2))},
            "f": {"x": record(canonical=None, retires=catalogues.day(-1))},
        })  # fmt: skip
        path = tmp_path / "snapshot.json"
        path.write_bytes(file.data)
        return ["--snapshot", path, "--config", "none"]

    def test_a_table(self, chosen: list[str | Path]) -> None:
        lines = fine("offers", "m-1", *chosen).out.splitlines()
        assert lines[0].split() == [
            "model", "variant", "$", "in", "$", "out", "$", "cache", "context", "output", "about",
        ]  # fmt: skip
        assert [line.split()[0] for line in lines[1:4]] == ["a:m-1", "d:m-1", "e:m-1"]
        assert "-fp8" in lines[4]
        assert lines[4].endswith("(unusual: context)")
        assert lines[6].split()[:3] == ["b:m-1", "0.5", "1234567.125"]
        assert lines[6].endswith("(deprecated) (unusual: $ out) by name")

    def test_json(self, chosen: list[str | Path]) -> None:
        told = facts("offers", "b:m-1", *chosen)
        assert [one["spec"] for one in told][-1] == "b:m-1"
        assert told[-1]["outliers"] == {"cost.output": {"value": 1234567.125, "median": 2}}
        assert {one["canonical"] for one in told} == {"acme/m-1"}

    def test_wrong_names_and_no_offer(self, chosen: list[str | Path]) -> None:
        assert "nope" in refused(here("offers", "a:nope", *chosen))
        assert "retired" in refused(here("offers", "f:x", *chosen))
        assert "offers" in cli.cli.commands

    @pytest.mark.parametrize("columns", [40, 120, 200])
    def test_a_terminal_never_cuts_an_id_or_a_number(self, chosen: list[str | Path], columns: int) -> None:
        pty = pytest.importorskip("pty")
        terminal, theirs = pty.openpty()
        env = environment(TERM="xterm", COLUMNS=str(columns))
        shown = b""
        with started("offers", "m-1", *chosen, stdin=theirs, stdout=theirs, stderr=theirs, env=env):
            os.close(theirs)
            with suppress(OSError):  # the end, on Linux
                while part := os.read(terminal, 1 << 16):
                    shown += part
        os.close(terminal)
        text = shown.decode().replace("\r\n", "\n")
        table, _, told = text.partition("note: ")
        for whole in ("c:a-very/long/path/of/a/provider/to/the/model/m-1-fp8", "1234567.125", "b:m-1", "unusual"):
            assert whole in table
        assert bool(told) is (columns == 120)  # the narrowest has blocks, which leave out nothing
        assert ("12,345,678" in table) is ("context" not in told)
        assert columns == 40 or max(map(len, table.splitlines())) <= columns

"""From OpenRouter's answer to our records: each row of its table, each trap, and the real answer."""

from __future__ import annotations

import json
from collections import Counter
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from support import OPENROUTER, UPSTREAM
from support.catalogues import catalogue, model, provider
from support.command import facts, fine, here, refused
from support.mutations import mutated
from support.prices import bill

import llm_models
from llm_models import schema, transforms
from llm_models.errors import SourceError
from llm_models.normalize import Report, normalize
from llm_models.pipeline import build_base
from llm_models.transforms import openrouter

if TYPE_CHECKING:
    from collections.abc import Iterable

real = pytest.mark.skipif(not OPENROUTER.exists(), reason="the real answer is not here")

FULL: dict[str, Any] = {
    "id": "acme/think-2",
    "canonical_slug": "acme/think-2-20260801",
    "hugging_face_id": "acme/Think-2",
    "name": "Acme: Think 2",
    "created": 1785542400,
    "description": "Thinks.\n\nTwice.",
    "context_length": 262144,
    "architecture": {
        "modality": "text+file->text",
        "input_modalities": ["text", "file"],
        "output_modalities": ["text"],
        "tokenizer": "Other",
        "instruct_type": None,
    },
    "pricing": {
        "prompt": "0.00000045",
        "completion": "0.000003",
        "input_cache_read": "0.000000045",
        "input_cache_write": "0.0000005625",
        "input_cache_write_1h": "0.0000009",
        "internal_reasoning": "0.0000035",
        "audio": "0.000001",
        "audio_output": "0.000002",
        "input_audio_cache": "0.0000001",
        "image": "0.001",
        "image_output": "0.00003",
        "web_search": "0.01",
        "overrides": [{"min_prompt_tokens": 128000, "prompt": "0.0000009", "completion": "0.000006"}],
    },
    "top_provider": {"context_length": 131072, "max_completion_tokens": 65536, "is_moderated": True},
    "per_request_limits": None,
    "supported_parameters": ["tools", "structured_outputs", "reasoning", "parallel_tool_calls", "max_tokens"],
    "default_parameters": {"temperature": None},
    "knowledge_cutoff": "2026-01-31",
    "expiration_date": "2026-12-31",
    "reasoning": {
        "mandatory": False,
        "supported_efforts": ["high", "low"],
        "default_effort": "high",
        "supports_max_tokens": True,
    },
}


def answer(*rows: Any, **more: Any) -> dict[str, Any]:
    return {"data": list(rows), "total_count": len(rows), "links": {"next": None}, **more}


def records(*rows: Any) -> tuple[dict[str, dict[str, Any]], Counter[tuple[str, str, str]]]:
    """The records by id, each of which is valid, and what was counted."""
    report = Report()
    found = normalize(answer(*rows), openrouter, report, lambda kind, one: None if schema.accepts(kind, one) else "bad")
    return found["openrouter"]["models"], Counter(report.counts)


def one(**fields: Any) -> dict[str, Any]:
    """The record of a model with those fields, of which nothing is dropped."""
    found, counts = records({"id": "acme/m", **fields})
    assert not counts
    return found["acme/m"]


def prices(*overrides: dict[str, Any], **base: str) -> dict[str, Any]:
    return one(pricing={**base, "overrides": list(overrides)})["cost"]


class TestTable:
    def test_a_full_record(self) -> None:
        found, counts = records(FULL)
        assert counts == {("repaired", "description", "several lines or spaces joined"): 1}
        assert found["acme/think-2"] == {
            "id": "acme/think-2",
            "provider": "openrouter",
            "name": "Think 2",
            "description": "Thinks. Twice.",
            "served_as": ["acme/think-2-20260801"],
            "release_date": "2026-08-01",
            "knowledge": "2026-01-31",
            "retires": "2026-12-31",
            "open_weights": True,
            "modalities": {"input": ["text", "pdf"], "output": ["text"]},
            "limits": {"context": 262144, "output": 65536},
            "cost": {
                "input": 0.45,
                "output": 3,
                "cache_read": 0.045,
                "cache_write": 0.5625,
                "cache_write_1h": 0.9,
                "reasoning": 3.5,
                "input_audio": 1,
                "output_audio": 2,
                "cache_read_audio": 0.1,
                "fees": {"web_search": 10},
                "tiers": [{"context_over": 127999, "input": 0.9, "output": 6}],
            },
            "capabilities": {
                "attachments": True,
                "temperature": False,
                "tools": {"enabled": True, "parallel": True},
                "json": {"native": True, "schema": True},
                "reasoning": {"enabled": True, "toggle": True, "efforts": ["high", "low"], "budget": True},
            },
            "extra": {
                "openrouter": {
                    "hugging_face_id": "acme/Think-2",
                    "pricing": {"image_output": "0.00003"},
                    "reasoning": {"default_effort": "high"},
                }
            },
        }

    def test_the_provider_is_stated_here(self) -> None:
        (part,) = normalize(answer(FULL), openrouter, Report(), lambda *_: None).values()
        assert part["provider"] == {
            "id": "openrouter",
            "name": "OpenRouter",
            "base_url": "https://openrouter.ai/api/v1",
            "env": ["OPENROUTER_API_KEY"],
            "doc": "https://openrouter.ai/models",
        }

    def test_null_and_empty_text_state_nothing(self) -> None:
        empty = {key: None for key in FULL if key != "id"} | {"hugging_face_id": "", "pricing": {"prompt": None}}
        assert one(**empty) == {"id": "acme/m", "provider": "openrouter"}

    def test_a_moving_name_and_its_target(self) -> None:
        """They come in any order, and the target's values are taken."""
        moving = {"id": "~acme/think-latest", "alias_target": {"name": "Acme: Think 2", "slug": "acme/think-2"}}
        moving |= {"canonical_slug": "~acme/think-latest", "pricing": {"prompt": "0.000007"}}
        file, _ = build_base(json.dumps(answer(moving, FULL)).encode(), "made-up.json", "openrouter", curated=[])
        model = llm_models.Snapshot(file).get_model("openrouter", "~acme/think-latest")
        assert (model.resolves_to, model.cost.input, model.limits.context) == ("acme/think-2", 0.45, 262144)
        assert model.served_as == ()

    @pytest.mark.parametrize(
        ("theirs", "names"),
        [
            ([("a/x", "a/x-2026"), ("a/y", "a/y-2026")], {"a/x": ["a/x-2026"], "a/y": ["a/y-2026"]}),
            ([("a/x", "a/x")], {}),  # its own id
            ([("a/x", "a/x-2026"), ("a/x:free", "a/x-2026"), ("a/x:batch", "a/x-2026")], {"a/x": ["a/x-2026"]}),
            ([("a/x:free", "a/x-2026")], {}),
            ([("a/x", "s"), ("a/y", "s")], {}),  # the slug of another record
            ([("a/x", "a/y"), ("a/y", "a/y-2026")], {"a/y": ["a/y-2026"]}),  # the id of another record
            ([("a/x", "a/y:free"), ("a/y:free", "a/y")], {}),
        ],
    )
    def test_a_slug_is_a_served_id_where_it_means_one_record(self, theirs: Any, names: dict[str, Any]) -> None:
        found, counts = records(*({"id": name, "canonical_slug": slug} for name, slug in theirs))
        assert {name: model["served_as"] for name, model in found.items() if "served_as" in model} == names
        assert not counts

    @pytest.mark.parametrize(
        ("parameters", "flags"),
        [
            ([], {}),
            (["max_tokens"], {"temperature": False, "tools": {"enabled": False}}),
            (["tools", "temperature"], {"temperature": True, "tools": {"enabled": True}}),
            (["parallel_tool_calls"], {"temperature": False, "tools": {"enabled": False, "parallel": True}}),
        ],
    )
    def test_the_parameters_are_a_whole_list(self, parameters: list[str], flags: dict[str, Any]) -> None:
        """Only the presence of `parallel_tool_calls` is information; an empty list is none."""
        found = one(supported_parameters=parameters).get("capabilities", {})
        assert {key: found[key] for key in ("temperature", "tools") if key in found} == flags

    @pytest.mark.parametrize(
        ("parameters", "native", "takes_schema"),
        [
            (["response_format"], True, False),
            (["structured_outputs"], True, True),
            (["structured_outputs", "response_format"], True, True),
            (["tools"], False, False),
        ],
    )
    def test_plain_json_is_not_a_schema(self, parameters: list[str], native: bool, takes_schema: bool) -> None:
        assert one(supported_parameters=parameters)["capabilities"]["json"] == {
            "native": native,
            "schema": takes_schema,
        }

    @pytest.mark.parametrize(
        ("parameters", "reasoning", "expected"),
        [
            (["include_reasoning"], {"mandatory": True}, {"enabled": True, "toggle": False}),
            (["reasoning"], {"mandatory": False}, {"enabled": True, "toggle": True}),
            (["reasoning"], None, {"enabled": True}),
            (["tools"], {"mandatory": False, "supported_efforts": ["low"]}, {"enabled": False}),
            (None, {"mandatory": True, "supported_efforts": []}, {"toggle": False}),
        ],
    )
    def test_reasoning(self, parameters: Any, reasoning: Any, expected: dict[str, Any]) -> None:
        """Who takes no parameter of it cannot switch it, whatever else is stated."""
        found = one(supported_parameters=parameters, reasoning=reasoning)
        assert found["capabilities"]["reasoning"] == expected

    @pytest.mark.parametrize(("inputs", "attachments"), [(["text"], False), (["text", "image"], True), ([], None)])
    def test_attachments_are_anything_but_text(self, inputs: list[str], attachments: bool | None) -> None:
        found = one(architecture={"input_modalities": inputs})
        assert found.get("capabilities", {}).get("attachments") is attachments

    @pytest.mark.parametrize(
        ("theirs", "ours"), [("2098-12-31", None), ("2026-12-31", "2026-12-31"), ("2026-12-31T00:00:00Z", "2026-12-31")]
    )
    def test_an_expiration_date(self, theirs: str, ours: str | None) -> None:
        found, _ = records({"id": "a", "expiration_date": theirs})
        assert found["a"].get("retires") == ours

    @pytest.mark.parametrize(("theirs", "ours"), [("A: B", "B"), ("B", "B"), ("A: B: C", "B: C"), ("A:B", "A:B")])
    def test_a_name_is_without_that_of_the_maker(self, theirs: str, ours: str) -> None:
        assert one(name=theirs)["name"] == ours

    def test_what_is_unknown_is_not_free(self) -> None:
        found, counts = records({"id": "a", "pricing": {"prompt": "-1", "completion": "0"}, "context_length": 0})
        assert found["a"] == {"id": "a", "provider": "openrouter", "cost": {"output": 0}}
        assert counts == {
            ("dropped", "pricing.prompt", "-1 means unknown"): 1,
            ("dropped", "context_length", "0 means unknown"): 1,
        }

    def test_a_new_key_is_kept(self) -> None:
        found = one(pricing={"prompt": "0.000001", "video": "0.1"}, speed={"p50": 80})
        assert found["extra"] == {"openrouter": {"pricing": {"video": "0.1"}, "speed": {"p50": 80}}}


class TestOverrides:
    """Of the entries that apply to a request, a later one wins for each price; the base price holds for the rest."""

    def test_a_larger_size_has_what_smaller_ones_state(self) -> None:
        cost = prices(
            {"min_prompt_tokens": 32000, "prompt": "0.000002", "input_cache_read": "0.0000002"},
            {"min_prompt_tokens": 128000, "prompt": "0.000003", "completion": "0.000009"},
            prompt="0.000001",
        )
        assert cost["tiers"] == [
            {"context_over": 31999, "input": 2, "cache_read": 0.2},
            {"context_over": 127999, "input": 3, "output": 9, "cache_read": 0.2},
        ]

    def test_a_window(self) -> None:
        entry = {"utc_start": 1630, "utc_end": 30, "utc_days": ["monday", "sunday"], "prompt": "0.0000005"}
        cost = prices(entry, prompt="0.000001")
        assert cost == {"input": 1, "hours": [{"utc": ["16:30", "00:30"], "days": ["mon", "sun"], "input": 0.5}]}

    def test_days_without_hours_and_hours_without_days(self) -> None:
        weekend = {"utc_days": ["saturday", "sunday"], "prompt": "0.0000005"}
        assert prices(weekend)["hours"] == [{"utc": ["00:00", "24:00"], "days": ["sat", "sun"], "input": 0.5}]
        assert prices({"utc_start": 100, "utc_end": 400, "prompt": "0"})["hours"] == [
            {"utc": ["01:00", "04:00"], "input": 0}
        ]

    def test_long_requests_in_a_window(self) -> None:
        """The order decides: a size that is stated after the window wins inside of it, one before it does not."""
        window = {"utc_start": 0, "utc_end": 1200, "prompt": "0.000002"}
        long = {"min_prompt_tokens": 1001, "prompt": "0.000005", "completion": "0.000007"}
        base = {"prompt": "0.000001", "completion": "0.000003"}
        for entries, inside in (((window, long), 5), ((long, window), 2)):
            cost = prices(*entries, **base)
            for hour, small, large in (("06", 2, inside), ("18", 1, 5)):
                at = f"2026-09-01T{hour}:00:00Z"
                assert bill(cost, at, input=1000).total == Decimal(small * 1000) / 1_000_000
                assert bill(cost, at, input=2000, output=1000).total == Decimal(large * 2000 + 7000) / 1_000_000

    @pytest.mark.parametrize(
        ("entry", "place", "why"),
        [
            ({"prompt": "0"}, "", "an entry without a known condition"),
            ({"max_prompt_tokens": 5, "prompt": "0"}, "", "an entry without a known condition"),
            ({"min_prompt_tokens": 1.5, "prompt": "0"}, "", "an entry of unknown size"),
            ({"min_prompt_tokens": "many", "prompt": "0"}, "", "an entry of unknown size"),
            ({"min_prompt_tokens": 9, "utc_start": 100, "prompt": "0"}, "", "an entry with half a window"),
            ({"utc_start": 100, "utc_end": 100, "prompt": "0"}, "", "an entry with an empty window"),
            ({"utc_start": 2400, "utc_end": 100, "prompt": "0"}, "", "an entry with an empty window"),
            ({"utc_start": 160, "utc_end": 1000, "prompt": "0"}, "", "an entry of unknown hours"),
            ({"utc_start": 0, "utc_end": 2500, "prompt": "0"}, "", "an entry of unknown hours"),
            ({"utc_days": ["mon"], "prompt": "0"}, "", "an entry of unknown days"),
            ({"min_prompt_tokens": 9, "prompt": "free"}, ".prompt", "expected a price as a number"),
            (3, "", "an entry that is no object"),
        ],
    )
    def test_what_is_not_understood_does_not_hold(self, entry: Any, place: str, why: str) -> None:
        good = {"min_prompt_tokens": 101, "prompt": "0.000002"}
        found, counts = records({"id": "a", "pricing": {"prompt": "0.000001", "overrides": [entry, good]}})
        assert found["a"]["cost"] == {"input": 1, "tiers": [{"context_over": 100, "input": 2}]}
        assert counts == {("dropped", f"pricing.overrides{place}", why): 1}

    def test_windows_do_not_overlap(self) -> None:
        """A request has one price: the later window is left out."""
        night = {"utc_start": 2200, "utc_end": 600, "prompt": "0"}
        morning = {"utc_start": 500, "utc_end": 900, "prompt": "0.000003"}
        found, counts = records({"id": "a", "pricing": {"overrides": [night, morning]}})
        assert found["a"]["cost"]["hours"] == [{"utc": ["22:00", "06:00"], "input": 0}]
        assert counts == {("dropped", "pricing.overrides.utc_start", "windows that overlap"): 1}

    def test_a_new_price_or_condition_keeps_the_whole_list(self) -> None:
        entries = [{"min_prompt_tokens": 9, "prompt": "0.000002", "video": "1"}]
        assert one(pricing={"overrides": entries})["extra"]["openrouter"]["pricing"] == {"overrides": entries}


class TestDocument:
    @pytest.mark.parametrize(
        ("more", "why"),
        [
            ({"links": {"next": "/api/v1/models?page=2"}}, "one page of a longer list"),
            ({"total_count": 500}, "not the whole list (found 1 models, expected 500)"),
        ],
    )
    def test_a_part_of_the_list_is_refused(self, more: dict[str, Any], why: str) -> None:
        """A catalogue of it would lack models without a word."""
        Path("page.json").write_text(json.dumps(answer(FULL, **more)))
        for command in (
            ("activate", "--from", "page.json", "--source", "openrouter"),
            ("pull", "--source", "openrouter", "--url", "page.json", "--out", "stored.json"),
        ):
            message = refused(here(*command))
            assert message.startswith("llm-models: page.json: is ")
            assert why in message
        assert not Path("stored.json").exists()

    def test_a_pull_that_replaces_another_source_says_so(self) -> None:
        Path("page.json").write_text(json.dumps(answer(FULL)))
        Path("api.json").write_bytes(catalogue(provider("openai", model("m"))))
        fine("pull", "--url", "api.json")
        again = "upstream.json had the catalogue of models_dev, which this one replaces"
        pull = ("pull", "--source", "openrouter", "--url", "page.json")
        assert again in fine(*pull).err
        assert "replaces" not in fine(*pull).err

    @pytest.mark.parametrize("document", [[], {}, {"data": {}}, {"data": []}, {"models": [FULL]}, None, 3])
    def test_another_shape_is_no_answer(self, document: Any) -> None:
        with pytest.raises(SourceError, match="is not a catalogue of OpenRouter: no provider with models"):
            transforms.read(json.dumps(document).encode(), "x.json", "openrouter")

    @pytest.mark.parametrize("more", [{"links": 3}, {"links": None}, {"total_count": "many"}, {"total_count": True}])
    def test_odd_frames_are_read(self, more: dict[str, Any]) -> None:
        assert transforms.read(json.dumps(answer(FULL, **more)).encode(), "x", "openrouter")[1]["models"] == 1

    def test_rows_that_are_no_models_are_counted(self) -> None:
        found, counts = records(FULL, 3, {"name": "x"}, {"id": 7}, [], {**FULL, "name": "again"})
        assert list(found) == ["acme/think-2"]
        assert sum(count for key, count in counts.items() if key[0] == "record dropped") == 5


def leaves(value: Any, path: tuple[str, ...] = ()) -> Iterable[tuple[tuple[str, ...], Any]]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield from leaves(item, (*path, key))
    else:
        yield path, value


FROM = {
    "alias_target": ("resolves_to",),
    "architecture": ("modalities", "capabilities.attachments"),
    "canonical_slug": ("served_as",),
    "context_length": ("limits.context",),
    "created": ("release_date",),
    "expiration_date": ("retires",),
    "hugging_face_id": ("open_weights", "extra.openrouter.hugging_face_id"),
    "knowledge_cutoff": ("knowledge",),
    "pricing": ("cost", "extra.openrouter.pricing"),
    "reasoning": ("capabilities.reasoning", "extra.openrouter.reasoning"),
    "supported_parameters": ("capabilities", "extra.openrouter.reasoning"),
    "top_provider": ("limits.output",),
}
"""What of our record comes from a key of theirs; any other key is ours, too, or left out."""


class TestHostile:
    @pytest.mark.whole
    @settings(max_examples=600, deadline=None)
    @given(mutated(FULL))
    def test_only_what_is_wrong_is_lost(self, mutation: Any) -> None:
        (key, *_), row = mutation
        whole, _ = records(FULL)
        found, counts = records(row, {**FULL, "id": "acme/other", "canonical_slug": "acme/other-1"})
        assert found["acme/other"]["limits"] == whole["acme/think-2"]["limits"]
        if key == "id":
            assert len(found) + sum(counts[one] for one in counts if one[0] == "record dropped") == 2
            return
        fields = FROM.get(key, (key,))
        ours = dict(leaves(found["acme/think-2"]))
        for path, value in leaves(whole["acme/think-2"]):
            if not any(f"{'.'.join(path)}.".startswith(f"{field}.") for field in fields):
                assert ours[path] == value

    @pytest.mark.parametrize("slug", ["\x00", " a", "x" * 400, "", 3])
    def test_another_id_that_cannot_be_one_is_dropped_alone(self, slug: Any) -> None:
        found, counts = records({"id": "a", "name": "A", "canonical_slug": slug, "alias_target": {"slug": slug}})
        assert found["a"] == {"id": "a", "provider": "openrouter", "name": "A"}
        assert {key[0] for key in counts} <= {"dropped"}

    def test_a_list_of_many_overrides_is_dropped(self) -> None:
        many = [{"min_prompt_tokens": size, "prompt": "0"} for size in range(2, 200)]
        found, counts = records({"id": "a", "pricing": {"prompt": "0", "overrides": many}})
        assert found["a"]["cost"] == {"input": 0}
        assert counts == {("dropped", "pricing.overrides", "more than 100 entries"): 1}


@cache
def theirs() -> dict[str, dict[str, Any]]:
    found, counts = records(*json.loads(OPENROUTER.read_bytes())["data"])
    assert {key[0] for key in counts} == {"dropped", "repaired"}
    return found


KEPT = {
    "hugging_face_id",
    "pricing.image_output",
    "reasoning.default_effort",
    "reasoning.default_enabled",
}
"""What of the real answer stays in `extra`: a repository, a price of unknown unit, and what a request gets unasked."""


@real
class TestRealAnswer:
    def test_every_key_is_taken_kept_or_left_out_by_name(self) -> None:
        """`Record` keeps what no table names, so a key that is neither taken nor left out would be here."""
        kept = {
            ".".join(path)
            for one in theirs().values()
            for path, _ in leaves(one.get("extra", {}).get("openrouter", {}))
        }
        assert kept == KEPT
        stated = {
            ".".join(path[:depth])
            for row in json.loads(OPENROUTER.read_bytes())["data"]
            for path, _ in leaves(row)
            for depth in range(1, len(path) + 1)
        }
        assert set(openrouter.LEFT_OUT) <= stated

    def test_what_it_states(self) -> None:
        fields = Counter(field for one in theirs().values() for field in one)
        assert (len(theirs()), fields["resolves_to"], fields["served_as"], fields["retires"]) == (413, 11, 183, 2)
        classes = Counter(name for one in theirs().values() for name in one.get("cost", {}))
        assert (classes["tiers"], classes["cache_write_1h"], classes["cache_read_audio"], classes["fees"]) == (
            59,
            32,
            27,
            157,
        )
        assert sum("cost" not in one for one in theirs().values()) == 5
        assert all(one["resolves_to"] in theirs() for one in theirs().values() if "resolves_to" in one)

    @pytest.mark.skipif(not UPSTREAM.exists(), reason="the upstream file is not here")
    @pytest.mark.parametrize(
        ("field", "same", "differ"),
        [
            ("limits.context", 308, 13),
            ("limits.output", 210, 73),
            ("cost.input", 262, 55),
            ("cost.output", 269, 48),
            ("modalities.output", 321, 0),
            ("open_weights", 147, 0),
            ("capabilities.attachments", 321, 0),
            ("capabilities.temperature", 317, 1),
            ("capabilities.tools.enabled", 316, 2),
            ("capabilities.json.schema", 312, 6),
            ("capabilities.reasoning.enabled", 318, 0),
            ("capabilities.reasoning.efforts", 89, 0),
            ("capabilities.reasoning.budget", 8, 0),
        ],
    )
    def test_how_far_it_agrees_with_models_dev(self, field: str, same: int, differ: int) -> None:
        """Of the 321 models in both, where both state the field. A wrong unit or key would show here."""
        counts = Counter(
            sorted(ours) == sorted(its) if isinstance(ours, list) else ours == its
            for name, model in theirs().items()
            if name in models_dev()
            for ours, its in [(at(models_dev()[name], field), at(model, field))]
            if ours is not None and its is not None
        )
        assert (counts[True], counts[False]) == (same, differ)

    def test_activated(self) -> None:
        how = ("--config", "none", "--from", OPENROUTER, "--source", "openrouter", "--out", "made.json", "--force")
        assert "413 models of 1 provider" in fine("activate", *how).out
        snapshot = llm_models.load(config=None, snapshot=Path("made.json").absolute(), publish=False)
        assert list(snapshot.list_providers()) == ["openrouter"]
        assert snapshot.get_provider("openrouter").base_url == "https://openrouter.ai/api/v1"
        moving = snapshot.get_model("openrouter", "~openai/gpt-latest")
        assert moving.cost == snapshot.get_model("openrouter", str(moving.resolves_to)).cost
        assert snapshot.resolve("openrouter:openai/gpt-5.4-20260305").id == "openai/gpt-5.4"

    def test_pulled(self) -> None:
        row = facts("pull", "--source", "openrouter", "--url", OPENROUTER, "--out", "stored.json")
        assert (row["source"], row["providers"], row["models"]) == ("openrouter", 1, 413)


def at(record: Any, field: str) -> Any:
    for key in field.split("."):
        record = record.get(key) if isinstance(record, dict) else None
    return record


@cache
def models_dev() -> dict[str, dict[str, Any]]:
    document = json.loads(UPSTREAM.read_bytes())
    only = {"openrouter": document["openrouter"]}
    found = normalize(only, transforms.transform("models_dev"), Report(), lambda *_: None)
    return found["openrouter"]["models"]

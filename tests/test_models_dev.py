"""From models.dev to our records: each thing that the real data holds, in its real spelling, and each fault."""

from __future__ import annotations

import copy
import json
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from support import catalogues
from support.catalogues import of_source

from llm_models import validation
from llm_models.errors import AmbiguousModelError, EmptyCatalogError, SourceError
from llm_models.observations import observed_file
from llm_models.snapshot import Snapshot
from llm_models.snapshot_file import SnapshotFile
from llm_models.timeline import History
from llm_models.timeline_fold import extended, nothing
from llm_models.timeline_writer import encode

if TYPE_CHECKING:
    from llm_models.records import Model, Provider

HEALTHY: dict[str, Any] = {
    "id": "gpt-4o-mini",
    "name": "GPT-4o mini",
    "family": "gpt-mini",
    "attachment": True,
    "reasoning": False,
    "tool_call": True,
    "structured_output": True,
    "temperature": True,
    "knowledge": "2023-09",
    "release_date": "2024-07-18",
    "last_updated": "2024-07-18",
    "modalities": {"input": ["text", "image", "pdf"], "output": ["text"]},
    "open_weights": False,
    "limit": {"context": 128000, "output": 16384},
    "cost": {"input": 0.15, "output": 0.6, "cache_read": 0.075},
}


class Built(NamedTuple):
    """What the pipeline makes of a toy catalogue."""

    file: SnapshotFile
    counts: dict[tuple[str, str, str], int]
    seen: int
    dropped: int

    def stated(self, spec: str) -> dict[str, Any]:
        """What our catalogue says of a model because upstream said it; derived values are left out."""
        provider, _, model_id = spec.partition(":")
        block = self.file.block(provider)
        line = block.model(block.rows[model_id])
        line.pop("derived", None)
        line.pop("likely", None)
        return line

    def model(self, spec: str) -> Model:
        return Snapshot(self.file).resolve(spec)

    def provider(self, provider: str) -> Provider:
        return Snapshot(self.file).get_provider(provider)

    def ids(self, provider: str) -> list[str]:
        return self.file.block(provider).ids


def build(catalogue: dict[str, Any]) -> Built:
    """Through bytes, so that nothing is tested which JSON cannot hold; every record made is valid."""
    file, report = of_source(json.dumps(catalogue).encode())
    for provider in file.blocks:
        block = file.block(provider)
        assert validation.first_fault("provider", block.provider) is None
        for place in range(len(block.ids)):
            line = block.model(place)
            line.pop("derived", None)
            line.pop("likely", None)
            assert validation.first_fault("model", {**line, "provider": provider}) is None
    return Built(file, report.counts, report.records_seen, report.records_dropped)


def provider_of(provider: str, *models: dict[str, Any], **stated: Any) -> dict[str, Any]:
    """One provider of a catalogue, as models.dev writes it."""
    usual: dict[str, Any] = {"env": ["KEY"], "npm": "@ai-sdk/x", "name": "X", "doc": "https://x.test", "api": None}
    return {provider: catalogues.provider(provider, *models, **{**usual, **stated})}


def one(model_id: str, **fields: Any) -> Built:
    """A catalogue of one model at provider `x`: only what is given is stated."""
    return build(provider_of("x", {"id": model_id, **fields}))


def said(built: Built, spec: str, *path: str) -> Any:
    """One value that our catalogue states, None where it states none."""
    value: Any = built.stated(spec)
    for step in path:
        value = value.get(step) if isinstance(value, dict) else None
    return value


class TestIds:
    @pytest.mark.parametrize(
        "model_id",
        [
            "workers-ai/@cf/openai/gpt-oss-20b",
            "openai/gpt-oss-20b:free",
            "anthropic/claude-opus-4.6:thinking:low",
            "us.meta.llama4-maverick-17b-instruct-v1:0",
            "@cf/zai-org/glm-4.7-flash",
            "claude-opus-4@20250514",
            "~openai/gpt-latest",
            "TheDrummer 2/Anubis-70B-v1",
            "a(b)+c",
            "VongolaChouko/Starcannon-Unleashed-12B-v1.0",
            "gpt-4.1",
            "*",
            "zai-org/GLM-5.1-FP8",
            "modèle",
        ],
    )
    def test_are_kept_to_the_letter(self, model_id: str) -> None:
        """Slashes up to three, colons up to two, `@` first or inside, `~ ( ) +`, inner spaces, upper case, dots."""
        built = one(model_id)
        assert built.ids("x") == [model_id]
        assert built.model(f"x:{model_id}").id == model_id
        assert built.counts == {}

    def test_look_up_is_exact(self) -> None:
        """Upper and lower case are different ids."""
        built = one("MiniMax-M2.1")
        snapshot = Snapshot(built.file)
        assert snapshot.allowed("x:MiniMax-M2.1")
        assert not snapshot.allowed("x:minimax-m2.1")

    def test_one_id_at_several_providers_is_ambiguous(self) -> None:
        """`openai/gpt-oss-120b` stands in 23 providers at prices up to 133 x apart: they are listed, none is picked."""
        cheap = {"id": "openai/gpt-oss-120b", "cost": {"input": 0.03, "output": 0.15}}
        dear = {"id": "openai/gpt-oss-120b", "cost": {"input": 4, "output": 4}}
        built = build(provider_of("novita-ai", cheap) | provider_of("groq", dear))
        with pytest.raises(AmbiguousModelError) as caught:
            Snapshot(built.file).resolve("openai/gpt-oss-120b")
        assert caught.value.specs == ("groq:openai/gpt-oss-120b", "novita_ai:openai/gpt-oss-120b")


class TestProviders:
    @pytest.mark.parametrize(
        ("upstream", "ours"),
        [("google-vertex", "google_vertex"), ("wafer.ai", "wafer_ai"), ("302ai", "302ai"), ("v0", "v0")],
    )
    def test_ids_are_folded(self, upstream: str, ours: str) -> None:
        """`-` and `.` become `_`; a digit may come first; the upstream spelling stays in `extra.source_id`."""
        built = build(provider_of(upstream, {"id": "m"}))
        provider = built.provider(upstream)
        assert provider.id == ours
        assert provider.extra["source_id"] == upstream
        assert built.model(f"{upstream}:m").provider == ours

    def test_two_that_fold_to_one_fail_the_build(self) -> None:
        with pytest.raises(SourceError, match=r"'wafer\.ai' and 'wafer-ai' are both 'wafer_ai'"):
            build(provider_of("wafer.ai", {"id": "a"}) | provider_of("wafer-ai", {"id": "b"}))

    def test_variables_in_addresses_are_not_expanded(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """`${VAR}` in base URLs: 4 providers, 34 models; a string."""
        monkeypatch.setenv("NEON_AI_GATEWAY_BASE_URL", "https://expanded.test")
        url = "${NEON_AI_GATEWAY_BASE_URL}/ai-gateway/mlflow/v1"
        block = {"npm": "@ai-sdk/anthropic", "api": "https://${AZURE_RESOURCE_NAME}.services.ai.azure.com/anthropic/v1"}
        built = build(provider_of("neon", {"id": "m", "provider": block}, api=url))
        assert built.provider("neon").base_url == url
        assert built.model("neon:m").extra["provider"] == block

    def test_env_names_are_texts(self) -> None:
        """`302AI_API_KEY` is no POSIX name; several providers share one; the order says which is the key."""
        shared = ["XIAOMI_API_KEY"]
        built = build(
            provider_of("302ai", {"id": "m"}, env=["302AI_API_KEY"])
            | provider_of("xiaomi", {"id": "m"}, env=shared)
            | provider_of("xiaomi-token-plan-cn", {"id": "m"}, env=shared)
            | provider_of("azure", {"id": "m"}, env=["AZURE_RESOURCE_NAME", "AZURE_API_KEY"])
        )
        assert built.provider("302ai").env == ("302AI_API_KEY",)
        assert built.provider("xiaomi").env == built.provider("xiaomi_token_plan_cn").env == ("XIAOMI_API_KEY",)
        assert built.provider("azure").env == ("AZURE_RESOURCE_NAME", "AZURE_API_KEY")

    def test_npm_and_what_is_new_pass_into_extra(self) -> None:
        built = build(provider_of("x", {"id": "m"}, colour={"deep": [1, None]}))
        assert built.provider("x").extra == {"source_id": "x", "npm": "@ai-sdk/x", "colour": {"deep": (1, None)}}
        assert built.counts == {}

    def test_a_key_with_our_own_name_is_not_lost_silently(self) -> None:
        built = build(provider_of("x-y", {"id": "m"}, source_id="theirs", base_url="https://not-api.test"))
        assert built.provider("x_y").extra["source_id"] == "x-y"
        assert built.provider("x_y").extra["base_url"] == "https://not-api.test"
        assert built.provider("x_y").base_url is None
        assert built.counts == {("dropped", "source_id", "extra holds another value of that name"): 1}


class TestLimits:
    def test_zero_means_unknown(self) -> None:
        """Limits of 0: context 94, output 156. Left out, counted."""
        built = one("gpt-image-1", limit={"context": 0, "input": 0, "output": 0})
        assert said(built, "x:gpt-image-1", "limits") is None
        assert built.model("x:gpt-image-1").limits.context is None
        assert built.counts == {
            ("dropped", f"limit.{name}", "0 means unknown"): 1 for name in ("context", "input", "output")
        }

    @pytest.mark.parametrize(
        ("limit", "odd"),
        [
            ({"context": 100000, "output": 131072}, 1),
            ({"context": 32768, "output": 32768}, 0),
            ({"context": 2048, "output": 1}, 0),
            ({"context": 400000, "input": 272000, "output": 128000}, 0),
        ],
    )
    def test_odd_ones_are_kept(self, limit: dict[str, int], odd: int) -> None:
        """Output > context 84 (warned of), equal 873, output 1 in embeddings."""
        built = one("route/minimax-m2.7", limit=limit)
        assert said(built, "x:route/minimax-m2.7", "limits") == limit
        assert sum(built.counts.values()) == odd
        assert built.counts.get(("odd", "limits", "output is larger than context"), 0) == odd

    def test_a_whole_number_with_a_point_is_one(self) -> None:
        built = one("m", limit={"context": 128000.0})
        assert said(built, "x:m", "limits", "context") == 128000
        assert type(said(built, "x:m", "limits", "context")) is int
        assert [kind for kind, _, _ in built.counts] == ["repaired"]


HUGE = 1 << 63
"""The first number that no reader of a snapshot file takes."""


def mode(value: float) -> dict[str, Any]:
    """A mode of a model, with a value in its request."""
    return {"provider": {"body": {"service_tier": value}}, "cost": {"input": 1}}


class TestWhatNoFileHolds:
    """It is dropped and counted, so what is written can be read."""

    @pytest.mark.parametrize(
        ("fields", "place"),
        [
            ({"limit": {"context": HUGE}}, "limit.context"),
            ({"limit": {"output": float(HUGE)}}, "limit.output"),
            ({"new": HUGE}, "extra.new"),
            ({"new": {"deep": [1, {"er": -HUGE}]}}, "extra.new"),
            ({"cost": {"input": 1, "tiers": [{"input": 1, "tier": {"type": "context", "size": HUGE}}]}}, "extra.cost"),
            ({"reasoning_options": [{"type": "budget_tokens", "max": HUGE}]}, "extra.reasoning_options"),
            ({"experimental": {"modes": {"fast": mode(HUGE)}}}, "cost.modes.fast"),
            ({"experimental": {"modes": {"fast": mode(1e300)}}}, None),
            ({"family": "a\0b"}, None),
            ({"new": HUGE - 1}, None),
        ],
    )
    def test_is_dropped_alone(self, fields: dict[str, Any], place: str | None) -> None:
        built = one("m", name="M", **fields)
        file = SnapshotFile(built.file.data, "made-up.json")
        file.verify()
        assert Snapshot(file).get_model("x", "m").name == "M"
        dropped = [field for kind, field, _ in built.counts if kind == "dropped"]
        assert bool(dropped) == (place is not None)
        assert place in (None, "", *dropped)
        history = encode(extended(nothing("toy"), observed_file(file, "2026-01-01")))
        assert History(history, "toy.json").of_model("x", "m") is not None


class TestCost:
    def test_none_is_unknown(self) -> None:
        """No cost: 382 models. Unknown, never 0."""
        cost = one("c4ai-aya-vision-8b").model("x:c4ai-aya-vision-8b").cost
        assert (cost.input, cost.output) == (None, None)

    def test_zero_is_zero(self) -> None:
        """Cost 0 and 0: 432 models, free or part of a subscription; nothing calls them free."""
        built = one("m:free", cost={"input": 0, "output": 0})
        assert built.model("x:m:free").cost.to_dict() == {"input": 0, "output": 0}
        assert "tags" not in built.stated("x:m:free")

    @pytest.mark.parametrize("price", [600, 0.001, 75, 0.49299999999999994, 2, 0.4, 2.0, 0.0000025, 1_000_000])
    def test_a_price_is_what_upstream_said(self, price: float) -> None:
        """Extremes, float artefacts, integers and floats mixed: to the last digit."""
        built = one("openai/o1-pro", cost={"input": price, "output": 600})
        assert said(built, "x:openai/o1-pro", "cost") == {"input": price, "output": 600}
        assert json.dumps(price) in built.file.block("x").line(0).decode()
        assert built.counts == {}

    @pytest.mark.parametrize(
        ("bad", "reason"),
        [
            (-0.01, "a price below 0"),
            (1_000_001, "a price above 1,000,000"),
            ("0.15", "expected a price as a number"),
            ("free", "expected a price as a number"),
            (True, "expected a price as a number"),
            (None, "expected a price as a number"),
            ([0.15], "expected a price as a number"),
        ],
    )
    def test_what_is_no_price_is_dropped_alone(self, bad: Any, reason: str) -> None:
        """A price written as text is dropped and counted; the others stay."""
        built = one("m", cost={"input": bad, "output": 0.6})
        assert said(built, "x:m", "cost") == {"output": 0.6}
        assert built.counts == {("dropped", "cost.input", reason): 1}

    def test_prices_that_we_do_not_know_pass_into_extra(self) -> None:
        built = one("m", cost={"input": 1, "per_image": 0.04})
        assert said(built, "x:m", "cost") == {"input": 1}
        assert said(built, "x:m", "extra") == {"cost": {"per_image": 0.04}}


def tier(size: Any, **prices: Any) -> dict[str, Any]:
    return {**prices, "tier": {"type": "context", "size": size}}


class TestTiers:
    def test_context_over_200k_repeats_the_one_tier(self) -> None:
        """Whatever its size: MiniMax-M3 repeats a tier of 512,000 under `context_over_200k`."""
        prices = {"input": 0.6, "output": 2.4, "cache_read": 0.12}
        cost = {"input": 0.3, "output": 1.2, "tiers": [tier(512000, **prices)], "context_over_200k": prices}
        built = one("MiniMax-M3", cost=cost)
        assert said(built, "x:MiniMax-M3", "cost", "tiers") == [{"context_over": 512000, **prices}]
        assert said(built, "x:MiniMax-M3", "extra") is None

    def test_two_tiers(self) -> None:
        """Four models have two, of 32,000 and 128,000."""
        cost = {"input": 0.48, "tiers": [tier(32000, input=0.72), tier(128000, input=1.45)]}
        built = one("doubao-seed-2-0-pro", cost=cost)
        tiers = built.model("x:doubao-seed-2-0-pro").cost.tiers
        assert [(one.context_over, one.input) for one in tiers] == [(32000, 0.72), (128000, 1.45)]

    def test_are_sorted(self) -> None:
        """Ours ascend; where upstream's do not, its list stays in extra as it stood."""
        listed = [tier(128000, input=1.45), tier(32000, input=0.72)]
        built = one("m", cost={"tiers": listed})
        assert said(built, "x:m", "cost", "tiers") == [
            {"context_over": 32000, "input": 0.72},
            {"context_over": 128000, "input": 1.45},
        ]
        assert said(built, "x:m", "extra") == {"cost": {"tiers": listed}}

    def test_a_size_said_twice_is_a_problem(self) -> None:
        listed = [tier(200000, input=1), tier(200000, input=2)]
        built = one("m", cost={"tiers": listed})
        assert said(built, "x:m", "cost", "tiers") == [{"context_over": 200000, "input": 1}]
        assert said(built, "x:m", "extra") == {"cost": {"tiers": listed}}
        assert built.counts == {("dropped", "cost.tiers", "a tier repeats a size"): 1}

    def test_context_over_200k_alone_is_a_tier(self) -> None:
        built = one("m", cost={"input": 1.25, "context_over_200k": {"input": 2.5, "output": 15}})
        assert said(built, "x:m", "cost") == {
            "input": 1.25,
            "tiers": [{"context_over": 200000, "input": 2.5, "output": 15}],
        }
        assert said(built, "x:m", "extra") is None

    def test_tiers_win_over_context_over_200k(self) -> None:
        """Where it says something else than the tiers it is kept, in extra."""
        built = one("m", cost={"tiers": [tier(200000, input=2)], "context_over_200k": {"input": 3}})
        assert said(built, "x:m", "cost", "tiers") == [{"context_over": 200000, "input": 2}]
        assert said(built, "x:m", "extra") == {"cost": {"context_over_200k": {"input": 3}}}

    def test_a_gap_stays_a_gap(self) -> None:
        """A tier leaves out cache_write 5, cache_read 2, reasoning 2: the base price holds, so none is made up."""
        cost = {"input": 2, "reasoning": 12, "cache_write": 0.375, "tiers": [tier(200000, input=4, output=18)]}
        built = one("google/gemini-3.1-pro-preview-customtools", cost=cost)
        (only,) = built.model("x:google/gemini-3.1-pro-preview-customtools").cost.tiers
        assert (only.reasoning, only.cache_write, only.cache_read) == (None, None, None)

    @pytest.mark.parametrize(
        "bad",
        [
            None,
            3,
            "200k",
            [],
            {},
            {"tier": None},
            tier(0),
            tier(-1),
            tier("200k"),
            tier(200000.5),
            tier(None),
            tier(True),
            {"tier": {"type": "output", "size": 200000}},
            {"tier": {"type": "context"}},
            {"tier": {"size": 200000}},
        ],
    )
    def test_one_that_is_not_understood_is_kept_in_extra(self, bad: Any) -> None:
        listed = [tier(32000, input=1), bad]
        built = one("m", cost={"tiers": listed})
        assert said(built, "x:m", "cost", "tiers") == [{"context_over": 32000, "input": 1}]
        assert said(built, "x:m", "extra") == {"cost": {"tiers": listed}}
        assert built.counts == {("dropped", "cost.tiers", "a tier of unknown size"): 1}

    @pytest.mark.parametrize("bad", [None, 3, "x", True, {"size": 1}])
    def test_tiers_that_are_no_list_are_kept_in_extra(self, bad: Any) -> None:
        built = one("m", cost={"input": 1, "tiers": bad})
        assert said(built, "x:m", "cost") == {"input": 1}
        assert said(built, "x:m", "extra") == {"cost": {"tiers": bad}}
        assert built.counts == {("dropped", "cost.tiers", "expected a list"): 1}

    def test_a_bad_price_in_one_is_dropped_alone(self) -> None:
        built = one("m", cost={"tiers": [tier(32000, input="1", output=2)]})
        assert said(built, "x:m", "cost", "tiers") == [{"context_over": 32000, "output": 2}]
        assert built.counts == {("dropped", "cost.tiers.input", "expected a price as a number"): 1}

    def test_what_is_new_in_one_is_kept(self) -> None:
        listed = [tier(32000, input=1, batch=0.5)]
        built = one("m", cost={"tiers": listed})
        assert said(built, "x:m", "cost", "tiers") == [{"context_over": 32000, "input": 1}]
        assert said(built, "x:m", "extra") == {"cost": {"tiers": listed}}


DATES = ("release_date", "last_updated", "knowledge")


class TestDates:
    @pytest.mark.parametrize("field", DATES)
    @pytest.mark.parametrize("date", ["2024-07-18", "2023-09", "2024-02-29"])
    def test_days_and_months_are_kept(self, field: str, date: str) -> None:
        built = one("m", **{field: date})
        assert said(built, "x:m", field) == date
        assert built.counts == {}

    @pytest.mark.parametrize("field", DATES)
    @pytest.mark.parametrize(
        ("date", "reason"),
        [
            ("2025-02-31", "a date that does not exist"),
            ("2025-25-11", "a date that does not exist"),
            ("2023-02-29", "a date that does not exist"),
            ("2025-00", "a date that does not exist"),
            ("0000-01", "a date that does not exist"),
            ("1970-01-01", "1970-01-01 means unknown"),
            ("soon", "not a date"),
            ("2025", "not a date"),
            ("", "not a date"),
            (20250101, "expected text"),
            (None, "expected text"),
        ],
    )
    def test_impossible_ones_are_left_out_and_the_record_stays(self, field: str, date: Any, reason: str) -> None:
        built = one("claude-haiku-4-5", name="Claude", **{field: date})
        assert said(built, "x:claude-haiku-4-5", field) is None
        assert said(built, "x:claude-haiku-4-5", "name") == "Claude"
        assert built.counts == {("dropped", field, reason): 1}

    @pytest.mark.parametrize(
        ("spelling", "date"),
        [
            ("2024/07/18", "2024-07-18"),
            ("2024-7-8", "2024-07-08"),
            ("2024.07", "2024-07"),
            (" 2024-07-18 ", "2024-07-18"),
            ("2024-07-18T12:00:00Z", "2024-07-18"),
        ],
    )
    def test_other_spellings_are_normalized(self, spelling: str, date: str) -> None:
        built = one("m", release_date=spelling)
        assert said(built, "x:m", "release_date") == date
        assert built.counts == {("repaired", "release_date", "another spelling of a date"): 1}

    def test_there_is_no_law_about_their_order(self) -> None:
        """last_updated before release 47 times; knowledge after release 59 times."""
        dates = {"release_date": "2025-11-24", "last_updated": "2025-08-01", "knowledge": "2025-12"}
        built = one("claude-opus-4-5", **dates)
        assert {name: said(built, "x:claude-opus-4-5", name) for name in DATES} == dates
        assert built.counts == {}

    def test_the_catalogues_date_is_the_latest_last_updated(self) -> None:
        """The clock has no say: the same bytes have the same date on any day."""
        built = build(
            provider_of("x", {"id": "a", "last_updated": "2025-06-30"}, {"id": "b", "last_updated": "2026-06"})
            | provider_of("y", {"id": "c", "last_updated": "2026-13-01", "release_date": "2027-01-01"})
        )
        assert built.file.header["date"] == "2026-06"
        assert "date" not in one("m").file.header


class TestNames:
    @pytest.mark.parametrize(
        ("name", "ours"),
        [
            ("DeepSeek V3 (Turbo)\t", "DeepSeek V3 (Turbo)"),
            ("ERNIE 4.5 VL 424B A47B ", "ERNIE 4.5 VL 424B A47B"),
            (" x\n", "x"),
        ],
    )
    def test_are_trimmed(self, name: str, ours: str) -> None:
        """A TAB at the end in 4, edge spaces in 12."""
        built = one("m", name=name)
        assert said(built, "x:m", "name") == ours
        assert built.counts == {("repaired", "name", "spaces at the edges trimmed"): 1}

    @pytest.mark.parametrize("name", ["Gemini 2.5 Flash Preview (09/2025) – Thinking", "m", "a\x1b[31mb"])  # noqa: RUF001
    def test_are_kept_else(self, name: str) -> None:
        """Not ASCII in 2; equal to the id in 378; what a terminal would obey is for whoever shows it to escape."""
        assert said(one("m", name=name), "x:m", "name") == name

    def test_are_no_key(self) -> None:
        """Not unique within a provider: both models stay."""
        built = build(provider_of("x", {"id": "a", "name": "Same"}, {"id": "b", "name": "Same"}))
        assert built.ids("x") == ["a", "b"]


class TestOpenSets:
    @pytest.mark.parametrize(
        ("status", "deprecated"),
        [("deprecated", True), ("beta", False), ("alpha", False), ("retired-in-2031", False), (None, False)],
    )
    def test_status(self, status: str | None, deprecated: bool) -> None:
        """deprecated 121, beta 35, alpha 2, and whatever comes; `deprecated` follows it without being stated."""
        built = one("m", **({"status": status} if status else {}))
        assert said(built, "x:m", "status") == status
        assert said(built, "x:m", "deprecated") is None
        assert built.model("x:m").deprecated is deprecated

    def test_family(self) -> None:
        """Absent in 1,213; new values every month."""
        assert said(one("m", family="brand-new"), "x:m", "family") == "brand-new"
        assert said(one("m"), "x:m", "family") is None

    def test_modalities(self) -> None:
        """text, image, audio, video, pdf so far; order as upstream has it."""
        listed = {"input": ["image", "text", "smell"], "output": ["audio", "text"]}
        built = one("m", modalities=listed)
        assert said(built, "x:m", "modalities") == listed
        assert built.counts == {}


class TestReasoning:
    @pytest.mark.parametrize(
        ("options", "ours"),
        [
            ([], {}),
            ([{"type": "toggle"}], {"toggle": True}),
            ([{"type": "effort", "values": ["none", "high"]}], {"efforts": ["none", "high"]}),
            ([{"type": "effort", "values": ["xhigh", "low"]}], {"efforts": ["xhigh", "low"]}),
            ([{"type": "budget_tokens"}], {"budget": True}),
            ([{"type": "budget_tokens", "min": 1024}], {"budget": True, "token_budget_min": 1024}),
            (
                [{"type": "budget_tokens", "min": 0, "max": 24576}],
                {"budget": True, "token_budget_min": 0, "token_budget": 24576},
            ),
            (
                [{"type": "toggle"}, {"type": "effort", "values": ["low"]}, {"type": "budget_tokens", "max": 262144}],
                {"toggle": True, "efforts": ["low"], "budget": True, "token_budget": 262144},
            ),
        ],
    )
    def test_options_become_fields(self, options: list[Any], ours: dict[str, Any]) -> None:
        """On 6,146 models, empty on 1,187; an empty list states that there is no toggle and no budget. A budget without
        bounds (187) is one too.
        """
        built = one("m", reasoning=True, reasoning_options=options)
        expected = {"enabled": True, "toggle": False, "budget": False, **ours}
        assert said(built, "x:m", "capabilities", "reasoning") == expected
        assert said(built, "x:m", "extra") is None
        assert built.counts == {}

    @pytest.mark.parametrize(
        ("options", "ours"),
        [
            ([{"type": "effort", "values": [None, "low", "high"]}], {"efforts": ["low", "high"]}),
            (
                [{"type": "toggle"}, {"type": "budget_tokens", "min": -1, "max": 32768}],
                {"toggle": True, "budget": True, "token_budget": 32768},
            ),
            ([{"type": "effort", "values": ["low"]}, {"type": "toggle"}], {"toggle": True, "efforts": ["low"]}),
            ([{"type": "effort", "values": ["low", "low"]}], {"efforts": ["low"]}),
            ([{"type": "effort", "values": "low"}], {}),
            ([{"type": "budget_tokens", "max": "many", "min": 1.5}], {"budget": True}),
            ([{"type": "toggle", "default": True}], {}),
            ([{"type": "dial", "from": 0, "to": 11}], {}),
            (["toggle", None, 3, []], {}),
        ],
    )
    def test_what_the_fields_cannot_say_stays_in_extra(self, options: list[Any], ours: dict[str, Any]) -> None:
        """null inside efforts 2, order not canonical, min -1 once, shapes to come."""
        built = one("m", reasoning=True, reasoning_options=options)
        expected = {"enabled": True, "toggle": False, "budget": False, **ours}
        assert said(built, "x:m", "capabilities", "reasoning") == expected
        assert said(built, "x:m", "extra") == {"reasoning_options": options}
        assert built.counts == {}


def modes(**named: Any) -> dict[str, Any]:
    return {"experimental": {"modes": named}}


PRIORITY = {"provider": {"body": {"service_tier": "priority"}}}


class TestModes:
    """`experimental.modes` becomes `cost.modes`; what has no place there stays in `extra`, where it was."""

    def test_prices_and_request(self) -> None:
        """The body of a request is its condition: OpenAI's mode `fast` is asked for by `service_tier`."""
        built = one("m", **modes(fast={"cost": {"input": 5, "output": 30, "cache_read": 0.5}, **PRIORITY}))
        fast = built.model("x:m").cost.modes["fast"]
        assert (fast.input, fast.output, fast.cache_read, fast.cache_write) == (5, 30, 0.5, None)
        assert fast.request == {"service_tier": "priority"}
        assert said(built, "x:m", "extra") is None
        assert built.counts == {}

    def test_headers_stay_in_extra(self) -> None:
        headers = {"anthropic-beta": "fast-mode-2026-02-01"}
        speed = {"cost": {"input": 10}, "provider": {"body": {"speed": "fast"}, "headers": headers}}
        built = one("m", **modes(fast=speed))
        assert said(built, "x:m", "cost", "modes") == {"fast": {"input": 10, "request": {"speed": "fast"}}}
        assert said(built, "x:m", "extra") == modes(fast={"provider": {"headers": headers}})

    def test_a_mode_without_a_price_is_kept_for_its_request(self) -> None:
        """`pro`, 8 times."""
        built = one("m", **modes(pro={"provider": {"body": {"reasoning": {"mode": "pro"}}}}))
        assert said(built, "x:m", "cost", "modes") == {"pro": {"request": {"reasoning": {"mode": "pro"}}}}

    def test_tiers_of_a_mode(self) -> None:
        """None states any so far."""
        cost = {"input": 5, "tiers": [tier(200000, input=10), {"input": 3}], "new": 1}
        built = one("m", **modes(fast={"cost": cost}))
        tiers = [{"context_over": 200000, "input": 10}]
        assert said(built, "x:m", "cost", "modes") == {"fast": {"input": 5, "tiers": tiers}}
        assert said(built, "x:m", "extra") == modes(fast={"cost": {"new": 1, "tiers": cost["tiers"]}})
        assert built.counts == {("dropped", "experimental.modes.tiers", "a tier of unknown size"): 1}

    def test_a_wrong_price_is_dropped(self) -> None:
        built = one("m", **modes(fast={"cost": {"input": -1, "output": 3}}))
        assert said(built, "x:m", "cost", "modes") == {"fast": {"output": 3}}
        assert built.counts == {("dropped", "experimental.modes.cost.input", "a price below 0"): 1}

    @pytest.mark.parametrize("name", ["", "Standard", "auto", "a b", "flex+batch", "batch+batch", "x" * 65])
    def test_a_name_by_which_no_mode_can_be_asked_for_stays_in_extra(self, name: str) -> None:
        built = one("m", **modes(**{name: {"cost": {"input": 5}}}))
        assert said(built, "x:m", "cost", "modes") is None
        assert said(built, "x:m", "extra") == modes(**{name: {"cost": {"input": 5}}})
        assert [(what, where) for what, where, _ in built.counts] == [("dropped", "experimental.modes")]

    @pytest.mark.parametrize("mode", [None, 7, [], "fast", {"cost": 7}, {"cost": None, "provider": {"body": "x"}}])
    def test_another_shape_stays_in_extra(self, mode: Any) -> None:
        built = one("m", **modes(fast=mode))
        assert said(built, "x:m", "cost", "modes") is None
        assert said(built, "x:m", "extra") == modes(fast=mode)

    @pytest.mark.parametrize("value", [7, ["fast"], "fast"])
    def test_modes_that_are_no_table_stay_in_extra(self, value: Any) -> None:
        built = one("m", experimental={"modes": value})
        assert said(built, "x:m", "cost", "modes") is None
        assert said(built, "x:m", "extra") == {"experimental": {"modes": value}}
        assert built.counts == {("dropped", "experimental.modes", "expected an object"): 1}


class TestWhatPassesThrough:
    @pytest.mark.parametrize(
        ("key", "value"),
        [
            ("interleaved", True),
            ("interleaved", {"field": "reasoning_content"}),
            ("provider", {"npm": "@ai-sdk/openai-compatible", "api": "https://a.test", "shape": "a shape to come",
                          "headers": {"x": "y"}, "body": {"a": [1, None]}}),
            ("experimental", {"beta": {"level": 2}}),
            ("reasoning_effort_map", {"low": None}),
            ("tags", ["upstream's own"]),
            ("extra", {"nested": 1}),
            ("derived", {"chat": False}),
            ("cost.rest", 1),
            ("", 0),
        ],
    )  # fmt: skip
    def test_unknown_keys_of_a_model(self, key: str, value: Any) -> None:
        """A month adds keys, `reasoning_options` reached 60 % of records in one: none drops a record, all are kept."""
        built = one("m", **{key: value})
        assert said(built, "x:m", "extra") == {key: value}
        assert built.counts == {}

    @pytest.mark.parametrize("group", ["limit", "modalities"])
    def test_unknown_keys_inside(self, group: str) -> None:
        built = one("m", **{group: {**HEALTHY[group], "new": {"deep": [None]}}})
        assert said(built, "x:m", "extra") == {group: {"new": {"deep": [None]}}}
        assert said(built, "x:m", {"limit": "limits"}.get(group, group)) == HEALTHY[group]
        assert built.counts == {}

    @pytest.mark.parametrize(("shape", "apis"), [("responses", ["responses"]), ("completions", ["chat"])])
    def test_shapes_become_apis(self, shape: str, apis: list[str]) -> None:
        """On 45 models; upstream's `completions` means chat completions."""
        built = one("m", provider={"npm": "@ai-sdk/openai", "shape": shape})
        assert said(built, "x:m", "apis") == apis
        assert said(built, "x:m", "extra") == {"provider": {"npm": "@ai-sdk/openai"}}
        assert built.counts == {}

    def test_a_name_at_every_provider(self) -> None:
        assert said(one("m", canonical_model_id="openai/gpt-5"), "x:m", "canonical") == "openai/gpt-5"

    @pytest.mark.parametrize("name", ["gpt-5", "a/b/c", "a /b", "a/\u0000", "../b", "a/..", "/b", "a/", ""])
    def test_a_name_of_another_form_is_dropped_and_counted(self, name: str) -> None:
        """The record stays."""
        built = one("m", canonical_model_id=name)
        assert said(built, "x:m", "canonical") is None
        assert sum(count for (kind, field, _), count in built.counts.items()
                   if (kind, field) == ("dropped", "canonical_model_id")) == 1  # fmt: skip

    def test_a_description_is_one_line(self) -> None:
        assert said(one("m", description=" a model\n\n for\tall "), "x:m", "description") == "a model for all"

    def test_absent_temperature_is_not_stated(self) -> None:
        """`temperature` went from always there to absent in 718: absent is the default, not a statement."""
        assert said(one("m"), "x:m", "capabilities") is None
        assert said(one("m", temperature=False), "x:m", "capabilities") == {"temperature": False}

    def test_structured_output_says_two_things(self) -> None:
        built = one("m", structured_output=True, tool_call=False, attachment=True)
        assert said(built, "x:m", "capabilities") == {
            "attachments": True,
            "tools": {"enabled": False},
            "json": {"native": True, "schema": True},
        }


# What each field is upstream, and how ours is reached: (path of ours, a right value, wrong values of its kind).
JSON_VALUES: dict[str, Any] = {
    "null": None,
    "true": True,
    "zero": 0,
    "number": 3,
    "fraction": 1.5,
    "text": "text",
    "empty text": "",
    "list": ["text"],
    "object": {"key": "text"},
}
RIGHT = {
    "name": {"text"},
    "family": {"text"},
    "status": {"text"},
    "attachment": {"true"},
    "reasoning": {"true"},
    "tool_call": {"true"},
    "structured_output": {"true"},
    "temperature": {"true"},
    "open_weights": {"true"},
    "knowledge": set(),
    "release_date": set(),
    "last_updated": set(),
    "modalities": {"object"},
    "modalities.input": {"list"},
    "modalities.output": {"list"},
    "limit": {"object"},
    "limit.context": {"number"},
    "limit.input": {"number"},
    "limit.output": {"number"},
    "cost": {"object"},
    **{
        f"cost.{price}": {"zero", "number", "fraction"}
        for price in ("input", "output", "cache_read", "cache_write", "reasoning", "input_audio", "output_audio")
    },
    "reasoning_options": {"list"},
}
PROVIDER_RIGHT = {"name": {"text"}, "api": {"text"}, "doc": {"text"}, "env": {"list"}}


def wrong_values(right: dict[str, set[str]]) -> list[Any]:
    return [
        pytest.param(field, value, id=f"{field}-{kind}")
        for field, kinds in right.items()
        for kind, value in JSON_VALUES.items()
        if kind not in kinds
    ]


def without_field(record: dict[str, Any], path: str) -> dict[str, Any]:
    """A copy of an upstream record without what stands at a dotted path."""
    changed = copy.deepcopy(record)
    *groups, last = path.split(".")
    inner = changed
    for group in groups:
        inner = inner[group]
    inner.pop(last, None)
    return changed


def with_field(record: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    changed = copy.deepcopy(record)
    *groups, last = path.split(".")
    inner = changed
    for group in groups:
        inner = inner[group]
    inner[last] = value
    return changed


def beside_a_neighbour(record: Any, key: str = "victim") -> Built:
    """A catalogue in which `record` stands between healthy ones, which come out as if it were not there."""
    after = {**HEALTHY, "id": "zz-last"}
    catalogue = provider_of("x", HEALTHY) | provider_of("y", HEALTHY)
    catalogue["x"]["models"] |= {key: record, "zz-last": after}
    built = build(catalogue)
    for spec in ("x:gpt-4o-mini", "x:zz-last", "y:gpt-4o-mini"):
        assert built.model(spec) == healthy_alone().model(spec)
    return built


@cache
def healthy_alone() -> Built:
    return build(provider_of("x", HEALTHY, {**HEALTHY, "id": "zz-last"}) | provider_of("y", HEALTHY))


class TestFaultsOfModels:
    """The field is dropped and counted, or the record; the rest lives."""

    @pytest.mark.parametrize(("field", "value"), wrong_values(RIGHT))
    def test_a_field_of_a_wrong_type(self, field: str, value: Any) -> None:
        """It is as if it were missing, and counted once, at its place, with a reason."""
        record = {**HEALTHY, "id": "victim", "status": "beta", "reasoning_options": [{"type": "toggle"}]}
        built = beside_a_neighbour(with_field(record, field, value))
        missing = beside_a_neighbour(without_field(record, field))
        assert built.stated("x:victim") == missing.stated("x:victim")
        assert missing.counts == {}
        ((kind, place, reason),) = built.counts
        assert (kind, place, built.dropped) == ("dropped", field, 0)
        assert reason

    def test_a_record_without_id(self) -> None:
        built = beside_a_neighbour(without_field(HEALTHY, "id"))
        assert built.ids("x") == ["gpt-4o-mini", "zz-last"]
        assert built.counts == {("record dropped", "model", "it has no id"): 1}

    @pytest.mark.parametrize("field", RIGHT)
    def test_a_field_that_is_missing(self, field: str) -> None:
        """Nothing is made up, nothing counted, all else stays."""
        whole = {**HEALTHY, "id": "victim", "status": "beta", "reasoning_options": []}
        built = beside_a_neighbour(without_field(whole, field))
        assert built.counts == {}
        kept, full = built.stated("x:victim"), beside_a_neighbour(whole).stated("x:victim")
        assert flat(kept).items() <= flat(full).items()

    @pytest.mark.parametrize("value", [None, True, 3, 1.5, "text", [], ["text"]], ids=str)
    def test_a_record_that_is_no_object(self, value: Any) -> None:
        built = beside_a_neighbour(value)
        assert built.ids("x") == ["gpt-4o-mini", "zz-last"]
        assert (built.dropped, built.seen) == (1, 6)
        ((kind, place, reason),) = built.counts
        assert (kind, place) == ("record dropped", "model")
        assert reason.startswith("expected an object, found ")

    @pytest.mark.parametrize(
        "value", [None, True, 3, ["victim"], {"victim": 1}, "", "other", "VICTIM", "victim "], ids=str
    )
    def test_an_id_of_a_wrong_type_or_unlike_its_key(self, value: Any) -> None:
        built = beside_a_neighbour({**HEALTHY, "id": value})
        assert built.ids("x") == ["gpt-4o-mini", "zz-last"]
        assert built.dropped == 1
        ((_, place, reason),) = built.counts
        assert place == "model"
        assert reason.startswith("its id is ")

    @pytest.mark.parametrize(
        "model_id",
        [
            "",
            " ",
            "\0",
            "a\0b",
            "a\u200bb",
            "a\u2028b",
            " edge",
            "edge ",
            "a\nb",
            "a\n",
            "a\x1b]0;x\x07",
            "x" * 301,
        ],
    )
    def test_an_id_that_cannot_be_one(self, model_id: str) -> None:
        built = beside_a_neighbour({**HEALTHY, "id": model_id}, model_id)
        assert built.ids("x") == ["gpt-4o-mini", "zz-last"]
        ((kind, place, reason),) = built.counts
        assert (kind, place, built.dropped) == ("record dropped", "model", 1)
        assert reason.startswith("id: ")

    def test_an_id_of_a_megabyte(self) -> None:
        """It is dropped like any other, and no message repeats it."""
        model_id = "../" * 350_000
        file, report = of_source(json.dumps(provider_of("x", HEALTHY, {**HEALTHY, "id": model_id})).encode())
        assert file.block("x").ids == ["gpt-4o-mini"]
        assert len(json.dumps(report.rows())) < 1000

    @pytest.mark.parametrize("field", ["name", "family", "status"])
    def test_a_text_of_a_megabyte(self, field: str) -> None:
        built = one("m", **{field: "x" * 1_000_000})
        assert said(built, "x:m", field) is None
        assert built.counts == {("dropped", field, "text of more than 1,000 characters"): 1}

    @pytest.mark.parametrize(
        ("listed", "ours", "count"),
        [
            (["text", None, "image"], ["text", "image"], ("dropped", "items that are not text left out")),
            (["text", 3, ["image"], "", " "], ["text"], ("dropped", "items that are not text left out")),
            (["text", "text"], ["text"], ("repaired", "repeated items left out")),
            ([" text"], ["text"], ("repaired", "spaces at the edges trimmed")),
        ],
    )
    def test_bad_items_in_a_list(self, listed: list[Any], ours: list[str], count: tuple[str, str]) -> None:
        built = one("m", modalities={"input": listed})
        assert said(built, "x:m", "modalities") == {"input": ours}
        assert built.counts == {(count[0], "modalities.input", count[1]): 1}

    @pytest.mark.parametrize(
        ("number", "reason"),
        [(number, "not a whole number of tokens") for number in (-1, 0.5, 1.5)],
    )
    def test_no_number_of_tokens(self, number: float, reason: str) -> None:
        built = one("m", limit={"context": number, "output": 10})
        assert said(built, "x:m", "limits") == {"output": 10}
        assert built.counts == {("dropped", "limit.context", reason): 1}


def flat(value: Any, path: str = "") -> dict[str, Any]:
    """The leaves of nested data by dotted path, lists as text."""
    if isinstance(value, dict):
        return {key: leaf for name, item in value.items() for key, leaf in flat(item, f"{path}.{name}").items()}
    return {path: json.dumps(value)}


class TestFaultsOfProviders:
    @pytest.mark.parametrize(("field", "value"), wrong_values(PROVIDER_RIGHT))
    def test_a_field_of_a_wrong_type(self, field: str, value: Any) -> None:
        catalogue = provider_of("x", HEALTHY, api="https://x.test/v1")
        built = build({"x": with_field(catalogue["x"], field, value)})
        missing = build({"x": without_field(catalogue["x"], field)})
        assert built.provider("x") == missing.provider("x")
        assert built.model("x:gpt-4o-mini") == missing.model("x:gpt-4o-mini")
        assert missing.counts == {}
        ((kind, place, _),) = built.counts
        assert (kind, place) == ("dropped", field)

    @pytest.mark.parametrize("url", ["https://a b", "https://a\r\nHost: evil", "https://a\0", "https://a\x7fb"])
    def test_an_address_that_is_none_costs_the_address_alone(self, url: str) -> None:
        built = build(provider_of("x", HEALTHY, api=url))
        assert built.provider("x").base_url is None
        assert built.ids("x") == ["gpt-4o-mini"]
        assert built.counts == {("dropped", "api", "white space or control characters inside an address"): 1}

    @pytest.mark.parametrize(
        "url", ["https://a.example/\u202ev1", "https://a.example/\u3164", "https://\u0430.example"]
    )
    def test_an_address_with_letters_that_hide_something_is_none(self, url: str) -> None:
        built = build(provider_of("x", HEALTHY, api=url))
        assert built.provider("x").base_url is None
        assert built.counts == {("dropped", "api", "not the base URL of an API"): 1}

    @pytest.mark.parametrize("models", [None, 3, "text", [], [HEALTHY], True], ids=str)
    def test_models_that_are_no_object(self, models: Any) -> None:
        """The provider stays, without models, and is not listed; its neighbour is whole."""
        catalogue = provider_of("x", HEALTHY) | provider_of("y", HEALTHY)
        catalogue["x"]["models"] = models
        built = build(catalogue)
        assert built.ids("x") == []
        assert built.ids("y") == ["gpt-4o-mini"]
        assert Snapshot(built.file).list_providers() == ["y"]
        ((kind, place, reason),) = built.counts
        assert (kind, place) == ("dropped", "models")
        assert reason.startswith("expected an object, found ")

    @pytest.mark.parametrize(
        "broken",
        [None, 3, "text", [], {"models": {"m": HEALTHY}}, {"id": None}, {"id": 3}, {"id": "else"}, {"id": "X"}],
        ids=str,
    )
    def test_one_that_cannot_be_told_is_dropped_alone(self, broken: Any) -> None:
        built = build({"x": broken} | provider_of("y", HEALTHY))
        assert list(built.file.blocks) == ["y"]
        held = len(broken.get("models", ())) if isinstance(broken, dict) else 0
        assert built.dropped == 1 + held
        assert {kind for kind, _, _ in built.counts} == {"record dropped"}
        assert built.counts.get(("record dropped", "model", "its provider was dropped"), 0) == held

    @pytest.mark.parametrize(
        "provider", ["", "../../x", "a b", "a\0", "a\n.b", "_x", "ünicode", "x" * 65, "x" * 1_000_000]
    )
    def test_an_id_that_cannot_be_one(self, provider: str) -> None:
        """It takes its own models along, which are counted, and no other's."""
        built = build(provider_of(provider, HEALTHY, {**HEALTHY, "id": "b"}) | provider_of("y", HEALTHY))
        assert list(built.file.blocks) == ["y"]
        assert built.dropped == 3
        assert built.counts["record dropped", "model", "its provider was dropped"] == 2
        assert all(len(reason) < 100 for _, _, reason in built.counts)


class TestReport:
    def test_every_record_is_seen(self) -> None:
        built = build(provider_of("x", HEALTHY, {**HEALTHY, "id": "b"}) | provider_of("y", {"id": "m"}))
        assert (built.seen, built.dropped) == (5, 0)

    def test_examples_say_where_the_first_few_are(self) -> None:
        models = [{"id": f"m-{number}", "limit": {"context": 0}} for number in range(9)]
        _, report = of_source(json.dumps(provider_of("x-y", *models)).encode())
        assert report.rows() == [
            {
                "kind": "dropped",
                "place": "limit.context",
                "reason": "0 means unknown",
                "count": 9,
                "examples": ["x_y:m-0", "x_y:m-1", "x_y:m-2"],
            }
        ]

    def test_no_survivor_is_an_error(self) -> None:
        with pytest.raises(EmptyCatalogError, match=r"made-up\.json: no model is left"):
            build({"x": {"id": "x", "models": {"m": {"id": "unlike"}}}})

"""Moving names: `resolves_to` takes the values of another model, through all layers; names without it are marked."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest import mock

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from support import UPSTREAM, catalogues
from support.command import here, process

import llm_models
from llm_models import checks, ingest, moving
from llm_models.errors import ConfigError
from llm_models.kinds import is_moving
from llm_models.normalize import Report
from llm_models.snapshot_file import SnapshotFile

if TYPE_CHECKING:
    from collections.abc import Callable

Record = dict[str, Any]

OLD = {"modalities": {"input": ["text"], "output": ["text"]}, "knowledge": "2023-01", "tool_call": False}
NEW = {"modalities": {"input": ["text", "image"], "output": ["text"]}, "knowledge": "2025-06", "tool_call": True}
SOURCE = catalogues.catalogue(
    catalogues.provider(
        "acme",
        catalogues.model("big-latest", cost={"input": 4, "output": 8, "cache_read": 1}, family="big", **OLD),
        catalogues.model("big-2512", cost={"input": 1, "output": 2, "reasoning": 3}, limit={"context": 9000}, **NEW),
        catalogues.model("big-2411", cost={"input": 7, "output": 7}, **OLD),
        catalogues.model("top-latest", cost={"input": 5, "output": 5}, **OLD),
        catalogues.model("small", cost=None, resolves_to="big-2512"),  # an unknown key of the source goes into extra
    ),
    catalogues.provider("other", catalogues.model("big-2512", cost={"input": 6, "output": 6})),
)
CURATED = b"""
[[models]]
provider = "acme"
id = "big-latest"
resolves_to = "big-2512"
"""
TAKES = {"input": 1, "output": 2, "reasoning": 3}


def derived_tags(file: SnapshotFile, model_id: str) -> list[str] | None:
    line = file.line("acme", model_id)
    assert line is not None
    tags: list[str] | None = line.get("derived", {}).get("tags")
    return tags


def entry(model_id: str, *lines: str) -> str:
    return "\n".join([f'[[models]]\nprovider = "acme"\n{model_id}', *lines, ""])


def of_id(model_id: str, *lines: str) -> str:
    return entry(f'id = "{model_id}"', *lines)


def base(curated: str | bytes = CURATED) -> SnapshotFile:
    return catalogues.base(SOURCE, curated.encode() if isinstance(curated, str) else curated)[0]


@pytest.fixture
def merged(tmp_path: Path) -> Callable[..., SnapshotFile]:
    """The catalogue of an application with this `llm_models.toml`."""

    def merge(text: str, curated: str | bytes = CURATED) -> SnapshotFile:
        return catalogues.merged(base(curated), tmp_path / "llm_models.toml", text.encode())[0]

    return merge


def model(file: SnapshotFile, model_id: str = "big-latest") -> Record:
    stated = file.stated("acme", model_id)
    assert stated is not None
    return stated


class TestTaken:
    def test_values_of_the_target_replace_those_of_the_source(self) -> None:
        """Whole fields: the price class that the target does not state is not that of the old model."""
        record, target = model(base()), model(base(), "big-2512")
        assert record["cost"] == TAKES
        assert record["knowledge"] == "2025-06"
        for field in ("limits", "modalities", "capabilities"):
            assert record[field] == target[field], field
        assert record["name"] == "BIG-LATEST"
        assert record["family"] == "big"

    def test_each_field_of_the_table_is_taken(self) -> None:
        values: Record = {
            "kind": "image", "apis": ["images"], "dimensions": 512, "knowledge": "2025-01", "open_weights": True,
            "modalities": {"input": ["image"]}, "limits": {"output": 5}, "cost": {"input": 1},
            "capabilities": {"chat": False},
        }  # fmt: skip
        assert tuple(values) == moving.TAKEN
        file = catalogues.from_records(
            {"acme": {"x-latest": {"resolves_to": "x-1", "limits": {"input": 3}}, "x-1": values}}
        )
        record = model(file, "x-latest")
        assert {name: record[name] for name in values} == values

    @pytest.mark.parametrize("curated", [CURATED.decode() + "cost.input = 3\n"])
    def test_the_same_entry_wins(self, curated: str) -> None:
        assert model(base(curated))["cost"] == {**TAKES, "input": 3}

    def test_a_stronger_layer_wins(self, merged: Callable[..., SnapshotFile]) -> None:
        assert model(merged(of_id("big-latest", "cost.input = 3")))["cost"] == {**TAKES, "input": 3}
        file = merged(of_id("big-latest", 'omit = ["cost.reasoning", "knowledge"]'))
        assert model(file)["cost"] == {"input": 1, "output": 2}
        assert "knowledge" not in model(file)

    def test_weaker_entries_do_not(self, merged: Callable[..., SnapshotFile]) -> None:
        text = entry('match = "*-latest"', "cost.input = 3") + of_id("big-latest", 'resolves_to = "big-2411"')
        assert model(merged(text))["cost"] == {"input": 7, "output": 7}
        assert model(base(of_id("big-latest", "cost.input = 3")), "big-latest")["cost"]["input"] == 3  # the control

    def test_a_chain_is_followed(self, merged: Callable[..., SnapshotFile]) -> None:
        file = merged(of_id("top-latest", 'resolves_to = "big-latest"') + of_id("big-2512", "cost.input = 0.5"))
        assert model(file, "top-latest")["cost"] == {**TAKES, "input": 0.5}

    def test_a_chain_of_the_base_moves_as_a_whole(self, merged: Callable[..., SnapshotFile]) -> None:
        curated = CURATED.decode() + of_id("top-latest", 'resolves_to = "big-latest"')
        file = merged(of_id("big-2512", "cost.input = 0.5"), curated)
        assert model(file, "top-latest")["cost"] == {**TAKES, "input": 0.5}

    def test_a_correction_of_the_target_moves_the_name(self, merged: Callable[..., SnapshotFile]) -> None:
        text = of_id("big-2512", "cost.input = 0.5", "limits.output = 77", 'omit = ["cost.reasoning"]')
        file = merged(text)
        assert model(file)["cost"] == {"input": 0.5, "output": 2}
        assert model(file)["limits"]["output"] == 77
        strong = merged(text + of_id("big-latest", "cost.output = 9"))
        assert model(strong)["cost"] == {"input": 0.5, "output": 9}
        text = of_id("big-2512", "cost.input = 0.5", "cost.output = 7")
        kept = merged(text, CURATED.decode() + 'cost.output = 4\nomit = ["cost.reasoning"]\n')
        assert model(kept)["cost"] == {"input": 0.5, "output": 4}

    def test_an_application_states_another_target_or_none(self, merged: Callable[..., SnapshotFile]) -> None:
        assert model(merged(of_id("big-latest", 'resolves_to = "big-2411"')))["cost"] == {"input": 7, "output": 7}
        own = merged(of_id("big-latest", 'omit = ["resolves_to"]'))
        assert model(own)["cost"] == {"input": 4, "output": 8, "cache_read": 1}
        assert model(own)["knowledge"] == "2023-01"
        assert derived_tags(own, "big-latest") == ["moving"]
        assert not [
            one for one in own.tail()["models"]["acme:big-latest"]["fields"].values() if one["layer"] == moving.FIELD
        ]

    @pytest.mark.parametrize("setting", ['exclude = { acme = ["big-2512"] }', 'deny = { acme = ["big-2512"] }'])
    def test_a_target_that_is_not_shown_still_gives_its_values(
        self, merged: Callable[..., SnapshotFile], setting: str
    ) -> None:
        file = merged(f"{setting}\n" + of_id("big-2512", "cost.input = 0.5"))
        assert model(file)["cost"]["input"] == 0.5
        assert model(merged(setting))["cost"] == TAKES

    def test_a_target_that_the_base_excludes_keeps_what_it_gave(self, merged: Callable[..., SnapshotFile]) -> None:
        curated = 'exclude = { acme = ["big-2512"] }\n' + CURATED.decode()
        assert model(base(curated))["cost"] == TAKES
        assert model(merged(of_id("big-latest", 'tags = ["a"]'), curated))["cost"] == TAKES

    def test_only_the_provider_is_decoded(self) -> None:
        """A moving name of the packaged data, when an application corrects its target."""
        asked: list[str] = []
        block = SnapshotFile.block

        def watched(file: SnapshotFile, provider: str) -> Any:
            asked.append(provider)
            return block(file, provider)

        override = {"provider": "mistral", "id": "mistral-large-2512", "cost": {"input": 0.25}}
        with mock.patch.object(SnapshotFile, "block", watched):
            catalogue = llm_models.load(None, overrides={"models": [override]}, publish=False)
            assert catalogue.get_model("mistral", "mistral-large-latest").cost.input == 0.25
        assert {*asked} == {"mistral"}


# The law: merging layer by layer gives what merging at once gives.
IDS = ["big-latest", "top-latest", "big-2512", "big-2411", "small"]
STATED = {
    "resolves_to": st.sampled_from(IDS),
    "cost": st.fixed_dictionaries(
        {}, optional={name: st.sampled_from([1, 2.5, 9]) for name in ("input", "output", "reasoning")}
    ),
    "limits": st.fixed_dictionaries({}, optional={"context": st.sampled_from([5000, 6000]), "output": st.just(10)}),
    "knowledge": st.sampled_from(["2024-02", "2025-01"]),
    "omit": st.lists(
        st.sampled_from(["cost", "cost.input", "limits", "knowledge", "resolves_to", "capabilities"]),
        max_size=2,
        unique=True,
    ),
}
ENTRIES = st.lists(
    st.fixed_dictionaries({"id": st.sampled_from(IDS)}, optional=STATED), max_size=4, unique_by=lambda one: one["id"]
)


def toml(value: Any) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {toml(item)}" for key, item in value.items()) + " }"
    return json.dumps(value)


def text_of(entries: list[Record]) -> str:
    return "".join(entry(*(f"{key} = {toml(value)}" for key, value in one.items())) for one in entries)


def told(file: SnapshotFile) -> Record:
    """What each model states, and where each of its values comes from; and of what it took, what that replaced."""
    found: Record = {}
    for model_id in IDS:
        stated = model(file, model_id)
        origins = file.tail()["models"].get(f"acme:{model_id}", {"fields": {}})["fields"]
        for origin in origins.values():
            if origin["layer"] != moving.FIELD:
                origin.pop("replaced", None)
        found[model_id] = stated, {key: origins[key] for key in sorted(origins) if holds(stated, key)}
    return found


def fault_of(build: Callable[[], Any]) -> str | None:
    """The problems of a configuration, without its folder."""
    try:
        build()
    except ConfigError as error:
        return re.sub(r"^.*/", "", str(error), flags=re.MULTILINE)
    return None


def holds(value: Any, key: str) -> bool:
    for step in key.split("."):
        value = value.get(step) if isinstance(value, dict) else None
    return value is not None


@settings(deadline=None, max_examples=60, suppress_health_check=[*HealthCheck])
@given(
    # An entry of the base that omits what its target lacks anyway leaves no trace in a snapshot.
    ENTRIES.filter(lambda entries: not any("omit" in one and "resolves_to" in one for one in entries)),
    ENTRIES,
)
@pytest.mark.whole
def test_layer_by_layer_is_at_once(
    tmp_path_factory: pytest.TempPathFactory, first: list[Record], second: list[Record]
) -> None:
    curated, text = text_of(first).encode(), text_of(second).encode()
    path = tmp_path_factory.getbasetemp() / "llm_models.toml"
    assume(fault_of(lambda: base(curated)) is None)  # a ring
    ground = base(curated)
    fault = fault_of(lambda: catalogues.at_once(SOURCE, curated, text))
    assert fault_of(lambda: catalogues.merged(ground, path, text)) == fault
    assume(fault is None)
    expected = told(catalogues.at_once(SOURCE, curated, text))
    assert told(catalogues.merged(ground, path, text)[0]) == expected
    held = SnapshotFile(ground.data, "base.json")  # as it is read from a file
    assert told(catalogues.merged(held, path, text)[0]) == expected


class TestFaults:
    def problems(self, tmp_path: Path, text: str) -> list[str]:
        return [str(one) for one in checks.check_text(text.encode(), str(tmp_path / "llm_models.toml"), base())]

    @pytest.mark.parametrize(
        ("text", "message"),
        [
            (of_id("big-latest", 'resolves_to = "big-2513"'),
             "4:15: models.acme:big-latest.resolves_to: acme has no model 'big-2513'. Did you mean 'big-2512'"),
            (of_id("big-2512", 'resolves_to = "big-2512"'),
             "4:15: models.acme:big-2512.resolves_to: a moving name cannot lead back to itself (big-2512 -> big-2512)"),
            (of_id("top-latest", 'resolves_to = "big-latest"') + of_id("big-2512", 'resolves_to = "top-latest"'),
             "a moving name cannot lead back to itself (top-latest -> big-latest -> big-2512 -> top-latest)"),
        ],
    )  # fmt: skip
    def test_an_unknown_target_and_a_ring(
        self, merged: Callable[..., SnapshotFile], tmp_path: Path, text: str, message: str
    ) -> None:
        (problem,) = self.problems(tmp_path, text)
        assert message in problem
        with pytest.raises(ConfigError, match=re.escape(message)):
            merged(text)

    def test_a_pattern_is_one_problem(self, tmp_path: Path) -> None:
        assert len(self.problems(tmp_path, entry('match = "*-latest"', 'resolves_to = "big-2513"'))) == 1

    def test_a_target_that_is_gone_has_no_effect(self, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
        """Of `load()` it is no error: a refresh may have caused it."""
        text = '[[models]]\nprovider = "openai"\nid = "gpt-5.4-mini"\nresolves_to = "gpt-5-codex"\n'
        path = tmp_path / "llm_models.toml"
        path.write_text(text)
        catalogue = llm_models.load(path, publish=False)
        assert catalogue.get_model("openai", "gpt-5.4-mini").resolves_to is None
        assert "openai:gpt-5.4-mini resolves_to gpt-5-codex" in caplog.text
        done = process("validate", path)
        assert done.code == 0
        assert (
            "openai:gpt-5-codex is no longer listed (last listed on 2026-07-02, gone by 2026-08-18), so this has no "
            "effect. Its successor is 'openai:gpt-5.6-sol' ("
        ) in done.out + done.err

    def test_a_target_that_goes_with_this_activation_has_no_effect(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The history lists it until the activation is done. A target that was never known stays an error."""
        monkeypatch.chdir(tmp_path)
        path = tmp_path / "llm_models.toml"
        for number, (names, target, code) in enumerate([("abc", "c", 0), ("ab", "c", 0), ("ab", "d", 1)]):
            listed = [catalogues.model(name, last_updated=catalogues.day(number - 3)) for name in names]
            Path("api.json").write_bytes(catalogues.catalogue(catalogues.provider("acme", *listed)))
            path.write_text(f'[[models]]\nprovider = "acme"\nid = "b"\nresolves_to = "{target}"\n')
            told = here("activate", "--from", "api.json", "--force")
            assert told.code == code
            assert ("acme:c is missing, but llm_models.toml:4 names it" in told.err) is (number == 1)
            assert here("validate").code == code

    def test_curated_overrides_outlive_their_target(self) -> None:
        file, report = catalogues.base(SOURCE, CURATED.replace(b"2512", b"2601"))
        assert model(file)["cost"]["input"] == 4
        assert "resolves_to" not in model(file)
        assert report.examples["left out", "resolves_to", "its target is gone"] == [
            "acme:big-latest resolves_to big-2601"
        ]

    def test_what_a_source_states_wrongly_is_dropped_and_counted(self) -> None:
        models: dict[str, Record] = {
            "a": {"resolves_to": "b"}, "b": {"resolves_to": "c"}, "c": {"resolves_to": "b"},
            "d": {"resolves_to": "gone"}, "e": {"resolves_to": "f"}, "f": {},
        }  # fmt: skip
        for record in models.values():
            record["provider"] = "acme"
        report = Report()
        moving.settle(models, report)
        assert {name for name, record in models.items() if "resolves_to" in record} == {"a", "e"}
        assert report.examples == {
            ("dropped", "resolves_to", "it leads back to itself"): ["acme:b", "acme:c"],
            ("dropped", "resolves_to", "the provider has no such model"): ["acme:d"],
        }

    def test_of_each_source(self) -> None:
        part = {"provider": {"id": "acme"}, "models": {"a": {"id": "a", "provider": "acme", "resolves_to": "b"}}}
        with mock.patch.object(ingest, "normalize", return_value={"acme": part}):
            _, layer, report = ingest.read_source(SOURCE, "made-up.json", "models_dev")
        assert "resolves_to" not in layer.models[0].fields
        assert [key[0] for key in report.counts] == ["dropped"]


AGREED = catalogues.catalogue(
    catalogues.provider(
        "acme",
        catalogues.model("big-latest", knowledge="2020-01", canonical_model_id="acme/big"),
        catalogues.model("big-2512", canonical_model_id="acme/big"),
    ),
    catalogues.provider("host", catalogues.model("big", knowledge="2024-01", canonical_model_id="acme/big")),
)
"""The target does not state its `knowledge`; another record of the same canonical id does."""


class TestReports:
    def test_a_fact_that_the_target_does_not_state_is_derived(self, tmp_path: Path) -> None:
        """From what records of the same canonical id agree on, as for any other model; `explain` has it once."""
        path = tmp_path / "snapshot.json"
        path.write_bytes(catalogues.base(AGREED, CURATED)[0].data)
        fields = llm_models.load(None, snapshot=path, publish=False).explain("acme:big-latest", "knowledge").fields
        assert [(each.value, each.how) for each in fields] == [("2024-01", "derived")]

    def test_so_is_one_of_a_name_that_leads_to_a_copy(self, tmp_path: Path) -> None:
        """It is merged last, with the copies."""
        source = catalogues.catalogue(
            catalogues.provider(
                "acme",
                catalogues.model("big-latest", canonical_model_id="acme/big"),
                catalogues.model("big-2512", knowledge="2025-06", canonical_model_id="acme/big-2512"),
            ),
            catalogues.provider("host", catalogues.model("big", knowledge="2024-01", canonical_model_id="acme/big")),
        )
        text = of_id("mine", 'base = "acme:big-2512"', "omit = ['knowledge']") + of_id(
            "big-latest", 'resolves_to = "mine"'
        )
        base_, _ = catalogues.base(source, b"")
        file, _ = catalogues.merged(base_, tmp_path / "llm_models.toml", text.encode())
        shown = llm_models.Snapshot(file)
        assert shown.get_model("acme", "mine").knowledge is None
        fields = shown.explain("acme:big-latest", "knowledge").fields
        assert [(each.value, each.how) for each in fields] == [("2024-01", "derived")]

    def test_a_copy_of_an_excluded_one_has_what_is_derived_for_it(self, tmp_path: Path) -> None:
        text = of_id("big-latest", 'resolves_to = "big-2512"') + of_id("mine", 'base = "acme:big-latest"')
        made = []
        for exclude in ("", '[exclude]\nacme = ["big-latest"]\n'):
            base_, _ = catalogues.base(AGREED, b"")
            file, _ = catalogues.merged(base_, tmp_path / "llm_models.toml", (exclude + text).encode())
            made.append(llm_models.Snapshot(file).get_model("acme", "mine").knowledge)
        assert made == ["2024-01", "2024-01"]

    def test_values_of_its_own_that_differ_are_counted(self) -> None:
        key = ("odd", "resolves_to", "its own values differ from those that it takes")
        assert catalogues.base(SOURCE, CURATED)[1].examples[key] == ["acme:big-latest (big-2512)"]
        same = of_id("big-2512", 'resolves_to = "other-1"').encode()
        assert key not in catalogues.base(SOURCE, same)[1].counts

    def test_explain_names_the_target(self, tmp_path: Path) -> None:
        path = tmp_path / "snapshot.json"
        path.write_bytes(base().data)
        (price,) = llm_models.load(None, snapshot=path, publish=False).explain("acme:big-latest", "cost.input").fields
        assert price[1:] == (1, "stated", "resolves_to", "acme:big-2512", 4)
        done = process("explain", "mistral:mistral-large-latest", "cost.input", cwd=tmp_path)
        assert "resolves_to mistral:mistral-large-2512" in done.out
        assert "mistral-large-2512" in process("show", "mistral:mistral-large-latest", cwd=tmp_path).out

    def test_activated_is_loaded(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        (tmp_path / ".git").mkdir()
        (tmp_path / "llm_models.toml").write_text(
            '[[models]]\nprovider = "mistral"\nid = "mistral-large-2512"\ncost.input = 0.25\n'
        )
        monkeypatch.chdir(tmp_path)
        fresh = llm_models.load(publish=False)
        assert process("activate", cwd=tmp_path).code == 0
        with catalogues.counting_merges() as merges:
            served = llm_models.load(publish=False)
        assert merges.call_count == 0
        assert served.digest == fresh.digest
        assert served.get_model("mistral", "mistral-large-latest").cost.input == 0.25


class TestTag:
    @pytest.mark.parametrize(
        "model_id",
        [
            "gpt-5.3-chat-latest",
            "~z-ai/glm-flash-latest",
            "accounts/fireworks/routers/glm-latest",
            "a:latest",
            "magistral-latest@eu",
        ],
    )
    def test_moving_names(self, model_id: str) -> None:
        assert is_moving(model_id)
        for record in ({}, {"kind": "image"}):
            file = catalogues.from_records({"acme": {model_id: record}})
            assert derived_tags(file, model_id) == ["moving"]

    @pytest.mark.parametrize(
        "model_id", ["latest", "latest-7b", "translatest", "a~b", "gpt-latest-mini", "vendor/latest"]
    )
    def test_look_alikes(self, model_id: str) -> None:
        assert not is_moving(model_id)

    def test_with_a_target_it_has_no_tag(self) -> None:
        assert derived_tags(base(), "big-latest") is None


class TestSiblings:
    @pytest.mark.parametrize(
        ("model_id", "ids", "newest"),
        [
            ("mistral-large-latest", ["mistral-large-2411", "mistral-large-2512"], "mistral-large-2512"),
            (
                "mistral-medium-latest",
                ["mistral-medium-3.5", "mistral-medium-2604", "mistral-medium-2505"],
                "mistral-medium-2604",
            ),
            ("~x-ai/grok-latest", ["x-ai/grok-4.20", "x-ai/grok-4.3", "~x-ai/grok-9"], "x-ai/grok-4.3"),
            ("claude-opus-latest", ["claude-opus-4-5-20251101", "claude-opus-5-5", "claude-opus-5"], "claude-opus-5-5"),
            ("gpt-latest", ["gpt-5", "gpt-5.1", "gpt-5.1-2025-11-13", "gpt-10"], "gpt-10"),
            ("claude-latest", ["claude-20240229", "claude-20241022"], "claude-20241022"),
            ("medium-latest@eu", ["medium-4@us", "medium-3@eu", "medium-4"], "medium-3@eu"),
            ("glm:latest", ["glm-flash-5", "glm-5-air", "other-1"], None),
        ],
    )
    def test_the_newest_is_that_of_the_id(self, model_id: str, ids: list[str], newest: str | None) -> None:
        models: dict[str, Record] = {one: {"cost": {"input": 1}} for one in ids}
        models[model_id] = {"cost": {"input": 2}}
        assert [*moving.differing(models)] == ([] if newest is None else [(model_id, newest)])

    def test_only_other_prices_and_names_without_a_target(self) -> None:
        models: dict[str, Record] = {
            "a-latest": {"cost": {"input": 1, "output": 1}},
            "a-1": {"cost": {"input": 1, "output": 2}},
        }
        assert [*moving.differing(models)] == [("a-latest", "a-1")]
        assert [*moving.differing({**models, "a-1": models["a-latest"]})] == []
        assert [*moving.differing({**models, "a-latest": {"resolves_to": "a-1"}})] == []


@pytest.mark.whole
class TestRealData:
    def test_the_ids_of_upstream(self) -> None:
        if not UPSTREAM.is_file():
            pytest.skip("the real upstream file is absent")
        ids = [one for part in json.loads(UPSTREAM.read_bytes()).values() for one in part["models"]]
        latest, marked = ([one for one in ids if re.search(p, one)] for p in ("latest", "^~"))
        assert (len(latest), len(marked)) == (162, 36)
        assert {one for one in ids if is_moving(one)} == {*latest, *marked}

    def test_of_the_packaged_data(self) -> None:
        """Shown by `pytest -s`, for whoever reviews a refresh."""
        packaged = llm_models.load(config=None, publish=False)
        resolved, tagged = [], []
        for provider in packaged.list_providers():
            models = {one.id: one.to_dict() for one in packaged.list_models(provider)}
            resolved += [(models[one["resolves_to"]], one) for one in models.values() if "resolves_to" in one]
            tagged += [one for one in models.values() if "moving" in one.get("tags", ())]
            for name, sibling in moving.differing(models):
                print(f"{provider}:{name} {models[name].get('cost')}; {sibling} {models[sibling].get('cost')}")
        assert resolved
        assert len(tagged) > 100
        for target, record in resolved:
            assert [record.get(name) for name in moving.TAKEN] == [target.get(name) for name in moving.TAKEN]

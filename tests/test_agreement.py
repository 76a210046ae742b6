"""Agreement: which records are of one model, what they agree on, and how a touched model gets it from a base."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from unittest import mock

import pytest
from support import ROOT, catalogues

from llm_models.agreement import FACTS, Agreement, families_by_part, likely, longest_family, stated_of
from llm_models.groups import key_of
from llm_models.modelspec import fold_provider
from llm_models.paths import PACKAGED_SNAPSHOT
from llm_models.siblings import agreed_facts
from llm_models.snapshot_file import SnapshotFile

if TYPE_CHECKING:
    from collections.abc import Iterator

Stated = dict[str, Any]
Records = list[tuple[str, Stated]]

OSS = "openai/gpt-oss-120b"


def model(model_id: str, canonical: str | None = None, **fields: Any) -> Stated:
    return {"id": model_id, **({"canonical": canonical} if canonical else {}), **fields}


def schema(value: bool) -> Stated:
    return {"capabilities": {"json": {"schema": value}}}


def facts(records: Records, provider: str, stated: Stated) -> Stated:
    """What the records agree on for one more model, which is among them."""
    return Agreement([*records, (provider, stated)]).facts(provider, stated)


class TestTheCanonicalId:
    @pytest.mark.parametrize(
        ("one", "other"),
        [
            ("openai/gpt-oss-120b", "@cf/openai/GPT-OSS-120B"),
            ("claude-opus-4.6", "claude-opus-4-6@eu"),
            ("openai/gpt-4o:free", "gpt_4o"),
        ],
    )
    def test_spellings_have_one_key(self, one: str, other: str) -> None:
        assert key_of(one) == key_of(other)

    @pytest.mark.parametrize(
        "other", ["gpt-oss-20b", "gpt-oss-120b-2025-08-05", "gpt-oss-120b-fast", "ft:gpt-oss-120b:acme::9x"]
    )
    def test_a_date_a_variant_or_a_tuned_one_is_another(self, other: str) -> None:
        assert key_of(other) != key_of(OSS)

    def test_a_stated_one_stands(self) -> None:
        records = [("groq", model("gpt-oss-120b", OSS))]
        assert facts(records, "x", model("gpt-oss-120b", "x/mine"))["canonical"] == "x/mine"

    def test_a_model_of_its_maker_has_its_own_name(self) -> None:
        """In our spelling of the provider, and although others with the same last part are of another model."""
        records = [("groq", model("m", "acme-ai/m")), ("groq", model("x/m", "other/m"))]
        assert facts(records, "acme_ai", model("m"))["canonical"] == "acme-ai/m"

    def test_an_id_that_meets_exactly_one_group_joins_it(self) -> None:
        records = [("groq", model("openai/gpt-oss-120b", OSS)), ("hf", model("oss120", OSS))]
        for spelling in ("mirror/GPT-OSS-120B", "gpt-oss-120b:free", "oss-120"):
            assert facts(records, "mine", model(spelling))["canonical"] == OSS
        assert "canonical" not in facts(records, "mine", model("gpt-oss-20b"))
        assert "canonical" not in facts([*records, ("x", model("gpt-oss-120b", "x/y"))], "mine", model("gpt-oss-120b"))

    def test_the_canonical_id_itself_counts(self) -> None:
        """vercel:bytedance/seed-1.8, where all hosts call it otherwise."""
        records = [("novita_ai", model("doubao-1-8", "bytedance-seed/seed-1-8"))]
        assert facts(records, "vercel", model("bytedance/seed-1.8"))["canonical"] == "bytedance-seed/seed-1-8"

    def test_an_id_without_letters_and_digits_meets_nobody(self) -> None:
        assert "canonical" not in facts([("a", model("-", "a/-"))], "b", model("x/_"))


class TestFacts:
    @pytest.mark.parametrize(
        ("name", "value"), [("family", "gpt-oss"), ("knowledge", "2024-06"), ("open_weights", True)]
    )
    def test_one_record_is_enough(self, name: str, value: Any) -> None:
        records = [("groq", model("a", OSS, **{name: value})), ("hf", model("b", OSS))]
        assert facts(records, "x", model("c", OSS))[name] == value

    def test_of_a_temperature_two_are_needed(self) -> None:
        record = model("a", OSS, capabilities={"temperature": False})
        assert "temperature" not in facts([("groq", record)], "x", model("c", OSS))
        assert facts([("groq", record), ("hf", record)], "x", model("c", OSS))["temperature"] is False

    @pytest.mark.parametrize("name", ["family", "knowledge"])
    def test_two_values_are_no_agreement(self, name: str) -> None:
        records = [("a", model("a", OSS, **{name: value})) for value in ("2024-06", "2024-06", "2024-07")]
        assert name not in facts(records, "x", model("c", OSS))

    def test_what_a_record_states_is_not_asked_of_others(self) -> None:
        records = [("groq", model("a", OSS, family="gpt-oss", knowledge="2024-06"))]
        assert facts(records, "x", model("c", OSS, family="", knowledge="2020-01")) == {"canonical": OSS}

    def test_a_derived_name_gets_an_answer_but_has_no_vote(self) -> None:
        """Hosts that do not state the canonical id state other facts carelessly: of 517 dates, 138 are wrong."""
        named, unnamed = ("groq", model("gpt-oss-120b", OSS, knowledge="2024-06")), ("hf", model("x/gpt-oss-120b"))
        assert facts([named], *unnamed)["knowledge"] == "2024-06"
        careless = ("helicone", model("gpt-oss-120b", knowledge="2025-08"))
        assert facts([named, careless], "x", model("c", OSS))["knowledge"] == "2024-06"
        of_its_maker = ("openai", model("gpt-oss-120b", knowledge="2025-08"))
        assert "knowledge" not in facts([named, of_its_maker], "x", model("c", OSS))

    def test_nothing_else_is_filled(self) -> None:
        """Each host sets its prices, limits and status."""
        record = model("a", OSS, status="deprecated", cost={"input": 1}, limits={"context": 8}, deprecated=True)
        assert facts([("a", record), ("b", record)], "x", model("c", OSS)) == {"canonical": OSS}


class TestLikely:
    def of(self, *values: bool, canonical: str | None = OSS) -> list[str]:
        """What is likely of a model of whose siblings two or more state whether they take a JSON Schema."""
        records = [(f"p{n}", model("gpt-oss-120b", canonical, **schema(value))) for n, value in enumerate(values)]
        return likely(facts(records, "x", model("gpt-oss-120b", canonical)))

    @pytest.mark.parametrize("canonical", [OSS, None])
    def test_where_two_siblings_state_yes_and_none_no(self, canonical: str | None) -> None:
        """Those of the canonical id, or without one those with the same last segment of the id."""
        assert self.of(True, True, canonical=canonical) == ["json_native", "json_schema"]
        assert self.of(True, canonical=canonical) == []
        assert self.of(True, True, False, canonical=canonical) == []

    def test_a_derived_canonical_id_is_not_enough(self) -> None:
        """It would be right in 82 % of cases; the same last segment is in 88 %."""
        hosts = [(f"p{n}", model(f"oss-{n}", OSS, **schema(True))) for n in range(3)]
        assert facts(hosts, "x", model("gpt-oss-120b")) == {"canonical": OSS}

    def test_a_no_is_not_likely(self) -> None:
        assert self.of(False, False, False) == []

    def test_a_canonical_id_without_an_answer_asks_no_further(self) -> None:
        others = [(f"p{n}", model("a", "x/y", **schema(True))) for n in range(3)]
        assert likely(facts(others, "x", model("a", OSS))) == []

    def test_what_is_stated_is_not_likely(self) -> None:
        records = [(f"p{n}", model("a", OSS, **schema(True))) for n in range(3)]
        assert likely(facts(records, "x", model("c", OSS, **schema(False)))) == []

    def test_in_a_file(self) -> None:
        """It is stored beside the record, answers no `require`, and `stated` does not know it."""
        hosts = {f"p{n}": {"gpt-oss-120b": {"canonical": OSS, **schema(True)}} for n in range(2)}
        file = catalogues.made_up({**hosts, "q": {"gpt-oss-120b": {"canonical": OSS}}})
        assert file.likely("q", "gpt-oss-120b") == ("json_native", "json_schema")
        assert (file.likely("p0", "gpt-oss-120b"), file.likely("q", "gone")) == ((), ())
        from llm_models.snapshot import Snapshot

        found = Snapshot(file).get_model("q", "gpt-oss-120b")
        assert (found.stated("json_schema"), found.capabilities.json.schema) == (None, False)
        assert "likely" not in (file.stated("q", "gpt-oss-120b") or {})


class TestFamily:
    FAMILIES = ("gpt", "gpt-mini", "o-mini", "qwen", "qwen3-coder", "Hy", "claude-haiku", "gemini-flash")

    @pytest.mark.parametrize(
        ("model_id", "family"),
        [
            ("gpt-4o-mini-search", "gpt-mini"),
            ("openai/gpt-4o-mini-2024-07-18", "gpt-mini"),
            ("GPT-5.2", "gpt"),
            ("o4-mini-high", "o-mini"),
            ("qwen3.6-plus", "qwen"),
            ("Qwen/Qwen3-Coder-480B", "qwen3-coder"),
            ("hy-2", "Hy"),
            ("claude-4.5-haiku", "claude-haiku"),
            ("haiku-claude", None),
            ("mini-gpt", None),
            ("azure-o3", None),
            ("flash-gemini", None),
            ("gptx-1", None),
            ("l31-70b", None),
            ("", None),
        ],
    )
    def test_the_longest_whose_parts_are_in_the_id(self, model_id: str, family: str | None) -> None:
        """In their order, and with the same first part; no family is invented."""
        assert longest_family(model_id, families_by_part(self.FAMILIES)) == family
        assert longest_family(model_id, families_by_part(reversed(self.FAMILIES))) == family

    def test_agreement_comes_first(self) -> None:
        """That of the canonical id, then that of the last segment."""
        records = [("a", model("gpt-4o-mini", family="gpt")), ("b", model("x", OSS, family="gpt-mini"))]
        assert facts(records, "c", model("y/gpt-4o-mini", OSS))["family"] == "gpt-mini"
        assert facts(records, "c", model("y/gpt-4o-mini"))["family"] == "gpt"
        assert (
            facts([*records, ("d", model("GPT-4o-mini", family="o"))], "c", model("gpt-4o-mini"))["family"]
            == "gpt-mini"
        )

    def test_in_a_catalogue_whatever_the_order(self) -> None:
        rows = {
            "a": model("gpt-4o-mini", family="gpt-mini"),
            "b": model("openai/gpt-4o-mini", family="gpt-mini"),
            "c": model("proxy/gpt-4o-mini"),
            "d": model("qwen3-embedding-8b", family="qwen"),
            "e": model("Qwen/Qwen3-Embedding-8B", family="text-embedding"),
            "f": model("Qwen3-Embedding-8B"),
            "g": model("house-7b"),
        }
        for order in (list(rows), list(reversed(rows))):
            file = catalogues.made_up({provider: {rows[provider]["id"]: rows[provider]} for provider in order})
            derived = {name: file.block(name).model(0).get("derived", {}).get("family") for name in "cfg"}
            assert derived == {"c": "gpt-mini", "f": "qwen", "g": None}

    def test_against_what_upstream_states_later(self) -> None:
        """Of the models without a family on 2026-07-02 that have one by 2026-09-30, at least 84 % get that one."""
        then, later = records_of("2026-07-02"), records_of("2026-09-30")
        known = {(provider, stated["id"]): stated.get("family") for provider, stated in later}
        agreement = Agreement(then)
        asked = [(provider, stated) for provider, stated in then if not stated.get("family")]
        asked = [(provider, stated) for provider, stated in asked if known.get((provider, stated["id"]))]
        assert len(asked) == 410
        right = sum(agreement.facts(p, stated).get("family") == known[p, stated["id"]] for p, stated in asked)
        assert right >= 0.84 * len(asked), right


def records_of(date: str) -> Records:
    """The records of a real upstream file, as far as facts are concerned; skips where the file is absent."""
    path = ROOT.parent / "shared" / "upstream" / f"models-dev-{date}.json"
    if not path.is_file():
        pytest.skip("the real upstream file is absent")
    return [
        (fold_provider(name), ours(one))
        for name, part in json.loads(path.read_bytes()).items()
        for one in part["models"].values()
    ]


def ours(theirs: Stated) -> Stated:
    stated = {name: theirs[name] for name in ("id", "family", "knowledge", "open_weights") if name in theirs}
    if "canonical_model_id" in theirs:
        stated["canonical"] = theirs["canonical_model_id"]
    if "temperature" in theirs:
        stated["capabilities"] = {"temperature": theirs["temperature"]}
    return stated


class TestOnTheRealUpstream:
    """Each tenth record is asked, without a value that it states."""

    def hidden(self, records: Records, drop: tuple[str, ...]) -> Iterator[tuple[str, Stated, Stated]]:
        bare = [{key: value for key, value in stated.items() if key not in drop} for _, stated in records[::10]]
        rest = [record for number, record in enumerate(records) if number % 10]
        agreement = Agreement([*rest, *((record[0], one) for record, one in zip(records[::10], bare, strict=True))])
        for (provider, stated), one in zip(records[::10], bare, strict=True):
            yield provider, stated, agreement.facts(provider, one)

    def test_a_derived_canonical_id_is_the_stated_one(self) -> None:
        pairs = [(stated["canonical"], found.get("canonical")) for _, stated, found in
                 self.hidden(records_of("2026-09-30"), ("canonical",)) if "canonical" in stated]  # fmt: skip
        answered = [pair for pair in pairs if pair[1]]
        assert len(answered) > 400
        assert sum(stated == found for stated, found in answered) >= 0.99 * len(answered)

    @pytest.mark.parametrize(
        ("name", "share"), [("family", 0.92), ("knowledge", 0.99), ("open_weights", 0.99), ("temperature", 0.985)]
    )
    def test_a_fact_is_the_stated_one(self, name: str, share: float) -> None:
        """Of the records that state their canonical id. A family is also guessed where these do not agree."""
        drop = ("capabilities",) if name == "temperature" else (name,)
        found = [(stated_of(stated, name), facts.get(name)) for _, stated, facts in
                 self.hidden(records_of("2026-09-30"), drop) if "canonical" in stated]  # fmt: skip
        answered = [pair for pair in found if None not in pair]
        assert len(answered) > 250
        assert sum(stated == value for stated, value in answered) >= share * len(answered)


@pytest.fixture(scope="module")
def base() -> SnapshotFile:
    return SnapshotFile.open(PACKAGED_SNAPSHOT)


@pytest.fixture(scope="module")
def everything(base: SnapshotFile) -> dict[tuple[str, str], Stated]:
    """What the packaged snapshot states, all decoded."""
    return {(p, i): base.stated(p, i) or {} for p in base.blocks for i in base.block(p).ids}


TOUCHED: dict[str, dict[str, dict[str, Stated | None]]] = {
    "prices": {"openai": {"gpt-5.2": {"cost": {"input": 1}}}, "groq": {"openai/gpt-oss-120b": {"tags": ["mine"]}}},
    "an own model": {"house": {"house-7b": None}},
    "a known model at an own provider": {"house": {"mirror/GPT-OSS-120B": None, "deepseek-v3.2": None}},
    "a maker's model": {"zhipuai": {"glm-5.3": {"family": None, "canonical": None}}},
    "facts that are taken away": {
        "groq": {"openai/gpt-oss-120b": {"canonical": None, "knowledge": None, "family": None}},
    },
    "facts that differ": {
        "groq": {"openai/gpt-oss-120b": {"knowledge": "1999-01"}},
        "nebius": {"openai/gpt-oss-120b": {"knowledge": None}},
        "openai": {"gpt-5.2": {"family": "mine"}},
    },
    "another canonical id": {"groq": {"openai/gpt-oss-120b": {"canonical": "zhipuai/glm-5.3", "family": None}}},
    "sizes behind a colon": {
        "house": {"mistral-large-3-675b": None, "gpt-oss:20b": None, "gemma4-31b": None, "qwen3-coder:30b-a3b": None},
        "pendra": {"gpt-oss:120b": {"knowledge": None, "family": None}},
    },
    "odd ids": {"house": {"a\"b": None, "x/": None, "ёлка-7b": None, "@cf": None, "ft:gpt-4o-mini:acme::1": None}},
}  # fmt: skip
"""Name -> what layers make of models: fields to set, or to take away (None); a model that is None is new."""


class TestATouchedModel:
    @pytest.mark.parametrize("name", TOUCHED)
    def test_gets_what_all_records_together_would_give(
        self, name: str, base: SnapshotFile, everything: dict[tuple[str, str], Stated]
    ) -> None:
        """The search decodes little, and its answer is that of a full decode."""
        touched: dict[str, dict[str, Stated]] = {}
        for provider, models in TOUCHED[name].items():
            for model_id, fields in models.items():
                stated = {**everything.get((provider, model_id), {"id": model_id}), **(fields or {})}
                kept = {key: value for key, value in stated.items() if value is not None}
                touched.setdefault(provider, {})[model_id] = {**kept, "provider": provider}
        records = {**everything, **{(p, i): one for p, models in touched.items() for i, one in models.items()}}
        full = Agreement((key[0], records[key]) for key in records)
        got = agreed_facts(base, touched)
        assert set(got) == {(p, i) for p, models in touched.items() for i in models}
        for (provider, model_id), found in got.items():
            stated = touched[provider][model_id]
            expected = full.facts(provider, stated)
            if "canonical" in stated:  # what is stated is not asked for
                assert expected.pop("canonical") == found.pop("canonical", stated["canonical"]) == stated["canonical"]
            if not likely(expected):
                expected.pop("json_schema", None)
                found.pop("json_schema", None)
            assert found == expected

    def test_without_a_changed_fact_no_other_provider_is_read(self, base: SnapshotFile) -> None:
        """Prices, limits and tags of two records of one model."""
        names = (("groq", "openai/gpt-oss-120b"), ("nebius", "openai/gpt-oss-120b"), ("openai", "gpt-5.2"))
        touched: dict[str, dict[str, Stated]] = {}
        for provider, model_id in names:
            touched.setdefault(provider, {})[model_id] = {
                **(base.stated(provider, model_id) or {}),
                "cost": {"input": 9},
            }
        assert read_by(touched) == {"groq", "nebius", "openai"}

    def test_a_new_model_changes_nothing_for_others(self) -> None:
        """Also where neither has a canonical id."""
        file = SnapshotFile.open(PACKAGED_SNAPSHOT)
        names = ((p, i) for p in file.blocks for i in file.block(p).ids)
        plain = next(key for key in names if '"canonical"' not in str(file.line(*key)).replace("'", '"'))
        touched = {plain[0]: {plain[1]: file.stated(*plain) or {}}, "house": {"house-7b": {"id": "house-7b"}}}
        assert read_by(touched) == {plain[0]}

    def test_a_new_name_changes_it_for_the_same_name(self) -> None:
        file = catalogues.made_up({"a": {"m-1": {"knowledge": "2024"}}, "b": {"m-1": {}}})
        stated = {"b": {"m-1": {"id": "m-1", "tags": ["mine"]}}}
        assert agreed_facts(file, stated)["b", "m-1"] == {}
        named = {"id": "m.1", "canonical": "c/m-1", "knowledge": "2025"}
        assert agreed_facts(file, {**stated, "c": {"m.1": named}})["b", "m-1"] == {
            "canonical": "c/m-1",
            "knowledge": "2025",
        }

    def test_records_of_the_model_under_other_ids_are_found(self) -> None:
        hosts = {"a": {"gpt-9": {"canonical": "o/gpt-9"}}, "b": {"nine": {"canonical": "o/gpt-9", "knowledge": "2025"}}}
        own = {"house": {"mirror/gpt-9": {"id": "mirror/gpt-9"}}}
        assert agreed_facts(catalogues.made_up({**hosts, "c": {"x": {}}}), own) == {
            ("house", "mirror/gpt-9"): {"canonical": "o/gpt-9", "knowledge": "2025"}
        }

    def test_what_followed_from_a_kind_is_no_agreement(self) -> None:
        """A model that is declared to chat takes a temperature again."""
        file = catalogues.made_up({"a": {"whisper-1": {}}})
        assert file.block("a").model(0)["derived"]["capabilities"]["temperature"] is False
        assert agreed_facts(file, {"a": {"whisper-1": {"id": "whisper-1", "kind": "chat"}}}) == {("a", "whisper-1"): {}}

    def test_odd_ids_of_the_base_are_found(self) -> None:
        """Letters that only become ASCII in lower case, and characters that JSON escapes."""
        hosts = {"a": {"\u212aimi-2": {"canonical": "x/kimi-2"}}, "b": {'g"p"t-9': {"canonical": 'x/g"9'}}}
        file = catalogues.made_up({**hosts, "c": {"x": {"family": 'k"i'}}})
        own = {"house": {"kimi-2": {"id": "kimi-2"}, "gpt-9": {"id": "gpt-9"}, "k-i-3": {"id": "k-i-3"}}}
        assert agreed_facts(file, own) == {
            ("house", "kimi-2"): {"canonical": "x/kimi-2"},
            ("house", "gpt-9"): {"canonical": 'x/g"9'},
            ("house", "k-i-3"): {"family": 'k"i'},
        }

    def test_an_own_name_decodes_no_provider(self) -> None:
        assert read_by({"house": {"house-7b": {"id": "house-7b"}}}) == set()

    def test_an_own_name_reads_no_provider(self) -> None:
        own = {"house": {"house-7b": {"id": "house-7b"}}}
        known = {"house": {"gpt-oss-120b": {"id": "gpt-oss-120b"}}}
        assert read_by(own, "block_at") == set()
        assert len(read_by(known, "block_at")) > 200

    def test_a_file_without_keys_gives_the_same(self, base: SnapshotFile) -> None:
        """As files of earlier versions are: their blocks are searched."""
        texts = base.texts()
        touched = {"house": {i: {"id": i} for i in ("house-7b", "mirror/GPT-OSS-120B", "gemma4-31b")}}
        expected = agreed_facts(base, touched)
        assert expected["house", "mirror/GPT-OSS-120B"]
        with mock.patch.object(SnapshotFile, "texts", lambda _, section="texts": texts if section == "texts" else None):
            assert agreed_facts(SnapshotFile.open(PACKAGED_SNAPSHOT), touched) == expected

    def test_an_own_name_of_a_known_model_decodes_those_that_have_it(self, base: SnapshotFile) -> None:
        read = read_by({"house": {"gpt-oss-120b": {"id": "gpt-oss-120b"}}})
        assert {"groq", "nebius"} <= read < set(base.blocks)


def read_by(touched: dict[str, dict[str, Stated]], way: str = "block") -> set[str]:
    """The providers whose index or models are decoded (by `block_at`: read) to find what touched models agree on."""
    file = SnapshotFile.open(PACKAGED_SNAPSHOT)
    with mock.patch.object(SnapshotFile, way, autospec=True, side_effect=getattr(SnapshotFile, way)) as read:
        agreed_facts(file, touched)
    return {call.args[-1] for call in read.call_args_list}


def test_the_facts_are_fields(base: SnapshotFile) -> None:
    from llm_models.grammar import field_paths

    assert {".".join(fact.path) for fact in FACTS.values()} <= set(field_paths("model"))

"""Transforms: a source of another shape is one row and one module; and the specs that transforms are written with."""

from __future__ import annotations

import json
import re
import types
from pathlib import Path
from typing import Any

import pytest
from glom import SKIP, Spec, T, glom
from support import flat_source
from support.command import facts, fine, here, python

import llm_models
from llm_models import paths, pipeline, transforms
from llm_models.errors import SourceError
from llm_models.normalize import Report, normalize
from llm_models.origins import leaves
from llm_models.snapshot import Snapshot
from llm_models.transforms.specs import First, Record, Take, flag, text, tokens, words

DOCUMENT: dict[str, Any] = {
    "data": [
        {
            "id": "openai/gpt-x",
            "name": "GPT X ",
            "context_length": 128000,
            "pricing": {"prompt": "0.0000025", "completion": "0.00001", "image": "0.001"},
            "created": 1700000000,
        },
        {"id": "OpenAI/ft:gpt-x/2", "context_length": 0, "pricing": {"prompt": "free"}},
        {"id": "Acme-AI/small", "pricing": "none"},
    ]
}
DATA = json.dumps(DOCUMENT).encode()


@pytest.fixture(autouse=True)
def flat(monkeypatch: pytest.MonkeyPatch) -> None:
    """The one line that a source needs beside its transform."""
    row = transforms.Source("Flat list", "https://flat.example/models", "support.flat_source")
    monkeypatch.setitem(transforms.SOURCES, "flat", row)


class TestAnotherSource:
    def test_bytes_become_a_catalogue(self) -> None:
        file, report = pipeline.build_base(DATA, "flat.json", "flat", curated=[])
        snapshot = Snapshot(file)
        model = snapshot.get_model("openai", "gpt-x")
        assert (model.name, model.limits.context, model.provider_model_id) == ("GPT X", 128000, "openai/gpt-x")
        assert (model.cost.input, model.cost.output, model.tags) == (2.5, 10, ("flat",))
        assert model.extra == {"created": 1700000000, "pricing": {"image": "0.001"}}
        assert [one.spec for one in snapshot.list_models()] == [
            "acme_ai:small",
            "openai:ft:gpt-x/2",
            "openai:gpt-x",
        ]
        assert [(source["name"], len(source["sha256"])) for source in file.header["sources"]] == [("flat", 64)]
        assert report.rows() == [
            {"kind": kind, "place": place, "reason": reason, "count": 1, "examples": [example]}
            for kind, place, reason, example in [
                ("dropped", "context_length", "0 means unknown", "openai:OpenAI/ft:gpt-x/2"),
                ("dropped", "pricing", "expected an object, found text", "acme_ai:Acme-AI/small"),
                ("dropped", "pricing.prompt", "no decimal number", "openai:OpenAI/ft:gpt-x/2"),
                ("repaired", "name", "spaces at the edges trimmed", "openai:openai/gpt-x"),
            ]
        ]

    def test_records_without_an_id_are_counted(self) -> None:
        broken = {"data": [*DOCUMENT["data"], 3, {"name": "x"}, {"id": "openai/gpt-x", "name": "again"}]}
        file, report = pipeline.build_base(json.dumps(broken).encode(), "flat.json", "flat", curated=[])
        assert file.header["counts"] == {"providers": 2, "models": 3}
        assert {key: count for key, count in report.counts.items() if key[0] == "record dropped"} == {
            ("record dropped", "model", "its provider was dropped"): 2,
            ("record dropped", "model", "another record has the same id"): 1,
            ("record dropped", "provider", "id: pattern"): 1,
        }
        assert Snapshot(file).get_model("openai", "gpt-x").name == "GPT X"

    def test_activated_and_explained(self) -> None:
        Path("flat.json").write_bytes(DATA)
        told = fine("activate", "--from", "flat.json", "--source", "flat", "--force")
        assert "3 models of 2 providers, from flat.json" in told.out
        assert llm_models.load().get_model("openai", "gpt-x").cost.input == 2.5
        origins = {one.field: (one.how, one.layer) for one in llm_models.explain("openai:gpt-x").fields}
        assert origins["cost.input"] == origins["limits.context"] == ("stated", "flat")
        assert facts("info")["sources"][0]["name"] == "flat"

    def test_what_was_pulled_keeps_its_source(self) -> None:
        """The manifest beside a pulled file names its source, for `activate` and for `diff`."""
        Path("mirror.json").write_bytes(DATA)
        fine("pull", "--source", "flat", "--url", "mirror.json", "--out", "copy/flat.json")
        assert facts("pull", "--source", "flat", "--url", "mirror.json")["source"] == "flat"
        fine("activate", "--from", "copy/flat.json", "--out", "copy/made.json", "--force")
        assert fine("diff", "copy/made.json", "pulled", "--exit-code").out == ""
        refused = here("activate", "--from", "mirror.json", "--force")
        assert refused.err.startswith("llm-models: mirror.json: is not a catalogue of models.dev: ")
        assert refused.err.endswith("(found the keys 'data')\n")

    @pytest.mark.parametrize(
        "document", [[], {}, {"data": []}, {"data": 3}, {"models": DOCUMENT["data"]}, None, "data"]
    )
    def test_another_shape_is_no_catalogue_of_it(self, document: Any) -> None:
        with pytest.raises(SourceError, match=r"^up\.json: is not a catalogue of Flat list: no provider with models"):
            transforms.read(json.dumps(document).encode(), "up.json", "flat")

    def test_the_command_line(self) -> None:
        Path("flat.json").write_bytes(DATA)
        told = here("activate", "--from", "flat.json", "--source", "flatt")
        assert (told.code, told.err) == (2, "llm-models: unknown source 'flatt'. Did you mean 'flat'?\n")
        told = here("activate", "--source", "flat")
        assert told.code == 2
        assert "--source needs --from FILE" in told.err


class TestProse:
    """A description is a text for people, in the source's words: the packaged snapshot is built without it."""

    @pytest.fixture(autouse=True)
    def described(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """A source with descriptions, another text beside them, and a model without."""
        table = vars(flat_source.MODEL)["_table"]
        monkeypatch.setattr(flat_source, "MODEL", Record(**table, description=Take("about", text)))
        rows = [{"id": "acme/m", "about": "Thinks.", "notes": "Asks."}, {"id": "acme/n", "notes": {"about": "Too."}}]
        for name, about in (("one", "Thinks."), ("two", "Thinks more.")):
            rows[0]["about"] = about
            Path(f"{name}.flat").write_text(json.dumps({"data": rows}))
        for name, source, *more in (("with", "one"), ("other", "two"), ("without", "one", "--without-prose")):
            how = ("--source", "flat", "--config", "none", "--out", f"{name}.json", "--force")
            self.told = fine("activate", "--from", f"{source}.flat", *how, *more).out

    def test_it_alone_is_left_out(self) -> None:
        full, facts_only = (llm_models.load(None, snapshot=Path(f"{name}.json").absolute(), publish=False)
                            for name in ("with", "without"))  # fmt: skip
        assert full.get_model("acme", "m").description == "Thinks."
        for model in full.list_models():
            expected = {key: value for key, value in model.to_dict().items() if key != "description"}
            assert facts_only.get_model(*model.key).to_dict() == expected
        assert facts_only.get_model("acme", "m").extra == {"notes": "Asks."}
        assert facts_only.get_model("acme", "n").extra == {"notes": {"about": "Too."}}
        assert re.search(r"^left out +description +prose of Flat list +1 +acme:m$", self.told, re.MULTILINE)

    @pytest.mark.parametrize(
        ("packaged", "other", "listed"),
        [
            ("without", "with", False),
            ("with", "without", False),
            ("with", "other", True),
            (None, "with", True),
        ],
    )
    def test_diff_lists_no_text_that_only_the_packaged_data_lacks(
        self, packaged: str | None, other: str, listed: bool, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        if packaged is not None:
            monkeypatch.setattr(paths, "PACKAGED_SNAPSHOT", str(Path(f"{packaged}.json").absolute()))
        old = "without.json" if packaged is None else "packaged"
        changes = facts("diff", old, f"{other}.json")["changes"]
        fields = [(change["spec"], change["field"]) for rows in changes.values() for change in rows]
        assert fields == ([("acme:m", "description")] if listed else [])


def apply(table: dict[str, Any], source: dict[str, Any]) -> tuple[dict[str, Any], list[tuple[str, ...]]]:
    """The record that a table makes, and what it notes."""
    notes: list[tuple[str, ...]] = []
    record = glom(source, Record(**table), scope={"note": lambda *note: notes.append(note)})
    return record, notes


class TestSpecs:
    def test_groups_without_a_value_are_left_out(self) -> None:
        table = {"a": {"b": {"c": Take("c", flag)}, "d": Take("d", flag)}}
        assert apply(table, {"d": False}) == ({"a": {"d": False}}, [])
        assert apply(table, {}) == ({}, [])

    def test_fields_are_in_the_order_of_the_table(self) -> None:
        """The origins of values in a file follow it, so another order would make other bytes."""
        table = {
            "a": {"b": {"c": Take("c", flag)}, "d": Take("d", flag)},
            "e": Take("e", flag),
            "f": {"g": Take("d", flag)},
        }
        record, _ = apply(table, {"e": True, "d": True, "c": True})
        assert list(leaves(record)) == [(("a", "b", "c"), True), (("a", "d"), True), (("e",), True), (("f", "g"), True)]

    def test_a_table_is_read_alike_with_and_without_glom(self) -> None:
        """`normalize` reads records without it, since glom makes scopes for each."""
        table = {"a": Take("a", words), "b": {"c": Spec(T["d"].upper())}, "extra": {"g": First(Take("e", text))}}
        source = {"a": [1, "x", "x"], "d": "y", "e": " z ", "f": 2}
        notes: list[tuple[str, ...]] = []
        record = Record(**table).read(source, lambda *note: notes.append(note))
        assert apply(table, source) == (record, notes)
        assert record == {"a": ["x"], "b": {"c": "Y"}, "extra": {"g": "z", "d": "y", "f": 2}}
        assert len(notes) == 3

    def test_unknown_keys_keep_their_nesting(self) -> None:
        source = {"limit": {"context": 1, "new": {"deep": [None]}}, "other": {}, "limit.context": 2}
        record, notes = apply({"limits": {"context": Take("limit.context", tokens)}}, source)
        extra = {"limit": {"new": {"deep": [None]}}, "other": {}, "limit.context": 2}
        assert (record, notes) == ({"limits": {"context": 1}, "extra": extra}, [])

    def test_the_source_is_not_changed(self) -> None:
        source = {"limit": {"context": 1, "new": 2}, "name": " x"}
        before = json.dumps(source)
        apply({"name": Take("name", text), "extra": {"limit": {"context": Take("limit.context", tokens)}}}, source)
        assert json.dumps(source) == before

    @pytest.mark.parametrize("group", [None, 3, [], "text"])
    def test_a_value_in_place_of_a_group_is_noted_once(self, group: Any) -> None:
        table = {"in": Take("io.in", words), "out": Take("io.out", words)}
        record, ((kind, place, reason),) = apply(table, {"io": group})
        assert (record, kind, place) == ({}, "dropped", "io")
        assert reason.startswith("expected an object, found ")

    def test_an_extra_of_the_table_comes_before_an_unknown_key(self) -> None:
        table = {"extra": {"source_id": Take("id", text), "limit": {"was": Take("limit.old", tokens)}}}
        record, notes = apply(table, {"id": "x", "source_id": "y", "limit": {"old": 1, "new": 2, "was": 3}})
        assert record == {"extra": {"source_id": "x", "limit": {"was": 1, "new": 2}}}
        same = "extra holds another value of that name"
        assert notes == [("dropped", "source_id", same), ("dropped", "limit.was", same)]

    def test_a_spec_that_fails_drops_the_record(self) -> None:
        """Not every spec checks what it is given; the record is counted, and the others stay."""
        document = {"data": [{"id": "a/one", "name": "One"}, {"id": "a/two"}, {"id": "a/three", "name": 3}]}
        transform: Any = types.SimpleNamespace(**vars(flat_source))
        transform.MODEL = Record(id=Take("id", flat_source.after_slash), name=Spec(T["name"].upper()))
        report = Report()
        records = normalize(document, transform, report, lambda *_: None)
        assert [*records["a"]["models"]] == ["one"]
        assert report.records_dropped == 2
        for kind, _, reason in report.counts:
            assert kind == "record dropped"
            assert reason.startswith("it has another shape than the transform expects (")

    def test_any_glom_spec_is_a_leaf_and_takes_nothing(self) -> None:
        record, _ = apply({"id": Take("id", text), "upper": Spec(T["id"].upper())}, {"id": "x", "b": 1})
        assert record == {"id": "x", "upper": "X", "extra": {"b": 1}}

    def test_several_keys_are_one_value(self) -> None:
        seen: list[Any] = []

        def look(value: Any, note: Any) -> Any:
            seen.append(value)
            note("odd", "b", "dropped")
            return SKIP

        table = {"x": Take("group", look, "a", "b")}
        assert apply(table, {"group": {"b": 1, "c": 2}}) == (
            {"extra": {"group": {"c": 2}}},
            [("dropped", "group.b", "odd")],
        )
        assert apply(table, {"group": {"c": 2}}) == ({"extra": {"group": {"c": 2}}}, [])
        assert seen == [{"b": 1}]


def test_a_source_is_imported_only_when_it_is_used() -> None:
    """`--help`, an unknown name and the download need no glom; a row names its module, which exists."""
    code = (
        "import sys, llm_models.normalize, llm_models.sources, llm_models.manifest\n"
        "from llm_models import transforms\n"
        "assert 'glom' not in sys.modules\n"
        "assert all(transforms.transform(name).MODEL for name in transforms.SOURCES)\n"
    )
    python(code)


def test_normalizing_lists_what_the_source_states() -> None:
    records = normalize(DOCUMENT, transforms.transform("flat"), Report(), lambda *_: None)
    assert {name: list(part["models"]) for name, part in records.items()} == {
        "openai": ["gpt-x", "ft:gpt-x/2"],
        "acme_ai": ["small"],
    }


class TestSharedValues:
    """What a transform makes of a value that many models share is remembered, and still each model's own."""

    TABLE = Record(
        limits={"context": Take("limit.context", tokens), "output": Take("limit.output", tokens)},
        modalities={"input": Take("modalities", words)},
        open_weights=Take("open", flag),
    )

    def read(self, entry: dict[str, Any]) -> tuple[dict[str, Any], list[tuple[str, ...]]]:
        notes: list[tuple[str, ...]] = []
        return self.TABLE.read(entry, lambda *words: notes.append(words)), notes

    def test_equal_values_give_equal_records_and_notes(self) -> None:
        first, again = (self.read({"limit": {"context": 8.0, "output": 0}, "open": 1}) for _ in range(2))
        assert (
            first
            == again
            == (
                {"limits": {"context": 8}},
                [
                    ("repaired", "limit.context", "a whole number written with a point"),
                    ("dropped", "limit.output", "0 means unknown"),
                    ("dropped", "open", "expected true or false"),
                ],
            )
        )

    def test_values_that_python_calls_equal_are_not_confused(self) -> None:
        """Neither 1 with true, nor a text with the list that it looks like, nor 8 with 8.0."""
        assert [self.read({"open": value})[0] for value in (1, True, 1.0)] == [{}, {"open_weights": True}, {}]
        assert self.read({"modalities": "['text']"})[0] == {}
        assert self.read({"modalities": ["text"]})[0] == {"modalities": {"input": ["text"]}}
        assert [len(self.read({"limit": {"context": size}})[1]) for size in (8, 8.0, 8)] == [0, 1, 0]

    def test_a_change_of_one_record_changes_no_other(self) -> None:
        entry = {"modalities": ["text"], "limit": {"context": 8}}
        for _ in range(2):
            record, _ = self.read(entry)
            record["modalities"]["input"].append("image")
            record["limits"]["context"] = 9
        assert self.read(entry)[0] == {"limits": {"context": 8}, "modalities": {"input": ["text"]}}
        assert entry == {"modalities": ["text"], "limit": {"context": 8}}

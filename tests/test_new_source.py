"""The made-up source of CONTRIBUTING.md works as it is written there."""

from __future__ import annotations

import json
import re
import sys
import types
from pathlib import Path
from typing import Any

import pytest
from support import catalogues, flat_source
from support.catalogues import catalogue, model, provider
from support.command import fine, here, refused

from llm_models import transforms
from llm_models.normalize import Report, normalize
from llm_models.transforms.specs import Record, Take

TEXT = (Path(__file__).parent.parent / "CONTRIBUTING.md").read_text(encoding="utf-8")
SECTION = TEXT[TEXT.index("## A new source") : TEXT.index("## The way of one record")]
NAME = "llm_models.transforms.made_up"


@pytest.fixture
def list_of_the_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The files of a source and of the made-up list, whose module and row are those of the text."""
    module, row = re.findall(r"```python\n(.*?)```", SECTION, re.DOTALL)
    made = types.ModuleType(NAME)
    exec(compile(module, "CONTRIBUTING.md", "exec"), made.__dict__)
    monkeypatch.setitem(sys.modules, NAME, made)
    monkeypatch.setattr(transforms, "SOURCES", dict(transforms.SOURCES))
    exec(compile(row, "CONTRIBUTING.md", "exec"), {"SOURCES": transforms.SOURCES, "Source": transforms.Source})
    (document,) = re.findall(r"```json\n(.*?)```", SECTION, re.DOTALL)
    (tmp_path / "list.json").write_text(document)
    mini = model("gpt-5.4-mini", cost={"input": 0.75, "output": 4.5}, limit={"context": 300_000})
    (tmp_path / "api.json").write_bytes(catalogue(provider("openai", mini, model("o1"))))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_it_fills(list_of_the_text: Path) -> None:
    with catalogues.shipping(b""):
        text = fine("activate", "--from", "api.json", "--supplement", "made_up=list.json", "--force").out
    shown = json.loads(fine("show", "openai:gpt-5.4-mini", "--json").out)
    assert (shown["retires"], shown["cost"]["cache_write_1h"], shown["limits"]["context"]) == (
        "2027-06-01",
        1.5,
        300_000,
    )
    assert "made_up: window" in text
    assert "0 means unknown" in text
    assert (list_of_the_text / ".llm_models/snapshot.json").exists()


@pytest.mark.usefixtures("list_of_the_text")
def test_it_contradicts() -> None:
    found = json.loads(fine("diff", "api.json", "--against", "list.json", "--source", "made_up", "--json").out)
    assert [(line["field"], line["ours"], line["theirs"]) for line in found["differences"]] == [
        ("limits.context", 300_000, 400_000)
    ]


@pytest.mark.usefixtures("list_of_the_text")
def test_it_lists_no_models() -> None:
    result = here("activate", "--from", "list.json", "--source", "made_up")
    assert "Made-up list does not state which models exist" in refused(result, 2)
    assert "--supplement made_up=FILE" in result.err


@pytest.mark.parametrize("other", [None, "text", 5, [], {}, {"maker": 5}, {"maker": "openai"}, {"name": "o1"}])
def test_entries_of_another_shape_cost_only_themselves(list_of_the_text: Path, other: object) -> None:
    path = list_of_the_text / "list.json"
    document = json.loads(path.read_text())
    path.write_text(json.dumps({"models": [other, *document["models"], other]}))
    test_it_contradicts()


@pytest.mark.parametrize("models", [5, None, True])
@pytest.mark.parametrize(
    "command",
    [
        ("activate", "--from", "api.json", "--supplement", "made_up=list.json"),
        ("diff", "api.json", "--against", "list.json", "--source", "made_up"),
        ("pull", "--source", "made_up", "--url", "list.json"),
    ],
)
def test_a_document_for_which_the_transform_raises_is_refused(
    list_of_the_text: Path, command: tuple[str, ...], models: object
) -> None:
    (list_of_the_text / "list.json").write_text(json.dumps({"models": models}))
    text = refused(here(*command))
    assert "is not a catalogue of Made-up list: it has another shape than the transform expects (TypeError)" in text


def test_a_table_that_raises_for_one_record_costs_only_that_one() -> None:
    """Whoever writes a transform takes shapes for granted; the file is not lost for that, and the record is counted."""

    def after_slash(value: Any, _: object) -> str:
        return {"acme/a": "a", "acme/c": "c"}[value]

    made = types.ModuleType(NAME)
    made.__dict__.update(vars(flat_source), MODEL=Record(id=Take("id", after_slash)))
    report = Report()
    document = {"data": [{"id": f"acme/{name}"} for name in "abc"]}
    records = normalize(document, made, report, lambda *_: None)
    assert [*records["acme"]["models"]] == ["a", "c"]
    reason = "it has another shape than the transform expects (KeyError)"
    assert report.counts == {("record dropped", "model", reason): 1}
    assert report.records_dropped == 1

"""Every public name is described: what it gives, its arguments, its errors, its fields and an example."""

from __future__ import annotations

import ast
import re
import runpy
from typing import TYPE_CHECKING, Any

import pytest
from support import ROOT

import llm_models
from llm_models import frozen, schema

if TYPE_CHECKING:
    from collections.abc import Iterator

REFERENCE = runpy.run_path(str(ROOT / "docs" / "reference_python.py"))
"""The script that writes docs/python.md: it reads docstrings and fields as editors do."""
find, fields, listed = REFERENCE["find"], REFERENCE["fields"], REFERENCE["listed"]
FUNCTIONS = [name for names in REFERENCE["GROUPS"].values() for name in names]
CLASSES = [*REFERENCE["RECORDS"], *REFERENCE["ANSWERS"], *REFERENCE["errors"]()]
SAME = {
    "usages": "usage",
    "prices": "cost",
    "candidates": "select",
    "list_models": "select",
    "provider_history": "history",
    "wire_id": "resolve",
    "endpoint": "resolve",
    "capabilities": "resolve",
    "explain": "resolve",
    "offers": "resolve",
    "history": "resolve",
    "cost": "resolve",
    "select": "candidates",
}
"""Functions whose docstring refers to that of another one, for what both have."""
NO_ERRORS = {"epoch", "list_providers", "diff"}
"""Functions that raise no error of their own."""


def text_of(name: str, module: str = "__init__") -> str:
    return ast.get_docstring(find(name, module)[1]) or ""


def integrations() -> Iterator[tuple[str, str]]:
    """The module and the name of each public function and class of an integration."""
    for name in REFERENCE["INTEGRATIONS"]:
        module = f"integrations.{name}"
        for public in listed(module):
            try:
                find(public, module)
            except KeyError:  # a value
                assert REFERENCE["value_text"](public, module), (module, public)
            else:
                yield module, public


def test_the_page_has_every_public_name() -> None:
    values = {*REFERENCE["VALUES"]}
    assert sorted([*FUNCTIONS, *CLASSES, *values]) == sorted(llm_models.__all__)


@pytest.mark.parametrize("name", FUNCTIONS)
class TestFunctions:
    """What editors show on hover is complete."""

    def test_it_shows_an_example(self, name: str) -> None:
        assert ">>> " in text_of(name)

    def test_it_names_every_argument(self, name: str) -> None:
        """Itself, or the function to which it refers."""
        text = text_of(name)
        other = SAME.get(name)
        if other is not None:
            assert f"`{other}" in text or f"`llm_models.{other}" in text
            text += text_of(other)
        args = find(name)[1].args
        for one in [*args.args, *args.kwonlyargs]:
            assert re.search(rf"`[^`]*\b{one.arg}\b", text), one.arg
        assert args.kwarg is None or args.kwarg.arg == "choice"

    def test_it_states_its_errors(self, name: str) -> None:
        text = " ".join(text_of(name).split())
        assert name in NO_ERRORS or re.search(r"Raises? |[Ee]rrors (as|are|and|of)|errors? about|and errors", text), (
            text
        )

    def test_the_method_of_a_snapshot_refers_to_it(self, name: str) -> None:
        method = getattr(llm_models.Snapshot, name, None)
        if callable(method):
            assert f"`llm_models.{name}`" in method.__doc__


def test_every_condition_of_select_is_described() -> None:
    """`**choice` are the fields of `Conditions` and a few more, each in its docstring or in that of `candidates`."""
    from llm_models.conditions import CONDITIONS

    text = text_of("select") + text_of("candidates")
    assert [name for name in [*CONDITIONS, "order_by", "prefer"] if f"`{name}`" not in text] == []


@pytest.mark.parametrize("name", CLASSES)
def test_every_class_and_field_is_described(name: str) -> None:
    """A field by the text below it, or by its name in the text of the class."""
    where, node = find(name)
    texts = [text_of(name)]
    while node.bases and ast.unparse(node.bases[0]) not in ("LLMModelsError", "Exception", "object"):
        try:
            where, node = find(ast.unparse(node.bases[0]), where)
        except KeyError:
            break
        texts.append(ast.get_docstring(node) or "")
    assert texts[0]
    for one in fields(name):
        assert one.meaning or one.name == "exit_code" or any(f"`{one.name}`" in text for text in texts), one.name


@pytest.mark.parametrize("name", REFERENCE["PARTS"])
def test_every_field_of_a_part_of_an_answer_is_described(name: str) -> None:
    assert text_of(name, REFERENCE["PARTS"][name])
    assert all(one.meaning for one in fields(name, REFERENCE["PARTS"][name]))


INTERNAL = {"Listing", "View", "SnapshotFile"}
"""Classes of fields that programs do not read."""
OTHERS = {"Any", "Decimal", "FrozenDict", "Literal", "Mapping", "None"}


@pytest.mark.parametrize("name", [*REFERENCE["RECORDS"], *REFERENCE["ANSWERS"], *REFERENCE["PARTS"]])
def test_the_page_has_a_section_for_each_class_and_the_words_of_each_field(name: str) -> None:
    """Also of a class that is only met in a field, such as `Interval`; and no name stands for a choice of words."""
    types = [one.type for one in fields(name, REFERENCE["PARTS"].get(name, "__init__"))]
    named = {word for text in types for word in re.findall(r"(?<![\w\"])[A-Z]\w+", text)}
    assert named <= {*CLASSES, *REFERENCE["PARTS"], *INTERNAL, *OTHERS}


@pytest.mark.parametrize(("module", "name"), [*integrations()])
def test_every_name_of_an_integration_is_described(module: str, name: str) -> None:
    assert text_of(name, module)
    for one in fields(name, module) if isinstance(find(name, module)[1], ast.ClassDef) else ():
        assert one.meaning or f"`{one.name}`" in text_of(name, module) or one.name in ("exit_code", "problem"), one.name


def nodes() -> dict[str, dict[str, Any]]:
    """Record class -> the part of the schemas that describes its fields."""
    model, provider, cost = (schema.inlined(name)["properties"] for name in ("model", "provider", "cost"))
    parts = {"Provider": provider, "Model": model, "Cost": cost, "PriceList": cost, "Prices": cost}
    parts |= {name: model[name.lower()]["properties"] for name in ("Limits", "Modalities", "Capabilities")}
    for name in ("Reasoning", "Tools", "Json", "Streaming"):
        parts[name] = parts["Capabilities"][name.lower()]["properties"]
    for name, items in (("tiers", "items"), ("hours", "items"), ("modes", "additionalProperties")):
        parts[f"Cost{name.removesuffix('s').capitalize().replace('Hour', 'Hours')}"] = cost[name][items]["properties"]
    return parts


RECORDS = nodes()


@pytest.mark.parametrize("name", RECORDS)
def test_a_field_of_a_record_has_the_description_of_its_schema(name: str) -> None:
    """So an editor that shows the field, and the page about Python, state the same as the schemas."""
    module = "costs" if name == "Prices" else "__init__"
    found = {one.name: one.meaning for one in fields(name, module)}
    kind = frozen.parts()[name]
    assert [*found] == [*kind._fields]
    assert found == {field: RECORDS[name][field]["description"] for field in kind._fields}


def test_every_record_of_the_catalogue_is_compared_with_a_schema() -> None:
    named = {
        name for name, kind in frozen.parts().items() if kind.__module__ in ("llm_models.records", "llm_models.costs")
    }
    assert named == RECORDS.keys()


def test_no_description_is_kept_in_memory() -> None:
    """The text below a field is for editors and for the page. At run time it costs nothing."""
    assert "The context window" not in repr(vars(llm_models.Limits))

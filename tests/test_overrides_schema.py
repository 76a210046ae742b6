"""`llm-models schema overrides`: one document for TOML editors, which says of every file what ours says."""

from __future__ import annotations

import copy
import datetime
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from jsonschema import Draft7Validator
from support import ROOT
from support.command import fine
from support.toml_texts import is_valid, parsed

from llm_models import addresses, config, credentials, schema, validation
from llm_models.records import Model, Provider

PRINTED: dict[str, Any] = json.loads(fine("schema", "overrides").out)
THEIRS = Draft7Validator(PRINTED)

DRAFT_07 = {
    *("$schema", "$id", "title", "description", "examples", "type", "enum", "const", "properties", "patternProperties"),
    *("additionalProperties", "required", "propertyNames", "minProperties", "maxProperties", "items", "minItems"),
    *("maxItems", "uniqueItems", "contains", "minimum", "maximum", "multipleOf", "minLength", "maxLength", "pattern"),
    *("anyOf", "oneOf", "allOf", "not"),
}


def words(schema: Any) -> set[str]:
    """Every keyword that a schema uses; the names of properties are none."""
    if isinstance(schema, list):
        return set().union(*map(words, schema))
    if not isinstance(schema, dict):
        return set()
    found = set(schema)
    for word, value in schema.items():
        if word == "properties":
            found.update(*map(words, value.values()))
        elif word not in ("examples", "const", "enum", "default"):
            found |= words(value)
    return found


class TestTheDocument:
    def test_it_is_one_document_in_draft_07_words(self) -> None:
        """The editors know no newer ones. It refers to nothing, so that it works wherever it is put."""
        Draft7Validator.check_schema(PRINTED)
        assert PRINTED["$schema"] == "http://json-schema.org/draft-07/schema#"
        assert words(PRINTED) <= DRAFT_07

    def test_it_states_no_defaults(self) -> None:
        """An editor that fills in a default, or a reader that takes it for said, overwrites a weaker layer's value.

        `capabilities.tools.strict = false` in an override means that somebody looked and the answer is no; left out
        it means that this file has nothing to say of it, and the model keeps what the catalogue knows.
        """
        assert "default" not in words(PRINTED)
        assert "default" not in words(schema.read_schema("overrides"))
        assert "default" in words(schema.read_schema("capabilities"))

    def test_the_records_schemas_are_used_and_not_copied(self) -> None:
        items = schema.read_schema("overrides")["properties"]
        for section, kind in (("models", Model), ("providers", Provider)):
            own = {"id", "provider"} if section == "models" else {"id"}
            for field in set(kind._fields) - own:
                ref = f"{section[:-1]}.schema.json#/properties/{field}"
                assert items[section]["items"]["properties"][field] == {"$ref": ref}

    def test_every_field_is_described_for_whoever_completes_it(self) -> None:
        model = PRINTED["properties"]["models"]["items"]["properties"]
        assert model["limits"]["properties"]["context"]["description"].startswith("The context window")
        assert model["capabilities"]["properties"]["tools"]["properties"]["strict"]["description"]

    def test_a_page_shows_the_line_for_editors(self) -> None:
        page = (ROOT / "docs" / "checking.md").read_text("utf-8")
        assert "llm-models schema overrides" in page
        assert "#:schema" in page


# Documents, good and bad. Two things of Python and TOML that JSON does not know are left out: an integer written
# with a point, and numbers that are not finite.
NAMES = st.sampled_from(["openai", "my-gateway", "Wafer.AI", " x ", "", "a b", "é", "x" * 65, "-x"])
TEXTS = st.sampled_from(["gpt-4o", "a/b:c@d", "", " ", " x", "x\n", "..", "a\x00", "*-preview", "x" * 301, "x" * 501])
DATES = st.one_of(
    st.dates().map(str),
    st.builds("{:04}-{:02}".format, st.integers(0, 2500), st.integers(0, 13)),
    st.builds("{:04}-{:02}-{:02}".format, st.integers(0, 2500), st.integers(0, 13), st.integers(0, 32)),
    st.sampled_from(["2024-02-29", "2023-02-29", "1900-02-29", "2000-02-29", "0000-01", "2024-1-1", "20240101", "May"]),
)
NUMBERS = st.sampled_from([0, 1, -1, 0.5, -0.5, 128000, 1_000_000, 1_000_001, 10**9])
WRONG = st.sampled_from([None, True, 0, 1.5, "x", [], {}, [1], {"x": 1}, datetime.date(2024, 1, 1)])

EDITS = st.lists(st.tuples(st.integers(0, 10**6), WRONG | NUMBERS | TEXTS | DATES), max_size=2)
MODEL = st.fixed_dictionaries(
    {"provider": NAMES},
    optional={
        "id": TEXTS,
        "match": TEXTS,
        "name": TEXTS,
        "release_date": DATES,
        "knowledge": DATES,
        "limits": st.dictionaries(st.sampled_from(["context", "input", "output", "contxt"]), NUMBERS),
        "cost": st.fixed_dictionaries(
            {},
            optional={
                "input": NUMBERS,
                "image": NUMBERS,
                "tiers": st.lists(st.dictionaries(st.sampled_from(["context_over", "input", "image"]), NUMBERS)),
            },
        ),
        "capabilities": st.fixed_dictionaries(
            {},
            optional={
                "chat": st.booleans(),
                "tools": st.dictionaries(st.sampled_from(["enabled", "strict", "enable"]), st.booleans()),
                "reasoning": st.fixed_dictionaries({}, optional={"efforts": st.lists(TEXTS), "token_budget": NUMBERS}),
            },
        ),
        "modalities": st.dictionaries(st.sampled_from(["input", "output", "in"]), st.lists(TEXTS, max_size=2)),
        "aliases": st.lists(TEXTS, max_size=3),
        "tags": st.lists(TEXTS, max_size=2),
        "omit": st.lists(TEXTS, max_size=2),
        "extra": st.dictionaries(TEXTS, WRONG, max_size=1),
        "house_rating": WRONG,
    },
)
GLOBS = st.dictionaries(NAMES, st.lists(TEXTS, max_size=2) | st.just("all"), max_size=2)
DOCUMENT = st.fixed_dictionaries(
    {},
    optional={
        "prefer": st.lists(NAMES, max_size=3),
        "overrides_module": st.sampled_from(["my_app.x", "my_app.x:Y", "my app", "x:", "x\n", "x" * 301]),
        "exclude": GLOBS,
        "deny": GLOBS,
        "allow": GLOBS | st.sampled_from(["all", "none"]),
        "providers": st.lists(st.fixed_dictionaries({}, optional={"id": NAMES, "env": st.lists(TEXTS, max_size=2)})),
        "models": st.lists(MODEL, max_size=2),
        "exlude": GLOBS,
    },
)


def edited(document: Any, edits: list[tuple[int, Any]]) -> Any:
    """The document with some of its values replaced, wherever they stand."""
    document = copy.deepcopy(document)
    for number, value in edits:
        slots: list[tuple[Any, Any]] = []
        todo = [document]
        while todo:
            node = todo.pop()
            if isinstance(node, (dict, list)):
                steps = list(node if isinstance(node, dict) else range(len(node)))
                slots += [(node, step) for step in steps]
                todo += [node[step] for step in steps]
        if slots:
            node, step = slots[number % len(slots)]
            node[step] = copy.deepcopy(value)
    return document


def names_no_variable(document: Any) -> bool:
    """Whether a provider of a valid document has a name that no variable can have: editors mark it, `load()` warns."""
    names = [name for one in document.get("providers", ()) for name in one.get("env", ())]
    return not all(map(credentials.is_variable, names))


class TestVerdicts:
    """What the editor underlines is what `load()` refuses, and names of variables of which it warns."""

    @given(DOCUMENT, EDITS)
    @example({"providers": [{"id": "openai", "env": ["gpt-4o"]}]}, [])
    @example({"providers": [{"id": "openai", "env": ["x\n"]}]}, [])
    @example({"providers": [{"id": "openai", "env": ["a" * 100, "_" * 100, "1" * 19]}]}, [])
    @example({"providers": [{"id": "openai", "env": ["1" * 20]}]}, [])
    @example({"providers": [{"id": "openai", "env": ["A_" * 51]}]}, [])
    @example({"providers": [{"id": "openai", "base_url": "http://x\n"}]}, [])
    def test_are_equal_to_ours(self, document: Any, edits: list[tuple[int, Any]]) -> None:
        document = edited(document, edits)
        is_fine = validation.first_fault("overrides", document) is None and not names_no_variable(document)
        assert THEIRS.is_valid(document) is is_fine

    @given(DATES)
    def test_are_equal_on_dates(self, date: str) -> None:
        document = {"models": [{"provider": "openai", "id": "x", "release_date": date}]}
        assert THEIRS.is_valid(document) is (validation.first_fault("overrides", document) is None)

    def test_are_equal_on_every_day_there_may_be(self) -> None:
        theirs = Draft7Validator(PRINTED["properties"]["models"]["items"]["properties"]["release_date"])
        for year in (1, 4, 100, 400, 1900, 1996, 2000, 2023, 2024, 2100, 9999):
            for month in range(14):
                for day in range(33):
                    text = f"{year:04}-{month:02}-{day:02}"
                    assert theirs.is_valid(text) is (validation.first_fault("model", _dated(text)) is None), text

    def test_the_documents_are_of_both_kinds(self) -> None:
        """The control: neither kind is so rare that the test above looks at one alone."""
        verdicts = {"good": 0, "bad": 0}

        @settings(derandomize=True)
        @given(DOCUMENT, EDITS)
        def count(document: Any, edits: list[tuple[int, Any]]) -> None:
            good = validation.first_fault("overrides", edited(document, edits)) is None
            verdicts["good" if good else "bad"] += 1

        count()
        assert min(verdicts.values()) >= 10

    @pytest.mark.parametrize("example", schema.read_schema("overrides")["examples"])
    def test_good_examples(self, example: Any) -> None:
        assert THEIRS.is_valid(example)

    def test_every_case_file_that_parses(self) -> None:
        """The case folders of this suite, read as an editor reads them."""
        for path in sorted((Path(__file__).parent / "cases").glob("*/llm_models.toml")):
            text = path.read_text(encoding="utf-8")
            if is_valid(text) and path.parent.name not in ("not-finite", "wrong-types"):
                document = parsed(text)
                assert THEIRS.is_valid(document) is (validation.first_fault("overrides", document) is None)


def _dated(text: str) -> dict[str, str]:
    return {"id": "x", "provider": "p", "release_date": text}


ADDRESSES = (
    *("https://llm.example.com/v1", "http://127.0.0.1:8000/v1", "HTTPS://Example.com/V1/", "${AZURE_API_BASE}/openai"),
    *("https://${HOST}.example.com:${PORT}/v1", "http://[::1]:80/v1", "http://ollama:11434/v1/chat/completions"),
    *("localhost:1234/v1", "os.environ/AZURE_API_BASE", "$AZURE_API_BASE/v1", "file:///etc/passwd", "/v1"),
    *("https://llm.example.com/v1?x=1", "https//llm.example.com", "{env:BASE}/v1"),
)
VARIABLES = ("MY_KEY", "302AI_API_KEY", "A B", "${MY_KEY}", "my-key", "sk-proj-EXAMPLE0000")


class TestWhatEditorsMark:
    """An editor marks addresses and names of variables that cannot work; `validate` states why, once."""

    @pytest.mark.parametrize("field", ["base_url", "openai_base_url"])
    @pytest.mark.parametrize("address", ADDRESSES)
    def test_an_address(self, field: str, address: str) -> None:
        data = {"providers": [{"id": "h", field: address}]}
        fault = addresses.wrong(address)
        assert THEIRS.is_valid(data) is (fault is None or fault.severity == "warning")
        assert schema.accepts("overrides", data)

    @pytest.mark.parametrize("name", VARIABLES)
    def test_a_variable(self, name: str) -> None:
        data = {"providers": [{"id": "h", "env": [name]}]}
        assert THEIRS.is_valid(data) is credentials.is_variable(name)
        assert schema.accepts("overrides", data)

    def test_validate_reports_each_once(self) -> None:
        text = '[[providers]]\nid = "h"\nbase_url = "localhost:1/v1"\nenv = ["A B"]\n'
        document = config.parse(text.encode(), "llm_models.toml")
        assert [problem.line for problem in [*document.problems, *document.remarks]] == [4, 3]

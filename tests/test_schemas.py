"""The schemas: sound by themselves, in agreement with the record types, and refusing what no record may say."""

from __future__ import annotations

import json
import math
import re
import socket
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft202012Validator
from referencing import Registry, Resource
from referencing.exceptions import Unresolvable
from support.command import fine

from llm_models import records, schema, validation
from llm_models.costs import Cost
from llm_models.frozen import defaults, field_kinds, member_of, parts
from llm_models.records import Capabilities, Limits, Modalities, Model, Provider

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llm_models.frozen import Record

FOLDER = Path(__file__).resolve().parent.parent / "schemas"
FILES = {path.name.removesuffix(".schema.json"): path for path in sorted(FOLDER.glob("*.schema.json"))}
RAW: dict[str, dict[str, Any]] = {name: json.loads(path.read_text("utf-8")) for name, path in FILES.items()}
METASCHEMA = "https://json-schema.org/draft/2020-12/schema"
BASE = "https://llm-models.invalid/schemas/"

each_schema = pytest.mark.parametrize("name", sorted(RAW))


def follow(node: dict[str, Any], home: str) -> tuple[dict[str, Any], str]:
    """A schema node with its `$ref` followed, and the file in which it then stands; words beside `$ref` win."""
    while "$ref" in node:
        file, _, pointer = node["$ref"].partition("#")
        home = file.removesuffix(".schema.json") or home
        target: Any = RAW[home]
        for step in pointer.split("/")[1:]:
            target = target[step]
        node = {**target, **{key: value for key, value in node.items() if key != "$ref"}}
    return node, home


def properties(node: Any, home: str, path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every property below a schema node, at any depth and through `$ref`, with its dotted path."""
    if isinstance(node, list):
        for item in node:
            yield from properties(item, home, path)
    if not isinstance(node, dict):
        return
    node, home = follow(node, home)
    for name, inner in node.get("properties", {}).items():
        found, inner_home = follow(inner, home)
        yield f"{path}.{name}".strip("."), found
        yield from properties(found, inner_home, f"{path}.{name}".strip("."))
    for word in ("items", "additionalProperties", "prefixItems", "anyOf", "oneOf", "allOf"):
        yield from properties(node.get(word), home, path)


def keywords(node: Any) -> Iterator[tuple[str, Any]]:
    """Every (word, value) of a schema, at any depth; names of properties are no words."""
    if isinstance(node, list):
        for item in node:
            yield from keywords(item)
    elif isinstance(node, dict):
        for word, value in node.items():
            yield word, value
            if word == "properties":
                for inner in value.values():
                    yield from keywords(inner)
            elif word not in ("examples", "default", "const", "enum"):
                yield from keywords(value)


def refused(name: str, document: object) -> tuple[str | int, ...] | None:
    """Where the schema `name` finds a fault in `document`, None where it finds none."""
    fault = validation.first_fault(name, document)
    return None if fault is None else fault[0]


def standard(name: str) -> Draft202012Validator:
    """The validator that any other tool makes of the same files, by their `$id`."""
    registry: Registry[Any] = Registry().with_resources(
        [(schema["$id"], Resource.from_contents(schema)) for schema in RAW.values()]
    )
    return Draft202012Validator(RAW[name], registry=registry)


class TestFiles:
    def test_are_the_ones_the_package_names(self) -> None:
        assert sorted(RAW) == sorted(schema.SCHEMAS)

    @each_schema
    def test_keep_the_metaschema(self, name: str) -> None:
        Draft202012Validator.check_schema(RAW[name])
        Draft202012Validator.check_schema(schema.inlined(name))

    @each_schema
    def test_say_what_they_are(self, name: str) -> None:
        assert RAW[name]["$schema"] == METASCHEMA
        assert RAW[name]["$id"] == f"{BASE}{name}.schema.json"
        assert RAW[name]["title"].strip()
        assert RAW[name]["description"].strip()

    @each_schema
    def test_every_property_is_described(self, name: str) -> None:
        found = dict(properties(RAW[name], name))
        assert found
        assert [path for path, node in found.items() if not node.get("description", "").strip().endswith(".")] == []

    @each_schema
    def test_every_quantity_says_its_unit(self, name: str) -> None:
        unit = re.compile(r"\btokens\b|\bUSD per\b|\bbytes\b|^(The n|N)umber of |\bseconds\b")
        quantities = [
            (path, node["description"])
            for path, node in properties(RAW[name], name)
            if node.get("type") in ("integer", "number")
        ]
        assert [path for path, description in quantities if not unit.search(description)] == []

    @each_schema
    def test_every_date_says_its_spelling(self, name: str) -> None:
        dates = [node for _, node in properties(RAW[name], name) if node.get("format") == "partial-date"]
        assert all("YYYY-MM-DD" in node["description"] and "UTC" in node["description"] for node in dates)

    @each_schema
    def test_every_example_is_valid(self, name: str) -> None:
        assert RAW[name]["examples"]
        for example in RAW[name]["examples"]:
            assert validation.first_fault(name, example) is None
            assert list(standard(name).iter_errors(example)) == []

    @each_schema
    def test_an_unknown_key_is_refused_at_the_top(self, name: str) -> None:
        assert refused(name, {**RAW[name]["examples"][0], "colour": "red"}) == ()

    @pytest.mark.parametrize("name", sorted(set(RAW) - {"overrides", "manifest"}))
    def test_no_pattern_lets_a_line_end_slip_behind_it(self, name: str) -> None:
        """Python's `$` also holds before a last line end, which JSON Schema's does not."""
        assert [value for word, value in keywords(RAW[name]) if word == "pattern" and value.endswith("$")] == []


class TestPublished:
    """The command prints documents for other programs, which must read them without our own words."""

    @each_schema
    def test_they_have_no_format_and_a_property_for_what_is_required(self, name: str) -> None:
        printed = json.loads(fine("schema", name).out)
        assert [value for word, value in keywords(printed) if word == "format"] == []
        nodes = [printed]
        while nodes:
            node = nodes.pop()
            nodes += [
                one for one in (node.values() if isinstance(node, dict) else node) if isinstance(one, dict | list)
            ]
            if isinstance(node, dict) and isinstance(node.get("required"), list):
                assert set(node["required"]) <= set(node["properties"])

    @each_schema
    def test_they_give_the_verdict_of_ours(self, name: str) -> None:
        theirs = Draft202012Validator(schema.published(name))
        for example in RAW[name]["examples"]:
            assert theirs.is_valid(example)
            assert not theirs.is_valid({**example, "colour": "red"})
            for field, node in RAW[name]["properties"].items():
                for value in ("2026-02-30", "2026-13", "2026-02", "2026-02-03T04:05:06Z", 7, True, None, [], {}):
                    if node.get("type") != "integer" or value is not True:
                        changed = {**example, field: value}
                        assert theirs.is_valid(changed) == schema.accepts(name, changed), (field, value)


class TestOffline:
    @each_schema
    def test_nothing_is_fetched(self, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
        asked = []

        def refuse(*args: object, **_kwargs: object) -> None:
            asked.append(args)
            raise OSError("no network here")

        monkeypatch.setattr(urllib.request, "urlopen", refuse)
        monkeypatch.setattr(socket, "getaddrinfo", refuse)
        checker = validation.validator(name)
        assert list(checker.iter_errors(RAW[name]["examples"][0])) == []
        for target in (f"{BASE}elsewhere.schema.json", "http://localhost/x.json"):
            with pytest.raises(Unresolvable):
                list(checker.evolve(schema={"$ref": target}).iter_errors({}))
        assert asked == []

    @each_schema
    def test_the_joined_schema_refers_to_nothing(self, name: str) -> None:
        assert [value for word, value in keywords(schema.inlined(name)) if word == "$ref"] == []

    def test_an_unknown_name_is_a_lookup_error(self) -> None:
        with pytest.raises(LookupError):
            schema.read_schema("../pyproject")


LEADING = {"context_over", "utc", "valid_from"}
"""What an item of a list in a price list must state, though its record has a default."""
# Where the schema leaves a field free that the record always has: the catalogue fills it.
FILLED = {"Model": {"provider_model_id"}}
SCALARS = {"int": "integer", "float": "number", "str": "string", "Billing": "string", "bool": "boolean"}

TABLES = {"Mapping[str, Any]": None, "Mapping[str, float]": "number"}
"""The types of the values in a table with free keys; None for any."""


def disagreements(kind: type[Record], node: dict[str, Any], home: str) -> Iterator[str]:
    """Where a record type and the schema of an object say different things; nothing where they agree."""
    node, home = follow(node, home)
    name = kind.__name__
    declared = field_kinds(kind)
    in_schema = node.get("properties", {})
    if list(declared) != list(in_schema):
        yield f"{name}: fields {list(declared)}, properties {list(in_schema)}"
    if node.get("additionalProperties") is not False:
        yield f"{name}: the schema takes keys that the record drops"
    plan = defaults(kind)
    needed = {field for field in declared if plan[field] is None and "None" not in declared[field]}
    if needed - FILLED.get(name, set()) != set(node.get("required", ())) - LEADING:
        yield f"{name}: needs {needed}, the schema requires {node.get('required')}"
    for field in declared.keys() & in_schema.keys():
        for what in field_disagreements(declared[field], plan[field], *follow(in_schema[field], home)):
            yield f"{name}.{field}: {what}"


def field_disagreements(annotation: str, default: Any, node: dict[str, Any], home: str) -> Iterator[str]:
    plain = annotation.removesuffix(" | None")
    if "null" in str(node.get("type")):
        yield "the schema takes null, records leave out what is unknown"
    if plain in SCALARS:
        if node.get("type") != SCALARS[plain]:
            yield f"{annotation} in the record, {node.get('type')} in the schema"
        stated = node.get("default")
        expected = default if plain in ("bool", "str", "Billing") else None
        if stated != expected or type(stated) is not type(expected):
            yield f"the default is {default!r} in the record, {stated!r} in the schema"
        if plain != annotation and default is not None:
            yield f"unknown is None, not {default!r}"
    elif plain == "tuple[str, ...]":
        if (node.get("type"), node["items"].get("type"), default) != ("array", "string", ()) or "default" in node:
            yield f"{annotation} = {default!r} in the record, {node} in the schema"
    elif (member := member_of(plain)) is not None:
        wanted = ("array", ()) if plain.startswith("tuple[") else ("object", {})
        if (node.get("type"), default) != wanted or "default" in node:
            yield f"{annotation} = {default!r} in the record, {node} in the schema"
        yield from disagreements(member, node["items" if default == () else "additionalProperties"], home)
    elif plain in TABLES:
        below = node.get("additionalProperties", {}).get("type")
        if (node.get("type"), below, default) != ("object", TABLES[plain], {}) or "properties" in node:
            yield f"{annotation} = {default!r} in the record, {node} in the schema"
    else:
        inner = parts()[plain]
        if node.get("type") != "object" or default != inner():
            yield f"{annotation} = {default!r} in the record, {node.get('type')} in the schema"
        if "default" in node and node["default"] != inner().to_dict():
            yield f"the default is {inner().to_dict()} in the record, {node['default']} in the schema"
        yield from disagreements(inner, node, home)


KINDS: dict[str, type[Record]] = {
    "provider": Provider,
    "model": Model,
    "limits": Limits,
    "cost": Cost,
    "capabilities": Capabilities,
}


class TestRecords:
    @pytest.mark.parametrize("name", sorted(KINDS))
    def test_agree_with_their_schema(self, name: str) -> None:
        """Fields and their order, nesting, types, what may be unknown, and defaults are the same on both sides."""
        assert list(disagreements(KINDS[name], RAW[name], name)) == []

    def test_a_disagreement_would_be_seen(self) -> None:
        """The control: each way of drifting apart is found by the comparison above."""
        for path, change in [
            (("properties",), {"context": RAW["limits"]["properties"]["context"]}),
            (("properties", "input", "type"), "number"),
            (("properties", "input", "type"), ["integer", "null"]),
            (("properties", "input", "default"), 0),
            (("required",), ["context"]),
            (("additionalProperties",), True),
        ]:
            drifted = json.loads(json.dumps(RAW["limits"]))
            node = drifted
            for step in path[:-1]:
                node = node[step]
            node[path[-1]] = change
            assert list(disagreements(Limits, drifted, "limits")), f"{path} = {change!r}"
        drifted = json.loads(json.dumps(RAW["capabilities"]))
        drifted["properties"]["json"]["properties"]["native"]["default"] = True
        assert list(disagreements(Capabilities, drifted, "capabilities"))

    @pytest.mark.parametrize("name", sorted(KINDS))
    def test_hold_what_a_valid_document_says(self, name: str) -> None:
        """What an example states is in the record, unchanged, and the record as plain data is valid again."""
        for example in RAW[name]["examples"]:
            plain = KINDS[name].from_dict(example).to_dict()
            assert validation.first_fault(name, plain) is None
            assert contains(plain, example), example
            assert KINDS[name].from_dict(plain) == KINDS[name].from_dict(example)

    def test_the_flags_that_can_be_asked_for_are_the_schemas_booleans(self) -> None:
        """`require` knows each boolean of the capabilities schema, a group standing for its `enabled`."""
        flags = {
            path.removesuffix(".enabled").replace(".", "_")
            for path, node in properties(RAW["capabilities"], "capabilities")
            if node["type"] == "boolean"
        }
        assert flags == set(records.CAPABILITIES)

    def test_modalities_have_no_file_of_their_own(self) -> None:
        assert list(disagreements(Modalities, RAW["model"]["properties"]["modalities"], "model")) == []


def contains(whole: Any, part: Any) -> bool:
    """Whether nested data holds at least what `part` says."""
    if isinstance(part, dict):
        return isinstance(whole, dict) and all(
            key in whole and contains(whole[key], value) for key, value in part.items()
        )
    return bool(whole == part)


class TestOverrides:
    """What a file leaves out it does not say: a default would overwrite a real value of a weaker layer."""

    def test_nothing_has_a_default(self) -> None:
        assert [value for word, value in keywords(RAW["overrides"]) if word == "default"] == []
        assert [value for word, value in keywords(schema.inlined("overrides")) if word == "default"] == []

    def test_nothing_is_required_but_what_names_a_thing(self) -> None:
        needed = {name for word, value in keywords(schema.inlined("overrides")) if word == "required" for name in value}
        assert needed == {"id", "match", "provider", *LEADING}  # a model by one of id and match
        assert "required" not in RAW["overrides"]
        assert refused("overrides", {}) is None

    @pytest.mark.parametrize(
        ("section", "kind", "words"),
        [("models", Model, {"match", "omit", "base", "new"}), ("providers", Provider, {"omit"})],
    )
    def test_every_field_of_a_record_can_be_stated(self, section: str, kind: type[Record], words: set[str]) -> None:
        stated = RAW["overrides"]["properties"][section]["items"]["properties"]
        assert set(stated) == set(kind._fields) | words

    def test_a_field_is_checked_as_in_the_record(self) -> None:
        entry = {"provider": "openai", "id": "gpt-4o-mini", "limits": {"context": 0}}
        assert refused("overrides", {"models": [entry]}) == ("models", 0, "limits", "context")


MODEL = {"id": "gpt-4o-mini", "provider": "openai"}
PROVIDER = {"id": "openai"}

REFUSED: list[tuple[str, dict[str, Any], tuple[str | int, ...]]] = [
    ("model", {"provider": "openai"}, ()),
    ("model", {"id": "gpt-4o-mini"}, ()),
    ("model", {**MODEL, "familly": "gpt"}, ()),
    ("model", {**MODEL, "limits": {"contxt": 1}}, ("limits",)),
    ("model", {**MODEL, "capabilities": {"tools": {"enable": True}}}, ("capabilities", "tools")),
    ("model", {**MODEL, "cost": {"tiers": [{"input": 1}]}}, ("cost", "tiers", 0)),
    ("model", {**MODEL, "cost": {"tiers": [{"context_over": 0}]}}, ("cost", "tiers", 0, "context_over")),
    ("model", {**MODEL, "cost": {"tiers": [{"context_over": 1, "image": 1}]}}, ("cost", "tiers", 0)),
    *[
        ("model", {**MODEL, "id": bad}, ("id",))
        for bad in (
            "",
            " ",
            " x",
            "x ",
            "x\n",
            "\tx",
            "a\0b",
            "a\x1b[0m",
            "a\x85b",
            "a\u200bb",
            "a\u2028b",
            "\u202egpt",
            "a\U000e0041b",
            "x" * 301,
        )
    ],
    *[("model", {**MODEL, "id": bad}, ("id",)) for bad in (None, 4, True, ["x"], {})],
    *[("model", {**MODEL, "aliases": bad}, ("aliases", 0)) for bad in ([" x"], [""], [1], ["x\n"])],
    ("model", {**MODEL, "aliases": ["a", "a"]}, ("aliases",)),
    ("model", {**MODEL, "tags": "fast"}, ("tags",)),
    *[
        ("model", {**MODEL, "provider": bad}, ("provider",))
        for bad in ("OpenAI", "open-ai", "_x", "", "openai\n", "x" * 65)
    ],
    *[
        ("model", {**MODEL, field: bad}, (field,))
        for field in ("release_date", "last_updated", "knowledge")
        for bad in (
            "2025-02-31",
            "2025-25-11",
            "2023-02-29",
            "2025-00",
            "2025-13",
            "2025-1-1",
            "2025",
            "0000-01-01",
            "2025/01/01",
            "2025-01-01T00:00:00",
            "2025-01-01\n",
            "2025-06-31",
            "\u0662\u0660\u0662\u0665-\u0660\u0661",
            "",
            2025,
            None,
        )
    ],
    *[
        ("limits", {field: bad}, (field,))
        for field in ("context", "input", "output")
        for bad in (0, -1, 1.0, 1.5, 1e3, math.nan, math.inf, "128000", "128k", True, None, [1])
    ],
    *[
        ("cost", {field: bad}, (field,))
        for field, kind in field_kinds(Cost).items()
        if kind == "float | None"
        for bad in (-0.01, -1, "0.15", "free", math.nan, math.inf, -math.inf, True, None, 1_000_001, {"usd": 1})
    ],
    ("cost", {"tiers": {"context_over": 1}}, ("tiers",)),
    ("cost", {"tiers": [{"context_over": 200000.0}]}, ("tiers", 0, "context_over")),
    ("cost", {"fees": {"web_search": -1}}, ("fees", "web_search")),
    ("cost", {"fees": [10]}, ("fees",)),
    ("cost", {"modes": {"batch": 0.5}}, ("modes", "batch")),
    ("cost", {"modes": {"batch": {"input": -1}}}, ("modes", "batch", "input")),
    ("cost", {"modes": {"batch": {"modes": {}}}}, ("modes", "batch")),
    ("cost", {"modes": {"batch": {"request": "priority"}}}, ("modes", "batch", "request")),
    ("cost", {"hours": [{"input": 1}]}, ("hours", 0)),
    ("cost", {"hours": [{"utc": ["16:30"]}]}, ("hours", 0, "utc")),
    ("cost", {"hours": [{"utc": ["16:30", "00:30"], "days": []}]}, ("hours", 0, "days")),
    ("cost", {"hours": [{"utc": ["16:30", "00:30"], "days": ["mon", "mon"]}]}, ("hours", 0, "days")),
    ("cost", {"hours": [{"utc": ["16:30", "00:30"], "days": ["monday"]}]}, ("hours", 0, "days", 0)),
    *[
        ("cost", {"hours": [{"utc": [bad, "00:30"]}]}, ("hours", 0, "utc", 0))
        for bad in ("8:00", "24:01", "25:00", "16:60", "16:30:00", "16:30Z", "", 16, None, "16:30\n")
    ],
    ("cost", {"dated": [{"input": 1}]}, ("dated", 0)),
    ("cost", {"dated": [{"valid_from": "2026-01-01", "dated": []}]}, ("dated", 0)),
    ("cost", {"valid_from_basis": "guessed"}, ("valid_from_basis",)),
    *[
        ("cost", {"valid_from": bad}, ("valid_from",))
        for bad in (
            "2026-07",
            "2026-02-29",
            "2026-07-30T24:00:00Z",
            "2026-07-30T12:60:00Z",
            "2026-07-30T12:00:00",
            "2026-07-30T12:00Z",
            "2026-07-30T12:00:00+02:00",
            "2026-07-30 12:00:00Z",
            "2026-07-30T12:00:00Z\n",
            20260730,
            None,
        )
    ],
    *[("capabilities", {"chat": bad}, ("chat",)) for bad in ("true", 1, 0, None, {})],
    ("capabilities", {"tools": True}, ("tools",)),
    ("capabilities", {"reasoning": {"token_budget": -1}}, ("reasoning", "token_budget")),
    ("capabilities", {"reasoning": {"token_budget_min": -1}}, ("reasoning", "token_budget_min")),
    ("capabilities", {"reasoning": {"efforts": ["low", None]}}, ("reasoning", "efforts", 1)),
    ("provider", {}, ()),
    ("provider", {**PROVIDER, "url": "https://x"}, ()),
    *[("provider", {"id": bad}, ("id",)) for bad in ("", "Open AI", "google-vertex", "wafer.ai", "../x", "x\n", 302)],
    *[
        ("provider", {**PROVIDER, "base_url": bad}, ("base_url",))
        for bad in ("", "https://a b", "https://a\r\nHost: b", "https://a\n", "x" * 1001, None)
    ],
    ("provider", {**PROVIDER, "env": "OPENAI_API_KEY"}, ("env",)),
    ("provider", {**PROVIDER, "env": [""]}, ("env", 0)),
    ("provider", {**PROVIDER, "extra": []}, ("extra",)),
]


class TestRefusals:
    @pytest.mark.parametrize(("name", "document", "place"), REFUSED)
    def test_what_no_record_may_say(self, name: str, document: dict[str, Any], place: tuple[str | int, ...]) -> None:
        """Each is refused, and the fault is found where it is."""
        assert refused(name, document) == place

    @pytest.mark.parametrize(
        ("name", "document"),
        [
            ("model", {**MODEL, "id": "workers-ai/@cf/openai/gpt-oss-20b"}),
            ("model", {**MODEL, "id": "anthropic/claude-opus-4.6:thinking:low"}),
            ("model", {**MODEL, "id": "TheDrummer 2/Anubis-70B-v1"}),
            ("model", {**MODEL, "id": "~openai/gpt-latest"}),
            ("model", {**MODEL, "id": "a..b/c...d/...e"}),
            ("model", {**MODEL, "id": "é" * 300}),
            ("model", {**MODEL, "release_date": "2024-02-29", "last_updated": "2024-12", "knowledge": "0001-01"}),
            ("provider", {"id": "302ai", "env": ["302AI_API_KEY"]}),
            ("provider", {**PROVIDER, "base_url": "${NEON_AI_GATEWAY_BASE_URL}/ai-gateway/mlflow/v1"}),
            ("cost", {"input": 0, "output": 0.0, "cache_read": 0.49299999999999994, "reasoning": 600}),
            ("cost", {"fees": {"web_search_low": 10}, "hours": [{"utc": ["00:00", "24:00"], "days": ["sat", "sun"]}]}),
            ("cost", {"valid_from": "2024-02-29T23:59:59Z", "dated": [{"valid_from": "2024-02-29"}]}),
            ("cost", {"modes": {"batch+thinking": {"output": 4, "request": {"reasoning": {"mode": "pro"}}}}}),
            ("limits", {"context": 100, "output": 131072}),
            ("capabilities", {"reasoning": {"token_budget_min": 0, "efforts": []}}),
        ],
    )
    def test_what_a_record_may_say(self, name: str, document: dict[str, Any]) -> None:
        """The controls: real spellings at the edge of what is refused."""
        assert validation.first_fault(name, document) is None
        assert list(standard(name).iter_errors(document)) == []

"""What commands print with `--json`: each has a schema that names every key, in every situation."""

from __future__ import annotations

import json
import shlex
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft202012Validator
from support.catalogues import catalogue, model, numbered, provider
from support.command import facts, fine, here, refused

from llm_models import answers, records
from llm_models.cli import cli
from llm_models.schema import SCHEMAS

if TYPE_CHECKING:
    from pathlib import Path

SPEC = "openai:gpt-5.2"
WITHOUT_JSON = {"export", "schema", "completion"}
"""Commands whose output is a document: a table or another tool's file, a schema, a script of a shell."""
SITUATIONS = """
list
list openai
list openrouter google_vertex azure
list openai anthropic --limit 3
list openai --require embeddings --require tools
list groq --workload input=8k,output=500
list --match *mistral-nemo
list --config none --lifecycle retired
select
select --all --scope groq
select --why
select --limit 2 --workload input=8k,output=5 --order-by cost --scope openai
select --kind image --all
select --match *mistral-nemo --all --why
providers
providers --limit 2
providers --order-by models
show openai:gpt-5.2
show openai/gpt-5.4-mini-2026-03-17
show my-gateway:house
show openai:text-embedding-3-small
show google:gemini-flash-latest
offers gpt-oss-120b
offers gpt-5.2 --limit 1
offers mistral-nemo
offers my-gateway:house
search gpt
search zzyzzx
search claude instant
search cheap vision
search claude sonet --limit 1
resolve openai:gpt-5.2
resolve openai/gpt-5.4-mini-2026-03-17
resolve openai:gpt-5.2 --style filename
history openai:gpt-5-codex
history openai:gpt-5.2
history openai
history github-models
history openai:gpt-5.6-sol --at 2026-09-01
history openai:gpt-5.2 --at 2020-01-01
history openai --at 2026-01-01
history openai:gpt-5.2 --at 2030-01-01
explain openai:gpt-5.2
explain openai:gpt-5.2 cost
explain openai:o3
explain openai:gpt-4.1
explain my-gateway:house
explain openai:gpt-5.2 dimensions
cost openai:gpt-5.2 --input 10k --cached 4k --output 2k --reasoning 1k
cost openai:gpt-5.2 --input 5 --fee nope=1
cost openai:gpt-5.2 --input 5 --mode batch
cost --response responses.jsonl
cost openai:gpt-5-codex --input 5 --at 2026-05-01
cost openai:gpt-5.2 --response usage.json
validate --format json
validate --format json broken.toml
validate --format json missing.toml
info
info --verify
info --config none
info --max-age 0
info --snapshot own.json
info --config broken.toml
lint code.py
lint code.py --unknown
diff
diff packaged own.json
diff packaged own.json --limit 1
diff packaged packaged
activate --dry-run
activate --from api.json --out new.json --force
activate --from api.json --out checked.json --check
pull --url api.json
pull --url api.json --sha256 SHA
init fresh
set openai:gpt-5.2 cost.input=2
set openai:gpt-5.2 cost.input=2 --dry-run
add openai:mine-9 --base openai:gpt-5.2
unset my-gateway:house cost.fees --dry-run
exclude openai o1-*
exclude openai o1-* --dry-run
browse --snapshot own.json
info --config rolled/llm_models.toml --verify
rollback --config rolled/llm_models.toml
""".strip().split("\n")
"""Command lines, each with another kind of answer."""
EVERY = "list"
"""The situation that prints every model."""
RECORDS = [words for words in SITUATIONS if words.split()[0] in answers.RECORDS and words != EVERY]


@pytest.fixture(scope="module")
def application(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An application with a model of its own, an excluded and a denied one, and files for other commands."""
    path = tmp_path_factory.mktemp("application")
    (path / "llm_models.toml").write_text(
        'prefer = ["openai"]\n[exclude]\nopenai = ["o3"]\n[deny]\nopenai = ["gpt-4.1"]\n'
        '[[providers]]\nid = "my-gateway"\nbase_url = "https://llm.example.com/v1"\n'
        '[[models]]\nprovider = "my-gateway"\nid = "house"\nlimits.context = 8192\ncost.fees.maps = 2\n',
        encoding="utf-8",
    )
    names = ("openai:gpt-4-32k", "openai:o3-mini", "openai:gpt-4.1", "openai:o3", "gpt-5.2", "openai:gpt-99-nope")
    code = "".join(f'call(model="{name}")\n' for name in names)
    (path / "code.py").write_text(code, encoding="utf-8")
    (path / "broken.toml").write_text("[[models]]\nprovider = 'openai'\nid = 'gpt-5.2'\ncots = 1\n", encoding="utf-8")
    (path / "api.json").write_bytes(numbered(3))
    (path / "other.json").write_bytes(catalogue(provider("openai", model("gpt-5.2", cost={"input": 9, "output": 9}))))
    usage = {"prompt_tokens": 9, "completion_tokens": 1, "total_tokens": 10, "cost": 0.5}
    (path / "usage.json").write_text(json.dumps({"usage": usage}), encoding="utf-8")
    lines = [json.dumps({"model": name, "usage": usage}) for name in ("gpt-5.2", "gpt-5.4-mini")]
    (path / "responses.jsonl").write_text("\n".join(lines), encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(path)
        fine("activate", "--from", "other.json", "--out", "own.json", "--force", "--config", "none")
        fine("activate", "--from", "api.json", "--out", "checked.json", "--force")
        fine("pull", "--url", "api.json")
        (path / "rolled").mkdir()
        for text in ('prefer = ["openai"]\n', 'prefer = ["groq"]\n'):
            (path / "rolled" / "llm_models.toml").write_text(text, encoding="utf-8")
            fine("activate", "--config", "rolled/llm_models.toml")
    return path


@pytest.fixture
def folder(application: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """`application`, as the working directory."""
    monkeypatch.chdir(application)
    return application


@cache
def validator(command: str, null: bool = False) -> Draft202012Validator:
    """The validator of the schema that the command prints."""
    printed = facts_of_schema("schema", "--command", command, *(["--null"] if null else []))
    Draft202012Validator.check_schema(printed)
    return Draft202012Validator(printed)


def facts_of_schema(*words: str) -> Any:
    return json.loads(fine(*words).out)


def answer(words: str) -> tuple[str, Any]:
    """A command and the JSON that it prints."""
    import hashlib

    with open("api.json", "rb") as file:
        digest = hashlib.sha256(file.read()).hexdigest()
    args = [digest if one == "SHA" else one for one in shlex.split(words)]
    if args[0] == "cost" and "--response" in args and SPEC not in args:
        args += ["--provider", "openai"]
    json_option = [] if "--format" in args else ["--json"]
    result = here(*args, *json_option)
    assert result.code in (0, 1), result
    return args[0], json.loads(result.out)


def problems(checker: Draft202012Validator, value: Any) -> list[str]:
    return [f"{list(error.absolute_path)}: {error.message[:300]}" for error in checker.iter_errors(value)]


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    "words", [pytest.param(words, marks=pytest.mark.whole) if words == EVERY else words for words in SITUATIONS]
)
def test_every_answer_fits_its_schema(words: str) -> None:
    command, value = answer(words)
    if words == EVERY:
        assert len(value) > 8000
        value = value[::8]  # jsonschema takes long for them
    assert problems(validator(command), value) == []


def test_every_command_that_prints_json_has_a_schema() -> None:
    assert {*answers.ANSWERS} == {*cli.commands} - WITHOUT_JSON
    assert {words.split()[0] for words in SITUATIONS} == {*answers.ANSWERS}


@pytest.mark.parametrize("command", answers.ANSWERS)
def test_an_undocumented_key_does_not_fit(command: str) -> None:
    """In no object of an answer: each has a schema for its keys, or allows any name (`extra`, fees, modes)."""
    nodes: list[Any] = [answers.published(command)]
    while nodes:
        node = nodes.pop()
        nodes += [one for one in (node.values() if isinstance(node, dict) else node) if isinstance(one, dict | list)]
        if isinstance(node, dict) and isinstance(node.get("properties"), dict) and "$schema" not in node["properties"]:
            if "additionalProperties" in node or node.get("type") == "object":
                assert node.get("additionalProperties") is False, node
            assert all(str(one.get("description", "")).endswith(".") for one in node["properties"].values()), node


@pytest.mark.parametrize("command", answers.ANSWERS)
def test_a_published_schema_needs_nothing_else(command: str) -> None:
    """No other file, and no format: some validators refuse a private one."""
    for null in [False, True][: 1 + (command in answers.RECORDS)]:
        text = json.dumps(answers.published(command, null=null))
        assert '"$ref"' not in text
        assert '"format":' not in text.replace('"format": {', "")


@pytest.mark.parametrize("name", SCHEMAS)
def test_no_schema_has_a_private_format(name: str) -> None:
    assert '"format": "' not in fine("schema", name).out


@pytest.mark.whole
@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("words", [*dict.fromkeys(RECORDS)])
def test_null_gives_each_record_the_same_keys(words: str) -> None:
    """With null where the value is not known, and everything else unchanged."""
    command, value = answer(words)
    _, whole = answer(f"{words} --null")
    assert problems(validator(command, null=True), whole) == []
    rows = {"search": lambda one: one["rows"]}.get(command, lambda one: one if isinstance(one, list) else [one])
    assert len({json.dumps(_keys(one, answers.record_schema(command))) for one in rows(whole)}) <= 1
    assert [_without_nulls(one) for one in rows(whole)] == [_without_nulls(one) for one in rows(value)]


def _keys(record: Any, node: Any) -> Any:
    """The keys of a record and of its parts."""
    parts = node.get("properties")
    return {name: _keys(record[name], parts[name]) for name in record} if parts else None


def _without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        inner = {name: _without_nulls(one) for name, one in value.items()}
        return {name: one for name, one in inner.items() if one not in (None, {})}
    return [*map(_without_nulls, value)] if isinstance(value, list) else value


@pytest.mark.whole
@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("words", [words for words in RECORDS if not words.startswith("select")])
def test_a_record_is_not_null_by_default(words: str) -> None:
    command, value = answer(words)
    rows = value["rows"] if command == "search" else value if isinstance(value, list) else [value]
    for row in rows:
        assert [name for name, one in row.items() if one is None] == []


@pytest.mark.parametrize("command", [*answers.RECORDS])
def test_fields_choose_what_the_record_has(command: str) -> None:
    """Each field of the schema can be chosen: the value is that of the whole record, and the name comes first."""
    given = {"select": ["--all"], "show": [SPEC], "offers": ["gpt-5.2"], "search": ["gpt"], "list": ["groq"]}
    words = [command, *given.get(command, []), *(["--limit", "3"] if command != "show" else [])]

    def rows(*more: str) -> list[dict[str, Any]]:
        value = facts(*words, *more)
        found = value["rows"] if command == "search" else value
        return found if isinstance(found, list) else [found]

    name = "id" if command == "providers" else "spec"
    whole, node = rows(), answers.record_schema(command)
    assert rows("--fields", ",".join(node["properties"])) == whole
    for field in answers.names(node):
        path = answers.field_of(field, node)
        for one in whole:
            chosen = answers.picked(one, [path])
            assert answers.value_at(chosen, path) == answers.value_at(one, path)
            assert {*chosen} <= {path[0]}
    last = answers.names(node)[-1]
    for one, all_of_it in zip(rows("--fields", last), whole, strict=True):
        assert next(iter(one)) == name
        assert one == answers.picked(all_of_it, [(name,), tuple(last.split("."))])


def test_fields_are_the_columns_of_a_table() -> None:
    lines = fine("list", "cerebras", "--fields", "limits.context,cost", "--fields", "name").out.splitlines()
    assert lines[0].split() == ["spec", "limits.context", "cost.input", "cost.output", "cost.cache_read", "name"]
    listed = facts("list", "cerebras")
    assert len(lines) == len(listed) + 1
    for line, record in zip(lines[1:], listed, strict=True):
        assert line.split()[:2] == [record["spec"], f"{record['limits']['context']:,}"]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("list --fields limits.cntext", "Did you mean 'limits.context'"),
        ("list --fields nope", "The fields are spec, id, provider"),
        ("list --fields cost.input.x", "unknown field 'cost.input.x'"),
        ("offers gpt-5.2 --fields limits.context", "unknown field"),
        ("list --null", "--null is about --json"),
        ("schema model --command list", "State the NAME"),
        ("schema --command cost --null", "has no --null"),
    ],
)
def test_what_cannot_be_chosen_is_exit_2(words: str, message: str) -> None:
    assert message in refused(here(*shlex.split(words)), 2)


@pytest.mark.parametrize("command", ["list", "select", "search", "show"])
def test_a_record_of_a_model_has_every_field_of_its_schema(command: str) -> None:
    assert {*records.Model._fields} <= {*answers.record_schema(command)["properties"]}


def test_results_have_public_types_and_the_package_a_version() -> None:
    import llm_models

    assert llm_models.__version__ in fine("--version").out
    explained = llm_models.explain(SPEC)
    assert type(explained) is llm_models.Explanation
    assert {type(one) for one in explained.fields} == {llm_models.FieldOrigin}
    found = llm_models.diff(llm_models.load(config=None, publish=False), llm_models.snapshot())
    assert type(found) is llm_models.Diff
    assert llm_models.Change.__name__ in str(llm_models.Diff.__annotations__["changes"])


def test_an_edit_states_what_it_changed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The diff turns the old text into the new one; a dry run states the same and writes nothing."""
    monkeypatch.chdir(tmp_path)
    made = facts("init")
    assert made["path"] == str(tmp_path / "llm_models.toml")
    assert {*made["written"]} == {str(path) for path in tmp_path.rglob("*") if path.is_file()}
    file = tmp_path / "llm_models.toml"
    for words in (
        ["set", SPEC, "cost.input=2"],
        ["add", "openai:mine-9", "--base", SPEC],
        ["exclude", "openai", "o1-*"],
        ["unset", SPEC],
    ):
        before = file.read_text("utf-8")
        tried = facts(*words, "--dry-run")
        assert file.read_text("utf-8") == before
        done = facts(*words)
        after = file.read_text("utf-8")
        assert (tried["changed"], tried["written"], done["changed"], done["written"]) == (True, False, True, True)
        assert tried["diff"] == done["diff"]
        added = [line[1:] for line in done["diff"][2:] if line.startswith("+")]
        removed = [line[1:] for line in done["diff"][2:] if line.startswith("-")]
        old, new = before.splitlines(), after.splitlines()
        assert [line for line in new if line not in old] == [line for line in added if line not in old]
        assert len(new) - len(old) == len(added) - len(removed)
    assert facts("exclude", "openai", "o1-*")["written"] is False


def test_providers_come_by_the_number_of_their_models() -> None:
    listed = facts("providers", "--order-by", "models")
    assert listed == sorted(facts("providers"), key=lambda one: (-one["models"], one["id"]))
    assert facts("providers", "--order-by", "models", "--limit", "3") == listed[:3]


def test_a_limit_is_the_beginning() -> None:
    for words in (["providers"], ["offers", "gpt-oss-120b"], ["list", "openai"]):
        assert facts(*words, "--limit", "2") == facts(*words)[:2]

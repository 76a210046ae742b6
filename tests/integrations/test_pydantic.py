"""`ModelSpec`: a field that names a model, in pydantic and pydantic-settings."""

from __future__ import annotations

import json
import pickle
from typing import TYPE_CHECKING, Annotated, Any, Literal

import pytest
from support.command import python

import llm_models
from llm_models.integrations.pydantic import ModelSpec, unique_specs

if TYPE_CHECKING:
    from pathlib import Path

pydantic = pytest.importorskip("pydantic")

Text = Annotated[str, ModelSpec()]
WithTools = Annotated[str, ModelSpec(require=["tools"], forbid={"embeddings": True})]


def adapter(kind: Any) -> Any:
    return pydantic.TypeAdapter(kind)


@pytest.mark.parametrize(
    "given",
    [
        "openai:gpt-4o-mini",
        "  OpenAI : gpt-4o-mini ",
        "gpt-4o-mini@openai",
        "openai/gpt-4o-mini",
        ("openai", "gpt-4o-mini"),
        llm_models.resolve("openai:gpt-4o-mini"),
    ],
    ids=["colon", "spaces and case", "at", "slash", "key", "model"],
)
def test_every_spelling_becomes_the_canonical_text(given: object) -> None:
    for kind in (Text, WithTools, ModelSpec):
        read = adapter(kind)
        assert read.validate_python(given) == "openai:gpt-4o-mini"
        assert type(read.validate_python(given)) is str
        assert read.dump_json(read.validate_python(given)) == b'"openai:gpt-4o-mini"'
    if isinstance(given, str):
        assert adapter(Text).validate_json(json.dumps(given)) == "openai:gpt-4o-mini"
        assert adapter(Text).validate_python(given, strict=True) == "openai:gpt-4o-mini"


def test_what_it_holds_is_read_back_as_itself(packaged: llm_models.Snapshot) -> None:
    read = adapter(Text)
    for model in packaged.list_models("google_vertex") + packaged.list_models("openrouter"):
        assert read.validate_json(read.dump_json(read.validate_python(model))) == model.spec


@pytest.mark.parametrize(
    ("given", "kind", "words"),
    [
        ("openai:gpt-4o-mni", "unknown_model", "Did you mean 'gpt-4o-mini'"),
        ("opnai:gpt-4o", "unknown_model", "Did you mean 'openai:gpt-4o'"),
        ("gpt-oss-120b", "ambiguous_model", "is served by"),
        ("openai:", "invalid_spec", "model id is missing"),
        ("openai:{x}{reason}", "unknown_model", "{x}{reason}"),  # text of theirs is no template
        ("openai:text-embedding-3-small", "model_unfit", "lacks tools and has embeddings"),
        (7, "string_type", "valid string"),
        (None, "string_type", "valid string"),
        (("openai",), "invalid_spec", "not a model"),
    ],
)
def test_what_is_wrong_is_a_validation_error(given: object, kind: str, words: str) -> None:
    with pytest.raises(pydantic.ValidationError) as told:
        adapter(WithTools).validate_python(given)
    (error,) = told.value.errors()
    assert error["type"] == kind
    assert words in error["msg"]
    assert error["msg"].count("has no model") <= 1


def test_a_model_that_is_not_allowed_is_not_valid() -> None:
    denied = llm_models.load(config=None, deny={"openai": ["*-mini"]}, publish=False)
    with pytest.raises(pydantic.ValidationError, match="denied by") as told:
        adapter(Annotated[str, ModelSpec(catalogue=lambda: denied)]).validate_python("openai:gpt-4o-mini")
    assert told.value.errors()[0]["type"] == "model_not_allowed"


def test_it_asks_the_catalogue_that_is_published_when_it_validates() -> None:
    read = adapter(Text)
    assert read.validate_python("openai:gpt-4o-mini") == "openai:gpt-4o-mini"
    llm_models.load(config=None, deny={"openai": ["*"]})
    with pytest.raises(pydantic.ValidationError, match="denied by"):
        read.validate_python("openai:gpt-4o-mini")


def test_a_capability_that_does_not_exist_is_an_error_of_the_type_itself() -> None:
    with pytest.raises(llm_models.UnknownCapabilityError, match="Did you mean 'tools'"):
        ModelSpec(require=["tols"])


def test_a_broken_catalogue_is_told_as_what_it_is(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "llm_models.toml").write_text("alow = 1\n")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(pydantic.ValidationError, match=r"llm_models\.toml:1") as told:
        adapter(Text).validate_python("openai:gpt-4o-mini")
    assert told.value.errors()[0]["type"] == "config"


@pytest.mark.parametrize("mode", ["validation", "serialization"])
def test_the_json_schema_is_that_of_text(mode: Any) -> None:
    class Settings(pydantic.BaseModel):
        plain: Text
        bare: ModelSpec
        able: WithTools = "openai:gpt-4o-mini"
        told: Annotated[str, ModelSpec(), pydantic.Field(description="The model that answers.")]

    schema = Settings.model_json_schema(mode=mode)
    fields = schema["properties"]
    assert {field["type"] for field in fields.values()} == {"string"}
    assert fields["plain"]["examples"] == ["openai:gpt-5.4-mini"]
    assert fields["able"]["default"] == "openai:gpt-4o-mini"
    assert "with tools and without embeddings" in fields["able"]["description"]
    assert fields["told"]["description"] == "The model that answers."
    jsonschema = pytest.importorskip("jsonschema")
    jsonschema.Draft202012Validator.check_schema(schema)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_settings_take_it_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = pytest.importorskip("pydantic_settings")

    class Settings(settings.BaseSettings):
        model: WithTools = "openai:gpt-4o-mini"
        spare: Annotated[str, ModelSpec()] | None = None

    assert Settings().model == "openai:gpt-4o-mini"
    monkeypatch.setenv("MODEL", "gpt-4o@OpenAI")
    monkeypatch.setenv("SPARE", "anthropic:claude-haiku-4-5")
    made = Settings()
    assert (made.model, made.spare) == ("openai:gpt-4o", "anthropic:claude-haiku-4-5")
    assert json.loads(made.model_dump_json()) == {"model": "openai:gpt-4o", "spare": "anthropic:claude-haiku-4-5"}
    monkeypatch.setenv("MODEL", "openai:text-embedding-3-small")
    with pytest.raises(pydantic.ValidationError, match="lacks tools"):
        Settings()


class Pickled(pydantic.BaseModel):
    """Pickling needs a class that can be imported."""

    model: Text


def test_a_model_with_such_a_field_is_picklable() -> None:
    made = Pickled(model="gpt-4o-mini@openai")
    assert pickle.loads(pickle.dumps(made)) == made


def test_pydantic_is_imported_when_a_field_is_built() -> None:
    code = (
        "import sys; from llm_models.integrations.pydantic import ModelSpec; ModelSpec(require=['tools'])\n"
        "assert not {'pydantic', 'pydantic_core'} & set(sys.modules)"
    )
    python(code)


Record = Annotated[llm_models.Model, ModelSpec(require=["tools"])]


def test_a_field_of_a_model_holds_the_model() -> None:
    class Settings(pydantic.BaseModel):
        model: Record
        spare: Annotated[llm_models.Model | None, ModelSpec()] = None

    for made in (
        Settings(model="gpt-4o-2024-08-06@OpenAI"),
        Settings(model=llm_models.resolve("openai:gpt-4o-2024-08-06")),
        Settings(model=("openai", "gpt-4o-2024-08-06")),
        Settings.model_validate_json('{"model": "openai/gpt-4o-2024-08-06", "spare": null}'),
    ):
        assert made.model == llm_models.resolve("openai:gpt-4o-2024-08-06")
        assert (type(made.model), made.spare) == (llm_models.Model, None)
        assert made.model_dump()["model"] is made.model
        text = made.model_dump_json()
        assert json.loads(text) == {"model": "openai:gpt-4o-2024-08-06", "spare": None}
        assert Settings.model_validate_json(text) == made
    for mode in ("validation", "serialization"):
        fields = Settings.model_json_schema(mode=mode)["properties"]
        assert fields["model"]["type"] == "string"
        assert fields["spare"]["anyOf"] == [{"type": "string"}, {"type": "null"}]
    for wrong, kind in ((5, "string_type"), ("openai:gpt-4o-mni", "unknown_model"), (b"x", "string_type"),
                        ("openai:text-embedding-3-small", "model_unfit")):  # fmt: skip
        with pytest.raises(pydantic.ValidationError) as caught:
            Settings(model=wrong)
        assert [error["type"] for error in caught.value.errors()] == [kind]


@pytest.mark.parametrize(
    "kind", [int, bytes, list[str], dict[str, str], str | int, str | llm_models.Model, llm_models.Provider, Literal[1]]
)
def test_a_type_that_holds_no_model_is_an_error_of_the_definition(kind: Any) -> None:
    with pytest.raises(TypeError, match=r"ModelSpec annotates str or llm_models\.Model, each also with None \(found "):
        adapter(Annotated[kind, ModelSpec()])


@pytest.mark.parametrize("kind", [str, str | None, Literal["openai:gpt-4o", "openai:gpt-5.2"], Any])
def test_the_value_has_the_annotated_type(kind: Any) -> None:
    assert adapter(Annotated[kind, ModelSpec()]).validate_python("gpt-4o@OpenAI") == "openai:gpt-4o"


def test_what_is_annotated_before_it_still_counts() -> None:
    assert adapter(Annotated[str | None, ModelSpec()]).validate_python(None) is None
    with pytest.raises(pydantic.ValidationError, match="openai:gpt-4o"):
        adapter(Annotated[Literal["openai:gpt-5.2"], ModelSpec()]).validate_python("gpt-4o@OpenAI")
    with pytest.raises(pydantic.ValidationError, match="at most 5 characters"):
        adapter(Annotated[str, pydantic.Field(max_length=5), ModelSpec()]).validate_python("gpt-4o@OpenAI")


@pytest.mark.parametrize("key", [Text, Record])
def test_two_spellings_of_one_key_are_an_error(key: Any) -> None:
    read = adapter(Annotated[dict[key, float], unique_specs])
    assert [str(name) for name in read.validate_python({"openai:gpt-4o": 1, "gpt-5.2@openai": 2})] == [
        "openai:gpt-4o",
        "openai:gpt-5.2",
    ]
    words = (
        r"'openai:gpt-4o' and 'gpt-4o@openai' are openai:gpt-4o; "
        r"'openai/gpt-5\.2' and 'OpenAI:gpt-5\.2' are openai:gpt-5\.2"
    )
    given = {"openai:gpt-4o": 1, "openai/gpt-5.2": 2, "gpt-4o@openai": 3, "OpenAI:gpt-5.2": 4}
    for validate, value in ((read.validate_python, given), (read.validate_json, json.dumps(given))):
        with pytest.raises(pydantic.ValidationError, match=words) as caught:
            validate(value)
        assert [error["type"] for error in caught.value.errors()] == ["duplicate_model"]
    with pytest.raises(pydantic.ValidationError, match="Did you mean"):
        read.validate_python({"openai:gpt-4o-mni": 1})
    dated = {"openai:gpt-4o": 1.0, "openai:gpt-4o-2024-08-06": 2.0}  # another name that the API takes, kept as such
    assert len(read.validate_python(dated)) == (2 if key is Text else len({llm_models.resolve(name) for name in dated}))


def test_only_a_mapping_has_keys() -> None:
    for kind in (list[str], str, dict):
        with pytest.raises(TypeError, match="unique_specs annotates a mapping"):
            adapter(Annotated[kind, unique_specs])


@pytest.mark.parametrize("kind", [str, str | None, llm_models.Model, llm_models.Model | None])
def test_validators_around_it_see_the_value_and_change_no_description(kind: Any) -> None:
    """Before it and behind it, of text and of a `Model`: what stands there is not skipped."""
    seen: list[object] = []

    def see(value: object) -> object:
        seen.append(value)
        return value

    def fail(value: object) -> object:
        raise ValueError("not today")

    alone = adapter(Annotated[kind, ModelSpec()])
    value = alone.validate_python("gpt-5.2@OpenAI")
    for around in (
        Annotated[kind, pydantic.AfterValidator(see), ModelSpec()],
        Annotated[kind, ModelSpec(), pydantic.AfterValidator(see)],
    ):
        made = adapter(around)
        assert made.validate_python("gpt-5.2@OpenAI") == value
        assert seen.pop() == value
        assert made.dump_json(value) == b'"openai:gpt-5.2"'
        for mode in ("validation", "serialization"):
            assert made.json_schema(mode=mode) == alone.json_schema(mode=mode)
    with pytest.raises(pydantic.ValidationError, match="not today"):
        adapter(Annotated[kind, pydantic.AfterValidator(fail), ModelSpec()]).validate_python("gpt-5.2@OpenAI")
    before = adapter(Annotated[kind, ModelSpec(), pydantic.BeforeValidator(lambda _: "openai:gpt-5.2")])
    assert before.validate_python("x") == value

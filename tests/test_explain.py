"""`explain`: for each field of a model its value, who stated it, where, and what it replaced."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from support import ROOT
from support.command import process as run

import llm_models
from llm_models.errors import UnknownModelError, UnknownProviderError

if TYPE_CHECKING:
    from pathlib import Path

    from llm_models.provenance import Explanation, FieldOrigin
    from llm_models.snapshot import Snapshot

SPEC = "openai:gpt-4o-mini"
FILE = """\
prefer = ["openai"]

[exclude]
openai = ["o3-*"]

[deny]
openai = ["o1*"]

[[models]]
provider = "openai"
id = "gpt-4o-mini"
cost = { input = 0.12, reasoning = 1 }
tags = ["approved"]
capabilities.tools.strict = false
omit = ["knowledge", "limits"]

[[models]]
provider = "openai"
match = "gpt-4o*"
extra.team = "search"

[[providers]]
id = "my-gateway"

[[models]]
provider = "my-gateway"
id = "house-7b"
limits.context = 8192
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the file above, entered."""
    (tmp_path / "llm_models.toml").write_text(FILE, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def catalogue(folder: Path) -> Snapshot:
    return llm_models.load(publish=False)


def one(catalogue: Snapshot, field: str, spec: str = SPEC) -> FieldOrigin:
    (found,) = catalogue.explain(spec, field).fields
    return found


def place_of(text: str) -> str:
    """Where a text of the file stands, as `explain` tells places."""
    line = next(number for number, line in enumerate(FILE.splitlines(), 1) if text in line)
    return f"llm_models.toml:{line}"


class TestAField:
    """Its value, how it came to be, the layer, the place, and what it replaced."""

    @pytest.mark.parametrize(
        ("field", "expected"),
        [
            ("limits.output", (16384, "stated", "models_dev", None, None)),
            ("cost.output", (0.6, "stated", "models_dev", None, None)),
            ("capabilities.chat", (True, "default", None, None, None)),
            ("provider_model_id", ("gpt-4o-mini", "derived", None, None, None)),
        ],
    )
    def test_of_the_packaged_data(self, packaged: Snapshot, field: str, expected: tuple[Any, ...]) -> None:
        assert one(packaged, field) == (field, *expected)

    @pytest.mark.parametrize(
        ("field", "value", "how", "text", "replaced"),
        [
            ("cost.input", 0.12, "stated", "cost = {", 0.15),
            ("cost.reasoning", 1, "stated", "cost = {", None),
            ("tags", ["approved"], "stated", "tags =", None),
            ("capabilities.tools.strict", False, "stated", "capabilities.tools.strict", True),
            ("extra.team", "search", "stated", "extra.team", None),
            ("limits.output", None, "omitted", "omit =", 16384),
            ("knowledge", None, "omitted", "omit =", "2023-09"),
        ],
    )
    def test_of_an_application_s_file(
        self, catalogue: Snapshot, field: str, value: object, how: str, text: str, replaced: object
    ) -> None:
        assert one(catalogue, field) == (field, value, how, "llm_models.toml", place_of(text), replaced)

    def test_of_the_curated_layer_under_it(self, catalogue: Snapshot) -> None:
        found = one(catalogue, "capabilities.tools.parallel")
        assert (found.value, found.how, found.layer) == (True, "stated", "overrides/openai.toml")
        assert found.place is not None
        number = int(found.place.removeprefix("overrides/openai.toml:"))
        lines = (ROOT / "overrides" / "openai.toml").read_text(encoding="utf-8").splitlines()
        assert "parallel = true" in lines[number - 1]

    def test_of_an_own_model(self, catalogue: Snapshot) -> None:
        found = one(catalogue, "limits.context", "my-gateway:house-7b")
        assert found[1:] == (8192, "stated", "llm_models.toml", place_of("limits.context"), None)
        assert one(catalogue, "capabilities.chat", "my-gateway:house-7b").how == "default"

    @pytest.mark.usefixtures("folder")
    def test_of_the_behaviour_and_of_load_s_arguments(self) -> None:
        class Mine(llm_models.Overrides):
            def models(self) -> list[dict[str, object]]:
                return [{"provider": "openai", "id": "gpt-4o-mini", "cost": {"input": 0.2, "output": 0.7}}]

        overrides = {"models": [{"provider": "openai", "id": "gpt-4o-mini", "cost": {"output": 0.8}}]}
        loaded = llm_models.load(overrides_module=Mine, overrides=overrides, publish=False)
        told = one(loaded, "cost.input")
        assert (told.value, told.replaced, told.place) == (0.2, 0.12, None)
        assert told.layer is not None
        assert "Mine" in told.layer
        assert one(loaded, "cost.output")[1:] == (0.8, "stated", "load(overrides=...)", None, 0.7)

    def test_all_values_are_those_of_the_model(self, catalogue: Snapshot) -> None:
        """For every model that the file touches, and some that it does not, the told values are the record's."""
        from llm_models.origins import leaves

        for spec in (SPEC, "openai:gpt-4o", "my-gateway:house-7b", "openai:gpt-5.2", "anthropic:claude-sonnet-4-5"):
            model = catalogue.resolve(spec)
            values = {
                ".".join(path): value for path, value in leaves(model.to_dict()) if path not in {("id",), ("provider",)}
            }
            told = catalogue.explain(spec).fields
            assert {one.field: one.value for one in told if one.how != "omitted"} == values

    def test_a_group_is_all_below_it_and_an_unsaid_field_is_unsaid(self, catalogue: Snapshot) -> None:
        found = catalogue.explain(SPEC, "cost").fields
        curated = [each.field for each in found if (each.layer or "").startswith("overrides/")]
        assert all(field.startswith(("cost.fees.", "cost.modes.")) for field in curated)
        fields = [each.field for each in found if each.field not in curated]
        assert fields == ["cost.input", "cost.output", "cost.cache_read", "cost.reasoning"]
        assert one(catalogue, "cost.training") == ("cost.training", None, "default", None, None, None)
        assert one(catalogue, "extra.nothing").value is None

    @pytest.mark.parametrize(
        ("field", "near"), [("cost.inptu", "cost.input"), ("limit.context", "limits.context"), ("tag", "tags")]
    )
    def test_an_unknown_field_is_an_error_with_the_nearest(self, catalogue: Snapshot, field: str, near: str) -> None:
        with pytest.raises(UnknownModelError, match=f"has no field '{field}'. Did you mean .*'{near}'"):
            catalogue.explain(SPEC, field)

    def test_a_served_id_is_its_model_s(self, catalogue: Snapshot) -> None:
        name = catalogue.resolve(SPEC).served_as[0]
        for text in (f"openai:{name}", f"openai/{name}"):
            assert catalogue.explain(text) == catalogue.explain(SPEC)
        assert catalogue.explain(("OpenAI", name)) == catalogue.explain(catalogue.resolve(SPEC))


class TestHiddenModels:
    """Denied, not allowed and excluded models are explained too, with what hides them; exclude speaks before deny."""

    @staticmethod
    def state(told: Explanation) -> tuple[object, ...]:
        return told.state, told.pattern, told.layer, told.place

    def test_denied(self, catalogue: Snapshot) -> None:
        told = catalogue.explain("openai:o1", "cost.input")
        assert self.state(told) == ("denied", "o1*", "llm_models.toml", place_of('openai = ["o1*"]'))
        assert told.fields[0].value == 15

    def test_excluded(self, catalogue: Snapshot) -> None:
        told = catalogue.explain("openai:o3-mini", "cost.input")
        assert self.state(told) == ("excluded", "o3-*", "llm_models.toml", place_of('openai = ["o3-*"]'))
        assert told.fields[0].value == 1.1

    def test_not_allowed(self, folder: Path) -> None:
        (folder / "llm_models.toml").write_text('[allow]\nopenai = ["gpt-*"]\n', encoding="utf-8")
        loaded = llm_models.load(publish=False)
        assert self.state(loaded.explain("openai:o1"))[:2] == ("not allowed", None)
        assert self.state(loaded.explain("anthropic:claude-sonnet-4-5"))[:2] == ("not allowed", None)
        assert loaded.explain(SPEC).state == "shown"

    @pytest.mark.usefixtures("folder")
    def test_by_an_argument_of_load(self) -> None:
        loaded = llm_models.load(deny={"openai": ["gpt-4o-mini"]}, publish=False)
        assert self.state(loaded.explain(SPEC)) == ("denied", "gpt-4o-mini", "load()", None)

    @pytest.mark.usefixtures("folder")
    def test_by_another_name_of_it(self) -> None:
        loaded = llm_models.load(deny={"openai": ["gpt-4o-mini"]}, publish=False)
        assert loaded.explain("openai:gpt-4o-mini-2024-07-18") == loaded.explain(SPEC)

    def test_exclude_speaks_before_deny(self, folder: Path) -> None:
        text = FILE.replace('["o1*"]', '["o1*", "o3*"]')
        (folder / "llm_models.toml").write_text(text, encoding="utf-8")
        assert llm_models.load(publish=False).explain("openai:o3-mini").state == "excluded"

    def test_a_model_that_nobody_has_is_an_error_with_the_nearest(self, catalogue: Snapshot) -> None:
        with pytest.raises(UnknownModelError, match="gpt-4o-mini"):
            catalogue.explain("openai:gpt-4o-mni")
        with pytest.raises(UnknownProviderError, match="openai"):
            catalogue.explain(("opnai", "gpt-4o-mini"))


def test_it_is_the_same_with_and_without_activation(folder: Path, catalogue: Snapshot) -> None:
    """For every model that the file touches or hides, and a field of each kind."""
    specs = [*(f"openai:{one.id}" for one in catalogue.list_models("openai")), "openai:o3-mini", "openai:o1"]
    specs += ["my-gateway:house-7b", "anthropic:claude-sonnet-4-5"]
    before = [catalogue.explain(spec) for spec in specs]
    assert run("activate", cwd=folder).code == 0
    loaded = llm_models.load(publish=False)
    assert loaded.file.name.endswith("snapshot.json")
    assert loaded.file.name != catalogue.file.name
    assert [loaded.explain(spec) for spec in specs] == before


class TestCommand:
    """A table for people, the same as data for programs."""

    def test_the_table(self, folder: Path) -> None:
        """Prices of the curated layer apart, which come and go."""
        lines = run("explain", SPEC, "cost", cwd=folder).out.splitlines()
        assert [line.split() for line in lines if "overrides/" not in line] == [
            ["field", "value", "from", "replaced"],
            ["cost.input", "0.12", place_of("cost = {"), "0.15"],
            ["cost.output", "0.6", "models_dev"],
            ["cost.cache_read", "0.075", "models_dev"],
            ["cost.reasoning", "1", place_of("cost = {")],
        ]
        rows = {line.split()[0]: line.split()[1:] for line in run("explain", SPEC, cwd=folder).out.splitlines()}
        assert rows["capabilities.chat"] == ["yes", "default"]
        assert rows["provider_model_id"] == ["gpt-4o-mini", "derived"]
        assert rows["knowledge"] == ["omitted,", place_of("omit ="), "2023-09"]
        assert run("explain", SPEC, "cost.training", cwd=folder).out.splitlines()[1].split()[1:] == ["not", "stated"]

    def test_the_data_are_those_of_the_api(self, folder: Path, catalogue: Snapshot) -> None:
        for spec in (SPEC, "openai:o3-mini", "openai:o1"):
            data = json.loads(run("explain", spec, "--json", cwd=folder).out)
            assert data == json.loads(json.dumps(catalogue.explain(spec).to_dict()))

    def test_a_hidden_model_says_so_first(self, folder: Path) -> None:
        lines = run("explain", "openai:o1", "cost.input", cwd=folder).out.splitlines()
        assert lines[0].split() == ["openai:o1", "denied", "by", "pattern", "'o1*'"]
        assert lines[1].strip() == place_of('openai = ["o1*"]')
        assert "excluded by pattern 'o3-*'" in run("explain", "openai:o3-mini", cwd=folder).out

    def test_a_typo_is_exit_2_and_one_line(self, folder: Path) -> None:
        result = run("explain", SPEC, "cost.inptu", cwd=folder)
        assert (result.code, result.out) == (2, "")
        assert result.err.startswith("llm-models: openai:gpt-4o-mini has no field 'cost.inptu'. Did you mean")
        assert result.err.count("\n") == 1


def test_an_id_is_stated_where_its_model_is_defined(tmp_path: Path) -> None:
    """Also where a stronger layer only corrects the model."""
    config = tmp_path / "llm_models.toml"
    config.write_text('[[providers]]\nid = "mine"\n[[models]]\nprovider = "mine"\nid = "m"\nnew = true\n')
    correction = {"models": [{"provider": "mine", "id": "m", "name": "M"}]}
    catalogue = llm_models.load(config=config, overrides=correction, publish=False)
    (told,) = catalogue.explain("mine:m", "id").fields
    assert (told.value, told.how, told.layer, told.place) == ("m", "stated", "llm_models.toml", "llm_models.toml:6")

"""What defines a model: `new`, `base`, entries of one's own provider; and `known`, which lists what may be missing."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import pytest
from support import catalogues
from support.catalogues import catalogue, model, of_source, provider

import llm_models
from llm_models import checks, paths
from llm_models.budgets import BUDGETS
from llm_models.errors import ConfigError
from llm_models.snapshot_file import SnapshotFile

if TYPE_CHECKING:
    from pathlib import Path

    from llm_models.errors import Problem

PACKAGED = SnapshotFile.open(paths.PACKAGED_SNAPSHOT)
HOUSE = '[[providers]]\nid = "house"\nbase_url = "https://house.example/v1"\n'


@pytest.fixture(scope="module")
def base() -> SnapshotFile:
    acme = [model("a-1", aliases=["first"]), model("a-2", limit={"context": 2000, "output": 500}), model("b-1")]
    zeta = [model("a-1", cost={"input": 3, "output": 4}), model("z-9")]
    return of_source(catalogue(provider("acme", *acme), provider("zeta", *zeta)))[0]


def told(file: SnapshotFile, text: str) -> list[Problem]:
    """The problems that `validate` reports for a text."""
    return checks.check_text(text.encode(), "llm_models.toml", file)


def lines(file: SnapshotFile, text: str) -> list[str]:
    """The same as text; warnings are marked."""
    return [f"{one}{'' if one.severity == 'error' else ' [warning]'}" for one in told(file, text)]


def served(file: SnapshotFile, tmp_path: Path, text: str) -> llm_models.Snapshot:
    """What `load()` of a text serves."""
    return llm_models.Snapshot(catalogues.merged(file, tmp_path / "llm_models.toml", text.encode())[0])


class TestKnown:
    """What `known` covers may match nothing today."""

    @pytest.mark.parametrize(
        ("item", "pattern", "covered"),
        [
            ("acme:a-9", "a-9", True),
            ("ACME:a-9", "a-9", True),
            ("a-9@acme", "a-9", True),
            ("acme/a-9", "a-9", True),
            ("acme:*-preview-9*", "*-preview-9*", True),
            ("acme:*-9*", "a-9-mini", True),
            ("acme:a-9*", "a-9-*", True),
            ("acme:a-9", "a-8", False),
            ("zeta:a-9", "a-9", False),
            ("acme:A-9", "a-9", False),
        ],
    )
    @pytest.mark.parametrize("section", ["deny", "exclude", "allow", "match", "id"])
    def test_it_covers_a_pattern_of_each_section_and_an_entry(
        self, base: SnapshotFile, item: str, pattern: str, covered: bool, section: str
    ) -> None:
        text = f'known = ["{item}"]\n'
        if section in ("match", "id"):
            text += f'[[models]]\nprovider = "acme"\n{section} = "{pattern}"\ncost.input = 9\n'
        else:
            text += f'[{section}]\nacme = ["{pattern}", "a-1"]\n'
        assert bool(lines(base, text)) is not covered

    def test_a_pattern_that_nothing_covers_is_told_how_to_be(self, base: SnapshotFile) -> None:
        (problem,) = told(base, '[deny]\nacme = ["*-preview-9*"]\n')
        assert problem.severity == "warning"
        assert 'write known = ["acme:*-preview-9*"] at the top' in problem.hint

    def test_allow_that_leaves_no_model_stays_an_error(self, base: SnapshotFile) -> None:
        (problem,) = told(base, 'known = ["acme:a-9"]\n[allow]\nacme = ["a-9"]\n')
        assert problem.severity == "error"

    def test_an_entry_waits_until_its_model_is_listed(
        self, base: SnapshotFile, tmp_path: Path, caplog: pytest.LogCaptureFixture
    ) -> None:
        text = 'known = ["acme:a-9"]\n[[models]]\nprovider = "acme"\nid = "a-9"\nlimits.context = 9\nname = "Nine"\n'
        with caplog.at_level(logging.INFO):
            catalogue_now = served(base, tmp_path, text)
        assert not caplog.records
        assert not catalogue_now.allowed("acme:a-9")
        later = of_source(catalogue(provider("acme", model("a-9"))))[0]
        assert served(later, tmp_path, text).get_model("acme", "a-9").limits.context == 9

    def test_the_lists_of_all_layers_count(self, base: SnapshotFile, caplog: pytest.LogCaptureFixture) -> None:
        entry = {"provider": "acme", "id": "a-9", "cost": {"input": 1}}
        for known in ({"known": ["acme:a-9"]}, {"known": ["acme:b-9"]}):
            layers: list[dict[str, Any]] = [{"known": ["zeta:q"]}, {"models": [entry]}, known]
            assert not llm_models.Snapshot(catalogues.layered(base, *layers)).allowed("acme:a-9")
        assert not caplog.records

    @pytest.mark.parametrize("item", ["gpt-9", "", ":", "acme:", ":a-1", " : ", "acme/"])
    def test_an_item_of_a_wrong_form_is_an_error(self, base: SnapshotFile, item: str) -> None:
        (problem,) = told(base, f'known = ["{item}"]\n')
        assert problem.severity == "error"
        assert problem.message.startswith("expected a provider and a name or glob, such as openai:gpt-9")
        with pytest.raises(ConfigError, match="expected a provider and a name or glob"):
            catalogues.layered(base, {"known": [item]})

    def test_an_item_of_an_unknown_provider_covers_nothing(self, base: SnapshotFile) -> None:
        assert lines(base, 'known = ["acne:a-9", "a-9@acne", "acne/a-9", "openai:gpt-9"]\n') == [
            f"llm_models.toml:1:{column}: known[{index}]: unknown provider 'acne'. Did you mean 'acme'?"
            for index, column in enumerate((10, 22, 34))
        ]


ENTRY = '[[models]]\nprovider = "acme"\nid = "{}"\n{}\n'
UNKNOWN = "is not in this data (of 2026-01-02). To define it, add new = true, or base = "


class TestUnknownIds:
    """Under a provider of the catalogue, an id that was never listed is an error, unless the entry defines a model."""

    @pytest.mark.parametrize(
        ("fields", "defined"),
        [
            ("cost.input = 1", False),
            ("", False),
            ("limits.context = 9", True),
            ('name = "Nine"', True),
            ('modalities.input = ["text"]', True),
        ],
    )
    def test_validate_names_both_ways_and_load_does_what_it_did(
        self, base: SnapshotFile, tmp_path: Path, fields: str, defined: bool, caplog: pytest.LogCaptureFixture
    ) -> None:
        text = ENTRY.format("a-11", fields)
        (line,) = lines(base, text)
        assert line.startswith(f"llm_models.toml:3:6: models.acme:a-11.id: acme:a-11 {UNKNOWN}")
        assert line.endswith("Did you mean 'a-1'?")
        assert served(base, tmp_path, text).allowed("acme:a-11") is defined
        (logged,) = [record.getMessage() for record in caplog.records]
        assert ("do not state new = true" in logged) is defined
        assert "acme:a-11" in logged

    @pytest.mark.parametrize("fields", ["", "cost.input = 1", "limits.context = 9", 'name = "Nine"'])
    def test_new_defines_a_model_with_any_fields(
        self, base: SnapshotFile, tmp_path: Path, fields: str, caplog: pytest.LogCaptureFixture
    ) -> None:
        text = ENTRY.format("a-11", f"new = true\n{fields}")
        assert lines(base, text) == []
        record = served(base, tmp_path, text).get_model("acme", "a-11")
        assert "new" not in record.extra
        assert not caplog.records

    def test_new_that_is_false_states_nothing(self, base: SnapshotFile) -> None:
        (line,) = lines(base, ENTRY.format("a-11", "new = false"))
        assert UNKNOWN in line

    def test_new_of_a_listed_model_is_warned_of_and_the_entry_corrects_it(
        self, base: SnapshotFile, tmp_path: Path
    ) -> None:
        text = ENTRY.format("a-1", "new = true\ncost = { input = 9, output = 2 }")
        (line,) = lines(base, text)
        assert "acme:a-1 is listed now, so this has no effect" in line
        assert line.startswith("llm_models.toml:4:")
        cost = served(base, tmp_path, text).get_model("acme", "a-1").cost
        assert (cost.input, cost.output) == (9, 2)

    @pytest.mark.parametrize(
        ("states", "key"), [("new = true", "new"), ('base = "acme:b-1"', "base"), ('name = "N"', "name")]
    )
    @pytest.mark.parametrize("field", ["aliases", "served_as"])
    def test_a_name_taken_from_a_listed_model_is_warned_of(self, states: str, key: str, field: str) -> None:
        """`load()` drops the name of the listed model."""
        named = catalogues.base(
            catalogue(provider("acme", model("a-1"), model("b-1"))),
            f'[[models]]\nprovider = "acme"\nid = "a-1"\n{field} = ["a-1-2026"]\n'.encode(),
        )[0]
        text = ENTRY.format("a-1-2026", states)
        (line,) = lines(named, text)
        assert "'a-1-2026' is another name of acme:a-1, which loses that name to this new model" in line
        assert f'To correct acme:a-1, write id = "a-1" and remove {key}. [warning]' in line
        correcting = text.replace("a-1-2026", "a-1").replace(states, "cost = { input = 9, output = 2 }")
        assert lines(named, correcting) == []

    def test_new_defines_a_model_that_is_gone(self, tmp_path: Path) -> None:
        small = catalogues.made_up({"openai": {"gpt-4o": {}}})
        text = '[[models]]\nprovider = "openai"\nid = "gpt-5-codex"\ncost.input = 1\n'
        (line,) = lines(small, text)
        assert "openai:gpt-5-codex is no longer listed" in line
        assert line.endswith("To define it, add new = true. [warning]")
        text += "new = true\n"
        assert lines(small, text) == []
        assert served(small, tmp_path, text).get_model("openai", "gpt-5-codex").cost.input == 1

    def test_entries_of_an_own_provider_need_no_new(self, base: SnapshotFile, tmp_path: Path) -> None:
        text = HOUSE + '[[models]]\nprovider = "house"\nid = "m"\n'
        assert lines(base, text) == []
        assert served(base, tmp_path, text).allowed("house:m")

    def test_a_whole_spec_as_the_id_is_told_to_be_shortened(self, base: SnapshotFile) -> None:
        for spec in ("acme:a-1", "acme/a-1", "a-1@acme"):
            (line,) = lines(base, ENTRY.format(spec, "cost.input = 9"))
            assert line.endswith("(of 2026-01-02). Write the id alone: 'a-1'.")

    def test_a_model_of_the_same_name_elsewhere_is_named_as_a_base(self, base: SnapshotFile) -> None:
        (line,) = lines(base, ENTRY.format("z-9", "cost.input = 9"))
        assert 'base = "zeta:z-9" to start from a copy of it' in line

    @pytest.mark.parametrize("key", ["new = true", 'base = "zeta:z-9"'])
    def test_a_match_defines_nothing(self, base: SnapshotFile, key: str) -> None:
        text = f'[[models]]\nprovider = "acme"\nmatch = "a-*"\n{key}\n'
        (problem,) = told(base, text)
        assert (problem.severity, problem.line) == ("error", 4)
        assert "defines one model, so it cannot stand beside 'match'" in problem.message

    def test_another_fault_of_the_entry_hides_neither(self, base: SnapshotFile) -> None:
        """A new model with a wrong value is no unknown id; an unknown id with a wrong value is one, too."""
        wrong = 'limits.context = "many"'
        assert len(lines(base, ENTRY.format("a-11", f"new = true\n{wrong}"))) == 1
        assert len(lines(base, ENTRY.format("a-11", "new = 1"))) == 1
        assert len(lines(base, ENTRY.format("a-11", wrong))) == 2


def facts(record: dict[str, Any]) -> dict[str, Any]:
    """A record without what belongs to it alone."""
    gaps = ("id", "provider", "provider_model_id", "aliases", "served_as", "resolves_to", "tags")
    kept = {name: value for name, value in record.items() if name not in gaps}
    extra = {name: value for name, value in kept.pop("extra", {}).items() if name != "provider"}
    return {**kept, **({"extra": extra} if extra else {})}


def entry(provider_id: str, model_id: str, start: str, **fields: Any) -> dict[str, Any]:
    return {"provider": provider_id, "id": model_id, "base": start, **fields}


OWN = [{"id": "house", "base_url": "https://house.example/v1"}]


def layered(file: SnapshotFile, *models: dict[str, Any], **more: Any) -> llm_models.Snapshot:
    """The catalogue with these entries and an own provider."""
    return llm_models.Snapshot(catalogues.layered(file, {"providers": OWN, "models": [*models], **more}))


class TestBase:
    """An entry with `base` starts as a copy of the merged record of another model."""

    @pytest.mark.parametrize("provider_id", ["openai", "google", "azure", "cohere"])
    def test_a_copy_of_each_real_model_is_that_model_under_another_name(self, provider_id: str) -> None:
        ids = PACKAGED.block(provider_id).ids
        copies = [entry("house", f"copy-{number}", f"{provider_id}:{one}") for number, one in enumerate(ids)]
        catalogue_now = layered(PACKAGED, *copies)
        for number, model_id in enumerate(ids):
            original, copy = (
                catalogue_now.get_model(*key) for key in ((provider_id, model_id), ("house", f"copy-{number}"))
            )
            assert facts(copy.to_dict()) == facts(original.to_dict())
            assert copy.provider_model_id == copy.id
            for flag in llm_models.CAPABILITIES:
                assert copy.stated(flag) == original.stated(flag)
            likely = [catalogue_now.file.likely(model.provider, model.id) for model in (original, copy)]
            assert likely[0] == likely[1]

    def test_what_the_entry_states_or_omits_wins(self, base: SnapshotFile) -> None:
        copy = entry("house", "m", "acme:a-2", cost={"input": 9}, omit=["limits.output"], kind="embedding")
        record = layered(base, copy).get_model("house", "m")
        assert (record.cost.input, record.cost.output) == (9, 2)
        assert (record.limits.context, record.limits.output) == (2000, None)
        assert (record.capabilities.chat, record.capabilities.embeddings) == (False, True)

    def test_it_takes_what_any_layer_states_of_its_base(self, base: SnapshotFile) -> None:
        copy = {"providers": OWN, "models": [entry("house", "m", "acme:a-1")]}
        change = {"models": [{"provider": "acme", "id": "a-1", "cost": {"input": 7}}]}
        for layers in ([copy, change], [change, copy]):
            record = llm_models.Snapshot(catalogues.layered(base, *layers)).get_model("house", "m")
            assert (record.cost.input, record.cost.output) == (7, 2)

    @pytest.mark.parametrize("text", ["acme:a-1", "ACME:a-1", "a-1@acme", "acme/a-1"])
    def test_it_is_named_in_any_form_with_its_provider(self, base: SnapshotFile, text: str) -> None:
        assert layered(base, entry("house", "m", text)).get_model("house", "m").cost.input == 1

    def test_it_is_named_by_any_name(self, base: SnapshotFile) -> None:
        named = {"provider": "acme", "id": "a-1", "aliases": ["first"], "served_as": ["a-1-2026"]}
        for name in ("first", "a-1-2026"):
            record = layered(base, named, entry("house", "m", f"acme:{name}")).get_model("house", "m")
            assert (record.cost.input, record.aliases, record.served_as) == (1, (), ())

    def test_chains_as_long_as_the_budget_are_followed_in_any_order(self, base: SnapshotFile) -> None:
        chain = [
            entry("house", "m0", "acme:a-1"),
            *(entry("house", f"m{n}", f"house:m{n - 1}") for n in range(1, BUDGETS["chain"].most)),
        ]
        for models in (chain, chain[::-1]):
            assert layered(base, *models).get_model("house", f"m{len(chain) - 1}").cost.input == 1

    @pytest.mark.parametrize("section", ["deny", "exclude"])
    def test_a_base_that_is_hidden_is_copied_with_its_corrections(self, base: SnapshotFile, section: str) -> None:
        change = {"provider": "acme", "id": "a-1", "cost": {"input": 7}, "status": "deprecated"}
        for models, price in (([], 1), ([change], 7)):
            hidden = layered(base, *models, entry("house", "m", "acme:a-1"), **{section: {"acme": ["a-1"]}})
            assert hidden.get_model("house", "m").cost.input == price
            assert hidden.get_model("house", "m").deprecated is bool(models)
            assert not hidden.allowed("acme:a-1")

    def test_an_excluded_copy_is_no_model_but_can_be_copied(self, base: SnapshotFile) -> None:
        chain = [entry("house", "m", "acme:a-1"), entry("house", "n", "house:m")]
        hidden = layered(base, *chain, exclude={"house": ["m"]})
        assert hidden.get_model("house", "n").cost.input == 1
        assert not hidden.allowed("house:m")

    def test_a_model_that_is_listed_becomes_the_copy_and_keeps_its_names(self, base: SnapshotFile) -> None:
        record = layered(base, entry("zeta", "a-1", "acme:a-2", tags=["x"])).get_model("zeta", "a-1")
        assert (record.cost.input, record.limits.output, record.tags) == (1, 500, ("x",))

    def test_a_listed_model_that_becomes_a_copy_is_warned_of_alone(self, base: SnapshotFile) -> None:
        """An entry with `base` alone states something: all values of the copy."""
        (line,) = lines(base, ENTRY.format("a-1", 'base = "zeta:z-9"'))
        assert "acme:a-1 is listed, and a copy of zeta:z-9 replaces its values" in line
        assert "To correct single values of the listed model, remove the line." in line
        assert line.endswith("[warning]")
        assert lines(base, ENTRY.format("a-9", 'base = "zeta:z-9"')) == []

    def test_the_copy_is_weaker_than_a_match_of_its_layer(self, base: SnapshotFile) -> None:
        free = {"provider": "house", "match": "*", "cost": {"input": 0}}
        assert layered(base, entry("house", "m", "acme:a-1"), free).get_model("house", "m").cost.input == 0

    def test_a_moving_name_may_be_copied_and_may_mean_a_copy(self, base: SnapshotFile) -> None:
        moving = {"provider": "house", "id": "m-latest", "resolves_to": "m"}
        models = [entry("house", "m", "acme:a-2"), moving, entry("house", "n", "house:m-latest")]
        catalogue_now = layered(base, *models)
        for model_id in ("m", "m-latest", "n"):
            assert catalogue_now.get_model("house", model_id).limits.output == 500
        assert catalogue_now.get_model("house", "n").resolves_to is None

    @pytest.mark.parametrize(
        "models",
        [
            [entry("house", "m", "house:m")],
            [entry("house", "m", "house:n"), entry("house", "n", "house:m")],
            [entry("house", "m", "house:n"), {"provider": "house", "id": "n", "resolves_to": "m"}],
            [entry("acme", "a-1", "zeta:a-1"), entry("zeta", "a-1", "acme:a-1"), entry("house", "m", "acme:a-1")],
        ],
    )
    def test_a_ring_is_an_error(self, base: SnapshotFile, models: list[dict[str, Any]]) -> None:
        with pytest.raises(ConfigError, match="a model cannot start from itself") as caught:
            layered(base, *models)
        assert len(caught.value.problems) == 1

    def test_a_ring_is_told_with_all_of_its_lines(self, base: SnapshotFile) -> None:
        text = HOUSE + "".join(
            f'[[models]]\nprovider = "house"\nid = "{one}"\nbase = "house:{two}"\n' for one, two in ("mn", "nm")
        )
        assert lines(base, text) == [
            "llm_models.toml:11:8: models.house:n.base: a model cannot start from itself "
            "(house:m (line 7) -> house:n (line 11) -> house:m (line 7)). Name another model in base."
        ]

    @pytest.mark.parametrize(
        ("text", "message"),
        [
            ("acme:a-11", "acme has no model 'a-11'. Did you mean 'a-1'?"),
            ("acne:a-1", "unknown provider 'acne'. Did you mean 'acme'?"),
            ("a-1@acne", "unknown provider 'acne'. Did you mean 'acme'?"),
            ("a-1", 'expected a model spec with its provider, such as azure:gpt-4o (found "a-1")'),
        ],
    )
    def test_a_base_that_was_never_known_is_an_error(self, base: SnapshotFile, text: str, message: str) -> None:
        found = lines(base, f'{HOUSE}[[models]]\nprovider = "house"\nid = "m"\nbase = "{text}"\n')
        assert found == [f"llm_models.toml:7:8: models.house:m.base: {message}"]
        with pytest.raises(ConfigError):
            layered(base, entry("house", "m", text))

    def test_a_base_that_is_gone_leaves_out_its_copies(self, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
        small = catalogues.made_up({"openai": {"gpt-4o": {}}})
        text = HOUSE + "".join(
            f'[[models]]\nprovider = "house"\nid = "{one}"\nbase = "{two}"\n'
            for one, two in (("n", "house:m"), ("m", "openai:gpt-5-codex"), ("k", "github-models:x"))
        )
        first, second, third = lines(small, text)
        assert "house:m is not in this catalogue, so this entry is left out [warning]" in first
        assert "openai:gpt-5-codex is no longer listed (last listed on 2026-07-02, gone by" in second
        assert "so this entry is left out. Its successor" in second
        assert "github-models:x is not in this catalogue, so this entry is left out [warning]" in third
        with pytest.raises(LookupError):
            served(small, tmp_path, text).get_model("house", "n")
        (logged,) = [record.getMessage() for record in caplog.records]
        assert "house:n base house:m, house:m base openai:gpt-5-codex" in logged

    def test_a_base_that_known_covers_lets_the_entry_wait(
        self, base: SnapshotFile, tmp_path: Path, caplog: pytest.LogCaptureFixture
    ) -> None:
        text = f'known = ["acme:a-9"]\n{HOUSE}[[models]]\nprovider = "house"\nid = "m"\nbase = "acme:a-9"\n'
        (line,) = lines(base, text)
        assert "acme:a-9 is not listed yet, so this entry waits for it" in line
        assert lines(base, text.replace('["acme:a-9"]', '["acme:a-9", "house:m"]')) == []
        assert not served(base, tmp_path, text).allowed("house:m")
        assert not caplog.records
        later = of_source(catalogue(provider("acme", model("a-9", cost={"input": 3, "output": 4}))))[0]
        assert served(later, tmp_path, text).get_model("house", "m").cost.input == 3

    def test_an_address_is_not_copied(self, base: SnapshotFile) -> None:
        address = {"provider": {"api": "https://a-1.example/v1"}, "aliases": [], "note": "x"}
        change = {"provider": "acme", "id": "a-1", "extra": address, "provider_model_id": "sent"}
        record = layered(base, change, entry("house", "m", "acme:a-1")).get_model("house", "m")
        assert (record.extra, record.provider_model_id) == ({"aliases": (), "note": "x"}, "m")

    def test_explain_names_the_base_and_where_it_has_the_value(self, base: SnapshotFile, tmp_path: Path) -> None:
        text = '[[models]]\nprovider = "acme"\nid = "a-1"\ncost.input = 7\n' + HOUSE
        text += '[[models]]\nprovider = "house"\nid = "m"\nbase = "acme:a-1"\ncost.output = 3\n'
        text += '[[models]]\nprovider = "house"\nid = "n"\nbase = "house:m"\n'
        catalogue_now = served(base, tmp_path, text)

        def origin(model_id: str, field: str) -> tuple[Any, ...]:
            (found,) = catalogue_now.explain(f"house:{model_id}", field).fields
            return found[3:]

        assert origin("m", "id") == ("llm_models.toml", "llm_models.toml:11", None)
        assert origin("m", "cost.input") == ("base", "acme:a-1 (llm_models.toml:4)", None)
        assert origin("m", "cost.output") == ("llm_models.toml", "llm_models.toml:12", 2)
        assert origin("n", "cost.input") == ("base", "house:m (llm_models.toml:4)", None)
        assert origin("n", "cost.output") == ("base", "house:m (llm_models.toml:12)", None)
        assert origin("n", "name") == ("base", "house:m (models_dev)", None)

    def test_a_deprecated_base_is_warned_of(self, base: SnapshotFile) -> None:
        text = '[[models]]\nprovider = "acme"\nid = "a-1"\nstatus = "deprecated"\n' + HOUSE
        text += '[[models]]\nprovider = "house"\nid = "m"\nbase = "acme:a-1"\n'
        hint = 'The copy takes this over. If it does not hold for the copy, write omit = ["status", "deprecated"].'
        assert any(
            f":11:8: models.house:m.base: the base acme:a-1 is deprecated. {hint}" in line for line in lines(base, text)
        )
        assert not any("the base" in line for line in lines(base, f'{text}omit = ["status", "deprecated"]\n'))

    def test_the_module_and_the_argument_take_it_too(self) -> None:
        class Mine(llm_models.Overrides):
            def providers(self) -> list[dict[str, Any]]:
                return OWN

            def models(self) -> list[dict[str, Any]]:
                return [entry("house", "m", "openai:gpt-5.2")]

        of_module = llm_models.load(config=None, overrides_module=Mine, publish=False)
        of_argument = llm_models.load(
            config=None, overrides={"providers": OWN, "models": [entry("house", "m", "openai:gpt-5.2")]}, publish=False
        )
        for catalogue_now in (of_module, of_argument):
            cost = catalogue_now.get_model("house", "m").cost
            assert cost == catalogue_now.get_model("openai", "gpt-5.2").cost


class TestEveryProvider:
    """`"*"` in the place of a provider means all providers, those of the application among them."""

    @pytest.mark.parametrize("section", ["deny", "exclude"])
    def test_a_ban_is_united_with_that_of_each_provider(self, base: SnapshotFile, section: str) -> None:
        own = {"provider": "house", "id": "a-9"}
        banned = layered(base, own, **{section: {"*": ["a-*"], "acme": ["b-1"]}})
        assert {model.spec for model in banned.list_models()} == {"zeta:z-9"}

    def test_it_covers_a_provider_of_a_stronger_layer(self, base: SnapshotFile) -> None:
        later = {"providers": OWN, "models": [{"provider": "house", "id": "a-9"}]}
        banned = llm_models.Snapshot(catalogues.layered(base, {"deny": {"*": ["a-*"]}}, later))
        assert {model.spec for model in banned.list_models()} == {"acme:b-1", "zeta:z-9"}

    @pytest.mark.parametrize(
        ("allow", "shown"),
        [
            ({"*": ["a-1"]}, {"acme:a-1", "zeta:a-1"}),
            ({"*": ["a-1"], "acme": ["b-1"]}, {"acme:a-1", "acme:b-1", "zeta:a-1"}),
            ({"*": ["a-1"], "zeta": "all"}, {"acme:a-1", "zeta:a-1", "zeta:z-9"}),
            ({"*": "all"}, {"acme:a-1", "acme:a-2", "acme:b-1", "zeta:a-1", "zeta:z-9"}),
        ],
    )
    def test_allow_counts_both(self, base: SnapshotFile, allow: dict[str, Any], shown: set[str]) -> None:
        by_layer = llm_models.Snapshot(catalogues.layered(base, {"allow": allow}))
        by_argument = llm_models.Snapshot(base, allow=allow)
        for catalogue_now in (by_layer, by_argument):
            assert {model.spec for model in catalogue_now.list_models()} == shown

    def test_deny_as_an_argument(self, base: SnapshotFile) -> None:
        banned = llm_models.Snapshot(base, deny={"*": iter(["a-*"]), "acme": ["b-1"]})
        assert {model.spec for model in banned.list_models()} == {"zeta:z-9"}

    def test_a_match_applies_in_the_order_of_the_text_and_an_id_beats_it(self, base: SnapshotFile) -> None:
        every = {"provider": "*", "match": "a-*", "cost": {"input": 7}}
        one = {"provider": "acme", "match": "a-1", "cost": {"input": 8}}
        exact = {"provider": "acme", "id": "a-2", "cost": {"input": 9}}
        for models, price in (([exact, every, one], 8), ([exact, one, every], 7)):
            catalogue_now = layered(base, *models)
            prices = {model.spec: model.cost.input for model in catalogue_now.list_models()}
            assert prices == {"acme:a-1": price, "acme:a-2": 9, "acme:b-1": 1, "zeta:a-1": 7, "zeta:z-9": 1}

    def test_messages_name_its_line(self, base: SnapshotFile, tmp_path: Path) -> None:
        banned = served(base, tmp_path, '[deny]\n"*" = ["a-*"]\n')
        with pytest.raises(LookupError, match=r"^zeta:a-1 is denied by pattern 'a-\*' \(llm_models.toml:2\)"):
            banned.resolve("zeta:a-1")
        assert banned.explain("zeta:a-1").place == "llm_models.toml:2"

    @pytest.mark.parametrize(
        ("text", "hint"),
        [
            ('[[models]]\nprovider = "acme"\nid = "a-*"\nnew = true\n', 'write match = "a-*" in place of the id.'),
            ('[[models]]\nprovider = "acme"\nid = "a-*"\ntags = ["x"]\n', 'write match = "a-*" in place of the id.'),
            ('[[models]]\nprovider = "acme"\nmatch = "all"\ntags = ["x"]\n', 'write match = "*".'),
            ('[allow]\nacme = ["all"]\n', 'To name every model, write acme = "all".'),
            ('[deny]\nacme = ["all"]\n', 'To name every model, write acme = ["*"].'),
            ('[exclude]\nacme = [" a-1"]\n', "has a space at an end, so it matches no model of acme. Write 'a-1'."),
            ('[deny]\nacme = ["a-* "]\n', "has a space at an end, so it matches no model of acme. Write 'a-*'."),
        ],
    )
    def test_a_pattern_in_another_form_is_answered_with_ours(self, base: SnapshotFile, text: str, hint: str) -> None:
        (line,) = lines(base, text)
        assert hint in line

    @pytest.mark.parametrize("section", ["deny", "exclude", "match"])
    def test_a_pattern_that_matches_nothing_anywhere(self, base: SnapshotFile, section: str) -> None:
        stated = '[[models]]\nprovider = "*"\nmatch = "q-*"\ntags = ["x"]\n'
        text = stated if section == "match" else f'[{section}]\n"*" = ["q-*"]\n'
        (line,) = lines(base, text)
        assert 'matches no model of any provider. If it may match nothing today, write known = ["*:q-*"]' in line
        assert lines(base, f'known = ["*:q-*"]\n{text}') == []

    @pytest.mark.parametrize(
        "text",
        [
            '[allow]\n"*" = ["q-*"]\n',
            '[allow]\n"*" = []\n',
            '[allow]\n"*" = "all"\n[deny]\n"*" = ["*"]\n',
            '[exclude]\n"*" = ["*"]\n',
        ],
    )
    def test_what_leaves_no_model_is_an_error(self, base: SnapshotFile, tmp_path: Path, text: str) -> None:
        assert any(problem.severity == "error" for problem in told(base, text))
        with pytest.raises(llm_models.EmptyCatalogError):
            served(base, tmp_path, text)

    def test_it_goes_with_match_alone(self, base: SnapshotFile) -> None:
        (line,) = lines(base, '[[models]]\nprovider = "*"\nid = "a-1"\n')
        assert "all providers go with 'match', not with 'id'" in line

    def test_an_argument_of_a_wrong_type_is_one_problem(self, base: SnapshotFile) -> None:
        with pytest.raises(ConfigError) as caught:
            llm_models.Snapshot(base, deny={"*": "a-*"})
        assert len(caught.value.problems) == 1

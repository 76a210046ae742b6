"""Names in configurations: providers by aliases, models by served ids and aliases, and patterns that are names.

A configuration is read as lookups read names: a text that equals a name means that name, and any other pattern is a
glob. A ban never weakens.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import catalogues
from support.command import fine, here

import llm_models
from llm_models import checks, paths
from llm_models.differences import compared
from llm_models.errors import ConfigError
from llm_models.modelspec import fold_provider
from llm_models.name_forms import GOOGLE, read_as, spelled
from llm_models.patterns import is_plain, literal, matcher
from llm_models.snapshot_file import SnapshotFile

if TYPE_CHECKING:
    from pathlib import Path

PACKAGED = SnapshotFile.open(paths.PACKAGED_SNAPSHOT)

HOUSE = {
    "providers": [{"id": "house", "base_url": "http://127.0.0.1:1", "aliases": ["haus", "our-house"]}],
    "models": [
        {"provider": "house", "id": "a", "served_as": ["a-2026-01-01"], "aliases": ["alpha"]},
        {"provider": "house", "id": "b[eu]", "aliases": ["b[1m]"]},
        {"provider": "house", "id": "be"},
        {"provider": "house", "id": "c*"},
        {"provider": "house", "id": "cd"},
    ],
}
"""A provider with aliases, and models with other names and with wildcards in their names."""
NAMES = {"a": "a", "a-2026-01-01": "a", "alpha": "a", "b[eu]": "b[eu]", "b[1m]": "b[eu]", "be": "be", "c*": "c*"}
"""The names of its models, each with the id that it means."""


@pytest.fixture(scope="module")
def base() -> SnapshotFile:
    """A small catalogue with that provider, as one base."""
    return catalogues.layered(catalogues.base(catalogues.small(), catalogues.CURATED)[0], HOUSE)


@pytest.fixture
def base_file(base: SnapshotFile, tmp_path: Path) -> Path:
    path = tmp_path / "base.json"
    path.write_bytes(base.data)
    return path


def merged(base: SnapshotFile, **stated: Any) -> llm_models.Snapshot:
    """The base with one more layer, as `load(overrides=...)` makes it."""
    return llm_models.Snapshot(catalogues.layered(base, stated))


def ids(catalogue: llm_models.Snapshot, provider: str = "house") -> set[str]:
    return {model.id for model in catalogue.list_models(provider)}


def told(base: SnapshotFile, text: str) -> list[str]:
    return [str(problem) for problem in checks.check_text(text.encode(), "llm_models.toml", base)]


class TestPatterns:
    """A pattern that equals a name means that model, whatever section it is in; any other pattern is a glob."""

    @pytest.mark.parametrize(("name", "model_id"), NAMES.items())
    @pytest.mark.parametrize("section", ["deny", "exclude"])
    def test_a_ban_by_a_name_removes_that_model_alone(
        self, base: SnapshotFile, section: str, name: str, model_id: str
    ) -> None:
        everything = ids(llm_models.Snapshot(base))
        assert ids(merged(base, **{section: {"house": [name]}})) == everything - {model_id}

    @pytest.mark.parametrize(("name", "model_id"), NAMES.items())
    def test_the_same_in_arguments(self, base: SnapshotFile, name: str, model_id: str) -> None:
        everything = ids(llm_models.Snapshot(base))
        assert ids(llm_models.Snapshot(base, deny={"house": [name]})) == everything - {model_id}
        assert ids(llm_models.Snapshot(base, allow={"Haus": [name]})) == {model_id}
        listed = llm_models.Snapshot(base).list_models(allow={"our.house": [name]})
        assert {model.id for model in listed} == {model_id}
        assert ids(merged(base, allow={"house": [name]})) == {model_id}

    @pytest.mark.parametrize(("name", "model_id"), NAMES.items())
    def test_the_same_in_match(self, base: SnapshotFile, name: str, model_id: str) -> None:
        catalogue = merged(base, models=[{"provider": "house", "match": name, "tags": ["x"]}])
        assert {model.id for model in catalogue.list_models("house") if "x" in model.tags} == {model_id}

    def test_globs_look_at_all_names_in_bans_and_at_ids_in_match(self, base: SnapshotFile) -> None:
        for section in ("deny", "exclude"):
            assert "a" not in ids(merged(base, **{section: {"house": ["a-20*"]}}))
            assert "a" not in ids(merged(base, **{section: {"house": ["alph?"]}}))
        catalogue = merged(base, models=[{"provider": "house", "match": "alph?", "tags": ["x"]}])
        assert not catalogue.get_model("house", "a").tags

    @pytest.mark.parametrize("name", ["a", "a-2026-01-01", "alpha"])
    def test_an_excluded_model_is_excluded_under_all_of_its_names(self, base: SnapshotFile, name: str) -> None:
        catalogue = merged(base, exclude={"haus": ["alpha"]})
        for spec in (f"house:{name}", f"haus/{name}", ("haus", name)):
            with pytest.raises(llm_models.UnknownModelError, match=r"^house:a is excluded by pattern 'alpha'"):
                catalogue.resolve(spec)
            explained = catalogue.explain(spec)
            assert (explained.spec, explained.state, explained.pattern) == ("house:a", "excluded", "alpha")

    def test_a_star_alone_always_means_all(self, base: SnapshotFile) -> None:
        """Nobody opens what it closes by listing a model of that name."""
        star = {"provider": "house", "id": "*"}
        for every in ("*", "**"):
            for section in ("deny", "exclude"):
                catalogue = merged(base, models=[star], **{section: {"house": [every]}})
                assert "house" not in catalogue.list_providers()
            assert merged(base, models=[star], deny={"house": [every]}).allowed("house:be") is False

    @pytest.mark.parametrize("section", ["deny", "exclude"])
    def test_a_name_stays_one_when_its_model_is_excluded(self, base: SnapshotFile, section: str) -> None:
        """Otherwise it would become a glob that hides another model."""
        banned = {"house": ["b[eu]"]}
        catalogue = merged(base, **{"exclude": banned, section: banned})
        assert ids(catalogue) == {"a", "be", "c*", "cd"}

    def test_a_name_that_two_models_state_means_neither(self, base: SnapshotFile) -> None:
        second = {"provider": "house", "id": "be", "aliases": ["alpha"]}
        assert not merged(base, models=[second]).allowed("house:alpha")

    def test_the_message_and_explain_repeat_the_pattern_as_it_is_written(self, base: SnapshotFile) -> None:
        catalogue = merged(base, deny={"haus": ["alpha"]})
        with pytest.raises(LookupError, match="house:a is denied by pattern 'alpha'"):
            catalogue.resolve("house:a-2026-01-01")
        explained = catalogue.explain("house:a")
        assert (explained.state, explained.pattern, explained.layer) == ("denied", "alpha", "layer 0")

    @pytest.mark.whole
    @settings(max_examples=300, deadline=None)
    @given(st.data())
    def test_a_pattern_over_real_names(self, data: st.DataObject) -> None:
        """A name hides exactly its model; a glob hides at least what it hides as a literal, and bans are united."""
        provider = data.draw(st.sampled_from(["openai", "amazon_bedrock", "openrouter", "google_vertex"]))
        block = PACKAGED.block(provider)
        names = [name for row in range(len(block.ids)) for name in block.names(row)]
        name = data.draw(st.sampled_from(names))
        at = data.draw(st.integers(0, len(name) - 1))
        glob = data.draw(st.sampled_from([name, f"{name[:at]}*", f"*{name[at:]}", f"{name[:at]}?{name[at + 1 :]}"]))
        every = [block.names(row) for row in range(len(block.ids))]

        def hidden(*patterns: str) -> set[str]:
            tests = [matcher(pattern, block.id_of) for pattern in patterns]
            return {names[0] for names in every if any(test(names) for test in tests)}

        assert hidden(name) == hidden(literal(name)) == {block.id_of(name)}
        assert hidden(glob) >= (set() if is_plain(glob) else {block.id_of(name)})
        assert hidden(name, glob) == hidden(name) | hidden(glob)


FLASH = "gemini-3.5-flash"


class TestSpellings:
    """`models/ID` and `publishers/...` at Google are the model itself: a ban by one of them is a ban of the model."""

    @pytest.mark.parametrize("provider", GOOGLE)
    def test_lookups_and_configurations_read_them_alike(self, provider: str) -> None:
        block = PACKAGED.block(provider)
        catalogue = llm_models.Snapshot(PACKAGED)
        written = [(text, one) for one in block.ids for text in spelled(provider, one)]
        assert len(written) > len(block.ids)
        for text, model_id in written:
            assert read_as(text, block.id_of, provider) == model_id
            assert catalogue.resolve((provider, text)).id == model_id

    @pytest.mark.parametrize("section", ["deny", "exclude"])
    @pytest.mark.parametrize(
        "pattern",
        [
            f"models/{FLASH}",
            f"publishers/google/models/{FLASH}",
            f"models/publishers/google/models/{FLASH}",
            f"models/{FLASH[:-1]}?",
            "models/*",
            "publishers/*",
        ],
    )
    def test_a_ban_by_a_spelling_holds_for_each_of_them(self, section: str, pattern: str) -> None:
        by_layer = merged(PACKAGED, **{section: {"vertex-ai": [pattern]}})
        by_argument = llm_models.Snapshot(PACKAGED, deny={"vertex_ai": [pattern]})
        for catalogue in (by_layer, by_argument):
            assert FLASH not in ids(catalogue, "google_vertex")
            for text in (
                f"vertex_ai:{FLASH}",
                f"vertex_ai/models/{FLASH}",
                f"vertex_ai:publishers/google/models/{FLASH}",
            ):
                assert not catalogue.allowed(text)
            assert catalogue.allowed(f"google:{FLASH}")

    def test_allow_takes_them_too(self) -> None:
        allow = {"vertex_ai": [f"models/{FLASH}", "publishers/openai/models/*"]}
        expected = {FLASH, *(one for one in PACKAGED.block("google_vertex").ids if one.startswith("openai/"))}
        assert ids(merged(PACKAGED, allow=allow), "google_vertex") == expected
        assert ids(llm_models.Snapshot(PACKAGED, allow=allow), "google_vertex") == expected
        listed = llm_models.Snapshot(PACKAGED).list_models("google_vertex", allow=allow)
        assert {model.id for model in listed} == expected

    def test_a_glob_over_spellings_is_one_that_begins_so(self) -> None:
        every = {*PACKAGED.block("google_vertex").ids}
        with_slash = {one for one in every if "/" in one}
        assert ids(merged(PACKAGED, deny={"google_vertex": ["*/*"]}), "google_vertex") == every - with_slash
        claude = {one for one in every if one.startswith("claude")}
        left = ids(merged(PACKAGED, deny={"google_vertex": ["publishers/google/models/*"]}), "google_vertex")
        assert left == claude | with_slash
        assert ids(merged(PACKAGED, deny={"openai": ["models/*"]}), "openai") == {*PACKAGED.block("openai").ids}

    def test_entries_and_match_correct_the_model(self) -> None:
        entry = {"provider": "gemini", "id": f"models/{FLASH}", "tags": ["x"]}
        assert merged(PACKAGED, models=[entry]).get_model("google", FLASH).tags == ("x",)
        glob = {"provider": "gemini", "match": f"models/{FLASH}*", "tags": ["x"]}
        assert "x" in merged(PACKAGED, models=[glob]).get_model("google", FLASH).tags

    def test_an_entry_that_states_a_name_defines_a_model_of_its_own(self) -> None:
        entry = {"provider": "google", "id": f"models/{FLASH}", "name": "Mine"}
        catalogue = merged(PACKAGED, models=[entry], deny={"google": [f"models/{FLASH}"]})
        assert not catalogue.allowed(f"google:models/{FLASH}")
        assert catalogue.allowed(f"google:{FLASH}")


class TestForms:
    """`validate` warns of a pattern without effect, and a ban of forms that are not listed has one."""

    @pytest.mark.parametrize(
        ("provider", "pattern"),
        [
            ("openrouter", "*:online"),
            ("openrouter", "openai/o3:nitro"),
            ("openrouter", "openai/o3:online:nitro"),
            ("openrouter", "openai/*:exact?"),
            ("bedrock", "apac.*"),
            ("bedrock", "apac.amazon.nova-2-lite-v1:0"),
            ("gemini", f"models/{FLASH}"),
            ("gemini", "models/gemini-3*"),
        ],
    )
    def test_a_ban_that_holds_gets_no_warning(self, provider: str, pattern: str) -> None:
        assert told(PACKAGED, f'[deny]\n{provider} = ["{pattern}"]\n') == []

    @pytest.mark.parametrize(
        ("provider", "pattern"),
        [
            ("openrouter", "*:onlin"),
            ("openrouter", "nothing/such:online"),
            ("openai", "*:online"),
            ("openai", "apac.*"),
            ("gemini", "models/gemini-99"),
        ],
    )
    def test_one_that_does_nothing_does(self, provider: str, pattern: str) -> None:
        (one,) = told(PACKAGED, f'[deny]\n{provider} = ["{pattern}"]\n')
        assert "matches no model of" in one

    def test_exclude_and_allow_are_about_what_is_listed(self) -> None:
        (one,) = told(PACKAGED, '[exclude]\nopenrouter = ["*:online"]\n')
        assert "only forms that it does not list, such as" in one
        assert one.endswith("Only deny holds for such names.")
        (other,) = told(PACKAGED, '[allow]\nopenai = "all"\nopenrouter = ["openai/o3:online"]\n')
        assert other.endswith("Only deny holds for such names.")


class TestModels:
    """An entry whose id is a served id or an alias means that model."""

    @pytest.mark.parametrize("name", ["a", "a-2026-01-01", "alpha"])
    @pytest.mark.parametrize("provider", ["house", "HAUS", "our.house"])
    def test_an_entry_corrects_the_model_that_it_names(self, base: SnapshotFile, provider: str, name: str) -> None:
        catalogue = merged(base, models=[{"provider": provider, "id": name, "limits": {"context": 77}}])
        assert catalogue.get_model("house", "a").limits.context == 77
        assert ids(catalogue) == ids(llm_models.Snapshot(base))
        assert set(catalogue.get_model("house", "a").aliases) == {"alpha"}
        (origin,) = catalogue.explain("house:alpha", "limits.context").fields
        assert origin.layer == "layer 0"

    @pytest.mark.parametrize("name", ["a-2026-01-01", "alpha"])
    def test_an_entry_that_states_a_name_defines_a_model_of_its_own(self, base: SnapshotFile, name: str) -> None:
        catalogue = merged(base, models=[{"provider": "house", "id": name, "name": "Mine"}])
        assert catalogue.resolve(f"house:{name}").id == name
        assert catalogue.resolve("house:a").name != "Mine"
        assert ids(
            merged(base, models=[{"provider": "house", "id": name, "name": "Mine"}], deny={"house": [name]})
        ) == (ids(llm_models.Snapshot(base)))

    def test_the_location_is_that_of_the_text(self, base_file: Path, tmp_path: Path) -> None:
        path = tmp_path / "llm_models.toml"
        path.write_text('[[models]]\nprovider = "haus"\nid = "alpha"\nlimits.context = 77\n')
        catalogue = llm_models.load(path, snapshot=base_file, publish=False)
        (origin,) = catalogue.explain("house:a", "limits.context").fields
        assert (origin.value, origin.place) == (77, "llm_models.toml:4")

    def test_two_entries_for_one_model_are_a_duplicate(self, base: SnapshotFile) -> None:
        text = '[[models]]\nprovider = "house"\nid = "a"\ntags = ["x"]\n[[models]]\nprovider = "haus"\nid = "alpha"\n'
        problems = [problem for problem in told(base, text + 'tags = ["y"]\n') if "duplicate" in problem]
        why = "duplicate entry for this model (first on line 3). Merge the two."
        assert problems == [f"llm_models.toml:7:6: models.haus:alpha.id: {why}"]

    def test_resolves_to_and_successor_read_names_too(self, base: SnapshotFile) -> None:
        entry = {"provider": "house", "id": "be", "resolves_to": "alpha", "successor": "haus:cd"}
        model = merged(base, models=[entry]).get_model("house", "be")
        assert (model.resolves_to, model.successor) == ("a", "house:cd")

    def test_the_packaged_served_ids(self) -> None:
        """CF15: both sections and an entry read a dated id as lookups do."""
        for provider, of_one in (("openai", ["gpt-4o-mini-2024-07-18"]),):
            catalogue = llm_models.load(config=None, publish=False, overrides={"exclude": {provider: of_one}})
            assert not catalogue.allowed("openai:gpt-4o-mini")
            catalogue = llm_models.load(config=None, publish=False, deny={provider: of_one})
            assert not catalogue.allowed("openai:gpt-4o-mini")
            entry = {"provider": provider, "id": of_one[0], "cost": {"input": 9.5}}
            catalogue = llm_models.load(config=None, publish=False, overrides={"models": [entry]})
            assert catalogue.get_model("openai", "gpt-4o-mini").cost.input == 9.5
        assert told(PACKAGED, '[exclude]\nopenai = ["gpt-4o-mini-2024-07-18"]\n') == []


class TestProviders:
    """A provider is named by any spelling of its id or of an alias, in every section."""

    @pytest.mark.parametrize("name", ["haus", "Our-House", "our.house"])
    def test_every_section(self, base: SnapshotFile, name: str) -> None:
        assert not merged(base, deny={name: ["*"]}).allowed("house:a")
        assert not merged(base, exclude={name: ["be"]}).allowed("house:be")
        assert merged(base, allow={name: "all"}).list_providers() == ["house"]
        assert merged(base, prefer=[name]).prefer == ("house",)
        assert merged(base, providers=[{"id": name, "doc": "https://x"}]).get_provider("house").doc == "https://x"
        assert llm_models.Snapshot(base, deny={name: ["*"]}).allowed("house:a") is False
        assert llm_models.Snapshot(base, prefer=[name]).prefer == ("house",)

    def test_the_same_file_may_define_the_alias(self) -> None:
        text = (
            '[deny]\nhaus = ["b"]\n[[providers]]\nid = "house"\nbase_url = "http://x"\naliases = ["haus"]\n'
            '[[models]]\nprovider = "haus"\nid = "a"\n[[models]]\nprovider = "HAUS"\nid = "b"\n'
        )
        (hidden,) = told(PACKAGED, text)
        assert hidden.startswith("llm_models.toml:12:6: models.HAUS:b.id: deny pattern 'b' at line 2 hides this model")

    @pytest.mark.parametrize("section", ["allow", "deny", "exclude"])
    def test_an_id_and_an_alias_are_a_duplicate(self, base: SnapshotFile, section: str) -> None:
        text = f'[{section}]\nhouse = ["a"]\nhaus = ["be"]\n'
        problem = (
            f"llm_models.toml:3:1: {section}: duplicate entry: 'haus' is the same provider as 'house'. Merge the two."
        )
        assert told(base, text) == [problem]
        with pytest.raises(ConfigError, match="is the same provider as"):
            merged(base, **{section: {"house": ["a"], "haus": ["be"]}})
        if section != "exclude":
            with pytest.raises(ConfigError, match="duplicate entry for provider 'house'"):
                llm_models.Snapshot(base, **{section: {"house": ["a"], "haus": ["be"]}})

    def test_two_entries_for_one_provider_are_a_duplicate(self, base: SnapshotFile) -> None:
        text = '[[providers]]\nid = "house"\ndoc = "https://x"\n[[providers]]\nid = "haus"\ndoc = "https://y"\n'
        why = "duplicate entry for this provider (first on line 2). Merge the two."
        assert f"llm_models.toml:5:6: providers.haus.id: {why}" in told(base, text)

    def test_an_own_provider_with_the_name_of_an_alias_states_a_name(self, base: SnapshotFile) -> None:
        """Its id beats the alias of the other, and `validate` reports that it takes over a name."""
        own = {"id": "haus", "name": "Mine", "base_url": "http://mine"}
        catalogue = merged(base, providers=[own], models=[{"provider": "haus", "id": "m"}], deny={"haus": ["x"]})
        assert catalogue.resolve("haus:m").provider == "haus"
        assert catalogue.get_provider("house").base_url == "http://127.0.0.1:1"
        text = '[[providers]]\nid = "haus"\nname = "Mine"\n[[models]]\nprovider = "haus"\nid = "m"\n'
        (problem,) = told(base, text)
        assert "provider 'haus' takes over an alias of house" in problem

    def test_a_base_url_by_an_alias_corrects_and_is_reported(self, base: SnapshotFile) -> None:
        catalogue = merged(base, providers=[{"id": "haus", "base_url": "http://proxy"}])
        assert catalogue.get_provider("house").base_url == "http://proxy"
        (problem,) = told(base, '[[providers]]\nid = "haus"\nbase_url = "http://proxy"\n')
        assert "'haus' is an alias of house, so this corrects house. Write id = \"house\"" in problem

    def test_a_ban_of_a_weaker_layer_keeps_its_provider(self, base: SnapshotFile) -> None:
        """A stronger layer that takes over the alias does not lift it."""
        strong = {"providers": [{"id": "haus", "name": "Mine"}]}
        file = catalogues.layered(base, {"deny": {"haus": ["*"]}}, strong)
        assert not llm_models.Snapshot(file).allowed("house:a")

    def test_every_packaged_alias_in_every_section(self) -> None:
        assert len(PACKAGED.aliases) > 50
        for alias, provider in PACKAGED.aliases.items():
            assert fold_provider(alias) == alias
            text = f'prefer = ["{alias}"]\n[deny]\n{alias} = ["zzz*"]\n[exclude]\n{alias} = ["zzz*"]\n'
            problems = told(PACKAGED, text)
            assert len(problems) == 2
            assert all(f"matches no model of {provider}" in problem for problem in problems)


TEXT = """\
[[providers]]
id = "house"
aliases = ["haus"]

[[models]]
provider = "haus"
id = "a"
name = "A"
served_as = ["a-2026-01-01"]
aliases = ["alpha"]

[[models]]
provider = "house"
id = "b[eu]"
name = "B"

[[models]]
provider = "openai"
id = "gpt-4o-mini-2024-07-18"
tags = ["mine"]

[exclude]
gemini = ["zzz*"]
"""


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file above, in a folder that is entered."""
    path = tmp_path / "llm_models.toml"
    path.write_text(TEXT)
    monkeypatch.chdir(tmp_path)
    return path


class TestCommands:
    """`set`, `unset` and `exclude` find the entry of the model that is named, and write ids."""

    @pytest.mark.parametrize("spec", ["house:a", "haus:a-2026-01-01", "alpha@haus", "house:alpha", "haus/alpha"])
    def test_set_and_unset_change_the_entry_of_the_model(self, file: Path, spec: str) -> None:
        before = file.read_text()
        fine("set", spec, "tags+=x")
        assert file.read_text() == before.replace('aliases = ["alpha"]\n', 'aliases = ["alpha"]\ntags = ["x"]\n')
        fine("unset", spec, "tags")
        assert file.read_text() == before

    @pytest.mark.parametrize("spec", ["openai:gpt-4o-mini", "openai:gpt-4o-mini-2024-07-18"])
    def test_an_entry_by_another_name_is_found(self, file: Path, spec: str) -> None:
        before = file.read_text()
        fine("set", spec, "cost.input=0.5")
        assert file.read_text() == before.replace('tags = ["mine"]\n', 'tags = ["mine"]\ncost.input = 0.5\n')
        fine("unset", spec)
        assert "gpt-4o-mini" not in file.read_text()

    def test_a_new_entry_has_the_ids(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(tmp_path)
        fine("set", "openai:gpt-4o-mini-2024-07-18", "cost.input=0.5")
        expected = '[[models]]\nprovider = "openai"\nid = "gpt-4o-mini"\ncost.input = 0.5\n'
        assert (tmp_path / "llm_models.toml").read_text() == expected

    @pytest.mark.parametrize(
        ("provider", "pattern", "line"),
        [
            ("openai", "gpt-4o-mini-2024-07-18", 'openai = ["gpt-4o-mini"]\n'),
            ("vertex_ai", "models/gemini-3.5-flash", 'google_vertex = ["gemini-3.5-flash"]\n'),
            ("haus", "alpha", 'house = ["a"]\n'),
            ("Our-House", "b[eu]", ""),
            ("house", "b[eu]", 'house = ["b[eu]"]\n'),
            ("house", "b[e]*", 'house = ["b[e]*"]\n'),
        ],
    )
    def test_exclude_writes_the_id_of_a_name(self, file: Path, provider: str, pattern: str, line: str) -> None:
        before = file.read_text()
        result = here("exclude", provider, pattern)
        assert (file.read_text() == before + line) is True
        assert (result.code == 0) is bool(line)

    def test_exclude_reports_a_glob_that_looks_like_a_name(self, file: Path) -> None:
        """A name that no model has yet is a glob. The message states how to write it so that it means the text."""
        result = here("exclude", "house", "a[1m]")
        assert "matches no model of house. To match the text '[1m]', write 'a[[]1m]'." in result.err
        assert result.code == 0
        assert file.read_text().endswith('house = ["a[1m]"]\n')


class TestExclude:
    @pytest.mark.parametrize("pattern", ["*", "claude-h*", "claude-haiku-lates[t]"])
    def test_it_covers_names_that_the_provider_never_had(self, pattern: str) -> None:
        """Without the exclude, the text is the id of a reseller."""
        text = "anthropic/claude-haiku-latest"
        free = llm_models.load(config=None, publish=False)
        assert free.resolve(text).provider != "anthropic"
        catalogue = llm_models.load(config=None, publish=False, overrides={"exclude": {"anthropic": [pattern]}})
        with pytest.raises(llm_models.UnknownModelError) as raised:
            catalogue.resolve(text)
        assert "anthropic has no model 'claude-haiku-latest', and the exclude pattern" in str(raised.value)
        other = llm_models.load(config=None, publish=False, overrides={"exclude": {"anthropic": ["claude-sonnet*"]}})
        assert other.resolve(text) == free.resolve(text)


class TestFoundFiles:
    """A file that was found, and is not trusted, does not weaken a ban of the program by taking over a name."""

    TAKEOVERS = (
        ("house", "alpha", '[[models]]\nprovider = "house"\nid = "alpha"\nname = "x"\n'),
        ("house", "a-2026-*", '[[models]]\nprovider = "house"\nid = "a"\nomit = ["served_as"]\n'),
        ("house", "[ab]", '[[models]]\nprovider = "house"\nid = "[ab]"\nname = "x"\n'),
        ("haus", "a", '[[providers]]\nid = "haus"\nname = "x"\n[[models]]\nprovider = "haus"\nid = "m"\nname = "x"\n'),
    )
    """The provider and the pattern of a ban of house:a, and a file that makes it mean something else."""

    @pytest.fixture
    def clone(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        folder = tmp_path / "clone"
        (folder / ".git").mkdir(parents=True)
        monkeypatch.chdir(folder)
        return folder

    @pytest.mark.parametrize(("provider", "pattern", "toml"), TAKEOVERS)
    @pytest.mark.parametrize("way", ["argument", "generator", "deny", "exclude"])
    def test_the_ban_holds(
        self, clone: Path, base_file: Path, way: str, provider: str, pattern: str, toml: str
    ) -> None:
        (clone / "llm_models.toml").write_text(toml)
        ban: Any = {provider: (one for one in [pattern]) if way == "generator" else [pattern]}
        how = {"overrides": {way: ban}} if way in ("deny", "exclude") else {"deny": ban}
        catalogue = llm_models.load(snapshot=base_file, publish=False, **how)
        assert not catalogue.allowed("house:a")
        assert catalogue.allowed("house:be")
        assert "house:a" not in [model.spec for model in catalogue.list_models("house")]
        (clone / "llm_models.toml").unlink()
        assert not llm_models.load(snapshot=base_file, publish=False, deny={provider: [pattern]}).allowed("house:a")

    def test_the_ban_by_a_spelling_holds(self, clone: Path) -> None:
        """A found file that defines a model under the spelling does not open the model that it spells."""
        name = f"models/{FLASH}"
        (clone / "llm_models.toml").write_text(f'[[models]]\nprovider = "google"\nid = "{name}"\nname = "x"\n')
        hows: list[dict[str, Any]] = [{"deny": {"gemini": [name]}}, {"overrides": {"exclude": {"gemini": [name]}}}]
        for how in hows:
            catalogue = llm_models.load(publish=False, **how)
            assert not catalogue.allowed(f"google:{FLASH}")

    @pytest.mark.parametrize("pattern", ["*:online", "?*:online", "[a-z]*:online", "[!/]*:online", "*:o[n]line"])
    @pytest.mark.parametrize("way", ["argument", "overrides"])
    def test_a_ban_of_names_that_only_rules_read_holds(self, clone: Path, way: str, pattern: str) -> None:
        """The file defines models whose ids are the pattern and the next ways to write it."""
        ids = [pattern, pattern.replace("*", "**")]
        entry = '[[models]]\nprovider = "openrouter"\nid = "{}"\nname = "x"\n'
        (clone / "llm_models.toml").write_text("".join(map(entry.format, dict.fromkeys(ids))))
        ban = {"openrouter": [pattern]}
        how: dict[str, Any] = {"deny": ban} if way == "argument" else {"overrides": {"deny": ban}}
        catalogue = llm_models.load(publish=False, **how)
        assert catalogue.allowed("openrouter:openai/gpt-5.4-mini")
        assert not catalogue.allowed("openrouter:openai/gpt-5.4-mini:online")
        assert llm_models.load(publish=False).allowed("openrouter:openai/gpt-5.4-mini:online")

    @pytest.mark.parametrize("model", ["", '[[models]]\nprovider = "mistralai"\nid = "own"\nname = "x"\n'])
    def test_a_provider_under_the_alias_of_another_one_leaves_its_texts_alone(self, clone: Path, model: str) -> None:
        """A text `mistralai/NAME` is the id of resellers; it still means mistral, also where mistral is denied."""
        before = llm_models.load(publish=False)
        names = [f"mistralai/{one.id}" for one in before.list_models("mistral")]
        (clone / "llm_models.toml").write_text(f'[[providers]]\nid = "mistralai"\nname = "x"\n{model}')
        after = llm_models.load(publish=False)
        assert [after.resolve(name) for name in names] == [before.resolve(name) for name in names]
        denied = llm_models.load(publish=False, deny={"mistral": ["*"]})
        assert [name for name in names if denied.allowed(name)] == []
        if model:
            assert after.resolve("mistralai/own").provider == "mistralai"
            with pytest.raises(llm_models.UnknownModelError, match="mistralai"):
                after.resolve(f"mistralai:{names[0].partition('/')[2]}")

    @pytest.mark.parametrize(("provider", "pattern", "toml"), TAKEOVERS)
    def test_a_named_file_may_take_over_a_name(
        self, clone: Path, base_file: Path, provider: str, pattern: str, toml: str
    ) -> None:
        path = clone / "llm_models.toml"
        path.write_text(toml)
        catalogue = llm_models.load(path, snapshot=base_file, publish=False, deny={provider: [pattern]})
        assert catalogue.allowed("house:a")

    def test_what_the_program_states_by_other_names_counts(self, clone: Path, base_file: Path) -> None:
        (clone / "llm_models.toml").write_text('[[models]]\nprovider = "house"\nid = "be"\ntags = ["x"]\n')
        mine = {
            "providers": [{"id": "haus", "base_url": "http://mine"}],
            "models": [{"provider": "haus", "id": "alpha", "provider_model_id": "sent"}],
        }
        catalogue = llm_models.load(snapshot=base_file, overrides=mine, publish=False)
        assert catalogue.endpoint("house:a")[:1] == ("http://mine",)
        assert catalogue.endpoint("house:a").model_id == "sent"

    @pytest.mark.parametrize(
        ("toml", "spec"),
        [
            ('[[providers]]\nid = "haus"\nbase_url = "http://theirs"\n', "house:be"),
            ('[[models]]\nprovider = "haus"\nprovider_model_id = "theirs"\nid = "alpha"\n', "house:a"),
            ('[[models]]\nprovider = "haus"\nprovider_model_id = "theirs"\nmatch = "alpha"\n', "house:a"),
        ],
    )
    def test_what_a_found_file_states_by_other_names_is_refused_with_its_line(
        self, clone: Path, base_file: Path, toml: str, spec: str
    ) -> None:
        (clone / "llm_models.toml").write_text(toml)
        with pytest.raises(llm_models.UntrustedEndpointError, match=r"llm_models\.toml:3, which was found"):
            llm_models.load(snapshot=base_file, publish=False).endpoint(spec)


class TestOtherReaders:
    """What else reads a configuration finds the same models in it."""

    def test_diff_of_what_is_used(self, base: SnapshotFile, tmp_path: Path) -> None:
        new = catalogues.layered(base, {"models": [{"provider": "house", "match": "*", "cost": {"input": 5}}]})
        for name, file in (("old", base), ("new", new)):
            (tmp_path / name).write_bytes(file.data)
        texts = {
            '[[models]]\nprovider = "haus"\nid = "alpha"\ntags = ["x"]\n': ["house:a"],
            '[allow]\nhaus = ["a-2026-01-01", "b[1m]"]\n': ["house:a", "house:b[eu]"],
            '[[models]]\nprovider = "house"\nmatch = "b[eu]"\n': ["house:b[eu]"],
            'prefer = ["our-house"]\n': ["house:a", "house:b[eu]", "house:be", "house:c*", "house:cd"],
        }
        for text, specs in texts.items():
            (tmp_path / "llm_models.toml").write_text(text)
            folder = paths.find(str(tmp_path / "llm_models.toml"))
            difference = compared(folder, str(tmp_path / "old"), str(tmp_path / "new"), only_used=True)
            assert sorted(change.spec for change in difference.changes) == specs

    def test_a_filter_that_leaves_no_model_is_named(self) -> None:
        with pytest.raises(llm_models.EmptyCatalogError, match=r"load\(allow=\.\.\.\)"):
            llm_models.load(config=None, publish=False, allow={"openai": (one for one in ["zzz*"])})

    @pytest.mark.parametrize("section", ["allow", "exclude", "deny"])
    def test_a_line_that_leaves_no_model_is_named(self, base_file: Path, tmp_path: Path, section: str) -> None:
        house = 'haus = ["zzz*"]\n' if section == "allow" else 'haus = ["*"]\n'
        path = tmp_path / "llm_models.toml"
        path.write_text(f"[allow]\n{house}" if section == "allow" else f'[allow]\nhouse = "all"\n[{section}]\n{house}')
        with pytest.raises(llm_models.EmptyCatalogError, match=rf"llm_models\.toml:\d.*{section}"):
            llm_models.load(path, snapshot=base_file, publish=False)
        path.write_text("")
        with pytest.raises(llm_models.EmptyCatalogError, match=r"load\(allow=\.\.\.\)"):
            llm_models.load(path, snapshot=base_file, publish=False, allow={"haus": ["zzz*"]})

    def test_deprecated_models_are_named_by_any_name(self, base: SnapshotFile) -> None:
        old = catalogues.layered(base, {"models": [{"provider": "house", "id": "a", "deprecated": True}]})
        for text in ('[allow]\nhaus = ["alpha"]\n', '[[models]]\nprovider = "haus"\nid = "alpha"\ntags = ["x"]\n'):
            assert [problem for problem in told(old, text) if "house:a: deprecated" in problem]


def test_the_packaged_names_in_one_file(tmp_path: Path) -> None:
    """What people and other tools write, in every place of a file."""
    path = tmp_path / "llm_models.toml"
    path.write_text(
        'prefer = ["vertex_ai"]\n'
        '[allow]\nbedrock = "all"\ngemini = ["*"]\nopenai-responses = ["gpt-4o*"]\n'
        '[deny]\n"aws.bedrock" = []\n'
        '[[providers]]\nid = "gemini"\ndoc = "https://docs.example"\n'
        '[[models]]\nprovider = "google_genai"\nid = "gemini-2.5-flash"\ntags = ["mine"]\n'
        'successor = "gemini:gemini-2.5-pro"\n'
    )
    catalogue = llm_models.load(path, publish=False)
    assert catalogue.prefer == ("google_vertex",)
    assert catalogue.list_providers() == ["amazon_bedrock", "google", "openai"]
    assert catalogue.get_provider("google").doc == "https://docs.example"
    model = catalogue.resolve("google:gemini-2.5-flash")
    assert (model.tags, model.successor) == (("mine",), "google:gemini-2.5-pro")

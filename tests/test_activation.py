"""Activate: what `load()` serves is the same whether or not it was run since the last edit, only sooner."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import tempfile
import types
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest import mock

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support import catalogues, histories
from support.command import process, python

import llm_models
from llm_models import activation, paths
from llm_models.errors import UnknownModelError
from llm_models.snapshot_file import SnapshotFile

if TYPE_CHECKING:
    from collections.abc import Iterator

TOML = """
[exclude]
openai = ["o3-*"]

[[providers]]
id = "my_gateway"

[[models]]
provider = "my_gateway"
id = "house-7b"

[[models]]
provider = "openai"
id = "gpt-4o"
cost.input = 2.0
"""


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the small catalogue, and with a newer one as snapshot and as upstream bytes."""
    folder = tmp_path_factory.mktemp("store")
    histories.write_small(catalogues.write_small(folder))
    catalogues.write_small(folder, newer=True)
    (folder / "api.json").write_bytes(catalogues.small(newer=True))
    return folder


@contextlib.contextmanager
def shipped(snapshot: Path | str) -> Iterator[None]:
    """A package that ships this snapshot, with the small catalogue's corrections, on a disk that never waits."""
    with (
        mock.patch.object(os, "fsync"),
        mock.patch.object(paths, "PACKAGED_SNAPSHOT", str(snapshot)),
        mock.patch.object(paths, "PACKAGED_HISTORY", os.path.join(os.path.dirname(snapshot), "history.json")),
        catalogues.shipping(catalogues.CURATED),
    ):
        yield


@pytest.fixture
def application(store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The working directory of an application of its own repository, over the small catalogue."""
    (tmp_path / ".git").mkdir()
    (tmp_path / "llm_models.toml").write_text(TOML)
    monkeypatch.chdir(tmp_path)
    with shipped(store / "toy.json"):
        yield tmp_path


def activate(source: Path | None = None) -> activation.Activation:
    return activation.activate(None if source is None else str(source), paths.find(), force=True)


def load(**arguments: Any) -> llm_models.Snapshot:
    return llm_models.load(publish=False, **arguments)


def merges(**arguments: Any) -> int:
    """How many times a `load()` runs the merge."""
    with catalogues.counting_merges() as merge:
        load(**arguments)
    return merge.call_count


class TestServing:
    def test_it_is_written_beside_the_file_and_served(self, application: Path) -> None:
        fresh = load()
        made = activate()
        assert Path(made.path) == application / ".llm_models" / "snapshot.json"
        served = load()
        assert served.file.name == made.path
        assert served.digest == fresh.digest
        assert served.list_models() == fresh.list_models()
        assert served.get_model("my_gateway", "house-7b")
        assert not served.allowed("openai:o3-mini")

    def test_no_merge_as_long_as_the_file_is_byte_equal(self, application: Path) -> None:
        assert merges() == 1
        activate()
        assert merges() == 0
        path = application / "llm_models.toml"
        os.utime(path, (1, 1))  # its bytes count, not its date
        assert merges() == 0
        path.write_text(f"{TOML}\n")
        assert merges() == 1
        path.write_text(TOML)
        assert merges() == 0

    def test_bytes_that_no_text_holds_are_no_match(self, application: Path) -> None:
        """U+FFFD is also what a careless decoder makes of a broken byte."""
        path = application / "llm_models.toml"
        path.write_text(f"{TOML}name = '\ufffd'\n")
        activate()
        assert merges() == 0
        path.write_bytes(path.read_bytes().replace("\ufffd".encode(), b"\xff"))
        with pytest.raises(llm_models.ConfigError, match="not UTF-8"):
            load()

    @pytest.mark.parametrize("text", [TOML, TOML.replace("\n", "\r\n"), f"\ufeff{TOML}", "", "# é \U0001f600\n"])
    def test_any_text_is_known_again(self, application: Path, text: str) -> None:
        (application / "llm_models.toml").write_bytes(text.encode())
        activate()
        assert merges() == 0

    def test_an_edit_is_served_at_once_and_reload_sees_it(self, application: Path) -> None:
        activate()
        llm_models.load()
        assert llm_models.get_model("openai", "gpt-4o").cost.input == 2.0
        path = application / "llm_models.toml"
        path.write_text(TOML.replace("2.0", "1.5").replace("o3-*", "*-preview"))
        llm_models.reload()
        assert llm_models.get_model("openai", "gpt-4o").cost.input == 1.5
        assert llm_models.get_model("openai", "gpt-4o").cost.output == 10
        assert llm_models.allowed("openai:o3-mini")
        assert not llm_models.allowed("openai:gpt-4o-preview")
        path.write_text(TOML)
        activate()
        llm_models.reload()
        assert llm_models.get_model("openai", "gpt-4o").cost.input == 2.0
        assert llm_models.epoch() == 3

    def test_where_the_file_was_deleted_the_base_is_served(self, application: Path) -> None:
        plain = llm_models.load(None, publish=False)
        activate()
        (application / "llm_models.toml").unlink()
        served = load()
        assert served.list_models() == plain.list_models()
        assert not served.allowed("my_gateway:house-7b")
        assert served.allowed("openai:o3-mini")

    def test_what_is_left_out_is_counted_and_no_error(self, application: Path) -> None:
        """Models go every month; a file that speaks of one must not break a start or a refresh."""
        gone = '[[models]]\nprovider = "openai"\nid = "gpt-3"\ncost.input = 1\n'
        (application / "llm_models.toml").write_text(TOML + gone)
        made = activate()
        assert made.run is not None
        assert [(entry.provider, entry.id, entry.location) for entry in made.run.left_out] == [
            ("openai", "gpt-3", "llm_models.toml:16")
        ]
        assert not load().allowed("openai:gpt-3")
        (application / "llm_models.toml").write_text(TOML + gone + 'name = "Ours now"\n')
        assert load().allowed("openai:gpt-3")

    def test_a_file_that_came_later_is_merged(self, application: Path) -> None:
        (application / "llm_models.toml").unlink()
        activate()
        assert merges() == 0
        (application / "llm_models.toml").write_text(TOML)
        assert load().get_model("openai", "gpt-4o").cost.input == 2.0

    @pytest.mark.usefixtures("application")
    def test_without_any_configuration_it_is_not_looked_at(self) -> None:
        activate()
        assert load(config=None).allowed("openai:o3-mini")


class TestBase:
    """The header names the base: what came with the package goes with it, what was fetched stays."""

    @pytest.mark.usefixtures("application")
    def test_restoring_gives_the_packaged_snapshot_back_to_the_byte(self, store: Path) -> None:
        base = (store / "toy.json").read_bytes()
        assert catalogues.restored(activate().file).data == base
        assert catalogues.restored(SnapshotFile.open(str(store / "toy.json"))).data == base

    @pytest.mark.parametrize(
        "text",
        [
            '[exclude]\nopenai = ["gpt-4o-retired", "gpt-4o*"]\n',
            '[[models]]\nprovider = "openai"\nid = "gpt-4o-retired"\nname = "Back"\n',
            'exclude = { openai = ["*retired"] }\n[[models]]\nprovider = "openai"\nid = "gpt-4o-retired"\nname = "x"\n',
            '[[models]]\nprovider = "openai"\nid = "gpt-4o-mini-2024-07-18"\nname = "That was an alias"\n',
            'deny = { azure = ["*"] }\nallow = { openai = "all" }\nprefer = ["openai"]\n',
            '[[providers]]\nid = "openai"\nomit = ["base_url", "name"]\n[[providers]]\nid = "new"\n',
            '[[models]]\nprovider = "openai"\nmatch = "*"\nomit = ["tags", "capabilities", "family"]\n',
        ],
    )
    def test_restoring_undoes_whatever_was_merged(self, application: Path, store: Path, text: str) -> None:
        """What the curated corrections said and removed is there again, with its places."""
        (application / "llm_models.toml").write_text(text)
        made = activate().file
        made.verify()
        base = SnapshotFile.open(str(store / "toy.json"))
        assert made.data != base.data
        assert catalogues.restored(made).tail() == base.tail()
        assert catalogues.restored(made).data == base.data

    def test_of_the_real_packaged_snapshot_too(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(tmp_path)
        (tmp_path / "llm_models.toml").write_text(
            'exclude = { openai = ["o*"], mistral = ["*"] }\ndeny = { azure = ["*"] }\n'
            '[[providers]]\nid = "anthropic"\nomit = ["base_url"]\n[[providers]]\nid = "house"\n'
            '[[models]]\nprovider = "openai"\nmatch = "gpt-*"\nomit = ["cost", "family"]\naliases = ["gpt-4o", "x"]\n'
            '[[models]]\nprovider = "house"\nid = "m"\n'
        )
        made = activate().file
        assert made.header["counts"] != SnapshotFile.open(paths.PACKAGED_SNAPSHOT).header["counts"]
        assert catalogues.restored(made).data == Path(paths.PACKAGED_SNAPSHOT).read_bytes()

    def test_one_made_from_another_packaged_snapshot_is_not_used(self, application: Path, store: Path) -> None:
        activate()
        with shipped(store / "toy-newer.json"):
            served = load()
            assert served.allowed("openai:gpt-5")
            assert served.get_model("openai", "gpt-4o").cost.input == 2.0
            fresh = load(config=application / "llm_models.toml", snapshot=store / "toy-newer.json")
            assert served.list_models() == fresh.list_models()

    def test_one_made_from_a_source_stays(self, application: Path, store: Path) -> None:
        activate(store / "api.json")
        for package in ("toy.json", "toy-newer.json"):
            with shipped(store / package):
                assert merges() == 0
                assert load().allowed("openai:gpt-5")
                (application / "llm_models.toml").write_text(f"{TOML}\n# edited\n")
                served = load()
                assert served.allowed("openai:gpt-5")
                assert served.get_model("openai", "gpt-4o").cost.input == 2.0
                (application / "llm_models.toml").write_text(TOML)
        assert (
            catalogues.restored(SnapshotFile.open(paths.find().activated or "")).data
            == (store / "toy-newer.json").read_bytes()
        )

    @pytest.mark.usefixtures("application")
    def test_one_made_from_a_source_equal_to_the_packaged_snapshot_stays_too(self, store: Path, tmp_path: Path) -> None:
        source = tmp_path / "api.json"
        source.write_bytes(catalogues.small())
        assert activate(source).file.header["base"]["kind"] == "source"
        with shipped(store / "toy-newer.json"):
            assert not load().allowed("openai:gpt-5")

    @pytest.mark.usefixtures("application")
    def test_a_given_snapshot_brings_the_configuration_merged_into_it(self) -> None:
        path = activate().path
        alone = llm_models.load(None, snapshot=path, publish=False)
        assert alone.get_model("openai", "gpt-4o").cost.input == 2.0
        stronger = {"models": [{"provider": "openai", "id": "gpt-4o", "cost": {"output": 9}}]}
        both = llm_models.load(None, snapshot=path, overrides=stronger, publish=False)
        assert both.get_model("openai", "gpt-4o").cost.to_dict() == {"input": 2.0, "output": 9, "cache_read": 1.25}
        assert both.allowed("my_gateway:house-7b")


class TestBehaviour:
    """A behaviour module sees the same with and without an activation."""

    MODULE = types.SimpleNamespace(
        __name__="toy_behaviour",
        models=lambda: [
            {"provider": "openai", "id": "text-embedding-3", "omit": ["family"]},
            {"provider": "openai", "id": "gpt-4o-mini", "omit": ["family", "modalities"]},
            {"provider": "my_gateway", "match": "*", "capabilities": {"embeddings": True}},
            {"provider": "openai", "id": "gpt-4o", "status": "deprecated"},
        ],
        excludes=lambda: {"azure": ["o3-mini"]},
    )

    @pytest.mark.parametrize("edit", ["", '\n[[models]]\nprovider = "openai"\nid = "gpt-4o-mini"\nfamily = "f"\n'])
    def test_derived_and_default_values_are_worked_out_anew(self, application: Path, edit: str) -> None:
        fresh = load(overrides_module=self.MODULE)
        activate()
        activated = load(overrides_module=self.MODULE)
        assert activated.list_models() == fresh.list_models()
        assert activated.digest == fresh.digest
        assert activated.get_model("my_gateway", "house-7b").capabilities.chat is False
        assert activated.get_model("openai", "gpt-4o").deprecated is True
        (application / "llm_models.toml").write_text(TOML + edit)
        stale = load(overrides_module=self.MODULE)
        shutil.rmtree(application / ".llm_models")
        assert stale.digest == load(overrides_module=self.MODULE).digest


class TestImports:
    """Starting from an activation takes what reading takes: the standard library, and little of it."""

    def test_load_starts_without_parsing_anything(self, tmp_path: Path) -> None:
        (tmp_path / "llm_models.toml").write_text(TOML)
        assert process("activate", cwd=tmp_path).code == 0
        code = (
            "import sys, json, llm_models; price = llm_models.get_model('openai', 'gpt-4o').cost.input;"
            "house = llm_models.get_model('my_gateway', 'house-7b').id;"
            "print(json.dumps([price, house, llm_models.allowed('openai:o3-mini'), sorted(sys.modules)]))"
        )

        def modules() -> set[str]:
            price, house, allowed, names = json.loads(python(code, cwd=tmp_path).out)
            assert (price, house, allowed) == (2.0, "house-7b", False)
            return set(names)

        heavy = {"tomllib", "llm_models.pipeline", "llm_models.config", "llm_models.merge"}
        assert not heavy & modules()
        (tmp_path / "llm_models.toml").write_text(f"{TOML}\n")
        assert heavy <= modules()  # the control


# The law, over random files and random edits.
OWNERS = ["openai", "OpenAI", "anthropic", "google-vertex", "wafer.ai", "azure", "my_gateway"]
IDS = [
    *("gpt-4o", "gpt-4o-mini", "gpt-4o-preview", "gpt-4o-retired", "gpt-4o-mini-2024-07-18", "o3-mini", "o3-secret"),
    *(
        "text-embedding-3",
        "claude-haiku-4-5",
        "claude-haiku-4-5@20251001",
        "glm/glm-5:free",
        "house-7b",
        "mini",
        "gpt-5",
    ),
]
TARGETS = ["gpt-4o", "gpt-4o-mini", "o3-mini"]
GLOBS = ["gpt-4o*", "*-mini", "*mini*", "o3-?ini", "claude*", "[gh]*", "none", *IDS]
FIELDS = [
    *("limits", "limits.input", "limits.context", "cost", "cost.input", "cost.tiers", "family", "name", "knowledge"),
    *("aliases", "tags", "modalities", "capabilities", "capabilities.tools", "extra", "extra.a.b", "status"),
]


def some(values: list[Any], least: int = 0) -> st.SearchStrategy[list[Any]]:
    return st.lists(st.sampled_from(values), min_size=least, max_size=3, unique_by=repr)


def table(**values: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional=values)


TOKENS = st.sampled_from([1, 4096, 128000])
PRICE = st.sampled_from([0, 0.15, 2, 1e-7])
FLAG = st.booleans()
STATED = {
    "name": st.sampled_from(["Mine", "é \u202e"]),
    "family": st.sampled_from(["gpt", "mine", "text-embedding"]),
    "knowledge": st.sampled_from(["2024-01", "2024-02-29"]),
    "status": st.sampled_from(["deprecated", "beta"]),
    "deprecated": FLAG,
    "limits": table(context=TOKENS, input=TOKENS, output=TOKENS),
    "cost": table(input=PRICE, output=PRICE, tiers=st.just([{"context_over": 9, "input": 1}])),
    "modalities": table(input=some(["text", "image"]), output=some(["text", "vector"])),
    "capabilities": table(
        chat=FLAG,
        embeddings=FLAG,
        tools=table(enabled=FLAG, strict=FLAG),
        reasoning=table(efforts=some(["low", "high"])),
    ),
    "tags": some(["a", "b", "curated"]),
    "aliases": some(IDS),
    "extra": table(a=st.sampled_from([1, {"b": [1, {"c": "x"}]}, {"d": 2}])),
    "rating": st.sampled_from([5, {"by": "me"}]),
    "omit": some(FIELDS),
}
DEFINING = {"new": FLAG, "base": st.sampled_from([f"{owner}:{name}" for owner in OWNERS[:3] for name in IDS])}
MODELS = st.lists(
    st.one_of(
        st.fixed_dictionaries({"provider": st.sampled_from(OWNERS), "id": st.sampled_from(IDS)}, optional=STATED),
        st.fixed_dictionaries(
            {"provider": st.sampled_from(["*", *OWNERS]), "match": st.sampled_from(GLOBS)}, optional=STATED
        ),
        st.fixed_dictionaries(
            {"provider": st.sampled_from(OWNERS), "id": st.sampled_from(IDS)}, optional={**STATED, **DEFINING}
        ),
        st.fixed_dictionaries(
            {"provider": st.just("openai"), "id": st.just("gpt-4o-preview"), "resolves_to": st.sampled_from(TARGETS)},
            optional=STATED,
        ),
    ),
    max_size=5,
    unique_by=lambda entry: (entry["provider"].lower(), entry["id"]) if "id" in entry else repr(entry),
)
PROVIDERS = st.lists(
    st.fixed_dictionaries(
        {"id": st.sampled_from([*OWNERS[1:], "my_gateway"])},
        optional={"base_url": st.just("https://x.example"), "env": some(["A", "B"]), "omit": some(["doc", "env"])},
    ),
    max_size=3,
    unique_by=lambda entry: entry["id"],
)


def by_provider(values: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.dictionaries(st.sampled_from(["OpenAI", "*", *OWNERS[1:6]]), values, min_size=1, max_size=3)


FILE = st.fixed_dictionaries(
    {"providers": PROVIDERS, "models": MODELS},
    optional={
        "prefer": some(["azure", "openai", "anthropic"]),
        "known": some([f"{owner}:{name}" for owner in ("openai", "azure") for name in (*IDS[-2:], "gpt-9*")]),
        "exclude": by_provider(some(GLOBS, 1)),
        "deny": by_provider(some(GLOBS, 1)),
        "allow": st.just("all") | by_provider(st.just("all") | some(GLOBS)),
    },
)


def toml(value: Any) -> str:
    """A value as inline TOML."""
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{json.dumps(key)} = {toml(item)}" for key, item in value.items()) + " }"
    if isinstance(value, list):
        return f"[{', '.join(map(toml, value))}]"
    return json.dumps(value, ensure_ascii=False)


def text_of(document: dict[str, Any]) -> str:
    """A document as the text of an `llm_models.toml`; settings come first, for entries are tables of their own."""
    lines = [f"{key} = {toml(value)}" for key, value in document.items() if key not in ("providers", "models")]
    for section in ("providers", "models"):
        for entry in document[section]:
            lines += [f"[[{section}]]", *(f"{key} = {toml(value)}" for key, value in entry.items())]
    return "\n".join(lines) + "\n"


SPECS = [*IDS, *(f"openai:{model_id}" for model_id in IDS), "azure:o3-mini", "azure:o3-secret", "my_gateway:house-7b"]


def outcome(**arguments: Any) -> Any:
    """All that a program can be told by `load()`: every record, provider, filter and refusal, or its error."""
    try:
        catalogue = load(**arguments)
    except llm_models.EmptyCatalogError:
        return "EmptyCatalogError", ""
    except llm_models.ConfigError as error:
        return "ConfigError", str(error)
    told = {"digest": catalogue.digest, "prefer": catalogue.prefer, "filters": catalogue.file.header["filters"]}
    told["providers"] = [catalogue.get_provider(name).to_dict() for name in catalogue.file.blocks]
    told["shown"] = catalogue.list_providers()
    told["models"] = [model.to_dict() for model in catalogue.list_models()]
    told["allowed"] = [spec for spec in SPECS if catalogue.allowed(spec)]
    told["refusals"] = refusals = {}
    for spec in SPECS:
        try:
            catalogue.resolve(spec)
        except LookupError as error:
            # An activation from a source has a history of its own, which knows more names; `test_past` is about it.
            unknown = isinstance(error, UnknownModelError) and "is excluded" not in str(error)
            refusals[spec] = ("UnknownModelError", "") if unknown else (type(error).__name__, str(error))
    assert set(refusals) == set(SPECS) - set(told["allowed"])  # allowed() never disagrees with resolve()
    return told


def is_error(told: Any) -> bool:
    return isinstance(told, tuple)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An application's folder that many examples use one after another."""
    folder = tmp_path_factory.mktemp("application")
    (folder / ".git").mkdir()
    return folder


SETTINGS = settings(deadline=None, max_examples=80, suppress_health_check=list(HealthCheck))


@pytest.mark.whole
class TestLaw:
    """What `load()` serves is the same whether or not `activate` was run since the last edit."""

    def test_the_files_are_of_both_kinds(self, store: Path, folder: Path) -> None:
        """The control: most random files are valid and change much, and some are refused."""
        seen = {"fine": 0, "refused": 0, "removed": 0, "hidden": 0}

        @settings(SETTINGS, derandomize=True, max_examples=160)
        @given(FILE)
        def count(document: dict[str, Any]) -> None:
            path = folder / "llm_models.toml"
            path.write_text(text_of(document), encoding="utf-8")
            told = outcome(config=path, snapshot=store / "toy.json")
            seen["refused" if is_error(told) else "fine"] += 1
            if not is_error(told):
                reasons = [why for _, why in told["refusals"].values() if "toy.toml" not in why]
                seen["hidden"] += any(" denied by " in why or "not allowed" in why for why in reasons)
                seen["removed"] += any("is excluded" in why for why in reasons)

        count()
        assert all(number >= 5 for number in seen.values()), seen

    @SETTINGS
    @given(FILE, FILE)
    def test_over_the_packaged_snapshot(
        self, store: Path, folder: Path, first: dict[str, Any], second: dict[str, Any]
    ) -> None:
        with shipped(store / "toy.json"):
            self.check(folder, first, second, None, {})
            activated = folder / ".llm_models" / "snapshot.json"
            if activated.exists():
                assert catalogues.restored(SnapshotFile.open(str(activated))).data == (store / "toy.json").read_bytes()

    @SETTINGS
    @given(FILE, FILE)
    def test_over_an_activation_from_a_source(
        self, store: Path, folder: Path, first: dict[str, Any], second: dict[str, Any]
    ) -> None:
        with shipped(store / "toy.json"):
            self.check(folder, first, second, store / "api.json", {"snapshot": store / "toy-newer.json"})
            activated = folder / ".llm_models" / "snapshot.json"
            if activated.exists():
                assert (
                    catalogues.restored(SnapshotFile.open(str(activated))).data
                    == (store / "toy-newer.json").read_bytes()
                )

    def check(
        self, folder: Path, first: dict[str, Any], second: dict[str, Any], source: Path | None, fresh: dict[str, Any]
    ) -> None:
        """`fresh` are the arguments by which `load()` merges anew over the base that the activation has."""
        shutil.rmtree(folder / ".llm_models", ignore_errors=True)
        path = folder / "llm_models.toml"
        before = Path.cwd()
        os.chdir(folder)
        try:
            path.write_text(text_of(first), encoding="utf-8")
            plain = outcome(**fresh)
            if is_error(plain):
                with pytest.raises(llm_models.LLMModelsError):
                    activate(source)
                return
            activate(source)
            assert outcome() == plain
            path.write_text(text_of(second), encoding="utf-8")
            edited = outcome()
            if source is None:
                path.unlink()
                deleted = outcome()
                path.write_text(text_of(second), encoding="utf-8")
            with tempfile.TemporaryDirectory() as aside:
                shutil.move(folder / ".llm_models", aside)
                assert edited == outcome(**fresh)
                if source is None:
                    path.unlink()
                    without = outcome()
                    assert {**deleted, "digest": ""} == {**without, "digest": ""}
                shutil.move(Path(aside) / ".llm_models", folder)
        finally:
            os.chdir(before)

"""Which catalogue is in use for a folder: one rule, and everything that reads, checks or compares follows it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from support import STORED, catalogues
from support.catalogues import catalogue, model, provider
from support.command import STATE, facts, fine, here

import llm_models
from llm_models import paths, pipeline, validation
from llm_models.in_use import base_of, in_use
from llm_models.origins import key_of, path_of
from llm_models.snapshot_file import SnapshotFile

if TYPE_CHECKING:
    from collections.abc import Callable

NAMES = ("first", "second", "source")
"""Three catalogues; each has a model of its own, by which it is told from the others."""


def source_of(name: str) -> bytes:
    day = f"2026-01-0{NAMES.index(name) + 1}"
    models = [model(one, last_updated=day) for one in ("common", "another", f"of-{name}")]
    return catalogue(provider("acme", *models))


@pytest.fixture
def application(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An application with an `llm_models.toml`, in a package that ships the first catalogue."""
    for name in NAMES:
        (tmp_path / f"{name}.source").write_bytes(source_of(name))
        (tmp_path / f"{name}.json").write_bytes(catalogues.base(source_of(name), b"")[0].data)
    folder = tmp_path / "app"
    (folder / ".git").mkdir(parents=True)
    (folder / "llm_models.toml").write_text('prefer = ["acme"]\n')
    monkeypatch.chdir(folder)
    ships("first", monkeypatch)
    return folder


def ships(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Install a package that ships this catalogue."""
    monkeypatch.setattr(paths, "PACKAGED_SNAPSHOT", str(Path.cwd().parent / f"{name}.json"))
    monkeypatch.setattr("llm_models.pipeline.curated_layers", list)


def only(names: list[str]) -> str:
    """The one catalogue whose own model is among these names."""
    (name,) = [name for name in NAMES if any(f"of-{name}" in text for text in names)]
    return name


def by_load() -> str:
    return only([one.id for one in llm_models.load(publish=False).list_models()])


def by_command() -> str:
    return only([one["id"] for one in facts("list", "acme")])


def by_validate() -> str:
    """An entry for a model that the catalogue lacks is a warning; the others are not."""
    config = Path("llm_models.toml")
    text = config.read_text()
    try:
        config.write_text(
            text + "".join(f'[[models]]\nprovider = "acme"\nid = "of-{name}"\ncost.input = 9\n' for name in NAMES)
        )
        warned = here("validate").out
    finally:
        config.write_text(text)
    return only([f"of-{name}" for name in NAMES if f"acme:of-{name} is not in this data" not in warned])


def by_set() -> str:
    known = [name for name in NAMES if here("set", f"acme:of-{name}", "cost.input=9", "--dry-run").code == 0]
    return only([f"of-{name}" for name in known])


def by_info() -> str:
    return NAMES[int(facts("info")["date"][-1]) - 1]


def by_diff() -> str:
    """The catalogue from which the active one does not differ."""
    added = {name: facts("diff", str(Path.cwd().parent / f"{name}.json"), "active")["models_added"] for name in NAMES}
    return only([f"of-{name}" for name, models in added.items() if not models])


def by_explain() -> str:
    return only([f"of-{name}" for name in NAMES if here("explain", f"acme:of-{name}").code == 0])


JUDGES: tuple[Callable[[], str], ...] = (by_load, by_command, by_validate, by_set, by_info, by_diff, by_explain)


def judged() -> set[str]:
    """What each of them takes for the catalogue in use."""
    return {judge() for judge in JUDGES}


@pytest.mark.usefixtures("application")
class TestOneAnswer:
    def test_packaged(self) -> None:
        assert judged() == {"first"}
        assert in_use(paths.find()).kind == "packaged"

    def test_activated_from_the_packaged(self) -> None:
        fine("activate")
        assert judged() == {"first"}
        assert in_use(paths.find()).kind == "activated"

    def test_activated_and_edited_since(self) -> None:
        fine("activate")
        Path("llm_models.toml").write_text('prefer = ["acme"]\n# edited\n')
        assert judged() == {"first"}
        assert not in_use(paths.find()).is_merged

    def test_activated_then_upgraded(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """The activation is stale: nothing uses it any more, and nothing merges onto it."""
        fine("activate")
        ships("second", monkeypatch)
        assert judged() == {"second"}
        current = in_use(paths.find())
        assert (current.kind, current.unused) == ("packaged", "stale")
        assert facts("info")["unused"] == "stale"
        fine("activate")
        assert in_use(paths.find()).kind == "activated"
        assert judged() == {"second"}

    def test_a_model_of_the_new_package_only(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """An entry for a model that the upgrade brought is served, and `validate` knows that."""
        fine("activate")
        ships("second", monkeypatch)
        Path("llm_models.toml").write_text('[[models]]\nprovider = "acme"\nid = "of-second"\nname = "Mine"\n')
        assert llm_models.load(publish=False).get_model("acme", "of-second").name == "Mine"
        assert here("validate").out == ""

    def test_pulled_and_not_activated(self) -> None:
        fine("pull", "--url", str(Path.cwd().parent / "source.source"))
        assert judged() == {"first"}

    def test_pulled_and_activated(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """What came from a source stays when the package is upgraded."""
        fine("pull", "--url", str(Path.cwd().parent / "source.source"))
        fine("activate")
        assert judged() == {"source"}
        ships("second", monkeypatch)
        assert judged() == {"source"}
        assert in_use(paths.find()).unused is None

    def test_given(self) -> None:
        """A file that is given is used by all that take one, whatever is activated."""
        fine("activate")
        given = str(Path.cwd().parent / "source.json")
        assert "of-source" in [one.id for one in llm_models.load(snapshot=given, publish=False).list_models()]
        assert facts("info", "--snapshot", given)["date"] == "2026-01-03"
        assert facts("show", "acme:of-source", "--snapshot", given)["id"] == "of-source"
        assert fine("explain", "acme:of-source", "--snapshot", given)
        assert in_use(paths.find(), given).kind == "given"

    def test_a_stale_one_that_is_given(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """It serves what it holds; nothing can be merged into it, and the message names the next step."""
        fine("activate")
        stale = shutil.copy(f"{STATE}/snapshot.json", "stale.json")
        ships("second", monkeypatch)
        assert llm_models.load(config=None, snapshot=stale, publish=False).get_model("acme", "of-first")
        with pytest.raises(llm_models.SnapshotError, match=r"stale.json.*another packaged snapshot.*activate"):
            llm_models.load(config=None, snapshot=stale, overrides={"deny": {"acme": ["common"]}}, publish=False)


@pytest.mark.usefixtures("application")
class TestKept:
    """An activation from a source keeps the blocks of its base that it changed, and no others."""

    CONFIG = """
deny = { other = ["x"] }
[[providers]]
id = "mine"
[[models]]
provider = "mine"
id = "m"
[[models]]
provider = "acme"
id = "common"
cost.input = 7
extra."a.b".c = 1
"""

    def activated(self) -> SnapshotFile:
        source = catalogue(provider("acme", model("common"), model("m1")), provider("other", model("x"), model("y")))
        Path("api.json").write_bytes(source)
        Path("llm_models.toml").write_text(self.CONFIG)
        fine("activate", "--from", "api.json", "--force")
        return SnapshotFile.open(f"{STATE}/snapshot.json")

    def test_only_what_differs(self) -> None:
        file = self.activated()
        assert list(file.header["kept"]["blocks"]) == ["acme"]
        header = {**file.header, "blocks": dict(file.blocks)}
        assert validation.first_fault("snapshot", header) is None
        file.verify()

    def test_the_base_is_the_one_that_was_built(self) -> None:
        file = self.activated()
        base = base_of(file)
        built, _ = pipeline.build_base(Path("api.json").read_bytes(), "api.json", curated=[])
        assert base.data == built.data
        assert base.digest == file.header["base"]["digest"] == built.digest
        assert not base.holds("mine")

    def test_of_a_packaged_base_nothing_is_kept(self) -> None:
        fine("activate")
        assert "kept" not in SnapshotFile.open(f"{STATE}/snapshot.json").header

    def test_paths_with_dots_are_told_apart(self) -> None:
        """A key with a dot in it is not the path of two keys."""
        self.activated()
        fields = {one.field: one for one in llm_models.load(publish=False).explain("acme:common").fields}
        assert fields['extra."a.b".c'].place == "llm_models.toml:12"
        assert path_of(key_of(("extra", "a.b", "c"))) == ("extra", "a.b", "c")
        assert path_of(key_of(("[", "x"))) == ("[", "x")


def content(file: SnapshotFile) -> object:
    """All that a file holds, whatever flags its capability sets have."""
    blocks = {
        name: (file.block(name).provider, file.block(name).aliases, file.block(name).models()) for name in file.blocks
    }
    return blocks, file.tail(), file.header["filters"], file.config()


class TestStoredFiles:
    """Files that 0.1.0 wrote; see tests/stored."""

    @pytest.fixture
    def application(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        shutil.copy(STORED / "llm_models.toml", tmp_path)
        (tmp_path / STATE).mkdir()
        monkeypatch.chdir(tmp_path)
        return tmp_path

    def test_an_activation_from_a_source_is_served(self, application: Path) -> None:
        shutil.copy(STORED / "from-source.json", application / STATE / "snapshot.json")
        assert in_use(paths.find()).is_merged
        catalogue = llm_models.load(publish=False)
        assert catalogue.get_model("openai", "gpt-4o-mini").cost.input == 0.12
        assert catalogue.get_model("house", "house-7b").limits.context == 8192
        assert catalogue.explain("openai:o3-mini").state == "excluded"
        assert not catalogue.allowed("google-vertex:gpt-4o-mini")
        assert facts("info", "--verify")["verified"]

    def test_a_key_with_dots_keeps_its_origin(self) -> None:
        """0.1.0 wrote `extra.x.y` for the key `x.y`."""
        line: Any = {"fields": {"extra.x.y.z": {"layer": "llm_models.toml", "place": "llm_models.toml:7"}}}
        data = catalogues.of_source(
            catalogues.catalogue(catalogues.provider("acme", catalogues.model("m1", **{"x.y": {"z": 1}})))
        )[0]
        tail = {**data.tail(), "models": {"acme:m1": line}}
        blocks = {"acme": (data.raw_block("acme"), 1)}
        Path("old.json").write_bytes(catalogues.assembled(data.header, blocks, tail).data)
        (origin,) = llm_models.load(None, snapshot="old.json", publish=False).explain("acme:m1", 'extra."x.y"').fields
        assert (origin.how, origin.value, origin.place) == ("stated", 1, "llm_models.toml:7")

    def test_its_base_is_restored(self) -> None:
        for name in ("from-source.json", "source-base.json"):
            file = SnapshotFile.open(str(STORED / name))
            assert base_of(file).digest == SnapshotFile.open(str(STORED / "source-base.json")).digest
            assert content(base_of(file)) == content(SnapshotFile.open(str(STORED / "source-base.json")))

    def test_after_an_edit_it_is_merged_onto_that_base(self, application: Path) -> None:
        shutil.copy(STORED / "from-source.json", application / STATE / "snapshot.json")
        Path("llm_models.toml").write_text('deny = { openai = ["gpt-4o"] }\n')
        served = llm_models.load(publish=False)
        fresh = llm_models.load("llm_models.toml", snapshot=STORED / "source-base.json", publish=False)
        assert served.list_models() == fresh.list_models()
        assert served.get_model("openai", "o3-mini")
        assert not served.allowed("openai:gpt-4o")
        assert fine("validate").out == ""

    def test_a_stale_one_is_ignored_before_it_is_checked(self, application: Path) -> None:
        """Made from a packaged snapshot that is gone: neither its flags, nor its format, nor damage matter."""
        data = (STORED / "from-packaged.json").read_bytes()
        line, _, rest = data.partition(b"\n")
        header = json.loads(line[1:-1])
        variants: list[dict[str, Any]] = [
            {**header, "format": 7},
            {**header, "format": "x", "capabilities": ["flying"]},
        ]
        texts = [data, data[:-100], *(b"[" + json.dumps(one).encode() + b",\n" + rest for one in variants)]
        for text in texts:
            (application / STATE / "snapshot.json").write_bytes(text)
            current = in_use(paths.find())
            assert (current.kind, current.unused) == ("packaged", "stale")
            assert llm_models.load(publish=False).file.name != str(application / STATE / "snapshot.json")
            assert fine("info")

    def test_one_of_the_packaged_snapshot_in_use(self, application: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(paths, "PACKAGED_SNAPSHOT", str(STORED / "source-base.json"))
        shutil.copy(STORED / "from-packaged.json", application / STATE / "snapshot.json")
        current = in_use(paths.find())
        assert (current.kind, current.is_merged) == ("activated", True)
        assert llm_models.load(publish=False).get_model("openai", "gpt-4o-mini").tags == ("curated", "approved")

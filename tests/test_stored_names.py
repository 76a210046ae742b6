"""Names in a snapshot file: the aliases of providers in its header, and the served ids and aliases of models."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from support import catalogues

import llm_models
from llm_models import config
from llm_models.changes import merge_layers
from llm_models.errors import SnapshotError
from llm_models.name_table import settle_names
from llm_models.snapshot_file import SnapshotFile, encode_json
from llm_models.snapshot_writer import write

if TYPE_CHECKING:
    from pathlib import Path

TOML = b"""
[[providers]]
id = "alpha"
aliases = ["Al.Pha-Labs", "a"]
[[models]]
provider = "alpha"
id = "one"
served_as = ["one-2026-01-02", "1"]
aliases = ["uno", "1"]
[[models]]
provider = "alpha"
id = "two"
aliases = ["one-2026-01-02", "dos"]
"""


def with_layer(base: SnapshotFile, text: bytes = TOML) -> SnapshotFile:
    layer = config.layer_of(config.parse(text, "x.toml"), "x.toml")
    return write(merge_layers(base, [layer]), name="made-up.json", base_kind="source")


@pytest.fixture
def base() -> SnapshotFile:
    return catalogues.made_up({"alpha": {"one": {}, "two": {}, "uno2": {}}, "beta": {"one": {}}})


@pytest.fixture(params=["in memory", "as bytes"])
def file(request: pytest.FixtureRequest, base: SnapshotFile) -> SnapshotFile:
    """The base with the layer, as it is used at once, and as it is read back."""
    made = with_layer(base)
    return made if request.param == "in memory" else SnapshotFile(made.data, "made-up.json")


class TestProviders:
    """The header maps each folded alias to its provider, so that no block is decoded to find one."""

    def test_an_alias_in_any_spelling(self, file: SnapshotFile) -> None:
        assert dict(file.aliases) == {"a": "alpha", "al_pha_labs": "alpha"}
        for text in ("al.pha_labs", " AL-PHA.LABS ", "A", "Alpha"):
            assert file.provider_id(text) == "alpha"
        for other in ("alph", "al", "", "a al_pha_labs", "=alpha", "=alpha a", None, 5, ["a"]):
            assert file.provider_id(other) is None

    def test_the_base_of_a_file_has_its_own(self, base: SnapshotFile) -> None:
        first = with_layer(base, b'[[providers]]\nid = "beta"\naliases = ["b"]\n')
        ground = SnapshotFile(write(merge_layers(base, first_layers()), name="made-up.json").data, "made-up.json")
        merged = SnapshotFile(with_layer(ground).data, "made-up.json")
        assert dict(merged.aliases) == {"a": "alpha", "al_pha_labs": "alpha", "b": "beta"}
        assert dict(catalogues.restored(merged).aliases) == dict(first.aliases) == {"b": "beta"}
        assert catalogues.restored(merged).digest == ground.digest
        assert SnapshotFile(catalogues.restored(merged).data, "made-up.json").digest == ground.digest

    def test_an_id_beats_an_alias(self, base: SnapshotFile) -> None:
        made = with_layer(base, b'[[providers]]\nid = "alpha"\naliases = ["gamma"]\n')
        assert made.provider_id("gamma") == "alpha"
        again = with_layer(made, b'[[providers]]\nid = "gamma"\nname = "Gamma"\n')
        assert again.provider_id("gamma") == "gamma"

    def test_what_a_layer_omits_is_gone(self, base: SnapshotFile) -> None:
        assert with_layer(with_layer(base), b'[[providers]]\nid = "alpha"\nomit = ["aliases"]\n').aliases == {}

    def test_a_file_without_aliases_has_no_table(self, base: SnapshotFile) -> None:
        assert b'"aliases"' not in base.data.partition(b"\n")[0]
        assert base.provider_id("a") is None

    def test_aliases_of_a_wrong_type_are_refused(self, file: SnapshotFile) -> None:
        line, _, body = file.data.partition(b"\n")
        header = json.loads(line[1:-1])
        assert header["aliases"] == "=alpha a al_pha_labs "
        for change in (["a"], {"a": "alpha"}, None, 5):
            with pytest.raises(SnapshotError):
                SnapshotFile(sealed({**header, "aliases": change}, body), "x")

    def test_an_alias_of_no_provider_is_damage(self, file: SnapshotFile) -> None:
        line, _, body = file.data.partition(b"\n")
        header = json.loads(line[1:-1])
        forged = SnapshotFile(sealed({**header, "aliases": "=nobody a "}, body), "x")
        with pytest.raises(SnapshotError, match="the alias a leads to no provider"):
            llm_models.Snapshot(forged).parse_provider("a")


def first_layers() -> list[Any]:
    text = b'[[providers]]\nid = "beta"\naliases = ["b"]\n'
    return [config.layer_of(config.parse(text, "curated.toml"), "curated.toml")]


def sealed(header: dict[str, Any], body: bytes) -> bytes:
    """A file with this header, whose checksum is right."""
    from zlib import crc32

    line = b"[" + encode_json({key: value for key, value in header.items() if key != "crc"})[:-1]
    return line + b',"crc":"%08x"},\n' % crc32(line) + body


class TestModels:
    """An id beats a served id, which beats an alias."""

    def test_a_block_finds_each_name(self, file: SnapshotFile) -> None:
        block = file.block("alpha")
        assert block.served == {"one-2026-01-02": "one", "1": "one"}
        assert block.aliases == {"uno": "one", "1": "one", "dos": "two"}
        names = {"one": "one", "one-2026-01-02": "one", "1": "one", "uno": "one", "two": "two", "dos": "two"}
        assert {name: block.id_of(name) for name in names} == names
        assert block.id_of("three") is None
        assert block.names(block.rows["one"]) == ["one", "one-2026-01-02", "1", "uno"]
        assert all(map(block.serves, names))
        assert not block.serves("three")

    def test_the_alias_that_falls_is_told(self, base: SnapshotFile, caplog: pytest.LogCaptureFixture) -> None:
        catalogues.merged(base, "x.toml", TOML)
        text = "alias one-2026-01-02 of alpha:two dropped: it is a served id of one"
        assert [record.message for record in caplog.records] == [f"llm_models: {text}"]

    def test_a_filter_counts_each_name(self, file: SnapshotFile) -> None:
        hidden = llm_models.Snapshot(file, deny={"alpha": ["*-2026-*", "dos"]})
        assert [model.spec for model in hidden.list_models("alpha")] == ["alpha:uno2"]

    def test_a_bare_name(self, file: SnapshotFile) -> None:
        catalogue = llm_models.Snapshot(file)
        assert catalogue.resolve("one-2026-01-02") == catalogue.resolve("uno") == catalogue.get_model("alpha", "one")

    @pytest.mark.parametrize(
        ("served", "aliases", "dropped"),
        [
            ({"a": ["x"]}, {"b": ["x"]}, {"aliases": {"b": [("x", "it is a served id of a")]}}),
            ({"a": ["x"]}, {"a": ["x"]}, {}),
            ({"a": ["b"]}, {}, {"served_as": {"a": [("b", "it is the id of a model")]}}),
            (
                {"a": ["x"], "b": ["x"]},
                {"c": ["x"]},
                {
                    "served_as": {"a": [("x", "it is claimed by a and b")], "b": [("x", "it is claimed by a and b")]},
                    "aliases": {"c": [("x", "it is a served id of a and b")]},
                },
            ),
            (
                {"a": ["x"]},
                {"a": ["x"], "b": ["x"]},
                {"aliases": {"a": [("x", "it is claimed by a and b")], "b": [("x", "it is claimed by a and b")]}},
            ),
        ],
    )
    def test_claims(self, served: dict[str, Any], aliases: dict[str, Any], dropped: dict[str, Any]) -> None:
        ids: dict[str, list[str]] = {"a": [], "b": [], "c": []}
        fallen = settle_names({"served_as": ids | served, "aliases": ids | aliases})
        assert {field: by_id for field, by_id in fallen.items() if by_id} == dropped

    def test_a_served_id_is_lost_to_an_own_model_of_that_id(self, tmp_path: Path, base: SnapshotFile) -> None:
        made = with_layer(base)
        made = with_layer(made, b'[[models]]\nprovider = "alpha"\nid = "1"\nname = "One"\n')
        block = made.block("alpha")
        assert block.id_of("1") == "1"
        assert block.served == {"one-2026-01-02": "one"}
        (tmp_path / "made.json").write_bytes(made.data)
        assert SnapshotFile.open(str(tmp_path / "made.json")).block("alpha").served == block.served

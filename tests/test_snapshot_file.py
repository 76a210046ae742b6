"""A snapshot file is read whole and only if it is what was written: else `SnapshotError`, never a wrong answer."""

from __future__ import annotations

import copy
import json
import os
import pickle
import random
import socket
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import SCHEMAS, catalogues, oracle

import llm_models
from llm_models import jsontext, snapshot_file
from llm_models.errors import SnapshotError
from llm_models.paths import PACKAGED_SNAPSHOT
from llm_models.snapshot_file import FORMAT, SnapshotFile, encode_json, read_header

if TYPE_CHECKING:
    from collections.abc import Callable

SMALL = catalogues.made_up(
    {
        "alpha": {
            "one": {"aliases": ["uno"], "limits": {"context": 8000}, "cost": {"input": 0, "output": 1.5}},
            "two": {"capabilities": {"tools": {"enabled": True}}, "tags": ["é"]},
        },
        "beta": {"one": {"deprecated": True}},
    },
    filters={"prefer": ["beta"], "deny": {"alpha": ["three"]}},
    tail={"removed": {"alpha:gone": {"pattern": "gone", "place": "llm_models.toml:3", "line": None}}},
).data


@pytest.fixture(scope="module")
def whole() -> bytes:
    return Path(PACKAGED_SNAPSHOT).read_bytes()


def header_end(data: bytes) -> int:
    return data.index(b"\n") + 1


def everything(data: bytes) -> Any:
    """Each answer that a file gives: all records, the header, the tail; read lazily, not by `verify`."""
    file = SnapshotFile(data, "the-file.json")
    catalogue = llm_models.Snapshot(file)
    providers = [catalogue.get_provider(name) for name in catalogue.list_providers()]
    return file.header, providers, catalogue.list_models(), file.tail(), file.config()


def sealed(data: bytes, change: Callable[[dict[str, Any]], object]) -> bytes:
    """The file with another header, its own checksum made to fit: what only a forger or a bug would write."""
    end = header_end(data)
    header = json.loads(data[1 : end - 2])
    change(header)
    header.pop("crc", None)
    line = b"[" + encode_json(header)[:-1]
    return line + b',"crc":"%08x"},\n' % zlib.crc32(line) + data[end:]


def refused(data: bytes, read: Callable[[bytes], object] = everything) -> str:
    """The message of the `SnapshotError` that reading `data` must end in."""
    with pytest.raises(SnapshotError) as caught:
        read(data)
    assert "the-file.json" in str(caught.value)
    assert "\n" not in str(caught.value)
    return str(caught.value)


class TestDamage:
    """Whatever was done to the bytes, the answers are the old ones or a `SnapshotError` that names the file."""

    def test_truncated_anywhere(self) -> None:
        for length in range(len(SMALL)):
            refused(SMALL[:length])

    def test_the_packaged_one_truncated(self, whole: bytes) -> None:
        rng = random.Random(1)
        ends = [0, 1, header_end(whole) - 1, header_end(whole), len(whole) - 1]
        for length in [*ends, *(rng.randrange(len(whole)) for _ in range(300))]:
            refused(whole[:length], lambda data: SnapshotFile(data, "the-file.json"))

    def test_every_bit_of_every_byte(self) -> None:
        """Of a small file: each single bit turned, wherever it stands."""
        for place in range(len(SMALL)):
            for bit in (0, 3, 7):
                data = bytearray(SMALL)
                data[place] ^= 1 << bit
                refused(bytes(data))

    def test_every_byte_of_the_packaged_header(self, whole: bytes) -> None:
        rng = random.Random(2)
        data = bytearray(whole)  # changed in place: 6,000 copies of the file would take seconds
        for place in range(header_end(whole)):
            data[place] ^= (mask := rng.randrange(1, 256))
            with pytest.raises(SnapshotError, match=r"the-file.json"):
                SnapshotFile(data, "the-file.json")  # type: ignore[arg-type]
            data[place] ^= mask
        SnapshotFile(data, "the-file.json")  # type: ignore[arg-type]

    def test_any_byte_of_the_packaged_body(self, whole: bytes) -> None:
        """A flipped byte is seen by the question that would read it, and by `verify`; other answers stay right."""
        rng = random.Random(3)
        body = header_end(whole)
        places = SnapshotFile(whole, "x").header["blocks"]
        for _ in range(150):
            place = rng.randrange(body, len(whole))
            data = bytearray(whole)
            data[place] ^= rng.randrange(1, 256)
            file = SnapshotFile(bytes(data), "the-file.json")
            struck = [name for name, (at, size, *_) in places.items() if at <= place - body < at + size]
            for name in struck:
                with pytest.raises(SnapshotError, match=r"the-file.json.*altered"):
                    file.block(name)
            if not struck:
                with pytest.raises(SnapshotError, match=r"the-file.json.*altered"):
                    file.tail()
            other = "openai" if struck != ["openai"] else "anthropic"
            assert file.block(other).ids

    def test_verify_sees_any_byte(self) -> None:
        for place in range(header_end(SMALL), len(SMALL)):
            data = bytearray(SMALL)
            data[place] ^= 0x01
            refused(bytes(data), lambda data: SnapshotFile(data, "the-file.json").verify())

    @settings(max_examples=300, deadline=None)
    @given(st.data())
    def test_bytes_put_in_taken_out_or_moved(self, data: st.DataObject) -> None:
        start = data.draw(st.integers(0, len(SMALL)))
        end = data.draw(st.integers(start, min(len(SMALL), start + 40)))
        new = data.draw(st.binary(max_size=40) | st.just(SMALL[start:end][::-1]))
        changed = SMALL[:start] + new + SMALL[end:]
        if changed != SMALL:
            refused(changed)

    @pytest.mark.parametrize("change", [{"date": "2026-01-03"}, {"sources": []}, {"filters": {}}, {"digest": "0" * 64}])
    def test_verify_holds_the_header_to_the_digest(self, change: dict[str, Any]) -> None:
        data = sealed(SMALL, lambda header: header.update(change))
        assert "digest" in refused(data, lambda data: SnapshotFile(data, "the-file.json").verify())

    def test_blocks_changed_about(self) -> None:
        """A header that calls one provider's block another's would give wrong answers, each with a right checksum."""

        def swap(header: dict[str, Any]) -> None:
            blocks = header["blocks"]
            blocks["alpha"], blocks["beta"] = blocks["beta"], blocks["alpha"]

        refused(sealed(SMALL, swap))

    def test_verify_passes_what_is_whole(self, whole: bytes) -> None:
        SnapshotFile(SMALL, "x").verify()
        SnapshotFile(whole, "x").verify()

    @pytest.mark.parametrize(
        "data", [b"", b"\n", b"[", b"{}", b"[]\n", b"[{},\n]", b"null", b"\xff" * 100, b"[" * 200_000]
    )
    def test_no_snapshot_at_all(self, data: bytes) -> None:
        assert "snapshot's header" in refused(data) or "not a whole snapshot" in refused(data)

    @pytest.mark.parametrize("junk", [b" ", b"\n", b"\x00", b"]", b"{}"])
    def test_trailing_data(self, junk: bytes) -> None:
        assert f"{len(SMALL) + len(junk)} bytes" in refused(SMALL + junk) or junk


class TestAnotherFormat:
    @pytest.mark.parametrize("number", [0, 2, 999, "1", None, [1], 1.5, True, 10**400])
    def test_says_what_reads_it(self, number: Any) -> None:
        message = refused(sealed(SMALL, lambda header: header.update(format=number)))
        assert "format" in message
        assert f"reads format {FORMAT}" in message
        assert len(message) < 400

    def test_a_format_that_is_newer_in_everything(self) -> None:
        """The number is looked at first: a newer header need not resemble ours."""
        message = refused(b'[{"format":2,"all":"new"},\nwhatever')
        assert "snapshot format 2" in message
        assert "reads format 1" in message

    def test_other_capability_flags(self) -> None:
        assert "capability flags" in refused(sealed(SMALL, lambda header: header["capabilities"].append("flying")))

    @pytest.mark.parametrize("name", ["blocks", "tail", "capabilities", "filters", "counts", "digest", "sources"])
    def test_a_header_without_its_parts(self, name: str) -> None:
        def read(data: bytes) -> None:
            SnapshotFile(data, "the-file.json").verify()
            everything(data)

        refused(sealed(SMALL, lambda header: header.pop(name)), read)

    @pytest.mark.parametrize(
        "place",
        [
            None,
            [],
            [0],
            [0, 1, 2],
            ["a", "b", 0, 1],
            [10**9, 10, 0, 1],
            [-50, 10, 0, 1],
            [0, -1, 0, 2],
            [0, 10, "a", 2],
        ],
    )
    def test_a_block_that_is_nowhere(self, place: Any) -> None:
        refused(sealed(SMALL, lambda header: header["blocks"].update(alpha=place)))

    @pytest.mark.parametrize(
        "block",
        [
            b"",
            b"\n",
            b"{}",
            b'{"provider":{},"models":[\n]},\n',
            b'{"ids":[],"models":[\n]},\n',
            b"[" * 100_000 + b"\n",
            b"\xff\n",
        ],
    )
    def test_a_block_that_is_none(self, block: bytes) -> None:
        file = catalogues.assembled({"sources": [], "filters": {}}, {"alpha": (block, 1)})
        with pytest.raises(SnapshotError, match=r"made-up.json"):
            file.block("alpha")


class TestOpening:
    @pytest.mark.parametrize("name", ["missing.json", "folder/missing.json", "x" * 300, "nul\x00.json"])
    def test_missing(self, tmp_path: Path, name: str) -> None:
        with pytest.raises(SnapshotError, match="cannot be read") as caught:
            SnapshotFile.open(str(tmp_path / name))
        assert str(caught.value).isprintable()

    def test_a_directory(self, tmp_path: Path) -> None:
        with pytest.raises(SnapshotError, match="not a regular file"):
            SnapshotFile.open(str(tmp_path))

    @pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no FIFO here")
    def test_a_fifo_does_not_hang(self, tmp_path: Path) -> None:
        os.mkfifo(tmp_path / "fifo")
        with pytest.raises(SnapshotError, match="not a regular file"):
            SnapshotFile.open(str(tmp_path / "fifo"))

    @pytest.mark.skipif(not hasattr(socket, "AF_UNIX"), reason="no such sockets here")
    def test_a_socket_and_a_device(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(tmp_path)  # a socket's path is short
        with socket.socket(socket.AF_UNIX) as server:
            server.bind("socket")
            with pytest.raises(SnapshotError):
                SnapshotFile.open("socket")
        with pytest.raises(SnapshotError, match="not a regular file"):
            SnapshotFile.open("/dev/zero")

    @pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root reads everything")
    def test_no_permission(self, tmp_path: Path) -> None:
        path = tmp_path / "shut.json"
        path.touch(mode=0)
        with pytest.raises(SnapshotError, match="Permission denied"):
            SnapshotFile.open(str(path))

    def test_through_a_symlink(self, tmp_path: Path) -> None:
        (tmp_path / "link.json").symlink_to(PACKAGED_SNAPSHOT)
        assert SnapshotFile.open(str(tmp_path / "link.json")).block("openai").ids

    def test_closed_and_in_memory(self, tmp_path: Path) -> None:
        """What becomes of the file once it is open is nobody's concern."""
        path = tmp_path / "snapshot.json"
        path.write_bytes(SMALL)
        file = SnapshotFile.open(str(path))
        with open(path, "r+b") as later:
            later.write(b"x" * 100)
            later.truncate(50)
        path.unlink()
        file.verify()
        assert file.block("alpha").ids == ["one", "two"]

    def test_every_public_way_names_the_file(self, tmp_path: Path) -> None:
        path = tmp_path / "snapshot.json"
        path.write_bytes(SMALL[:-1])
        for publish in (True, False):
            with pytest.raises(SnapshotError, match=r"snapshot.json") as caught:
                llm_models.load(config=None, snapshot=path, publish=publish)
            assert caught.value.path == str(path)  # type: ignore[attr-defined]
        assert llm_models.epoch() == 0


class TestTheFormat:
    """One JSON document, in lines, whose header the schema describes."""

    def test_the_whole_file_is_json(self, whole: bytes) -> None:
        for data in (SMALL, whole):
            header, *blocks, _ = json.loads(data)
            assert [block["provider"]["id"] for block in blocks] == list(header["blocks"]) == sorted(header["blocks"])

    def test_the_header_conforms_to_its_schema(self, whole: bytes) -> None:
        schema = json.loads((SCHEMAS / "snapshot.schema.json").read_text("utf-8"))
        check = jsonschema.Draft202012Validator(schema)
        for data in (SMALL, whole):
            check.validate(SnapshotFile(data, "x").header)
        with pytest.raises(jsonschema.ValidationError):
            check.validate(dict(SnapshotFile(SMALL, "x").header, blocks={"alpha": [0, 1]}))

    def test_counts_and_places(self, whole: bytes) -> None:
        """The parts lie side by side and cover the file; counts are those of what is there."""
        for data in (SMALL, whole):
            header, *blocks, tail = json.loads(data)
            places = [*header["blocks"].values(), *([header["config"]] if "config" in header else []), header["tail"]]
            at = header_end(data)
            for offset, length, checksum, *_ in places:
                assert header_end(data) + offset == at
                assert zlib.crc32(data[at : at + length]) == checksum
                at += length
            assert at == len(data)
            sizes = [len(block["models"]) for block in blocks]
            assert [place[3] for place in header["blocks"].values()] == sizes
            assert header["counts"] == {"providers": len(blocks), "models": sum(sizes)}
            assert set(tail) == {"providers", "models", "removed", "settings"}

    def test_one_model_a_line(self, whole: bytes) -> None:
        """A changed price is a change of one model's line and of the lines that hold places and sums."""
        lines = whole.splitlines()
        header, *blocks, _ = json.loads(whole)
        for block in blocks:
            for model in block["models"]:
                assert model["id"]
        models = [json.loads(line.rstrip(b",")) for line in lines if line.startswith(b'{"id":')]
        assert len(models) == header["counts"]["models"]

    def test_index_and_models_agree(self, whole: bytes) -> None:
        for block in json.loads(whole)[1:-1]:
            assert block["ids"] == [model["id"] for model in block["models"]]
            assert block["ids"] == sorted(block["ids"])
            assert block["lengths"] == [len(encode_json(model)) for model in block["models"]]
            aliases = [(alias, model["id"]) for model in block["models"] for alias in model.get("aliases", ())]
            assert sorted(block["aliases"].items()) == sorted(aliases)
            assert not set(block["aliases"]) & set(block["ids"])
            for model, bits in zip(block["models"], block["bits"], strict=True):
                data = oracle.filled(model, block["provider"]["id"])
                for place, name in enumerate(oracle.FLAGS):
                    assert bool(bits >> place & 1) is oracle.has(data, name), (model["id"], name)
                    assert bool(bits >> (place + len(oracle.FLAGS)) & 1) is oracle.stated(data, name), (
                        model["id"],
                        name,
                    )
                assert bool(bits >> 2 * len(oracle.FLAGS) & 1) is data.get("deprecated", False)
                assert bits >> (2 * len(oracle.FLAGS) + 1) == 0

    def test_read_header(self, tmp_path: Path) -> None:
        path = tmp_path / "snapshot.json"
        path.write_bytes(SMALL)
        assert read_header(str(path)) == SnapshotFile(SMALL, "x").header
        for data in (b"", b"[{}]", b"junk"):
            path.write_bytes(data)
            with pytest.raises(SnapshotError, match=r"snapshot.json"):
                read_header(str(path))
        with pytest.raises(SnapshotError, match="test_read_header"):
            read_header(str(tmp_path))

    def test_assembled_again_it_is_the_same(self, whole: bytes) -> None:
        """The parts of a file, put together anew, are that file to the byte."""
        for data in (SMALL, whole):
            file = SnapshotFile(data, "x")
            blocks = {name: (file.raw_block(name), place[3]) for name, place in file.header["blocks"].items()}
            again = catalogues.assembled(file.header, blocks, file.tail(), file.config())
            assert again.data == data

    def test_a_merged_configuration_is_kept_to_the_letter(self) -> None:
        text = 'prefer = ["beta"]\n# é \u2028 "quoted" \\ and a tab\t\r\n'
        file = SnapshotFile(SMALL, "x")
        blocks = {name: (file.raw_block(name), place[3]) for name, place in file.header["blocks"].items()}
        merged = catalogues.assembled(file.header, blocks, file.tail(), text.encode())
        assert merged.config() == text.encode()
        assert file.config() is None
        every = "".join(map(chr, range(0x3000))) + "\U0001f600"
        odd = catalogues.assembled(file.header, blocks, file.tail(), every.encode())
        assert odd.config() == every.encode()
        for held, raw in ((merged, text.encode()), (odd, every.encode()), (file, None)):
            assert held.holds_config(raw)
        for held, raw in (
            (merged, None),
            (merged, every.encode()),
            (odd, every[1:].encode()),
            (file, b""),
            (odd, b"\xff"),
        ):
            assert not held.holds_config(raw)
        assert json.loads(merged.data)[-2] == text
        merged.verify()

    def test_pickled_and_copied(self) -> None:
        file = SnapshotFile(SMALL, "x")
        for again in (pickle.loads(pickle.dumps(file)), copy.deepcopy(file)):
            assert (again.data, again.name) == (file.data, file.name)
            assert again.block("alpha").ids == ["one", "two"]


class TestLaziness:
    """One question decodes the header, one provider's index and one model; nothing twice."""

    @pytest.fixture
    def decoded(self, monkeypatch: pytest.MonkeyPatch) -> list[int]:
        """The length of each text that was decoded."""
        sizes: list[int] = []

        def counting(text: str) -> Any:
            sizes.append(len(text))
            return jsontext.loads(text)

        monkeypatch.setattr(snapshot_file, "loads", counting)
        return sizes

    def test_one_lookup(self, whole: bytes, decoded: list[int]) -> None:
        catalogue = llm_models.load(config=None, publish=False)
        assert len(decoded) == 1
        model = catalogue.get_model("openai", "gpt-4o-mini")
        assert len(decoded) == 3
        header, index, line = decoded
        assert header + index + line < 20_000 < len(whole) / 100
        assert line < 1_500
        assert catalogue.get_model("openai", "gpt-4o-mini") is model
        assert catalogue.resolve("openai:gpt-4o-mini") is model
        assert len(decoded) == 3
        catalogue.get_model("openai", "gpt-4o")
        assert len(decoded) == 4
        catalogue.get_provider("openai")
        assert len(decoded) == 4

    def test_a_control(self, decoded: list[int]) -> None:
        """The count sees a full read."""
        llm_models.load(config=None, publish=False).list_models()
        assert sum(decoded) > 1_000_000

    def test_what_needs_no_model_decodes_none(self, whole: bytes, decoded: list[int]) -> None:
        catalogue = llm_models.load(config=None, publish=False)
        assert catalogue.list_providers()
        assert len(catalogue)
        assert catalogue.parse_spec("openai:x")
        assert catalogue.format_spec(("openai", "x"), "filename")
        assert len(decoded) == 1
        with pytest.raises(llm_models.NoMatchError):
            catalogue.select(require=["chat", "embeddings"])
        blocks = len(catalogue.file.header["blocks"])
        assert len(decoded) == 1 + blocks
        assert sum(decoded) < len(whole) / 10
        with pytest.raises(llm_models.AmbiguousModelError):
            catalogue.resolve("gpt-4o-mini")
        assert len(decoded) == 1 + blocks

    def test_select_decodes_the_one_it_gives(self, decoded: list[int]) -> None:
        catalogue = llm_models.load(config=None, publish=False)
        catalogue.select(require=["tools", "json_native"], prefer=["openai"])
        assert len(decoded) == 3

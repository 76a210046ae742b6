"""A snapshot file is read whole and only if it is what was written: else `SnapshotError`, never a wrong answer."""

from __future__ import annotations

import copy
import errno
import gc
import json
import os
import pickle
import random
import shutil
import socket
import zlib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support import SCHEMAS, catalogues, forging, oracle
from support.forging import sealed

import llm_models
from llm_models import block as block_module
from llm_models import capability_sets, jsontext, open_file, paths, records, snapshot_file, snapshot_writer
from llm_models import columns as columns_module
from llm_models import header as header_module
from llm_models.block import encode_block, encode_json
from llm_models.capability_sets import translate_bits
from llm_models.columns import STORED
from llm_models.errors import SnapshotError
from llm_models.groups import key_of
from llm_models.header import FORMAT, read_header
from llm_models.paths import PACKAGED_SNAPSHOT
from llm_models.records import BIT, CAPABILITIES, STATED, Capabilities, capability_bits
from llm_models.snapshot_file import SnapshotFile, digest

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


Read = Callable[[bytes], SnapshotFile]


@pytest.fixture(params=["whole", "in parts"])
def read(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Read:
    """Both ways to read a file with these bytes, named `the-file.json`."""
    if request.param == "whole":
        return lambda data: SnapshotFile(data, "the-file.json")
    monkeypatch.setattr(open_file, "LARGE", 0)
    path = tmp_path / "the-file.json"

    def in_parts(data: bytes) -> SnapshotFile:
        path.write_bytes(data)
        file = SnapshotFile.open(str(path))
        assert isinstance(open_file.source_of(str(path), in_parts=False)[0], open_file.OpenFile)
        return file

    return in_parts


def everything(file: SnapshotFile) -> Any:
    """Each answer that a file gives: all records, the header, the columns, the tail; read lazily, not by `verify`."""
    catalogue = llm_models.Snapshot(file)
    providers = [catalogue.get_provider(name) for name in catalogue.list_providers()]
    chosen_by = {name: file.columns().column(name) for name in STORED}
    return file.header, providers, catalogue.list_models(), chosen_by, file.tail(), file.config()


def with_parts(data: bytes, change: Callable[[dict[str, bytes]], object]) -> bytes:
    """The file with other parts, by name (a block by its provider's), all places and checksums made to fit."""
    end = header_end(data)
    header = json.loads(data[1 : end - 2])
    spans = {**header["blocks"], **{name: header[name] for name in ("columns", "tail")}}
    parts = {name: data[end + span[0] : end + span[0] + span[1]] for name, span in spans.items()}
    change(parts)
    body = b"".join(parts.values())

    def seal(header: dict[str, Any]) -> None:
        at = 0
        for name, part in parts.items():
            holder = header["blocks"] if name in header["blocks"] else header
            holder[name] = [at, len(part), zlib.crc32(part), *holder[name][3:]]
            at += len(part)
        header["digest"] = digest(header, body)

    return sealed(data[:end] + body, seal)


def refused(data: bytes, read: Read, use: Callable[[SnapshotFile], object] = everything) -> str:
    """The message of the `SnapshotError` that reading and using `data` must end in."""
    with pytest.raises(SnapshotError) as caught:
        use(read(data))
    assert "the-file.json" in str(caught.value)
    assert "\n" not in str(caught.value)
    return str(caught.value)


class TestDamage:
    """Whatever was done to the bytes, the answers are the old ones or a `SnapshotError` that names the file."""

    def test_truncated_anywhere(self, read: Read) -> None:
        for length in range(0, len(SMALL), 3):
            refused(SMALL[:length], read)

    def test_the_packaged_one_truncated(self, whole: bytes, read: Read) -> None:
        rng = random.Random(1)
        ends = [0, 1, header_end(whole) - 1, header_end(whole), len(whole) - 1]
        for length in [*ends, *(rng.randrange(len(whole)) for _ in range(300))]:
            refused(whole[:length], read, lambda _: None)

    @pytest.mark.whole
    def test_a_bit_of_every_byte(self, read: Read) -> None:
        for place in range(len(SMALL)):
            data = bytearray(SMALL)
            data[place] ^= 1 << place % 8
            refused(bytes(data), read)

    @pytest.mark.whole
    def test_every_byte_of_the_packaged_header(self, whole: bytes) -> None:
        rng = random.Random(2)
        data = bytearray(whole)  # changed in place: 6,000 copies of the file would take seconds
        for place in range(header_end(whole)):
            data[place] ^= (mask := rng.randrange(1, 256))
            with pytest.raises(SnapshotError, match=r"the-file.json"):
                SnapshotFile(data, "the-file.json")  # type: ignore[arg-type]
            data[place] ^= mask
        SnapshotFile(data, "the-file.json")  # type: ignore[arg-type]

    @pytest.mark.whole
    def test_any_byte_of_the_packaged_body(self, whole: bytes, read: Read) -> None:
        """A flipped byte is seen by the question that would read it, and by `verify`; other answers stay right."""
        rng = random.Random(3)
        body = header_end(whole)
        places = SnapshotFile(whole, "x").header["blocks"]
        for _ in range(150):
            place = rng.randrange(body, len(whole))
            data = bytearray(whole)
            data[place] ^= rng.randrange(1, 256)
            file = read(bytes(data))
            struck = [name for name, (at, size, *_) in places.items() if at <= place - body < at + size]
            for name in struck:
                with pytest.raises(SnapshotError, match=r"the-file.json.*altered"):
                    file.block(name)
            if not struck:
                at, size, _ = file.header["columns"]
                with pytest.raises(SnapshotError, match=r"the-file.json.*altered"):
                    everything(file) if at <= place - body < at + size else file.tail()
            other = "openai" if struck != ["openai"] else "anthropic"
            assert file.block(other).ids

    def test_verify_sees_any_byte(self, read: Read) -> None:
        for place in range(header_end(SMALL), len(SMALL)):
            data = bytearray(SMALL)
            data[place] ^= 0x01
            refused(bytes(data), read, SnapshotFile.verify)

    @pytest.mark.whole
    @settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(st.data())
    def test_bytes_put_in_taken_out_or_moved(self, read: Read, data: st.DataObject) -> None:
        start = data.draw(st.integers(0, len(SMALL)))
        end = data.draw(st.integers(start, min(len(SMALL), start + 40)))
        new = data.draw(st.binary(max_size=40) | st.just(SMALL[start:end][::-1]))
        changed = SMALL[:start] + new + SMALL[end:]
        if changed != SMALL:
            refused(changed, read)

    @pytest.mark.parametrize("change", [{"date": "2026-01-03"}, {"sources": []}, {"filters": {}}, {"digest": "0" * 64}])
    def test_verify_holds_the_header_to_the_digest(self, read: Read, change: dict[str, Any]) -> None:
        data = sealed(SMALL, lambda header: header.update(change))
        assert "digest" in refused(data, read, SnapshotFile.verify)

    def test_blocks_changed_about(self, read: Read) -> None:
        """A header that calls one provider's block another's would give wrong answers, each with a right checksum."""

        def swap(header: dict[str, Any]) -> None:
            blocks = header["blocks"]
            blocks["alpha"], blocks["beta"] = blocks["beta"], blocks["alpha"]

        data = sealed(SMALL, swap)
        refused(data, read)
        assert "part about alpha" in refused(data, read, lambda file: file.block("alpha"))

    def test_verify_passes_what_is_whole(self, whole: bytes, read: Read) -> None:
        read(SMALL).verify()
        read(whole).verify()

    @pytest.mark.parametrize(
        "data", [b"", b"\n", b"[", b"{}", b"[]\n", b"[{},\n]", b"null", b"\xff" * 100, b"[" * 200_000]
    )
    def test_no_snapshot_at_all(self, read: Read, data: bytes) -> None:
        assert "snapshot's header" in refused(data, read) or "not a whole snapshot" in refused(data, read)

    @pytest.mark.parametrize("junk", [b" ", b"\n", b"\x00", b"]", b"{}"])
    def test_trailing_data(self, read: Read, junk: bytes) -> None:
        assert f"{len(SMALL) + len(junk)} bytes" in refused(SMALL + junk, read)


class TestAnotherFormat:
    @pytest.mark.parametrize("number", [0, 2, 999, "1", None, [1], 1.5, True, 10**400])
    def test_says_what_reads_it(self, read: Read, number: Any) -> None:
        message = refused(sealed(SMALL, lambda header: header.update(format=number)), read)
        assert "format" in message
        assert f"reads format {FORMAT}" in message
        assert len(message) < 400

    def test_a_format_that_is_newer_in_everything(self, read: Read) -> None:
        """The number is looked at first: a newer header need not resemble ours."""
        message = refused(b'[{"format":2,"all":"new"},\nwhatever', read)
        assert "snapshot format 2" in message
        assert "reads format 1" in message

    @pytest.mark.parametrize("name", ["blocks", "tail", "capabilities", "filters", "counts", "digest", "sources"])
    def test_a_header_without_its_parts(self, read: Read, name: str) -> None:
        refused(sealed(SMALL, lambda header: header.pop(name)), read, lambda file: (file.verify(), everything(file)))

    @pytest.mark.parametrize(
        ("name", "value"),
        [("base", [1]), ("filters", 5), ("counts", {"models": "x", "providers": 1}), ("sources", 5), ("date", 5)],
    )
    def test_a_header_part_of_a_wrong_type(self, read: Read, name: str, value: object) -> None:
        refused(sealed(SMALL, lambda header: header.update({name: value})), read)

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
            [0, 10**12, 0, 2],
        ],
    )
    def test_a_block_that_is_nowhere(self, read: Read, place: Any) -> None:
        refused(sealed(SMALL, lambda header: header["blocks"].update(alpha=place)), read)

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
        file = SnapshotFile(with_parts(SMALL, lambda parts: parts.update(alpha=block)), "made-up.json")
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
            header, *blocks, columns, _ = json.loads(data)
            assert [block["provider"]["id"] for block in blocks] == list(header["blocks"]) == sorted(header["blocks"])
            assert [*columns] == ["providers", *STORED]

    def test_the_header_conforms_to_its_schema(self, whole: bytes) -> None:
        schema = json.loads((SCHEMAS / "snapshot.schema.json").read_text("utf-8"))
        check = jsonschema.Draft202012Validator(schema)
        for data in (SMALL, whole):
            check.validate(json.loads(data[1 : header_end(data) - 2]))
        with pytest.raises(jsonschema.ValidationError):
            check.validate({**SnapshotFile(SMALL, "x").header, "blocks": {"alpha": [0, 1]}})

    def test_counts_and_places(self, whole: bytes) -> None:
        """The parts lie side by side and cover the file; counts are those of what is there."""
        for data in (SMALL, whole):
            header, *blocks, _, tail = json.loads(data)
            others = [header[name] for name in ("columns", "config", "tail") if name in header]
            places = [*header["blocks"].values(), *others]
            at = header_end(data)
            for offset, length, checksum, *_ in places:
                assert header_end(data) + offset == at
                assert zlib.crc32(data[at : at + length]) == checksum
                at += length
            assert at == len(data)
            sizes = [len(block["models"]) for block in blocks]
            assert [place[3] for place in header["blocks"].values()] == sizes
            assert header["counts"] == {"providers": len(blocks), "models": sum(sizes)}
            of_base = {"keys", "texts"} if data is whole else set()  # a base that this package writes has them
            assert set(tail) == {"providers", "models", "removed", "settings", *of_base}
            models = [{**line, **line.get("derived", {})} for block in blocks for line in block["models"]]
            for name, texts in tail.get("texts", {}).items():
                assert texts == sorted({model[name] for model in models if name in model})
            if data is whole:
                assert tail["keys"] == {"id": sorted({key_of(model["id"]) for model in models} - {""})}

    def test_one_model_a_line(self, whole: bytes) -> None:
        """A changed price is a change of one model's line and of the lines that hold places and sums."""
        lines = whole.splitlines()
        header, *blocks, _, _ = json.loads(whole)
        for block in blocks:
            for model in block["models"]:
                assert model["id"]
        models = [json.loads(line.rstrip(b",")) for line in lines if line.startswith(b'{"id":')]
        assert len(models) == header["counts"]["models"]

    def test_index_and_models_agree(self, whole: bytes) -> None:
        for block in json.loads(whole)[1:-2]:
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

    def test_the_header_alone(self, tmp_path: Path) -> None:
        """Read of any format; of ours it is the file's, without the block table."""
        path = tmp_path / "snapshot.json"
        path.write_bytes(SMALL)
        assert read_header(str(path)) == {**SnapshotFile(SMALL, "x").header, "blocks": {}}
        path.write_bytes(b'[{"format":2,"all":"new"},\nwhatever')
        assert read_header(str(path)) == {"format": 2, "all": "new"}
        for data in (b"", b"[{}]", b"junk"):
            path.write_bytes(data)
            with pytest.raises(SnapshotError, match=r"snapshot.json"):
                read_header(str(path))
        with pytest.raises(SnapshotError, match="test_the_header_alone"):
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

    @pytest.mark.parametrize("shift", [(1, 0, 0), (0, 1, -1)])
    def test_blocks_that_do_not_lie_side_by_side(self, shift: tuple[int, int, int]) -> None:
        """A forged table whose blocks overlap has the right sum of lengths, and many of them would be one text."""

        def change(header: dict[str, Any]) -> None:
            first, second = [*header["blocks"].values()][:2]
            second[0] += shift[0]
            first[1] += shift[1]
            second[1] += shift[2]

        file = SnapshotFile(sealed(SMALL, change), "forged.json")
        with pytest.raises(SnapshotError, match="not a whole snapshot: its header is not one that this package writes"):
            dict(file.blocks)

    def test_verify_reads_each_record(self) -> None:
        parts = forging.taken_apart(SMALL)
        parts["blocks"]["alpha"]["models"][-1]["limits"] = {"context": "many"}
        file = SnapshotFile(forging.put_together(parts), "forged.json")
        with pytest.raises(SnapshotError, match="a model of alpha cannot be read"):
            file.verify()

    def test_that_of_a_catalogue_merged_in_memory(self, tmp_path: Path) -> None:
        base = SnapshotFile(SMALL, "x")
        text = b'prefer = ["beta"]\n'
        merged, _ = catalogues.merged(base, tmp_path / "llm_models.toml", text)
        assert isinstance(merged, snapshot_writer.Composite)
        found = [merged.holds_config(other) for other in (text, text.replace(b"\n", b"\r\n"), b"", None)]
        assert found == [True, True, False, False]

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
        monkeypatch.setattr(block_module, "loads", counting)
        monkeypatch.setattr(header_module, "loads", counting)
        monkeypatch.setattr(columns_module, "loads", counting)
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

    def test_the_texts_of_the_tail(self, decoded: list[int]) -> None:
        file = SnapshotFile.open(PACKAGED_SNAPSHOT)
        texts = file.texts()
        assert sum(decoded) < file.header["tail"][1] / 10
        assert texts == file.tail()["texts"]
        assert sum(decoded) > file.header["tail"][1]

    def test_what_is_selected_of_one_provider(self, decoded: list[int]) -> None:
        """Its models are decoded together, not one after the other."""
        catalogue = llm_models.load(config=None, publish=False)
        found = catalogue.candidates(scope="openai")
        assert len(found) > 30
        assert len(decoded) < 10

    def test_the_texts_of_a_file_of_another_name(self, tmp_path: Path) -> None:
        copied = tmp_path / "copied.json"
        shutil.copyfile(PACKAGED_SNAPSHOT, copied)
        whole, other = SnapshotFile.open(PACKAGED_SNAPSHOT), SnapshotFile.open(str(copied))
        assert whole.texts("keys")
        assert other.texts("keys") == whole.texts("keys")
        assert other.texts() == whole.texts()

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
        assert len(decoded) == 2  # the header and its block table
        with pytest.raises(llm_models.NoMatchError):
            catalogue.select(require=["chat", "embeddings"])
        assert len(decoded) == 2  # the columns are read without `json`
        assert sum(decoded) < len(whole) / 20
        with pytest.raises(llm_models.AmbiguousModelError):
            catalogue.resolve("gpt-4o-mini")
        blocks = len(catalogue.file.header["blocks"])
        assert len(decoded) <= 2 + blocks + 10  # the error names makers first, so it looks at a few of the models

    def test_select_decodes_the_one_it_gives(self, decoded: list[int]) -> None:
        """The first line, and the index and the line of the answer; the columns are read without `json`."""
        catalogue = llm_models.load(config=None, publish=False)
        catalogue.select(require=["tools", "json_native"], prefer=["openai"])
        assert len(decoded) == 3
        catalogue.select(require=["json_schema"], input="image", scope=["openai", "google"], order_by="price")
        assert len(decoded) <= 5

    def test_a_first_lookup_does_not_grow_with_the_catalogue(self, decoded: list[int]) -> None:
        """Of a file with 500 times the providers it decodes the same texts, and reads more only of the first line."""
        one = {"m": {"limits": {"context": 8000}}}
        took = []
        for providers in (1, 500):
            file = catalogues.made_up({f"p{number:03}": one for number in range(providers)})
            decoded.clear()
            catalogue = llm_models.Snapshot(SnapshotFile(file.data, "x"))
            assert catalogue.get_model("p000", "m").limits.context == 8000
            took.append(decoded[1:])
            assert decoded[0] < 1_000
        assert took[0] == took[1]

    def test_filters_look_at_no_more_than_they_must(self, decoded: list[int]) -> None:
        """Whether a model is left follows from the header's numbers, or from one provider that is allowed."""
        packaged = SnapshotFile.open(PACKAGED_SNAPSHOT)
        decoded.clear()
        llm_models.Snapshot(packaged, deny={"openai": ["*"], "anthropic": ["claude-*"]})
        llm_models.Snapshot(packaged, allow={"openai": "all", "anthropic": ["claude-*"]})
        assert decoded == []
        llm_models.Snapshot(packaged, allow={"anthropic": ["claude-*"]})
        assert len(decoded) == 1


def count_descriptors() -> int:
    return len(os.listdir("/dev/fd"))


@pytest.mark.skipif(not hasattr(os, "pread"), reason="here every file is read whole")
class TestReadInParts:
    """The packaged file and large ones stay open: they may be replaced, closed by others, forked; not overwritten."""

    @pytest.fixture
    def path(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        """A small file that is read in parts."""
        path = tmp_path / "the-file.json"
        path.write_bytes(SMALL)
        monkeypatch.setattr(paths, "PACKAGED_SNAPSHOT", str(path))
        return path

    def number(self) -> int:
        """The descriptor of the file that was opened last."""
        assert open_file.OpenFile.latest is not None
        return open_file.OpenFile.latest._number

    def test_a_lookup_reads_the_first_line_and_one_block(self, whole: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
        sizes: list[int] = []
        real = os.pread
        monkeypatch.setattr(os, "pread", lambda *args: sizes.append(args[1]) or real(*args))
        file = SnapshotFile.open(PACKAGED_SNAPSHOT)
        llm_models.Snapshot(file).get_model("openai", "gpt-4o-mini")
        assert sizes == [1 << 14, file.blocks["openai"][1]]
        assert header_end(whole) < 1 << 14

    def test_a_file_whose_status_cannot_be_read_is_closed(self, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        opened: list[int] = []
        real = os.open

        def broken(_: int) -> os.stat_result:
            raise OSError(5, "Input/output error")

        monkeypatch.setattr(os, "open", lambda *args: opened.append(real(*args)) or opened[-1])
        monkeypatch.setattr(os, "fstat", broken)
        with pytest.raises(SnapshotError, match=r"the-file\.json: the snapshot cannot be read: Input/output error"):
            SnapshotFile.open(str(path))
        monkeypatch.undo()
        with pytest.raises(OSError, match="Bad file descriptor"):
            os.fstat(opened[-1])

    def test_a_long_first_line(self, path: Path) -> None:
        many = catalogues.made_up({f"p{number:04}": {"m": {}} for number in range(2_000)})
        assert header_end(many.data) > 1 << 15
        path.write_bytes(many.data)
        assert SnapshotFile.open(str(path)).block("p1999").ids == ["m"]

    def test_no_end_of_the_first_line(self, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """A sparse file of any size is refused after so many bytes."""
        monkeypatch.setattr(header_module, "MAX_HEADER", 1 << 16)
        with open(path, "r+b") as file:
            file.truncate(0)
            file.truncate(200 << 20)
        with pytest.raises(SnapshotError, match="snapshot's header"):
            SnapshotFile.open(str(path))

    def test_replaced(self, path: Path) -> None:
        """Readers of the old file go on; the next one to open it sees the new one."""
        file = SnapshotFile.open(str(path))
        (path.parent / "new").write_bytes(catalogues.made_up({"gamma": {"three": {}}}).data)
        os.replace(path.parent / "new", path)
        assert [*SnapshotFile.open(str(path)).blocks] == ["gamma"]
        assert file.block("alpha").ids == ["one", "two"]
        file.verify()
        path.unlink()
        assert file.block("beta").ids == ["one"]

    def test_overwritten(self, path: Path) -> None:
        """What was read before is still there; the rest is an error that names the file, never another's answer."""
        file = SnapshotFile.open(str(path))
        assert file.block("alpha").ids == ["one", "two"]
        path.write_bytes(catalogues.made_up({"beta": {"three": {}}}).data)
        assert file.block("alpha").ids == ["one", "two"]
        with pytest.raises(SnapshotError, match=r"the-file.json: the file was replaced while in use"):
            file.block("beta")
        assert SnapshotFile.open(str(path)).block("beta").ids == ["three"]

    def test_closed_by_another(self, path: Path) -> None:
        """A daemon closes every descriptor, and another file gets the number: it is neither read nor closed."""
        file = SnapshotFile.open(str(path))
        number = self.number()
        other = os.open(path.parent, os.O_RDONLY)
        os.dup2(other, number)  # closes ours
        os.close(other)
        assert file.block("alpha").ids == ["one", "two"]
        assert SnapshotFile.open(str(path)).block("beta").ids == ["one"]
        del file
        assert os.fstat(number).st_ino == path.parent.stat().st_ino
        os.close(number)

    def test_closed_by_another_and_not_read_again(self, path: Path) -> None:
        """What has the number now is not closed either when the snapshot goes."""
        file = SnapshotFile.open(str(path))
        number = self.number()
        other = os.open(path.parent, os.O_RDONLY)
        os.dup2(other, number)
        os.close(other)
        del file
        open_file.OpenFile.latest = None
        gc.collect()
        assert os.fstat(number).st_ino == path.parent.stat().st_ino
        os.close(number)

    def test_replaced_just_when_it_is_opened_again(self, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """After the look at what is at the path: the new file is not read in place of the old one."""
        file = SnapshotFile.open(str(path))
        os.close(self.number())
        (path.parent / "new").write_bytes(catalogues.made_up({"beta": {"three": {}}}).data)
        looked = os.stat

        def replaced(name: str, **how: Any) -> os.stat_result:
            found = looked(name, **how)
            if name == str(path):
                os.replace(path.parent / "new", path)
            return found

        monkeypatch.setattr(os, "stat", replaced)
        with pytest.raises(SnapshotError, match=r"the-file.json: the file was replaced while in use"):
            file.block("beta")

    def test_closed_and_replaced(self, path: Path) -> None:
        file = SnapshotFile.open(str(path))
        os.close(self.number())
        (path.parent / "new").write_bytes(SMALL)
        os.replace(path.parent / "new", path)
        with pytest.raises(SnapshotError, match=r"the-file.json: the file was replaced while in use"):
            file.block("alpha")
        path.unlink()
        with pytest.raises(SnapshotError, match=r"the-file.json: the snapshot cannot be read: No such file"):
            file.block("alpha")

    def test_an_error_while_reading(self, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        file = SnapshotFile.open(str(path))

        def failing(*_: object) -> bytes:
            raise OSError(5, "Input/output error")

        monkeypatch.setattr(os, "pread", failing)
        with pytest.raises(SnapshotError, match=r"the-file.json: the snapshot cannot be read: Input/output error"):
            file.block("alpha")

    def test_no_descriptor_is_left_open(self, path: Path) -> None:
        """Many snapshots of a file share one, and one that is closed for good is closed once."""
        SnapshotFile.open(str(path)).block("alpha")
        before = count_descriptors()
        kept = [SnapshotFile.open(str(path)) for _ in range(300)]
        assert all(file.block("alpha").ids for file in kept)
        assert count_descriptors() == before
        for _ in range(300):
            (path.parent / "new").write_bytes(SMALL)
            os.replace(path.parent / "new", path)
            assert SnapshotFile.open(str(path)).block("beta").ids == ["one"]
        assert count_descriptors() == before + 1  # that of `kept`
        kept.clear()
        assert count_descriptors() == before

    @pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
    def test_forked(self, path: Path) -> None:
        """Parent and child read at once, and the child's end does not close the parent's."""
        file = SnapshotFile.open(str(path))
        child = os.fork()
        if child == 0:
            os._exit(0 if file.block("alpha").ids == ["one", "two"] else 1)
        assert os.waitpid(child, 0)[1] == 0
        assert file.block("beta").ids == ["one"]

    def test_threads(self) -> None:
        """Each thread gets the whole answer, whoever reads at the same time."""
        file = SnapshotFile.open(PACKAGED_SNAPSHOT)
        expected = {name: span[3] for name, span in file.blocks.items()}
        with ThreadPoolExecutor(8) as pool:
            counts = pool.map(lambda name: (name, len(file.block(name).ids)), [*expected] * 4)
            assert dict(counts) == expected

    def test_pickled(self, path: Path) -> None:
        """With all its bytes: where it is read, there may be no such file."""
        data = pickle.dumps(SnapshotFile.open(str(path)))
        path.unlink()
        assert pickle.loads(data).data == SMALL

    def test_small_and_not_packaged(self, tmp_path: Path) -> None:
        path = tmp_path / "snapshot.json"
        path.write_bytes(SMALL)
        assert open_file.source_of(str(path), in_parts=False)[0] == SMALL
        with open(path, "r+b") as file:
            file.truncate(open_file.LARGE)
        assert isinstance(open_file.source_of(str(path), in_parts=False)[0], open_file.OpenFile)


def with_flags(flags: list[str]) -> bytes:
    """`SMALL` as a version with these capability flags, in this order, would have written it.

    Of a flag that is not one of ours every model has it, stated.
    """

    def change(parts: dict[str, bytes]) -> None:
        every: list[int] = []
        for provider in SnapshotFile(SMALL, "x").blocks:
            raw = parts[provider]
            line, rest = raw.split(b"\n", 1)
            index = json.loads(line + b"]}")
            index["bits"] = [sum(_bits(model, flags)) for model in json.loads(raw[:-2])["models"]]
            parts[provider] = encode_json(index).removesuffix(b"]}") + b"\n" + rest
            every += index["bits"]
        values = [*dict.fromkeys(every)]
        old = json.loads(parts["columns"][:-2])["bits"]
        new = ["".join(chr(ord("]") + values.index(bits)) for bits in every), *map(str, values)]
        parts["columns"] = parts["columns"].replace(b'"bits":' + encode_json(old), b'"bits":' + encode_json(new))

    made = with_parts(SMALL, change)
    body = made[header_end(made) :]

    def seal(header: dict[str, Any]) -> None:
        header["capabilities"] = flags
        header["digest"] = digest(header, body)

    return sealed(made, seal)


def _bits(line: dict[str, Any], flags: list[str]) -> Iterator[int]:
    model = oracle.filled(line, "")
    for number, name in enumerate(flags):
        if name not in CAPABILITIES or oracle.has(model, name):
            yield 1 << number
        if name not in CAPABILITIES or oracle.stated(model, name):
            yield 1 << (number + len(flags))
    if model.get("deprecated"):
        yield 1 << (2 * len(flags))


def reverse_bits(bits: int) -> int:
    """The same set with the flags of this version in the opposite order."""
    flags, stated = range(STATED), range(STATED, 2 * STATED)
    moved = {number: new for part in (flags, stated) for number, new in zip(part, reversed(part), strict=True)}
    moved[2 * STATED] = 2 * STATED
    return sum(1 << new for number, new in moved.items() if bits >> number & 1)


OURS = [*CAPABILITIES]


class TestOtherFlags:
    """A file of a version with other capability flags is read by their names."""

    @pytest.fixture
    def ours(self) -> SnapshotFile:
        return SnapshotFile(SMALL, "x")

    def test_the_same(self, ours: SnapshotFile) -> None:
        """A control: what these tests write is what the package writes."""
        assert with_flags(OURS) == SMALL
        assert ours.other_flags is None

    @pytest.mark.parametrize(
        "flags",
        [
            OURS[::-1],
            [*OURS[5:], *OURS[:5]],
            ["flying", *OURS],
            [*OURS[:7], "flying", *OURS[7:], "tools_flying"],
            ["tools_flying", *OURS[::-1], "flying"],
        ],
        ids=["reversed", "rotated", "one before", "two within", "two around"],
    )
    def test_in_another_order_and_with_unknown_ones(self, ours: SnapshotFile, flags: list[str]) -> None:
        data = with_flags(flags)
        file = SnapshotFile(data, "x")
        assert file.other_flags == flags
        for provider in file.blocks:
            assert file.block(provider).bits == ours.block(provider).bits
            assert file.raw_block(provider) == ours.raw_block(provider)
        theirs, mine = llm_models.Snapshot(file), llm_models.Snapshot(ours)
        assert theirs.list_models() == mine.list_models()
        for name in CAPABILITIES:
            assert theirs.candidates(require=[name]) == mine.candidates(require=[name])
            assert theirs.candidates(forbid=[name]) == mine.candidates(forbid=[name])
        file.verify()
        assert file.data == data

    @pytest.mark.parametrize("name", OURS)
    def test_without_one(self, ours: SnapshotFile, name: str) -> None:
        """It has its default, and counts as not stated."""
        file = SnapshotFile(with_flags([flag for flag in OURS if flag != name]), "x")
        default = capability_bits(Capabilities(), {}, False) & BIT[name]
        both = BIT[name] | BIT[name] << STATED
        for provider in file.blocks:
            expected = [bits & ~both | default for bits in ours.block(provider).bits]
            assert file.block(provider).bits == expected

    def test_the_base_that_an_activation_keeps(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """A version whose flags are in the opposite order restores it with its own."""
        base, _ = catalogues.base(catalogues.small(), catalogues.CURATED)
        text = b'[[models]]\nprovider = "openai"\nid = "gpt-4o"\ncapabilities.tools.strict = false\n'
        file = SnapshotFile(catalogues.merged(base, tmp_path / "llm_models.toml", text)[0].data, "x")
        expected = {name: translate_bits(base.block(name).bits, OURS) for name in base.blocks}
        assert expected == {name: base.block(name).bits for name in base.blocks}
        theirs = {name: 1 << number for number, name in enumerate(OURS[::-1])}
        for module in (records, capability_sets):
            monkeypatch.setattr(module, "BIT", theirs)
        for module in (snapshot_file, snapshot_writer):
            monkeypatch.setattr(module, "CAPABILITIES", theirs)
        restored = catalogues.restored(SnapshotFile(file.data, "x"))
        assert [*restored.blocks] == [*base.blocks]
        for name, sets in expected.items():
            assert restored.block(name).bits == [reverse_bits(bits) for bits in sets]
        assert restored.digest == base.digest

    def test_a_model_that_states_unknown_flags_takes_corrections(self, tmp_path: Path) -> None:
        """What an unknown flag states is left out of the merge, because our schema does not have it."""
        model = catalogues.model("m1", tool_call=True)
        base = catalogues.of_source(catalogues.catalogue(catalogues.provider("acme", model)))[0]
        ours = base.block("acme")
        row = ours.line(0).replace(b'"tools":{', b'"flying":true,"tools":{"flying":true,')
        assert row != ours.line(0)
        block = encode_block(ours.provider, [("m1", row, ours.bits[0])], {})
        path = tmp_path / "theirs.json"
        path.write_bytes(catalogues.assembled(base.header, {"acme": (block, 1)}, base.tail()).data)
        (tmp_path / "llm_models.toml").write_text('[[models]]\nprovider = "acme"\nid = "m1"\ncost.input = 7\n')
        made = llm_models.load(tmp_path / "llm_models.toml", snapshot=path, publish=False).get_model("acme", "m1")
        assert (made.cost.input, made.capabilities.tools.enabled) == (7, True)

    def test_no_flags_at_all(self) -> None:
        file = SnapshotFile(with_flags([]), "x")
        default = capability_bits(Capabilities(), {}, False)
        assert file.block("alpha").bits == [default, default]
        assert [model.id for model in llm_models.Snapshot(file).candidates(prefer=[])][
            -1
        ] == "one"  # beta's, deprecated

    @pytest.mark.parametrize("flags", [[*OURS, "chat"], ["chat", "chat"], None, "chat", 3, [["chat"]], {}])
    def test_no_list_of_flags(self, flags: Any, read: Read) -> None:
        data = sealed(SMALL, lambda header: header.update(capabilities=flags))
        assert "its header is not one that this package writes" in refused(data, read)


class TestStored:
    """Files that 0.1.0 wrote are read, whatever this version writes."""

    @pytest.mark.parametrize("name", ["source-base", "from-source", "from-packaged"])
    def test_every_answer(self, name: str) -> None:
        path = Path(__file__).resolve().parent / "stored" / f"{name}.json"
        file = SnapshotFile.open(str(path))
        file.verify()
        full = oracle.Plain(path.read_bytes())
        catalogue = llm_models.Snapshot(file)
        assert catalogue.list_providers() == full.list_providers()
        assert [model.key for model in catalogue.list_models()] == full.list_models()
        for flag in full.header["capabilities"]:
            assert [model.key for model in catalogue.candidates(require=[flag])] == full.candidates(require=[flag])
        for provider, model_id in full.models:
            line = file.block(provider).model(file.block(provider).rows[model_id])
            stated = file.stated(provider, model_id)
            assert {**line, "derived": None} == {**(stated or {}), "derived": None}


class TestHolds:
    def test_providers_models_and_aliases(self) -> None:
        file = SnapshotFile(SMALL, "x")
        assert file.holds("alpha")
        assert file.holds("alpha", "one")
        assert not file.holds("alpha", "uno")
        assert not file.holds("alpha", "three")
        assert not file.holds("gamma")
        assert not file.holds("gamma", "one")
        assert file.stated("alpha", "uno") is None
        assert file.stated("gamma", "one") is None
        assert file.stated("beta", "one") == {"id": "one", "name": "one", "deprecated": True}

    @pytest.mark.parametrize(
        "name", ["", "lpha", "alpha ", 'alpha":[0,1,2,3],"beta', 'a"', "[", "\\u0061lpha", "é", "\ud800"]
    )
    def test_no_provider(self, name: str) -> None:
        """The table is text until it is decoded, and no text that a user sends is taken for a part of it."""
        file = SnapshotFile(SMALL, "x")
        for _ in range(2):
            assert name not in file.blocks
            with pytest.raises(KeyError):
                file.blocks[name]
            assert sorted(file.blocks) == ["alpha", "beta"]  # decoded from here on


@pytest.mark.parametrize("numbers", ["0,1,2,6", "0,1,2,-1", "0,1_0,2,3", "0,1,2", "0,1,2,3,4", "a,1,2,3"])
def test_one_span_of_a_block_table_may_be_wrong(numbers: str) -> None:
    table = header_module.Blocks(f'"own":[0,1,2,5],"other":[{numbers}]', 9, 5, "forged.json")
    assert table["own"] == [0, 1, 2, 5]
    with pytest.raises(SnapshotError, match=r"^forged.json: not a whole snapshot"):
        table["other"]


def test_a_header_whose_checksum_is_wrong_is_not_read(tmp_path: Path) -> None:
    """Not even its date."""
    data = catalogues.base(catalogues.small(), b"")[0].data
    path = tmp_path / "snapshot.json"
    path.write_bytes(data)
    assert read_header(str(path))["format"] == FORMAT
    path.write_bytes(data.replace(b'"format":1', b'"format": 1', 1))
    with pytest.raises(SnapshotError, match="the header was altered"):
        read_header(str(path))


def test_a_merged_provider_knows_when_its_models_retire(packaged: llm_models.Snapshot) -> None:
    """Those that an application changes, and those that it does not."""
    before = packaged.view.file
    name = next(name for name in before.blocks if len(before.block(name).ids) > 5 and before.block(name).retires)
    first, *_ = before.block(name).ids
    tags = {"models": [{"provider": name, "id": first, "tags": ["x"], "retires": "2031-02-03"}]}
    after = llm_models.load(None, overrides=tags, publish=False).view.file.block(name)
    stated = {model_id: (after.model(row) or {}).get("retires") for row, model_id in enumerate(after.ids)}
    assert stated[first] == "2031-02-03"
    assert len({*stated.values()}) > 2
    assert {after.ids[row]: day for day, rows in after.retires.items() for row in rows} == {
        model_id: day for model_id, day in stated.items() if day is not None
    }


def test_aliases_are_counted(packaged: llm_models.Snapshot) -> None:
    aliases = packaged.view.file.aliases
    assert len(aliases) == len([*aliases]) == len(dict(aliases)) > 20


def test_a_descriptor_that_cannot_be_asked_is_not_a_lost_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """The error is that of the system, and the next read works."""
    file = open_file.OpenFile(PACKAGED_SNAPSHOT)
    real = os.fstat

    def failing(number: int) -> os.stat_result:
        monkeypatch.setattr(os, "fstat", real)
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    for ask in (file.status, lambda: file.read(0, 1)):
        monkeypatch.setattr(os, "fstat", failing)
        with pytest.raises(SnapshotError, match=os.strerror(errno.EIO)):
            ask()
    assert file.read(0, 1) == b"["


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", True),
        ("=google gemini gcp_gemini =xai x_ai ", True),
        ("google gemini =xai x_ai ", False),  # does not begin with a provider
        ("=google gemini", False),  # ends without a space
        ("=google gemini x=ai ", False),  # a mark that begins no provider
        ("=google  gemini ", False),  # an empty name
        (["=google gemini "], False),
        (None, False),
    ],
)
def test_the_text_of_aliases(text: object, expected: bool) -> None:
    assert header_module.Aliases.is_text(text) is expected


def test_a_record_has_no_key_of_what_is_likely() -> None:
    line = {"id": "m", "likely": ["vision"], "derived": {"limits": {"context": 8}}}
    assert block_module.effective(line, "acme") == {
        "id": "m",
        "provider": "acme",
        "provider_model_id": "m",
        "limits": {"context": 8},
    }


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("overrides_module",), 5),
        (("overrides_module",), {}),
        (("counts", "models"), ...),
        (("counts", "providers"), ...),
        (("capabilities", 0), 5),
        (("capabilities", 0), "a\nb"),
        (("base",), {"kind": "other", "digest": "x"}),
        (("base",), {"kind": "source", "digest": 5}),
        (("base",), {"kind": "packaged", "digest": None}),
        (("sources", 0, "name"), 5),
        (("sources", 0, "sha256"), None),
        (("supplements",), [{"name": 1, "date": "2026-01-01", "sha256": "x"}]),
        (("supplements",), [{"name": "a", "date": 1, "sha256": "x"}]),
        (("supplements",), [{"name": "a", "date": "2026-01-01", "sha256": 1}]),
        (("kept",), {"blocks": {"openai": [1, 2, 3]}}),
        (("filters",), {"exclude": {"openai": ["x"]}}),
        (("filters",), {"deny": {"openai": 5}}),
        (("filters",), {"allow": {"openai": [5]}}),
        (("filters",), {"prefer": [5]}),
    ],
    ids=str,
)
def test_each_part_of_a_header_that_is_wrong_is_refused(path: tuple[str | int, ...], value: object) -> None:
    parts = forging.taken_apart(catalogues.base(catalogues.small(), b"")[0].data)
    SnapshotFile(forging.put_together(parts), "forged.json")
    parts = forging.changed(parts, ("header", *path), value)
    with pytest.raises(SnapshotError, match=r"forged\.json: not a whole snapshot"):
        SnapshotFile(forging.put_together(parts), "forged.json")


def test_a_source_has_texts_and_what_is_merged_onto_it_has_none(tmp_path: Path) -> None:
    """They are what siblings are found by; those of an application's own models come from its base."""
    base, _ = catalogues.base(catalogues.small(), b"")
    merged, _ = catalogues.merged(base, tmp_path / "llm_models.toml", b'prefer = ["openai"]')
    assert {"keys", "texts"} <= base.tail().keys()
    assert not {"keys", "texts"} & merged.tail().keys()

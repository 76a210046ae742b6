"""Used: the file of the models that a code base names, in `diff --only-used` and in the notices of `activate`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from support.catalogues import catalogue, day, model, provider
from support.command import facts, fine, here, refused

import llm_models
from llm_models import ConfigError, used

if TYPE_CHECKING:
    from collections.abc import Iterator

OLD = catalogue(
    provider("acme", model("a-1"), model("b-1"), model("c-1")),
    provider("other", model("a-1"), model("d-1")),
)
NEW = catalogue(
    provider(
        "acme", model("a-1", cost={"input": 7}), model("b-1", status="deprecated"), model("c-1", cost={"input": 9})
    ),
    provider("other", model("a-1", cost={"input": 8}), model("d-1", status="deprecated")),
)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.chdir(tmp_path)
    Path("old.json").write_bytes(OLD)
    Path("new.json").write_bytes(NEW)
    return tmp_path


def changed(*arguments: str) -> set[str]:
    found = facts("diff", "old.json", "new.json", *arguments)["changes"]
    return {one["spec"] for kind in found.values() for one in kind}


class TestFile:
    def test_what_is_written_is_read(self) -> None:
        used.write("models.txt", ["openai:gpt-4o", "acme:b", "openai:gpt-4o", "bare-1", "two\nlines"])
        lines = Path("models.txt").read_text("utf-8").splitlines()
        assert lines[0].startswith("# ")
        assert "lint --used" in lines[0]
        assert lines[1:] == ["acme:b", "bare-1", "openai:gpt-4o"]
        assert used.read("models.txt").names == ((2, "acme:b"), (3, "bare-1"), (4, "openai:gpt-4o"))

    @pytest.mark.parametrize("old", [b"", b"\n", used.HEAD.encode() + b"old\n"])
    def test_its_own_and_an_empty_file_are_replaced(self, old: bytes) -> None:
        Path("models.txt").write_bytes(old)
        used.write("models.txt", ["acme:b"])
        assert used.read("models.txt").names == ((2, "acme:b"),)

    @pytest.mark.parametrize("old", [b"x = 1\n", b"# mine\nacme:b\n", b"a" * (used.MAX_BYTES + 1)])
    def test_another_file_stays(self, old: bytes) -> None:
        Path("app.py").write_bytes(old)
        with pytest.raises(ConfigError, match=r"app\.py: "):
            used.write("app.py", ["acme:b"])
        assert Path("app.py").read_bytes() == old

    def test_a_name_of_a_file_that_a_hook_passes_on_is_no_option(self) -> None:
        Path("app.py").write_bytes(b"x = 1\n")
        assert "app.py: is not a file of" in refused(here("lint", "--used=app.py"))
        assert Path("app.py").read_bytes() == b"x = 1\n"

    def test_people_may_write_it(self) -> None:
        Path("models.txt").write_bytes(b"\xef\xbb\xbf# mine\r\n\r\n  acme:b  \r\n")
        assert used.read("models.txt").names == ((3, "acme:b"),)

    @pytest.mark.parametrize(
        ("data", "why"),
        [(b"\xff", "not UTF-8"), (b"a" * (used.MAX_BYTES + 1), "too long"), (b"\n" * used.MAX_LINES, "too many lines")],
    )
    def test_what_cannot_be_read_is_named(self, data: bytes, why: str) -> None:
        Path("models.txt").write_bytes(data)
        with pytest.raises(ConfigError, match=f"models.txt: .*{why}"):
            used.read("models.txt")

    def test_a_missing_one_says_how_it_is_made(self) -> None:
        assert "lint --used" in refused(here("diff", "old.json", "new.json", "--used", "none.txt"), 1)


class TestDiff:
    @pytest.mark.parametrize(
        ("text", "specs"),
        [
            ("acme:a-1", {"acme:a-1"}),
            ("a-1@acme\nother:d-1", {"acme:a-1", "other:d-1"}),
            ("a-1", {"acme:a-1", "other:a-1"}),
            ("acme:nope", set()),
            ("", set()),
        ],
    )
    def test_only_what_the_file_names(self, text: str, specs: set[str]) -> None:
        Path("models.txt").write_text(text)
        assert changed("--used", "models.txt") == specs

    def test_with_what_the_configuration_names(self) -> None:
        """The file that `[lint]` names counts with `--only-used`, and may come later."""
        Path("llm_models.toml").write_text(
            '[lint]\nused = "models.txt"\n[[models]]\nprovider = "acme"\nid = "c-1"\ntags = ["x"]\n'
        )
        assert changed("--only-used") == {"acme:c-1"}
        Path("models.txt").write_text("other:a-1")
        assert changed("--only-used") == {"acme:c-1", "other:a-1"}
        assert changed() > changed("--only-used")

    def test_a_name_that_neither_side_has_is_a_note(self) -> None:
        Path("models.txt").write_text("acme:a-1\nacme:nope\x1b[2J\n")
        told = fine("diff", "old.json", "new.json", "--used", "models.txt")
        assert "models.txt:2:" in told.err
        assert "is not known" in told.err
        assert "\x1b" not in told.err + told.out


class TestNotices:
    def activated(self, *arguments: str) -> list[str]:
        command = ("activate", "--from", "new.json", "--out", "out.json", "--force", "--format", "json", *arguments)
        return [str(one) for one in json.loads(fine(*command).out)["notices"] if "models.txt" in str(one)]

    def test_each_model_that_is_used_and_ends(self) -> None:
        Path("models.txt").write_text("acme:a-1\nacme:b-1\nd-1\nopenai:gpt-4.5-preview\nnope-1\n")
        found = self.activated("--used", "models.txt")
        assert found[:2] == ["models.txt:2: acme:b-1: deprecated", "models.txt:3: other:d-1: deprecated"]
        assert found[2].startswith("models.txt:4: openai:gpt-4.5-preview is no longer listed")
        assert len(found) == 3

    def test_the_file_that_lint_names(self) -> None:
        Path("models.txt").write_text("acme:b-1\n")
        assert self.activated() == []
        Path("llm_models.toml").write_text('[lint]\nused = "models.txt"\n')
        (found,) = self.activated()
        assert found.endswith("models.txt:1: acme:b-1: deprecated")

    def test_a_date_and_a_successor(self) -> None:
        Path("llm_models.toml").write_text(
            f'[[models]]\nprovider = "acme"\nid = "a-1"\nretires = "{day(9)}"\nsuccessor = "acme:c-1"\n'
        )
        Path("models.txt").write_text("acme:a-1\n")
        (found,) = self.activated("--used", "models.txt")
        assert found == f"models.txt:1: acme:a-1: retires on {day(9)}; its successor is acme:c-1"

    def test_one_that_goes_with_this_activation(self) -> None:
        """Also where it records no history: with --dry-run, and with --out."""
        Path("models.txt").write_text("acme:gone-1\n")
        Path("llm_models.toml").write_text(
            '[[providers]]\nid = "gw"\n'
            '[[models]]\nprovider = "gw"\nid = "mine"\nbase = "acme:gone-1"\n'
            '[[models]]\nprovider = "gw"\nid = "again"\nbase = "gw:mine"\n'
            '[[models]]\nprovider = "gw"\nid = "stays"\nbase = "acme:b-1"\n'
        )
        for name in ("a-1", "gone-1"):  # on a day after those of the packaged history
            data = NEW.replace(b"a-1", name.encode()).replace(b"2026-01-02", b"2026-10-02")
            Path("new.json" if name == "a-1" else "old.json").write_bytes(data)
        fine("activate", "--from", "old.json", "--force")
        copies = [
            "notice: gw:mine, a copy of acme:gone-1, is missing, but llm_models.toml:6 names it",
            "notice: gw:again, a copy of acme:gone-1, is missing, but llm_models.toml:10 names it",
        ]

        def notices(*arguments: str) -> list[str]:
            told = fine("activate", "--from", "new.json", "--used", "models.txt", *arguments)
            return [line for line in told.lines if line.startswith("notice: ") and "gone-1" in line]

        strict = refused(here("activate", "--from", "new.json", "--strict"))
        assert all(line.removeprefix("notice: ") in strict for line in copies)
        for arguments in (["--dry-run"], ["--out", "out.json"]):
            assert notices(*arguments) == [*copies, "notice: models.txt:1: acme:gone-1 is missing"]
        found = notices()
        assert found[:2] == copies
        assert found[2].startswith("notice: models.txt:1: acme:gone-1 is no longer listed (")

    def test_a_copy_without_its_base_says_so(self) -> None:
        """Wherever it is asked for, and in lint; until the base is back. A model that nobody stated is just unknown."""
        Path("llm_models.toml").write_text(
            '[[providers]]\nid = "gw"\n[[models]]\nprovider = "gw"\nid = "mine"\nbase = "acme:gone-1"\n'
        )
        Path("app.py").write_text('ask(model="gw:mine")\nask(model="gw:other")\n')
        Path("old.json").write_bytes(NEW.replace(b"a-1", b"gone-1"))
        fine("activate", "--from", "old.json", "--force")
        assert fine("resolve", "gw:mine").out == "gw:mine\n"
        fine("activate", "--from", "new.json", "--force")
        why = "gw:mine is left out, because its base acme:gone-1 is gone (llm_models.toml:6)"
        for words in (["resolve", "gw:mine"], ["show", "mine@gw"], ["cost", "gw:mine", "--input", "1"]):
            assert why in refused(here(*words))
        assert "gw has no model 'other'" in refused(here("resolve", "gw:other"))
        told = here("lint", "app.py")
        assert told.code == 1
        assert told.out.count("\n") == 1
        assert told.out.startswith(f"app.py:1:12: {why}. ")
        assert json.loads(here("lint", "app.py", "--json").out)["findings"][0]["rule"] == "gone"
        llm_models.load(Path("llm_models.toml"), overrides={"prefer": ["acme"]})  # merged anew, over the file
        with pytest.raises(llm_models.UnknownModelError, match="its base acme:gone-1 is gone"):
            llm_models.resolve("gw:mine")
        fine("activate", "--from", "old.json", "--force")
        assert fine("resolve", "gw:mine").out == "gw:mine\n"
        assert fine("lint", "app.py").out == ""

    def test_check_takes_none(self) -> None:
        Path("models.txt").write_text("acme:a-1\n")
        assert "--used" in refused(here("activate", "--check", "--used", "models.txt"), 2)

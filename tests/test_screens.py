"""What people see in a terminal: nothing is cut, words stay whole, long output goes through a pager.

`RENEW_SCREENS=1 python -m pytest -q tests/test_screens.py` writes the captures in `tests/screens` anew, as after a new
packaged snapshot. Look at what changed in them before you commit it.
"""

from __future__ import annotations

import io
import json
import os
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.catalogues import catalogue, model, provider
from support.clock import on
from support.command import COMMAND, fine, here, program
from support.terminal import erased, screen, shown

from llm_models.cli import layout
from llm_models.cli.output import cell

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

posix = pytest.mark.skipif(sys.platform == "win32", reason="terminals as POSIX has them")
DAY = "2026-10-20"
FOLDER = Path(__file__).parent / "screens"
SIZES = ((80, 24), (120, 40), (200, 50))
PACKAGED = ("--config", "none")
AGAINST = ("diff", "old.json", "--against", "new.json", "--source", "models_dev")
ACTIVATE = ("activate", "--from", "faulty.json", "--out", "out.json", "--dry-run", "--force", *PACKAGED)
SCREENS: dict[str, tuple[str, ...]] = {
    "list-groq": ("list", "groq", *PACKAGED),
    "list-google": ("list", "google", *PACKAGED),
    "providers": ("providers", *PACKAGED),
    "select-why": ("select", "--why", *PACKAGED),
    "show": ("show", "openai:gpt-5.4-mini", *PACKAGED),
    "show-haiku": ("show", "anthropic:claude-haiku-4-5", *PACKAGED),
    "search": ("search", "haiku", *PACKAGED),
    "offers": ("offers", "gpt-oss-120b", *PACKAGED),
    "diff": ("diff", "old.json", "new.json"),
    "against": AGAINST,
    "activate": ACTIVATE,
    "help": ("--help",),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with two files of a source, and an application with an entry of its own."""
    path = tmp_path_factory.mktemp("screens")
    long = "a-very/long/path/of/a/provider/to/the/model-instruct-fp8"
    old = [model("m-1", cost={"input": 1, "output": 2}), model("m-2"), model(long, cost={"input": 1, "output": 4})]
    new = [
        model("m-1", cost={"input": 1234.5678, "output": 2}),
        model("m-3", name="通义千问模型" * 5),
        model(long, cost={"input": 0.000125, "output": 4}, modalities={"input": ["text", "pdf"], "output": ["text"]}),
    ]
    faulty = [
        model(f" {long} ", cost={"input": -1, "output": 4}),
        *(model(f"{long}-{at}", name=" spaces ", limit={"context": 0}, release_date="soon") for at in range(1234)),
    ]
    (path / "faulty.json").write_bytes(catalogue(provider("acme", *faulty)))
    (path / "old.json").write_bytes(catalogue(provider("acme", *old)))
    fine("activate", "--from", path / "old.json", "--out", path / "out.json", "--force", *PACKAGED)
    (path / "new.json").write_bytes(catalogue(provider("acme", *new, {"id": "broken"})))
    return path


@posix
@pytest.mark.parametrize("name", SCREENS)
@pytest.mark.parametrize("size", SIZES)
def test_the_screens_are_those_that_were_looked_at(name: str, size: tuple[int, int], folder: Path) -> None:
    code, text = shown(*SCREENS[name], size=size, day=DAY, cwd=folder)
    assert code == 0, text
    if name == "activate":  # what is before the table names a temporary file
        text = text.rpartition("--dry-run)\n")[2]
    capture = FOLDER / f"{name}-{size[0]}x{size[1]}.txt"
    if os.environ.get("RENEW_SCREENS"):
        FOLDER.mkdir(exist_ok=True)
        capture.write_text(screen(text, size[0]), "utf-8")
    assert screen(text, size[0]) == capture.read_text("utf-8")
    assert "…" not in text


@posix
@pytest.mark.parametrize("name", ["show", "show-haiku"])
def test_a_usual_model_is_one_screen(name: str, folder: Path) -> None:
    _, text = shown(*SCREENS[name], cwd=folder)
    assert len(screen(text, 80).splitlines()) < 24


class Terminal(io.StringIO):
    """An output that is a terminal."""

    def isatty(self) -> bool:
        return True


def prices(rows: list[dict[str, Any]]) -> Iterator[object]:
    for row in rows:
        yield row["spec"]
        yield from (row["cost"][name] for name in ("input", "output") if name in row.get("cost", {}))
        yield from [row["retires"]] if "retires" in row else []


def offered(rows: list[dict[str, Any]]) -> Iterator[object]:
    for row in rows:
        yield from (row["spec"], row.get("input"), row.get("output"), row.get("retires"))


def changes(found: dict[str, Any]) -> Iterator[object]:
    yield from (*found["models_added"], *found["models_removed"])
    for rows in found["changes"].values():
        for row in rows:
            yield from (row["spec"], row["field"])
            yield from (row["old"], row["new"]) if isinstance(row["old"], float | int) else ()


def compared(found: dict[str, Any]) -> Iterator[object]:
    for row in found["differences"]:
        yield from (row["spec"], row["field"], row["ours"], row["theirs"])


def dropped(found: dict[str, Any]) -> Iterator[object]:
    yield from (found["models"], found["providers"])
    for row in found["notes"]:
        yield from (row["count"], row["place"], *row["examples"])


LAW: dict[str, tuple[tuple[str, ...], Callable[[Any], Iterator[object]]]] = {
    "list": (("list", "google", *PACKAGED), prices),
    "list of all that a reseller has": (("list", "vercel", *PACKAGED), prices),
    "providers": (("providers", *PACKAGED), lambda rows: (value for row in rows for value in (row["id"],))),
    "select": (("select", "--require", "tools", "--all", "--limit", "50", *PACKAGED), prices),
    "select why": (("select", "--why", *PACKAGED), prices),
    "search": (("search", "haiku", *PACKAGED), lambda found: (row["spec"] for row in found["rows"])),
    "offers": (("offers", "gpt-oss-120b", *PACKAGED), offered),
    "explain": (
        ("explain", "openai:gpt-5.4-mini", *PACKAGED),
        lambda found: (
            value for row in found["fields"] for value in (row["field"], row["value"], row.get("place"))
            if not isinstance(value, list)
        ),
    ),
    "history": (
        ("history", "openai:gpt-5.4-mini", *PACKAGED),
        lambda found: (value for row in found["prices"] for value in (row["valid_from"], row["price"]["input"])),
    ),
    "show": (
        ("show", "openai:gpt-5.4-mini", *PACKAGED),
        lambda row: iter([
            row["spec"], *row["limits"].values(), row["cost"]["cache_read"], row["cost"]["modes"]["flex"]["cache_read"],
            *row["served_as"],
        ]),
    ),
    "diff": (("diff", "old.json", "new.json"), changes),
    "against": (AGAINST, compared),
    "activate": (ACTIVATE, dropped),
    "cost": (
        ("cost", "openai:gpt-5.4-mini", "--input", "10k", "--output", "2k", *PACKAGED),
        lambda bill: iter([bill["total"], *(line["amount"] for line in bill["lines"])]),
    ),
    "info": (("info", *PACKAGED), lambda facts: iter([facts["digest"], facts["date"]])),
}  # fmt: skip


@pytest.mark.whole
@pytest.mark.parametrize("colour", [True, False])
@pytest.mark.parametrize("name", LAW)
def test_nothing_is_cut_or_broken(name: str, colour: bool, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """At every width, each id, number and date of the answer is a word in the text, and lines fit."""
    monkeypatch.chdir(folder)
    monkeypatch.setenv("LLM_MODELS_PAGER", "cat")
    monkeypatch.setenv("TERM", "xterm")
    if not colour:
        monkeypatch.setenv("NO_COLOR", "1")
    words, facts = LAW[name]
    with on(DAY):
        wanted = [*facts(json.loads(fine(*words, "--json").out))]
        monkeypatch.setattr(io, "StringIO", Terminal)
        for columns in (20, 40, 60, 80, 120, 200):
            monkeypatch.setenv("COLUMNS", str(columns))
            result = here(*words)
            assert ("\x1b" in result.out) <= colour
            text = re.sub(r"\x1b\[[\d;]*m", "", erased(result.out + result.err))
            found = {word.strip(";,()*") for word in text.split()}
            missing = [fact for fact in wanted if fact is not None and cell(fact).split()[0].strip(";,()") not in found]
            assert not missing, (columns, missing[:3], text[:2000])
            for line in text.splitlines():
                assert layout.width(line) <= columns or " " not in line.strip(), (columns, line)


@posix
class TestPager:
    LONG = ("list", "openai", *PACKAGED)

    def paged(self, folder: Path, *args: str, **env: str) -> tuple[int, str, str | None]:
        """Exit code, terminal, and what the pager read, if it was started."""
        file = folder / "paged.txt"
        file.unlink(missing_ok=True)
        code, text = shown(*args, cwd=folder, **{"LLM_MODELS_PAGER": "cat > paged.txt", **env})
        return code, text, file.read_text("utf-8") if file.exists() else None

    def test_long_output_goes_through_it(self, folder: Path) -> None:
        code, text, read = self.paged(folder, *self.LONG)
        assert code == 0
        assert read is not None
        assert "openai:gpt-5.4-mini" in read
        assert "openai:gpt-5.4-mini" not in text
        assert "too narrow for these columns" in text  # the note is not lost in it

    def test_short_output_does_not(self, folder: Path) -> None:
        assert self.paged(folder, "resolve", "openai:gpt-5.4-mini", *PACKAGED)[2] is None

    @pytest.mark.parametrize("words", [("--no-pager", *LONG), (*LONG, "--no-pager")])
    def test_no_pager(self, folder: Path, words: tuple[str, ...]) -> None:
        code, text, read = self.paged(folder, *words)
        assert (code, read) == (0, None)
        assert "openai:gpt-5.4-mini" in text

    @pytest.mark.parametrize("command", ["", "cat", "no-such-pager", "no-such-pager | no-such-program", "less 'S"])
    def test_without_one_it_is_printed(self, folder: Path, command: str) -> None:
        code, text, _ = self.paged(folder, *self.LONG, LLM_MODELS_PAGER=command)
        assert code == 0
        assert "openai:gpt-5.4-mini" in text

    def test_one_that_is_left_early_is_no_error(self, folder: Path) -> None:
        code, text, _ = self.paged(folder, "list", *PACKAGED, LLM_MODELS_PAGER="head -1")
        assert code == 0
        assert len(screen(text, 80).splitlines()) < 6, text

    def test_one_that_fails_is_named(self, folder: Path) -> None:
        """Else there is nothing to see, and nothing that tells why."""
        code, text, _ = self.paged(folder, *self.LONG, LLM_MODELS_PAGER="sh -c 'exit 7'")
        assert code == 0
        assert "the pager, sh -c 'exit 7', failed with exit code 7 (--no-pager" in " ".join(text.split())

    def test_less_shows_styles_and_ends_by_itself(self, folder: Path) -> None:
        assert self.paged(folder, *self.LONG, LLM_MODELS_PAGER="echo $LESS > paged.txt")[2] == "FRX\n"
        assert self.paged(folder, *self.LONG, LLM_MODELS_PAGER="echo $LESS > paged.txt", LESS="S")[2] == "S\n"
        _, _, read = self.paged(folder, *self.LONG, LESS="S")
        assert read is not None
        assert "\x1b" not in read

    def test_a_pipe_gets_everything_at_once(self, folder: Path) -> None:
        result = program([*COMMAND, *self.LONG], folder, LLM_MODELS_PAGER="cat > paged.txt", TERM="xterm")
        assert "openai:gpt-5.4-mini" in result.out
        assert "\x1b" not in result.out

    def test_an_interrupt_is_the_pagers(self, folder: Path) -> None:
        """Ctrl-C reaches the command, too; it waits for the pager, and ends as if nothing had happened."""
        code, text, read = self.paged(folder, *self.LONG, LLM_MODELS_PAGER="kill -INT $PPID; cat > paged.txt")
        assert (code, "interrupted" in text) == (0, False)
        assert read is not None


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="Linux has a full device")
class TestFull:
    @pytest.mark.parametrize(
        "words",
        [
            "list", pytest.param("list --json", marks=pytest.mark.whole), "resolve openai:gpt-5.4-mini", "--help",
            "--version",
        ],
    )  # fmt: skip
    def test_a_full_disk_is_not_our_fault(self, words: str) -> None:
        command = " ".join(["exec", *(f"'{word}'" for word in COMMAND), words])
        result = program(["sh", "-c", f"{command} > /dev/full"])
        assert (result.code, result.err) == (1, "llm-models: cannot write the output: no space left on device\n")
        for closed in ("2>&-", "2>/dev/full"):
            assert program(["sh", "-c", f"{command} > /dev/full {closed}"])[:2] == (1, "")

    @pytest.mark.parametrize("unbuffered", ["", "1"])
    def test_a_disk_that_is_full_after_a_part(self, tmp_path: Path, unbuffered: str) -> None:
        """A part of a text is never a success, also where Python's streams have no buffers, as in many containers."""
        for words in ("list --json --limit 300", "export jsonl --scope openai"):
            command = " ".join(["ulimit -f 40; exec", *(f"'{word}'" for word in COMMAND), words])
            shell = ["bash", "-c", f"{command} > part.txt"]
            result = program(shell, tmp_path, PYTHONUNBUFFERED=unbuffered)
            assert (result.code, result.err) == (1, "llm-models: cannot write the output: file too large\n")
            assert (tmp_path / "part.txt").stat().st_size == 40 * 1024

    @pytest.mark.parametrize("unbuffered", ["", "1"])
    def test_a_pipe_that_is_closed_after_a_part(self, unbuffered: str) -> None:
        command = " ".join(f"'{word}'" for word in COMMAND)
        script = f"{command} list --json --limit 300 | head -1; echo ${{PIPESTATUS[0]}}"
        result = program(["bash", "-c", script], PYTHONUNBUFFERED=unbuffered)
        assert (result.out, result.err) == ("[\n1\n", "")

    def test_a_message_that_cannot_be_written_changes_nothing(self) -> None:
        command = " ".join(["exec", *(f"'{word}'" for word in COMMAND), "show openai:nope"])
        for closed in ("2>&-", "2>/dev/full", ">&- 2>&-"):
            assert program(["sh", "-c", f"{command} {closed}"]) == (1, "", "")

    def test_a_closed_output(self) -> None:
        command = " ".join(["exec", *(f"'{word}'" for word in COMMAND), "list"])
        assert program(["sh", "-c", f"{command} >&-"]) == (
            1, "", "llm-models: cannot write the output: it is closed\n",
        )  # fmt: skip


TEXT = st.text(st.sampled_from("ab-:/'通 "), max_size=60)


@settings(max_examples=200)
@given(TEXT, st.integers(8, 60))
def test_wrapped_text_has_the_same_words(text: str, most: int) -> None:
    lines = layout.wrapped(text, most)
    assert [word for line in lines for word in line.split()] == text.split()
    assert all(layout.width(line) <= most or len(line.split()) == 1 for line in lines if line.strip())


@settings(max_examples=300)
@given(
    st.lists(st.tuples(TEXT, TEXT, TEXT, TEXT), max_size=5),
    st.sampled_from([(), ("b",), ("d", "b")]),
    st.sampled_from([(), ("c",), ("c", "d")]),
    st.integers(8, 100),
)
def test_a_fitted_table_has_every_word(
    rows: list[tuple[str, ...]], drop: tuple[str, ...], wrap: tuple[str, ...], most: int
) -> None:
    fitted = layout.table("abcd", rows, ("b",), drop, wrap, most)
    kept = [at for at, name in enumerate("abcd") if name not in fitted.left_out]
    assert set(fitted.left_out) <= set(drop)
    found = " ".join(fitted.lines).split()
    for row in rows:
        assert not {word for at in kept for word in row[at].split()} - {*found}
    for line in fitted.lines:
        assert layout.width(line) <= most or len(line.split()) <= 1, line


@pytest.mark.parametrize("name", [":::::::::::: 通通", "a" * 17 + " 通通", "a" * 30 + " b", "a b " * 9])
@pytest.mark.parametrize("most", [16, 20, 24])
def test_a_name_of_several_words_is_no_line_that_is_too_long(name: str, most: int) -> None:
    """Where the first column is narrowed, too."""
    fitted = layout.table("ab", [(name, "")], most=most)
    assert " ".join(fitted.lines[1:]).split() == name.split()
    assert all(layout.width(line) <= most or len(line.split()) == 1 for line in fitted.lines)


def test_an_excerpt_stays_as_it_is(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    monkeypatch.setenv("COLUMNS", "40")
    monkeypatch.setenv("LLM_MODELS_PAGER", "cat")
    text = 'a = "' + "x y " * 15 + '"\nid = gpt\n'
    Path("bad.toml").write_text(f"{text}", "utf-8")
    plain = here("validate", "bad.toml").out
    monkeypatch.setattr(io, "StringIO", Terminal)
    narrow = here("validate", "bad.toml").out
    assert plain.splitlines()[1:] == narrow.splitlines()[-2:]
    assert len(narrow.splitlines()) > len(plain.splitlines())


def test_what_the_library_logs_is_a_message_of_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a line of its own, after that of a long command is removed, and broken between words. A pipe gets one line."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TERM", "xterm")
    entry = '[[models]]\nprovider = "openai"\nid = "gpt-5.4-mini"\ncost.output = 0.0000012345\n'
    Path("llm_models.toml").write_text(entry, "utf-8")
    words = ("export", "csv", "--scope", "openai", "--out", "table.csv")
    plain = here(*words).err
    assert plain.startswith("llm_models: llm_models.toml:4: openai:gpt-5.4-mini: cost.output: ")
    assert plain.splitlines()[1:] == ["models: 53"]
    monkeypatch.setenv("COLUMNS", "50")
    monkeypatch.setattr(io, "StringIO", Terminal)
    narrow = here(*words).err
    assert "\x1b[2K" in narrow  # it showed what it does
    lines = erased(narrow).splitlines()
    assert lines[0].startswith("llm_models: ")
    assert all(layout.width(line) <= 50 for line in lines)
    assert " ".join(erased(narrow).split()) == " ".join(plain.split())

"""Code base: which files are read, in which order, and which are skipped and why."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from llm_models.codebase import MissingPathError, files, read_file
from llm_models.files import FileError
from llm_models.mentions import LIMIT


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    names = (
        *("b.py", "a.py", ".env", "src/x.yaml", "src/deep/y_test.py", "tests/t.py", "README.md", "uv.lock"),
        *("package-lock.json", "node_modules/m.py", ".venv/v.py", ".github/workflows/ci.yml", "own/pyvenv.cfg"),
        *("own/lib/z.py", "llm_models.toml", ".llm_models/config.json", "build/c.py", "src/app.ts"),
    )
    for name in names:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x", encoding="utf-8")
    return tmp_path


def paths(*given: str, exclude: tuple[str, ...] = (), quoted: tuple[str, ...] = ()) -> list[str]:
    found = files(given or (".",), exclude={".": exclude}, quoted=quoted)
    return [one.path.replace(os.sep, "/") for one in found if one.skipped is None]


ALL = [".env", ".github/workflows/ci.yml", "a.py", "b.py", "src/deep/y_test.py", "src/x.yaml", "tests/t.py"]


def test_a_walk_is_sorted_and_passes_over_what_is_not_ones_own(tree: Path) -> None:
    assert paths() == ALL
    assert [one for one in files(["."]) if one.skipped] == []


def test_a_path_that_is_given_is_read(tree: Path) -> None:
    assert paths("node_modules", ".venv/v.py", "own", "llm_models.toml") == [
        ".venv/v.py",
        "llm_models.toml",
        "node_modules/m.py",
        "own/lib/z.py",
    ]


def test_each_file_once(tree: Path) -> None:
    assert paths("src", ".", "./a.py", str(tree / "b.py")).count("src/x.yaml") == 1
    assert len(paths("src", ".", "./a.py", str(tree / "b.py"))) == len(ALL)


@pytest.mark.parametrize(
    ("glob", "gone"),
    [
        ("tests/**", {"tests/t.py"}),
        ("tests", {"tests/t.py"}),
        ("./tests/", {"tests/t.py"}),
        ("*_test.py", {"src/deep/y_test.py"}),
        ("src/*.py", set()),
        ("src/**/*.py", {"src/deep/y_test.py"}),
        ("**/x.yaml", {"src/x.yaml"}),
        ("src", {"src/deep/y_test.py", "src/x.yaml"}),
        ("deep/y_test.py", set()),
        ("[ab].py", {"a.py", "b.py"}),
        ("?.PY", set()),
        ("", set()),
        ("*a" * 200, set()),
    ],
)
def test_exclude(tree: Path, glob: str, gone: set[str]) -> None:
    assert set(ALL) - set(paths(exclude=(glob,))) == gone


def test_what_is_given_and_excluded_is_left_out(tree: Path) -> None:
    """A hook passes every file that is staged."""
    assert [*files(["tests"], exclude={".": ["tests"]})] == []


def test_quoted_globs_add_files(tree: Path) -> None:
    assert [one.path for one in files(["."], quoted=["*.ts"]) if one.quoted] == [str(Path("src/app.ts"))]


def test_a_missing_path_is_an_error_before_any_file(tree: Path) -> None:
    with pytest.raises(MissingPathError, match="'no/such'") as caught:
        next(files(["a.py", "no/such"]))
    assert (caught.value.exit_code, caught.value.paths) == (1, ("no/such",))


def test_a_file_of_another_kind_that_is_given_is_skipped(tree: Path) -> None:
    (one,) = files(["README.md"])
    assert one.skipped is not None


def test_a_long_file_is_skipped(tree: Path) -> None:
    with (tree / "a.py").open("wb") as file:
        file.truncate(LIMIT + 1)
    assert [one.path for one in files(["."]) if one.skipped and "too long" in one.skipped] == ["a.py"]
    with pytest.raises(FileError):
        read_file("a.py")


@pytest.mark.skipif(os.name == "nt", reason="links, FIFOs and names of bytes as POSIX knows them")
class TestSpecialFiles:
    def test_links_are_not_followed_in_a_walk(self, tree: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
        outside = tmp_path_factory.mktemp("outside")
        (outside / "secret.py").write_text("x", encoding="utf-8")
        (tree / "link.py").symlink_to(outside / "secret.py")
        (tree / "folder").symlink_to(outside)
        assert paths() == ALL
        assert [one.path for one in files(["."]) if one.skipped] == ["link.py"]
        assert paths("link.py", "folder") == ["folder/secret.py", "link.py"]

    def test_a_fifo_is_never_opened(self, tree: Path) -> None:
        os.mkfifo(tree / "pipe.py")
        assert [one.path for one in files([".", "pipe.py"]) if one.skipped] == ["pipe.py"]

    def test_a_dangling_link(self, tree: Path) -> None:
        (tree / "gone.py").symlink_to("nowhere")
        assert [one.skipped for one in files(["gone.py"])] == ["it is a link that leads nowhere"]

    def test_a_name_that_is_not_utf_8(self, tree: Path) -> None:
        try:
            (tree / os.fsdecode(b"\xff.py")).write_text("x", encoding="utf-8")
        except OSError:
            pytest.skip("the file system takes UTF-8 names only")
        assert len(paths()) == len(ALL) + 1

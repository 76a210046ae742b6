"""Only ENOENT and ENOTDIR mean that a file is not there; every other failure is an error that names the path.

The law is shown by letting every system call about an application's files fail, one at a time: the outcome is the
right answer or an error of ours, never an answer without the deny and never a changed file.
"""

from __future__ import annotations

import ast
import builtins
import errno
import json
import os
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from support import ROOT, histories
from support.catalogues import day, numbered
from support.command import Result, fine, here, program

import llm_models
from llm_models import locks, paths, replacement
from llm_models.errors import ConfigError, LLMModelsError, SnapshotError, printable
from llm_models.snapshot_file import SnapshotFile
from llm_models.timeline import History

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

CODES = [errno.EIO, errno.EACCES, errno.ELOOP, errno.ENAMETOOLONG, errno.EMFILE, errno.ESTALE]
DENY = '[deny]\nacme = ["m0"]\n'
ALL = '[deny]\nopenai = ["*"]\n'
NAMES = {paths.CONFIG_NAME, paths.STATE_NAME, ".git"}


def removed(path: Path) -> Path:
    """`path`, removed while it is the working directory."""
    path.mkdir()
    os.chdir(path)
    path.rmdir()
    return path


class TestExists:
    @pytest.fixture(autouse=True)
    def files(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(tmp_path)
        Path("file").touch()
        Path("folder").mkdir()
        Path("link").symlink_to("folder")
        Path("dangling").symlink_to("missing")
        Path("loop").symlink_to("loop")

    @pytest.mark.parametrize(
        ("path", "anything", "folder"),
        [
            ("file", True, False),
            ("folder", True, True),
            ("link", True, True),
            ("dangling", True, False),
            ("missing", False, False),
            ("missing/x", False, False),
            ("file/x", False, False),
        ],
    )
    def test_what_is_there(self, path: str, anything: bool, folder: bool) -> None:
        assert paths.exists(path) is anything
        assert paths.exists(path, folder=True) is folder

    @pytest.mark.parametrize(
        ("path", "why"),
        [
            ("n" * 300, "File name too long"),
            ("loop/x", "Too many levels of symbolic links"),
            ("nul\0", "is not a possible file name"),
            ("\ud800", "is not a possible file name"),
        ],
    )
    @pytest.mark.parametrize("kind", [ConfigError, SnapshotError])
    def test_what_cannot_be_known(self, path: str, why: str, kind: type[LLMModelsError]) -> None:
        for folder in (False, True):
            with pytest.raises(kind) as caught:
                paths.exists(path, kind.__name__, folder=folder)  # type: ignore[arg-type]
            assert str(caught.value) == f"{printable(path)}: {why}"
        assert paths.exists("loop")

    @pytest.mark.parametrize("code", [*CODES, errno.ENOENT, errno.ENOTDIR])
    def test_every_error(self, code: int, monkeypatch: pytest.MonkeyPatch) -> None:
        def refuse(*_: object) -> None:
            raise OSError(code, os.strerror(code))

        for name, folder in (("lstat", False), ("stat", True)):
            with monkeypatch.context() as patch:
                patch.setattr(os, name, refuse)
                if code in (errno.ENOENT, errno.ENOTDIR):
                    assert not paths.exists("file", folder=folder)
                    continue
                with pytest.raises(ConfigError) as caught:
                    paths.exists("file", folder=folder)
            assert str(caught.value) == f"file: {os.strerror(code)}"
            assert [problem.file for problem in caught.value.problems] == ["file"]


class Faults:
    """Every call of `os` and `open` about a path below `top`, or with one of `NAMES`, in the order of the calls.

    The call with the number `at` fails with `code`.
    """

    def __init__(self, patch: pytest.MonkeyPatch, top: Path, at: int, code: int) -> None:
        self.top, self.at, self.code = str(top), at, code
        self.here = os.getcwd()
        self.calls: list[tuple[str, str]] = []
        self.open: dict[int, str] = {}
        for name in ("lstat", "stat", "listdir"):
            patch.setattr(os, name, self.wrap(name, getattr(os, name), self.path))
        for name in ("read", "fstat"):
            patch.setattr(os, name, self.wrap(name, getattr(os, name), self.open.get))
        patch.setattr(os, "getcwd", self.wrap("getcwd", os.getcwd, lambda: "the working directory"))
        patch.setattr(os, "open", self.wrap("open", os.open, self.path))
        patch.setattr(os, "fsync", lambda _: None)  # no power is cut here
        patch.setattr(builtins, "open", self.wrap("builtins.open", builtins.open, self.path))

    def path(self, path: Any) -> str | None:
        """The path where it belongs to the application, else None."""
        if isinstance(path, int):
            return self.open.get(path)
        full = os.path.join(self.here, os.fspath(path))
        mine = full.startswith(self.top) or os.path.basename(full) in NAMES
        return full if mine and "__pycache__" not in full else None

    def wrap(self, name: str, real: Callable[..., Any], path_of: Callable[..., str | None]) -> Callable[..., Any]:
        def call(*args: Any, **more: Any) -> Any:
            path = path_of(*args[:1])
            if path is not None:
                self.calls.append((name, path))
                if len(self.calls) == self.at + 1:
                    raise OSError(self.code, os.strerror(self.code))
            result = real(*args, **more)
            if name == "open":
                self.open.pop(result, None)
                if path is not None:
                    self.open[result] = path
            return result

        return call

    @property
    def struck(self) -> bool:
        """Whether a call failed."""
        return len(self.calls) > self.at

    def names(self, message: str) -> bool:
        """Whether a message names the path of the failed call, or one of the application's, and the reason."""
        path = self.calls[self.at][1]
        named = os.path.basename(path) in message or self.top in message or "working directory" in message
        return named and os.strerror(self.code) in message


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """No curated overrides, which only take time to read here."""
    real = paths.resources
    none = str(tmp_path_factory.mktemp("none"))
    monkeypatch.setattr(paths, "resources", lambda name: none if name == "overrides" else real(name))


@pytest.fixture
def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, quick: None) -> Path:
    """The working directory, inside a repository with a deny and an activation."""
    repo = tmp_path / "repo"
    (repo / ".git").mkdir(parents=True)
    (repo / "app").mkdir()
    monkeypatch.chdir(repo)
    Path("api.json").write_bytes(numbered(3, last_updated=day(-1)))
    write(repo, DENY)
    fine("activate", "--from", "api.json", "--force")
    monkeypatch.chdir(repo / "app")
    return repo


def write(folder: Path, text: str) -> None:
    (folder / paths.CONFIG_NAME).write_text(text, encoding="utf-8")


def content(folder: Path) -> dict[str, bytes]:
    """Every file in and below a folder, locks left out."""
    every = sorted(path for path in folder.rglob("*") if path.is_file() and path.name != locks.LOCK_NAME)
    return {str(path.relative_to(folder)): path.read_bytes() for path in every}


def every_fault(top: Path, work: Callable[[], Any], judge: Callable[[Faults, Any], None], codes: list[int]) -> int:
    """Run `work` with each call failing in turn with each code, and `judge` the outcome; how many runs met a fault."""
    for turn in range(1000):
        at, code = turn // len(codes), codes[turn % len(codes)]
        with pytest.MonkeyPatch.context() as patch:
            faults = Faults(patch, top, at, code)
            outcome = work()
        judge(faults, outcome)
        if not faults.struck:
            return turn
    pytest.fail("never came to an end")


@pytest.fixture
def little(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """A package with little data, because a fault is no other one with more of it."""
    histories.shipped(monkeypatch, tmp_path_factory.mktemp("package"), numbered(3, last_updated=day(-9)), day(-9))


class TestEveryFault:
    """Every call fails in turn: the right answer, or an error that names the path."""

    @pytest.fixture(
        params=[pytest.param(CODES[:1], id="EIO"), pytest.param(CODES[1:], id="others", marks=pytest.mark.whole)]
    )
    def codes(self, request: pytest.FixtureRequest) -> list[int]:
        """The codes of the failures; those after the first take the same ways through the package."""
        codes: list[int] = request.param
        return codes

    @pytest.mark.parametrize("activated", [True, False])
    def test_load(self, app: Path, activated: bool, codes: list[int]) -> None:
        if not activated:  # the catalogue is then the packaged one
            (app / paths.STATE_NAME / "snapshot.json").unlink()
            write(app, ALL)
        spec = "acme:m0" if activated else "openai:gpt-4o-mini"

        def work() -> bool | LLMModelsError:
            try:
                return llm_models.load(publish=False).allowed(spec)
            except LLMModelsError as error:
                return error

        def judge(faults: Faults, outcome: bool | LLMModelsError) -> None:
            if isinstance(outcome, LLMModelsError):
                assert isinstance(outcome, ConfigError | SnapshotError)
                assert faults.struck
                assert faults.names(str(outcome)), (faults.calls[-1], outcome)
            else:
                assert outcome is False, faults.calls[faults.at :]

        assert every_fault(app.parent, work, judge, codes) >= 7 * len(codes)

    @staticmethod
    def run(top: Path, args: tuple[str, ...], right: Callable[[Result], bool], codes: list[int]) -> None:
        """The command with each call failing: `right` holds whenever it does not name what failed."""
        kept = content(top)

        def restore() -> None:
            for name in content(top).keys() - kept.keys():
                (top / name).unlink()
            for name, data in kept.items():
                (top / name).write_bytes(data)

        def judge(faults: Faults, told: Result) -> None:
            context = (faults.calls[faults.at : faults.at + 1], told)
            assert told.code in (0, 1), context
            if not right(told):
                assert faults.struck, context
                assert faults.names(told.err + told.out), context
                now, grows = content(top), f"repo/{paths.STATE_NAME}/{paths.HISTORY_NAME}"  # is written first
                assert now.keys() >= kept.keys(), context
                assert all(now[name] == data for name, data in kept.items() if name != grows), context
                History(now[grows], grows).verify()
                assert told.code == 1, context
            restore()

        assert every_fault(top, lambda: here(*args), judge, codes) >= len(codes)

    def test_resolve(self, app: Path, codes: list[int]) -> None:
        expected = here("resolve", "acme:m0")
        assert (expected.code, expected.out) == (1, "")
        assert "llm_models.toml:2" in expected.err
        self.run(app.parent, ("resolve", "acme:m0"), lambda told: told == expected, codes)

    @pytest.mark.parametrize("text", [DENY, 'perfer = ["acme"]\n'])
    def test_validate(self, app: Path, text: str, codes: list[int]) -> None:
        write(app, text)
        code, problem = (0, "") if text == DENY else (1, "unknown key 'perfer'")

        def right(told: Result) -> bool:
            return told.code == code and problem in told.out and told.err.startswith("1 file checked (")

        self.run(app.parent, ("validate",), right, codes)

    def test_info(self, app: Path, codes: list[int]) -> None:
        expected = json.loads(fine("info", "--json").out)
        assert str(app / paths.CONFIG_NAME) in expected["configuration"]["path"]

        def right(told: Result) -> bool:
            facts = json.loads(told.out) if told.code == 0 else {}
            histories = facts.get("histories")
            without = any("problem" in one for one in histories or ())  # which is no failure
            return without or {**facts, "version": expected["version"]} == expected

        self.run(app.parent, ("info", "--json"), right, codes)

    @pytest.mark.parametrize(
        "args", [("set", "acme:m1", "cost.input=7"), ("unset", "acme:m2"), ("exclude", "acme", "m2")], ids=" ".join
    )
    def test_a_change(self, app: Path, args: tuple[str, ...], codes: list[int]) -> None:
        write(app, before := DENY + '\n[[models]]\nprovider = "acme"\nid = "m2"\ntags = ["x"]\n')
        fine(*args)
        after = (app / paths.CONFIG_NAME).read_text(encoding="utf-8")
        assert DENY in after != before
        write(app, before)
        self.run(
            app.parent,
            args,
            lambda told: told.code == 0 and (app / paths.CONFIG_NAME).read_text(encoding="utf-8") == after,
            codes,
        )

    def test_the_first_change(self, app: Path, codes: list[int]) -> None:
        """There is no file yet: it is written as a whole or not at all."""
        path = app / paths.CONFIG_NAME
        path.unlink()

        def right(told: Result) -> bool:
            return told.code == 0 and path.read_text(encoding="utf-8") == '[exclude]\nacme = ["m2"]\n'

        self.run(app.parent, ("exclude", "acme", "m2"), right, codes)

    def test_init_beside_a_file(self, app: Path, codes: list[int]) -> None:
        """What is missing beside it is written; once nothing is, that is said."""
        state = app / paths.STATE_NAME

        def right(told: Result) -> bool:
            there = {".gitignore", "overrides.schema.json"} <= {path.name for path in state.iterdir()}
            return there and (told.code == 0 or "this file exists already" in told.err)

        self.run(app.parent, ("init", str(app)), right, codes)
        assert (app / paths.CONFIG_NAME).read_text(encoding="utf-8") == DENY

    def test_init(self, app: Path, codes: list[int]) -> None:
        def right(told: Result) -> bool:
            text = Path(paths.CONFIG_NAME).read_text(encoding="utf-8") if told.code == 0 else ""
            return text == Path(paths.TEMPLATE).read_text(encoding="utf-8")

        self.run(app.parent, ("init",), right, codes)

    @pytest.mark.parametrize("pulled", [True, False])
    @pytest.mark.usefixtures("little")
    def test_activate(self, app: Path, pulled: bool, codes: list[int]) -> None:
        """Whatever is put in place has the deny."""
        Path("api.json").write_bytes(numbered(4, last_updated=day(0)))
        if pulled:
            fine("pull", "--url", "api.json")
        active = str(app / paths.STATE_NAME / "snapshot.json")

        def right(told: Result) -> bool:
            file = SnapshotFile.open(active)
            file.verify()
            assert file.config() == DENY.encode()
            return told.code == 0 and file.header["counts"]["models"] == 4

        self.run(app.parent, ("activate",) if pulled else ("activate", "--from", "api.json"), right, codes[:2])


class TestDiscovery:
    def test_outside_a_repository_every_parent_is_asked(self, tmp_path: Path) -> None:
        """A folder above that cannot be searched could be the root of the repository that holds the file."""
        inner = tmp_path / "a" / "b"
        inner.mkdir(parents=True)

        def work() -> object:
            try:
                return paths.find(start=str(inner)).config
            except ConfigError as error:
                return error

        def judge(faults: Faults, outcome: object) -> None:
            if faults.struck:
                assert isinstance(outcome, ConfigError)
                assert str(outcome) == (
                    f"{faults.calls[-1][1]}: {os.strerror(faults.code)}. "
                    "LLM_MODELS_CONFIG can name the file to use; an empty value means none."
                )
            else:
                assert outcome is None

        assert every_fault(tmp_path, work, judge, CODES[:2]) > 2 * len(inner.parents)

    @pytest.mark.parametrize("name", [paths.CONFIG_NAME, paths.STATE_NAME])
    def test_a_folder_with_files_of_its_own_depends_on_no_parent(
        self, tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (tmp_path / name).mkdir()
        faults = Faults(monkeypatch, tmp_path, 10**6, errno.EIO)
        assert paths.find(start=str(tmp_path)).state == str(tmp_path / paths.STATE_NAME)
        assert {os.path.dirname(path) for _, path in faults.calls} == {str(tmp_path)}

    def test_a_named_file_needs_no_working_directory(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        write(tmp_path, DENY)
        removed(tmp_path / "gone")
        path = str(tmp_path / paths.CONFIG_NAME)
        assert paths.find(path).config == path
        monkeypatch.setenv(paths.CONFIG_VARIABLE, path)
        assert paths.find().config == path


@pytest.mark.skipif(sys.platform == "win32", reason="a working directory cannot be removed there")
class TestNoWorkingDirectory:
    """Nothing is found there, packaged data answers, and a relative name is an error."""

    @pytest.fixture
    def gone(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        monkeypatch.chdir(tmp_path)  # so that the test ends where it began
        return removed(tmp_path / "gone")

    def test_a_process(self, tmp_path: Path) -> None:
        code = "import os; os.mkdir('d'); os.chdir('d'); os.rmdir('../d'); import llm_models; "
        asked = program(
            [sys.executable, "-P", "-c", code + "print(llm_models.get_model('openai', 'gpt-4o-mini').id)"], tmp_path
        )
        assert asked == Result(0, "gpt-4o-mini\n", "")

    @pytest.mark.usefixtures("gone")
    def test_load(self) -> None:
        assert llm_models.get_model("openai", "gpt-4o-mini").id == "gpt-4o-mini"
        assert llm_models.load() is llm_models.snapshot()
        assert paths.working_folder() is None
        assert (paths.find().config, paths.find().state, paths.find().found) == (None, None, True)

    @pytest.mark.parametrize("name", ["config", "snapshot"])
    @pytest.mark.usefixtures("gone")
    def test_a_relative_name(self, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
        why = r"^x: the working directory cannot be found: No such file or directory$"
        with pytest.raises(ConfigError, match=why):
            llm_models.load(**{name: "x"})  # type: ignore[arg-type]
        monkeypatch.setenv(paths.CONFIG_VARIABLE, "x")
        with pytest.raises(ConfigError, match=why):
            llm_models.load()

    def test_reload_from_a_folder_with_a_file(self, gone: Path) -> None:
        """The same paths again: none."""
        llm_models.load()
        gone.mkdir()
        write(gone, ALL)
        os.chdir(gone)
        assert llm_models.reload().allowed("openai:gpt-4o-mini")
        assert not llm_models.load().allowed("openai:gpt-4o-mini")

    @pytest.mark.parametrize(
        "args", ["resolve openai:gpt-4o-mini", "list openai", "info", "diff", "validate --if-present"]
    )
    @pytest.mark.usefixtures("gone")
    def test_a_command_that_reads(self, args: str) -> None:
        told = fine(*args.split())
        assert "warning" not in told.err

    @pytest.mark.parametrize(
        ("args", "name"),
        [
            ("set openai:gpt-4o-mini cost.input=1", paths.CONFIG_NAME),
            ("exclude openai o3-*", paths.CONFIG_NAME),
            ("init", "."),
            ("pull --url api.json", ".llm_models/upstream.json"),
            ("activate", ".llm_models/snapshot.json"),
            ("activate --out x.json", "x.json"),
            ("rollback", ".llm_models/snapshot.json"),
            ("info --config x.toml", "x.toml"),
        ],
    )
    @pytest.mark.usefixtures("gone", "quick")
    def test_a_command_that_needs_a_folder(self, args: str, name: str) -> None:
        message = f"llm-models: {name}: the working directory cannot be found: No such file or directory\n"
        assert here(*args.split()) == Result(1, "", message)

    def test_a_command_with_absolute_paths(self, gone: Path) -> None:
        folder = gone.parent / "app"
        fine("init", str(folder))
        path = str(folder / paths.CONFIG_NAME)
        fine("exclude", "openai", "o3-*", "--config", path)
        assert fine("validate", path).err == f"1 file checked ({path}): no problems\n"
        fine("activate", "--config", path)
        assert (folder / paths.STATE_NAME / "snapshot.json").exists()

    def test_another_failure_is_an_error(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def refuse() -> str:
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

        monkeypatch.setattr(os, "getcwd", refuse)
        with pytest.raises(ConfigError, match=r"^\.: the working directory cannot be found: Permission denied$"):
            llm_models.load()


class TestMeanwhile:
    """A file that appears between the look and the write is not replaced."""

    def test_it_stays(self, monkeypatch: pytest.MonkeyPatch) -> None:
        real = replacement.write_atomically

        def late(path: str, data: bytes, **how: Any) -> None:
            if os.path.basename(path) == paths.CONFIG_NAME:
                write(Path(), ALL)
            real(path, data, **how)

        monkeypatch.setattr(replacement, "write_atomically", late)
        told = here("init")
        path = os.path.abspath(paths.CONFIG_NAME)
        assert told.code == 1
        assert told.err.startswith(f"llm-models: {path}: this file exists already; ")
        assert Path(path).read_text(encoding="utf-8") == ALL
        assert not [name for name in os.listdir() if name.endswith(replacement.TEMPORARY)]


NOBODY = 65534


@pytest.mark.skipif(
    sys.platform != "linux" or not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can be another user"
)
@pytest.mark.filterwarnings("ignore:.*multi-threaded:DeprecationWarning")  # no child of ours uses other threads
class TestAnotherUser:
    """Real permissions: what another user may not look at is an error."""

    @pytest.fixture
    def folder(self) -> Iterator[Path]:
        with tempfile.TemporaryDirectory() as name:
            os.chmod(name, 0o755)
            write(Path(name), ALL)
            yield Path(name)

    def nobody(self, folder: Path, *args: str, config: str | None = None) -> Result:
        """Run `llm-models` as a user without any rights, in that folder."""
        here(*args)  # imports what the command needs, which that user may not be able to read
        reader, writer = os.pipe()
        pid = os.fork()
        if not pid:
            try:
                os.chdir(folder)
                os.setgroups([])
                os.setgid(NOBODY)
                os.setuid(NOBODY)
                if config is not None:
                    os.environ[paths.CONFIG_VARIABLE] = config
                os.write(writer, json.dumps(here(*args)).encode())
            finally:
                os._exit(0)
        os.close(writer)
        with os.fdopen(reader, "rb") as pipe:
            answer = pipe.read()
        os.waitpid(pid, 0)
        return Result(*json.loads(answer))

    @pytest.fixture(autouse=True)
    def control(self, folder: Path) -> None:
        asked = self.nobody(folder, "resolve", "openai:gpt-4o-mini", config="")
        if asked != (0, "openai:gpt-4o-mini\n", ""):
            pytest.skip("another user cannot run this installation")
        assert "llm_models.toml:2" in self.nobody(folder, "resolve", "openai:gpt-4o-mini").err

    @pytest.mark.parametrize(
        "args", ["resolve openai:gpt-4o-mini", "validate", "info", "activate", "init", "exclude openai o3-*"]
    )
    def test_a_folder_that_cannot_be_searched(self, folder: Path, args: str) -> None:
        folder.chmod(0o700)
        told = self.nobody(folder, *args.split())
        path = folder / paths.CONFIG_NAME
        assert (told.code, told.out, len(told.lines)) == (1, "", 1)
        assert told.err.startswith(f"llm-models: {path}: Permission denied")
        assert content(folder) == {paths.CONFIG_NAME: ALL.encode()}

    def test_a_folder_above(self, folder: Path) -> None:
        inner = folder / "inner"
        inner.mkdir()
        assert self.nobody(inner, "resolve", "openai:gpt-4o-mini").code == 0  # no repository
        folder.chmod(0o711)  # its names can be looked up
        assert self.nobody(inner, "resolve", "openai:gpt-4o-mini").code == 0
        (folder / ".git").mkdir()
        assert "llm_models.toml:2" in self.nobody(inner, "resolve", "openai:gpt-4o-mini").err
        folder.chmod(0o700)
        assert "Permission denied" in self.nobody(inner, "resolve", "openai:gpt-4o-mini").err

    def test_the_file_and_the_state_folder(self, folder: Path) -> None:
        (folder / paths.CONFIG_NAME).chmod(0o600)
        message = f"llm-models: {folder / paths.CONFIG_NAME}: Permission denied\n"
        assert self.nobody(folder, "resolve", "openai:gpt-4o-mini") == (1, "", message)
        (folder / paths.CONFIG_NAME).chmod(0o644)
        (folder / paths.STATE_NAME).mkdir(0o700)
        active = folder / paths.STATE_NAME / "snapshot.json"
        for args in (["resolve", "openai:gpt-4o-mini"], ["info"]):
            assert self.nobody(folder, *args) == (1, "", f"llm-models: {active}: Permission denied\n")


def test_only_the_module_that_knows_errors_looks_for_files() -> None:
    """`os.path.exists` and its kin take every error for absence; `getcwd` and `abspath` need a working directory."""
    looks = {"abspath", "exists", "getcwd", "is_dir", "is_file", "isdir", "isfile", "islink", "ismount", "lexists"}
    users = {
        (path.name, node.attr)
        for path in (ROOT / "llm_models").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_bytes()))
        if isinstance(node, ast.Attribute)
        and node.attr in looks
        and not (isinstance(node.value, ast.Name) and node.value.id in {"paths", "self"})
    }
    assert users == {("paths.py", "abspath"), ("paths.py", "getcwd")}

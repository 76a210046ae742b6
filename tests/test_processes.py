"""Trust as whole programs see it: each ordinary way to start Python, with a gateway in the file that was found.

Each program is a process of its own. The library, the tools and the code that the found file names are installed
elsewhere, so only the way in which the program was started decides. Not run: AWS Lambda, PyInstaller, Windows.
"""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import socket
import subprocess
import sys
import sysconfig
import venv
import zipfile
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from support import probe
from support.catalogues import numbered, write_small
from support.command import environment, program
from support.loopback import serving

import llm_models
from llm_models.cli import cli

if TYPE_CHECKING:
    from collections.abc import Callable

IS_ROOT = hasattr(os, "geteuid") and os.geteuid() == 0
STRANGER = 12345
pytestmark = pytest.mark.skipif(os.name == "nt", reason="written for the environments of POSIX systems")
PROGRAM = "import probe\nprobe.main()\n"
TESTS = "import probe\n\ndef test_it():\n    probe.main()\n"
SPAWNED = """
import multiprocessing
import probe

if __name__ == "__main__":
    child = multiprocessing.get_context("spawn").Process(target=probe.main)
    child.start()
    child.join()
"""
FINDER = """
import sys
from importlib.util import spec_from_file_location

class Finder:
    @classmethod
    def find_spec(cls, name, path=None, target=None):
        return spec_from_file_location(name, {file!r}) if name == "house" else None

def install():
    sys.meta_path.append(Finder)
"""
"""What setuptools writes for an editable install of a project without a folder `src`, in short."""


class Env(NamedTuple):
    """A virtual environment with the library under test, the probe and some tools."""

    folder: Path

    @property
    def packages(self) -> Path:
        return self._path("purelib")

    @property
    def bin(self) -> Path:
        return self._path("scripts")

    @property
    def python(self) -> Path:
        return self.bin / os.path.basename(sys.executable)

    def _path(self, name: str) -> Path:
        return Path(sysconfig.get_path(name, "venv", {"base": str(self.folder), "platbase": str(self.folder)}))

    def create(self) -> Env:
        venv.create(self.folder, symlinks=os.name != "nt")
        known = [entry for entry in sys.path if os.path.basename(entry) in {"site-packages", "dist-packages"}]
        library = os.path.dirname(os.path.dirname(llm_models.__file__))
        (self.packages / "library.pth").write_text("\n".join([library, *known]))
        shutil.copy(probe.__file__, self.packages / "probe.py")
        (self.packages / "ask.py").write_text(PROGRAM)
        self.add_script("ask", "probe")
        self.add_script("pytest", "pytest")
        self.add_script("uvicorn", "uvicorn")
        self.add_script("gunicorn", "gunicorn.app.wsgiapp", "run")
        self.add_script("llm-models", "llm_models.cli")
        return self

    def add_script(self, name: str, module: str, function: str = "main") -> None:
        """A console script, as pip writes it."""
        (self.bin / name).write_text(f"import sys\nfrom {module} import {function}\nsys.exit({function}())\n")


class Place(NamedTuple):
    """A project, an environment elsewhere, and names for others."""

    project: Path
    elsewhere: Env

    @property
    def inside(self) -> Env:
        return Env(self.project / ".venv")

    @property
    def outside(self) -> Env:
        return Env(self.project.parent / "env")

    def everything(self) -> list[Path]:
        return [self.project, *self.project.rglob("*")]


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Env:
    folder = tmp_path_factory.mktemp("elsewhere")
    (folder / "ask.py").write_text(PROGRAM)
    (folder / "test_ask.py").write_text(TESTS)
    (folder / "pytest.ini").write_text("[pytest]\n")
    shutil.copy(Path(probe.__file__).with_name("kernel.py"), folder)
    return Env(folder / "env").create()


@pytest.fixture
def place(tmp_path: Path, elsewhere: Env) -> Place:
    project = tmp_path / "proj"
    files = {
        "llm_models.toml": probe.CONFIG,
        "app.py": PROGRAM,
        "sub/x.py": PROGRAM,
        "src/house/__init__.py": "from probe import main\n",
        "flat/__init__.py": "from probe import main\n",
        "test_it.py": TESTS,
        "spawned.py": SPAWNED,
        "web.py": "from probe import asgi, wsgi\n",
        "pytest.ini": "[pytest]\n",
        ".git/HEAD": "",
        "notebooks/x.ipynb": "",
        "../proj-2/app.py": PROGRAM,
    }
    for name, text in files.items():
        (project / name).parent.mkdir(parents=True, exist_ok=True)
        (project / name).write_text(text)
    with zipfile.ZipFile(project / "app.pyz", "w") as archive:
        archive.writestr("__main__.py", PROGRAM)
    return Place(project, elsewhere)


# What is done before a program is started.


def env_inside(place: Place) -> None:
    place.inside.create()


def env_linked_in(place: Place) -> None:
    place.inside.folder.symlink_to(place.outside.create().folder)


def env_linked_out(place: Place) -> None:
    place.outside.folder.symlink_to(place.inside.create().folder)


def env_on_top_of_one_inside(place: Place) -> None:
    """As `uv run --with` does: the path has the packages of both."""
    line = f"import site; site.addsitedir({str(place.inside.create().packages)!r})"
    (place.outside.create().packages / "overlay.pth").write_text(line)


def editable(place: Place, env: Env | None = None) -> None:
    env = (env or place.outside).create()
    (env.packages / "house.pth").write_text(str(place.project / "src"))
    env.add_script("house", "house")


def editable_inside(place: Place) -> None:
    editable(place, place.inside)


def editable_by_finder(place: Place) -> None:
    env = place.outside.create()
    (env.packages / "finder.py").write_text(FINDER.format(file=str(place.project / "flat" / "__init__.py")))
    (env.packages / "house.pth").write_text("import finder; finder.install()")
    env.add_script("house", "house")


def not_editable(place: Place, env: Env | None = None) -> None:
    env = (env or place.outside).create()
    shutil.copytree(place.project / "src" / "house", env.packages / "house")
    env.add_script("house", "house")


def not_editable_inside(place: Place) -> None:
    not_editable(place, place.inside)


def writable_by_everybody(place: Place) -> None:
    for path in place.everything():
        path.chmod(0o777)


def of_root(place: Place) -> None:
    for path in place.everything():
        os.chown(path, 0, 0)


def of_another_user(place: Place) -> None:
    for path in place.everything():
        os.chown(path, STRANGER, STRANGER)


def sticky(place: Place) -> None:
    place.project.chmod(0o1777)


def sticky_with_a_strangers_file(place: Place) -> None:
    sticky(place)
    os.chown(place.project / "llm_models.toml", STRANGER, STRANGER)


class Way(NamedTuple):
    """A way to start a program: its words, the folder below the project in which it starts, and the rest."""

    name: str
    words: str
    cwd: str = ""
    stdin: str = ""
    variables: tuple[tuple[str, str], ...] = ()
    prepare: Callable[[Place], None] | None = None
    needs: str = "llm_models"

    def start(self, place: Place) -> str:
        """Run the program to its end, or ask it if it is a server: what it printed or answered."""
        if self.prepare is not None:
            self.prepare(place)
        names = {**place._asdict(), "python": place.elsewhere.python, "bin": place.elsewhere.bin, "code": PROGRAM}
        names |= {"inside": place.inside, "outside": place.outside}
        home = place.project.parent / "home"  # servers and kernels write there
        home.mkdir()
        env = environment(HOME=str(home), PYTEST_DISABLE_PLUGIN_AUTOLOAD="1")
        for name in ("PYTHONPATH", "PYTHONSAFEPATH", "PYTEST_ADDOPTS"):
            env.pop(name, None)
        env |= {name: value.format_map(names) for name, value in self.variables}
        how: dict[str, Any] = {"cwd": place.project / self.cwd, "env": env}
        if "{socket}" in self.words:
            return asked(self.words, names, **how)
        words = [word.format_map(names) for word in self.words.split()]
        done = subprocess.run(words, input=self.stdin, capture_output=True, text=True, timeout=60, check=False, **how)
        assert done.returncode == 0, done
        return done.stdout

    def __str__(self) -> str:
        return self.name


def asked(words: str, names: dict[str, Any], **how: Any) -> str:
    """Start a server on a socket that exists already, and ask it once: the request waits until it is ready."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        names = {**names, "socket": listening.fileno()}
        server = subprocess.Popen(
            [word.format_map(names) for word in words.split()], pass_fds=[listening.fileno()], **how
        )
        address = listening.getsockname()
    try:
        with socket.create_connection(address, timeout=60) as asking:
            asking.sendall(b"GET / HTTP/1.0\r\n\r\n")
            return b"".join(iter(lambda: asking.recv(1 << 16), b"")).decode()
    finally:
        server.terminate()
        server.wait(timeout=60)


SAFE = (("PYTHONSAFEPATH", "1"),)
NAMED = (("LLM_MODELS_CONFIG", "{project}/llm_models.toml"),)
KERNEL = "{python} -Wignore {elsewhere.folder}/../kernel.py {code}"

GIVEN = [
    Way("script", "{python} app.py"),
    Way("script in the folder above", "{python} ../app.py", "sub"),
    Way("script in a folder below", "{python} sub/x.py"),
    Way("module", "{python} -m app"),
    Way("zip file", "{python} app.pyz"),
    Way("-c", "{python} -c {code}"),
    Way("-c in a folder below", "{python} -c {code}", "sub"),
    Way("standard input", "{python} -", stdin=PROGRAM),
    Way("prompt", "{python} -q -i", stdin=PROGRAM),
    Way("kernel", KERNEL, needs="ipykernel"),
    Way("kernel in a folder below", KERNEL, "notebooks", needs="ipykernel"),
    Way("as in a kernel", "{python} -m probe"),
    Way("as in a kernel in a folder below", "{python} -m probe", "notebooks"),
    Way("process that a script spawns", "{python} spawned.py"),
    # A safe path keeps the folder off `sys.path`. But the script itself is code of the project.
    Way("script with -P", "{python} -P app.py"),
    Way("script with -I", "{python} -I app.py"),
    Way("script with PYTHONSAFEPATH", "{python} app.py", variables=SAFE),
    Way("uvicorn", "{python} {bin}/uvicorn --fd {socket} --lifespan off web:asgi", needs="uvicorn"),
    Way("gunicorn", "{python} {bin}/gunicorn --bind fd://{socket} web:wsgi", needs="gunicorn"),
    Way("pytest", "{python} {bin}/pytest -q -s test_it.py"),
    Way("pytest with importlib", "{python} {bin}/pytest -q -s --import-mode=importlib test_it.py"),
    Way("editable install", "{outside.python} {outside.bin}/house", prepare=editable),
    Way("editable install inside", "{inside.python} {inside.bin}/house", prepare=editable_inside),
    Way("editable install by a finder", "{outside.python} {outside.bin}/house", prepare=editable_by_finder),
    Way("not editable, named", "{outside.python} {outside.bin}/house", variables=NAMED, prepare=not_editable),
    Way("files of root", "{python} app.py", prepare=of_root),
    Way("files of another user", "{python} app.py", prepare=of_another_user),
    Way("files that everybody can write", "{python} app.py", prepare=writable_by_everybody),
    # Python itself imports from the folder here, so its author's code could run in any case.
    Way("tool as a module", "{python} -m ask"),
    Way("tool with PYTHONPATH", "{python} {bin}/ask", variables=(("PYTHONPATH", "."),)),
    Way("tool with an empty PYTHONPATH entry", "{python} {bin}/ask", variables=(("PYTHONPATH", ":/nowhere"),)),
]

REFUSED = [
    Way("-c with -P", "{python} -P -c {code}"),
    Way("-c with -I", "{python} -I -c {code}"),
    Way("-c with PYTHONSAFEPATH", "{python} -c {code}", variables=SAFE),
    Way("standard input with -P", "{python} -P -", stdin=PROGRAM),
    Way("standard input with -I", "{python} -I -", stdin=PROGRAM),
    Way("standard input with PYTHONSAFEPATH", "{python} -", stdin=PROGRAM, variables=SAFE),
    Way("prompt with -P", "{python} -P -q -i", stdin=PROGRAM),
    Way("kernel with PYTHONSAFEPATH", KERNEL, variables=SAFE, needs="ipykernel"),
    Way("as in a kernel with -P", "{python} -P -m probe"),
    Way("as in a kernel with PYTHONSAFEPATH", "{python} -m probe", variables=SAFE),
    Way("tool as a module with -P", "{python} -P -m ask"),
    Way("tool", "{python} {elsewhere.folder}/../ask.py"),
    Way("tool in a folder below", "{python} {elsewhere.folder}/../ask.py", "sub"),
    Way("installed tool", "{python} {bin}/ask"),
    Way("tool of an environment inside", "{inside.python} {inside.bin}/ask", prepare=env_inside),
    Way("tool of an environment inside, in a folder below", "{inside.python} {inside.bin}/ask", "sub",
        prepare=env_inside),
    Way("tool of an environment inside, by a relative path", ".venv/bin/python .venv/bin/ask", prepare=env_inside),
    Way("tool of an environment that is linked", "{inside.python} {inside.bin}/ask", prepare=env_linked_in),
    Way("tool of an environment inside, by a link", "{outside.python} {outside.bin}/ask", prepare=env_linked_out),
    Way("tool with the Python of an environment inside", "{inside.python} {elsewhere.folder}/../ask.py",
        prepare=env_inside),
    Way("pytest of an environment inside, on other tests",
        "{inside.python} {inside.bin}/pytest -q -s {elsewhere.folder}/../test_ask.py", prepare=env_inside),
    Way("tool of an environment on top of one inside", "{outside.python} {outside.bin}/ask",
        prepare=env_on_top_of_one_inside),
    Way("not editable", "{outside.python} {outside.bin}/house", prepare=not_editable),
    Way("not editable, environment inside", "{inside.python} {inside.bin}/house", prepare=not_editable_inside),
    Way("similar name", "{python} ../proj-2/app.py"),
    Way("folder that everybody can write", "{python} sub/x.py", prepare=sticky),
    Way("stranger's file in such a folder", "{python} -c {code}", prepare=sticky_with_a_strangers_file),
]  # fmt: skip


def skip_unless_possible(way: Way) -> None:
    if importlib.util.find_spec(way.needs) is None:
        pytest.skip(f"{way.needs} is not installed")
    if way.prepare in {of_root, of_another_user, sticky_with_a_strangers_file} and not IS_ROOT:
        pytest.skip("only root can give files away")


def answers_of(output: str) -> Any:
    """What the probe printed, among what the program printed besides."""
    [line] = [line for line in output.splitlines() if '"endpoint"' in line]
    return json.loads(line[line.index("{") : line.rindex("}") + 1])


class TestWays:
    """The outcome depends on how the program was started."""

    @pytest.mark.parametrize("way", GIVEN, ids=str)
    def test_given(self, place: Place, way: Way) -> None:
        skip_unless_possible(way)
        assert answers_of(way.start(place)) == probe.GIVEN

    @pytest.mark.parametrize("way", REFUSED, ids=str)
    def test_refused(self, place: Place, way: Way) -> None:
        skip_unless_possible(way)
        answers = answers_of(way.start(place))
        path = place.project / "llm_models.toml"
        assert f"is stated by {path}:5, which was found, not named" in answers["endpoint"]
        assert answers["code"].startswith(f"{path}:1: overrides_module names code, and this file was found, not named")
        assert f"LLM_MODELS_CONFIG={path}" in answers["endpoint"]
        assert f"LLM_MODELS_CONFIG={path}" in answers["code"]


COMMANDS = [
    "--help",
    "--version",
    "activate --help",
    "list openai",
    "providers",
    "show openai:gpt-4o-mini",
    "offers openai:gpt-4o-mini",
    "select --require tools",
    "resolve gpt-4o-mini@openai",
    "search claude sonnet",
    "history openai:gpt-5-codex",
    "cost openai:gpt-4o-mini --input 1000 --cached 200",
    "export litellm openai:gpt-4o-mini",
    "export csv openai:gpt-4o-mini",
    "export sqlite openai:gpt-4o-mini --out models.sqlite",
    "validate",
    "explain openai:gpt-4o-mini",
    "init new",
    "activate",
    "pull --url {url}",
    "activate --force --from .llm_models/upstream.json",
    "browse --snapshot ../toy.json --out page.html",
    "rollback",
    "diff packaged pulled",
    "add openai:mine --base openai:gpt-5.4",
    "set openai:gpt-4o-mini cost.input=1",
    "unset openai:gpt-4o-mini cost.input",
    "exclude openai gpt-4o",
    "info --verify",
    "lint",
    "schema overrides",
    "completion bash",
]
SHELLS = ("bash", "zsh", "fish")
OPTIONAL = ("sitecustomize", "usercustomize", "brotli", "brotlicffi", "colorama", "socks", "js", "marked")
"""Modules that Python or a library imports where there are any, and the one that the configuration names."""


@pytest.fixture(scope="module")
def shadows() -> set[str]:
    """The names of all modules that could be imported here, so that none is forgotten; the library's own excepted."""
    names = {*sys.stdlib_module_names, *packages_distributions(), *OPTIONAL} - {"llm_models"}
    return {name for name in names if name.isidentifier()}


class TestCommands:
    """No command runs code of the folder. Only `--behaviour` runs the module that the configuration names."""

    @pytest.fixture
    def marks(self, place: Place, shadows: set[str]) -> Path:
        """A folder with a mark for each module of the clone, or named by its configuration, that was run."""
        marks = place.project.parent / "marks"
        marks.mkdir()
        write_small(place.project.parent)
        for name in shadows:
            (place.project / f"{name}.py").write_text(f"open({str(marks / name)!r}, 'w').close()\n")
        (place.project / "llm_models").mkdir()
        (place.project / "llm_models" / "__init__.py").write_text(f"open({str(marks / 'ours')!r}, 'w').close()\n")
        (marks.parent / "rules").mkdir()
        text = f"open({str(marks / 'named')!r}, 'w').close()\ndef models(): return []\n"
        (marks.parent / "rules" / "marked.py").write_text(text)
        (place.project / "llm_models.toml").write_text('overrides_module = "marked"\n')
        return marks

    def run(self, place: Place, *words: str, **variables: str) -> str:
        """What the console script prints in the clone; the module that the configuration names can be imported."""
        env = environment(PYTHONPATH=str(place.project.parent / "rules"), **variables)
        env.pop("PYTHONSAFEPATH", None)
        script = [place.elsewhere.python, place.elsewhere.bin / "llm-models", *words]
        result = program(script, place.project, env=env)
        assert result.code == 0, (words, result)
        return result.out

    def test_import_nothing_of_the_clone(self, place: Place, marks: Path) -> None:
        names = {words.split()[0] for words in COMMANDS if not words.startswith("-")}
        assert names == set(cli.commands)
        with serving(numbered(20)) as (url, _):
            for words in COMMANDS:
                self.run(place, *words.format(url=url).split())
                assert not list(marks.iterdir()), words

    @pytest.mark.parametrize("shell", SHELLS)
    def test_nor_do_completions(self, place: Place, marks: Path, shell: str) -> None:
        assert "llm-models" in self.run(place, _LLM_MODELS_COMPLETE=f"{shell}_source")
        completed = self.run(
            place, COMP_WORDS="llm-models show openai:gpt-4o-m", _LLM_MODELS_COMPLETE=f"{shell}_complete"
        )
        assert "gpt-4o-mini" in completed
        assert not list(marks.iterdir())

    def test_an_option_runs_the_module_that_the_configuration_names(self, place: Place, marks: Path) -> None:
        with_option = {name for name, each in cli.commands.items() if "behaviour" in {p.name for p in each.params}}
        assert with_option
        for words in [words for words in COMMANDS if words.split()[0] in with_option]:
            self.run(place, *words.split(), "--behaviour")
            assert [mark.name for mark in marks.iterdir()] == ["named"], words
            (marks / "named").unlink()

    def test_the_marks_work(self, place: Place, marks: Path) -> None:
        """A Python that imports from the clone leaves them, so the tests above can fail."""
        words = [place.elsewhere.python, "-c", "import json, llm_models"]
        program(words, place.project, env=environment())
        assert {"json", "ours"} <= {mark.name for mark in marks.iterdir()}

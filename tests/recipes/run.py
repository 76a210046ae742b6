"""Run the recipes of docs/recipes.md, each with the newest release of its library, in an environment of its own.

    python tests/recipes/run.py                the recipes, or only those that are named
    python tests/recipes/run.py --lowest       the suite's tests of our integrations, each with the lowest releases
                                               that pyproject.toml accepts; or only those of the extras that are named

It needs Python and pip. `--envs FOLDER` keeps the environments, or uses those that are there.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shlex
import subprocess
import sys
import tempfile
import threading
import tomllib
import venv
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "recipes.md").read_text(encoding="utf-8")
BLOCKS = {
    (kind, name): text
    for kind, name, text in re.findall(r"^```(python|text|console) (\w+)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
}
RECIPES = [name for kind, name in BLOCKS if kind == "python"]
REQUIREMENTS = Path(__file__).parent / "requirements"
OFFLINE = {"mlflow", "langfuse"}
"""Recipes that send nothing."""
SAYS = {"instructor": '{"greeting": "hello"}'}
"""What the server answers, if it is not `hello`."""
CONFIG = '[[providers]]\nid = "groq"\nbase_url = "{url}"\nopenai_base_url = "{url}"\n'
NEWEST = {"test_usage_types.py"}
"""Tests of integrations that list what the newest releases have."""
ELSEWHERE = {
    "click": ["tests/test_pins.py"],
    "duckdb": ["tests/test_tables.py", "tests/test_usage_sql.py"],
    "parquet": ["tests/test_tables.py"],
    "pydantic": ["tests/test_pins.py"],
    "yaml": ["tests/test_lint.py", "tests/test_mentions.py"],
}
"""Extra -> the files of tests in other folders that use its library, except as a list of prices."""
IMPORTS = """
import sys
from importlib import import_module, metadata
modules = metadata.packages_distributions()
# The drivers adbc_... that come with a library need another one.
for name in sys.argv[1:]:
    print(name, metadata.version(name))
    of_name = [one for one in modules if name.lower() in map(str.lower, modules[one])]
    found = [one for one in of_name if one.isidentifier() and one[0] != "_" and not one.startswith("adbc_")]
    assert [import_module(one) for one in found], name
"""
"""Prints the versions of libraries, and imports them: the tests of one that has no import would only be skipped."""
TELEMETRY = {"HAYSTACK_TELEMETRY_ENABLED": "False", "MLFLOW_DISABLE_TELEMETRY": "true", "DO_NOT_TRACK": "1"}


class Provider(ThreadingHTTPServer):
    """A server on the loopback that answers every request with one chat completion, and keeps the requests."""

    daemon_threads = True

    def __init__(self, says: str) -> None:
        requests: list[tuple[str, str, str]] = []

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                requests.append((self.path, str(self.headers["Authorization"]), asked["model"]))
                choice = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": says}}
                usage = {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}
                answer = {"id": "1", "object": "chat.completion", "created": 0, "model": asked["model"]}
                data = json.dumps({**answer, "choices": [choice], "usage": usage}).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *_: object) -> None:
                """Write nothing."""

        super().__init__(("127.0.0.1", 0), Handler)
        self.requests = requests
        threading.Thread(target=self.serve_forever, daemon=True).start()


def environment(folder: Path, *requirements: str) -> Path:
    """The folder of the commands of an environment that has our package and the requirements."""
    scripts = folder / ("Scripts" if os.name == "nt" else "bin")
    if not (folder / "complete").exists():
        venv.create(folder, with_pip=True, clear=True)
        subprocess.run([scripts / "python", "-m", "pip", "install", "-q", *requirements], check=True, cwd=ROOT)
        (folder / "complete").touch()
    return scripts


def run(command: list[str], scripts: Path, home: Path, **variables: str) -> str:
    """What a command prints. It ends the program where the command fails."""
    inherited = {name: os.environ[name] for name in ("SYSTEMROOT", "TEMP", "TMP") if name in os.environ}
    path = f"{scripts}{os.pathsep}{os.environ['PATH']}"
    own = {"PATH": path, "HOME": str(home), "USERPROFILE": str(home), "LLM_USER_PATH": str(home)}
    done = subprocess.run(
        command, cwd=home, env={**inherited, **own, **TELEMETRY, **variables}, capture_output=True, text=True,
        encoding="utf-8", timeout=300, check=False,
    )  # fmt: skip
    if done.returncode:
        sys.exit(f"{shlex.join(command)}: exit code {done.returncode}\n{done.stdout}\n{done.stderr}")
    return done.stdout


def recipe(name: str, folder: Path) -> None:
    """Run the program of a recipe and the commands below it, and compare what they print with the page."""
    scripts = environment(folder, "-e", ".", "-r", str(REQUIREMENTS / f"{name}.txt"))
    provider = Provider(SAYS.get(name, "hello"))
    with provider, tempfile.TemporaryDirectory() as temporary:
        home = Path(temporary)
        (home / "llm_models.toml").write_text(CONFIG.format(url=f"http://127.0.0.1:{provider.server_port}/v1"), "utf-8")
        (home / "program.py").write_text(BLOCKS["python", name], "utf-8")
        named = {"LLM_MODELS_CONFIG": str(home / "llm_models.toml")}
        printed = run([str(scripts / "python"), "program.py"], scripts, home, GROQ_API_KEY="gsk-example", **named)
        same(name, BLOCKS.get(("text", name), ""), printed)
        for command, lines in re.findall(r"^\$ (.+)\n((?:[^$].*\n)*)", BLOCKS.get(("console", name), ""), re.MULTILINE):
            words = shlex.split(command)
            printed = run([str(scripts / words[0]), *words[1:]], scripts, home)
            for line in lines.splitlines():
                if line not in printed.splitlines():
                    sys.exit(f"{name}: {command}: expected the line {line!r}, found:\n{printed}")
        expected = [] if name in OFFLINE else [("/v1/chat/completions", "Bearer gsk-example", "openai/gpt-oss-20b")]
        same(name, str(expected), str(provider.requests))
        provider.shutdown()


def same(name: str, expected: str, found: str) -> None:
    if expected != found:
        sys.exit(f"{name}: expected:\n{expected}\nfound:\n{found}")


def extras() -> dict[str, list[str]]:
    """Each extra for users and its requirements."""
    project: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    found: dict[str, list[str]] = project["optional-dependencies"]
    return {name: found[name] for name in found if name not in {"dev", "docs", "integrations-test", "test"}}


def tests(extra: str) -> list[str]:
    """The files of tests for an extra: all of the integrations, which skip what they have no library for.

    So no new file is missed.
    """
    found = sorted((ROOT / "tests" / "integrations").glob("test_*.py"))
    return [f"tests/integrations/{one.name}" for one in found if one.name not in NEWEST] + ELSEWHERE.get(extra, [])


def lowest(extra: str, folder: Path) -> None:
    """The suite's tests of an extra, with the lowest releases of its libraries."""
    pinned = [re.sub(r">=([\w.]+).*", r"==\1", requirement) for requirement in extras()[extra]]
    scripts = environment(folder, "-e", f".[{extra},test]", *pinned)
    named = [re.sub(r"(\[.*\])?==.*", "", requirement) for requirement in pinned]
    subprocess.run([scripts / "python", "-c", IMPORTS, *named], check=True)
    command = [scripts / "python", "-m", "pytest", "-q", "-rs", "-p", "no:cacheprovider", *tests(extra)]
    subprocess.run(command, check=True, cwd=ROOT)


def main() -> None:
    """Run what is named, or all."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--lowest", action="store_true", help="test the lowest supported releases")
    parser.add_argument("--envs", metavar="FOLDER", type=Path, help="where the environments are kept")
    given = parser.parse_args()
    known = [*extras()] if given.lowest else RECIPES
    unknown = [name for name in given.names if name not in known]
    if unknown:
        parser.error(f"unknown: {', '.join(unknown)} (expected some of {', '.join(known)})")
    with tempfile.TemporaryDirectory() as temporary:
        for name in given.names or known:
            print(f"== {name}", flush=True)
            folder = (given.envs or Path(temporary)).resolve() / f"{name}{'-lowest' * given.lowest}"
            (lowest if given.lowest else recipe)(name, folder)


if __name__ == "__main__":
    main()

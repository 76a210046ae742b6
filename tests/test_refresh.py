"""Refreshing as a person does it: pull, diff, activate, rollback; processes, and a server on loopback."""

from __future__ import annotations

import hashlib
import json
import os
import re
import sys
import tomllib
from pathlib import Path
from subprocess import PIPE
from typing import Any

import pytest
from support import LITELLM, ROOT, histories
from support.catalogues import catalogue, day, model, numbered, provider
from support.command import STATE, environment, facts, files_below, fine, here, process, program, python, started
from support.docs import blocks
from support.loopback import serving
from support.work import calls

import llm_models
from llm_models import genai_document, paths
from llm_models.cli import cli
from llm_models.snapshot_file import SnapshotFile
from llm_models.timeline import History

pytestmark = pytest.mark.usefixtures("without_history")

FOLDER = Path(STATE)
ACTIVE, PREVIOUS = FOLDER / "snapshot.json", FOLDER / paths.PREVIOUS_NAME
UPSTREAM, MANIFEST = FOLDER / "upstream.json", FOLDER / "manifest.json"


def models() -> int:
    """How many models the active snapshot holds."""
    count: int = SnapshotFile.open(str(ACTIVE)).header["counts"]["models"]
    return count


class TestPull:
    """The command, as a process against a server: what lands where, what is said, and nothing else."""

    def test_goes_to_its_default_place_and_again_fetches_nothing(self, tmp_path: Path) -> None:
        body = numbered(3)
        with serving(body, etag='"one"') as (url, asked):
            first = process("pull", "--url", url, cwd=tmp_path)
            assert first == (0, f"{tmp_path / UPSTREAM}: 3 models of 1 provider, from {url}\n", "")
            assert (tmp_path / UPSTREAM).read_bytes() == body
            manifest = json.loads((tmp_path / MANIFEST).read_text())
            assert (manifest["source"], manifest["url"], manifest["etag"]) == ("models_dev", url, '"one"')
            assert (manifest["sha256"], manifest["size"]) == (hashlib.sha256(body).hexdigest(), len(body))
            assert (manifest["providers"], manifest["models"]) == (1, 3)
            before = {name: (tmp_path / STATE / name).stat().st_mtime_ns for name in ("upstream.json", "manifest.json")}
            second = process("pull", "--url", url, cwd=tmp_path)
            assert second == (0, first.out.replace(": 3", ": unchanged, 3"), "")
            assert {name: (tmp_path / STATE / name).stat().st_mtime_ns for name in before} == before
            assert asked[0].get("If-None-Match") is None
            assert asked[1]["If-None-Match"] == '"one"'
            assert all(one["Accept-Encoding"] == "identity" for one in asked)

    def test_out_and_json_with_the_manifest_beside_it(self) -> None:
        with serving(numbered(3)) as (url, _):
            told = facts("pull", "--url", url, "--out", "mirror/up.json")
        assert Path("mirror/up.json").read_bytes() == numbered(3)
        manifest = json.loads(Path("mirror/manifest.json").read_text())
        assert told == {"path": "mirror/up.json", "unchanged": False, **manifest}
        assert not FOLDER.exists()

    def test_goes_beside_the_configuration(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        (tmp_path / ".git").mkdir()
        (tmp_path / "llm_models.toml").touch()
        (tmp_path / "deep").mkdir()
        (tmp_path / "api.json").write_bytes(numbered(3))
        monkeypatch.chdir(tmp_path / "deep")
        fine("pull", "--url", "../api.json")
        assert (tmp_path / UPSTREAM).exists()

    @pytest.mark.parametrize("how", ["path", "file"])
    def test_url_takes_a_file(self, how: str) -> None:
        Path("api.json").write_bytes(numbered(3))
        url = "api.json" if how == "path" else Path("api.json").absolute().as_uri()
        assert fine("pull", "--url", url).out.endswith(f"from {Path('api.json').absolute().as_uri()}\n")
        assert UPSTREAM.read_bytes() == numbered(3)
        assert ": unchanged, 3 models" in fine("pull", "--url", url).out

    def test_refuses_what_is_no_catalogue_in_one_line(self, tmp_path: Path) -> None:
        with serving(numbered(3), b"<html>", b"{}") as (url, _):
            process("pull", "--url", url, cwd=tmp_path)
            before = files_below(tmp_path)
            empty = "is not a catalogue of models.dev: no provider with models in it (found an empty object)"
            for said in ("is not a catalogue but a page of HTML or XML", empty):
                assert process("pull", "--url", url, cwd=tmp_path) == (1, "", f"llm-models: {url}: {said}\n")
        assert files_below(tmp_path) == before
        told = here("pull", "--source", "modelsdev")
        assert (told.code, told.err) == (2, "llm-models: unknown source 'modelsdev'. Did you mean 'models_dev'?\n")

    def test_timeout_is_the_deadline_of_all_of_it(self) -> None:
        import socket

        with socket.create_server(("127.0.0.1", 0)) as server:  # takes the connection and says nothing
            url = f"http://127.0.0.1:{server.getsockname()[1]}/"
            told = here("pull", "--url", url, "--timeout", "0.3")
        assert (told.code, told.out) == (1, "")
        assert told.err == f"llm-models: {url}: not finished within 0.3 s (0 bytes received)\n"
        assert not UPSTREAM.exists()
        default = next(one for one in cli.commands["pull"].params if one.name == "timeout")
        assert default.default == 30

    @pytest.mark.skipif(sys.platform == "win32", reason="terminals as POSIX has them")
    def test_a_terminal_sees_a_bar_on_stderr_only(self, tmp_path: Path) -> None:
        import pty

        with serving(numbered(3000)) as (url, _):
            ours, theirs = pty.openpty()
            env = environment(TERM="xterm", COLUMNS="100")
            with started("pull", "--url", url, stdout=PIPE, stderr=theirs, cwd=tmp_path, env=env) as child:
                os.close(theirs)
                shown = b""
                try:
                    while part := os.read(ours, 65536):
                        shown += part
                except OSError:  # how Linux says that the other end is closed
                    pass
                assert child.stdout is not None
                out = child.stdout.read().decode()
            os.close(ours)
            assert child.returncode == 0
        assert b"models_dev" in shown
        assert "━".encode() in shown
        assert out == f"{tmp_path / UPSTREAM}: 3,000 models of 1 provider, from {url}\n"

    def test_credentials_are_shown_nowhere(self, tmp_path: Path) -> None:
        with serving(numbered(3), b"{}", etag='"x"') as (url, asked):
            secret = url.replace("//", "//anna:s3cret@") + "?token=s3cret"
            told = process("pull", "--url", secret, cwd=tmp_path)
            again = process("pull", "--url", secret, cwd=tmp_path)
            assert asked[0]["Authorization"].startswith("Basic ")
        assert (told.code, again.code) == (0, 1)
        assert f"from {url}\n" in told.out
        shown = told.out + told.err + again.out + again.err + (tmp_path / MANIFEST).read_text()
        assert "s3cret" not in shown
        assert "anna" not in shown

    def test_changes_nothing_that_is_served(self) -> None:
        before = llm_models.load().digest
        Path("api.json").write_bytes(numbered(3, last_updated=day(0)))
        fine("pull", "--url", "api.json")
        assert llm_models.reload().digest == before

    def test_runs_nothing_of_the_folder_it_runs_in(self, tmp_path: Path) -> None:
        for name in ("httpx", "json", "click", "my_overrides"):
            (tmp_path / f"{name}.py").write_text("open('ran', 'w')\n")
        (tmp_path / "llm_models.toml").write_text('overrides_module = "my_overrides"\n')
        (tmp_path / "api.json").write_bytes(numbered(3))
        assert process("pull", "--url", "api.json", cwd=tmp_path).code == 0
        told = process("activate", "--from", "api.json", "--force", cwd=tmp_path)
        assert told.code == 0
        assert "the behaviour module 'my_overrides' is not run" in told.err
        assert not (tmp_path / "ran").exists()


class TestActivate:
    """Without `--from` the newer of pulled and packaged, by catalogue date; merged with `llm_models.toml`."""

    def pulled(self, date: str, count: int = 3000) -> None:
        Path("api.json").write_bytes(numbered(count, last_updated=date))
        fine("pull", "--url", "api.json")

    def test_the_packaged_where_nothing_was_pulled(self) -> None:
        assert fine("activate").out.endswith("from the packaged snapshot\n")
        assert fine("diff", "packaged", "active").out == ""

    @pytest.mark.parametrize(("which", "from_pulled"), [("later", True), ("same", True), ("earlier", False)])
    def test_the_newer_of_both(self, which: str, from_pulled: bool, packaged: llm_models.Snapshot) -> None:
        date = packaged.file.header["date"]
        self.pulled({"later": day(0), "same": date, "earlier": "2020-01-01"}[which])
        told = fine("activate", "--force").out
        if from_pulled:
            assert f"3,000 models of 1 provider, from {UPSTREAM.absolute()}\n" in told
            assert models() == 3000
        else:
            assert told.endswith("from the packaged snapshot, which is newer than the pulled file\n")
            assert models() == 8337

    def test_what_was_pulled_and_changed_since_is_told(self) -> None:
        self.pulled(day(0))
        UPSTREAM.write_text("{")
        told = here("activate")
        assert (told.code, told.out) == (1, "")
        assert told.err.startswith(f"llm-models: {UPSTREAM.absolute()}: was not pulled, because ")

    def test_merges_the_configuration_and_load_serves_it(self) -> None:
        config = '[[models]]\nprovider = "acme"\nid = "m0"\ncost.input = 7\n[exclude]\nacme = ["m1"]\n'
        Path("llm_models.toml").write_text(config)
        Path("api.json").write_bytes(numbered(3))
        fine("activate", "--from", "api.json", "--force")
        file = SnapshotFile.open(str(ACTIVE))
        assert file.config() == config.encode()
        served = llm_models.load()
        assert served.file.data == file.data
        assert [one.id for one in served.list_models()] == ["m0", "m2"]
        assert served.get_model("acme", "m0").cost.input == 7

    def test_a_fault_in_the_configuration_changes_nothing(self) -> None:
        Path("api.json").write_bytes(numbered(3))
        fine("activate", "--from", "api.json", "--force")
        before = files_below(Path())
        Path("llm_models.toml").write_text("prefer = 1\n[[models]]\nprovider = 'acmee'\nid = 'x'\n")
        told = here("activate", "--from", "api.json")
        assert told.code == 1
        assert "llm_models.toml:1:" in told.err
        Path("llm_models.toml").unlink()
        assert files_below(Path()) == before

    def test_opens_no_socket_and_needs_no_httpx(self, tmp_path: Path) -> None:
        (tmp_path / "api.json").write_bytes(numbered(3))
        code = (
            "import sys, socket\nsys.modules['httpx'] = None\nsocket.socket = None\n"
            "from llm_models.cli import main; main()"
        )
        python(code, "activate", "--from", "api.json", "--force", cwd=tmp_path)

    def test_the_same_again_writes_nothing_and_keeps_the_previous(self) -> None:
        for count in (3, 4, 4):
            Path("api.json").write_bytes(numbered(count))
            fine("activate", "--from", "api.json", "--force")
        assert SnapshotFile.open(str(PREVIOUS)).header["counts"]["models"] == 3

    def test_dry_run_shows_and_writes_nothing(self) -> None:
        Path("api.json").write_bytes(numbered(3))
        told = fine("activate", "--from", "api.json", "--dry-run", "--force")
        assert f"{ACTIVE.absolute()}: 3 models of 1 provider, from api.json (not written: --dry-run)" in told.out
        assert "overridden by --force" in told.err
        assert os.listdir() == ["api.json"]
        assert facts("activate", "--from", "api.json", "--dry-run", "--force")["written"] is False
        fine("activate", "--dry-run")
        assert os.listdir() == ["api.json"]

    def test_out_touches_nothing_but_that_file(self) -> None:
        Path("api.json").write_bytes(numbered(3))
        fine("activate", "--from", "api.json", "--out", "made.json", "--force")
        assert sorted(os.listdir()) == ["api.json", "made.json"]

    def test_same_inputs_same_bytes(self, tmp_path: Path) -> None:
        (tmp_path / "llm_models.toml").write_text('[[models]]\nprovider = "acme"\nmatch = "m*"\ntags = ["x", "y"]\n')
        (tmp_path / "api.json").write_bytes(numbered(30))
        made = []
        for seed in ("1", "2"):
            args = ("activate", "--from", "api.json", "--out", f"{seed}.json", "--force")
            assert process(*args, cwd=tmp_path, PYTHONHASHSEED=seed, TZ=f"UTC-{seed}").code == 0
            made.append((tmp_path / f"{seed}.json").read_bytes())
        assert made[0] == made[1]


class TestRollback:
    """Back to the previous snapshot, and back again; nothing changes where that cannot be."""

    def activate(self, *counts: int) -> None:
        for count in counts:
            Path("api.json").write_bytes(numbered(count))
            fine("activate", "--from", "api.json", "--force")

    def test_and_back_again(self) -> None:
        self.activate(3, 4, 5)
        bytes_of = {count: ACTIVE.read_bytes() for count in (5,)}
        assert fine("rollback").out == f"{ACTIVE.absolute()}: back to 4 models, dated 2026-01-02\n"
        assert models() == 4
        assert len(llm_models.load().list_models()) == 4
        assert fine("rollback").out == f"{ACTIVE.absolute()}: back to 5 models, dated 2026-01-02\n"
        assert ACTIVE.read_bytes() == bytes_of[5]

    def test_to_one_that_an_upgrade_made_stale(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        source = catalogue(provider("openai", model("a")), provider("anthropic", model("b")))
        histories.shipped(monkeypatch, tmp_path, source, "2026-01-02")
        Path("llm_models.toml").write_text('prefer = ["openai"]\n')
        fine("activate")
        Path("llm_models.toml").write_text('prefer = ["anthropic"]\n')
        fine("activate")
        Path("api.json").write_bytes(numbered(4))
        fine("activate", "--from", "api.json", "--config", "none", "--out", str(tmp_path / "packaged.json"), "--force")
        note = "note: it was made from another packaged snapshot, so load() does not use it; run 'llm-models activate'"
        with monkeypatch.context() as upgraded:
            upgraded.setattr(paths, "PACKAGED_SNAPSHOT", str(tmp_path / "packaged.json"))
            assert fine("rollback").lines == [note]
        assert fine("rollback").lines == []

    def test_where_there_is_none(self) -> None:
        self.activate(3)
        before = ACTIVE.read_bytes()
        told = here("rollback")
        assert (told.code, told.out) == (1, "")
        why = "there is no previous snapshot to go back to; an activation keeps the one that it replaces"
        how = f"To return to the packaged data, remove {ACTIVE.absolute()}"
        assert told.err == f"llm-models: {PREVIOUS.absolute()}: {why}. {how}.\n"
        assert ACTIVE.read_bytes() == before

    def test_where_nothing_was_activated(self) -> None:
        told = here("rollback")
        assert (told.code, len(told.lines)) == (1, 1)
        assert os.listdir() == []

    @pytest.mark.parametrize("at", [0, 100, -1])
    def test_to_a_damaged_one(self, at: int) -> None:
        self.activate(3, 4)
        damaged = bytearray(PREVIOUS.read_bytes())
        damaged[at] ^= 1
        PREVIOUS.write_bytes(damaged)
        before = files_below(Path())
        told = here("rollback")
        assert (told.code, told.out, len(told.lines)) == (1, "", 1)
        assert told.err.startswith(f"llm-models: {PREVIOUS.absolute()}: ")
        assert files_below(Path()) == before

    def test_from_a_damaged_one(self) -> None:
        """What was damaged does not become the previous one."""
        self.activate(3, 4)
        ACTIVE.write_bytes(ACTIVE.read_bytes()[:-9])
        fine("rollback")
        assert models() == 3
        assert SnapshotFile.open(str(PREVIOUS)).header["counts"]["models"] == 3


@pytest.mark.whole
def test_the_real_upstream_pulled_and_activated_is_the_packaged_snapshot(
    upstream: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a person would do it; what ships is what these steps make of that file, without its prose."""
    with serving(upstream, etag='W/"real"') as (url, asked):
        first = process("pull", "--url", url, cwd=tmp_path)
        assert first.out.endswith(f": 8,337 models of 225 providers, from {url}\n"), first
        assert ": unchanged, 8,337 models" in process("pull", "--url", url, cwd=tmp_path).out
        assert len(asked) == 2
    told = process("activate", cwd=tmp_path)
    assert (told.code, told.err) == (0, "")
    assert told.out.startswith(f"{tmp_path / ACTIVE}: 8,337 models of 225 providers, from {tmp_path / UPSTREAM}\n")
    described = json.loads(process("show", "openai:gpt-5.2", "--json", cwd=tmp_path).out)
    assert described["description"]
    assert process("diff", "packaged", "active", "--exit-code", cwd=tmp_path) == (0, "", "no difference\n")
    told = process("activate", "--without-prose", "--out", "facts.json", cwd=tmp_path)
    assert (told.code, told.err) == (0, "")
    assert (tmp_path / "facts.json").read_bytes() == Path(paths.PACKAGED_SNAPSHOT).read_bytes()
    monkeypatch.chdir(tmp_path)
    info = facts("info", "--verify")
    assert (info["kind"], info["base"]) == ("activated", "source")
    assert info["pulled"]["in_use"]
    # What an application says is no change of the data, but tells the active from the packaged.
    Path("llm_models.toml").write_text(
        '[[models]]\nprovider = "openai"\nid = "gpt-4o-mini"\ncost.input = 0.1\n[exclude]\nopenai = ["o1*"]\n'
    )
    assert here("diff", "--exit-code") == (0, "", "no difference\n")
    changed = facts("diff", "packaged", "active")
    assert [one["spec"] for one in changed["changes"]["price"]] == ["openai:gpt-4o-mini"]
    assert all(spec.startswith("openai:o1") for spec in changed["models_removed"])


def test_the_work_of_guards_grows_with_the_catalogue_alone() -> None:
    """Four times the models with a changed price take four times the work; no model is compared with all others."""

    def work(count: int) -> int:
        Path("api.json").write_bytes(numbered(count))
        fine("activate", "--from", "api.json", "--force")
        Path("api.json").write_bytes(numbered(count, cost={"input": 1234, "output": 2}))
        return calls(lambda: fine("activate", "--from", "api.json", "--dry-run"))

    assert work(400) < 5 * work(100)


@pytest.mark.whole
def test_guards_on_the_real_upstream(upstream: bytes) -> None:
    """Every price changed, every base URL."""
    document = json.loads(upstream)
    for one in document.values():
        one["api"] = "https://elsewhere.example"
        for other in one["models"].values():
            if "cost" in other:
                other["cost"]["input"] = 1234
    Path("api.json").write_text(json.dumps(document))
    told = facts("activate", "--from", "api.json", "--dry-run")
    assert len([line for line in told["notices"] if ": base_url changed" in line]) == 225
    assert len([line for line in told["notices"] if ": cost.input changed" in line]) > 3000


def workflows() -> dict[str, str]:
    """Our workflows, and those that the documents offer."""
    texts = {path.stem: path.read_text(encoding="utf-8") for path in (ROOT / ".github" / "workflows").iterdir()}
    refresh, lint = blocks(ROOT / "docs" / "ci-refresh.md", "yaml")
    return {**texts, "offered refresh": refresh, "offered lint": lint}


WORKFLOWS = workflows()


@pytest.fixture(params=WORKFLOWS)
def workflow(request: pytest.FixtureRequest) -> tuple[str, Any]:
    """The text of a workflow, and what it states."""
    yaml = pytest.importorskip("yaml", reason="PyYAML comes with pre-commit")
    text = WORKFLOWS[request.param]
    return text, yaml.safe_load(text)


class TestWorkflows:
    """The workflows are YAML, have no more rights than they need, and use commands and options that exist."""

    def test_is_yaml_with_jobs(self, workflow: tuple[str, Any]) -> None:
        _, parsed = workflow
        assert True in parsed  # the key `on`, which YAML 1.1 takes for a boolean
        for job in parsed["jobs"].values():
            assert job["runs-on"]
            assert all(("run" in step) != ("uses" in step) for step in job["steps"])

    def test_each_action_is_a_commit_with_its_tag_beside_it(self, workflow: tuple[str, Any]) -> None:
        text, parsed = workflow
        used = [step["uses"] for job in parsed["jobs"].values() for step in job["steps"] if "uses" in step]
        pinned = re.findall(r"uses: (\S+@[0-9a-f]{40}) # v\d+\.\d+\.\d+$", text, re.MULTILINE)
        assert used == pinned
        assert used

    def test_a_job_ends_and_a_run_does_not_meet_another(self, workflow: tuple[str, Any]) -> None:
        _, parsed = workflow
        assert parsed["concurrency"]["group"]
        assert all(0 < job["timeout-minutes"] <= 90 for job in parsed["jobs"].values())

    def test_no_job_has_rights_that_nobody_gave_it(self, workflow: tuple[str, Any]) -> None:
        """No rights for all jobs, and no token in the checkout, where installed code could read it."""
        _, parsed = workflow
        assert set(parsed["permissions"].values()) <= {"read"}
        for job in parsed["jobs"].values():
            checkouts = [step for step in job["steps"] if step.get("uses", "").startswith("actions/checkout@")]
            assert [step["with"]["persist-credentials"] for step in checkouts] == [False] * len(checkouts)

    def test_the_job_that_may_write_runs_no_code_of_others(self, workflow: tuple[str, Any]) -> None:
        """It installs nothing, does not run Python, and starts nothing that the change brings."""
        _, parsed = workflow
        jobs = parsed["jobs"].values()
        writing = [job for job in jobs if "write" in {*job.get("permissions", parsed["permissions"]).values()}]
        for job in writing:
            lines = [line.strip() for step in job["steps"] for line in step.get("run", "").splitlines()]
            assert {line.split()[0] for line in lines} <= {"cp", "git", "gh", "if", "mkdir", "["}, lines
        others = [job for job in jobs if job not in writing]
        assert not any("secrets." in str(job) or "github.token" in str(job) for job in others)
        if writing:
            installs = [step["run"] for job in others for step in job["steps"] if "pip install" in step.get("run", "")]
            assert installs
            assert all("--require-hashes" in line or "--no-deps" in line for line in installs)

    def test_what_the_refresh_installs_is_pinned_by_hash(self) -> None:
        """All that the package and its tests need, and what builds the package."""
        text = (ROOT / ".github" / "refresh-requirements.txt").read_text(encoding="utf-8")
        lines = [line for line in text.splitlines() if not line.startswith("#")]
        pinned = [re.fullmatch(r"([a-z0-9-]+)==[\w.]+ --hash=sha256:[0-9a-f]{64}", line) for line in lines]
        assert None not in pinned
        project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
        stated = [*project["project"]["dependencies"], *project["project"]["optional-dependencies"]["test"]]
        needed = {re.split("[<>=]", one)[0] for one in [*stated, *project["build-system"]["requires"]]}
        assert needed <= {one[1] for one in pinned if one is not None}

    @pytest.mark.parametrize(
        "path", [".github/workflows/ci.yml", ".github/workflows/refresh.yml", "docs/ci-refresh.md"]
    )
    def test_every_command_and_option_of_ours_exists(self, path: str) -> None:
        text = (ROOT / path).read_text(encoding="utf-8")
        found = re.findall(r"^\s*(?:- run: |\$ )?llm-models ([a-z]+)((?: .*)?)$", text, re.MULTILINE)
        for name, rest in found:
            assert name in cli.commands, name
            options = {flag for one in cli.commands[name].params for flag in one.opts} | {"--help", "--"}
            words = rest.partition("#")[0].partition("|")[0].split()
            assert [word for word in words if word.startswith("--") and word not in options] == [], (name, rest)
        assert bool(found) is (path != ".github/workflows/ci.yml")

    @pytest.mark.whole
    @pytest.mark.skipif(sys.platform == "win32", reason="the job runs on Linux")
    def test_the_refresh_of_the_packaged_data_works_as_written(self, upstream: bytes, tmp_path: Path) -> None:
        """Its lines on a copy of the data, with the real source on loopback in place of its own address.

        What git, gh, pip and pytest would do is noted instead.
        """
        pytest.importorskip("genai_prices", reason="one of the other lists comes with that package")
        text = (ROOT / ".github" / "workflows" / "refresh.yml").read_text(encoding="utf-8")
        steps = re.findall(r"^      - run: (?:\|\n((?: {10}.*\n)+)|(.*)\n)", text, re.MULTILINE)
        tests = re.findall(r"tests/\S+\.py", text)
        assert tests
        assert all((ROOT / name).exists() for name in tests)
        data = tmp_path / "llm_models" / "data"
        data.mkdir(parents=True)
        for path in (paths.PACKAGED_SNAPSHOT, paths.PACKAGED_HISTORY):
            (data / Path(path).name).write_bytes(Path(path).read_bytes())
        (tmp_path / "bin").mkdir()
        (tmp_path / "tests" / "support").mkdir(parents=True)
        figures = Path("tests") / "support" / "figures.py"
        (tmp_path / figures).write_bytes((ROOT / figures).read_bytes())
        noted = 'echo "$(basename "$0") $*" >> "$NOTED"\n'
        chosen = """case "$*" in
            pull*--source*) set -- "$@" --url "$LISTS/$3.json" ;;
            pull*) set -- "$@" --url "$URL" ;;
        esac"""
        stubs = {
            "git": f'{noted}[ "$1" != diff ]',
            "gh": noted,
            "pip": noted,
            "llm-models": f'{chosen}\nexec "$PYTHON" -P -m llm_models "$@"',
            "python": f'if [ "$2" = pytest ]; then {noted} echo "1 passed"; else exec "$PYTHON" -P "$@"; fi',
        }
        for name, stub in stubs.items():
            (tmp_path / "bin" / name).write_text(f"#!/usr/bin/env bash\n{stub}\n")
            (tmp_path / "bin" / name).chmod(0o755)
        (tmp_path / "lists").mkdir()
        (tmp_path / "lists" / "litellm.json").write_bytes(LITELLM.read_bytes())
        (tmp_path / "lists" / "genai_prices.json").write_bytes(genai_document.document())
        (tmp_path / ".github").mkdir()
        (tmp_path / ".github" / "accepted.toml").write_bytes((ROOT / ".github" / "accepted.toml").read_bytes())
        with serving(upstream) as (url, _):
            env = environment(
                LISTS=str(tmp_path / "lists"), STRICT="--strict",
                RUNNER_TEMP=str(tmp_path), GITHUB_WORKSPACE=str(tmp_path),
                GITHUB_STEP_SUMMARY=str(tmp_path / "summary"), NOTED=str(tmp_path / "noted"), URL=url,
                PYTHON=sys.executable,
                PATH=f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}",
            )  # fmt: skip
            for block, line in steps:
                told = program(["bash", "-eo", "pipefail", "-c", block or line], tmp_path, env=env)
                assert told.code == 0, (block or line, told)
        assert (data / "snapshot.json").read_bytes() == Path(paths.PACKAGED_SNAPSHOT).read_bytes()
        before, after = History.open(paths.PACKAGED_HISTORY), History.open(str(data / "history.json"))
        assert after.days == [*before.days, day(0)]
        calls = [line.split() for line in (tmp_path / "noted").read_text().splitlines()]
        assert [" ".join(call[:2]) for call in calls] == [
            "pip install", "pip install", "python -m", "python -m",
            "git add", "git diff", "git add", "git switch", "git -c", "gh auth", "git push", "gh pr",
        ]  # fmt: skip
        told = (tmp_path / "refresh" / "changes.txt").read_text()
        fence, first, *rest = told.splitlines()
        assert ": 8,337 models of 225 providers, from " in first
        after_it = rest[rest.index(fence) + 1 :]
        assert all(line.startswith("    ") for line in after_it if line), "code, too"
        assert len(told) <= 65_000
        assert f"{len(after.days)} days to {day(0)}" in told
        assert told.count("1 passed") == 1
        assert "kinds: chat 7,941, image " in told
        assert re.search(r"accepted: \d\d", told), "what two other lists contradict"
        assert re.search(r"20 lookups of gone ids: retired \d+", told)
        assert re.search(r"the history before: [\d,]{7} answers about \d of its days, 0 changed", told)
        assert not (tmp_path / STATE).exists()


def test_one_provider_more_is_seen_from_pull_to_load() -> None:
    """The whole way of a change: it is pulled, shown, refused or not, activated, served, and taken back."""
    Path("llm_models.toml").write_text('[[models]]\nprovider = "acme"\nid = "m"\ntags = ["mine"]\n')
    old = catalogue(provider("acme", model("m", last_updated=day(-1))))
    new = catalogue(
        provider("acme", model("m", last_updated=day(0), cost={"input": 1.5, "output": 2})),
        provider("bravo", model("x", last_updated=day(0))),
    )
    with serving(old, new) as (url, _):
        fine("pull", "--url", url)
        fine("activate", "--force")
        assert llm_models.load().list_providers() == ["acme"]
        fine("pull", "--url", url)
        told = here("diff", "--exit-code")
        assert told.code == 1
        assert "providers added: 1\n  bravo\n" in told.out
        assert re.search(r"acme:m +cost.input +1 +1.5 +\+50.0 %", told.out)
        strict = here("activate", "--strict")
        assert strict.lines[0] == "llm-models: bravo:x: BRAVO_KEY would go to https://bravo.example/v1 (new)"
        assert llm_models.reload().list_providers() == ["acme"]
        fine("activate")
        assert llm_models.reload().list_providers() == ["acme", "bravo"]
        fine("rollback")
        assert llm_models.reload().list_providers() == ["acme"]

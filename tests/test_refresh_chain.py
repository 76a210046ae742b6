"""The commands of the job that refreshes the packaged data, in its order, over a source that someone tampered with."""

from __future__ import annotations

import json
import re
import shlex
from typing import TYPE_CHECKING, Any

import pytest
from support import ROOT
from support.catalogues import base, catalogue, day, model, provider
from support.command import Result, here

from llm_models import paths

if TYPE_CHECKING:
    from pathlib import Path

EVIL = "https://evil.example/v1"
PACKAGED = provider("openai", *(model(f"gpt-{number}") for number in range(20)), api=None, env=["OPENAI_API_KEY"])


LISTS = {
    "litellm": {"gpt-1": {"litellm_provider": "openai", "mode": "chat"}},
    "genai_prices": [
        {"id": "openai", "name": "OpenAI", "models": [{"id": "gpt-1", "match": {"equals": "gpt-1"}, "prices": {}}]}
    ],
}
"""The other lists with which the job compares."""


def steps() -> list[list[str]]:
    """The commands `llm-models ...` of the job, without what is piped."""
    text = (ROOT / ".github" / "workflows" / "refresh.yml").read_text(encoding="utf-8")
    usual = re.findall(r"""STRICT: "\$\{\{ !inputs\.accept_notices && '(--strict)' \|\| '' \}\}\"""", text)
    found = re.findall(r"llm-models ((?:pull|diff|activate) [^|>\n]*)", text)
    return [shlex.split(one.replace("$STRICT", *usual)) for one in found]


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory, with the packaged data at its place in a repository."""
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "llm_models" / "data" / "snapshot.json"
    path.parent.mkdir(parents=True)
    path.write_bytes(base(catalogue(PACKAGED), without_prose=True)[0].data)
    monkeypatch.setattr(paths, "PACKAGED_SNAPSHOT", str(path))
    return path


def run(upstream: dict[str, Any], tmp_path: Path) -> list[Result]:
    """What each step told that reads the source, until one fails."""
    sources = {"": tmp_path / "api.json", **{name: tmp_path / f"{name}.json" for name in LISTS}}
    sources[""].write_bytes(catalogue(upstream))
    for name, listed in LISTS.items():
        sources[name].write_text(json.dumps(listed))
    (tmp_path / ".github").mkdir()
    (tmp_path / ".github" / "accepted.toml").write_text("")
    done = []
    for step in steps():
        words = [word.replace("$RUNNER_TEMP", str(tmp_path)) for word in step]
        name = words[words.index("--source") + 1] if "--source" in words else ""
        result = here(*words, *(["--url", sources[name].as_uri()] if words[0] == "pull" else []))
        if name:
            assert (result.code, result.err.replace("no difference\n", "")) == (0, "")
            continue
        done.append(result)
        if result.code:
            break
    return done


def changed(**fields: Any) -> dict[str, Any]:
    new: dict[str, Any] = json.loads(json.dumps(PACKAGED))
    new["models"]["gpt-1"] |= {"last_updated": day(0), **fields}
    return new


def test_the_job_pulls_compares_and_activates_strictly() -> None:
    assert [words[0] for words in steps()] == ["pull", "diff", "pull", "pull", "activate", "diff", "diff"]
    assert "--strict" in steps()[4]
    assert {"--contradicted", "--accepted", "--exit-code"} <= {*steps()[-1]}, "what two lists contradict stops it"
    assert all(words[-2:] == ["--format", "markdown"] for words in steps() if words[0] != "pull")


def test_an_honest_refresh_passes(checkout: Path, tmp_path: Path) -> None:
    before = checkout.read_bytes()
    pulled, compared, activated = run(changed(cost={"input": 2, "output": 2}), tmp_path)
    assert "openai:gpt-1: cost.input: from 1 to 2 (+100.0 %)" in compared.out
    assert (activated.code, activated.err) == (0, "")
    assert "notice" not in pulled.out + activated.out
    assert checkout.read_bytes() != before


@pytest.mark.parametrize("hiding", [{}, {"provider.api": None}, {"provider.api": "https://api.openai.com/v1"}])
def test_an_address_for_one_model_stops_it(checkout: Path, tmp_path: Path, hiding: dict[str, Any]) -> None:
    before = checkout.read_bytes()
    _, compared, activated = run(changed(provider={"api": EVIL}, **hiding), tmp_path)
    assert f"openai:gpt-1: extra.provider.api: from - to {EVIL}" in compared.out
    assert (activated.code, activated.out) == (1, "")
    assert activated.lines[0] == f"llm-models: openai:gpt-1: OPENAI_API_KEY would go to {EVIL} (new)"
    assert checkout.read_bytes() == before


def test_so_does_one_of_a_new_model(checkout: Path, tmp_path: Path) -> None:
    before, new = checkout.read_bytes(), changed()
    new["models"]["gpt-6"] = {**model("gpt-6"), "provider": {"api": EVIL}}
    assert run(new, tmp_path)[-1].lines[0].endswith(f"openai:gpt-6: OPENAI_API_KEY would go to {EVIL} (new)")
    assert checkout.read_bytes() == before

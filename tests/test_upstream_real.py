"""The whole real upstream: every record survives, nothing it said is lost silently, and the bytes are always the same.

Skipped where the file is absent: it is no part of the repository.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from support import ROOT, UPSTREAM
from support.catalogues import of_source
from support.command import program, python

from llm_models import paths
from llm_models.block import effective

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llm_models.normalize import Report
    from llm_models.snapshot_file import SnapshotFile

pytestmark = [
    pytest.mark.whole,
    pytest.mark.skipif(not UPSTREAM.is_file(), reason="the real upstream file is absent"),
]

MISSING: Any = object()
Rule = tuple[str, str, str]


@pytest.fixture(scope="module")
def upstream() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(UPSTREAM.read_bytes())
    return found


@pytest.fixture(scope="module")
def built() -> tuple[SnapshotFile, Report]:
    """What the pipeline makes of the file alone, without the curated overrides."""
    return of_source(UPSTREAM.read_bytes())


@pytest.fixture(scope="module")
def built_as_packaged() -> tuple[SnapshotFile, Report]:
    """The same, as for the packaged snapshot."""
    return of_source(UPSTREAM.read_bytes(), without_prose=True)


def fold(provider: str) -> str:
    return provider.replace("-", "_").replace(".", "_")


class TestSurvival:
    def test_every_record_survives(self, upstream: dict[str, Any], built: tuple[SnapshotFile, Report]) -> None:
        """All 225 providers and 8,337 models, each under its own id, none dropped."""
        file, report = built
        assert {provider: file.block(provider).ids for provider in file.blocks} == {
            fold(provider): sorted(record["models"]) for provider, record in upstream.items()
        }
        assert file.header["counts"] == {"providers": 225, "models": 8337}
        assert (report.records_seen, report.records_dropped) == (225 + 8337, 0)


# Back from our records to upstream's shape, written by hand from the design and not from the transform's tables.


def model_back(line: dict[str, Any]) -> dict[str, Any]:
    """What upstream must have said for us to say this; what it said beyond our fields comes from `extra`."""
    extra = dict(line.get("extra", {}))
    same = (
        "id",
        "name",
        "description",
        "family",
        "release_date",
        "last_updated",
        "knowledge",
        "status",
        "open_weights",
        "modalities",
    )
    back: dict[str, Any] = {key: line[key] for key in same if key in line}
    if "canonical" in line:
        back["canonical_model_id"] = line["canonical"]
    if "apis" in line:
        shape = {"responses": "responses", "chat": "completions"}[one(line["apis"])]
        extra["provider"] = {**extra.get("provider", {}), "shape": shape}
    can = line.get("capabilities", {})
    for key, ours in (("attachment", "attachments"), ("temperature", "temperature")):
        if ours in can:
            back[key] = can[ours]
    reasoning = dict(can.get("reasoning", {}))
    if "enabled" in reasoning:
        back["reasoning"] = reasoning.pop("enabled")
    if reasoning:
        back["reasoning_options"] = options_back(reasoning)
    if "tools" in can:
        assert set(can["tools"]) == {"enabled"}
        back["tool_call"] = can["tools"]["enabled"]
    if "json" in can:
        assert can["json"] in ({"native": True, "schema": True}, {"schema": False})
        back["structured_output"] = can["json"]["schema"]
    if "limits" in line:
        back["limit"] = line["limits"]
    cost = dict(line.get("cost", {}))
    if modes := cost.pop("modes", None):
        extra["experimental"] = {"modes": modes_back(modes, extra.get("experimental", {}).get("modes", {}))}
    if cost:
        back["cost"] = cost_back(cost)
    for group in ("limit", "modalities", "cost"):
        if group in extra:
            back[group] = {**back.get(group, {}), **extra.pop(group)}
    known = {*same, "canonical", "apis", "provider", "cost", "limits", "capabilities", "extra"}
    assert set(line) <= known, "the source states no other field"
    return {**back, **extra}


def without_derived(line: dict[str, Any]) -> None:
    """Take from a line what upstream does not state."""
    line.pop("derived", None)
    line.pop("likely", None)


def one(items: list[str]) -> str:
    (item,) = items
    return item


def options_back(reasoning: dict[str, Any]) -> list[dict[str, Any]]:
    options: list[dict[str, Any]] = [{"type": "toggle"}] if reasoning["toggle"] else []
    if "efforts" in reasoning:
        options.append({"type": "effort", "values": reasoning["efforts"]})
    budget = {"min": reasoning.get("token_budget_min"), "max": reasoning.get("token_budget")}
    budget = {key: value for key, value in budget.items() if value is not None}
    assert reasoning["budget"] or not budget
    return [*options, {"type": "budget_tokens", **budget}] if reasoning["budget"] else options


def cost_back(cost: dict[str, Any]) -> dict[str, Any]:
    back = {key: value for key, value in cost.items() if key != "tiers"}
    if "tiers" in cost:
        back["tiers"] = [
            {
                **{key: value for key, value in tier.items() if key != "context_over"},
                "tier": {"type": "context", "size": tier["context_over"]},
            }
            for tier in cost["tiers"]
        ]
    return back


def modes_back(modes: dict[str, Any], beyond: dict[str, Any]) -> dict[str, Any]:
    """The modes of upstream, from ours and what `extra` has of them: headers."""
    back: dict[str, Any] = {}
    for name, mode in modes.items():
        prices = {key: value for key, value in mode.items() if key != "request"}
        back[name] = {"cost": prices} if prices else {}
        back[name]["provider"] = {"body": mode["request"], **beyond.get(name, {}).get("provider", {})}
    return back


LOCAL = {"atomic-chat", "lmstudio", "lynkr", "privatemode-ai"}
"""The providers whose base URL is on the user's machine."""


def provider_back(record: dict[str, Any]) -> dict[str, Any]:
    extra = dict(record["extra"])
    back = {"id": extra.pop("source_id")}
    for key, ours in (("name", "name"), ("api", "base_url"), ("env", "env"), ("doc", "doc")):
        if ours in record:
            back[key] = record[ours]
    of_plan = "plan" in back["id"].split("-")
    assert record.get("billing") == ("plan" if of_plan else "local" if back["id"] in LOCAL else None)
    assert set(record) <= {"id", "name", "base_url", "env", "billing", "doc", "extra"}
    return {**back, **extra}


def differences(theirs: Any, back: Any, path: str = "") -> Iterator[tuple[str, Any, Any]]:
    """Every leaf, by path, in which upstream and what is reconstructed differ; numbers and texts to the letter."""
    if isinstance(theirs, dict) and (isinstance(back, dict) or back is MISSING):
        for key in theirs.keys() | (back.keys() if back is not MISSING else set()):
            inner = MISSING if back is MISSING else back.get(key, MISSING)
            yield from differences(theirs.get(key, MISSING), inner, f"{path}.{key}".strip("."))
    elif back is MISSING or theirs is MISSING or canonical(theirs) != canonical(back):
        yield path, theirs, back


def canonical(value: Any) -> str:
    return json.dumps(value, sort_keys=True)


def rule_for(path: str, theirs: Any, back: Any, model: dict[str, Any]) -> Rule | None:
    """The rule that left a value out or mended it, None where there is none."""
    if path in ("limit.context", "limit.input", "limit.output") and theirs == 0 and back is MISSING:
        return "dropped", path, "0 means unknown"
    if path in ("release_date", "last_updated", "knowledge") and back is MISSING:
        if theirs == "1970-01-01":
            return "dropped", path, "1970-01-01 means unknown"
        if not exists(theirs):
            return "dropped", path, "a date that does not exist"
    if path == "description" and back is MISSING:
        return "left out", path, "prose of models.dev"
    if path == "name" and back == theirs.strip():
        return "repaired", path, "spaces at the edges trimmed"
    if path.startswith("cost.context_over_200k.") and back is MISSING:
        tiers = [{key: value for key, value in tier.items() if key != "tier"} for tier in model["cost"]["tiers"]]
        if model["cost"]["context_over_200k"] in tiers:
            return "said twice", "cost.context_over_200k", "it repeats a tier"
    return None


def exists(text: str) -> bool:
    try:
        date.fromisoformat(text if len(text) > 7 else f"{text}-01")
    except ValueError:
        return False
    return True


RULES = {
    ("dropped", "limit.context", "0 means unknown"): 148,
    ("dropped", "limit.input", "0 means unknown"): 5,
    ("dropped", "limit.output", "0 means unknown"): 214,
    ("dropped", "release_date", "1970-01-01 means unknown"): 9,
    ("dropped", "last_updated", "1970-01-01 means unknown"): 9,
    ("repaired", "name", "spaces at the edges trimmed"): 8,
    ("said twice", "cost.context_over_200k", "it repeats a tier"): 514,
}
PROSE = {("left out", "description", "prose of models.dev"): 8337}
"""The packaged snapshot is built without it."""


class TestNothingIsLost:
    @pytest.mark.parametrize(("name", "rules"), [("built", RULES), ("built_as_packaged", RULES | PROSE)])
    def test_every_field_of_every_model(
        self, name: str, rules: dict[Rule, int], upstream: dict[str, Any], request: pytest.FixtureRequest
    ) -> None:
        """Each is in our record or its `extra`, or a rule left it out; nothing is there that upstream did not say.

        How often each rule spoke is what the report says, and what the file is known to hold.
        """
        file, report = request.getfixturevalue(name)
        used: Counter[Rule] = Counter()
        unexplained = []
        for source_id, provider in upstream.items():
            block = file.block(fold(source_id))
            for model_id, model in provider["models"].items():
                line = block.model(block.rows[model_id])
                without_derived(line)
                spoke = set()
                for path, theirs, back in differences(model, model_back(line)):
                    rule = rule_for(path, theirs, back, model)
                    if rule is None:
                        unexplained.append((source_id, model_id, path, theirs, back))
                    else:
                        spoke.add(rule)
                used.update(spoke)
        assert unexplained == []
        assert dict(used) == rules
        lossy = {rule: count for rule, count in used.items() if rule[0] != "said twice"}
        assert lossy == {rule: count for rule, count in report.counts.items() if rule[0] != "odd"}
        assert {rule: count for rule, count in report.counts.items() if rule[0] == "odd"} == {
            ("odd", "limits", "output is larger than context"): 68,
            ("odd", "cost", "a moving name has another price than its newest sibling"): 13,
            ("odd", "cost", "output is probably the price of image tokens"): 18,
            ("odd", "limits.context", "4 times or more off the median of the same model at other providers"): 136,
            ("odd", "cost.input", "8 times or more off the median of the same model at other providers"): 41,
            ("odd", "cost.output", "8 times or more off the median of the same model at other providers"): 48,
        }

    def test_what_the_record_moves_is_still_in_the_line(self, built: tuple[SnapshotFile, Report]) -> None:
        """The output limit of an embedding model is the vector's size, or unknown: 1, or the size of the context."""
        moved: Counter[str] = Counter()
        for provider in built[0].blocks:
            for line in built[0].block(provider).models():
                derived = line.get("derived", {})
                data = effective(line, provider)
                stated = line.get("limits", {}).get("output")
                if "limits" in derived:
                    assert (derived["limits"], data["kind"], data["limits"].get("output")) == (
                        {"output": None},
                        "embedding",
                        None,
                    )
                    known = data.get("dimensions")
                    moved["dimensions" if known else "1" if stated == 1 else "the context"] += 1
                    assert known in (stated, None)
                    assert known or stated in (1, line["limits"]["context"])
                else:
                    assert data.get("limits", {}).get("output") == stated
                    assert "dimensions" not in data
        assert moved == {"dimensions": 64, "1": 6, "the context": 5}

    def test_every_mode_is_a_mode(self, built: tuple[SnapshotFile, Report]) -> None:
        """66 modes of 57 models, 58 with prices; headers alone stay in `extra`."""
        named: Counter[str] = Counter()
        priced = 0
        models = [line for name in built[0].blocks for line in built[0].block(name).models()]
        with_modes: list[Any] = [line for line in models if "modes" in line.get("cost", {})]  # type: ignore[typeddict-item]
        for line in with_modes:
            modes = line["cost"]["modes"]
            named.update([*modes])
            priced += sum("input" in mode for mode in modes.values())
            assert all(mode["request"] for mode in modes.values())
            beyond = line.get("extra", {}).get("experimental", {"modes": {}})
            assert {key for mode in beyond["modes"].values() for key in mode["provider"]} <= {"headers"}
        assert (len(with_modes), priced) == (57, 58)
        assert named == {"fast": 42, "priority": 15, "pro": 8, "ultrafast": 1}

    def test_every_field_of_every_provider(self, upstream: dict[str, Any], built: tuple[SnapshotFile, Report]) -> None:
        """All of it, and no rule was needed."""
        for source_id, provider in upstream.items():
            theirs = {key: value for key, value in provider.items() if key != "models"}
            assert provider_back(built[0].block(fold(source_id)).provider) == theirs

    def test_a_loss_would_be_seen(self, upstream: dict[str, Any], built: tuple[SnapshotFile, Report]) -> None:
        """The control: take any field from a line of ours, or change it, and the comparison finds it."""
        block = built[0].block("aihubmix")
        model = upstream["aihubmix"]["models"]["glm-4.6"]
        line = block.model(block.rows["glm-4.6"])
        without_derived(line)

        def lost(changed: dict[str, Any]) -> list[str]:
            found = differences(model, model_back(changed))
            return [path for path, theirs, back in found if rule_for(path, theirs, back, model) is None]

        assert lost(line) == []
        for field in set(line) - {"capabilities", "description"}:  # the count of its rule would show the loss
            assert lost({key: value for key, value in line.items() if key != field}), field
        for field in line["capabilities"]:
            kept = {key: value for key, value in line["capabilities"].items() if key != field}
            assert lost({**line, "capabilities": kept}), field
        assert lost({**line, "cost": {**line["cost"], "input": 0.27397401}}) == ["cost.input"]
        assert lost({**line, "limits": {**line["limits"], "output": 0}}) == ["limit.output"]


BUILD = """
import hashlib, locale, os, sys, time
locale.setlocale(locale.LC_ALL, "")
time.tzset()
if sys.argv[2]:  # five years later, where folders list their files the other way round
    gmtime, moment, listed = time.gmtime, time.time, os.listdir
    later = lambda seconds=None: moment() + 5 * 365 * 86400 if seconds is None else seconds
    time.gmtime, time.time = lambda seconds=None: gmtime(later(seconds)), later
    os.listdir = lambda *path: sorted(listed(*path), reverse=True)
from support.catalogues import base
file, report = base(open(sys.argv[1], "rb").read(), without_prose=True)
print(hashlib.sha256(file.data).hexdigest(), repr(report.rows()).encode().hex())
"""


def a_turkish_locale() -> str:
    """A locale in which "I" is not the upper case of "i", where the machine has one; else one that is not C."""
    listed = program(["locale", "-a"]).out.split()
    return next((name for name in listed if name.lower() in ("tr_tr.utf8", "tr_tr.utf-8")), "C.UTF-8")


@pytest.mark.skipif(sys.platform == "win32", reason="locales and time zones have other names there")
class TestSameBytes:
    def test_whatever_the_process(self, tmp_path: Path) -> None:
        """It is the packaged snapshot.

        Hash seed, locale, time zone, clock, encoding, working directory and order of files change nothing.
        """
        (tmp_path / "llm_models.toml").write_text('deny = { openai = ["*"] }\n')
        ways: list[tuple[dict[str, str], Path, str]] = [
            ({"PYTHONHASHSEED": "0", "LC_ALL": "C", "TZ": "UTC", "PYTHONUTF8": "0"}, tmp_path, ""),
            ({"PYTHONHASHSEED": "1", "LC_ALL": a_turkish_locale(), "TZ": "Pacific/Kiritimati"}, ROOT, ""),
            (
                {"PYTHONHASHSEED": "4242", "LC_ALL": "POSIX", "TZ": "Pacific/Niue", "PYTHONOPTIMIZE": "1"},
                ROOT.parent,
                "later",
            ),
        ]

        def build(way: tuple[dict[str, str], Path, str]) -> list[str]:
            env = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT / "tests"), **way[0]}
            return python(BUILD, UPSTREAM, way[2], options=(), cwd=way[1], env=env, timeout=120).out.split()

        with ThreadPoolExecutor() as pool:
            answers = list(pool.map(build, ways))
        assert len({digest for digest, _ in answers}) == 1
        assert len({report for _, report in answers}) == 1
        packaged = hashlib.sha256(Path(paths.PACKAGED_SNAPSHOT).read_bytes()).hexdigest()
        assert answers[0][0] == packaged, (
            "llm_models/data/snapshot.json is not what the pipeline makes of the upstream file: build it anew"
        )

    def test_whatever_the_order_of_the_file(self, upstream: dict[str, Any], built: tuple[SnapshotFile, Report]) -> None:
        """Objects turned round at every level make the same records, to the byte."""
        turned = json.dumps(turn_round(upstream)).encode()
        assert turned != UPSTREAM.read_bytes()
        file, report = of_source(turned)
        assert list(file.blocks) == list(built[0].blocks)
        changed = [name for name in file.blocks if file.raw_block(name) != built[0].raw_block(name)]
        assert changed == []
        assert report.counts == built[1].counts


def turn_round(value: Any) -> Any:
    """The same data with every object's keys in reverse; lists as they are."""
    if isinstance(value, dict):
        return {key: turn_round(item) for key, item in reversed(value.items())}
    return [turn_round(item) for item in value] if isinstance(value, list) else value

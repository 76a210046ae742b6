"""Verdicts: which texts name a model, and what is wrong with it."""

from __future__ import annotations

import ast
import sysconfig
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from support.catalogues import catalogue, day, loaded, model, of_source, provider
from support.histories import fold, seen

import llm_models
from llm_models import Snapshot, other_names, paths
from llm_models.mentions import Mention
from llm_models.other_names import OtherNames
from llm_models.timeline_fold import without_prices
from llm_models.timeline_writer import encode
from llm_models.verdicts import Verdicts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from llm_models.findings import Finding

SOURCE = catalogue(
    provider(
        "openai",
        model("gpt-1", cost={"input": 3, "output": 9}),
        model("gpt-2", status="deprecated"),
        model("o1"),
        model("auto"),
        model("gpt-free", cost=None),
    ),
    provider("reseller", model("gpt-1"), model("gpt-0"), model("openai/gpt-1"), model("auto")),
    provider("other", model("shared-1", status="deprecated"), model("half-1", status="deprecated")),
    provider("another", model("shared-1", status="deprecated"), model("half-1")),
)
BEFORE = {
    "openai": {"gpt-0": 1, "gpt-00": 1, "gpt-1": 1},
    "reseller": {"gpt-1": 1},
    "bygone": {"only-1": 1},
    "too": {"only-1": 1},
}
OTHERS = OtherNames(
    "litellm",
    "2026-11-19",
    "0" * 64,
    {
        "openai": {"gpt-9": None, "gpt-8": "2026-01-01", "gpt-7": day(30), "long-form": None},
        "voyage": {"voyage-1": None},
    },
)
TOML = """
[[models]]
provider = "openai"
id = "gpt-2"
retires = "{retires}"
successor = "openai:gpt-1"

[[models]]
provider = "reseller"
id = "gpt-1"
retires = "2026-01-01"

[deny]
openai = ["gpt-free"]

[exclude]
other = ["half-*"]
"""


@pytest.fixture
def judge(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Verdicts]:
    file, _ = of_source(SOURCE)
    history = fold(seen("2025-01-01", BEFORE), seen("2025-02-01", {"openai": {"gpt-1": 1}}))
    path = tmp_path / "history.json"
    path.write_bytes(encode(without_prices(history._replace(source="models_dev"))))
    monkeypatch.setattr(paths, "PACKAGED_HISTORY", str(path))
    toml = TOML.format(retires=day(30)).encode()
    (tmp_path / "llm_models.toml").write_bytes(toml)
    snapshot = loaded(file, tmp_path / "llm_models.toml", toml)

    def made(**options: Any) -> Verdicts:
        return Verdicts(snapshot.view, **{"lists": [OTHERS], **options})

    return made


def mention(text: str, *beside: str, position: bool = False, is_key: bool = False) -> Mention:
    return Mention(3, 7, text, position, beside, is_key)


def rules(findings: list[Finding]) -> list[tuple[str, str]]:
    return [(one.rule, one.level) for one in findings]


class TestVerdict:
    @pytest.mark.parametrize(
        ("text", "beside", "expected"),
        [
            ("gpt-1", (), []),
            ("openai:gpt-1", (), []),
            ("gpt-2", (), [("retiring", "warning")]),
            ("gpt-1", ("reseller",), [("retired", "error")]),
            ("reseller/gpt-1", (), [("retired", "error")]),
            ("gpt-00", (), [("gone", "error")]),
            ("gpt-0", (), [("gone", "warning")]),  # the reseller still lists it
            ("gpt-0", ("ChatOpenAI",), [("gone", "error")]),
            ("openai/gpt-0", (), [("gone", "error")]),
            ("gpt-0", ("reseller",), []),
            ("only-1", (), [("gone", "error")]),
            ("shared-1", (), [("deprecated", "warning")]),  # at each that lists it
            ("half-1", (), []),
            ("half-1", ("other",), [("excluded", "error")]),
            ("gpt-free", (), [("denied", "error")]),
            ("gpt-9", (), []),
            ("gpt-8", (), [("retired", "error")]),
            ("gpt-7", (), [("retiring", "warning")]),
            ("never-1", (), []),
            ("openai:never-1", (), []),
        ],
    )
    def test_each(
        self, judge: Callable[..., Verdicts], text: str, beside: tuple[str, ...], expected: list[tuple[str, str]]
    ) -> None:
        verdicts = judge(within=90)
        assert rules(verdicts.of("a.py", mention(text, *beside))) == expected
        assert not expected or verdicts.may(text)

    def test_a_finding_has_its_place_and_the_next_step(self, judge: Callable[..., Verdicts]) -> None:
        (found,) = judge(within=90).of("a.py", mention("gpt-2@openai"))
        assert found[:5] == ("a.py", 3, 7, "gpt-2@openai", "openai:gpt-2")
        assert (found.date, found.successor) == (day(30), "openai:gpt-1")
        assert found.message == f"openai:gpt-2: deprecated, retires on {day(30)}; its successor is openai:gpt-1."

    def test_the_days_before_a_retirement(self, judge: Callable[..., Verdicts]) -> None:
        """A model that retires later is still deprecated; one without a mark is no finding."""
        for within, rule in ((30, "retiring"), (29, "deprecated"), (None, "deprecated")):
            assert [one.rule for one in judge(within=within).of("a", mention("gpt-2"))] == [rule]
        for within, count in ((30, 1), (29, 0), (None, 0)):
            assert len(judge(within=within).of("a", mention("gpt-7"))) == count

    def test_one_that_is_gone_names_its_last_day_and_who_still_lists_it(self, judge: Callable[..., Verdicts]) -> None:
        (found,) = judge().of("a", mention("gpt-0"))
        assert found.date == "2025-01-01"
        assert "last listed on 2025-01-01" in found.message
        assert "reseller:gpt-0" in found.message

    def test_what_is_denied_or_excluded_names_the_place_of_the_pattern(self, judge: Callable[..., Verdicts]) -> None:
        (denied,) = judge().of("a", mention("openai:gpt-free"))
        (excluded,) = judge().of("a", mention("other:half-1"))
        assert "llm_models.toml:14" in denied.message
        assert "llm_models.toml:17" in excluded.message

    def test_prices(self, judge: Callable[..., Verdicts]) -> None:
        """In USD per million tokens; a price that is not known is no finding."""
        (found,) = judge(max_price_input=2.5, max_price_output=9).of("a", mention("gpt-1"))
        assert (found.rule, found.level) == ("price", "warning")
        assert found.message == "openai:gpt-1: its price of input is 3 USD per million tokens (at most 2.5)."
        assert judge(max_price_input=3, max_price_output=9).of("a", mention("gpt-1")) == []
        assert rules(judge(max_price_input=0).of("a", mention("gpt-free"))) == [("denied", "error")]

    def test_a_key_gets_a_hint_to_the_price(self, judge: Callable[..., Verdicts]) -> None:
        (found,) = judge().of("a", mention("gpt-2", is_key=True))
        assert found.message.endswith("'llm-models cost openai:gpt-2'.")

    @pytest.mark.parametrize("pattern", ["gpt-2", "openai:gpt-2", "gpt-*", "openai:*"])
    def test_what_is_ignored(self, judge: Callable[..., Verdicts], pattern: str) -> None:
        assert judge(ignore=[pattern]).of("a", mention("gpt-2")) == []
        assert judge(ignore=["gpt"]).of("a", mention("gpt-2")) != []

    def test_unknown_is_a_note_where_position_and_provider_are_known(self, judge: Callable[..., Verdicts]) -> None:
        verdicts = judge(unknown=True)
        (found,) = verdicts.of("a", mention("gpt-11", "ChatOpenAI", position=True))
        assert (found.rule, found.level, found.spec) == ("unknown", "note", "openai:gpt-11")
        assert "Did you mean" in found.message
        assert verdicts.of("a", mention("openai:gpt-11", position=True)) != []
        for silent in (
            mention("gpt-11", "ChatOpenAI"),
            mention("gpt-11", position=True),
            mention("gpt-x", "openai", position=True),
            mention("GPT-11", "openai", position=True),
            mention("gpt-11.json", "openai", position=True),
            mention("gpt-9", "openai", position=True),
        ):
            assert verdicts.of("a", silent) == []
        assert judge().of("a", mention("gpt-11", "openai", position=True)) == []


class TestShape:
    """Which text is a name, by the shape of the id."""

    def test_a_short_id_counts_in_model_position(self, judge: Callable[..., Verdicts]) -> None:
        assert judge().spec(mention("o1")) is None
        assert judge().spec(mention("o1", "openai")) is None
        assert judge().spec(mention("o1", position=True)) == "openai:o1"
        assert judge().spec(mention("openai:o1")) == "openai:o1"

    def test_a_word_with_a_number_needs_more_than_one_reseller(self, judge: Callable[..., Verdicts]) -> None:
        for owner, word in (("reseller", "step-3"), ("another", "phase-1.5"), ("nobody", "item_12")):
            once = OtherNames("map", "2026-11-19", "0" * 64, {owner: {word: "2026-01-01"}})
            verdicts = judge(lists=[once])
            assert verdicts.spec(mention(word)) is None
            assert rules(verdicts.of("a", mention(word, position=True))) == [("retired", "error")]
            assert rules(verdicts.of("a", mention(f"{owner}/{word}"))) == [("retired", "error")]
        assert judge().spec(mention("voyage-1")) == "voyage:voyage-1"  # the word is its provider
        assert judge().spec(mention("gpt-9")) == "openai:gpt-9"  # a maker has it
        assert judge().spec(mention("shared-1")) == "shared-1"  # several have it

    def test_a_reseller_is_not_the_home_of_a_makers_name(self, packaged_verdicts: Verdicts) -> None:
        for name in ("claude-3-opus", "gemini-2.0-flash-exp-image-generation", "anthropic/claude-3-sonnet"):
            assert packaged_verdicts.spec(mention(name)) == name
            assert rules(packaged_verdicts.of("a", mention(name))) == [("gone", "error")]

    def test_weights_of_hugging_face_are_gone_only_at_a_provider(self, packaged_verdicts: Verdicts) -> None:
        for name in ("BAAI/bge-en-icl", "Qwen/Qwen3-VL-8B-Thinking"):
            assert packaged_verdicts.spec(mention(name)) == name
            assert packaged_verdicts.of("a", mention(name, position=True)) == []
        stated = packaged_verdicts.of("a", mention("BAAI/bge-en-icl", "nebius", position=True))
        assert rules(stated) == [("gone", "error")]

    @pytest.mark.parametrize("beside", ["from_pretrained", "pipeline", "hf_hub_download", "ollama", "vllm"])
    def test_weights_that_the_code_loads_are_no_model_of_their_maker(
        self, packaged_verdicts: Verdicts, beside: str
    ) -> None:
        for name in ("google/gemma-3-27b-it", "nvidia/nemotron-mini-4b-instruct", "openai/whisper-1"):
            assert packaged_verdicts.spec(mention(name, beside, position=True)) is None
        assert packaged_verdicts.spec(mention("openai/gpt-4", beside, position=True)) == "openai:gpt-4"
        assert packaged_verdicts.of("a", mention("google/gemma-3-27b-it")) == []
        for name in ("google:gemma-3-27b-it", "gemini/gemma-3-27b-it"):
            assert rules(packaged_verdicts.of("a", mention(name))) == [("gone", "error")]

    def test_a_word_counts_only_with_its_provider_in_the_text(self, judge: Callable[..., Verdicts]) -> None:
        for beside in ((), ("openai",)):
            assert judge().spec(mention("auto", *beside, position=True)) is None
        assert judge().spec(mention("openai/auto")) == "openai:auto"

    def test_what_only_another_list_knows_needs_a_digit_or_model_position(self, judge: Callable[..., Verdicts]) -> None:
        assert judge().spec(mention("gpt-9")) == "openai:gpt-9"
        assert judge().spec(mention("long-form")) is None
        assert judge().spec(mention("long-form", position=True)) == "openai:long-form"
        assert judge().spec(mention("voyage/voyage-1")) == "voyage:voyage-1"

    def test_a_reseller_beside_has_the_longer_id(self, judge: Callable[..., Verdicts]) -> None:
        assert judge().spec(mention("openai/gpt-1")) == "openai:gpt-1"
        assert judge().spec(mention("openai/gpt-1", "reseller")) == "reseller:openai/gpt-1"

    def test_several_resellers_are_no_home(self, judge: Callable[..., Verdicts]) -> None:
        assert judge().spec(mention("shared-1")) == "shared-1"
        assert judge().spec(mention("shared-1", "another")) == "another:shared-1"


CASES = [
    [part.strip() for part in line.split(" | ")]
    for line in (Path(__file__).parent / "support" / "lint_texts.txt").read_text(encoding="utf-8").splitlines()
    if line and not line.startswith("#")
]


@pytest.fixture(scope="module")
def packaged_verdicts() -> Verdicts:
    return Verdicts(Snapshot(llm_models.in_use.packaged()).view, within=10_000)


def test_situations_of_code_bases(packaged_verdicts: Verdicts) -> None:
    """Of fifty texts, at most one is a false alarm; and what names a model is read as that model."""
    alarms, missed = [], []
    for _, text, position, beside, expected in CASES:
        near = tuple(one.strip() for one in beside.split(",") if one.strip() != "-")
        one = Mention(1, 1, text, position == "yes", near, False)
        found = packaged_verdicts.spec(one)
        if expected == "none":
            alarms += [text] if found is not None or packaged_verdicts.of("a", one) else []
        elif found != expected or not packaged_verdicts.may(text):
            missed.append((text, found))
    assert len(CASES) > 100
    assert (alarms, missed) == ([], [])


def stdlib() -> Iterator[str]:
    """Every text of each third file of the standard library: a third takes ten seconds."""
    for path in sorted(Path(sysconfig.get_path("stdlib")).rglob("*.py"))[::3]:
        if "site-packages" not in path.parts:
            try:
                tree = ast.parse(path.read_bytes())
            except (SyntaxError, ValueError):
                continue
            for node in ast.walk(tree):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    yield node.value


@pytest.mark.whole
def test_no_text_of_the_standard_library_names_a_model(packaged_verdicts: Verdicts) -> None:
    texts = {*stdlib()}
    assert len(texts) > 10_000
    assert [text for text in texts if packaged_verdicts.may(text) and packaged_verdicts.spec(mention(text))] == []


class TestOtherNames:
    def test_the_packaged_ones_are_new_and_read_back(self, packaged: Snapshot) -> None:
        lists = other_names.packaged()
        assert other_names.encode(lists) == Path(paths.PACKAGED_NAMES).read_bytes()
        for one in lists:
            for name, of_one in one.names.items():
                assert not any(packaged.view.past.knows(name, model_id) for model_id in of_one)
                known = packaged.file.block(name) if name in packaged.view.known else None
                assert known is None or not any(map(known.serves, of_one))

    def test_they_are_built_from_the_map(self, packaged: Snapshot) -> None:
        from llm_models.names_build import names_of

        records = {
            "gpt-4o": {"litellm_provider": "openai", "mode": "chat"},
            "gpt-x-1": {"litellm_provider": "openai", "mode": "chat", "deprecation_date": "2026-12-01"},
            "hd/1024-x-1024/gpt-x-2": {"litellm_provider": "openai", "mode": "image_generation"},
            "gemini/gemini-x-1": {"litellm_provider": "gemini", "mode": "chat", "deprecation_date": "soon"},
            "voyage/voyage-x": {"litellm_provider": "voyage", "mode": "embedding"},
            "ollama/llama-x": {"litellm_provider": "ollama", "mode": "chat"},
            "tavily/search": {"litellm_provider": "tavily", "mode": "search"},
            "sample_spec": {"litellm_provider": "openai", "mode": "chat"},
        }
        assert names_of(records, packaged.view) == {
            "google": {"gemini-x-1": None},
            "openai": {"gpt-x-1": "2026-12-01"},
            "voyage": {"voyage-x": None},
        }

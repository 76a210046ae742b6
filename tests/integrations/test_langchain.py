"""`profile`: what LangChain's models say of themselves, and how that differs from the profiles that LangChain ships."""

from __future__ import annotations

import math
import tomllib
from fnmatch import fnmatchcase
from importlib import import_module, resources
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

import llm_models
from llm_models.integrations.langchain import PROFILE, profile

if TYPE_CHECKING:
    from collections.abc import Iterator

language_models = pytest.importorskip("langchain_core.language_models")

UNFILLED = {
    "image_tool_message",
    "image_url_inputs",
    "mid_conversation_system_messages",
    "mid_conversation_tools",
    "pdf_tool_message",
    "reasoning_effort_default",
    "tool_choice",
}
"""Keys of LangChain's profile that our record holds nothing of; the module and the docs name them too."""


def declared() -> dict[str, Any]:
    from typing import get_type_hints

    return get_type_hints(language_models.ModelProfile)


def test_every_key_is_filled_or_named_as_one_that_cannot_be() -> None:
    assert set(PROFILE) | UNFILLED == set(declared())
    assert not set(PROFILE) & UNFILLED
    from llm_models.integrations import langchain

    assert all(f"`{key}`" in (langchain.__doc__ or "") for key in UNFILLED)


@pytest.mark.whole
def test_every_profile_of_the_catalogue_is_what_langchain_declares(packaged: llm_models.Snapshot) -> None:
    """pydantic reads every fourth strictly; what is there is what the record says, limits and modalities included."""
    pydantic = pytest.importorskip("pydantic")
    adapter = pydantic.TypeAdapter(language_models.ModelProfile)
    for model in packaged.list_models()[::4]:
        made = profile(model, snapshot=packaged)
        assert adapter.validate_python(made, strict=True) == made
        assert set(made) <= set(PROFILE)
        window = model.limits.context or math.inf
        assert made.get("max_input_tokens", window) == min(model.limits.input or window, window)
        assert made.get("max_output_tokens", window) == min(model.limits.output or window, window)
        for kind in ("text", "image", "audio", "video", "pdf"):
            assert made.get(f"{kind}_inputs", False) is (kind in model.modalities.input)
        no = {key for key, value in made.items() if value is False and key.endswith(("_inputs", "_outputs"))}
        assert no <= {"text_inputs", "image_inputs", "text_outputs", "image_outputs"}  # other lists are open
        talks = model.kind in ("chat", "realtime")  # of other models, tools and JSON contradict the kind
        assert made.get("tool_calling", False) is (talks and model.capabilities.tools.enabled)
        assert made.get("structured_output", False) is (talks and model.capabilities.json.schema)
        assert (made.get("status") == "deprecated") is (model.deprecated or model.status == "deprecated")


def test_a_correction_of_one_field_makes_no_contradiction() -> None:
    """A smaller context, which leaves the limit of the input; reasoning off, which leaves the efforts."""
    said = {
        "models": [
            {"provider": "openai", "id": "gpt-5.2", "limits": {"context": 100_000}},
            {"provider": "openai", "id": "gpt-5.4", "capabilities": {"reasoning": {"enabled": False}}},
            {"provider": "openai", "id": "gpt-5.4-mini", "capabilities": {"tools": {"enabled": False}}},
        ]
    }
    catalogue = llm_models.load(config=None, overrides=said, publish=False)
    small = profile("openai:gpt-5.2", snapshot=catalogue)
    assert (small["max_input_tokens"], small["max_output_tokens"]) == (100_000, 100_000)
    calm = profile("openai:gpt-5.4", snapshot=catalogue)
    assert calm["reasoning_output"] is False
    assert "reasoning_effort_levels" not in calm
    bare = profile("openai:gpt-5.4-mini", snapshot=catalogue)
    assert bare["tool_calling"] is False
    assert not bare.get("tool_call_streaming")


def test_what_nobody_says_is_absent() -> None:
    said = {
        "providers": [{"id": "mine"}],
        "models": [
            {"provider": "mine", "id": "a"},
            {"provider": "mine", "id": "b", "capabilities": {"tools": {"enabled": False}}},
        ],
    }
    catalogue = llm_models.load(config=None, overrides=said, publish=False)
    assert profile("mine:a", snapshot=catalogue) == {}
    assert profile("mine:b", snapshot=catalogue) == {"tool_calling": False}


def test_an_older_langchain_gets_no_key_that_it_does_not_know(monkeypatch: pytest.MonkeyPatch) -> None:
    from typing import TypedDict

    class ModelProfile(TypedDict, total=False):
        max_input_tokens: int
        tool_choice: bool

    monkeypatch.setattr(language_models, "ModelProfile", ModelProfile)
    assert profile("openai:gpt-4o-mini") == {"max_input_tokens": 128000}


@pytest.mark.parametrize(
    ("package", "name", "spec"),
    [
        ("langchain_openai", "ChatOpenAI", "openai:gpt-5.2"),
        ("langchain_anthropic", "ChatAnthropic", "anthropic:claude-haiku-4-5"),
    ],
)
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_chat_model_built_with_it_shows_it(package: str, name: str, spec: str) -> None:
    chat_model = getattr(pytest.importorskip(package), name)
    made = profile(spec)
    built = chat_model(model=llm_models.resolve(spec).provider_model_id, api_key="sk-none", profile=made)
    assert built.profile == made


# How ours differ from what LangChain ships.


class Case(NamedTuple):
    """One key of one model that both know, on which the two differ; None is absent."""

    provider: str
    model: str
    key: str
    ours: Any
    theirs: Any
    augmented: dict[str, Any]  # what their package states by hand for the model
    bare: bool  # whether it states nothing else for it
    curated: bool  # whether ours comes from overrides/, with a link to the provider's documentation
    record: llm_models.Model


class Why(NamedTuple):
    """An explanation: whom the difference comes from ("ours", "theirs", "date"), of which cases, and its evidence."""

    whose: str
    keys: str
    models: str
    evidence: Any
    reason: str


def written_by_hand(case: Case) -> bool:
    return case.key in case.augmented and case.theirs == case.augmented[case.key]


def written_by_hand_alone(case: Case) -> bool:
    return case.theirs is None and case.bare


def curated(case: Case) -> bool:
    return case.curated and not written_by_hand(case)


def narrower_input(case: Case) -> bool:
    limits = case.record.limits
    return limits.input is not None and (case.ours, case.theirs) == (limits.input, limits.context)


def zero(case: Case) -> bool:
    return case.ours is None and case.theirs == 0


def dimensions(case: Case) -> bool:
    return case.ours is None and case.theirs == case.record.dimensions


def not_listed(case: Case) -> bool:
    return case.ours is None and case.theirs is False


def no_efforts(case: Case) -> bool:
    return case.theirs is None and "reasoning_effort_levels" not in case.augmented


def dated(case: Case) -> bool:
    known = (case.key, case.ours, case.theirs)
    return known in DATED.get(case.model, ()) and not case.curated and not written_by_hand(case)


DATED: dict[str, tuple[tuple[str, Any, Any], ...]] = {
    **dict.fromkeys(
        ("claude-sonnet-4-5", "claude-sonnet-4-5-20250929"),
        (("max_input_tokens", 1_000_000, 200_000),),
    ),
    "gpt-4": (("attachment", True, False),),
}
"""Model -> (key, ours, theirs) where theirs comes from another day of models.dev than ours, 2026-09-30."""

EXPLAINED = (
    Why("theirs", "*", "*", written_by_hand,
        "their profile_augmentations.toml says so by hand, mostly for every model of the provider at once, whether "
        "it is true of it or not: embedding models that take PDFs, dated ids without the structured outputs that "
        "their undated twins have, efforts that models.dev and the provider do not list"),
    Why("theirs", "max_*_tokens", "*image*", zero, "models.dev writes 0 for a limit that it does not know"),
    Why("theirs", "max_output_tokens", "text-embedding-*", dimensions,
        "models.dev writes the size of the vector as the output limit of an embedding model"),
    Why("theirs", "reasoning_effort_levels", "*", no_efforts,
        "their generator reads no efforts from models.dev; only hand-written ones arrive"),
    Why("date", "*", "gpt-5*", written_by_hand_alone, "models.dev of their day does not have the model"),
    Why("ours", "[apv]*puts", "*", not_listed,
        "a list that lacks audio, video or PDF does not state that the model has none: not every source lists them"),
    Why("ours", "status", "*", curated, "shutdowns that the providers announced, which models.dev does not tell"),
    Why("ours", "structured_output", "gpt-4o-2024-05-13", curated, "OpenAI documents it from 2024-08-06 on"),
    Why("ours", "max_input_tokens", "gpt-*", narrower_input,
        "the largest input where models.dev states one; their generator takes the context window, of which the "
        "answer is a part (for the models that they correct by hand they do as we do)"),
    Why("date", "*", "*", dated, "models.dev stated it on another day"),
)  # fmt: skip

FIELDS = {"status": "deprecated", "structured_output": "capabilities.json.schema"}
"""Key -> the field of our record that curated corrections state for it."""


def cases(packaged: llm_models.Snapshot) -> Iterator[Case]:
    """Every key of every model that both know, on which they differ."""
    origins = packaged.file.tail()["models"]
    for provider in ("openai", "anthropic"):
        package = f"langchain_{provider}.data"
        theirs = import_module(f"{package}._profiles")._PROFILES
        by_hand = tomllib.loads(resources.files(package).joinpath("profile_augmentations.toml").read_text("utf-8"))
        general = {key: value for key, value in by_hand["overrides"].items() if not isinstance(value, dict)}
        for model in packaged.list_models(provider):
            if model.id not in theirs:
                continue
            ours: dict[str, Any] = {**profile(model, snapshot=packaged)}
            other = theirs[model.id]
            augmented = {**general, **by_hand["overrides"].get(model.id, {})}
            fields = origins.get(model.spec, {}).get("fields", {})
            for key in sorted({*ours, *other}):
                if ours.get(key) == other.get(key):
                    continue
                yield Case(
                    provider=provider,
                    model=model.id,
                    key=key,
                    ours=ours.get(key),
                    theirs=other.get(key),
                    augmented=augmented,
                    bare=set(other) <= set(augmented),
                    curated=fields.get(FIELDS.get(key, key), {}).get("layer", "").startswith("overrides/"),
                    record=model,
                )


def explanation(case: Case) -> Why | None:
    for why in EXPLAINED:
        if fnmatchcase(case.key, why.keys) and fnmatchcase(case.model, why.models) and why.evidence(case):
            return why
    return None


@pytest.mark.whole
def test_each_difference_from_langchains_own_profiles_is_explained(packaged: llm_models.Snapshot) -> None:
    """As ours, theirs or a date, with evidence; and no explanation stands that explains nothing."""
    pytest.importorskip("langchain_openai")
    pytest.importorskip("langchain_anthropic")
    used: dict[Why, int] = {}
    unexplained = []
    seen = {(case.model, case.key, str(case.ours), str(case.theirs)): case for case in cases(packaged)}
    assert len(seen) > 100  # there is something to explain
    for case in seen.values():
        why = explanation(case)
        if why is None:
            unexplained.append(f"{case.provider}:{case.model} {case.key}: ours {case.ours!r}, theirs {case.theirs!r}")
        else:
            used[why] = used.get(why, 0) + 1
    assert unexplained == []
    assert [why for why in EXPLAINED if why not in used] == []
    known = {(model, *entry) for model, entries in DATED.items() for entry in entries}
    assert known <= {(case.model, case.key, case.ours, case.theirs) for case in seen.values() if dated(case)}
    told = {whose: sum(n for why, n in used.items() if why.whose == whose) for whose in ("ours", "theirs", "date")}
    print(f"{len(seen)} differences: {told}")


def test_a_difference_that_nobody_explained_would_be_found(packaged: llm_models.Snapshot) -> None:
    case = next(cases(packaged))
    for change in (
        {"key": "temperature", "ours": True, "theirs": False},
        {"key": "max_output_tokens", "ours": 1, "theirs": 2},
    ):
        assert explanation(case._replace(**change)) is None

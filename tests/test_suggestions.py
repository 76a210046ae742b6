"""What a message suggests for a name that leads nowhere, over the packaged data."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING, Any

import pytest
from support.clock import on
from support.command import here, refused

import llm_models
from llm_models.errors import AmbiguousModelError, LLMModelsError, UnknownModelError, UnknownProviderError
from llm_models.readings import readings
from llm_models.similarity import similar, stem_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from llm_models.snapshot import Snapshot

DATE = re.compile(r"[-@]20\d\d-?\d\d-?\d\d$|-\d\d-20\d\d$|-(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])$")
"""The end of an id that is surely a date."""
OUTSIDE = "not a provider in the catalogue; define it under [[providers]]"


@pytest.fixture(autouse=True)
def _today() -> Iterator[None]:
    with on("2026-11-26"):
        yield


def told(ask: Any, *arguments: object, **options: Any) -> str:
    with pytest.raises(LLMModelsError) as caught:
        ask(*arguments, **options)
    return str(caught.value)


def suggested(message: str) -> list[str]:
    """The names that the question of a message lists."""
    question = message.partition("Did you mean ")[2].partition("?")[0]
    return re.findall(r"'([^']*)'", question)


@pytest.mark.whole
class TestDatedTwins:
    """An undated name of a model that a provider lists with a date only."""

    def twins(self, packaged: Snapshot) -> dict[tuple[str, str], list[str]]:
        twins = defaultdict(list)
        for provider in packaged.view.known:
            block = packaged.view.file.block(provider)
            for model_id in block.ids:
                undated = DATE.sub("", model_id)
                if undated != model_id and not block.serves(undated):
                    twins[provider, undated].append(model_id)
        return twins

    def test_the_first_suggestion_is_one_of_them(self, packaged: Snapshot) -> None:
        twins = self.twins(packaged)
        assert len(twins) > 150
        for (provider, undated), ids in twins.items():
            assert suggested(told(packaged.get_model, provider, undated))[0] in ids

    def test_so_it_is_for_a_bare_name(self, packaged: Snapshot) -> None:
        names, past = packaged.view.names(), packaged.view.past
        bare = defaultdict(list)
        for name in names:
            undated = stem_of(name)
            plain = undated != name and "/" not in undated  # before a `/` may be a provider, whose models come first
            if plain and undated not in names and not past.holders(undated):
                bare[undated].append(name)
        assert len(bare) > 40
        for undated, ids in bare.items():
            assert suggested(told(packaged.resolve, undated))[0] in ids

    def test_a_dated_name_of_an_undated_model_has_that_first(self, packaged: Snapshot) -> None:
        asked = 0
        for provider in ("openai", "azure", "mistral", "xai", "groq", "deepseek"):
            block = packaged.view.file.block(provider)
            for model_id in (one for one in block.ids if stem_of(one) == one):
                dated = f"{model_id}-2019-01-31"
                message = told(packaged.get_model, provider, dated)
                assert suggested(message)[0] == model_id
                asked += 1
        assert asked > 100


class TestModels:
    @pytest.mark.parametrize(
        ("spec", "first"),
        [
            ("openai:gpt-4o-mni", "gpt-4o-mini"),
            ("openai:GPT-4O-MINI", "gpt-4o-mini"),
            ("azure:gpt-5.5-2026-04-23", "gpt-5.5"),
            ("openrouter:anthropic/claude-4.5-sonnet-20250929", "anthropic/claude-sonnet-4.5"),
            ("openrouter:gpt-4o-mini", "openai/gpt-4o-mini"),
            ("openai:openai/gpt-4o", "gpt-4o"),
            ("google:gemini-2.5-flash-001", "gemini-2.5-flash"),
            ("amazon_bedrock:us.anthropic.claude-sonnet-4-5", "us.anthropic.claude-sonnet-4-5-20250929-v1:0"),
            ("GPT-4O-MINI", "gpt-4o-mini"),
            ("gpt-4o-minj", "gpt-4o-mini"),
            ("sonnet 4.5", "claude-sonnet-4-5"),
            ("groq/llama-3.3-70b-versatil", "groq:llama-3.3-70b-versatile"),
            ("openrouter/openai/gpt-4o-mni", "openrouter:openai/gpt-4o-mini"),
        ],
    )
    def test_the_first_suggestion(self, packaged: Snapshot, spec: str, first: str) -> None:
        assert suggested(told(packaged.resolve, spec))[0] == first

    @pytest.mark.parametrize("prefix", ["", "openai:"])
    @pytest.mark.parametrize("name", ["GPT-4o mini", "GPT-4O-MINI"])
    def test_the_name_of_a_record_and_another_case_have_one_suggestion(
        self, packaged: Snapshot, prefix: str, name: str
    ) -> None:
        assert suggested(told(packaged.resolve, prefix + name)) == ["gpt-4o-mini"]

    def test_the_name_of_every_record_of_a_maker_suggests_its_id(self, packaged: Snapshot) -> None:
        for provider in ("openai", "anthropic", "google", "mistral"):
            for model in packaged.list_models(provider):
                if model.name and not packaged.view.file.block(provider).serves(model.name):
                    assert model.id in suggested(told(packaged.get_model, provider, model.name))

    def test_a_part_of_a_name_lists_some_models_and_how_to_list_all(self, packaged: Snapshot) -> None:
        message = told(packaged.resolve, "haiku")
        assert all("haiku" in name for name in suggested(message))
        assert suggested(message)[0].startswith("claude-haiku-4-5")
        assert message.endswith(" 'llm-models search WORDS' searches all models.")
        message = told(packaged.resolve, "openai:mini")
        assert message.endswith(" 'llm-models list openai' lists all of them, 'llm-models search WORDS' all models.")

    def test_the_newest_of_the_family_for_a_moving_name(self, packaged: Snapshot) -> None:
        newest = max(
            (model for model in packaged.list_models("xai") if model.id.startswith("grok-4")),
            key=lambda model: (model.release_date or "", model.id),
        )
        assert suggested(told(packaged.resolve, "xai:grok-4-latest"))[0] == newest.id

    @pytest.mark.whole
    def test_no_text_is_suggested_for_itself(self, packaged: Snapshot) -> None:
        for provider in ("openai", "openrouter", "amazon_bedrock", "google"):
            names = packaged.view.file.block(provider).ids
            for name in names:
                found = similar(name, names)
                assert name not in [*found.same, *found.others]

    def test_a_provider_without_models(self, tmp_path: Path) -> None:
        (tmp_path / "llm_models.toml").write_text('[[providers]]\nid = "acme"\nname = "Acme"\n')
        snapshot = llm_models.load(config=tmp_path / "llm_models.toml", publish=False)
        assert told(snapshot.resolve, "acme:x").endswith("acme has no model 'x'. That provider has no models.")


class TestLifecycle:
    @pytest.fixture
    def snapshot(self, tmp_path: Path) -> Snapshot:
        text = '[[providers]]\nid = "acme"\nbase_url = "http://localhost"\n'
        for model_id, more in {
            "tern-1-mini": 'retires = "2026-07-01"\nrelease_date = "2026-05-01"\n',
            "tern-1-large": 'release_date = "2025-05-01"\n',
            "tern-1-small": "deprecated = true\n",
            "gull-2-2026-01-31": 'retires = "2026-07-01"\n',
            "gull-2-mini": "",
            "wren-1-2026-03-31": 'retires = "2026-07-01"\nrelease_date = "2026-03-31"\n',
            "wren-1-2025-03-31": 'release_date = "2025-03-31"\n',
            "wren-1-latest": "",
            "lark-latest": 'retires = "2026-07-01"\n',
            "lark-mini": "",
            "kite-1": 'retires = "2026-07-01"\n',
            "kite-2-mini": "",
        }.items():
            text += f'[[models]]\nprovider = "acme"\nid = "{model_id}"\nname = "x"\n{more}'
        (tmp_path / "llm_models.toml").write_text(text)
        return llm_models.load(config=tmp_path / "llm_models.toml", publish=False)

    def test_retired_models_come_last_and_are_marked(self, snapshot: Snapshot) -> None:
        message = told(snapshot.resolve, "acme:tern-1")
        question = "'tern-1-large' or 'tern-1-small' (deprecated) or 'tern-1-mini' (retired on 2026-07-01)?"
        assert message == f"acme has no model 'tern-1'. Did you mean {question}"

    def test_before_that_day_they_are_as_others(self, snapshot: Snapshot) -> None:
        with on("2026-06-30"):
            assert suggested(told(snapshot.resolve, "acme:tern-1"))[0] == "tern-1-mini"

    def test_the_same_model_with_its_date_stays_first(self, snapshot: Snapshot) -> None:
        question = "'gull-2-2026-01-31' (retired on 2026-07-01) or 'gull-2-mini'?"
        assert told(snapshot.resolve, "acme:gull-2").endswith(f"Did you mean {question}")

    def test_but_not_where_only_some_of_the_same_model_are_retired(self, snapshot: Snapshot) -> None:
        found = told(snapshot.resolve, "acme:wren-1")
        assert suggested(found) == ["wren-1-2025-03-31", "wren-1-latest", "wren-1-2026-03-31"]

    def test_a_moving_name_that_is_retired_does_not(self, snapshot: Snapshot) -> None:
        assert suggested(told(snapshot.resolve, "acme:lark")) == ["lark-mini", "lark-latest"]

    def test_where_all_are_retired_others_are_named_first(self, snapshot: Snapshot) -> None:
        assert suggested(told(snapshot.resolve, "acme:kite-3")) == ["kite-2-mini", "kite-1"]

    def test_the_same_model_that_only_the_history_has_is_marked(self, packaged: Snapshot) -> None:
        message = told(packaged.resolve, "anthropic:claude-3-7-sonnet")
        assert "'claude-3-7-sonnet-20250219' (no longer listed)?" in message
        assert suggested(message)[-1] == "claude-3-7-sonnet-20250219"


class TestProviders:
    @pytest.mark.parametrize(
        "name",
        ["ollama", "vllm", "Hosted-vLLM", "litellm_proxy", "sagemaker", "replicate", "voyageai", "llama.cpp", "exa_ai"],
    )
    def test_an_outsider_has_no_look_alike_anywhere(self, packaged: Snapshot, name: str) -> None:
        for message in (
            told(packaged.parse_provider, name),
            told(packaged.resolve, f"{name}:some-model"),
            told(packaged.resolve, f"some-model@{name}"),
            told(packaged.resolve, f"{name}/some-model"),
            told(packaged.resolve, "gpt-4o", scope=name),
            told(packaged.select, prefer=[name]),
            told(packaged.get_model, name, "x"),
        ):
            assert OUTSIDE in message
            assert "Did you mean" not in message

    @pytest.mark.parametrize(
        ("name", "providers"),
        [
            ("gcp.gen_ai", ["google", "google_vertex"]),
            ("grok", ["xai"]),
            ("Claude", ["anthropic"]),
            ("glm", ["zai", "zhipuai"]),
            ("kimi", ["moonshotai"]),
            ("opnai", ["openai"]),
            ("groqcloud", ["groq"]),
        ],
    )
    def test_a_word_means_what_it_means(self, packaged: Snapshot, name: str, providers: list[str]) -> None:
        assert suggested(told(packaged.parse_provider, name)) == providers

    def test_a_host_of_another_tool_is_not_a_provider_with_a_similar_name(self, packaged: Snapshot) -> None:
        assert told(packaged.parse_provider, "tencent").endswith(f"This is {OUTSIDE}.")
        assert told(packaged.resolve, "tencent:hunyuan-x").endswith(f"'tencent' is {OUTSIDE}.")

    @pytest.mark.parametrize("name", ["nope", "sandrock", "xy", "", "  "])
    def test_far_away_means_how_to_list_them(self, packaged: Snapshot, name: str) -> None:
        message = told(packaged.parse_provider, name)
        assert message == f"unknown provider '{name}'. 'llm-models providers' lists all of them."

    def test_what_is_no_text_has_no_suggestion(self, packaged: Snapshot) -> None:
        assert told(packaged.parse_provider, 5) == "unknown provider '5'."
        assert told(packaged.get_model, "openai", 5) == "openai has no model '5'."


class TestWholeSpecs:
    """A text with a wrong provider gets one sentence, and the whole text as it should be."""

    @pytest.mark.parametrize(
        ("text", "fixed"),
        [
            ("togeterai:openai/gpt-oss-20b", ["togetherai:openai/gpt-oss-20b"]),
            ("opnai:gpt-4o", ["openai:gpt-4o"]),
            ("gpt-4o@opnai", ["openai:gpt-4o"]),
            ("grok:grok-4.3", ["xai:grok-4.3"]),
            ("groqcloud:openai/gpt-oss-20b", ["groq:openai/gpt-oss-20b"]),
            ("groc/llama-3.3-70b-versatile", ["groq:llama-3.3-70b-versatile"]),
            ("opnai:gpt-4o-mni", ["openai:gpt-4o-mini"]),
            ("gpt-oss:20b-cloudd", ["gpt-oss:20b"]),
        ],
    )
    def test_the_suggestion_is_all_of_it(self, packaged: Snapshot, text: str, fixed: list[str]) -> None:
        message = told(packaged.resolve, text)
        assert suggested(message) == fixed
        assert message.count("?") == 1

    def test_the_message_states_why(self, packaged: Snapshot) -> None:
        assert told(packaged.resolve, "nope:x/y") == (
            "no provider has a model 'nope:x/y', and 'nope' before the ':' is not a known provider. "
            "'llm-models providers' lists all of them."
        )
        assert told(packaged.resolve, "ollama:llama3") == (
            f"no provider has a model 'ollama:llama3'. 'ollama' is {OUTSIDE}."
        )

    @pytest.mark.parametrize("text", ["@", ":", "/", " @ ", "::", "@/:"])
    def test_a_text_without_a_name_has_a_plain_message(self, packaged: Snapshot, text: str) -> None:
        assert told(packaged.resolve, text) == (
            f"no provider has a model '{text.strip()}'. Write a model as 'provider:model'."
        )

    @pytest.mark.parametrize(("text", "fixed"), [(":gpt-4o", "gpt-4o"), ("gpt-4o@", "gpt-4o")])
    def test_an_empty_provider_is_not_named(self, packaged: Snapshot, text: str, fixed: str) -> None:
        message = told(packaged.resolve, text)
        assert suggested(message)[0] == fixed
        assert "''" not in message


PROTOCOL = "In LiteLLM, the prefix 'openai/' states a protocol, not a provider."


class TestSlash:
    """A text whose first part is a provider gets what that provider has, as whole specs."""

    @pytest.mark.parametrize(
        ("text", "first"),
        [
            ("bedrock/claude-opus-5", "amazon_bedrock:anthropic.claude-opus-5"),
            ("gemini/gemini-pro-latest", "google:gemini-flash-latest"),
            ("vertex_ai/gemini-3.4-flash-001", "google_vertex:gemini-3.8-flash"),
            ("azure/gpt-4o-minj", "azure:gpt-4o-mini"),
            ("openrouter/claude-opus-5", "openrouter:anthropic/claude-opus-5"),
            ("mistral/mistral-large", "mistral:mistral-large-2512"),
        ],
    )
    def test_the_first_suggestion(self, packaged: Snapshot, text: str, first: str) -> None:
        found = suggested(told(packaged.resolve, text))
        assert found[0] == first
        assert {one.partition(":")[0] for one in found} == {first.partition(":")[0]}

    @pytest.mark.parametrize(
        "rest", ["claude-opus-5", "gemini-2.0-flash-001", "deepseek-ai/DeepSeek-V3", "mini", "gpt-9", "zzz"]
    )
    def test_what_a_colon_suggests_a_slash_suggests_too(self, packaged: Snapshot, rest: str) -> None:
        asked = 0
        for head in ("bedrock", "gemini", "vertex_ai", "nebius", "mistral", "openai", "xai", "azure", "cohere"):
            if packaged.view.file.block(packaged.parse_provider(head)).serves(rest):
                continue
            names = suggested(told(packaged.resolve, f"{head}:{rest}"))
            if names:
                provider = packaged.parse_provider(head)
                by_slash = suggested(told(packaged.resolve, f"{head}/{rest}"))
                protocol = head == "openai" and "/" in rest
                # The error of a model that is gone names that provider, and so ids alone.
                assert protocol or [one.removeprefix(f"{provider}:").lower() for one in by_slash] == [
                    *map(str.lower, names)
                ]
                asked += 1
        assert asked or rest == "zzz"

    def test_what_others_serve_comes_only_where_that_provider_has_nothing_similar(self, packaged: Snapshot) -> None:
        assert suggested(told(packaged.resolve, "mistral/gpt-4o"))[0] == "openai:gpt-4o"

    def test_nothing_similar_anywhere_means_how_to_list(self, packaged: Snapshot) -> None:
        message = told(packaged.resolve, "cohere/zzz")
        assert message.endswith(". 'llm-models list cohere' lists all models of that provider.")

    @pytest.mark.parametrize("text", ["mistral/zz/qq", "openai/zz"])
    def test_what_states_no_protocol(self, packaged: Snapshot, text: str) -> None:
        """The prefix of another provider, and a name without a `/`."""
        assert "protocol" not in told(packaged.resolve, text)

    def test_a_protocol_comes_first(self, packaged: Snapshot) -> None:
        message = told(packaged.resolve, "openai/openai/gpt-oss-20b")
        assert f"'. {PROTOCOL} Did you mean 'togetherai:openai/gpt-oss-20b' or " in message
        assert all(one.endswith(":openai/gpt-oss-20b") for one in suggested(message))

    def test_a_protocol_is_alone_where_nothing_is_really_similar(self, packaged: Snapshot) -> None:
        for rest in ("mlx-community/Qwen2.5-Coder-14B-Instruct-4bit", "gpt-community/foo"):
            assert told(packaged.resolve, f"openai/{rest}").endswith(f"'. {PROTOCOL}")

    def test_what_a_rule_reads_states_no_protocol(self, packaged: Snapshot) -> None:
        assert told(packaged.resolve, "openai/responses/gpt-5.4").endswith("'. Did you mean 'openai:gpt-5.4'?")

    def test_names_of_an_api_lead_to_it(self, packaged: Snapshot) -> None:
        assert suggested(told(packaged.resolve, "models/gemini-9")) == ["google:gemini-flash-latest"]
        assert suggested(told(packaged.resolve, "publishers/google/models/gemini-9-flash"))[0].startswith(
            "google_vertex:gemini-"
        )
        assert suggested(told(packaged.resolve, "models/gpt-4"))[0] == "openai:gpt-4"


class TestWords:
    """A part of a name lists current models that have it as a word."""

    @pytest.mark.parametrize(
        "word", ["r1", "v3", "4o", "k2", "mini", "nano", "codex", "5.4", "flash", "opus", "pro", "2512"]
    )
    def test_all_have_the_word(self, packaged: Snapshot, word: str) -> None:
        message = told(packaged.resolve, word)
        whole = re.compile(rf"(?<![a-z0-9]){re.escape(word)}(?![a-z0-9])")
        assert len(suggested(message)) == 3
        assert all(whole.search(name.lower()) for name in suggested(message))
        assert message.endswith(" 'llm-models search WORDS' searches all models.")

    @pytest.mark.parametrize(
        ("word", "name"),
        [
            ("codex", "gpt-5.3-codex"),
            ("codex", "gpt-5.3-codex-spark"),
            ("5.4", "gpt-5.4"),
            ("mini", "gpt-5.4-mini"),
            ("haiku", "claude-haiku-4-5"),
        ],
    )
    def test_those_of_their_makers_are_among_them(self, packaged: Snapshot, word: str, name: str) -> None:
        assert name in suggested(told(packaged.resolve, word))

    @pytest.mark.parametrize(("word", "name"), [("nano", "gpt-5.4-nano"), ("opus", "claude-opus-5-5")])
    def test_the_newest_plain_id_of_a_maker_is_first(self, packaged: Snapshot, word: str, name: str) -> None:
        assert suggested(told(packaged.resolve, word))[0] == name

    @pytest.mark.parametrize("word", ["ollama", "vllm", "exa_ai"])
    def test_the_name_of_a_server_or_service_alone(self, packaged: Snapshot, word: str) -> None:
        assert told(packaged.resolve, word) == f"no provider has a model '{word}'. '{word}' is {OUTSIDE}."

    @pytest.mark.parametrize("word", ["lmstudio", "deepseek"])
    def test_the_name_of_a_provider_alone(self, packaged: Snapshot, word: str) -> None:
        message = told(packaged.resolve, word)
        assert message.endswith(f" 'llm-models list {word}' lists the models of that provider.")

    def test_nothing_similar_means_how_to_list(self, packaged: Snapshot) -> None:
        assert told(packaged.resolve, "zzzzz") == (
            "no provider has a model 'zzzzz'. 'llm-models search WORDS' searches all models."
        )
        assert told(packaged.resolve, "openai:zzzzz") == (
            "openai has no model 'zzzzz'. 'llm-models list openai' lists all of them, "
            "'llm-models search WORDS' all models."
        )


@pytest.mark.whole
class TestEverySuggestionLeadsSomewhere:
    """What a message suggests is the name of a model, of one provider or of several, and not the text itself."""

    def check(self, snapshot: Snapshot, texts: list[str]) -> int:
        asked = 0
        for text in texts:
            try:
                snapshot.resolve(text)
            except AmbiguousModelError:
                continue
            except UnknownModelError as error:
                asked += 1
                question = str(error).partition("Did you mean ")[2].partition("?")[0]
                for name, gone in re.findall(r"'([^']*)'( \(no longer listed\))?", question):
                    assert name != text
                    if not gone:
                        assert self.leads(snapshot, name), (text, name)
        return asked

    def leads(self, snapshot: Snapshot, name: str) -> bool:
        try:
            snapshot.resolve(name)
        except AmbiguousModelError:
            return True
        except LLMModelsError:
            return False
        return True

    def test_of_words(self, packaged: Snapshot) -> None:
        words = {word for name in packaged.view.names() for word in re.split(r"[^a-z0-9]+", name.lower()) if word}
        assert self.check(packaged, sorted(words)[::8]) > 100

    def test_of_names_with_another_provider(self, packaged: Snapshot) -> None:
        names = sorted(packaged.view.names())[::60]
        heads = ("gemini", "vertex_ai", "bedrock", "openai", "nebius", "mistralai")
        assert self.check(packaged, [f"{head}/{name}" for head in heads for name in names]) > 200

    def test_of_names_with_a_letter_less(self, packaged: Snapshot) -> None:
        names = [name for name in sorted(packaged.view.names()) if "/" in name][::20]
        assert self.check(packaged, [name[:-2] + name[-1] for name in names]) > 50


class TestAmbiguous:
    def test_the_makers_own_model_is_first(self, packaged: Snapshot) -> None:
        for name, first in {"gpt-4o": "openai", "claude-sonnet-4-5": "anthropic", "grok-4.3": "xai"}.items():
            with pytest.raises(AmbiguousModelError) as caught:
                packaged.resolve(name)
            assert caught.value.specs[0] == f"{first}:{name}"
            assert str(caught.value).startswith(caught.value.problem)

    def test_every_name_whose_maker_serves_it(self, packaged: Snapshot) -> None:
        asked = 0
        for name, rows in packaged.view.names().items():
            named = packaged.view.file.provider_id(name.partition("/")[0])  # then it may be a model of that provider
            if len(rows) > 1 and named is None:
                with pytest.raises(AmbiguousModelError) as caught:
                    packaged.resolve(name)
                models = [packaged.view.model(*row) for row in rows]
                own = [one for one in models if (one.canonical or "").startswith(f"{one.provider}/")]
                if own and not own[0].is_retired():
                    assert caught.value.specs[0] in {one.spec for one in own}
                    asked += 1
        assert asked > 100

    @pytest.mark.parametrize("command", ["show", "resolve", "history"])
    def test_the_command_line_states_a_command(self, command: str) -> None:
        message = refused(here(command, "gpt-4o"), 1)
        assert f"Choose one, such as: llm-models {command} openai:gpt-4o\n" in message
        assert "prefer=" not in message

    def test_a_program_reads_of_its_argument(self, packaged: Snapshot) -> None:
        assert told(packaged.resolve, "gpt-4o").endswith("Choose one of these, or pass prefer= with a provider")


class TestProvidersThatAreGone:
    GONE = "kiro is no longer listed (last listed on 2026-05-09, gone by 2026-05-10)"

    def test_a_preference_has_no_effect(self) -> None:
        for command in (["select"], ["resolve", "openai:gpt-5.2"]):
            done = here(*command, "--prefer", "Kiro", "--prefer", "openai")
            assert (done.code, done.out[:7]) == (0, "openai:")
            assert done.err == f"note: {self.GONE}, so --prefer Kiro has no effect\n"

    def test_a_comparison_of_one(self) -> None:
        told = refused(here("diff", "packaged", "packaged", "--provider", "kiro"), 1)
        assert told == f"llm-models: unknown provider 'kiro': {self.GONE.replace('kiro', 'it')}\n"

    def test_a_spec_without_a_model(self, packaged: Snapshot) -> None:
        assert (
            told(packaged.parse_spec, "kiro:") == f"not a model spec: 'kiro:': the model id is missing, and {self.GONE}"
        )

    def test_a_change_of_one(self) -> None:
        assert self.GONE.replace("kiro", "it") in refused(here("unset", "kiro:x"), 1)


def test_errors_keep_their_classes(packaged: Snapshot) -> None:
    with pytest.raises(UnknownProviderError):
        packaged.parse_provider("ollama")
    with pytest.raises(UnknownModelError):
        packaged.resolve("ollama:llama3")


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("openai:", []), ("openai:  ", []), (":gpt-4o", []), ("gpt-4o@", []), ("/gpt-4o", []), ("  @openai", []),
        (":gpt-4o@openai", ["openai"]), ("openai:@", ["openai"]), ("/x:@openai", ["openai"]),
        ("models/x:y@openai", ["openai"]),
    ],
)  # fmt: skip
def test_a_part_of_a_name_that_is_empty_is_no_reading(
    name: str, found: list[str], packaged: llm_models.Snapshot
) -> None:
    """And it does not end the search for others."""
    read = [one for one in readings(packaged.view, name) if one.providers == ["openai"] and one.rest]
    assert [one.folded for one in read] == found
    assert all(one.rest and one.folded for one in readings(packaged.view, name))


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("openai:x", True),
        ("ollama:x", True),
        ("grok:x", True),
        ("opnai:x", False),
        ("models/x", True),
        ("Opn-ai/x", False),
    ],
)
def test_whether_the_word_of_a_provider_has_a_meaning(name: str, known: bool, packaged: llm_models.Snapshot) -> None:
    (read,) = readings(packaged.view, name)
    assert read.known is known

"""`search`: from words to models; what a right answer must satisfy, over the packaged data."""

from __future__ import annotations

import copy
import doctest
import json
import pickle
import re
from collections import Counter
from typing import TYPE_CHECKING

import pytest
from support import ROOT
from support.command import here

import llm_models
from llm_models import phrases, vocabulary
from llm_models.entries import Entries
from llm_models.outliers import outliers_in
from llm_models.past import told

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from llm_models import Model, SearchResult, Snapshot

    Test = Callable[[SearchResult], object]


@pytest.fixture(scope="module")
def packaged() -> Snapshot:
    return llm_models.load(config=None, publish=False)


def top(answer: SearchResult, count: int = 3) -> list[Model]:
    return [hit.model for hit in answer.rows[:count]]


def has(*words: str) -> Test:
    """The first ids have these words, whatever stands between them."""
    wanted = {word for text in words for word in vocabulary.words_of(text)}
    return lambda answer: top(answer) and all(wanted <= {*vocabulary.words_of(one.id)} for one in top(answer))


def at(*providers: str) -> Test:
    return lambda answer: top(answer) and all(one.provider in providers for one in top(answer))


def first_at(provider: str) -> Test:
    return lambda answer: answer.rows[0].model.provider == provider


def every(test: Callable[[Model], object]) -> Test:
    """All rows, of which there are some, satisfy a condition."""
    return lambda answer: answer.rows and all(test(hit.model) for hit in answer.rows)


def both(*tests: Test) -> Test:
    return lambda answer: all(test(answer) for test in tests)


def corrected(word: str, meant: str) -> Test:
    return lambda answer: (word, meant) in answer.corrections


def chats(model: Model) -> bool:
    return model.kind == "chat"


def price(model: Model) -> float:
    assert model.cost.input is not None
    return model.cost.input + (model.cost.output or 0)


def cheapest_first(answer: SearchResult) -> bool:
    """Among models that match equally well, those at their makers come first; the cheapest of these leads."""
    prices = [price(model) for model in top(answer, 5)]
    return min(prices) > 0 and prices == sorted(prices)


def free(model: Model) -> bool:
    return model.cost.input == 0 == (model.cost.output or 0)


def accepts(modality: str) -> Test:
    return every(lambda model: modality in model.modalities.input)


def returns(modality: str) -> Test:
    return every(lambda model: modality in model.modalities.output)


QUERIES: dict[str, Test] = {
    "claude sonnet": both(has("claude sonnet"), at("anthropic")),
    "sonnet": both(has("sonnet"), at("anthropic")),
    "opus": both(has("opus"), at("anthropic")),
    "opus 4.1": has("opus 4.1"),
    "anthropic haiku": both(has("haiku"), first_at("anthropic")),
    "bedrock claude": at("amazon_bedrock"),
    "azure gpt-5": both(has("gpt-5"), at("azure", "azure_cognitive_services")),
    "openrouter gemini": at("openrouter"),
    "groq llama": lambda answer: "groq" in {one.provider for one in top(answer)},
    "gpt 5 mini": both(has("gpt 5 mini"), first_at("openai")),
    "gpt-5.4-mini": lambda answer: answer.rows[0].model.spec == "openai:gpt-5.4-mini",
    "gpt4o": both(has("gpt-4o"), first_at("openai")),
    "GPT-4.1": both(has("gpt 4.1"), first_at("openai")),
    "gpt 4 1": both(has("gpt 4.1"), first_at("openai")),
    "o3": both(has("o3"), first_at("openai")),
    "codex": both(has("codex"), first_at("openai")),
    "gemini flash lite": both(has("gemini flash lite"), at("google")),
    "google gemini pro": both(has("gemini pro"), first_at("google")),
    "qwen coder 480b": has("qwen coder 480b"),
    "qwen 3 32b": both(has("qwen3 32b"), first_at("alibaba")),
    "llama 3.3 70b": has("llama 3.3 70b"),
    "llama 3.2 vision": both(has("llama 3.2"), accepts("image")),
    "deepseek v3": has("deepseek v3"),
    "kimi k2": has("kimi k2"),
    "mistral large": both(has("mistral large"), first_at("mistral")),
    "command a": both(has("command a"), at("cohere")),
    "grok fast": has("grok fast"),
    "grok fast non-reasoning": both(has("grok fast"), every(lambda model: not model.capabilities.reasoning.enabled)),
    "whisper": has("whisper"),
    "embedding small": both(has("embedding small"), every(lambda model: model.kind == "embedding"), first_at("openai")),
    "embeddings": every(lambda model: model.kind == "embedding"),
    "cheap embeddings": both(every(lambda model: model.kind == "embedding"), cheapest_first),
    "text to speech": every(lambda model: model.kind == "speech"),
    "image generation": returns("image"),
    "video generation": returns("video"),
    "vision": both(accepts("image"), every(chats)),
    "pictures": both(accepts("image"), every(chats)),
    "picture generation": returns("image"),
    "cheap vision": both(accepts("image"), every(chats), cheapest_first),
    "free tools": every(lambda model: free(model) and model.capabilities.tools.enabled and chats(model)),
    "free": every(free),
    "reasoning claude": both(at("anthropic"), every(lambda model: model.capabilities.reasoning.enabled)),
    "open weights long context": every(
        lambda model: model.open_weights and (model.limits.context or 0) >= phrases.LONG_CONTEXT
    ),
    "structured output mistral": both(at("mistral"), every(lambda model: model.capabilities.json.schema)),
    "sonet": both(corrected("sonet", "sonnet"), at("anthropic")),
    "antropic claude": both(corrected("antropic", "anthropic"), at("anthropic")),
    "gemni flash": both(corrected("gemni", "gemini"), at("google")),
    "cheap embeding": both(corrected("embeding", "embedding"), every(lambda model: model.kind == "embedding")),
    "claude zzyzzx": lambda answer: answer.dropped == ("zzyzzx",) and at("anthropic")(answer),
    "gpt 5 llama": lambda answer: answer.dropped == ("llama",) and has("gpt 5")(answer),
    "zzyzzx": lambda answer: not answer.rows and not answer.gone,
}
"""What people type, and what a right answer satisfies: conditions, because the models change with each refresh."""


@pytest.mark.parametrize("words", QUERIES)
def test_the_answer_is_right(packaged: Snapshot, words: str) -> None:
    answer = packaged.search(words)
    assert QUERIES[words](answer), [model.spec for model in top(answer)]
    if not answer.dropped:
        assert len(answer.rows) == len({last(hit.model.id) for hit in answer.rows})
    assert answer.total >= len(answer.rows)


def last(model_id: str) -> str:
    """The last part of an id, in the spelling in which ids are compared."""
    return vocabulary.folded(model_id.rpartition("/")[2])


def check_itself(packaged: Snapshot, model: Model) -> None:
    """A model spec has its model first, an id a model of that id, or the one that it means as a model spec."""
    assert packaged.search(model.spec, limit=1).rows[0].model.spec == model.spec
    found = packaged.search(model.id, limit=1).rows[0].model
    assert last(found.id) == last(model.id) or found.spec == packaged.resolve(model.id).spec


def test_an_id_comes_before_another_name_and_before_another_spelling(packaged: Snapshot) -> None:
    models = packaged.list_models()
    names = {last(name) for model in models for name in (*model.served_as, *model.aliases)}
    spelled = Counter((model.provider, last(model.id)) for model in models)
    chosen = [one for one in models if last(one.id) in names or spelled[one.provider, last(one.id)] > 1]
    assert len(chosen) > 5
    for model in chosen[:60]:
        check_itself(packaged, model)


@pytest.mark.whole
def test_an_id_and_a_spec_are_the_first_answer_to_themselves(packaged: Snapshot) -> None:
    for model in packaged.list_models()[::20]:
        check_itself(packaged, model)


def test_a_model_that_many_providers_have_is_one_row_at_its_maker(packaged: Snapshot) -> None:
    hit = packaged.search("claude-sonnet-5").rows[0]
    same = {model.provider for model in packaged.list_models() if last(model.id) == "claude-sonnet-5"}
    assert (hit.model.provider, hit.others) == ("anthropic", len(same) - 1)


def test_those_at_the_maker_come_first_and_deprecated_ones_after_those_in_use(packaged: Snapshot) -> None:
    rows = packaged.search("claude sonnet", limit=None).rows
    own = [hit.model for hit in rows if hit.model.provider == "anthropic" and "sonnet" in hit.model.id]
    assert [hit.model for hit in rows[: len(own)]] == own
    deprecated = [model.deprecated for model in own]
    assert deprecated == sorted(deprecated)
    newest = [model.release_date or "" for model in own if not model.deprecated]
    assert newest == sorted(newest, reverse=True)


def test_a_retired_model_comes_last(tmp_path: Path) -> None:
    path = tmp_path / "llm_models.toml"
    path.write_text('[[models]]\nprovider = "anthropic"\nmatch = "*"\nretires = "2026-01-01"\n', encoding="utf-8")
    catalogue = llm_models.load(path, publish=False)
    assert catalogue.search("claude sonnet").rows[0].model.provider != "anthropic"


def test_limit_takes_from_the_front(packaged: Snapshot) -> None:
    whole = packaged.search("llama", limit=None)
    assert len(whole.rows) == whole.total > 40
    for limit in (1, 2, 20, 40):
        assert packaged.search("llama", limit=limit).rows == whole.rows[:limit]


def test_the_order_of_words_and_their_spelling_change_nothing_that_is_found(packaged: Snapshot) -> None:
    found = packaged.search("gpt 4.1 mini", limit=None)
    for other in ("mini gpt-4.1", ["GPT", "4_1", "Mini"], "gpt4.1 MINI", "ＧＰＴ　4.1 mini"):  # noqa: RUF001
        assert {hit.model.spec for hit in packaged.search(other, limit=None).rows} == {
            hit.model.spec for hit in found.rows
        }


class TestFillers:
    """Words of a question that name no model decide nothing, unless a model has them in its id or name."""

    @pytest.mark.parametrize(
        ("asked", "meant", "left_out"),
        [
            ("the cheapest model", "cheapest", ("the", "model")),
            ("cheapest openai model with vision", "cheapest openai vision", ("model", "with")),
            ("best coding models", "coding", ("best", "models")),
            ("small open source model with tools", "small open source tools", ("model", "with")),
            ("give me a good embedding model", "embedding", ("give", "me", "a", "good", "model")),
        ],
    )
    def test_it_is_the_search_without_them(
        self, packaged: Snapshot, asked: str, meant: str, left_out: tuple[str, ...]
    ) -> None:
        answer, same = packaged.search(asked), packaged.search(meant)
        assert (answer.rows, answer.total, answer.conditions) == (same.rows, same.total, same.conditions)
        assert answer.rows
        assert (answer.dropped, answer.corrections) == (left_out, ())
        assert answer.words == tuple(asked.split())

    @pytest.mark.parametrize("asked", ["model router", "z ai glm 5", "auto model"])
    def test_they_count_where_a_model_is_named_so(self, packaged: Snapshot, asked: str) -> None:
        answer = packaged.search(asked)
        assert answer.dropped == ()
        assert {*vocabulary.words_of(asked)} <= {*vocabulary.words_of(answer.rows[0].model.spec)}

    def test_alone_they_are_words_like_others(self, packaged: Snapshot) -> None:
        answer = packaged.search("model", limit=None)
        assert answer.dropped == ()
        assert "model-router" in {hit.model.id for hit in answer.rows}

    def test_a_whole_id_stays_first(self, packaged: Snapshot) -> None:
        assert packaged.search("nano_gpt:auto-model").rows[0].model.spec == "nano_gpt:auto-model"


class TestGone:
    """Where nothing fits, the history is asked."""

    def test_a_spec_that_is_gone_has_its_last_day_and_its_successor(self, packaged: Snapshot) -> None:
        (gone,) = packaged.search("openai:gpt-5-codex").gone
        history = packaged.history("openai:gpt-5-codex")
        assert (gone, gone.successor) == (history, history.successor)
        assert told(gone).startswith("last listed on ")

    def test_of_an_id_that_many_had_the_one_of_its_maker_comes_first(self, packaged: Snapshot) -> None:
        gone = packaged.search("claude-3-5-sonnet-20241022").gone
        assert len(gone) > 1
        assert gone[0].provider == "anthropic"

    def test_words_of_a_name_that_is_gone(self, packaged: Snapshot) -> None:
        answer = packaged.search("claude instant")
        assert answer.dropped
        assert answer.gone
        for gone in answer.gone:
            assert not gone.listed
            assert {"claude", "instant"} <= {*vocabulary.words_of(gone.id)}
            assert not packaged.file.holds(gone.provider, gone.id)

    def test_a_word_of_a_name_that_is_gone_is_no_typo(self, packaged: Snapshot) -> None:
        entries = Entries(packaged.view)
        words = {*entries.gone(packaged.view).vocabulary.names()} - {*entries.vocabulary.names()} - phrases.WORDS
        assert len(words) > 20
        for word in sorted(words)[::10]:
            assert packaged.search(word).corrections == (), word

    def test_what_an_application_hides_or_excludes_is_not_gone(self, tmp_path: Path) -> None:
        path = tmp_path / "llm_models.toml"
        path.write_text('[deny]\nopenai = ["gpt-5.4*"]\n[exclude]\nopenai = ["gpt-5.5"]\n', encoding="utf-8")
        catalogue = llm_models.load(path, publish=False)
        for spec in ("openai:gpt-5.4", "openai:gpt-5.5"):
            answer = catalogue.search(spec, limit=None)
            assert answer.gone == ()
            assert spec not in {hit.model.spec for hit in answer.rows}

    def test_with_a_hit_it_is_not_asked(self, packaged: Snapshot) -> None:
        assert packaged.search("claude sonnet").gone == ()


class TestConditions:
    def test_each_phrase_is_read_and_every_row_satisfies_it(self, packaged: Snapshot) -> None:
        entries = packaged.view.entries or (packaged.search("gpt") and packaged.view.entries)
        for condition, texts in phrases.PHRASES.items():
            assert any(condition.holds(facts) for facts in entries.facts), condition.meaning
            assert not all(condition.holds(facts) for facts in entries.facts), condition.meaning
            for text in texts.split(", "):
                answer = packaged.search(text, limit=1)
                assert (text, condition.meaning) in answer.conditions, text
                assert " ".join(vocabulary.words_of(text)) == text  # or it could never be read
                assert answer.rows, text

    def test_a_condition_that_nothing_fulfils_is_left_out(self, packaged: Snapshot) -> None:
        answer = packaged.search("whisper pdf")
        assert answer.dropped == ("pdf",)
        assert answer.conditions == ()
        assert answer.rows == packaged.search("whisper").rows

    def test_a_plan_or_a_trial_is_not_free(self, packaged: Snapshot) -> None:
        rows = packaged.search("free", limit=None).rows
        assert {packaged.get_provider(hit.model.provider).billing for hit in rows} == {"usage"}


ODD = [
    "",
    " ",
    ":",
    "-._",
    "(",
    "[a-z]*",
    "gpt.*\\",
    "\x00\x1b[31m",
    "\u202egpt",
    "x" * 10_000,
    "1" * 10_000,
    "正" * 500,
    "γπτ",
    "ß",
    "İ",
    "🦙",
    "١٢",
    "openai:",
    ":gpt-5",
    "@openai",
    "a/b/c:d@e",
    "%s {0}",
]


@pytest.mark.parametrize("text", ODD)
def test_odd_text_has_a_plain_answer(packaged: Snapshot, text: str) -> None:
    answer = packaged.search(text)
    assert answer.total >= len(answer.rows)
    assert 0 <= len(answer.rows) <= 20
    assert answer.to_dict()["total"] == answer.total


@pytest.mark.parametrize(
    ("words", "limit", "message"),
    [
        ("w " * 5_000, 20, "words: too many (found 5000, expected at most 16)"),
        (None, 20, "words: expected text, or several texts (found NoneType)"),
        (["gpt", 5], 20, "words: expected text, or several texts (found int)"),
        (b"gpt", 20, "words: expected text, or several texts (found bytes)"),
        ("gpt", 0, "limit: expected a number of rows from 1 on, or None (found '0')"),
        ("gpt", True, "limit: expected a number of rows from 1 on, or None (found 'True')"),
        ("gpt", "5", "limit: expected a number of rows from 1 on, or None (found '5')"),
    ],
)
def test_wrong_arguments_are_refused(packaged: Snapshot, words: object, limit: object, message: str) -> None:
    with pytest.raises(llm_models.InvalidArgumentError) as raised:
        packaged.search(words, limit=limit)  # type: ignore[arg-type]
    assert str(raised.value).startswith(message)


def test_the_answer_cannot_be_changed_and_can_be_stored(packaged: Snapshot) -> None:
    for words in ("gemni flash", "claude instant", "cheap vision"):
        answer = packaged.search(words)
        assert hash(answer) == hash(packaged.search(words))
        assert pickle.loads(pickle.dumps(answer)) == answer == copy.deepcopy(answer)
        assert json.loads(json.dumps(answer.to_dict()))["rows"][0]["spec"] == answer.rows[0].model.spec


def test_questions_do_not_make_the_catalogue_grow(packaged: Snapshot) -> None:
    def size() -> int:
        return len(
            pickle.dumps([getattr(packaged.view.entries, name) for name in ("ids", "others", "facts", "_holding")])
        )

    [packaged.search(words) for words in (*QUERIES, *ODD)]
    before = size()
    for number in range(50):
        packaged.search(f"qx{number} free zz{number} long context", limit=1)
    assert size() == before


def test_filters_hide_models(tmp_path: Path) -> None:
    path = tmp_path / "llm_models.toml"
    path.write_text('allow = { anthropic = ["claude-*"] }\n', encoding="utf-8")
    catalogue = llm_models.load(path, publish=False)
    answer = catalogue.search("claude", limit=None)
    assert {hit.model.provider for hit in answer.rows} == {"anthropic"}
    assert {hit.others for hit in answer.rows} == {0}
    assert catalogue.search("gemini").rows == ()


def test_descriptions_served_ids_and_aliases_are_searched(tmp_path: Path) -> None:
    path = tmp_path / "llm_models.toml"
    path.write_text(
        '[[providers]]\nid = "house"\nname = "Our House"\n'
        '[[models]]\nprovider = "house"\nid = "quiet-7b"\naliases = ["wombat"]\nserved_as = ["quiet-7b-2026-01-02"]\n'
        'description = "A marsupial for summaries"\n',
        encoding="utf-8",
    )
    catalogue = llm_models.load(path, publish=False)
    for words in ("wombat", "quiet-7b-2026-01-02", "marsupial summaries", "our house quiet", "house:quiet-7b"):
        assert catalogue.search(words).rows[0].model.spec == "house:quiet-7b", words


def made_up(folder: Path, *models: tuple[str, str, float | None, float | None]) -> Snapshot:
    """The packaged catalogue with models of made-up providers: provider, id, and the prices of input and output."""
    lines = [f'[[providers]]\nid = "{provider}"\n' for provider in dict.fromkeys(one[0] for one in models)]
    for provider, model_id, first, rest in models:
        lines.append(f'[[models]]\nprovider = "{provider}"\nid = "{model_id}"\n')
        lines += [
            f"cost.{name} = {price}\n" for name, price in (("input", first), ("output", rest)) if price is not None
        ]
    path = folder / "llm_models.toml"
    path.write_text("".join(lines), encoding="utf-8")
    return llm_models.load(path, publish=False)


class TestWithoutAMaker:
    def test_a_row_is_where_the_known_price_is_lowest_and_not_odd(self, tmp_path: Path) -> None:
        prices = {"house_a": 3.0, "house_b": 2.0, "house_c": 2.5, "house_d": 0.001, "house_e": None, "house_f": 0.0}
        catalogue = made_up(tmp_path, *((name, "wombat-7b", price, price) for name, price in prices.items()))
        for words in ("wombat 7b", "cheap wombat"):
            (hit,) = catalogue.search(words).rows
            assert (hit.model.provider, hit.others) == ("house_b", 5)
        assert catalogue.search("free wombat").rows[0].model.provider == "house_f"

    def test_three_prices_judge_none(self, tmp_path: Path) -> None:
        """The rule is that of choosing: at least four."""
        prices = {"house_a": 3.0, "house_b": 2.0, "house_c": 0.001}
        catalogue = made_up(tmp_path, *((name, "wombat-7b", price, price) for name, price in prices.items()))
        assert catalogue.search("cheap wombat").rows[0].model.provider == "house_c"

    def test_a_price_of_input_alone_is_not_cheap_for_a_model_that_chats(self, tmp_path: Path) -> None:
        catalogue = made_up(tmp_path, ("house", "wombat-1", 0.01, 0.0), ("house", "wombat-2", 0.01, None))
        answer = catalogue.search("cheap wombat")
        assert answer.dropped == ("cheap",)
        assert len(answer.rows) == 2

    def test_an_id_with_the_words_in_their_order_comes_first(self, tmp_path: Path) -> None:
        catalogue = made_up(tmp_path, *(("house", one, None, None) for one in ("quokka-zulu-7b", "zulu-quokka-7b")))
        for words in ("quokka zulu", "zulu quokka"):
            assert catalogue.search(words).rows[0].model.id.split("-")[:2] == words.split()

    def test_a_number_is_not_the_beginning_of_a_longer_one(self, tmp_path: Path) -> None:
        catalogue = made_up(
            tmp_path, *(("house", one, None, None) for one in ("numbat-40b", "numbat-4o", "numbat-4.1"))
        )
        assert {hit.model.id for hit in catalogue.search("numbat 4").rows} == {"numbat-4o", "numbat-4.1"}


def test_what_is_cheap_has_no_price_that_a_choice_does_not_believe(packaged: Snapshot) -> None:
    """One rule of unusual prices: none that `list` marks, and the same limits."""
    odd = outliers_in(packaged.file, {one.canonical for one in packaged.list_models()})
    far = {key for key, fields in odd.items() if any(field.startswith("cost.") for field in fields)}
    assert len(far) > 20
    rows = packaged.search("cheap", limit=None).rows
    assert len(rows) > 500
    assert not {hit.model.key for hit in rows} & far


class TestCommand:
    def test_it_prints_what_the_function_finds_and_notes_how_it_read_the_words(self, packaged: Snapshot) -> None:
        result = here("search", "cheap", "embeding", "--limit", "4", "--config", "none")
        answer = packaged.search("cheap embeding", limit=4)
        assert [line.split()[0] for line in result.out.splitlines()[1:]] == [hit.model.spec for hit in answer.rows]
        assert "note: no model has 'embeding'; searched for 'embedding'" in result.err
        assert f"note: 'cheap' means: {phrases.CHEAP.meaning}" in result.err
        assert f"--limit {answer.total} prints all" in result.err

    def test_json_has_the_whole_answer(self, packaged: Snapshot) -> None:
        result = here("search", "claude instant", "--json", "--limit", "2", "--config", "none")
        assert json.loads(result.out) == packaged.search("claude instant", limit=2).to_dict()
        assert {*json.loads(result.out)["rows"][0]} >= {"spec", "others", "cost"}

    def test_it_names_what_is_gone_and_its_successor(self) -> None:
        result = here("search", "openai:gpt-5-codex", "--config", "none")
        assert "openai:gpt-5-codex is no longer listed (last listed on " in result.err
        assert "Its successor is 'openai:" in result.err

    @pytest.mark.parametrize("text", ["", "\x00\x1b[31m", "\u202egpt", "x" * 10_000, "正", "[a-z]*"])
    def test_odd_text_has_a_plain_answer(self, text: str) -> None:
        result = here("search", "--config", "none", "--", text)
        assert result.code in (0, 1), result
        assert "Traceback" not in result.err
        assert "\x1b" not in result.out + result.err

    def test_no_hit_is_exit_1(self) -> None:
        result = here("search", "zzyzzx", "--config", "none")
        assert (result.code, result.out) == (1, "")
        assert "no model fits these words" in result.err

    @pytest.mark.parametrize("args", [[], ["gpt", "--limit", "0"], ["gpt", "--limit", "x"]])
    def test_a_wrong_command_line_is_exit_2(self, args: list[str]) -> None:
        assert here("search", *args).code == 2


class TestDocs:
    TEXT = (ROOT / "docs" / "search.md").read_text(encoding="utf-8")

    def test_its_table_has_every_phrase(self) -> None:
        rows = re.findall(r"^\| (.+) \| (.+) \|$", self.TEXT, re.MULTILINE)[2:]
        assert rows == [(texts, condition.meaning) for condition, texts in phrases.PHRASES.items()]

    def test_its_lines_of_python_hold(self) -> None:
        test = doctest.DocTestParser().get_doctest(self.TEXT, {}, "search.md", "search.md", 0)
        result = doctest.DocTestRunner(verbose=False).run(test)
        assert (result.failed, result.attempted > 3) == (0, True)

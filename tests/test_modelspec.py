"""Names of models: what `format_spec` writes, `parse_spec` reads, in every style and for every id."""

from __future__ import annotations

import ntpath
import os
import re
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

import llm_models
from llm_models import modelspec
from llm_models.errors import InvalidSpecError, UnknownProviderError
from llm_models.modelspec import LONGEST_FILENAME, STYLES, finder, fold_provider, format_spec, parse_spec, split_spec
from llm_models.similarity import NOT_HERE

if TYPE_CHECKING:
    from pathlib import Path

KNOWN = frozenset(["openai", "google_vertex", "wafer_ai", "302ai", "at", "c", "con", "openrouter"])
FIND = finder(KNOWN)

# Names that Windows takes for devices, alone or before a dot, and what no component of a path may hold there.
DEVICE = re.compile(r"(?i)(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$)(\s*\..*)?\s*\Z")
FORBIDDEN = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*]')

SPECIAL = st.sampled_from(
    [*"/:@%~ .-_+()*?", "%3A", "%25", "%", "openai", "OpenAI", "google-vertex", "con", "aux", "é", "模"]
)
MODEL_IDS = st.one_of(
    st.lists(SPECIAL | st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=8).map("".join),
    st.sampled_from(["con", "CON", "aux.x", "nul.tar.gz", "com1", "lpt¹", "COM0.txt", ".", "..", "a.", "a/../b", "~x"]),
).filter(lambda text: text == text.strip() and text != "")
KEYS = st.tuples(st.sampled_from(sorted(KNOWN)), MODEL_IDS)


def is_one_safe_component(name: str) -> bool:
    """Whether a file of that name stands in the folder it is put in, on Linux, macOS and Windows alike."""
    return (
        not FORBIDDEN.search(name)
        and not DEVICE.match(name)
        and name not in {"", ".", ".."}
        and name[-1] not in ". "
        and name[0] != " "
        and name.isascii()
        and os.path.basename(name) == ntpath.basename(name) == name
        and not ntpath.splitdrive(name)[0]
    )


class TestThereAndBack:
    """parse_spec(format_spec(key, style)) == key."""

    @settings(max_examples=250, deadline=None)
    @given(KEYS, st.sampled_from(STYLES))
    @example(("openai", "google-vertex:x"), "at")
    @example(("openai", "a:b@c"), "colon")
    @example(("openai", "%41"), "at")
    @example(("openai", "x%3A"), "filename")
    @example(("at", "openai:@openai"), "at")
    @example(("at", " openai :x".strip()), "at")
    @example(("con", "con"), "filename")
    def test_any_id(self, key: tuple[str, str], style: str) -> None:
        assert parse_spec(format_spec(key, style, FIND), FIND) == key

    @settings(max_examples=250, deadline=None)
    @given(KEYS)
    @example(("openai", "con"))
    @example(("openai", "aux.x"))
    @example(("openai", "AUX"))
    @example(("openai", "lpt³.gguf"))
    @example(("openai", "../../etc/passwd"))
    def test_a_filename_is_one_safe_component(self, key: tuple[str, str]) -> None:
        name = format_spec(key, "filename", FIND)
        assert is_one_safe_component(name), name
        assert re.fullmatch(r"(?:[A-Za-z0-9._-]|%[0-9A-F]{2})*@[a-z0-9_]+", name)

    @pytest.mark.parametrize(
        ("model_id", "name"),
        [("-rf", "%2Drf@openai"), (".hidden", "%2Ehidden@openai"), ("..", "%2E.@openai"), ("a-b.c", "a-b.c@openai")],
    )
    def test_a_filename_is_no_option_and_not_hidden(self, model_id: str, name: str) -> None:
        assert format_spec(("openai", model_id), "filename") == name
        assert parse_spec(name, FIND) == ("openai", model_id)

    @pytest.mark.parametrize("provider", ["a/b", "", "_x", "../x", "a:b", "é", "a b", "p" * 300])
    def test_a_filename_has_the_id_of_a_provider(self, provider: str) -> None:
        with pytest.raises(InvalidSpecError, match=r"the id of (a|the) provider"):
            format_spec((provider, "m"), "filename")

    def test_the_longest_that_are_not_cut(self) -> None:
        """And the longest id of a provider that leaves room for anything else."""
        room = LONGEST_FILENAME - len("@openai")
        assert format_spec(("openai", "x" * room), "filename") == f"{'x' * room}@openai"
        assert "~" in format_spec(("openai", "x" * (room + 1)), "filename")
        longest = "p" * (LONGEST_FILENAME - len("x~0123456789abcdef@"))
        assert format_spec((longest, "xyz" * 9), "filename").startswith("x~")
        with pytest.raises(InvalidSpecError, match="the id of the provider is too long for a file name"):
            format_spec((f"{longest}p", "xyz" * 9), "filename")

    @settings(max_examples=100, deadline=None)
    @given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=60, max_size=400))
    @example("\u65e5" * 300)
    @example("x" * 193)
    def test_a_filename_is_short(self, model_id: str) -> None:
        """One that is cut is as good a component, and two that begin alike differ."""
        name = format_spec(("openai", model_id), "filename")
        assert len(name) <= LONGEST_FILENAME
        assert is_one_safe_component(name)
        assert re.fullmatch(r"(?:[A-Za-z0-9._-]|%[0-9A-F]{2})*(~[0-9a-f]{16})?@openai", name)
        assert name != format_spec(("openai", f"{model_id}x"), "filename")
        if "~" in name:
            with pytest.raises(InvalidSpecError, match="a file name that was cut, of no known model"):
                parse_spec(name, FIND)

    def test_a_filename_that_was_cut_is_read_where_the_model_is_known(self) -> None:
        long, other = "\u65e5" * 60, "\u65e5" * 61
        entry = {"provider": "openai", "id": long, "new": True, "name": "x"}
        snapshot = llm_models.load(config=None, overrides={"models": [entry]}, publish=False)
        name = snapshot.format_spec(("openai", long), "filename")
        assert snapshot.parse_spec(name) == ("openai", long)
        assert snapshot.resolve(name).id == long
        unknown = snapshot.format_spec(("openai", other), "filename")
        for read in (snapshot.parse_spec, snapshot.resolve):
            with pytest.raises(InvalidSpecError, match="a file name that was cut, of no known model"):
                read(unknown)

    @settings(max_examples=200, deadline=None)
    @given(st.lists(KEYS, min_size=2, max_size=2, unique=True), st.sampled_from(STYLES))
    def test_two_keys_never_share_a_spec(self, keys: list[tuple[str, str]], style: str) -> None:
        first, second = (format_spec(key, style, FIND) for key in keys)
        assert first != second

    @pytest.mark.parametrize("style", STYLES)
    def test_every_packaged_model(self, packaged: llm_models.Snapshot, style: str) -> None:
        models = packaged.list_models()
        specs = [packaged.format_spec(model.key, style) for model in models]
        assert [packaged.parse_spec(spec) for spec in specs] == [model.key for model in models]
        assert len(set(specs)) == len(models)

    def test_every_packaged_model_gives_a_file(self, packaged: llm_models.Snapshot, tmp_path: Path) -> None:
        models = packaged.list_models()
        for model in models:
            name = packaged.format_spec(model.key, "filename")
            assert is_one_safe_component(name), name
            (tmp_path / name).touch()
        found = os.listdir(tmp_path)
        assert len(found) == len(models)
        assert {packaged.parse_spec(name) for name in found} == {model.key for model in models}

    def test_twins_by_case_stay_apart_within_a_provider(self, packaged: llm_models.Snapshot) -> None:
        """No two file names of one provider differ by case alone, so that a case-blind disk holds them all."""
        names = [packaged.format_spec(model.key, "filename") for model in packaged.list_models()]
        assert len({name.casefold() for name in names}) == len(names)

    def test_the_specs_of_all_models_resolve_to_them(self, packaged: llm_models.Snapshot) -> None:
        for model in packaged.list_models():
            for style in STYLES:
                assert packaged.resolve(packaged.format_spec(model.key, style)) is model


class TestReading:
    @pytest.mark.parametrize(
        ("text", "key"),
        [
            ("openai:gpt-4o-mini", ("openai", "gpt-4o-mini")),
            ("  openai : gpt-4o-mini ", ("openai", "gpt-4o-mini")),
            ("OpenAI:gpt-4o-mini", ("openai", "gpt-4o-mini")),
            ("gpt-4o-mini@openai", ("openai", "gpt-4o-mini")),
            (" gpt-4o-mini @ OPENAI ", ("openai", "gpt-4o-mini")),
            ("google-vertex:claude-haiku-4-5@20251001", ("google_vertex", "claude-haiku-4-5@20251001")),
            ("claude-haiku-4-5@20251001@google.vertex", ("google_vertex", "claude-haiku-4-5@20251001")),
            ("openrouter:openai/gpt-oss-20b:free", ("openrouter", "openai/gpt-oss-20b:free")),
            ("openai/gpt-oss-20b:free@openrouter", ("openrouter", "openai/gpt-oss-20b:free")),
            ("openrouter:openai:gpt", ("openrouter", "openai:gpt")),
            ("openai:x@openrouter", ("openai", "x@openrouter")),  # the colon form is tried first
            ("openai%3Ax@openrouter", ("openrouter", "openai:x")),
            ("@cf/meta/llama@openai", ("openai", "@cf/meta/llama")),
            ("a%20b%25@openai", ("openai", "a b%")),
            ("openai:a%20b", ("openai", "a%20b")),  # only the at form is decoded
            ("100%@openai", ("openai", "100%")),  # no %XX
            ("wafer.ai:x", ("wafer_ai", "x")),
            ("302AI:x", ("302ai", "x")),
            ("gpt:4@c", ("c", "gpt:4")),
        ],
    )
    def test_each_form(self, text: str, key: tuple[str, str]) -> None:
        assert parse_spec(text, FIND) == key
        assert split_spec(text, FIND) == key

    @settings(max_examples=300, deadline=None)
    @given(st.text(max_size=30) | st.lists(SPECIAL, max_size=6).map("".join))
    def test_any_text_is_a_key_or_an_error(self, text: str) -> None:
        try:
            key = parse_spec(text, FIND)
        except InvalidSpecError:
            return
        assert key.provider in KNOWN
        assert key.id
        assert isinstance(key, llm_models.ModelKey)


class TestSpellings:
    """Every entry point takes any spelling of a provider."""

    @pytest.mark.parametrize("text", ["google_vertex", "google-vertex", "Google.Vertex", "  GOOGLE-vertex\n"])
    def test_of_one_provider(self, text: str, packaged: llm_models.Snapshot) -> None:
        assert fold_provider(text) == "google_vertex"
        assert packaged.parse_provider(text) == "google_vertex"
        model = packaged.list_models("google_vertex")[0]
        assert packaged.list_models(text)[0] is model
        assert packaged.get_model(text, model.id) is model
        assert packaged.get_provider(text).id == "google_vertex"
        assert packaged.resolve(f"{text}:{model.id}") is model
        assert packaged.resolve(f"{model.id}@{text}") is model
        assert packaged.resolve((text, model.id)) is model
        assert packaged.resolve(model.id, scope=text) is model
        assert packaged.candidates(scope=text, prefer=text)
        assert packaged.list_models(allow={text: "all"})[0] is model
        assert packaged.format_spec((text, "x")) == "google_vertex:x"

    def test_of_every_packaged_provider(self, packaged: llm_models.Snapshot) -> None:
        """Upstream's own spelling, in either case, leads to ours."""
        for name in packaged.list_providers():
            for text in (packaged.get_provider(name).extra["source_id"], name.upper(), name.replace("_", "-")):
                assert packaged.parse_provider(text) == name

    @given(st.text(max_size=20))
    def test_folding_twice_changes_nothing(self, text: str) -> None:
        folded = fold_provider(text)
        assume(folded == folded.lower())  # a few letters, such as the dotted capital I, have no one lower case
        assert fold_provider(folded) == folded


class TestErrors:
    """An error names what it would have needed, in either reading, and the nearest name."""

    def test_both_readings(self) -> None:
        with pytest.raises(InvalidSpecError) as caught:
            parse_spec("opnai:gpt-4o@googlevertex", FIND, KNOWN)
        message = str(caught.value)
        assert "'opnai' before the ':' is not a known provider (did you mean 'openai'?)" in message
        assert "'googlevertex' after the last '@' is not a known provider (did you mean 'google_vertex'?)" in message
        assert caught.value.text == "opnai:gpt-4o@googlevertex"  # type: ignore[attr-defined]

    def test_no_provider_at_all(self) -> None:
        with pytest.raises(InvalidSpecError, match=r"names no provider .expected 'provider:model' or 'model@provider'"):
            parse_spec("gpt-4o", FIND)

    @pytest.mark.parametrize("text", ["openai:", "openai: ", "@openai", " @openai", "at:@"])
    def test_no_model(self, text: str) -> None:
        if text == "at:@":
            assert parse_spec(text, FIND) == ("at", "@")
            return
        with pytest.raises(InvalidSpecError, match="the model id is missing"):
            parse_spec(text, FIND)

    @pytest.mark.parametrize("text", [None, 3, b"openai:x", ("openai", "x"), ["openai:x"]])
    def test_no_text(self, text: Any) -> None:
        with pytest.raises(InvalidSpecError, match="a model spec must be text"):
            parse_spec(text, FIND)

    @pytest.mark.parametrize("text", ["%FF@openai", "a%C3@openai"])
    def test_no_utf8(self, text: str) -> None:
        with pytest.raises(InvalidSpecError, match="not UTF-8"):
            parse_spec(text, FIND)

    @pytest.mark.parametrize("style", ["colom", "", None, "Colon"])
    def test_unknown_style(self, style: Any) -> None:
        with pytest.raises(InvalidSpecError, match=r"unknown style .*expected colon, at, filename"):
            format_spec(("openai", "x"), style)

    def test_the_nearest_style(self) -> None:
        with pytest.raises(InvalidSpecError, match="Did you mean 'filename'"):
            format_spec(("openai", "x"), "file-name")

    @pytest.mark.parametrize("key", [None, "openai:x", ("openai",), ("openai", None), (1, "x"), ("a", "b", "c"), 3])
    @pytest.mark.parametrize("style", STYLES)
    def test_no_key(self, key: Any, style: str) -> None:
        with pytest.raises(InvalidSpecError, match="pair"):
            format_spec(key, style)

    def test_unknown_provider(self, packaged: llm_models.Snapshot) -> None:
        with pytest.raises(UnknownProviderError, match=r"unknown provider 'opnai'. Did you mean 'openai'") as caught:
            packaged.parse_provider("opnai")
        assert caught.value.provider == "opnai"

    def test_long_and_hostile_text_is_shown_short_and_escaped(self, packaged: llm_models.Snapshot) -> None:
        text = "\x1b[31m\n" + "x" * 1_000_000
        for ask in (packaged.parse_spec, packaged.parse_provider, packaged.resolve, packaged.get_provider):
            with pytest.raises((LookupError, ValueError)) as caught:
                ask(text)
            assert len(str(caught.value)) < 2_000
            assert str(caught.value).isprintable()


class TestTheRealData:
    """The cases of names that the upstream data holds, by their real spelling."""

    @pytest.mark.parametrize(
        ("text", "key"),
        [
            ("cloudflare-workers-ai:@cf/meta/llama-3.1-8b-instruct-fp8", None),
            ("openrouter:qwen/qwen3.8-27b:free", ("openrouter", "qwen/qwen3.8-27b:free")),
            ("claude-haiku-4-5@20251001@google-vertex", None),
            ("openrouter:~openai/gpt-mini-latest", ("openrouter", "~openai/gpt-mini-latest")),
        ],
    )
    def test_spelled_out(self, packaged: llm_models.Snapshot, text: str, key: Any) -> None:
        model = packaged.resolve(text)
        assert key in (None, model.key)
        assert model.id in text

    def test_what_the_data_holds(self, packaged: llm_models.Snapshot) -> None:
        """The counts of DATA.md, so that the laws above are known to have met each case."""
        ids = [model.id for model in packaged.list_models()]
        assert sum("/" in name for name in ids) >= 2_000
        assert sum(":" in name for name in ids) >= 100
        assert sum(name.startswith("@") for name in ids) >= 20
        assert sum("@" in name.lstrip("@") for name in ids) >= 50
        assert sum(name != name.lower() for name in ids) >= 400
        assert any("~" in name for name in ids)


@pytest.mark.parametrize(
    "text", ["x@openai", "x~0123456789abcdeg@openai", "x~0123456789abcde@openai", "0123456789abcdef@openai"]
)
def test_a_long_name_is_cut_only_with_its_mark(text: str) -> None:
    long = "a" * (modelspec.LONGEST_FILENAME - len(text)) + text
    assert len(long) == modelspec.LONGEST_FILENAME
    assert modelspec.is_cut(long) is False
    assert modelspec.is_cut("a" * (modelspec.LONGEST_FILENAME - 24) + "~0123456789abcdef@openai") is True


@pytest.mark.parametrize("text", ["ollama:x", "x@ollama"])
def test_a_known_word_without_a_provider_here_is_told_so(text: str) -> None:
    with pytest.raises(InvalidSpecError, match=re.escape(NOT_HERE.removesuffix("."))):
        parse_spec(text, finder(["openai"]))


def test_half_a_surrogate_pair_is_in_no_file_name() -> None:
    with pytest.raises(InvalidSpecError, match=r"'a\\ud800': half a surrogate pair is in no file name"):
        format_spec(("openai", "a\ud800"), "filename")

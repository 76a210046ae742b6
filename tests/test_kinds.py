"""Kinds: the real models of each rule, names that look like them, and the counts over the whole real data."""

from __future__ import annotations

import json
import re
from collections import Counter
from importlib import import_module
from typing import TYPE_CHECKING, Any

import pytest
from support import ROOT
from support.own_kinds import OWN
from support.real_kinds import RERANKERS, TALKERS

from llm_models.kinds import KINDS, QUICK_LOOK, RULES, WHOLE_LOOK, is_preview, last_segment, rule_of, tags_of

if TYPE_CHECKING:
    from pathlib import Path

    from llm_models import Snapshot

REAL: dict[str, list[str]] = {
    "realtime": [
        "openai/gpt-realtime-2", "openai/gpt-realtime-mini", "openai/gpt-realtime-1.5", "gpt-realtime-2.1",
        "openai/gpt-live-1", "xai/grok-voice-think-fast-1.0", "qwen3-omni-flash-realtime", "qwen-omni-turbo-realtime",
        "qwen3-livetranslate-flash-realtime", "gemini-3.1-flash-live-preview",
        "google/gemini-3.8-live-extended-thinking", "gemini-3.5-live-translate-preview",
        "gpt-4o-realtime-preview-2024-12-17", "gemini-live-2.5-flash-preview",
        "gemini-2.5-flash-native-audio-preview-09-2025", "amazon.nova-2-sonic-v1:0", "amazon.nova-sonic-v1:0",
    ],
    "transcription": [
        "workers-ai/@cf/deepgram/nova-3", "deepgram/nova-2-general", "workers-ai/@cf/pipecat-ai/smart-turn-v2",
        "gpt-4o-transcribe", "openai/gpt-4o-mini-transcribe", "google/gemini-3.5-transcribe-live", "whisper-1",
        "KBLab/kb-whisper-large", "openai/gpt-realtime-whisper", "qwen3-asr-flash", "stepaudio-2.5-asr",
        "x-ai/grok-voice-stt-1.0", "spacexai/grok-stt", "elevenlabs/scribe_v1",
    ],
    "speech": [
        "workers-ai/@cf/deepgram/aura-2-en", "workers-ai/@cf/deepgram/aura-2-es", "workers-ai/@cf/myshell-ai/melotts",
        "openai/tts-1-hd", "gpt-4o-mini-tts", "gemini-2.5-pro-preview-tts", "x-ai/grok-voice-tts-1.0",
        "canopylabs/orpheus-v1-english", "eleven_multilingual_v2", "voxtral-mini-tts-latest",
    ],
    "music": ["google/lyria-3-pro-preview", "lyria-3-clip-preview", "elevenlabs/elevenlabs-music"],
    "translation": [
        "workers-ai/@cf/ai4bharat/indictrans2-en-indic-1B", "workers-ai/@cf/meta/m2m100-1.2b",
        "workers-ai/@cf/facebook/bart-large-cnn",
    ],
    "classifier": [
        "meta-llama/llama-prompt-guard-2-86m", "llama-prompt-guard-2-22m", "nvidia/gliner-pii",
        "fastino/gliner2-base-v1", "fastino/GLiNER-2.5-Decide", "workers-ai/@cf/huggingface/distilbert-sst-2-int8",
        "meta/esm2-650m", "meta/esmfold", "nvidia/studiovoice", "nvidia/usdvalidate",
    ],
    "moderation": ["omni-moderation-latest", "text-moderation-007", "mistral-moderation-2603"],
    "completion": [
        "gpt-3.5-turbo-instruct", "openai/gpt-3.5-turbo-instruct", "gpt-3.5-turbo-instruct-0914",
        "gpt-35-turbo-instruct", "davinci-002", "babbage-002", "text-davinci-003", "ft:davinci-002:acme::7p4lURel",
    ],
    "image": [
        "google/nano-banana", "gpt-image-1.5", "chatgpt-image-latest", "openai-gpt-image-2", "xai/grok-imagine-image",
        "dall-e-3", "imagen-4.0-generate-001", "black-forest-labs/flux.1-dev", "stable-diffusion-3.5-large",
        "amazon.nova-canvas-v1:0",
    ],
    "video": ["grok-imagine-video-1.5", "veo-3.1-fast-generate-preview", "sora-2-pro", "wan2-2-t2v-a14b", "kling-v2-6"],
    "embedding": [
        "text-embedding-3-small", "bge_multilingual_gemma2", "mini_lm_l12_v2", "ft:text-embedding-3-small:acme::1",
        "amazon.nova-2-multimodal-embeddings-v1:0",
    ],
    "rerank": [*(row[1] for row in RERANKERS), "semantic-ranker-default@latest"],
}  # fmt: skip
"""Kind -> real ids whose name alone tells it."""

LOOK_ALIKES = [
    "amazon/nova-2-lite", "amazon.nova-2-pro-v1:0", "nova-3", "qwen3-omni-flash", "qwen-omni-turbo", "gpt-oss-120b",
    "deepseek-ai/DeepSeek-OCR", "qwen-vl-ocr", "gpt-audio", "gpt-4o-audio-preview", "gpt-3.5-turbo",
    "gpt-3.5-turbo-16k", "openai/gpt-3.5-turbo-raw", "llama-3.1-8b-instruct",
    "ft:gpt-3.5-turbo-0125:acme::1", "command-a-translate-08-2025",
    "nvidia/riva-translate-4b-instruct-v1.1", "gemma-4-26b-a4b-it-musica", "google/gemini-3.1-flash-image",
    "openai/gpt-5.4-image-2", "openai/gpt-oss-safeguard-20b", "meta-llama/llama-guard-4-12b", "olive-7b", "deliver-2",
    "alive-and-well", "attswell-1", "asrock-7b", "aurora-2", "live/llama-3", "whisper-co/llama-3", "laura-2-en",
    "minimax-m2.5", "mini-magnum-12b", "grok-4.1-fast", "gemini-2.5-flash", "fluxion-7b", "kimi-k2-thinking",
    "voxtral-small-24b-2507", "mistral-small-3.1-24b-instruct-2503", "glm-4.6v-flash", "sonar-reasoning-pro",
]  # fmt: skip
"""Ids of chat models that resemble those of a rule; some are invented."""

BY_MODALITIES = [
    ("text", "image", "image"),
    ("text image pdf", "image pdf", "image"),
    ("text image video", "video", "video"),
    ("text", "audio", "speech"),
    ("audio", "text", "transcription"),
    ("video", "text", "classifier"),
    ("text", "embeddings", "embedding"),
    ("text", "3d", "other"),
    ("text image", "text image", "chat"),
    ("text audio", "text audio", "chat"),
    ("text", "", "chat"),
    ("", "text", "chat"),
]
"""What a model takes and gives, and the kind of one whose name tells nothing."""

GUARDS = [
    "gpt-oss-safeguard-20b",
    "llama-guard-4",
    "qwen3guard-gen-8b",
    "nemotron-3.5-content-safety",
    "gliguard-PII-multi",
]


def kind(model_id: str, takes: str = "", gives: str = "", family: str | None = None) -> str:
    modalities = {side: listed.split() for side, listed in (("input", takes), ("output", gives)) if listed}
    found: str = rule_of({"id": model_id, "modalities": modalities}, family)["kind"]
    return found


class TestNames:
    @pytest.mark.parametrize(("expected", "model_id"), [(name, one) for name, ids in REAL.items() for one in ids])
    def test_real_ones(self, expected: str, model_id: str) -> None:
        """By the id alone, in any case of letters, and also where upstream lists text on both sides."""
        assert kind(model_id) == expected
        assert kind(model_id.upper()) == expected
        assert kind(model_id, "text", "text") == expected

    @pytest.mark.parametrize("expected", OWN)
    def test_of_models_that_people_serve_themselves(self, expected: str) -> None:
        """Without any other field. A chat model with a similar name stays one."""
        assert [one for one in OWN[expected].split() if kind(one) != expected] == []

    @pytest.mark.parametrize("model_id", LOOK_ALIKES + [row[1] for row in TALKERS])
    def test_look_alikes_chat(self, model_id: str) -> None:
        assert kind(model_id) == "chat"
        assert kind(model_id, "text image", "text") == "chat"

    @pytest.mark.parametrize(("takes", "gives", "expected"), BY_MODALITIES)
    def test_modalities_tell_where_the_name_does_not(self, takes: str, gives: str, expected: str) -> None:
        assert kind("opaque-7", takes, gives) == expected

    def test_a_name_beats_modalities(self) -> None:
        assert kind("elevenlabs-music", "text", "audio") == "music"
        assert kind("gemini-3.5-live-translate-preview", "audio", "audio text") == "realtime"

    def test_every_rule_is_needed(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Without any of the rules some case above has another kind."""
        for rule in RULES:
            monkeypatch.setattr("llm_models.kinds.RULES", tuple(one for one in RULES if one is not rule))
            named = [kind(one) == name for name, ids in REAL.items() for one in ids]
            sides = [kind("opaque-7", takes, gives) == expected for takes, gives, expected in BY_MODALITIES]
            assert not all(named + sides), rule


class TestTags:
    @pytest.mark.parametrize("model_id", GUARDS)
    def test_guards(self, model_id: str) -> None:
        assert tags_of(model_id) == ["guard"]
        assert kind(model_id) == "chat"

    @pytest.mark.parametrize(
        "model_id",
        [
            "deepseek-ai/DeepSeek-OCR", "qwen-vl-ocr", "deepseek-ocr-2", "baidu/qianfan-ocr-fast",
            "paddlepaddle/paddleocr-vl", "lightonai/LightOnOCR-2-1B",
        ],
    )  # fmt: skip
    def test_readers_of_pictures(self, model_id: str) -> None:
        assert tags_of(model_id) == ["ocr", "special"]
        assert kind(model_id) == "chat"

    @pytest.mark.parametrize(
        "model_id",
        [
            "perplexity/sonar-deep-research", "gemini-2.5-computer-use-preview-10-2025", "x-ai/grok-4.20-multi-agent",
            "codestral-2508", "kimi-k2.7-code", "starcoder2-15b", "mistral.voxtral-mini-3b-2507",
            "google/gemini-3.1-flash-image", "openai/gpt-5.4-image-2", "gpt-audio-mini", "qwen-mt-plus",
            "command-a-translate-08-2025", "openrouter/auto", "model-router", "nanogpt/coding-router:high",
            "qwen3-coder-plus", "Qwen/Qwen3-Coder-30B-A3B-Instruct", "kat-coder-pro-v2.5", "xai/grok-build-0.1",
            "gpt-5.3-codex-spark", "openai/gpt-5-codex", "duo-chat-gpt-5-2-codex", "mistral.devstral-2-123b",
        ],
    )  # fmt: skip
    def test_models_for_one_task(self, model_id: str) -> None:
        assert tags_of(model_id) == ["special"]
        assert kind(model_id) == "chat"

    @pytest.mark.parametrize(
        "model_id",
        [
            "gpt-oss-120b",
            "vanguard-7b",
            "guard-co/llama-3",
            "ocrelle-2",
            "socrates-7b",
            "bodybuilder",
            "mercury-encoder-2",
            "codexter-7b",
            "rebuild-1",
            "vibecoder",
            "agentic-7b",
            "autoglm-phone-9b",
            "accounts/fireworks/routers/glm-5p3-fast",
            "mediocre-7b",
            "imagine-2",
        ],
    )
    def test_look_alikes(self, model_id: str) -> None:
        assert tags_of(model_id) == []


class TestPreviews:
    @pytest.mark.parametrize(
        "model_id",
        [
            "gemini-3-pro-preview", "deepseek/deepseek-v3.2-exp", "spacexai/grok-4.20-reasoning-beta", "grok-4.2-beta",
            "grok-4-20-beta-0309-reasoning", "interfaze/interfaze-beta", "stealth/space-bunny-alpha:free", "ox-alpha",
            "agnes-2.5-pro-alpha", "x_beta2",
        ],
    )  # fmt: skip
    def test_previews(self, model_id: str) -> None:
        assert is_preview(model_id, None)

    @pytest.mark.parametrize(
        "model_id",
        [
            "expert-7b", "alpha-7b", "alpha", "betamax-2", "x-alphabet-7b", "deepseek/alphacode-2", "x-betatron",
            "alpha-beta-corp/gpt-9", "gpt-9:beta", "gpt-9@beta", "superbeta-7b",
        ],
    )  # fmt: skip
    def test_look_alikes(self, model_id: str) -> None:
        assert not is_preview(model_id, None)

    def test_a_status_that_is_stated_wins_over_alpha_and_beta(self) -> None:
        assert not is_preview("grok-4.2-beta", "deprecated")
        assert is_preview("grok-4.2", "beta")
        assert is_preview("gemini-3-pro-preview", "deprecated")

    def test_every_packaged_id_with_such_a_part(self, packaged: Snapshot) -> None:
        """They are listed as previews."""
        parts = re.compile(r"[-_.](alpha|beta)([-_.:@]|$)", re.IGNORECASE)
        found = [one for one in packaged.list_models() if parts.search(one.id.rpartition("/")[2])]
        assert len(found) > 8
        listed = {one.key for one in packaged.list_models(lifecycle="preview")}
        assert {one.key for one in found if not one.deprecated} <= listed


@pytest.mark.parametrize(
    ("model_id", "segment"),
    [
        ("workers-ai/@cf/openai/gpt-oss-20b", "gpt-oss-20b"),
        ("anthropic/claude-opus-4.6:thinking:low", "claude-opus-4.6"),
        ("claude-opus-4@20250514", "claude-opus-4"),
        ("Qwen/Qwen3-Embedding-8B", "qwen3-embedding-8b"),
        ("gpt-4.1", "gpt-4.1"),
        ("a/b/", "b"),
        ("ft:gpt-4o-mini:acme:suffix:id", "ft"),
    ],
)
def test_the_last_segment(model_id: str, segment: str) -> None:
    assert last_segment(model_id) == segment


COUNTS: dict[str, tuple[dict[str, int], dict[str, int]]] = {
    "2026-07-02": (
        {"realtime": 10, "transcription": 2, "speech": 3, "music": 4, "translation": 3, "classifier": 10,
         "completion": 6, "image": 6, "embedding": 73, "rerank": 12, "chat": 4968, "guard": 22, "ocr": 9,
         "special": 445},
        {"image": 89, "video": 47, "speech": 29, "transcription": 17, "music": 7, "classifier": 15},
    ),
    "2026-09-30": (
        {"realtime": 17, "transcription": 4, "music": 6, "classifier": 17, "completion": 5, "image": 9, "embedding": 83,
         "rerank": 13, "chat": 7941, "guard": 38, "ocr": 11, "special": 585},
        {"image": 108, "video": 67, "speech": 39, "transcription": 32, "music": 9, "classifier": 22},
    ),
}  # fmt: skip
"""Date -> how many models of a kind, or with a tag, upstream lists with text on both sides; and in all."""


@pytest.mark.parametrize("date", COUNTS)
def test_over_the_whole_upstream(date: str) -> None:
    """The figures of the real files. Almost all that have text on both sides chat, and no rule takes one of them."""
    path: Path = ROOT.parent / "shared" / "upstream" / f"models-dev-{date}.json"
    if not path.is_file():
        pytest.skip("the real upstream file is absent")
    talking: Counter[str] = Counter()
    total: Counter[str] = Counter()
    for provider in json.loads(path.read_bytes()).values():
        for model in provider["models"].values():
            stated: dict[str, Any] = {"id": model["id"], "modalities": model["modalities"]}
            found = rule_of(stated, model.get("family"))["kind"]
            total[found] += 1
            if all("text" in listed for listed in model["modalities"].values()):
                talking.update([found, *(tags_of(model["id"]) if found == "chat" else ())])
    assert set(total) <= set(KINDS)
    assert dict(talking) == COUNTS[date][0]
    assert {name: total[name] for name in COUNTS[date][1]} == COUNTS[date][1]


def required(tree: Any) -> set[str] | None:
    """Texts of which each match of a parsed pattern holds one, None where there are none."""
    texts, found, text = [], [], ""
    for word, value in [*tree, (None, None)]:
        if str(word) == "LITERAL":
            text += chr(value)
            continue
        texts.append(text)
        text = ""
        if str(word) == "SUBPATTERN":
            found.append(required(value[3]))
        elif str(word) == "MAX_REPEAT" and value[0] > 0:
            found.append(required(value[2]))
        elif str(word) == "BRANCH":
            branches = [required(branch) for branch in value[1]]
            found.append(None if None in branches else set().union(*filter(None, branches)))
    options = [{max(texts, key=len)}, *filter(None, found)]
    best = max(options, key=lambda option: min(map(len, option)))
    return None if best == {""} else best


def test_the_quick_look_misses_no_pattern() -> None:
    """Every match of every pattern holds a text of the quick look, as the parsed patterns show."""
    parse = import_module("re._parser").parse
    seen: set[str] = set()
    for rule in RULES:
        for key in ("id", "whole", "only"):
            if key in rule:
                texts = required(parse(rule[key]))
                assert texts
                held = {text: [word for word in QUICK_LOOK if word in text] for text in texts}
                assert [text for text, words in held.items() if not words] == []
                if key == "whole":
                    assert [text for text in texts if not any(word in text for word in WHOLE_LOOK)] == []
                seen.update(*held.values())
    assert {*QUICK_LOOK} == seen

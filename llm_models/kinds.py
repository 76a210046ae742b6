"""Kinds: what a model is for, by rules about its id, family and modalities; standard library only.

The rules are data. A kind that is stated wins; a capability that is stated wins over the one of the kind.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

CHAT, EMBEDDING, OTHER = "chat", "embedding", "other"

KINDS = (CHAT, "completion", "realtime", EMBEDDING, "rerank", "image", "speech", "transcription", "video", "music",
         "translation", "classifier", "moderation", OTHER)  # fmt: skip
"""The kinds that the rules derive. Sources and applications may state others.

`other` is a model that does not chat, of which nothing else is known.
"""

_EMBEDDERS = {"bge", "codestral-embed", "cohere-embed", "gemini-embedding", "mistral-embed", "text-embedding",
              "titan-embed", "voyage"}  # fmt: skip


def _word(*words: str) -> str:
    """The pattern of these words where no letter or digit is next to them: `live`, but not `olive`."""
    return rf"(?<![a-z0-9])(?:{'|'.join(words)})(?![a-z0-9])"


def _only(*words: str) -> str:
    """The pattern of words that a number may follow directly: `flux1`, `piper`, but not `piperchat`."""
    return rf"(?<![a-z0-9])(?:{'|'.join(words)})(?![a-z])"


# The first rule that fits decides. A rule fits when the last segment of the id matches `id`, or the whole id matches
# `whole` (both in lower case), or the family is one of `families`; but no pattern fits a model whose name states that
# it chats: `embed-chat-router`. A rule whose `only` is in the last segment fits, too, if the id has no word of a model
# that talks: `canary-1b-flash`, but not `canary-7b-instruct`. A rule with `textless` fits when the modalities of that
# side (`input` or `output`) are stated and hold no text, but the one of `with` where the rule names one. Where the
# capability `flag` is stated, it alone decides. `apis` are the APIs by which such a model is called, where certain.
RULES: tuple[dict[str, Any], ...] = (
    {"kind": "rerank",
     "id": r"rerank|ms-marco-|" + _word("semantic-ranker", r"mono(?:t5|bert)(?:-.*)?", r"zerank-\d.*")},
    {"kind": "classifier",
     "id": r"prompt-?guard|gliner|^distilbert-|esmfold|studiovoice|usdvalidate|-mnli(?:-|$)|prompt-injection|"
           + _word(r"esm-?[12]b?", "toxic-bert", "finbert", r"yolov?\d+\w?", r"resnet-\d+",
                   r"deberta-.*", r"sam2?-(?:vit|hiera)-.*", r"grounding-dino-.*")
           + r"|^(?:vit|detr)-|^(?:xlm-|twitter-|modern)?(?:ro)?berta?-(?:base|large)(?![a-z])"},
    {"kind": "moderation", "id": _word("moderation", r"nsfw[-_].*")},
    {"kind": EMBEDDING, "flag": "embeddings", "families": _EMBEDDERS,
     "id": r"embed|-mpnet-base-|(?<![a-z0-9])(?:(?:bge|e5|gte|voyage)|(?:all-)?mini[-_]?lm)[-_]|colbert|"
           r"^(?:all-)?mini[-_]?lm$|^(?:bge|e5|gte)$|^paraphrase-multilingual|^msmarco-|^snowflake-arctic-[lms]-|"
           r"retrieval-mrl-|(?:^|[^a-z0-9])splade[-_+]|^stella[-_](?:\w\w[-_]|base|large)|^instructor-(?:base|large|xl)$|"
           r"^(?:gtr|sentence)-t5-|^uae-large|^(?:jina-)?clip-v(?:it-)?|^siglip2?-(?:so|base|large|giant)|"
           r"^dino-?v[23]|^col(?:pali|qwen|smol|idefics)|"
           + _word("labse", r"distiluse-.*", r"contriever.*", r"potion-.*", "retriever", r"nomic-bert(?:-.*)?",
                   r"all-distilroberta-.*")},
    {"kind": EMBEDDING, "textless": "output", "with": "embeddings"},
    # Before realtime: `grok-voice-stt`, `gpt-realtime-whisper` and `gpt-live-transcribe` write what they hear.
    {"kind": "transcription", "whole": r"(?<![a-z0-9])deepgram/(?:.*/)?(?:nova|flux|base|enhanced)(?![a-z0-9])",
     "id": r"transcribe|whisper(?!er)|smart-turn|" + _word("asr", "stt", r"scribe[-_]v\d", "parakeet"),
     "only": _only("moonshine", "sensevoice(?:small)?", "paraformer", "seamless-m4t", "wav2vec", "hubert",
                   "granite-speech", "speaker-diarization", "vosk(?:-model)?", r"universal-[23]$",
                   r"(?<!.)canary-\d+\w", r"(?<!.)canary-qwen", r"(?<!.)distil-large-v\d",
                   r"(?<!.)ggml-(?:tiny|base|small|medium|large)")},
    {"kind": "speech",
     "id": _word(r"aura-\d", "tts", "melotts", "orpheus", r"eleven(?:labs)?[-_](?:\w+_)?v\d", r"speech-\d\d",
                 r"\w*(?<!bu)tts-?\d") + r"|^[a-z]{2}_[a-z]{2}-\w+-(?:low|medium|high)$|^voice-[a-z]{2}-",
     "only": _only("kokoro", "piper", "piper-voices", "xtts", "chatterbox", "bark", "fish-speech", "openaudio",
                   r"csm-\d+b", r"dia-\d\.\d+b", r"(?:cosy|vibe)voice", "neutts", "zonos", "higgs-audio",
                   "maskgct", "supertonic", "voxcpm", "openvoice", "gpt-sovits", "outetts")},
    {"kind": "music", "whole": "stable-audio|stable_audio|(?:^|/)yue-s1-",
     "id": _word("lyria", "music", "musicgen", "audiogen", r"ace-step(?:-.*)?", r"ace_step(?:_.*)?", r"suno-v?\d",
                 r"udio-v?\d", "diffrhythm", r"audioldm\d?", r"riffusion(?:-.*)?", r"magnet-(?:small|medium)(?:-.*)?")},
    {"kind": "realtime", "apis": ("realtime",),
     "id": _word("realtime", "live", "native-audio", r"nova(?:-\d(?:-\d)?)?-sonic") + "|grok-voice|livetranslate"},
    {"kind": "translation",
     "id": r"indictrans|m2m-?100|bart-large-cnn|" + _word("nllb", "opus-mt", "madlad400", "mbart", "pegasus",
                                                          r"(?:flan-|m)?t5-(?:small|base|large|xl|xxl)")},
    {"kind": "completion", "apis": ("completions",),
     "id": _word(r"gpt-3\.?5-turbo-instruct(?:-\d{4})?$", r"(?:davinci|babbage|curie|ada)-00\d$",
                 r"(?:distil)?gpt-?2(?:-(?:medium|large|xl))?$", r"gpt-(?:j-6b|neox?-\d.*)$", r"pythia-\d.*b$")},
    # Upstream lists text as the output of some of these.
    {"kind": "video",
     "id": _word("grok-imagine-video", r"sora-?\d", r"veo-?\d(?:\.\d)?", r"(?:seedance|hailuo|kling)[-\d]?\w*",
                 ".*-to-video", "t?[tir]2v")
           + r"|hunyuan-?video|cogvideo|animatediff|zeroscope|stable-video|open-sora|skyreels",
     "only": _only(r"wan-?\d(?:\.\d)?(?!.*image)", r"flux-\d-video", "ltxv?-video", r"ltxv(?:-.*)?", r"ltx-\d",
                   r"mochi-\d", "mochi_preview", "svd", r"video-\d\d", r"(?:runway-?)?gen-?[34]a?",
                   r"(?:luma-)?ray-?\d", "nova-reel", r"pika-\d", r"vidu-?\w?\d", "pixverse")},
    {"kind": "image", "families": {"gpt-image"},
     "id": r"nano-banana|stable-?diffusion|stable-cascade|stable-image|controlnet|pixart|kandinsky|dreamshaper|pix2pix|"
           r"hunyuan-?image|auraflow|hidream|esrgan|^v1-5-pruned|^playground-v\d|^animagine-xl|^pony-diffusion|"
           r"(?<![a-z0-9])(?:chat)?gpt-image-|(?<![a-z0-9])grok-imagine-|"
           + _word(r"dall-?e-?\d?", r"imagen-\d(?:\.\d)?", "nova-canvas", "titan-image-generator",
                   "qwen-image", r"qwen_image(?:_.*)?", r"flux[.-]?\d?(?:\.\d)?-(?:pro|dev|schnell|flex|kontext|max)",
                   r"sd3(?:\.\d)?", "seedream",
                   ".*-to-image"),
     "only": _only("sdxl", r"sd[_-]?(?:xl|turbo|v?\d(?:[.-]?\d)?)", "flux(?!.*video)", "z-image",
                   r"flux[.-]?\d?(?:\.\d)?-(?:krea|klein)", "ssd-1b", "ideogram", r"recraft-?v?\d", "midjourney",
                   r"janus-pro-\db-image", "kolors", r"sana_\d", "realistic-vision", "juggernaut-?xl", "chroma1?-hd",
                   r"photon-\d", "if-i-xl")},
    {"kind": "video", "textless": "output", "with": "video"},
    {"kind": "image", "textless": "output", "with": "image"},
    {"kind": "speech", "textless": "output", "with": "audio"},
    {"kind": OTHER, "textless": "output"},
    {"kind": "transcription", "textless": "input", "with": "audio"},
    {"kind": "classifier", "textless": "input"},  # it looks at pictures, and answers with words
)  # fmt: skip

_IDS, _WHOLE, _ONLY = (
    "|".join([f"(?:{rule[key]})" for rule in RULES if key in rule]) for key in ("id", "whole", "only")
)
_TEXTS = (
    "-00 -mnli -mpnet-base- -sonic -to-image -video 2v 5-turbo-instruct ace-step ace_step animagine animatediff asr "
    "audioldm aura- auraflow bark bart-large-cnn bert bge canary- chatterbox chroma clip-v cogvideo contriever "
    "controlnet csm- dall deepgram/ detr dia- diffrhythm diffusion dino distil-large-v distiluse- dreamshaper e5 "
    "eleven embed esm esrgan fish-speech flux gen ggml- gliner gpt granite-speech grok-imagine- gte hailuo hidream "
    "higgs-audio high hunyuan idefics ideogram if-i-xl indictrans instructor- janus-pro- juggernaut kandinsky kling "
    "kokoro kolors labse live low ltx- ltxv lyria m2m madlad400 magnet- maskgct mbart medium midjourney mini mochi "
    "moderation mono moonshine ms-marco- msmarco- music nano-banana native-audio nllb nova-canvas nova-reel nsfw "
    "openaudio opus-mt orpheus pali paraformer parakeet paraphrase-multilingual pegasus photon- pika- piper pix2pix "
    "pixart pixverse playground-v potion- prompt pythia- qwen ray realistic-vision realtime recraft rerank resnet- "
    "retrieval-mrl- retriever riffusion sam sana_ scribe sd seamless-m4t seedance seedream semantic-ranker siglip "
    "skyreels smart-turn smol snowflake-arctic- sora speaker-diarization speech- splade stable-audio stable-cascade "
    "stable-image stable_audio stella stt suno- supertonic svd t5- tts uae-large udio- universal- v1-5-pruned veo "
    "video- vidu vit voice vosk voxcpm voyage wan whisper yolo yue-s1- z-image zerank- zeroscope zonos"
)
QUICK_LOOK = _TEXTS.split()
"""An id without one of these texts fits no pattern of `RULES`, so that none need be compiled."""
WHOLE_LOOK = ("deepgram/", "stable-audio", "stable_audio", "yue-s1-")
"""An id without one of these texts fits no pattern `whole`, so that its last segment decides alone."""
_CHATS = _word("chat", "coder")
"""The words of models that chat, whatever else their names state: `instruct` is in names of embedding models, too."""
_TALKS = _word("chat", "instruct", "it", "llm", "llama", "coder", "thinking")
"""The words of models that talk."""

_OCR = r"ocr(?![a-z])"
TAGS: tuple[tuple[str, str], ...] = (
    ("guard", r"(?<!van)guard|safety"),
    ("ocr", _OCR),
    (
        "special",
        _word("deep-research", "computer-use", "agent", "code", "coder", "codex", "build", "codestral", "devstral",
              "starcoder2?", "fim", "voxtral", "audio", "image", "translate", "mt", r"(?:\w+-)?router",
              r"auto(?:-model(?:-\w+)?)?$") + "|" + _OCR,
    ),
)  # fmt: skip
"""The tags of chat models for a special purpose, with the pattern of the last segment of their ids."""

MOVING = re.compile(r"^~|[-:]latest(?=@|$)")
"""The ids of moving names, whose meaning changes without notice. Hosts mark their own with `~`; a region may follow."""


PREVIEWS: tuple[tuple[tuple[str, ...], str, bool], ...] = (
    (("preview", "exp"), _word("preview", "exp", "experimental"), True),
    (("alpha", "beta"), r"(?<=[a-z0-9])[-_.](?:alpha|beta)\d*(?![a-z0-9])", False),
)
"""The ids of models that their maker calls a preview: the pattern of the last segment, and whether it also counts where
a status is stated. A segment without one of the texts before the pattern does not fit it, so that it is not compiled.
"""


@lru_cache(8192)
def last_segment(model_id: str) -> str:
    """The last path segment of an id in lower case, up to the first `@` or `:`.

    >>> last_segment("openai/gpt-oss-20b:free")
    'gpt-oss-20b'
    """
    return model_id.rstrip("/").rpartition("/")[2].lower().partition(":")[0].partition("@")[0]


def _name(model_id: str) -> str:
    """The text that the rules read: the last segment of an id, or of the base of a fine-tuned model."""
    head, found, tail = model_id.lower().rpartition("ft:")
    return last_segment(tail if found and (not head or head.endswith("/")) else model_id)


def rule_of(model: Mapping[str, Any], family: str | None) -> Mapping[str, Any]:
    """The first rule that fits a model's stated data; that of `chat` or `other` where none fits."""
    stated, modalities = model.get("capabilities", {}), model.get("modalities", {})
    named = _named(model["id"])
    textless = [side for side, listed in modalities.items() if listed and "text" not in listed]
    decides = named or textless or family in _FAMILIES or not _FLAGS.isdisjoint(stated)
    for number, rule in enumerate(RULES if decides else ()):  # nothing decides about most models
        if "textless" in rule:
            side = rule["textless"]
            fits = side in textless and rule.get("with", modalities[side][0]) in modalities[side]
        elif stated.get(rule.get("flag")) is not None:
            fits = bool(stated[rule["flag"]])
        else:
            fits = number in named or (family is not None and family in rule.get("families", ()))
        # Who states that a model chats denies all kinds except that of embeddings: such a model may chat, too.
        if fits and not (stated.get("chat") and rule["kind"] != EMBEDDING):
            return rule
    return {"kind": OTHER if stated.get("chat") is False else CHAT}


_FAMILIES = {family for rule in RULES for family in rule.get("families", ())}
_FLAGS = {rule["flag"] for rule in RULES if "flag" in rule}


def _named(model_id: str) -> tuple[int, ...]:
    """The numbers of the rules that name a model by its id."""
    whole = model_id.lower()
    for word in WHOLE_LOOK:  # a generator would take longer than the look
        if word in whole:
            return _fitting(_name(model_id), whole)
    return _fitting(_name(model_id), "")


@lru_cache(8192)  # many providers serve the same models
def _fitting(segment: str, whole: str) -> tuple[int, ...]:
    """The numbers of the rules that fit what they read of an id."""
    for word in QUICK_LOOK:
        if word in segment or word in whole:
            break
    else:
        return ()
    if not any(re.search(pattern, text) for pattern, text in ((_IDS, segment), (_WHOLE, whole), (_ONLY, segment))):
        return ()
    if re.search(_CHATS, segment):
        return ()
    texts = {"id": segment, "whole": whole} | ({} if re.search(_TALKS, segment) else {"only": segment})
    return tuple(
        number
        for number, rule in enumerate(RULES)
        if any(key in rule and re.search(rule[key], text) for key, text in texts.items())
    )


def flags_of(kind: str) -> dict[str, bool]:
    """What follows for `chat` and `embeddings` from a kind.

    >>> flags_of("rerank"), flags_of("embedding")
    ({'chat': False}, {'chat': False, 'embeddings': True})
    """
    if kind == CHAT:
        return {}
    return {"chat": False, "embeddings": True} if kind == EMBEDDING else {"chat": False}


def tags_of(model_id: str) -> list[str]:
    """The tags that the id of a chat model suggests.

    >>> tags_of("meta-llama/llama-guard-4-12b"), tags_of("gpt-oss-120b")
    (['guard'], [])
    """
    return [*_tagged(_name(model_id))]


@lru_cache(8192)
def _tagged(segment: str) -> tuple[str, ...]:
    return tuple(tag for tag, pattern in TAGS if re.search(pattern, segment))


@lru_cache(8192)
def is_preview(model_id: str, status: str | None) -> bool:
    """Whether a model is not generally available yet, by its status or by a part of its id.

    >>> is_preview("gemini-3-pro-preview", None), is_preview("gpt-5.2", "beta"), is_preview("expert-7b", None)
    (True, True, False)
    """
    segment = last_segment(model_id)
    return status in ("alpha", "beta") or any(
        re.search(pattern, segment)
        for texts, pattern, always in PREVIEWS
        if (always or status is None) and any(text in segment for text in texts)
    )


def is_moving(model_id: str) -> bool:
    """Whether an id is a moving name.

    >>> is_moving("mistral-large-latest"), is_moving("~openai/gpt-mini"), is_moving("latest-news-7b")
    (True, True, False)
    """
    return MOVING.search(model_id.lower()) is not None

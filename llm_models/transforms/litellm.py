"""LiteLLM's map (MIT): tables and named functions. Counts are of that of LiteLLM 1.110.2, which has 4,878 entries.

It fills and contradicts, but never lists models: of its ids at providers of ours, most are not ids of ours. An entry's
id is what is left of its key (`litellm_keys`). `limits.context` is LiteLLM's maximum of input, which of some models is
what our records state as `limits.input`. A transform does not know our records, so `meanings` looks at both limits.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from glom import SKIP, T

from llm_models.normalize import Drop
from llm_models.transforms.litellm_entries import listing
from llm_models.transforms.litellm_keys import EFFORTS, INPUTS, OUTPUTS, USUAL
from llm_models.transforms.litellm_prices import price_list
from llm_models.transforms.specs import First, Record, Take, date, flag, identity, tokens, words

if TYPE_CHECKING:
    from llm_models.transforms.specs import Note

FILLS = (
    "retires",
    "successor",
    "served_as",
    "cost.cache_write_1h",
    "cost.cache_write_12h",
    "cost.modes.batch",
    "cost.modes.flex",
    "capabilities.attachments",
    "capabilities.temperature",
    "capabilities.tools",
    "capabilities.json",
    "capabilities.reasoning.enabled",
    "capabilities.reasoning.toggle",
    "capabilities.streaming",
)
"""What it may fill. Of the models that it shares with the packaged data of 2026-09-30 (1,148), it states beyond that:

`retires` of 205, `successor` of 83, `served_as` of 27 (the other 23 are the curated ones of OpenAI),
`cost.cache_write_1h` of 100, `modes.batch` of 134, `modes.flex` of 78, `tools.parallel` of 185, `json.schema` of 165
(of the 524 that both state, 12 differ), `streaming.text` of 92; of the others nothing now, but another base may lack
them.

Not here: `chat` and `embeddings` (4 are known to be wrong; the kind decides them), `reasoning.efforts` (33 of 162
differ: flags do not state all of them), `modes.priority` (models.dev has it as `fast` of many), fees, limits.
"""

NEEDS = {"retires": "extra.litellm.deprecation_source"}
"""A date without a source is often the earliest one on which a model may retire: of Claude Haiku 4.5 at Vertex AI the
map states 2026-10-15, and Google's page "not sooner than" that."""

CATALOGUE = (T.items(), listing)


def fault(document: Any) -> str | None:
    """Why a document must not be read: an answer with an error is an object too, and would pass for a map."""
    entries = document.values() if isinstance(document, dict) else ()
    if any(isinstance(entry, dict) and "litellm_provider" in entry for entry in entries):
        return None
    return "is not LiteLLM's map: no entry states litellm_provider"


KINDS: dict[str, tuple[str, tuple[str, ...]]] = {
    "chat": ("chat", ()),
    "responses": ("chat", ("responses",)),
    "completion": ("completion", ("completions",)),
    "embedding": ("embedding", ("embeddings",)),
    "rerank": ("rerank", ()),
    "image_generation": ("image", ("images",)),
    "image_edit": ("image", ("images",)),
    "audio_transcription": ("transcription", ("audio",)),
    "audio_speech": ("speech", ("audio",)),
    "realtime": ("realtime", ("realtime",)),
    "video_generation": ("video", ()),
    "moderation": ("moderation", ()),
    "ocr": ("other", ()),
    "decisions": ("classifier", ()),
}
"""LiteLLM's `mode` -> our kind, and the APIs that answer where `supported_endpoints` does not state them."""

ENDPOINTS = {
    "/v1/chat/completions": "chat",
    "/v1/responses": "responses",
    "/v1/messages": "messages",
    "/v1/embeddings": "embeddings",
    "/v1/images/generations": "images",
    "/v1/images/edits": "images",
    "/v1/audio/transcriptions": "audio",
    "/v1/audio/speech": "audio",
    "/v1/realtime": "realtime",
    "/v1/realtime/transcription_sessions": "realtime",
}
"""An endpoint -> our API; batches, videos and others have none.

`/v1/completions` is LiteLLM's own: 64 chat models state it, Gemini among them.
"""


def mode(value: Any, _note: Note) -> Any:
    """The row of a mode. `search`, `evaluation` and other services have none: their kind is not stated."""
    return KINDS.get(value) if isinstance(value, str) else None


def kind(value: Any, note: Note) -> Any:
    row = mode(value, note)
    return SKIP if row is None else row[0]


def chats(value: Any, note: Note) -> Any:
    row = mode(value, note)
    return SKIP if row is None else row[0] == "chat"


def embeds(value: Any, note: Note) -> Any:
    row = mode(value, note)
    return SKIP if row is None else row[0] == "embedding"


def apis_of_mode(value: Any, note: Note) -> Any:
    row = mode(value, note)
    return [*row[1]] if row and row[1] else SKIP


def apis(value: Any, note: Note) -> Any:
    return list(dict.fromkeys([ENDPOINTS[name] for name in words(value, note) if name in ENDPOINTS])) or SKIP


def day(value: Any, note: Note) -> str:
    read = date(value, note)
    if len(read) != len("YYYY-MM-DD"):
        raise Drop("a month without a day")
    return read


def size(value: Any, _note: Note) -> int:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 1 <= value < 1e9 or value != int(value):
        raise Drop("expected a whole number of at least 1")
    return int(value)


def never_off(value: Any, note: Note) -> Any:
    """Reasoning that is always on has no switch."""
    return False if flag(value, note) else SKIP


def kinds_of_input(value: dict[str, Any], note: Note) -> Any:
    return _kinds(value, "supported_modalities", INPUTS, note)


def kinds_of_output(value: dict[str, Any], note: Note) -> Any:
    return _kinds(value, "supported_output_modalities", OUTPUTS, note)


def _kinds(value: dict[str, Any], key: str, flags: dict[str, str], note: Note) -> Any:
    """The list, with what flags add (no list has `pdf`). Flags alone do not state all kinds."""
    if key not in value:
        return SKIP
    listed = ["text" if word == "code" else word for word in words(value[key], note)]  # of 9 models
    added = [name for one, name in flags.items() if value.get(one) is True]
    return list(dict.fromkeys([*listed, *added])) if listed else SKIP


def takes_files(value: dict[str, Any], note: Note) -> Any:
    """One kind of file is enough for yes; no is stated where pictures and documents are both denied."""
    stated = _flags(value, INPUTS, note)
    listed = value.get("supported_modalities")
    if any(stated.values()) or (
        isinstance(listed, list) and any(word in INPUTS.values() for word in listed if isinstance(word, str))
    ):
        return True
    return False if {"image", "pdf"} <= {*stated} else SKIP


def _flags(value: dict[str, Any], names: dict[str, str], note: Note) -> dict[str, bool]:
    """What each key that is a flag states of its name; one yes of several keys is enough."""
    stated: dict[str, bool] = {}
    for key, name in names.items():
        if key in value:
            try:
                stated[name] = flag(value[key], note) or stated.get(name, False)
            except Drop as why:
                note(str(why), key, "dropped")
    return stated


def efforts(value: dict[str, Any], note: Note) -> Any:
    """The list where there is one. Of flags, the unusual efforts are stated and the usual ones denied."""
    key = "reasoning_effort_levels"
    try:
        if key in value and (listed := words(value[key], note)):
            return listed
    except Drop as why:
        note(str(why), key, "dropped")
    stated = _flags(value, EFFORTS, note)
    return [name for name in EFFORTS.values() if stated.get(name, name in USUAL)] if stated else SKIP


PROVIDER = Record(id=Take("id", identity))

MODEL = Record(
    id=Take("id", identity),
    kind=Take("mode", kind),
    apis=First(Take("supported_endpoints", apis), Take("mode", apis_of_mode)),
    retires=Take("deprecation_date", day),
    successor=Take("successor", identity),
    served_as=Take("served_as", words),
    limits={"context": Take("max_input_tokens", tokens), "output": Take("max_output_tokens", tokens)},
    dimensions=Take("output_vector_size", size),
    cost=Take("prices", price_list),
    modalities={"input": Take("inputs", kinds_of_input), "output": Take("outputs", kinds_of_output)},
    capabilities={
        "chat": Take("mode", chats),
        "embeddings": Take("mode", embeds),
        "attachments": Take("inputs", takes_files),
        "temperature": Take("supports_sampling_params", flag),
        "tools": {
            "enabled": Take("supports_function_calling", flag),
            "parallel": Take("supports_parallel_function_calling", flag),
        },
        "json": {"schema": Take("supports_response_schema", flag)},
        "reasoning": {
            "enabled": Take("supports_reasoning", flag),
            "toggle": Take("thinking_always_on", never_off),
            "efforts": Take("efforts", efforts),
        },
        "streaming": {"text": Take("supports_native_streaming", flag)},
    },
)

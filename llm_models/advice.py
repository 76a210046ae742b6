"""Advice: how to write here what a name of another tool states: a sentence with our field, its value and its unit."""

from __future__ import annotations

import json
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from llm_models import foreign
from llm_models.addresses import base_of
from llm_models.credentials import HIDDEN, has_form, is_reference, variable_in
from llm_models.errors import dotted, printable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from llm_models.foreign import Row

KINDS = {
    "embeddings": "embedding", "text-embedding": "embedding", "feature-extraction": "embedding",
    "image_generation": "image", "image_edit": "image", "text-to-image": "image", "video_generation": "video",
    "audio_transcription": "transcription", "stt": "transcription", "asr": "transcription", "audio_speech": "speech",
    "tts": "speech", "text-to-speech": "speech", "reranker": "rerank", "moderations": "moderation",
    "responses": "chat", "llm": "chat", "language": "chat", "text-generation": "chat", "text": "chat",
}  # fmt: skip
"""Words of other tools for kinds of models -> ours. The others are equal."""

APIS = {
    "chatcompletions": "chat", "chat/completions": "chat", "chatcompletion": "chat", "openai": "chat",
    "openaicompatible": "chat", "completion": "completions", "textcompletions": "completions", "response": "responses",
    "openairesponses": "responses", "message": "messages", "anthropic": "messages", "anthropicmessages": "messages",
    "gemini": "generate_content", "google": "generate_content", "embedding": "embeddings", "image": "images",
    "imagegeneration": "images", "images/generations": "images", "speech": "audio", "transcription": "audio",
    "audio/speech": "audio", "audio/transcriptions": "audio",
}  # fmt: skip
"""Words of other tools for the APIs of a provider, folded -> ours."""

MODALITIES = {
    "vision": "image", "images": "image", "picture": "image", "img": "image", "photo": "image", "voice": "audio",
    "speech": "audio", "sound": "audio", "videos": "video", "document": "pdf", "file": "pdf", "string": "text",
}  # fmt: skip
"""Words of other tools for modalities -> ours."""

PROTOCOLS = {"openai": "@ai-sdk/openai-compatible", "openai-compatible": "@ai-sdk/openai-compatible"}
"""Words of other tools for the protocol of a provider."""

_FACTORS = {"per token": 1_000_000, "per thousand": 1_000, "per million": 1}
_SMALLEST = Decimal("0.0001")
"""A positive price below this, in USD per million tokens, is a price per token."""
_SHORT = 120
"""The longest value that advice repeats, in characters."""


class _NoValueError(ValueError):
    """The advice cannot state the value, only the field."""


def advice(section: str, names: tuple[str, ...], value: Any, own: tuple[str, ...] = ()) -> tuple[str, str] | None:
    """Who uses a name that is no field of ours, and the next step; None for a name that no tool is known to use.

    `names` are the keys from the entry, or the top level of the file (section `""`), to the value; `own` our fields
    there. A name of the other section is known, too.
    """
    spelled = [field for field in own if len(names) == 1 and foreign.fold(field) == foreign.fold(names[0])]
    if spelled:
        return f"another spelling of {spelled[0]}", f"Write {spelled[0]}{_equals(value, _same)}."
    for there in (section, *(one for one in ("providers", "models") if one != section)):
        found = _found(there, names)
        if found is not None and not (found[0].form == "flag" and _is_number(value)):
            row, size = found
            step = _of_tier(row, size, value) if size else _FORMS[row.form](row, value)
            if there != section:
                step = f"{step.removesuffix('.')}, in an entry of [[{there}]]."
            return f"a name of {row.tools}", step
    return None


def _found(section: str, names: tuple[str, ...]) -> tuple[Row, int] | None:
    """The row of a name, and the size in a name of a price for long requests, else 0."""
    tries = [names, *([("pricing", *names[1:])] if names[0] == "cost" else []), *([names[-1:]] if names[1:] else [])]
    for one in tries:
        row = foreign.lookup(section, *one)
        tier = foreign.tier(one[0]) if section == "models" and row is None and len(one) == 1 else None
        found = (row, 0) if row is not None else tier
        if found is not None and (one is names or _is_near(names[0], found[0])):
            return found
    return None


def _is_near(table: str, row: Row) -> bool:
    """Whether a row is about one of our tables, or about what capabilities are in other tools."""
    return row.ours.startswith(f"{table}.") or (table == "capabilities" and row.form == "modality")


def inside(section: str, names: tuple[str, ...], value: Any) -> Iterator[tuple[tuple[str, ...], Any]]:
    """The keys and the value of each name that a table of another tool states in itself; else its own."""
    if isinstance(value, dict):
        stated = [(*names, key) for key in value if foreign.lookup(section, *names, key) is not None]
        if stated:
            yield from ((one, value[one[-1]]) for one in stated)
            return
    yield names, value


def _equals(value: Any, form: Callable[[Any], Any], unit: str = "") -> str:
    """` = VALUE (UNIT)`, without the value where the form does not fit it, or where it is long or secret."""
    try:
        text = as_toml(form(value))
    except _NoValueError:
        text = ""
    shown = f" = {text}" if text and len(text) <= _SHORT and not has_form(text) and HIDDEN not in text else ""
    return f"{shown} ({unit})" if unit else shown


def as_toml(value: Any) -> str:
    """A value as TOML writes it on one line."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Decimal):
        text = format(value, "f")
        return text.rstrip("0").rstrip(".") if "." in text else text
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(map(as_toml, value))}]"
    if isinstance(value, dict):
        return f"{{ {', '.join(f'{dotted((key,))} = {as_toml(item)}' for key, item in value.items())} }}"
    return printable(json.dumps(value, ensure_ascii=False) if isinstance(value, str) else str(value))


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _number(value: Any) -> Decimal:
    """A number, or a text that is one. Very large and very small ones are not meant, and would make a long text."""
    if not (_is_number(value) or isinstance(value, str)):
        raise _NoValueError
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        raise _NoValueError from None
    if not (number.is_finite() and -20 < number.adjusted() < 20):
        raise _NoValueError
    return number


def _refuse() -> Any:
    raise _NoValueError


def _same(value: Any) -> Any:
    return value if not isinstance(value, dict) else _refuse()


def _flag(value: Any) -> Any:
    return value if isinstance(value, bool) else _refuse()


def _list(value: Any) -> Any:
    return [value] if isinstance(value, str) else _same(value)


def _day(value: Any) -> Any:
    """A day, of seconds since 1970 or of a time; `YYYY-MM` stays."""
    if _is_number(value) and 1e8 < value < 1e13:
        from datetime import UTC, datetime

        return datetime.fromtimestamp(value if value < 1e11 else value / 1000, UTC).date().isoformat()
    return value.partition("T")[0] if isinstance(value, str) else _refuse()


def _kind(value: Any) -> Any:
    return KINDS.get(value.lower(), value) if isinstance(value, str) else _refuse()


def _protocol(value: Any) -> Any:
    return PROTOCOLS.get(value.lower()) or _refuse() if isinstance(value, str) else _refuse()


def _address(value: Any) -> Any:
    return base_of(value) if isinstance(value, str) else _refuse()


def _tokens(value: Any) -> Any:
    number = _number(value)
    return int(number) if number == number.to_integral_value() else _refuse()


def _price(row: Row, value: Any) -> str:
    unit = "USD per million tokens"
    try:
        number = _number(value)
    except _NoValueError:
        return f"Write {row.ours} ({unit})."
    if row.form in _FACTORS or 0 < number < _SMALLEST:
        factor = _FACTORS.get(row.form, 1_000_000)
        found = {1_000_000: "; yours is per token", 1_000: "; yours is per thousand"}.get(factor, "") if number else ""
        return f"Write {row.ours} = {as_toml(number * factor)} ({unit}{found})."
    return f"Write {row.ours} = {as_toml(number)} ({unit})."


def _of_tier(row: Row, size: int, value: Any) -> str:
    try:
        price = {row.ours.removeprefix("cost."): _number(value) * _FACTORS["per token"]}
    except _NoValueError:
        price = {}
    tier = as_toml([{"context_over": size, **price}])
    return f"Write cost.tiers = {tier} (USD per million tokens; yours is per token)."


def _tier(row: Row, value: Any) -> str:
    prices = value if isinstance(value, dict) and all(map(_is_number, value.values())) else {}
    return f"Write {row.ours} = {as_toml([{'context_over': 200000, **prices}])} (USD per million tokens)."


def _variable(_row: Row, value: Any) -> str:
    if isinstance(value, str) and is_reference(value):
        name = variable_in(value)
        return "Write env = [] (no key is needed)." if name is None else f'Write env = ["{name}"].'
    names = [name for name in value if isinstance(name, str) and is_reference(name)] if isinstance(value, list) else []
    if names and len(names) == len(value):
        return f"Write env = {as_toml(names)}."
    return 'Name the environment variable that holds the key: env = ["NAME"].'


def _modality(row: Row, value: Any) -> str:
    side, word = row.ours.split()
    if value is False:
        return f'Leave "{word}" out of modalities.{side}.'
    more = ", and write capabilities.attachments = true" if word == "pdf" else ""
    return f'Put "{word}" into the list modalities.{side}{more}.'


def _id(_row: Row, value: Any) -> str:
    shown = _equals(value, _same)
    return f"Write id{shown} (its name in the catalogue), or provider_model_id{shown} (the id that is sent)."


def _table(row: Row, _value: Any) -> str:
    fields = {
        "limits": "limits.context, limits.input and limits.output (tokens)",
        "cost": "cost.input and cost.output (USD per million tokens)",
    }
    return f"Write {fields[row.ours]}."


def _entries(row: Row, _value: Any) -> str:
    return f"Start each entry with {row.ours}, in double brackets."


def _section(row: Row, _value: Any) -> str:
    return f"Write the {row.ours}."


def _hide(row: Row, value: Any) -> str:
    if value is (row.form == "show"):
        return "Leave it out: whatever [deny] and [exclude] do not name can be used."
    return f"To hide it, leave this out, and write {row.ours}."


def _no_default(_row: Row, _value: Any) -> str:
    return "There is no setting for a default model: the program names it. `prefer` lists providers to try first."


def _with(form: Callable[[Any], Any], unit: str = "") -> Callable[[Row, Any], str]:
    return lambda row, value: f"Write {row.ours}{_equals(value, form, unit)}."


def _with_unit(unit: str) -> Callable[[Row, Any], str]:
    return _with(_number, unit)


_FORMS: dict[str, Callable[[Row, Any], str]] = {
    "same": _with(_same),
    "flag": _with(_flag),
    "list": _with(_list),
    "tokens": _with(_tokens, "tokens"),
    "image": _with_unit("USD per image"),
    "day": _with(_day, "a day, YYYY-MM-DD"),
    "month": _with(_day, "YYYY-MM-DD or YYYY-MM"),
    "kind": _with(_kind),
    "protocol": _with(_protocol),
    "address": _with(_address),
    "text": lambda row, _: f"Write {row.ours}.",
    "inside": lambda row, _: f"Write it inside {row.ours}.",
    "price": _price,
    **dict.fromkeys(_FACTORS, _price),
    "tier": _tier,
    "variable": _variable,
    "modality": _modality,
    "id": _id,
    "table": _table,
    "entries": _entries,
    "section": _section,
    "hide": _hide,
    "show": _hide,
    "no default": _no_default,
}
"""Form of a row -> the next step, from the row and the value."""

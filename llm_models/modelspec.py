"""Names of providers and models: how they are read and written; standard library only.

A model spec is text that names a model: `openai:gpt-5.4-mini`, or `gpt-5.4-mini@openai`. Model ids may contain `/`, `:`
and `@`, so the known providers decide which separator counts. The caller passes a function that finds the
provider which a text names.
"""

from __future__ import annotations

from llm_models.frozen import ModelKey
from llm_models.records import Model

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable
    from typing import Literal

    from llm_models.errors import InvalidSpecError

    ProviderId = Callable[[str], str | None]
    """Finds the id of the provider that a text names, in any spelling or by an alias; None for none."""
    Style = Literal["colon", "at", "filename"]

STYLES: tuple[Style, ...] = ("colon", "at", "filename")
"""The ways to write a model spec: see `format_spec`."""

LONGEST_FILENAME = 200
"""The longest spec in the style of file names, in bytes. Most systems allow 255, and programs add an ending."""
_DEVICES = frozenset(
    ["con", "prn", "aux", "nul", *(f"{port}{digit}" for port in ("com", "lpt") for digit in "0123456789¹²³")]
)


def fold_provider(text: str) -> str:
    """The canonical spelling of a provider's id: trimmed, lower case, `-` and `.` become `_`.

    >>> fold_provider("Google-Vertex")
    'google_vertex'
    """
    return text.strip().lower().replace("-", "_").replace(".", "_")


def finder(known: Container[str]) -> ProviderId:
    """The function that finds a text among these ids of providers, in any spelling.

    >>> finder(["google_vertex"])("Google-Vertex")
    'google_vertex'
    """

    def provider_id(text: str) -> str | None:
        folded = fold_provider(text)
        return folded if folded in known else None

    return provider_id


def as_key(spec: object) -> ModelKey:
    """The key of a model, or of a pair of texts; the provider keeps its spelling. Raises `InvalidSpecError`.

    >>> as_key(("openai", "gpt-5.4-mini"))
    ModelKey(provider='openai', id='gpt-5.4-mini')
    """
    if isinstance(spec, Model):
        return spec.key
    if isinstance(spec, tuple) and len(spec) == 2 and isinstance(spec[0], str) and isinstance(spec[1], str):
        return ModelKey(*spec)
    from llm_models.errors import InvalidSpecError, quoted

    raise InvalidSpecError(f"not a model: {quoted(spec)} (expected 'provider:model', or a pair of provider and id)")


def split_spec(text: str, provider_id: ProviderId) -> ModelKey | None:
    """`text` read as a model spec, or None when it has a provider at neither end.

    If the text before the first `:` is a provider, it is the colon form. Otherwise, if the text after the last `@` is
    one, it is the at form, in which `%XX` is decoded.
    """
    head, colon, tail = text.partition(":")
    if colon and (provider := provider_id(head)) is not None:
        return ModelKey(provider, tail.strip())
    head, at, tail = text.rpartition("@")
    if at and (provider := provider_id(tail)) is not None:
        return ModelKey(provider, _unquote(head.strip(), text))
    return None


def split_any(text: str, provider_id: ProviderId) -> ModelKey | None:
    """As `split_spec`, but `text` may also have a `/` after its provider; None where a part is missing.

    >>> split_any("openai/gpt-5.4-mini", finder(["openai"]))
    ModelKey(provider='openai', id='gpt-5.4-mini')
    """
    key = split_spec(text, provider_id)
    if key is None:
        head, slash, rest = text.partition("/")
        provider = provider_id(head) if slash else None
        key = None if provider is None else ModelKey(provider, rest.strip())
    return key if key is not None and key.id else None


def provider_part(text: str) -> str:
    """The part of a model spec that should name its provider, where no known provider is at either end.

    >>> provider_part("opnai:gpt-5.4"), provider_part("gpt-5.4@opnai")
    ('opnai', 'opnai')
    """
    head, separator, tail = text.partition(":" if ":" in text else "/" if "/" in text else "@")
    return tail if separator == "@" else head


def parse_spec(text: object, provider_id: ProviderId, known: Iterable[str] = ()) -> ModelKey:
    """The key that a model spec names; both parts are trimmed, the model need not exist.

    Raises `InvalidSpecError`, which states why neither form fits; it may suggest one of the `known` ids of providers.

    >>> parse_spec("claude-haiku-4-5@20251001@google-vertex", finder(["google_vertex"]))
    ModelKey(provider='google_vertex', id='claude-haiku-4-5@20251001')
    """
    if not isinstance(text, str):
        from llm_models.errors import InvalidSpecError

        raise InvalidSpecError(f"a model spec must be text such as 'openai:gpt-5.4-mini' (found {type(text).__name__})")
    if is_cut(text):
        raise cut_error(text)
    key = split_spec(text, provider_id)
    if key is None or not key.id:
        raise spec_error(text, provider_id, known)
    return key


def spec_error(text: str, provider_id: ProviderId, known: Iterable[str]) -> InvalidSpecError:
    """The error that states why `text` is not a model spec in either form."""
    if split_spec(text, provider_id) is not None:
        return not_a_spec(text, "the model id is missing")
    from llm_models.errors import quoted

    readings = []
    before, colon, _ = text.partition(":")
    _, at, after = text.rpartition("@")
    if colon:
        readings.append(f"{quoted(before)} before the ':' is not a known provider{_hint(before, known)}")
    if at:
        readings.append(f"{quoted(after)} after the last '@' is not a known provider{_hint(after, known)}")
    why = "; ".join(readings) or "it names no provider (expected 'provider:model' or 'model@provider')"
    return not_a_spec(text, why)


def not_a_spec(text: str, why: str) -> InvalidSpecError:
    """The error about a text that is not a model spec."""
    from llm_models.errors import InvalidSpecError, quoted

    return InvalidSpecError(f"not a model spec: {quoted(text)}: {why}", text=text)


def _no_provider(_text: str) -> None:
    """None: no provider is known."""


def format_spec(key: tuple[str, str], style: Style = "colon", provider_id: ProviderId = _no_provider) -> str:
    """The text that names `key`; `parse_spec` reads it back with the same `provider_id`.

    `"colon"` is `provider:id`; `"at"` is `id@provider` with `%` as `%25` and, where the id begins with the
    name of a provider and a `:`, that `:` as `%3A`; `"filename"` is the at form as one path component
    that is safe on Linux, macOS and Windows. One that would be longer than `LONGEST_FILENAME` is cut, and then ends in
    a hash: it can be read back where the model is known. Names that differ by case alone share a file on macOS and
    Windows. Raises `InvalidSpecError` for another style, and if `key` is not a key.

    >>> format_spec(("openrouter", "qwen/qwen3.8-27b:free"), "filename")
    'qwen%2Fqwen3.8-27b%3Afree@openrouter'
    """
    provider, model_id = as_key(key)
    provider = provider_id(provider) or fold_provider(provider)
    if style == "colon":
        return f"{provider}:{model_id}"
    if style == "at":
        text = model_id.replace("%", "%25")
        head, colon, tail = text.partition(":")
        if colon and provider_id(head) is not None:
            text = f"{head}%3A{tail}"
        return f"{text}@{provider}"
    if style == "filename":
        from urllib.parse import quote

        if not provider.isascii() or not provider.replace("_", "").isalnum() or provider[0] == "_":
            from llm_models.errors import InvalidSpecError, quoted

            raise InvalidSpecError(f"not the id of a provider: {quoted(provider)} (expected letters, digits and _)")
        try:
            text = quote(model_id, safe="").replace("~", "%7E")
        except UnicodeEncodeError:
            from llm_models.errors import InvalidSpecError, quoted

            raise InvalidSpecError(f"{quoted(model_id)}: half a surrogate pair is in no file name") from None
        # Windows opens a device, whatever follows the dot; an option begins with `-`, and a hidden file with `.`.
        if text.partition(".")[0].lower() in _DEVICES or text[:1] in ("-", "."):
            text = f"%{ord(text[0]):02X}{text[1:]}"
        return _cut(text, provider) if len(text) + 1 + len(provider) > LONGEST_FILENAME else f"{text}@{provider}"
    from llm_models.errors import InvalidSpecError, did_you_mean, quoted, text_of

    hint = did_you_mean(text_of(style), STYLES)
    raise InvalidSpecError(f"unknown style {quoted(style)} (expected {', '.join(STYLES)}).{hint}")


def _cut(text: str, provider: str) -> str:
    """A file name that is too long: its begin, `~`, 16 hex digits of the SHA-256 of all of it, and the provider."""
    from hashlib import sha256

    end = f"~{sha256(f'{text}@{provider}'.encode()).hexdigest()[:16]}@{provider}"
    if len(end) >= LONGEST_FILENAME:
        from llm_models.errors import InvalidSpecError, quoted

        raise InvalidSpecError(f"the id of the provider is too long for a file name: {quoted(provider)}")
    begin = text[: LONGEST_FILENAME - len(end)]
    at = begin.rfind("%", len(begin) - 2)  # that of a `%XX` which is not whole
    return (begin if at < 0 else begin[:at]) + end


def is_cut(text: str) -> bool:
    """Whether a text has the form of a file name that `format_spec` cut."""
    if not LONGEST_FILENAME - 2 <= len(text) <= LONGEST_FILENAME:
        return False
    _, mark, digits = text.rpartition("@")[0].rpartition("~")
    return bool(mark) and len(digits) == 16 and not digits.strip("0123456789abcdef")


def cut_error(text: str) -> InvalidSpecError:
    """The error about a file name that was cut, and that no known model has."""
    return not_a_spec(text, "a file name that was cut, of no known model")


def _unquote(text: str, whole: str) -> str:
    if "%" not in text:
        return text
    from urllib.parse import unquote

    try:
        return unquote(text, errors="strict")
    except UnicodeDecodeError:
        raise not_a_spec(whole, "its %XX parts are not UTF-8") from None


def _hint(text: str, known: Iterable[str]) -> str:
    from llm_models.errors import quoted
    from llm_models.similarity import NOT_HERE, providers_like

    likely = providers_like(fold_provider(text), known)
    if likely is None:
        return f" ({NOT_HERE.removesuffix('.')})"
    return f" (did you mean {' or '.join(map(quoted, likely[:3]))}?)" if likely else ""

"""Forms: how to write a value that a schema refuses, from the schema and the value: `env = "X"` -> `env = ["X"]`.

A value that it proposes is one that the schema accepts. Where the value leads to none, an example of the schemas is
shown.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from llm_models.advice import advice, as_toml
from llm_models.amounts import amount
from llm_models.credentials import HIDDEN, has_form
from llm_models.days import moment_in_utc
from llm_models.errors import dotted
from llm_models.examples import examples_at
from llm_models.known_names import MAKERS
from llm_models.layers import BY_PROVIDER, IDENTITY
from llm_models.remarks import usable
from llm_models.schema import check_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from llm_models.document import DocumentPath

ENTRIES = ("models", "providers")
"""The sections that are arrays of tables."""

_LONGEST = 120
"""The longest value that is shown, in characters."""
_WORDS = {"true": True, "yes": True, "on": True, "1": True, "false": False, "no": False, "off": False, "0": False}
_MANY = 3
"""From this many fields on that a value may be meant for, not all are named."""


def next_step(path: DocumentPath, node: dict[str, Any], value: Any) -> str:
    """How to write the value at `path`, which the schema `node` refuses: a sentence, or the empty text."""
    if path and path[0] in ENTRIES and len(path) <= len(("models", 0)):
        return _entry(str(path[0]), value)
    if path[0] in BY_PROVIDER and isinstance(value, dict):
        value = {key: item for key, item in value.items() if key != "provider"}  # the section has it above
    if len(path) == len(("deny", "openai")) and path[0] in BY_PROVIDER:
        if (pair := _spec(str(path[1]))) is not None and value is not False:
            return f"Write {_line(dotted(pair[:1]), [pair[1]])}."
        if value is True or value == "all":
            value = "all" if path[0] == "allow" else "*"
        elif not isinstance(value, (str, list)):
            return _example(path)
    if step := correction(path, node, value):
        return step
    for branch in node.get("anyOf", (node,)):
        if branch.get("type") == "object":
            return _table(path, branch, value) or _example(path) or f"Write {_line(f'{_key(path)}.NAME', value)}."
    if "enum" in node:
        return f"Write one of {', '.join(map(as_toml, node['enum']))}."
    if isinstance(value, list) and path[-1] in IDENTITY["models"]:
        return "Write an entry for each of them."
    if isinstance(value, str) and node.get("type") == "string":  # a text of another form
        return _example(path)
    if value is False and node.get("type") == "string" and path[-1] not in IDENTITY["models"]:
        return "Leave the key out."
    return _PLAIN.get(node.get("type", "")) or _example(path) or _PLAINEST.get(node.get("type", ""), "")


_PLAIN = {"boolean": "Write true or false."}
_PLAINEST = {
    "array": "Write a list, in brackets.",
    "integer": "Write a whole number.",
    "string": "Write text in quotes.",
}
"""What a value of a type is, where that is better than an example, and where there is none."""


def correction(path: DocumentPath, node: dict[str, Any], value: Any) -> str:
    """How to write the value at `path` in the form that `node` wants; the empty text where that is not known."""
    right = fitted(node, value)
    right = None if right is None else usable(str(path[-1]), right)
    step = "" if right is None else _stated(path, right)
    return f"Write {step}." if step else ""


def missing(path: DocumentPath, key: str, table: dict[str, Any]) -> str:
    """How to state a key that the table at `path` lacks."""
    name = table.get("id") if key == "provider" else None
    pair = _spec(name) if isinstance(name, str) else None
    if pair is not None:
        return f"Write {_joined([_line('provider', pair[0]), _line('id', pair[1])])}."
    example = next(examples_at((*path, key)), None)
    below = f" below [[{path[0]}]]" if len(path) == len(("models", 0)) else ""
    return "" if example is None else f"Add a line{below}, such as {_line(key, example)}."


def one_or_many(state: str) -> str:
    """How to state which models an entry is about, where it has both `id` and `match`, or neither."""
    if state == "both":
        return "Keep id for one model, or match for many."
    one, many = (_line(key, next(examples_at(("models", 0, key)), "")) for key in ("id", "match"))
    return f"Add {one} for one model, or {many} for many."


def fitted(node: dict[str, Any], value: Any) -> Any:
    """A value in the form that a schema wants; None where none is known. The schema accepts it."""
    for branch in node.get("anyOf", (node,)):
        for right in _tries(branch, value):
            if check_of(branch)(right):
                return right
    return None


def _tries(node: dict[str, Any], value: Any) -> Iterator[Any]:
    if isinstance(value, list) and len(value) == 1 and node.get("type") not in ("array", "object"):
        value = value[0]
        yield value
    if "const" in node:
        yield value.strip().lower() if isinstance(value, str) else None
    read = _READ.get(node.get("type", ""))
    yield from read(node, value) if read is not None else ()


def _flag(_node: Any, value: Any) -> Iterator[Any]:
    if isinstance(value, (str, int)) and not isinstance(value, bool):
        yield _WORDS.get(str(value).strip().lower())


def _number(_node: Any, value: Any) -> Iterator[Any]:
    if isinstance(value, str):
        yield amount(value)
    elif isinstance(value, float) and value.is_integer():
        yield int(value)


def _text(node: Any, value: Any) -> Iterator[Any]:
    """The names in a table; a number as text; a text without spaces, in lower case, as a time, as a model spec.

    The last is the provider of such a spec.
    """
    if isinstance(value, dict):
        names = [value[key] for key in ("provider", "id", "match") if isinstance(value.get(key), str)]
        yield from (":".join(names), *names) if names else ()
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        return
    text = str(value).strip()
    yield moment_in_utc(text) if node.get("format") == "moment" else None
    digits = re.fullmatch(r"(\d{4})(\d\d)(\d\d)", text)
    year, *rest = digits.groups() if digits else re.split(r"[-/.]", text.partition("T")[0])
    day = "-".join((year, *[part.zfill(2) for part in rest]))
    joined, time = re.sub(r"\s+", "-", text), re.sub(r"^(\d:)", r"0\1", text)
    yield from (text, text.lower(), day, time, joined, joined.lower())
    provider, model_id = _spec(text) or (None, None)
    yield from () if provider is None else (f"{provider}:{model_id}", provider)


def _list(node: Any, value: Any) -> Iterator[Any]:
    """One value, or a text with commas, as a list; a list with each item in its form."""
    items = value if isinstance(value, list) else [value]
    if isinstance(value, str):
        items = [part.strip() for part in value.split(",") if part.strip()]
    wanted = node.get("items", {})
    yield [item if check_of(wanted)(item) else fitted(wanted, item) for item in items]


_READ: dict[str, Callable[[Any, Any], Iterator[Any]]] = {
    "array": _list,
    "boolean": _flag,
    "integer": _number,
    "number": _number,
    "string": _text,
}
"""Type of a schema -> what a value may be in it."""


def _table(path: DocumentPath, node: dict[str, Any], value: Any) -> str:
    """How to write a table in place of what is there."""
    if isinstance(value, list) and value and all(isinstance(item, dict) for item in value):
        return f"Write [{'.'.join(step for step in path if isinstance(step, str))}], in single brackets."
    texts = [value] if isinstance(value, str) else value
    texts = texts if isinstance(texts, list) and all(isinstance(text, str) for text in texts) else []
    if path and path[0] in BY_PROVIDER:
        return _filter(str(path[0]), texts)
    fields: dict[str, Any] = node.get("properties", {})
    if texts and (path[-1] == "capabilities" or any(text in fields for text in texts)):
        steps = [_switched_on(path, fields, text) for text in texts]
        if all(steps):
            joined = _joined(steps)
            return f"{joined[0].upper()}{joined[1:]}." if " = " not in steps[0] else f"Write {joined}."
        return ""
    fits = {name: right for name, part in fields.items() if (right := _kept(part, value)) is not None}
    fits = {"enabled": fits["enabled"]} if "enabled" in fits else fits
    names = [*fits]
    first = _stated((*path, names[0]), fits[names[0]]) if names else ""
    if not first:
        return ""
    first += _unit(fields[names[0]])
    if len(names) == 1:
        return f"Write {first}."
    others = [_key((*path, name)) for name in names[1:]]
    others = [others[0], "another field"] if len(names) > _MANY else others
    return f"State which it is: {', '.join([first, *others[:-1]])} or {others[-1]}."


def _kept(node: dict[str, Any], value: Any) -> Any:
    """A value as it is where a schema accepts it, else in its form; None for none."""
    return value if check_of(node)(value) else fitted(node, value)


def _switched_on(path: DocumentPath, fields: dict[str, Any], name: str) -> str:
    """How to state that a model has what a word means; empty where that is not known."""
    part = fields.get(name)
    if part is None:
        found = advice("models", (name,), True)
        return "" if found is None else f"{found[1][:1].lower()}{found[1][1:]}".removeprefix("write ").rstrip(".")
    while part.get("properties"):
        path = (*path, name)
        name, part = next(iter(part["properties"].items()))
    return _stated((*path, name), True) if part.get("type") == "boolean" else ""


def _filter(section: str, texts: list[str]) -> str:
    """How to write `allow`, `deny` or `exclude` for these texts: names of providers, of models, or of both."""
    every = "all" if section == "allow" else ["*"]
    lines: dict[str, list[str]] = {}
    unclear = ""
    for text in texts:
        pair = _spec(text)
        if pair is not None:
            lines.setdefault(pair[0], []).append(pair[1])
        elif not unclear:
            unclear = _line("PROVIDER", [text])
            if text in MAKERS:
                unclear = _line(text, every)
            elif re.fullmatch(r"[A-Za-z][A-Za-z0-9._-]*", text):
                unclear = f"{_line(dotted((text,)), every)} (a provider) or {unclear} (a model)"
    stated = [_line(dotted((provider,)), names) for provider, names in lines.items()]
    steps = [step for step in (*stated, unclear) if step]
    if not steps:
        example: dict[str, Any] = next(examples_at((section,)), {})
        steps = [_line(dotted((provider,)), value) for provider, value in example.items()][:1]
    return f"Write [{section}], and below it {_joined(steps)}." if steps else ""


def _entry(section: str, value: Any) -> str:
    """How to begin an entry, with the name that stands in its place."""
    if isinstance(value, dict):
        lines = _joined([_line(key, name) for key, name in _named(section, value).items()])
        return f"Start each entry with [[{section}]], in double brackets{f', and below it {lines}' if lines else ''}."
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    keys = ("provider", "id") if section == "models" else ("id",)
    stated = {key: next(examples_at((section, 0, key)), "") for key in keys}
    if isinstance(value, str) and value.strip():
        stated.update(zip(keys, _spec(value) or (), strict=False) if len(keys) > 1 else {"id": value.strip()})
    lines = _joined([_line(key, text) for key, text in stated.items()])
    return f"Start each entry with [[{section}]], in double brackets, and below it {lines}."


def _named(section: str, value: dict[str, Any]) -> dict[str, str]:
    """What the keys of a table in place of entries name: `[models."openai:gpt-5.2"]`, `[providers.openai]`."""
    name, inner = next(iter(value.items()), ("", None))
    if not isinstance(inner, dict):
        return {}
    if section == "providers":
        return {"id": name}
    within = next((key for key, part in inner.items() if isinstance(part, dict)), "")
    pair = _spec(name) or ((name, within) if within else None)
    return {} if pair is None else {"provider": pair[0], "id": pair[1]}


def _spec(text: str) -> tuple[str, str] | None:
    """The provider and the model of a text that has both; None for any other."""
    found = re.fullmatch(r"\s*([A-Za-z0-9][\w.-]*)\s*[:/]\s*(\S.*?)\s*", text)
    return None if found is None else (found[1], found[2])


def _example(path: DocumentPath) -> str:
    """An example of a value at that path; of a table its first field."""
    example = next(examples_at(path), None)
    while isinstance(example, dict) and example:
        key, example = next(iter(example.items()))
        path = (*path, key)
    step = "" if example is None else _stated(path, example)
    return f"Write, for example, {step}." if step else ""


def _key(path: DocumentPath) -> str:
    """The key of a field as its entry states it; the rest of the path in another section."""
    below = path[2:] if path[0] in ENTRIES else ()
    for at in range(len(below) - 1, -1, -1):
        if isinstance(below[at], int):
            return dotted(below[at + 1 :])
    return dotted(
        below or path[2:] if path[0] in ENTRIES else path[1:] if path[0] in BY_PROVIDER and path[1:] else path
    )


def _stated(path: DocumentPath, value: Any) -> str:
    """`KEY = VALUE`, and the value alone for an item of a list; empty for a value that must not be shown."""
    return _shown(value) if isinstance(path[-1], int) else _line(_key(path), value)


def _line(key: str, value: Any) -> str:
    """`KEY = VALUE`; empty for a value that must not be shown."""
    text = _shown(value)
    return f"{key} = {text}" if text else ""


def _shown(value: Any) -> str:
    text = as_toml(value)
    return "" if len(text) > _LONGEST or has_form(text) or HIDDEN in text else text


def too_large(path: DocumentPath, node: dict[str, Any], value: float) -> str:
    """How to write a price that is too large: its unit, and the number that was meant where that is a million times."""
    unit = _unit(node).strip(" ()")
    such = f", such as {_stated(path, value / 1_000_000)}" if "million" in unit else ""
    return f"State it in {unit}{such}." if unit else ""


def _unit(node: dict[str, Any]) -> str:
    """The unit of a field, from its description."""
    found = re.search(r", in (USD per [a-z ]+|tokens)\.", node.get("description", ""))
    return "" if found is None else f" ({found[1]})"


def _joined(parts: list[str]) -> str:
    parts = [part for part in parts if part]
    return " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)

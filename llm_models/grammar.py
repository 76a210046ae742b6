"""Grammar: what an `llm_models.toml` may state, as faults at the paths of its data.

The groups of `CHECKS` run in order. Each relies on those before it, so faulty entries are set aside between them.
"""

from __future__ import annotations

import math
from functools import cache, partial
from itertools import islice
from typing import TYPE_CHECKING, Any

from llm_models import schema
from llm_models.budgets import BUDGETS, HINT, excess
from llm_models.canonical import duplicate_entries, duplicate_spellings
from llm_models.document import Fault
from llm_models.errors import dotted, printable, split_dotted
from llm_models.layers import BY_PROVIDER, DEFINING, IDENTITY, SETTINGS, TWINS
from llm_models.modelspec import fold_provider
from llm_models.patterns import EVERY
from llm_models.remarks import ENTRY_KEYS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from llm_models.document import Document, DocumentPath

MAX_FAULTS = BUDGETS["faults"].most
"""How many faults are looked for. Of a document with so many, nothing else is read."""

MAX_BITS = 63
"""The size of the largest integer without its sign; TOML guarantees no more."""


def _walk(data: Any) -> Iterator[tuple[DocumentPath, Any]]:
    """Every path of a document and its value, except inside values that are nested too deeply."""
    todo: list[tuple[DocumentPath, Any]] = [((), data)]
    while todo:
        path, value = todo.pop()
        yield path, value
        if isinstance(value, (dict, list)) and len(path) <= BUDGETS["levels"].most:
            steps = value.items() if isinstance(value, dict) else enumerate(value)
            todo.extend(((*path, step), item) for step, item in steps)


def _check_budgets(document: Document) -> Iterator[Fault]:
    """No document holds more than `BUDGETS` allow. Nothing else is read of one that does."""
    data: Any = document.data

    def over(name: str, found: int, path: DocumentPath) -> list[Fault]:
        text = excess(name, found, document.times)
        return [] if text is None else [Fault(path, text, "" if document.times > 1 else HINT)]

    for name, paths in (("entries", _entries(data)), ("patterns", _patterns(data))):
        yield from over(
            name, len(paths), paths[min(BUDGETS[name].most * document.times, len(paths) - 1)] if paths else ()
        )
    longest, most = (BUDGETS[name].most * document.times for name in ("characters", "items"))
    for path, value in _walk(data):
        kind = type(value)
        if kind is str:
            if len(value) > longest:
                yield from over("characters", len(value), path)
        elif kind is dict or kind is list:
            if len(value) > most and path not in (("models",), ("providers",)):
                yield from over("items", len(value), path)
            if kind is dict and value and (length := max(map(len, value))) > longest:
                yield from over("characters", length, path)


def _entries(data: Any) -> list[DocumentPath]:
    """The path of each entry of a document, which may have any shape."""
    sections = [(name, data.get(name)) for name in ("models", "providers")]
    return [(name, index) for name, part in sections if isinstance(part, list) for index in range(len(part))]


def _patterns(data: Any) -> list[DocumentPath]:
    """The path of each pattern of a document, which may have any shape."""
    found: list[DocumentPath] = []
    for name in SETTINGS:
        part = data.get(name)
        found += ((name, index) for index in range(len(part) if isinstance(part, list) and name == "known" else 0))
        for key, globs in part.items() if isinstance(part, dict) else ():
            found += ((name, key, index) for index in range(len(globs) if isinstance(globs, list) else 1))
    models = data.get("models")
    entries = enumerate(models if isinstance(models, list) else ())
    return [*found, *(("models", at, "match") for at, one in entries if isinstance(one, dict) and "match" in one)]


def _check_size(document: Document) -> Iterator[Fault]:
    """Reject values that are too deep or too large to process."""
    for path, value in _walk(document.data):
        if (text := excess("levels", len(path))) is not None:
            yield Fault(path, text)
        elif isinstance(value, int) and value.bit_length() > MAX_BITS:
            yield Fault(path, f"an integer of more than {MAX_BITS} bits", "Write a number of at most 18 digits.")


def _check_shape(document: Document) -> Iterator[Fault]:
    """Reject values that JSON does not have, which a schema cannot do where it allows any type; apply the schema."""
    odd: dict[DocumentPath, Fault] = {}
    for path, value in _walk(document.data):
        if value is None:
            hint = 'Leave the key out, or put it in "omit" to remove its value.'
            hint = hint if len(path) > 1 else "Leave it out."
            odd[path] = Fault(path, "null is not allowed", hint)
        elif isinstance(value, float) and not math.isfinite(value):
            odd[path] = Fault(path, f"expected a finite number (found {value})")
        elif not isinstance(value, (str, int, float, dict, list)):
            odd[path] = Fault(
                path, f"a date must be a string (found {value})", f'Put it in quotes: "{_quoted(value)}".'
            )
    found: list[Fault] = []
    if not schema.accepts("overrides", document.data):
        from llm_models.validation import faults  # imports jsonschema, which a right configuration does not need

        found += islice((one for one in faults("overrides", document.data) if one.path not in odd), MAX_FAULTS)
    found += odd.values()  # after an unknown key, which is the cause
    tables = {
        path
        for section in ("models", "providers")
        for path, entry in document.entries(section)
        if isinstance(entry, dict)
    }
    yield from _causes(found, tables)


def _quoted(value: Any) -> str:
    """A date or a time of TOML as the text to write."""
    day, _, time = value.isoformat().partition("T")
    return f"{day}T{time.removesuffix('+00:00')}Z" if time.endswith("+00:00") and time[:8] != "00:00:00" else day


def _causes(faults: list[Fault], entries: set[DocumentPath]) -> Iterator[Fault]:
    """The faults without those that follow from another one: a second about a value, or one inside a refused value.

    One of the `entries` may lack a key and have a faulty value as well: these are two faults.
    """
    refused = {_whole(fault) for fault in faults if fault.key is not None or fault.path not in entries}
    seen: set[DocumentPath] = set()
    for fault in faults:
        whole = _whole(fault)
        inside = any(whole[:length] in refused for length in range(1, len(whole)))
        if not inside and (whole not in seen or whole in entries):
            yield fault
        seen.add(whole)


def _whole(fault: Fault) -> DocumentPath:
    return fault.path if fault.key is None else (*fault.path, fault.key)


def _check_identity(document: Document) -> Iterator[Fault]:
    """No provider or model has two entries."""
    for section in ("models", "providers"):
        entries = [(path, entry) for path, entry in document.entries(section) if "id" in entry]
        model = section == "models"
        keys = ((fold_provider(e["provider"]), e["id"]) if model else fold_provider(e["id"]) for _, e in entries)
        keyed = [(path, key) for (path, _), key in zip(entries, keys, strict=True)]
        yield from duplicate_entries(document, section, keyed)


def _check_spellings(document: Document) -> Iterator[Fault]:
    """No section has two keys for one provider."""
    for section in BY_PROVIDER:
        spellings = [str(path[1]) for path, _ in document.entries(section)]
        yield from duplicate_spellings(section, spellings, [*map(fold_provider, spellings)])


def _check_omit(document: Document) -> Iterator[Fault]:
    """`omit` lists fields that exist, and that do not tell what the entry is about."""
    for section in ("models", "providers"):
        fields = field_paths(section.removesuffix("s"))
        for path, entry in document.entries(section):
            for index, field in enumerate(entry.get("omit", ())):
                names = split_dotted(field)
                if names[0] == "extra" or dotted(names) in fields or _is_open(section.removesuffix("s"), names):
                    continue
                at = (*path, "omit", index)
                if field in IDENTITY[section]:
                    yield Fault(at, f"'{field}' cannot be omitted, because it tells what the entry is about", _OUT)
                elif field in ENTRY_KEYS[section]:
                    yield Fault(
                        at,
                        f"'{field}' is a key of the entry, not a field of its record",
                        f"Delete the line of {field} in place.",
                    )
                else:
                    yield Fault(
                        at, f"unknown field '{printable(field)}'", partial(_field_meant, section, names, fields)
                    )


_OUT = "Take it out of omit."


def _field_meant(section: str, names: tuple[str, ...], fields: Sequence[str]) -> str:
    """The field that an unknown one in `omit` probably means, as a hint."""
    from llm_models.foreign import lookup  # needed for a fault only
    from llm_models.similarity import mistyped

    row = lookup(section, *names)
    if row is not None and row.ours in fields:
        return f'Write "{row.ours}".'
    word = ".".join(names)
    near = mistyped(word, fields) or [field for field in fields if field.rpartition(".")[2] == word]
    meant = " or ".join([f"'{field}'" for field in near[:_SHOWN]])
    return f"Did you mean {meant}?" if meant else "Write fields as dotted paths, such as limits.input."


_SHOWN = 3
"""How many fields a hint names."""


@cache
def field_paths(name: str) -> tuple[str, ...]:
    """Every field of the record `name` (`"model"` or `"provider"`) that can be omitted, as dotted paths."""

    def below(properties: Any, prefix: str) -> Iterator[str]:
        for key, part in properties.items():
            yield prefix + key
            yield from below(part.get("properties", {}), f"{prefix}{key}.")

    return tuple(field for field in below(schema.inlined(name)["properties"], "") if field not in IDENTITY[f"{name}s"])


def _is_open(name: str, names: Sequence[str]) -> bool:
    """Whether a path leads into a table with free names, such as `cost.modes.batch.input`."""
    node: Any = schema.inlined(name)
    is_open = False
    for step in names:
        free = node.get("additionalProperties")
        is_open = is_open or isinstance(free, dict)
        node = free if isinstance(free, dict) else node.get("properties", {}).get(step)
        if node is None:
            return False
    return is_open


def _check_prices(document: Document) -> Iterator[Fault]:
    """The price lists of an entry agree with themselves: sizes of tiers, hours, names of modes, moments."""
    for path, entry in document.entries("models"):
        if cost := entry.get("cost"):
            from llm_models.price_lists import price_faults  # few entries state a price

            yield from price_faults((*path, "cost"), cost)


def _check_twins(document: Document) -> Iterator[Fault]:
    """No entry states one fact under two names in two ways."""
    for path, entry in document.entries("models"):
        for one, other in TWINS:
            values = [_value(entry, names) for names in (one, other)]
            if None not in values and values[0] is not values[1]:
                found, wanted = (str(value).lower() for value in values[::-1])
                message = f"contradicts {dotted(one)}, which is the same fact (found {found}, expected {wanted})"
                yield Fault((*path, *other), message, "State one of the two.")


def _check_definitions(document: Document) -> Iterator[Fault]:
    """Only an entry about one model defines it, and only a `match` is about all providers."""
    for path, entry in document.entries("models"):
        if entry["provider"].strip() == EVERY and "id" in entry:
            message = "all providers go with 'match', not with 'id'"
            yield Fault((*path, "provider"), message, "Write match in place of id, or name the provider.")
        for key in DEFINING:
            if key in entry and "match" in entry:
                message = f"'{key}' defines one model, so it cannot stand beside 'match'"
                yield Fault(path, message, "Write id in place of match.", key)


def _value(entry: Any, path: Iterable[str]) -> Any:
    for step in path:
        entry = entry.get(step) if isinstance(entry, dict) else None
    return entry


CHECKS = (
    (_check_budgets,),
    (_check_size,),
    (_check_shape,),
    (_check_identity, _check_spellings, _check_omit, _check_prices, _check_twins, _check_definitions),
)

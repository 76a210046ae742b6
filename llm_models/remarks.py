"""Remarks: what `validate` finds in a configuration's own text, though it can be used: foreign names, addresses, `env`.

Secrets are found here too, and taken out of the data before anything else reads it. Each is an error of `load()`.
"""

from __future__ import annotations

from functools import partial
from itertools import chain
from typing import TYPE_CHECKING, Any

from llm_models import credentials
from llm_models.addresses import can_work, wrong
from llm_models.errors import Problem, dotted, nearest, printable
from llm_models.layers import DEFINING, FIELDS, IDENTITY, OF_THE_FILE
from llm_models.schema import check_of, inlined

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llm_models.document import Document, DocumentPath, Hint

    Remark = tuple[DocumentPath, str, Hint, str | None, Any]
    """The arguments of `Document.problem`."""

ENTRY_KEYS = {"providers": ("omit",), "models": ("match", "omit", *DEFINING)}
"""What an entry may state besides the fields of its record."""

ADDRESSES = {"providers": (("base_url",), ("openai_base_url",)), "models": (("extra", "provider", "api"),)}
"""The fields of an entry that are addresses."""

SECRET = "a key, a token or a password must not be in a configuration (its value is not shown)"
_OUT = "Put it into an environment variable, and write the name of that variable into env of the provider"


def take_secrets(document: Document) -> list[DocumentPath]:
    """Hide each secret in a document's data and report it. The paths of what is hidden."""
    hidden = []
    for path in [*credentials.found(document.data)]:
        shown = credentials.hide(document.data, path)
        where, key = (shown, None) if shown == path else (shown[:-1], str(shown[-1]))
        hint = f"{_OUT}{_example(document, path)}."
        document.problems.append(document.problem(where, SECRET, hint, key, at=path))
        hidden.append(shown)
    return hidden


def _example(document: Document, path: DocumentPath) -> str:
    """An example of such a name, from the name of the provider."""
    section, row = [*path, None, None][:2]
    if section not in FIELDS or not isinstance(row, int) or not isinstance((document.data or {})[section], list):
        return ""
    entry = document.data[section][row] if document.data else None
    name = entry.get("id" if section == "providers" else "provider") if isinstance(entry, dict) else None
    plain = "".join(letter if letter.isalnum() else "_" for letter in name.upper()) if isinstance(name, str) else ""
    return f', such as env = ["{plain}_API_KEY"]' if plain.isascii() and plain[:1].isalpha() else ""


def in_comments(text: str, document: Document) -> Iterator[Problem]:
    """The lines of a text that hold a key which its data does not hold: in a comment."""
    if credentials.has_form(text):
        known = {problem.line for problem in document.problems}
        for number, line in enumerate(text.split("\n"), 1):
            if number not in known and "#" in line and credentials.has_form(line[line.index("#") :]):
                hint = "Remove it: anyone who reads this file can use it."
                yield Problem(SECRET, file=document.name, line=number, column=line.index("#") + 1, hint=hint)


def remarks(document: Document) -> Iterator[Problem]:
    """Every remark on the entries of a document. An entry may have any shape: the schema has not seen it."""
    for section, fields in FIELDS.items():
        for path, entry in document.entries(section):
            if isinstance(entry, dict) and isinstance(path[1], int):
                known = (*fields, *ENTRY_KEYS[section])
                found = (_unknown(section, path, entry, known), _env(path, entry), _addresses(section, path, entry))
                for remark in chain(*found):
                    yield document.problem(*remark)


def _unknown(section: str, path: DocumentPath, entry: dict[str, Any], known: tuple[str, ...]) -> Iterator[Remark]:
    """A key that is not a field, so it is stored in `extra`. A name of another tool is an error.

    So is a setting of the whole file: in TOML, a line below `[[models]]` belongs to that entry, where it has no effect.
    """
    for key, whole in entry.items():
        if key in known:
            continue
        if key in OF_THE_FILE:
            hint = "It is a setting of the whole file: move it to the top, above all tables."
            yield path, f"unknown field '{key}'; it is stored in extra", hint, key, "error"
            continue
        from llm_models.advice import advice, inside  # needed for a fault only
        from llm_models.foreign import stating

        if any(stating(section, entry, ours) == key for ours in _lacking(section, entry)):
            continue  # that one is missing is the problem

        found = False
        for names, value in inside(section, (key,), whole):
            if (step := advice(section, names, value, known)) is not None:
                found = True
                text = f"unknown field '{printable('.'.join(names))}' ({step[0]}); it is stored in extra"
                yield (*path, *names[:-1]), text, step[1], names[-1], "error"
        if not found:
            text = f"unknown field '{printable(key)}'; it is stored in extra"
            yield path, text, partial(_like_field, key, known), key, "warning"


def _like_field(key: str, known: tuple[str, ...]) -> str:
    for other, fields in FIELDS.items():
        if key in fields:
            return f"It is a field of a {other.removesuffix('s')}: write it in an entry of [[{other}]]."
    near = nearest(key, known, 1)
    return f"Did you mean '{near[0]}'?" if near else f"If this is meant, write {dotted(('extra', key))}."


def _lacking(section: str, entry: dict[str, Any]) -> list[str]:
    """The keys without which it is not known what an entry is about."""
    has_models = "id" in entry or "match" in entry
    return [key for key in IDENTITY[section] if key not in entry and not (key in ("id", "match") and has_models)]


def _env(path: DocumentPath, entry: dict[str, Any]) -> Iterator[Remark]:
    """An item of `env` that is not the name of a variable. It may be the key itself, so it is not shown."""
    stated = entry.get("env") if path[0] == "providers" else None
    for index, item in enumerate(stated if isinstance(stated, list) else ()):
        if isinstance(item, str) and not credentials.is_variable(item):
            name = credentials.variable_in(item)
            hint = "Write the name of the variable that holds the key." if name is None else f'Write "{name}".'
            text = "expected the name of an environment variable: letters, digits and _ (its value is not shown)"
            yield (*path, "env", index), text, hint, None, "error"


def _addresses(section: str, path: DocumentPath, entry: dict[str, Any]) -> Iterator[Remark]:
    """A base URL that cannot work."""
    for steps in ADDRESSES[section]:
        address: Any = entry
        for step in steps:
            address = address.get(step) if isinstance(address, dict) else None
        keyless = entry.get("env") == []
        if not isinstance(address, str) or (fault := wrong(address, keyless=keyless)) is None:
            continue
        if _accepted(section, steps, address):
            yield (*path, *steps), printable(fault.message), printable(fault.hint), None, fault.severity


def _accepted(section: str, steps: tuple[str, ...], address: str) -> bool:
    """Whether the schema accepts an address; otherwise its own message is enough."""
    fields = inlined("overrides")["properties"][section]["items"]["properties"]
    field, *below = steps
    return bool(below) or check_of(fields[field])(address)


def usable(field: str, value: Any) -> Any:
    """A value that the schema accepts for a field, with variables as names alone; None where something is wrong."""
    if (field,) in ADDRESSES["providers"]:
        return value if isinstance(value, str) and can_work(value) else None
    if field != "env":
        return value
    names = [name if credentials.is_variable(name) else credentials.variable_in(name) for name in value]
    return None if None in names else names

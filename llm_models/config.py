"""Configuration: the text of an `llm_models.toml` becomes a document with its problems, and a layer.

tomllib alone decides what is valid TOML. One run finds the faults of every entry, each with its position.
"""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING

from llm_models import tokens
from llm_models.budgets import BUDGETS, excess
from llm_models.document import ANY, Document, bare
from llm_models.errors import ConfigError, Problem, listed
from llm_models.grammar import CHECKS, MAX_FAULTS
from llm_models.layers import BY_PROVIDER, DECISIVE, DEFINING, IDENTITY, layer_from
from llm_models.modelspec import fold_provider
from llm_models.paths import leads_out, read_config
from llm_models.positions import locate
from llm_models.remarks import in_comments, remarks, take_secrets

if TYPE_CHECKING:
    from llm_models.document import DocumentPath
    from llm_models.layers import Layer


def parse(raw: bytes, name: str) -> Document:
    """The document in these bytes, with everything that is wrong in itself, the catalogue apart."""

    def refused(message: str, line: int = 1, column: int = 1, hint: str = "", excerpt: str = "") -> Document:
        problem = Problem(message, file=name, line=line, column=column, hint=hint, excerpt=excerpt)
        problem = bare(problem, raw.decode(errors="replace")) if leads_out(name) else problem
        return Document(name, None, None, [problem])

    try:
        text = raw.decode()
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        before = raw[: error.start].decode().removeprefix("\ufeff")
        column = len(before) - before.rfind("\n")
        return refused(f"not UTF-8 (byte 0x{raw[error.start]:02x})", line, column, "Save it as UTF-8.")
    body = text.removeprefix("\ufeff")
    for parts, line in tokens.long_keys(body, BUDGETS["parts"].most):  # tomllib's time grows with their square
        return refused(str(excess("parts", parts)), line)
    if many := excess("values", body.count(",")):
        commas = [line.count(",") for line in body.split("\n")]
        return refused(many, commas.index(max(commas)) + 1)
    try:
        data = tomllib.loads(body)
    except tomllib.TOMLDecodeError as error:
        from llm_models import syntax

        message, line, column, hint = syntax.explain(body, error)
        return refused(f"not valid TOML: {message}", line, column, hint, syntax.excerpt(body, line, column))
    except ValueError:  # Python reads no integer of more than 4,300 digits
        return refused("an integer of thousands of digits")
    except RecursionError:
        levels, line = tokens.deepest(body)
        return refused(str(excess("levels", levels)), line)
    document = checked(Document(name, data, locate(text), []))
    document.problems += in_comments(body, document)
    return document


def read_layer(path: str, name: str, *, only_patches: bool = False) -> Layer:
    """The layer, called `name`, of the configuration file at `path`. Raises `ConfigError` with all its problems."""
    return layer_of(parse(read_config(path), path), name, only_patches=only_patches)


def layer_of(document: Document, name: str, *, only_patches: bool = False) -> Layer:
    """The layer that a document states, called `name`. Raises `ConfigError` with all its problems."""
    if document.problems or document.data is None:
        raise ConfigError(listed(document.problems), problems=tuple(document.problems))
    return layer_from(document, name, only_patches=only_patches)


def checked(document: Document) -> Document:
    """The document with everything that is wrong in itself, in the order of the text; see `Document` for what it keeps.

    Of several faults in one entry, a run reports only those that the first group of checks finds.
    """
    for number, group in enumerate(CHECKS):
        faults = [fault for check in group for fault in check(document) if fault.path[:2] not in document.removed]
        document.problems += [document.problem(*fault) for fault in faults]
        if (number == 0 and faults) or len(faults) >= MAX_FAULTS:  # there is too much of it
            document.data = None
            break
        for fault in faults:
            _set_aside(document, fault.path if fault.key is None else (*fault.path, fault.key))
        if number == 1:  # what follows reads shallow data only
            for path in take_secrets(document):
                _set_aside(document, path)
            document.remarks += remarks(document)
    document.problems.sort(key=lambda problem: (problem.line or 0, problem.column or 0))
    return document


def _set_aside(document: Document, path: DocumentPath) -> None:
    """Remove what has a fault at `path`: an entry of a section, or the section where it has none.

    A faulty entry of `models` or `providers` keeps its name, and whether it defines a model, so no later message rests
    on its absence. It is removed where its name is faulty, or where it is not a table.
    """
    data = document.data or {}
    section, step, key = [*path, None, None][:3]
    entries = data.get(str(section))
    if section in ("models", "providers") and isinstance(entries, list) and isinstance(step, int):
        entry = entries[step]
        if key == "provider":
            document.doubtful.add(ANY)
        if path[:2] in document.removed:
            return
        named = isinstance(entry, dict) and key is not None and key not in IDENTITY[section]
        kept = {name: entry[name] for name in (*IDENTITY[section], *DEFINING) if name in entry} if named else {}
        if key in DEFINING:  # whatever was meant, it defines its model
            kept = {name: kept[name] for name in IDENTITY[section] if name in kept}
            kept |= {"new": True} if "id" in kept else {}
        if section == "models" or not named:
            provider = entry.get("provider") if isinstance(entry, dict) and section == "models" else None
            document.doubtful.add(fold_provider(provider) if isinstance(provider, str) else ANY)
        entries[step] = kept if named else None
        if not named:
            document.removed.add(path[:2])
    elif section in BY_PROVIDER and isinstance(entries, dict) and isinstance(step, str):
        entries.pop(step, None)
        document.doubtful.add(fold_provider(step))
    elif section in data:
        del data[str(section)]
        tables = isinstance(entries, list) and any(isinstance(entry, dict) for entry in entries)
        if tables or section in DECISIVE:
            document.doubtful.add(ANY)  # `[[provider]]` may have been meant to define one

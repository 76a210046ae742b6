"""What can be wrong with the settings of a valid `llm_models.toml`: allow, deny, exclude, prefer and their patterns.

Each check is a small function over one file and the catalogue that the file corrects; `checks` runs them.
"""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from llm_models.case import Case, Finding
from llm_models.errors import dotted, printable
from llm_models.frozen import ModelKey
from llm_models.misread import how_to_write, in_brackets, stated_patterns, with_provider
from llm_models.name_rules import safe_form
from llm_models.past import absent
from llm_models.patterns import EVERY
from llm_models.similarity import model_hint

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from llm_models.document import DocumentPath, Hint
    from llm_models.errors import Severity

SECTIONS_THAT_HIDE = ("allow", "deny", "exclude")


_SHOWN = 3
"""How many patterns a message names."""


def matches_nothing(case: Case) -> Iterator[Finding]:
    """A pattern of match, exclude, allow or deny that matches no model."""
    closed = _allows_nothing(case)
    for path, provider, pattern in stated_patterns(case):
        # `cancelled` reports what is excluded
        models = {one: _named(case, one, path) for one in case.providers(provider)}
        if models and not any(any(map(case.run.test(one, pattern), names)) for one, names in models.items()):
            yield from _why_nothing(case, closed, provider, path, pattern, models)


def _named(case: Case, provider: str, path: DocumentPath) -> list[list[str]]:
    """The names by which a pattern means the models of a provider: a `match` is about ids."""
    return [[one] for one in case.run.ids(provider)] if path[-1] == "match" else [*case.run.every(provider).values()]


def _why_nothing(
    case: Case, closed: bool, provider: str, path: DocumentPath, pattern: str, models: Mapping[str, list[list[str]]]
) -> Iterator[Finding]:
    """Why a pattern matches none of these models, each with its names, by provider.

    `closed`: `allow` hides every model.
    """
    names = [*chain.from_iterable(chain.from_iterable(models.values()))]
    form = None if path[-1] == "match" else _form(pattern, models)
    if form is not None and path[0] == "deny":  # it denies what lookups would read as a model that is listed
        return
    severity: Severity = "error" if closed and path[0] == "allow" else "warning"
    if severity == "warning" and case.run.waits(provider, pattern):
        return
    so = ", so allow hides every model" if severity == "error" else ""
    whose = "any provider" if provider == EVERY else provider
    past = case.run.past
    gone = [*_of_the_past(case, models, pattern)]
    inner = in_brackets(pattern, [*chain.from_iterable(models.values())])
    bare = pattern.strip()
    if bare != pattern and any(any(map(case.run.test(one, bare), names)) for one, names in models.items()):
        text = f"'{printable(pattern)}' has a space at an end, so it matches no model of {whose}"
        yield Finding(provider, path, text, f"Write '{printable(bare)}'.", severity="error")
        return
    if pattern.lower() == "all":
        yield Finding(provider, path, f"matches no model of {whose}{so}", _every(path), severity=severity)
        return
    exact = next((key for key in gone if key.id == pattern), None)
    if exact is not None:
        why, hint = case.gone(*exact)
        yield Finding(provider, path, f"{why}{so}", hint, severity=severity)
    elif gone:
        more = f" and {len(gone) - 1} more" if len(gone) > 1 else ""
        what = "no longer listed" if all(past.is_gone(*key) for key in gone) else "not in this catalogue"
        such = printable(gone[0].id if provider != EVERY else ":".join(gone[0]))
        text = f"matches only models of {whose} that are {what}, such as {such}{more}"
        yield Finding(
            provider, path, f"{text}{so}", "" if inner is None else how_to_write(pattern, inner), severity=severity
        )
    elif (spec := with_provider(case, provider, pattern)) is not None:
        owner, name = spec
        text = f"'{printable(pattern)}' names a provider and a model, so it matches no model of {whose}"
        hint = f"Write {'the id alone' if owner == provider else f'under {owner}'}: '{printable(name)}'."
        yield Finding(provider, path, text, hint, severity="error")  # a mistyped ban must not open a door
    elif form is not None:
        text = f"matches no model of {whose}{so}, only forms that it does not list, such as {printable(form)}"
        yield Finding(provider, path, text, "Only deny holds for such names.", severity=severity)
    else:
        wait = "" if severity == "error" else f" {how_to_wait(provider, pattern)}"  # `known` shows no model
        like: Hint = how_to_write(pattern, inner) if inner else lambda: model_hint(pattern, dict.fromkeys(names)) + wait
        yield Finding(provider, path, f"matches no model of {whose}{so}", like, severity=severity)


def _every(path: DocumentPath) -> str:
    """How to state every model of a provider, at the path of a pattern."""
    if path[-1] == "match":
        return 'To match every model, write match = "*".'
    every = '"all"' if path[0] == "allow" else '["*"]'
    return f"To name every model, write {dotted((str(path[1]),))} = {every}."


def _form(pattern: str, models: Mapping[str, list[list[str]]]) -> str | None:
    """A form of a name of one of these models that a pattern means, though no model is listed by it."""
    forms = (safe_form(provider, [*chain(*named)], pattern) for provider, named in models.items())
    return next((form for form in forms if form is not None), None)


def _of_the_past(case: Case, providers: Iterable[str], pattern: str) -> Iterator[ModelKey]:
    """The models of these providers that were ever listed and that a pattern means."""
    for provider in providers:
        test = case.run.test(provider, pattern)
        yield from (ModelKey(provider, model_id) for model_id in case.run.past.ids(provider) if test([model_id]))


def how_to_wait(provider: str, name: str) -> str:
    """How to state that a name or a pattern may match nothing today."""
    return f'If it may match nothing today, write known = ["{printable(f"{provider}:{name}")}"] at the top.'


def gone_settings(case: Case) -> Iterator[Finding]:
    """A setting about a provider that is gone. It is an error where `allow` matches nothing else."""
    closed = _allows_nothing(case)
    for setting in case.run.gone:
        if setting.layer is not case.layer or setting.id is not None:  # `_matches_nothing` reports ids
            continue
        gone = case.run.past.provider(setting.provider)
        section, key = setting.path[0], setting.path[-1]
        text = absent(setting.provider, gone) if gone else f"{setting.provider} is gone"
        if closed and section == "allow":
            yield Finding("", (section,), f"{text}, so allow hides every model", "", str(key), "error")
        elif section == "prefer":
            yield Finding("", setting.path, f"{text}, so this has no effect")
        else:
            yield Finding("", (section,), f"{text}, so this has no effect", "", str(key))


def opens_all(case: Case) -> Iterator[Finding]:
    """An `allow` without a provider: it hides nothing, though its author may think that it hides everything."""
    document = case.layer.document
    if case.layer.settings.get("allow") == {} and "allow" in (document.data or {}) and not document.problems:
        text = "allow lists no provider, so it hides nothing and every model is shown"
        hint = 'Write below it what to show, such as openai = "all", or remove it.'
        yield Finding("", ("allow",), text, hint)


def none_left(case: Case) -> Iterator[Finding]:
    """Settings that leave no model, though `allow` matches some."""
    sections = [name for name in SECTIONS_THAT_HIDE if case.settings.get(name) not in ({}, None, "all")]
    mine = [name for name in sections if case.layer.settings.get(name)]
    if not mine or case.run.problems or case.layer.document.doubtful or case.leaves(*sections):
        return
    if not case.leaves("exclude"):
        sections = ["exclude"]
    elif not case.leaves("allow"):
        if any(not case.run.knows(name) or globs not in ("all", []) for name, globs in case.settings["allow"].items()):
            return  # each provider that is gone is an error, and so is each pattern
        sections = ["allow"]
    for section in [name for name in mine if name in sections][:1]:
        path = next(path for path, _ in case.layer.document.entries(section))
        listed = [name if name == section else f"{name}{_line_of(case, name)}" for name in sections]
        text = f"{' and '.join(listed)} {'leaves' if len(sections) == 1 else 'leave'} no model"
        hint = _how_to_leave(case, [name for name in sections if name != "allow"])
        yield Finding("", (section,), text, hint, str(path[1]), "error")


def _how_to_leave(case: Case, hiding: list[str]) -> str:
    """Which patterns to remove or narrow, so that a model is left: those of the sections that hide models."""
    if not hiding:
        return "Name a provider that has models, or define a model under [[models]]."
    document = case.layer.document
    stated = case.layer.patterns(*hiding)
    named = [f"'{printable(pattern)}' of {owner}{_at(document.line(path))}" for path, owner, pattern in stated]
    more = f" and {len(named) - _SHOWN} more" if len(named) > _SHOWN else ""
    which = f"{' or '.join(named[:_SHOWN])}{more}" if named else f"a pattern of {' or '.join(hiding)}"
    return f"Remove or narrow {which}, so that a model is left."


def _line_of(case: Case, section: str) -> str:
    """The line of a section of this file, in brackets; empty where the file does not state the section."""
    path = next((path for path, _ in case.layer.document.entries(section)), None)
    line = None if path is None else case.layer.document.line(path)
    return _at(line)


def _at(line: int | None) -> str:
    return "" if line is None else f" (line {line})"


def _allows_nothing(case: Case) -> bool:
    """Whether this layer states the `allow` that holds, and no model matches it."""
    allow = case.layer.settings.get("allow")
    holds = isinstance(allow, dict) and bool(allow) and case.settings.get("allow") == allow
    return holds and not case.run.problems and not case.layer.document.doubtful and not case.leaves("allow")


CHECKS = (matches_nothing, gone_settings, opens_all, none_left)
"""All of them; their errors also explain why a load finds no model."""

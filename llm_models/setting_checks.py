"""What can be wrong with the settings of a valid `llm_models.toml`: allow, deny, exclude, prefer and their patterns.

Each check is a small function over one file and the catalogue that the file corrects; `checks` runs them.
"""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from llm_models.case import Case, Finding
from llm_models.errors import printable
from llm_models.layers import BY_PROVIDER
from llm_models.misread import how_to_write, in_brackets, with_provider
from llm_models.name_rules import safe_form
from llm_models.past import absent
from llm_models.patterns import EVERY
from llm_models.similarity import model_hint

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llm_models.document import DocumentPath
    from llm_models.errors import Severity

SECTIONS_THAT_HIDE = ("allow", "deny", "exclude")


def matches_nothing(case: Case) -> Iterator[Finding]:
    """A pattern of match, exclude, allow or deny that matches no model."""

    closed = _allows_nothing(case)
    for entry in case.entries():
        if entry.match is not None:
            ids = [[model_id] for model_id in case.run.ids(entry.provider)]
            yield from _why_nothing(case, closed, entry.provider, (*entry.path, "match"), entry.match, ids)
    for entry in case.layer.models:
        if entry.provider == EVERY and entry.match is not None:
            yield from _nowhere(case, closed, (*entry.path, "match"), entry.match)
    every: dict[str, list[list[str]]] = {}
    for path, provider, pattern in case.layer.patterns(*BY_PROVIDER):
        if provider == EVERY:
            yield from _nowhere(case, closed, path, pattern)
        if not case.run.knows(provider):
            continue
        if provider not in every:
            every[provider] = [*case.run.every(provider).values()]  # `cancelled` reports what is excluded
        yield from _why_nothing(case, closed, provider, path, pattern, every[provider])


def _nowhere(case: Case, closed: bool, path: DocumentPath, pattern: str) -> Iterator[Finding]:
    """A pattern for all providers that matches no model of any."""
    run = case.run
    for provider in run.all_providers():
        test, every = run.test(provider, pattern), run.every(provider)
        if any(test(names[:1] if path[-1] == "match" else names) for names in every.values()):
            return
    if closed and path[0] == "allow":
        yield Finding("", path, "matches no model of any provider, so allow hides every model", severity="error")
    elif not run.waits(EVERY, pattern):
        yield Finding("", path, "matches no model of any provider", how_to_wait(EVERY, pattern))


def _why_nothing(
    case: Case, closed: bool, provider: str, path: DocumentPath, pattern: str, models: list[list[str]]
) -> Iterator[Finding]:
    """Why a pattern matches none of these models, each with its names; nothing where one matches.

    `closed`: `allow` hides every model.
    """
    test = case.run.test(provider, pattern)
    if any(map(test, models)):
        return
    form = None if path[-1] == "match" else safe_form(provider, [*chain(*models)], pattern)
    if form is not None and path[0] == "deny":  # it denies what lookups would read as a model that is listed
        return
    severity: Severity = "error" if closed and path[0] == "allow" else "warning"
    if severity == "warning" and case.run.waits(provider, pattern):
        return
    so = ", so allow hides every model" if severity == "error" else ""
    past = case.run.past
    gone = [one for one in past.ids(provider) if test([one])]
    inner = in_brackets(pattern, models)
    if pattern in gone:
        why, hint = case.gone(provider, pattern)
        yield Finding(provider, path, f"{why}{so}", hint, severity=severity)
    elif gone:
        more = f" and {len(gone) - 1} more" if len(gone) > 1 else ""
        what = "no longer listed" if all(past.is_gone(provider, one) for one in gone) else "not in this catalogue"
        text = f"matches only models of {provider} that are {what}, such as {printable(gone[0])}{more}"
        yield Finding(
            provider, path, f"{text}{so}", "" if inner is None else how_to_write(pattern, inner), severity=severity
        )
    elif (spec := with_provider(case, provider, pattern)) is not None:
        owner, name = spec
        text = f"'{printable(pattern)}' names a provider and a model, so it matches no model of {provider}"
        hint = f"Write {'the id alone' if owner == provider else f'under {owner}'}: '{printable(name)}'."
        yield Finding(provider, path, text, hint, severity="error")  # a mistyped ban must not open a door
    elif form is not None:
        text = f"matches no model of {provider}{so}, only forms that it does not list, such as {printable(form)}"
        yield Finding(provider, path, text, "Only deny holds for such names.", severity=severity)
    else:
        if inner is not None:
            hint = how_to_write(pattern, inner)
        else:
            hint = f"{model_hint(pattern, [*chain(*models)])} {how_to_wait(provider, pattern)}"
        yield Finding(provider, path, f"matches no model of {provider}{so}", hint, severity=severity)


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
        hint = "Remove or narrow a pattern, so that a model is left."
        yield Finding("", (section,), text, hint, str(path[1]), "error")


def _line_of(case: Case, section: str) -> str:
    """The line of a section of this file, in brackets; empty where the file does not state the section."""
    path = next((path for path, _ in case.layer.document.entries(section)), None)
    line = None if path is None else case.layer.document.line(path)
    return "" if line is None else f" (line {line})"


def _allows_nothing(case: Case) -> bool:
    """Whether this layer states the `allow` that holds, and no model matches it."""
    allow = case.layer.settings.get("allow")
    holds = isinstance(allow, dict) and bool(allow) and case.settings.get("allow") == allow
    return holds and not case.run.problems and not case.layer.document.doubtful and not case.leaves("allow")


CHECKS = (matches_nothing, gone_settings, none_left)
"""All of them; their errors also explain why a load finds no model."""

"""Checks: entries of a valid `llm_models.toml` that have no effect, or probably not the effect that was meant.

Each check is a small function over one file and the catalogue that the file corrects. It does not run code that the
file names, and it opens no socket.
"""

from __future__ import annotations

import os
from itertools import chain
from typing import TYPE_CHECKING, Any

from llm_models import config, notices, paths
from llm_models.case import Case, Finding
from llm_models.changes import settle_names
from llm_models.document import ANY
from llm_models.errors import ConfigError, Problem, SnapshotError, nearest, printable
from llm_models.frozen import defaults
from llm_models.in_use import in_use
from llm_models.layers import BY_PROVIDER, RECORD_RULES, layer_from
from llm_models.misread import how_to_write, in_brackets, misreadings
from llm_models.moving import FIELD, Moving
from llm_models.name_rules import safe_form
from llm_models.origins import leaves
from llm_models.past import absent
from llm_models.records import Model, Provider
from llm_models.similarity import model_hint, provider_hint
from llm_models.takeovers import namesakes, taken
from llm_models.touched import Touched

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from llm_models.document import DocumentPath
    from llm_models.errors import Severity
    from llm_models.layers import Entry
    from llm_models.snapshot_file import SnapshotFile

SECTIONS_THAT_HIDE = ("allow", "deny", "exclude")
_FIELDS = {"models": (*defaults(Model), "match", "omit"), "providers": (*defaults(Provider), "omit")}


def check_file(path: str) -> list[Problem]:
    """Every problem of the configuration file at `path`, errors and warnings, in the order of the text."""
    try:
        raw = paths.read_config(path)
    except ConfigError as error:
        return list(error.problems)
    try:
        return check_text(raw, path, base_for(path))
    except SnapshotError as error:
        damaged = Problem(f"cannot be compared with the catalogue: {error}", file=path)
        return [damaged, *config.parse(raw, path).problems]


def base_for(path: str) -> SnapshotFile:
    """The catalogue that the configuration at `path` corrects: the base of the one that is in use beside it."""
    return in_use(paths.find(path), reads=False).base


def check_text(raw: bytes, path: str, base: SnapshotFile) -> list[Problem]:
    """Every problem of a configuration's text, called `path`, as a correction of `base`.

    A faulty entry does not hide the problems of other entries. Only warnings that could be wrong because of a fault
    are left out until it is corrected.
    """
    document = config.parse(raw, path)
    problems = list(document.problems)
    if document.data is not None:
        name = os.path.basename(path)
        curated = os.path.basename(os.path.dirname(paths.absolute(path))) == "overrides"
        layer = layer_from(document, f"overrides/{name}" if curated else name, only_patches=curated)
        run = Touched(base, [layer], paths.find(path))
        case = Case(run.layers[0], run, run.settings()[0])
        if ANY not in document.doubtful:
            problems += [*run.problems, *Moving(run).problems]
        for finding in chain.from_iterable(check(case) for check in CHECKS):
            if not document.doubtful & {finding.provider, ANY}:
                problems.append(document.problem(*finding[1:]))
    return sorted(problems, key=lambda problem: (problem.line or 0, problem.column or 0, problem.message))


def emptied(run: Touched, settings: dict[str, Any]) -> list[Problem]:
    """The settings of layers that leave no model. `run` has these layers, `settings` is what they merge to."""
    problems: list[Problem] = []
    for case in (Case(layer, run, settings) for layer in run.layers):
        found = chain(_matches_nothing(case), _gone_settings(case), _none_left(case))
        problems += [case.layer.document.problem(*one[1:]) for one in found if one.severity == "error"]
    return problems


def _left_out(case: Case) -> Iterator[Finding]:
    """An entry whose model no layer has."""
    for entry in case.run.left_out:
        provider = entry.provider
        if not case.run.knows(provider):
            path = (*entry.path, "provider" if entry.path[0] == "models" else "id")
            gone = case.run.past.provider(provider)
            why = "unknown provider" if gone is None else absent(provider, gone)
            yield Finding(provider, path, f"{why}, so this entry is left out", case.how_to_define(entry))
            continue
        if case.run.past.knows(provider, entry.id):
            why, hint = case.gone(provider, entry.id)
            hint = f"{hint} {case.how_to_define(entry)}"
            yield Finding(provider, (*entry.path, "id"), f"{why}, so this entry is left out", hint)
            continue
        text = f"{provider} has no model '{printable(entry.id)}', so this entry is left out"
        hint = f"{model_hint(entry.id, case.run.ids(provider))} {case.how_to_define(entry)}"
        yield Finding(provider, (*entry.path, "id"), text, hint)


def _unresolved(case: Case) -> Iterator[Finding]:
    """A `resolves_to` that names a model which is gone, or which curated overrides do not find."""
    for entry in Moving(case.run).void:
        target, hint = entry.fields[FIELD], ""
        why = f"the catalogue does not have {printable(f'{entry.provider}:{target}')}"
        if case.run.past.knows(entry.provider, target):
            why, hint = case.gone(entry.provider, target)
        yield Finding(entry.provider, (*entry.path, FIELD), f"{why}, so this has no effect", hint)


def _matches_nothing(case: Case) -> Iterator[Finding]:
    """A pattern of match, exclude, allow or deny that matches no model."""

    closed = _allows_nothing(case)

    def look(provider: str, path: DocumentPath, pattern: str, models: list[list[str]]) -> Iterator[Finding]:
        test = case.run.test(provider, pattern)
        if any(map(test, models)):
            return
        form = None if path[-1] == "match" else safe_form(provider, [*chain(*models)], pattern)
        if form is not None and path[0] == "deny":  # it denies what lookups would read as a model that is listed
            return
        severity: Severity = "error" if closed and path[0] == "allow" else "warning"
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
        elif form is not None:
            text = f"matches no model of {provider}{so}, only forms that it does not list, such as {printable(form)}"
            yield Finding(provider, path, text, "Only deny holds for such names.", severity=severity)
        else:
            hint = how_to_write(pattern, inner) if inner is not None else model_hint(pattern, [*chain(*models)])
            yield Finding(provider, path, f"matches no model of {provider}{so}", hint, severity=severity)

    for entry in case.entries():
        if entry.match is not None:
            ids = [[model_id] for model_id in case.run.ids(entry.provider)]
            yield from look(entry.provider, (*entry.path, "match"), entry.match, ids)
    left: dict[str, list[list[str]]] = {}
    for path, provider, pattern in case.layer.patterns(*BY_PROVIDER):
        if not case.run.knows(provider):
            continue
        if path[0] == "exclude":
            yield from look(provider, path, pattern, [*case.run.every(provider).values()])
        else:
            if provider not in left:
                left[provider] = [*case.named(provider).values()]
            yield from look(provider, path, pattern, left[provider])


def _already_so(case: Case) -> Iterator[Finding]:
    """A value that the catalogue has without the file."""
    for entry in case.layer.providers:
        yield from _same(case, entry, [None], (), entry.provider)
    for entry in case.entries():
        models = case.touched(entry)
        others = [other for entries in models.values() for other in entries if other is not entry]
        yield from _same(case, entry, models, others, f"{entry.provider}:{entry.match or entry.id}")


def _same(
    case: Case, entry: Entry, ids: Collection[str | None], others: Iterable[Entry], spec: str
) -> Iterator[Finding]:
    """The values of an entry that the base has in every model of `ids`, unless `others` change them too."""
    grounds = [ground for model_id in ids if (ground := case.ground(entry.provider, model_id)) is not None]
    if not grounds or len(grounds) < len(ids) or entry.omitted:  # an omitted value may be stated again
        return
    for path, value in leaves(entry.fields):
        if any(other.states(*path) or any(path[: len(gap)] == gap for gap in other.omitted) for other in others):
            continue
        stated = [ground.get(path) for ground in grounds]
        united = RECORD_RULES.get(path) == "UNITE"
        if all((have is not None and (set(value) <= set(have) if united else _equal(value, have))) for have in stated):
            where = (*entry.path, *path)
            if case.layer.document.line(where) is None:  # a key that is stored in extra
                where = tuple(part for part in where if part != "extra")
            text = f"{printable(spec)} already has this value; the line has no effect"
            yield Finding(entry.provider, where, text)


def _equal(left: Any, right: Any) -> bool:
    return bool(left == right) and isinstance(left, bool) is isinstance(right, bool)


def _excluded(case: Case) -> Iterator[Finding]:
    """An override of a model that is excluded."""
    for entry in case.entries():
        pattern = None if entry.match is not None else case.excluding(entry.provider, entry.id)
        if pattern is not None and entry not in case.run.left_out:
            text = f"exclude pattern '{printable(pattern)}' removes this model, so this entry has no effect"
            yield Finding(entry.provider, (*entry.path, "id"), text)


def _to_extra(case: Case) -> Iterator[Finding]:
    """A key that is not a field of a record, so it is stored in `extra`."""
    for section, known in _FIELDS.items():
        for path, data in case.layer.document.entries(section):
            for key in data:
                if key not in known:
                    near = nearest(key, known, 1)
                    hint = f"Did you mean '{near[0]}'?" if near else "If this is meant, write it under extra."
                    text = f"unknown field '{printable(key)}'; it is stored in extra"
                    yield Finding("", path, text, hint, key)


def _tiers_left(case: Case) -> Iterator[Finding]:
    """A new price, while the source's prices for long requests stay."""
    for entry in case.entries():
        new = [name for name in ("input", "output") if entry.states("cost", name)]
        models = case.touched(entry) if new else {}
        entries = chain(*models.values())
        if any(e.states("cost", "tiers") or any(path[:1] == ("cost",) for path in e.omitted) for e in entries):
            continue
        tiered = [i for i in models if (case.ground(entry.provider, i) or {}).get(("cost", "tiers"))]
        if tiered:
            text = f"cost.tiers of {entry.provider}:{printable(tiered[0])} still has the old prices for long requests"
            hint = 'State cost.tiers too, or put "cost.tiers" in omit.'
            yield Finding(entry.provider, (*entry.path, "cost", new[0]), text, hint)


def _names(case: Case) -> Iterator[Finding]:
    """A name that is a model's id, or that two models claim. This is an error, because such a name is dropped."""
    reasons: dict[str, dict[str, dict[str, str]]] = {}
    for entry in case.entries():
        for field, what in (("served_as", "a served id"), ("aliases", "an alias")):
            names = entry.fields.get(field, ()) if case.touched(entry) else ()
            if names and entry.provider not in reasons:
                fallen = settle_names(case.names(entry.provider))
                reasons[entry.provider] = {name: dict(chain(*by_id.values())) for name, by_id in fallen.items()}
            for index, name in enumerate(names):
                reason = reasons[entry.provider][field].get(name)
                if reason is not None:
                    text = f"'{printable(name)}' cannot be {what}: {printable(reason)} of {entry.provider}"
                    yield Finding(entry.provider, (*entry.path, field, index), text, severity="error")


def _gone_settings(case: Case) -> Iterator[Finding]:
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


def _allows_nothing(case: Case) -> bool:
    """Whether this layer states the `allow` that holds, and no model matches it."""
    allow = case.layer.settings.get("allow")
    holds = isinstance(allow, dict) and bool(allow) and case.settings.get("allow") == allow
    return holds and not case.run.problems and not case.layer.document.doubtful and not case.leaves("allow")


def _none_left(case: Case) -> Iterator[Finding]:
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
        text = f"{' and '.join(sections)} {'leaves' if len(sections) == 1 else 'leave'} no model"
        yield Finding("", (section,), text, "", str(path[1]), "error")


def _preferred(case: Case) -> Iterator[Finding]:
    """A preferred provider that no layer has and that was never known."""
    for index, provider in enumerate(case.layer.settings.get("prefer", ())):
        if not case.run.knows(provider) and not case.run.past.knows(provider):
            hint = provider_hint(provider, case.run.base.blocks, case.run.base.aliases)
            yield Finding(provider, ("prefer", index), f"unknown provider '{printable(provider)}'", hint)


def _lifecycle(case: Case) -> Iterator[Finding]:
    """A model that is deprecated, retiring or retired. Curated overrides are about such models, too."""
    run = case.run
    named = () if case.layer.only_patches else notices.of_layer(case.layer, run.base, run.changing, run.names.id_of)
    for path, what, model in named:
        yield Finding(model.provider, path, f"{printable(model.spec)}: {what}")
    for entry, what in notices.strange_successors(case.layer, case.is_name):
        provider, _, model_id = entry.fields["successor"].partition(":")
        is_gone = not case.is_name(provider, model_id) and run.past.knows(provider, model_id)
        why, hint = case.gone(provider, model_id) if is_gone else (what, "")
        yield Finding(entry.provider, (*entry.path, "successor"), why, hint)


CHECKS = (
    _left_out, _unresolved, _lifecycle, _matches_nothing, _gone_settings, _already_so, _excluded, _to_extra,
    _tiers_left, _names, _preferred, taken, namesakes, misreadings, _none_left,
)  # fmt: skip

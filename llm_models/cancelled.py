"""Cancelled: which of the things that a configuration states have no effect, because others of it are stronger.

One question decides most of it: what keeps a model out of the catalogue, and on which line. An entry, a preferred
provider or a pattern that is only about models that something stronger keeps out has no effect.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from llm_models.case import Case, Finding
from llm_models.errors import printable
from llm_models.filters import Filters
from llm_models.frozen import ModelKey
from llm_models.modelspec import split_any
from llm_models.patterns import EVERY, is_plain, matcher

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from llm_models.document import DocumentPath

    KeptOut = Callable[[str, str], "Stronger | None"]
    """What keeps a model of a provider, by its id, out of the catalogue."""


class Stronger(NamedTuple):
    """What keeps a model of a provider out: a section, its pattern, and a name that this means.

    The pattern is None where no pattern of `allow` matches. `name` is the served id or alias because of which the
    pattern means the model; None where it means the id.
    """

    provider: str
    section: str
    pattern: str | None = None
    name: str | None = None


_DOES = {"exclude": "removes", "deny": "hides", "allow": "leaves out"}
_NO_EFFECT = "so this has no effect"
_SAMPLES = ("", "\0", "\0\0\0")
"""What a `*` is replaced with to find out whether a wider glob means all that a glob means."""


def cancelled(case: Case) -> Iterator[Finding]:
    """What has no effect because of a stronger setting. Where no model is left, that is the only problem to solve."""
    sections = [name for name in _DOES if case.settings.get(name)]
    if case.layer.only_patches or not sections or not case.leaves(*sections):
        return
    kept_out = _kept_out(case)
    yield from _entries(case, kept_out)
    yield from _preferred(case, kept_out)
    yield from _allowed(case, kept_out)
    yield from _allowed_anyway(case)
    yield from _banned(case)


def _kept_out(case: Case, *sections: str) -> KeptOut:
    """The question what keeps a model out; with `sections`, only these count."""

    def stated(section: str) -> Any:
        return case.settings.get(section) or None if not sections or section in sections else None

    filters = Filters(None, None).over(stated("allow"), stated("deny"))
    excludes = stated("exclude") or {}

    def kept_out(provider: str, model_id: str) -> Stronger | None:
        patterns = excludes.get(provider, ())
        if not patterns and not filters.restricts(provider):
            return None
        names = case.run.every(provider).get(model_id, [model_id])
        pattern = case.run.excluded(provider, patterns).get(model_id)
        if pattern is not None:
            return Stronger(provider, "exclude", pattern, _name_meant(provider, pattern, names))
        section, pattern = filters.reason(provider, names, case.run.id_of) or (None, None)
        if section is None:
            return None
        return Stronger(provider, section, pattern, _name_meant(provider, pattern, names))

    return kept_out


def _name_meant(provider: str, pattern: str | None, names: Sequence[str]) -> str | None:
    """The served id or alias of a model because of which a pattern means it; None where the pattern means the id."""
    glob = matcher("" if pattern is None else pattern, lambda _: None, provider)
    return None if pattern is None or glob(names[:1]) else next((name for name in names[1:] if glob([name])), None)


def _entries(case: Case, kept_out: KeptOut) -> Iterator[Finding]:
    """An entry that is only about models that are kept out, unless another model takes values from one of them."""
    reported: set[str] = set()
    sources = _sources(case)
    without = {one.path for one in (*case.run.left_out, *case.run.waiting) if one.layer is case.layer}
    for entry in case.entries():
        keys = [ModelKey(entry.provider, entry.id)] if entry.match is None else [*case.touched(entry)]
        if entry.path in without or not sources.isdisjoint(keys):
            continue
        reasons = [kept_out(*one) for one in keys]
        if reasons and None not in reasons:
            reported.add(entry.provider)
            what = "this model" if entry.match is None else "every model that it matches"
            text = f"{_why(case, reasons, what)}, so this entry has no effect"
            key = "id" if entry.match is None else "match"
            yield Finding(entry.provider, (*entry.path, key), text, _how_to_allow(case, *keys[0], reasons))
    named = reported | {entry.provider for entry in case.layer.models}
    for entry in case.layer.providers:
        if entry.provider not in named and (why := _all_kept_out(case, entry.provider, kept_out)):
            hint = _how_to_allow(case, entry.provider, None, why)
            text = f"{_why(case, why, f'every model of {entry.provider}')}, so this entry has no effect"
            yield Finding(entry.provider, (*entry.path, "id"), text, hint)


def _sources(case: Case) -> set[tuple[str, str | None]]:
    """The models from which entries take values; they need not be shown for that."""
    found: set[tuple[str, str | None]] = set()
    for entry in (entry for layer in case.run.layers for entry in layer.models):
        if "resolves_to" in entry.fields:
            found.add((entry.provider, entry.fields["resolves_to"]))
        key = None if entry.base is None else split_any(entry.base, case.run.names.provider_id)
        if key is not None:
            found.add((key.provider, case.run.id_of(*key)))
    return found


def _all_kept_out(case: Case, provider: str, kept_out: KeptOut) -> list[Stronger | None]:
    """What keeps the models of a known provider out, if all are kept out and there are any."""
    if not case.run.knows(provider):
        return []
    reasons = [kept_out(provider, model_id) for model_id in case.run.ids(provider)]
    return [] if None in reasons else reasons


def _preferred(case: Case, kept_out: KeptOut) -> Iterator[Finding]:
    """A preferred provider without a model that is shown."""
    for index, provider in enumerate(case.layer.settings.get("prefer", ())):
        if why := _all_kept_out(case, provider, kept_out):
            text = f"{_why(case, why, f'every model of {provider}')}, {_NO_EFFECT}"
            yield Finding(provider, ("prefer", index), text, _how_to_allow(case, provider, None, why))


def _allowed(case: Case, kept_out: KeptOut) -> Iterator[Finding]:
    """A pattern of `allow` whose models `deny` and `exclude` keep out: these two are stronger."""
    for path, globs in case.layer.document.entries("allow"):
        provider = case.layer.provider_of(path[1])
        stated = [((*path,), "*")] if globs == "all" else [((*path, index), one) for index, one in enumerate(globs)]
        for where, pattern in stated:
            reasons = [kept_out(*one) for one in _meant(case, provider, pattern)]
            bans = [reason for reason in reasons if reason is not None and reason.section != "allow"]
            if bans and len(bans) == len(reasons):
                what = f"every model of {provider}" if globs == "all" else "every model that it matches"
                what = _this_model(provider, pattern) or what
                yield Finding(provider, where, f"{_why(case, bans, what)}, so this allows nothing")


def _allowed_anyway(case: Case) -> Iterator[Finding]:
    """A line of `allow` for one provider that allows only what the line for all providers allows: both count.

    Its author probably means that the provider has these models only, and then too many are shown.
    """
    lines = [(path, ["*"] if globs == "all" else globs) for path, globs in case.layer.document.entries("allow")]
    for every, wide in [line for line in lines if line[0][1] == EVERY]:
        what = "every model" if EVERY in wide else "these models"
        where = _line(case, every)
        for path, globs in lines:
            if path != every and globs and all(_is_wider(wide, one) for one in globs):
                provider = case.layer.provider_of(path[1])
                text = f"""allow of "*"{where} already shows {what} of {printable(provider)}, {_NO_EFFECT}"""
                hint = f"""To show only these of {printable(provider)}, name the other providers in place of "*"."""
                yield Finding(provider, path, text, "" if EVERY in globs else hint)


def _line(case: Case, path: DocumentPath) -> str:
    line = case.layer.document.line(path)
    return f" at line {line}" if line else ""


def _banned(case: Case) -> Iterator[Finding]:
    """A pattern of `deny` or `exclude` about models that are kept out without it.

    A glob that may mean another model one day is a precaution, so it is reported only where that would be kept out too.
    """
    by_exclude, by_allow = _kept_out(case, "exclude"), _kept_out(case, "allow")
    for path, provider, pattern in case.layer.patterns("deny", "exclude"):
        models = _meant(case, provider, pattern)
        reasons = [by_exclude(*one) if path[0] == "deny" else None for one in models]
        by = "exclude" if models and None not in reasons else "allow"
        if by == "allow":
            reasons = [by_allow(*one) for one in models]
        if not models or None in reasons:
            continue
        this = _this_model(provider, pattern)
        if not this and not all(_always(case, one, pattern, by) for one in case.providers(provider)):
            continue
        what = this or "every model that it matches"
        yield Finding(provider, path, f"{_why(case, reasons, what, already='already ')}, {_NO_EFFECT}")


def _this_model(provider: str, pattern: str) -> str:
    """How to call the one model that a pattern can mean; empty where it may mean many."""
    return "this model" if is_plain(pattern) and provider != EVERY else ""


def _always(case: Case, provider: str, pattern: str, by: str) -> bool:
    """Whether all that a glob can mean of a provider is kept out: by one pattern of `exclude`, or by `allow`."""
    if by == "exclude":
        return _is_wider(case.settings["exclude"].get(provider, ()), pattern)
    allowed = case.settings["allow"].get(provider, ())
    return allowed != "all" and all(map(is_plain, allowed))


def _is_wider(patterns: Iterable[str], pattern: str) -> bool:
    """Whether one of the patterns means all that a glob can mean."""
    samples = [pattern.replace("*", sample) for sample in _SAMPLES]
    return any(all(map(_glob(wider), ([one] for one in samples))) for wider in patterns)


def _glob(pattern: str) -> Callable[[Sequence[str]], bool]:
    return matcher(pattern, lambda _: None)


def _meant(case: Case, provider: str, pattern: str) -> list[ModelKey]:
    """The models that a pattern means, also those that are excluded."""
    found = []
    for one in case.providers(provider):
        test = case.run.test(one, pattern)
        found += [ModelKey(one, model_id) for model_id, names in case.run.every(one).items() if test(names)]
    return found


def _why(case: Case, reasons: Iterable[Stronger | None], what: str, *, already: str = "") -> str:
    """What keeps models out, as the beginning of a sentence: each setting with its line."""
    different = list(dict.fromkeys(reason for reason in reasons if reason is not None))
    if len({(reason[1:], _at(case, reason)) for reason in different}) == 1:
        reason = different[0]
        name = "" if reason.pattern is None else f" pattern '{printable(reason.pattern)}'"
        alias = "" if reason.name is None else f" by its name '{printable(reason.name)}'"
        return f"{reason.section}{name}{_at(case, reason)} {already}{_DOES[reason.section]} {what}{alias}"
    places = dict.fromkeys(f"{one.section}{_at(case, one)}" for one in different)
    listed = [*places][:3]
    more = f" and {len(places) - 3} more" if len(places) > 3 else ""
    joined = f"{', '.join(listed)}{more}" if more or len(listed) == 1 else " and ".join(listed)
    verb = "keep" if len(places) > 1 else "keeps"
    return f"{joined} {already}{verb} out {what}"


def _at(case: Case, reason: Stronger) -> str:
    """Where a setting is stated: its line in the same file, else the other file or module; empty for the base."""
    for layer in sorted(case.run.layers, key=lambda one: one is not case.layer):
        entries = [*layer.document.entries(reason.section)]
        mine = [one for one in entries if layer.provider_of(one[0][1]) == reason.provider]
        mine += [one for one in entries if one[0][1] == EVERY]
        if reason.pattern is not None:
            places = [(*path, globs.index(reason.pattern)) for path, globs in mine if reason.pattern in globs]
        else:
            places = [path for path, _ in mine or entries]
        if places:
            line = layer.document.line(places[0])
            return f" at line {line}" if line and layer is case.layer else f" ({layer.nearest(places[0])})"
    return ""


def _how_to_allow(case: Case, provider: str, model_id: str | None, reasons: Iterable[Stronger | None]) -> str:
    """How to show what only `allow` leaves out; empty where a ban keeps it out."""
    if any(reason is not None and reason.section != "allow" for reason in reasons):
        return ""
    if provider not in case.settings["allow"]:
        return f"""To show it, name '{provider}' under [allow], such as: {provider} = "all"."""
    return f"To show it, add '{printable(model_id or '*')}' to allow.{provider}."


CHECKS: tuple[Callable[[Case], Iterator[Finding]], ...] = (cancelled,)

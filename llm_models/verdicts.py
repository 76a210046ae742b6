"""Verdicts: what is wrong with a model that a file names, as of today.

`identity` decides which model that is. A model that is gone was last listed on a day; when it stopped answering is not
known. Where nothing states the provider, and its home no longer lists an id that others list, that is a warning.
"""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, NamedTuple

from llm_models import lifecycle
from llm_models.days import days_between, today
from llm_models.errors import RetiredModelError, printable, quoted
from llm_models.findings import Finding
from llm_models.identity import Identities, Identity, is_repository
from llm_models.misses import lost_copy, not_allowed, of_no_provider, unknown_model
from llm_models.model_classes import LOCAL
from llm_models.name_rules import near_match
from llm_models.other_names import packaged
from llm_models.retired import absent_name, shortened
from llm_models.suggestions import for_model
from llm_models.validity import documented, lists_of, moment_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from llm_models.findings import Level, Rule
    from llm_models.mentions import Mention
    from llm_models.other_names import OtherNames
    from llm_models.records import Model
    from llm_models.view import View

_NEW = re.compile(r"(?=.*\d)[a-z][a-z0-9._:/@-]+")
"""The shape of an id that may be reported as unknown: in lower case, with a digit."""
_FILE = re.compile(r".+\.(?:py|ya?ml|json|toml|md|txt|csv|gguf|bin|pt|onnx|safetensors|html?|png|jpe?g|sh|com|io|org)")


class Verdict(NamedTuple):
    """What is wrong with a model, without the place that names it."""

    rule: Rule
    level: Level
    message: str
    date: str | None = None
    successor: str | None = None


class Verdicts:
    """Judges mentions by a catalogue, its history, and the names that only other lists know.

    `within` days before it retires, a model is a warning. `max_price_input` and `max_price_output` are in USD per
    million tokens. `unknown`: an id that nobody knows is a note. `ignore` has texts and globs of texts or model specs.
    `lists` are the packaged ones by default.
    """

    def __init__(
        self,
        view: View,
        *,
        within: int | None = None,
        max_price_input: float | None = None,
        max_price_output: float | None = None,
        unknown: bool = False,
        ignore: Sequence[str] = (),
        lists: Sequence[OtherNames] | None = None,
    ) -> None:
        self._view = view
        self._lists = packaged() if lists is None else lists
        self._names = Identities(view, self._lists)
        self._within, self._unknown, self._ignore = within, unknown, tuple(ignore)
        self._limits = {"input": max_price_input, "output": max_price_output}
        self._today = today()
        self._read: dict[tuple[str, bool, tuple[str, ...]], Identity | None] = {}
        self._judged: dict[Identity, list[Verdict]] = {}

    def may(self, text: str) -> bool:
        """Whether a text can be the name of a model, wherever it stands. It is quick, and kept for each text."""
        return self._names.may(text) or (self._unknown and _NEW.fullmatch(text) is not None)

    def spec(self, mention: Mention) -> str | None:
        """The model that a mention names: `provider:id`, or a bare id of no known provider; None where it is none."""
        found = self._identity(mention)
        return None if found is None else found.spec

    def of(self, file: str, mention: Mention) -> list[Finding]:
        """What is wrong with the model that a mention names; nothing for a text that names none."""
        found = self._identity(mention)
        if found is None:
            spec, verdicts = self._unknown_to_all(mention) if self._unknown and mention.position else ("", [])
        else:
            spec, verdicts = found.spec, self._judge(found)
        if not verdicts or any(_fits(one, mention.text, spec) for one in self._ignore):
            return []
        key = self._key_hint(found) if mention.is_key and found is not None else ""
        place = (file, mention.line, mention.column, mention.text, spec)
        return [Finding(*place, one.rule, one.level, one.message + key, one.date, one.successor) for one in verdicts]

    def _identity(self, mention: Mention) -> Identity | None:
        key = mention.text, mention.position, mention.beside
        if key not in self._read:
            self._read[key] = self._names.read(mention.text, position=mention.position, beside=mention.beside)
        return self._read[key]

    def _judge(self, found: Identity) -> list[Verdict]:
        if found not in self._judged:
            self._judged[found] = self._of_home(found) if found.provider is None else self._of_one(found)
        return self._judged[found]

    def _of_one(self, found: Identity) -> list[Verdict]:
        """The verdicts on a model of one provider."""
        provider, name = str(found.provider), found.id
        has = provider in self._view.known and self._view.file.holds(provider, name)
        if has:
            return self._listed(found, provider, name)
        if self._view.removed(provider, name) is not None:
            return [self._hidden(found, "excluded", f"{unknown_model(self._view, provider, name)}.")]
        if lost_copy(self._view, provider, name) is not None:
            return [Verdict("gone", "error", f"{unknown_model(self._view, provider, name)}.")]
        return self._gone(found, provider, name) or self._dated(provider, name)

    def _listed(self, found: Identity, provider: str, name: str) -> list[Verdict]:
        view = self._view
        row = view.file.block(provider).rows[name]
        hidden = view.hidden(provider, row) or found.denied
        if hidden is not None:
            return [self._hidden(found, "denied", f"{not_allowed(view, provider, name, *hidden)}.")]
        model = view.model(provider, row)
        verdicts: list[Verdict] = []
        note = f"{lifecycle.notice(model)}."
        if model.is_retired():
            verdicts.append(Verdict("retired", "error", note, model.retires, model.successor))
        elif model.retires is not None and self._is_near(model.retires):
            verdicts.append(Verdict("retiring", "warning", note, model.retires, model.successor))
        elif model.deprecated:
            verdicts.append(Verdict("deprecated", "warning", note, model.retires, model.successor))
        return [*verdicts, *self._price(model)]

    def _hidden(self, found: Identity, rule: Rule, message: str) -> Verdict:
        """The verdict on a model that a filter hides. Another provider may be meant where nothing states it."""
        others = self._elsewhere(str(found.provider), found.id) if found.by == "home" else []
        if not others:
            return Verdict(rule, "error", message)
        return Verdict(rule, "warning", f"{message} Other providers list that id: {shortened(others)}.")

    def _is_near(self, day: str) -> bool:
        return self._within is not None and days_between(self._today, day) <= self._within

    def _price(self, model: Model) -> list[Verdict]:
        """The verdict on the current list price. A price that is not known is none."""
        limits = {name: most for name, most in self._limits.items() if most is not None}
        if not limits or model.cost is None:
            return []
        prices = documented(lists_of(model.cost.to_dict()), moment_of(None)).prices
        over = [
            f"its price of {name} is {prices[name]:g} USD per million tokens (at most {most:g})"
            for name, most in limits.items()
            if prices.get(name) is not None and prices[name] > most
        ]
        return [Verdict("price", "warning", f"{printable(model.spec)}: {' and '.join(over)}.")] if over else []

    def _gone(self, found: Identity, provider: str, name: str) -> list[Verdict]:
        """The verdict on a model that its provider no longer lists; none where the history does not know it as gone."""
        if provider not in self._view.past.providers() or not self._view.past.is_gone(provider, name):
            return []
        error = (unknown_model if provider in self._view.known else of_no_provider)(self._view, provider, name)
        if not isinstance(error, RetiredModelError):
            return []
        message = str(error)
        others = self._elsewhere(provider, name)
        level: Level = "warning" if found.by == "home" and others else "error"
        if others and "Other providers list that id" not in message:
            message = f"{message.rstrip()} Other providers list that id: {shortened(others)}."
        follower = f"{provider}:{error.rename}" if error.rename and ":" not in error.rename else error.rename
        return [Verdict("gone", level, message, error.last_listed, error.successor or follower)]

    def _elsewhere(self, provider: str, name: str) -> list[str]:
        """The specs of the models with that name which other providers list and no filter hides."""
        rows = self._view.names().get(name, ())
        return [f"{one}:{self._view.file.block(one).ids[row]}" for one, row in rows if one != provider]

    def _dated(self, provider: str, name: str) -> list[Verdict]:
        """The verdict on a name that only another list knows, by the date that it states."""
        spec = printable(f"{provider}:{name}")
        for one in self._lists:
            day = one.names.get(provider, {}).get(name)
            if day is not None:
                origin = f"as {one.name}'s list of {one.date} states"
                if day <= self._today:
                    return [Verdict("retired", "error", f"{spec}: retired on {day}, {origin}.", day)]
                if self._is_near(day):
                    return [Verdict("retiring", "warning", f"{spec}: retires on {day}, {origin}.", day)]
        return []

    def _of_home(self, found: Identity) -> list[Verdict]:
        """The verdicts on an id that several resellers have or had: what holds for each that lists it."""
        listed = self._names.present.get(found.id, [])
        if listed:
            ids = [(one, self._view.file.block(one).id_of(found.id) or found.id) for one in listed]
            each = [self._of_one(Identity(one, model_id, "beside")) for one, model_id in ids]
            shown = [verdicts for verdicts in each if not any(one.rule == "denied" for one in verdicts)] or each
            rules = set.intersection(*({one.rule for one in verdicts} for verdicts in shown))
            if is_repository(found.id):
                rules -= {"retired", "gone", "retiring", "deprecated"}
            return [one for one in shown[0] if one.rule in rules]
        if found.id in self._names.others or is_repository(found.id):  # others may serve it, or the code itself
            return []
        error = absent_name(self._view, found.id, str)
        if not isinstance(error, RetiredModelError):
            return []
        return [Verdict("gone", "error", str(error), error.last_listed, error.successor or error.rename)]

    def _key_hint(self, found: Identity) -> str:
        """What to add for the key of a map, which may be a price list: the catalogue has the price."""
        provider = found.provider
        if provider is None or provider not in self._view.known or not self._view.file.holds(provider, found.id):
            return ""
        return f" For its price, ask the catalogue: 'llm-models cost {printable(found.spec)}'."

    def _unknown_to_all(self, mention: Mention) -> tuple[str, list[Verdict]]:
        """The spec and the note of an id that nobody knows, at a provider that the text or something beside states."""
        text = mention.text
        if not _NEW.fullmatch(text) or _FILE.fullmatch(text) or len(text) < len("o1-"):
            return "", []
        head, mark, name = text.partition(":" if ":" in text else "/")
        provider = self._names.provider_of(head) if mark else None
        if provider is None:
            near = (self._names.provider_beside(one) for one in mention.beside)
            provider, name = next((one for one in near if one is not None), LOCAL), text
        if provider not in self._view.known or not _NEW.fullmatch(name) or self._names.has(name):
            return "", []
        if near_match(self._view, provider, name) is not None:
            return "", []
        hint = for_model(self._view, provider, name)
        spec = f"{provider}:{name}"
        return spec, [Verdict("unknown", "note", f"{provider} has no model {quoted(name)}.{hint}")]


def _fits(pattern: str, text: str, spec: str) -> bool:
    """Whether a text or a glob means a mention."""
    return pattern in (text, spec) or fnmatchcase(text, pattern) or fnmatchcase(spec, pattern)

"""A catalogue read the plain way: `json.loads` of a whole snapshot file, and loops that anyone can check.

The lazy reads of `llm_models` are compared with this. It shares no code with them, and takes the defaults of
capabilities from the schemas.
"""

from __future__ import annotations

import fnmatch
import json
import operator
import re
import statistics
from datetime import UTC, datetime
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from support import SCHEMAS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


def flags() -> dict[str, tuple[tuple[str, ...], bool]]:
    """Capability name -> its path below `capabilities` and its default, from the schema."""
    schema = json.loads((SCHEMAS / "capabilities.schema.json").read_text("utf-8"))
    named: dict[str, tuple[tuple[str, ...], bool]] = {}
    for group, part in schema["properties"].items():
        if part["type"] == "boolean":
            named[group] = ((group,), part["default"])
            continue
        for flag, inner in part["properties"].items():
            if inner["type"] == "boolean":
                named[group if flag == "enabled" else f"{group}_{flag}"] = ((group, flag), inner["default"])
    return named


FLAGS = flags()


def filled(line: dict[str, Any], provider: str) -> dict[str, Any]:
    """A model's whole data: derived values under stated ones, without the defaults."""
    data: dict[str, Any] = {"provider": provider, "provider_model_id": line["id"]}
    data |= {key: value for key, value in line.items() if key not in ("derived", "likely")}
    derived = line.get("derived", {})
    for key, value in derived.items():
        if key == "capabilities":
            data[key] = _under(data.get(key, {}), value)
        elif key == "limits":  # what is stated means something else: it is taken away
            data[key] = {name: limit for name, limit in data[key].items() if name not in value}
        elif key == "tags":
            data[key] = [*data.get(key, []), *value]
        else:
            data.setdefault(key, value)
    return data


def _under(stated: dict[str, Any], derived: dict[str, Any]) -> dict[str, Any]:
    both = {**derived, **stated}
    return {key: {**derived.get(key, {}), **value} if isinstance(value, dict) else value for key, value in both.items()}


def has(model: dict[str, Any], name: str) -> bool:
    """Whether a model has a capability, stated or by default."""
    path, default = FLAGS[name]
    value: Any = model.get("capabilities", {})
    for step in path:
        value = value.get(step, {}) if isinstance(value, dict) else {}
    return default if value == {} else bool(value)


def stated(model: dict[str, Any], name: str) -> bool:
    """Whether a capability is said of a model, rather than a default."""
    value: Any = model.get("capabilities", {})
    for step in FLAGS[name][0]:
        if not isinstance(value, dict) or step not in value:
            return False
        value = value[step]
    return True


def fold(text: str) -> str:
    return text.strip().lower().replace("-", "_").replace(".", "_")


class Fault(Exception):
    """What a plain query ends in; `args[0]` is the name of the error class that the real one must raise."""


def letters(name: str) -> tuple[str, str]:
    """The letters and digits of an id, and those of its last part."""
    whole, last = ("".join(filter(str.isalnum, one.lower())) for one in (name, name.rpartition("/")[2]))
    return whole, last


class Plain:
    """A catalogue in full: every model decoded, every question answered by a loop."""

    def __init__(
        self,
        data: bytes,
        *,
        prefer: list[str] | None = None,
        allow: Any = None,
        deny: dict[str, list[str]] | None = None,
        was_listed: Callable[[str, str], bool] = lambda _provider, _name: False,
        past_ids: Callable[[str], Iterable[str]] = lambda _provider: (),
    ) -> None:
        self.was_listed = was_listed
        self.past_ids = past_ids
        self.today = datetime.now(UTC).date().isoformat()
        header, *rows, self.tail = json.loads(data)
        rows = [row for row in rows if "provider" in row and isinstance(row, dict)]  # else columns or a configuration
        self.providers: dict[str, dict[str, Any]] = {row["provider"]["id"]: row["provider"] for row in rows}
        self.models: dict[tuple[str, str], dict[str, Any]] = {}
        self.likely: dict[tuple[str, str], list[str]] = {}
        self._middles: dict[tuple[str, str], tuple[int, Fraction, Fraction]] = {}
        for row in rows:
            for line in row["models"]:
                provider = row["provider"]["id"]
                self.models[provider, line["id"]] = filled(line, provider)
                self.likely[provider, line["id"]] = line.get("likely", [])
        self.header = header
        self.prefer = header["filters"].get("prefer", []) if prefer is None else prefer
        allow = header["filters"].get("allow") if allow is None else allow
        self.allow = None if allow in (None, "all", {}) else {fold(name): globs for name, globs in allow.items()}
        self.deny: list[tuple[str, str]] = []
        for section in (header["filters"].get("deny", {}), deny or {}):
            self.deny += [(fold(name), pattern) for name, globs in section.items() for pattern in globs]

    def retired(self, key: tuple[str, str]) -> bool:
        return "retires" in self.models[key] and self.models[key]["retires"] <= self.today

    def names(self, key: tuple[str, str]) -> list[str]:
        return [key[1], *self.models[key].get("served_as", []), *self.models[key].get("aliases", [])]

    def serves(self, provider: str, name: str) -> bool:
        return any(key[0] == provider and name in self.names(key) for key in self.models)

    def shown(self, key: tuple[str, str], allow: Any = None) -> bool:
        names = self.names(key)
        for provider, pattern in self.deny:
            if provider == key[0] and any(fnmatch.fnmatchcase(name, pattern) for name in names):
                return False
        for section in (self.allow, allow):
            if section in (None, "all", {}):
                continue
            globs = {fold(name): patterns for name, patterns in section.items()}.get(key[0], [])
            if globs != "all" and not any(fnmatch.fnmatchcase(name, glob) for name in names for glob in globs):
                return False
        return True

    def provider_id(self, text: str) -> str | None:
        by_alias = {fold(alias): one for one, record in self.providers.items() for alias in record.get("aliases", [])}
        return fold(text) if fold(text) in self.providers else by_alias.get(fold(text))

    def provider(self, text: str) -> str:
        provider = self.provider_id(text)
        if provider is None:
            raise Fault("UnknownProviderError")
        return provider

    def list_providers(self) -> list[str]:
        return sorted({key[0] for key in self.models if self.shown(key)})

    def list_models(
        self, provider: str | None = None, require: Any = (), forbid: Any = (), allow: Any = None
    ) -> list[tuple[str, str]]:
        within = None if provider is None else self.provider(provider)
        return sorted(
            key
            for key, model in self.models.items()
            if within in (None, key[0])
            and self.shown(key, allow)
            and all(has(model, name) for name in require)
            and not any(has(model, name) for name in forbid)
        )

    def get(self, provider: str, name: str) -> tuple[str, str]:
        provider = self.provider(provider)
        for key in [
            *[key for key in self.models if key == (provider, name)],
            *[key for key in self.models if key[0] == provider and name in self.names(key)],
        ]:
            if not self.shown(key):
                raise Fault("ModelNotAllowedError")
            return key
        known = f"{provider}:{name}" in self.tail["removed"] or self.was_listed(provider, name)
        denied = any(one == provider and fnmatch.fnmatchcase(name, pattern) for one, pattern in self.deny)
        if denied and not known:
            raise Fault("ModelNotAllowedError")
        raise Fault("UnknownModelError")

    def split(self, text: str) -> tuple[str, str] | None:
        """The plain reading of a model spec without `%XX`, which has its own tests."""
        head, colon, tail = text.partition(":")
        if colon and (provider := self.provider_id(head)) is not None:
            return provider, tail.strip()
        head, at, tail = text.rpartition("@")
        if at and (provider := self.provider_id(tail)) is not None:
            return provider, head.strip()
        return self.by_slash(text)

    def by_slash(self, text: str) -> tuple[str, str] | None:
        """The reading `provider/model` of a text: that provider has, had, excludes or denies such a model."""
        head, slash, rest = text.partition("/")
        rest = rest.strip()
        provider = self.provider_id(head)
        if not slash or not rest or provider is None:
            return None
        for name in (rest, text):
            if self.serves(provider, name):
                return provider, name
        denied = any(one == provider and fnmatch.fnmatchcase(rest, pattern) for one, pattern in self.deny)
        removed = f"{provider}:{rest}" in self.tail["removed"]
        return (provider, rest) if denied or removed or self.was_listed(provider, rest) else None

    def once_written(self, text: str) -> bool:
        """Whether the provider before the first `/` had a model whose id is another spelling of the rest."""
        head, slash, rest = text.partition("/")
        provider = self.provider_id(head) if slash and rest else None
        ids = self.past_ids(provider) if provider is not None else ()
        return any(one == other for name in ids for one, other in zip(letters(name), letters(rest), strict=True))

    def written(self, text: str) -> list[tuple[str, str]]:
        """The models of the provider before the first `/` whose id is another spelling of the rest."""
        head, slash, rest = text.partition("/")
        provider = self.provider_id(head) if slash and rest else None

        whole, last = letters(rest)
        own = {key: letters(key[1]) for key in self.models if key[0] == provider}
        return [key for key, names in own.items() if whole == names[0] or last == names[1]]

    def resolve(self, text: str, scope: str | None = None, prefer: list[str] | None = None) -> tuple[str, str]:
        text = text.strip()
        within = None if scope in (None, "all") else self.provider(str(scope))
        wanted = [self.provider(name) for name in prefer or []]
        if within is not None and any(key[0] == within and text in self.names(key) for key in self.models):
            return self.get(within, text)
        spec = self.split(text)
        if not text or (spec is not None and not spec[1]):
            raise Fault("InvalidSpecError")
        if spec is not None:
            if within not in (None, spec[0]):
                raise Fault("UnknownModelError")
            return self.get(*spec)
        if within is not None:
            return self.get(within, text)
        shown = [key for key in self.models if text in self.names(key) and self.shown(key)]
        by_id = [key for key in shown if key[1] == text]
        by_served = [key for key in shown if text in self.models[key].get("served_as", [])]
        found = sorted(by_id or by_served or shown)
        ranked = [key for name in wanted for key in found if key[0] == name]
        if ranked:
            return ranked[0]
        written = self.written(text)
        if written and not any(map(self.shown, written)):
            raise Fault("ModelNotAllowedError")
        if not written and self.once_written(text):
            raise Fault("UnknownModelError")
        if len(found) == 1 and not written:
            return found[0]
        if found:
            raise Fault("AmbiguousModelError")
        hidden = any(text in self.names(key) for key in self.models)
        raise Fault("ModelNotAllowedError" if hidden else "UnknownModelError")

    def state(self, key: tuple[str, str], at: str) -> str:
        model = self.models[key]
        if "retires" in model and model["retires"] <= at:
            return "retired"
        if model.get("deprecated", False):
            return "deprecated"
        return "preview" if self.early(key) else "ga"

    def early(self, key: tuple[str, str]) -> bool:
        """Whether a model is a preview, also one that is deprecated."""
        parts = re.split("[^a-z0-9]+", last_part(key[1]))
        unready = bool({"preview", "exp", "experimental"} & {*parts})
        status = self.models[key].get("status")
        if status is None:  # the first part is a name: `alpha-7b`
            unready = unready or any(part.rstrip("0123456789") in ("alpha", "beta") for part in parts[1:])
        return unready or status in ("alpha", "beta")

    def verdicts(self, key: tuple[str, str], question: dict[str, Any]) -> dict[str, bool | None]:
        """What a message says of the models that a condition leaves out -> whether it holds; None: not stated."""
        model, likely = self.models[key], self.likely[key]
        cost, limits, modalities = (model.get(part, {}) for part in ("cost", "limits", "modalities"))
        found: dict[str, bool | None] = {}
        unknown = question.get("unknown") or "no"
        for says, (name, wanted) in _asked_flags(question).items():
            fits: bool | None = has(model, name) is wanted
            if not fits and not stated(model, name):
                lenient = unknown == "yes" or (unknown == "likely" and name in likely)
                fits = True if lenient and wanted and not FLAGS[name][1] else None
            found[says] = fits

        def test(name: str, says: str, holds: Callable[[Any], bool | None]) -> None:
            wanted = question.get(name)
            if wanted is not None:
                shown = _texts(wanted) if name in TEXTS else wanted
                text = " or ".join(shown) if name in TEXTS else f"{wanted:,}" if name in TOKENS else str(wanted)
                found[says.format(text)] = holds(shown)

        def bound(value: Any, holds: Callable[[Any, Any], bool]) -> Callable[[Any], bool | None]:
            return lambda wanted: None if value is None else holds(value, wanted)

        def all_in(listed: list[str]) -> Callable[[Any], bool | None]:
            return lambda wanted: {*wanted} <= {one.lower() for one in listed} if listed else None

        test("kind", "of another kind than {}", lambda wanted: model.get("kind", "chat").lower() in wanted)
        test("input", "without input of {}", all_in(modalities.get("input", [])))
        test("output", "without output of {}", all_in(modalities.get("output", [])))
        test("min_context", "with a smaller context than {}", bound(limits.get("context"), operator.ge))
        test("min_output", "with a smaller output than {}", bound(limits.get("output"), operator.ge))
        test("max_price_input", "with a higher price of input than {}", bound(cost.get("input"), operator.le))
        test("max_price_output", "with a higher price of output than {}", bound(cost.get("output"), operator.le))
        test(
            "released_after",
            "not released after {}",
            bound(model.get("release_date"), lambda value, wanted: value > str(wanted)),
        )
        test(
            "open_weights",
            "of which open_weights is not {}",
            bound(model.get("open_weights"), lambda value, wanted: value is wanted),
        )
        test(
            "family",
            "of another family than {}",
            bound(model.get("family"), lambda value, wanted: value.lower() in wanted),
        )
        test(
            "tags",
            "without the tag {}",
            lambda wanted: {*wanted} <= {tag.lower() for tag in model.get("tags", [])},
        )

        def is_free(wanted: bool) -> bool | None:
            prices = [cost.get("input"), cost.get("output")]
            if model.get("kind") == "embedding" and prices[1] is None:
                prices = prices[:1]
            if self.providers[key[0]].get("billing", "usage") != "usage" or any(price for price in prices):
                return not wanted
            return wanted if None not in prices else None

        test("free", "of which free is not {}", is_free)
        billing = self.providers[key[0]].get("billing", "usage")
        test("billing", "of another billing than {}", lambda wanted: billing in wanted)
        states = _states(question.get("lifecycle"))
        if states is not None:
            at = str(question.get("at") or self.today)
            known = ("ga", "preview", "deprecated", "retired")
            of = [state for state in known if state in states]
            text = f"retired by {at}" if of == [*known[:3]] else f"not {' or '.join(of)} on {at}"
            found[text] = self.state(key, at) in states
        if question.get("match") is not None:
            globs = _texts(question["match"])
            spec = f"{key[0]}:{key[1]}".lower()
            text = f"that {' or '.join(globs)} does not match"
            found[text] = any(fnmatch.fnmatchcase(spec, glob) for glob in globs)
        return found

    def considered(self, scope: Any = None) -> list[tuple[str, str]]:
        """The models that are shown, of the providers in a scope."""
        named = [scope] if isinstance(scope, str) else list(scope or ["all"])
        within = None if "all" in named else {self.provider(name) for name in named}
        return sorted(key for key in self.models if (within is None or key[0] in within) and self.shown(key))

    def listed(self, **question: Any) -> list[tuple[str, str]]:
        """The models that fit, in order of key; nothing holds by default."""
        return [
            key
            for key in self.considered(question.get("scope"))
            if all(holds for holds in self.verdicts(key, question).values())
        ]

    def chosen(self, question: dict[str, Any]) -> dict[str, Any]:
        """The question of a choice, with its defaults."""
        asked = {name: value for name, value in question.items() if value is not None}
        if not {"kind", "output"} & {*asked} and "without embeddings" not in _asked_flags(question):
            asked["kind"] = "chat"
        return {"lifecycle": "current", **asked}

    def candidates(self, **question: Any) -> list[tuple[str, str]]:
        """The models that fit, best first.

        Where neither a provider nor an order is asked for, makers come before resellers; else only among equals.
        """
        question = self.chosen(question)
        prefer = question.get("prefer")
        if prefer is None:
            first = [name for name in self.prefer if name in self.providers]
        else:
            first = [self.provider(name) for name in ([prefer] if isinstance(prefer, str) else prefer)]
        orders = question.get("order_by") or ["release"]
        orders = [orders] if isinstance(orders, str) else [*orders]
        makers_first = not first and not question.get("order_by") and question.get("scope") in (None, "all")
        asked_tags = _texts(question.get("tags", []))
        last = {"guard", "moving", "special"} - {*asked_tags}
        if {*_texts(question.get("output", []))} - {"text"}:
            last -= {"special"}

        day = str(question.get("at") or self.today)

        def rank(key: tuple[str, str]) -> tuple[Any, ...]:
            model = self.models[key]
            tags = {*model.get("tags", [])} | ({"moving"} if "resolves_to" in model else set())
            maker = self.provider_id(model["canonical"].partition("/")[0]) if "canonical" in model else None
            resold = maker != key[0]
            group = first.index(key[0]) if key[0] in first else len(first)
            gone = self.state(key, day) == "retired"
            parts: list[Any] = [
                gone,
                model.get("deprecated", False),
                bool(tags & last),
                resold if makers_first else group,
            ]
            parts.append(self.early(key))
            parts += [key if order == "id" else getattr(self, f"_by_{order}")(key, question) for order in orders]
            return (*parts, resold, key)

        return sorted(self.listed(**question), key=rank)

    def _by_release(self, key: tuple[str, str], _: Any) -> Any:
        # As a number: a month without a day stands before its days, and newest is first.
        return -int(self.models[key].get("release_date", "").replace("-", "").ljust(8, "0"))

    def _by_context(self, key: tuple[str, str], _: Any) -> Any:
        context = self.models[key].get("limits", {}).get("context")
        return (context is None or self.is_far(key, "limits", "context", 4), -(context or 0))

    def _by_price(self, key: tuple[str, str], question: dict[str, Any]) -> Any:
        """What is stated and plausible, what is not plausible, zeros, then what no request costs, what is not known."""
        cost = self.models[key].get("cost", {})
        prices = [cost.get("input"), cost.get("output")]
        if self.models[key].get("kind") == "embedding":
            prices[1] = prices[1] or 0
        if None in prices:
            return (3, 0)
        planned = self.providers[key[0]].get("billing", "usage") != "usage"
        if planned or (sum(prices) == 0 and question.get("free") is not True):
            return (2, planned, sum(prices))
        return (any(self.is_far(key, "cost", name, 8) for name in ("input", "output")), sum(prices))

    def is_far(self, key: tuple[str, str], group: str, name: str, times: int) -> bool:
        """Whether a value is so many times off the median of the same model at all providers, which state four or more.

        Where two values are in the middle, it must be far from both.
        """

        def value(model: dict[str, Any]) -> Any:
            return model.get(group, {}).get(name)

        canonical = self.models[key].get("canonical")
        own = value(self.models[key])
        if canonical is None or not own:
            return False
        if (canonical, name) not in self._middles:
            same = [value(model) for model in self.models.values() if model.get("canonical") == canonical]
            values = [one for one in same if one]
            low, high = (Fraction(str(middle(values))) for middle in (statistics.median_low, statistics.median_high))
            self._middles[canonical, name] = len(values), low, high
        many, low, high = self._middles[canonical, name]
        own = Fraction(str(own))
        return many > 3 and (own >= high * times or own * times <= low)

    def removed(
        self, require: Any = None, forbid: Any = None, scope: Any = None, **more: Any
    ) -> tuple[int, dict[str, tuple[int, int]]]:
        """How many models `select` looks at, and how many each condition removes: all, and what is not stated."""
        question = self.chosen({"require": require, "forbid": forbid, "scope": scope, **more})
        keys = self.considered(scope)
        every = [self.verdicts(key, question) for key in keys]
        flags = _asked_flags(question)
        counts: dict[str, tuple[int, int]] = dict.fromkeys(flags, (0, 0))  # those are always counted
        for says in every[0] if every else ():
            found = [one[says] for one in every]
            out = sum(not holds for holds in found)
            if out or says in flags:
                counts[says] = (out, found.count(None))
        return len(keys), counts


TEXTS = {"kind", "input", "output", "family", "tags", "billing"}
TOKENS = {"min_context", "min_output"}


def last_part(model_id: str) -> str:
    """The last segment of an id, without a variant or a region behind it."""
    return re.split("[:@]", model_id.lower().rstrip("/").rpartition("/")[2])[0]


def _texts(value: Any) -> list[str]:
    return [text.strip().lower() for text in ([value] if isinstance(value, str) else value)]


def _asked_flags(question: dict[str, Any]) -> dict[str, tuple[str, bool]]:
    """What a message says -> the flag and the value that `require` and `forbid` ask of it."""
    found = {}
    for argument, wanted in (("require", True), ("forbid", False)):
        names = question.get(argument) or ()
        names = [names] if isinstance(names, str) else names
        for name in names:
            asked = wanted if not isinstance(names, dict) or names[name] else not wanted
            found[f"{'without' if asked else 'with'} {name}"] = (name, asked)
    return found


def _states(lifecycle: Any) -> set[str] | None:
    if lifecycle is None:
        return None
    named = {*_texts(lifecycle)}
    return (named - {"current"}) | ({"ga", "preview", "deprecated"} if "current" in named else set())

"""A catalogue read the plain way: `json.loads` of a whole snapshot file, and loops that anyone can check.

The lazy reads of `llm_models` are compared with this. It shares no code with them, and takes the defaults of
capabilities from the schemas.
"""

from __future__ import annotations

import fnmatch
import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from support import SCHEMAS

if TYPE_CHECKING:
    from collections.abc import Callable


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
    ) -> None:
        self.was_listed = was_listed
        self.today = datetime.now(UTC).date().isoformat()
        header, *rows, self.tail = json.loads(data)
        rows = [row for row in rows if isinstance(row, dict)]  # a merged configuration stands there as one string
        self.providers: dict[str, dict[str, Any]] = {row["provider"]["id"]: row["provider"] for row in rows}
        self.models: dict[tuple[str, str], dict[str, Any]] = {}
        for row in rows:
            for line in row["models"]:
                provider = row["provider"]["id"]
                self.models[provider, line["id"]] = filled(line, provider)
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

    def written(self, text: str) -> list[tuple[str, str]]:
        """The models of the provider before the first `/` whose id is another spelling of the rest."""

        head, slash, rest = text.partition("/")
        provider = self.provider_id(head) if slash and rest else None

        def letters(name: str) -> tuple[str, str]:
            whole, last = ("".join(filter(str.isalnum, one.lower())) for one in (name, name.rpartition("/")[2]))
            return whole, last

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
        if len(found) == 1 and not written:
            return found[0]
        if found:
            raise Fault("AmbiguousModelError")
        hidden = any(text in self.names(key) for key in self.models)
        raise Fault("ModelNotAllowedError" if hidden else "UnknownModelError")

    def candidates(
        self,
        require: Any = (),
        forbid: Any = (),
        prefer: list[str] | None = None,
        scope: str | None = None,
        order_by: str = "id",
    ) -> list[tuple[str, str]]:
        if prefer is None:
            first = [name for name in self.prefer if name in self.providers]
        else:
            first = [self.provider(name) for name in prefer]
        within = None if scope in (None, "all") else self.provider(str(scope))
        found = [key for key in self.list_models(within, require, forbid) if not self.retired(key)]

        def rank(key: tuple[str, str]) -> tuple[Any, ...]:
            model = self.models[key]
            place = first.index(key[0]) if within is None and key[0] in first else len(first)
            cost, limits = model.get("cost", {}), model.get("limits", {})
            by: tuple[Any, ...] = ()
            if order_by == "price":
                known = "input" in cost and "output" in cost
                by = (not known, cost.get("input", 0) + cost.get("output", 0) if known else 0)
            elif order_by == "context":
                by = (-limits.get("context", 0),)
            elif order_by == "release":
                # As a number: a month without a day stands before its days, and newest is first.
                digits = model.get("release_date", "").replace("-", "").ljust(8, "0")
                by = (-int(digits),)
            return (place, model.get("deprecated", False), *by, key)

        return sorted(found, key=rank)

    def removed(self, require: Any, forbid: Any, scope: str | None = None) -> tuple[int, dict[str, tuple[int, int]]]:
        """How many models there are, and how many each condition removes: all, and by a default alone."""
        keys = self.list_models(None if scope in (None, "all") else scope)
        counts: dict[str, tuple[int, int]] = {}
        for word, names, wanted in (("without", require, False), ("with", forbid, True)):
            for name in names:
                gone = [self.models[key] for key in keys if has(self.models[key], name) is wanted]
                counts[f"{word} {name}"] = (len(gone), sum(not stated(model, name) for model in gone))
        gone = [self.models[key] for key in keys if self.retired(key)]
        if gone:
            counts[f"retired by {self.today}"] = (len(gone), 0)
        return len(keys), counts

"""The catalogue that programs read: one immutable snapshot and every question to it; standard library only.

A `Snapshot` decodes what is asked for and keeps it. Nothing in it can change once it is made, so it is read
from any thread without a lock; the memos inside only ever gain what any other thread would compute the same.
They are keyed by canonical names alone, so that no user's text can make them grow.
"""

from __future__ import annotations

from llm_models import selection
from llm_models.errors import (
    AmbiguousModelError,
    InvalidSpecError,
    LLMModelsError,
    ModelNotAllowedError,
    NoMatchError,
    UnknownModelError,
    UnknownProviderError,
    did_you_mean,
    printable,
)
from llm_models.modelspec import fold_provider, format_spec, parse_spec, split_spec
from llm_models.records import Capabilities, Model, ModelKey, Provider

__all__ = ["Snapshot"]

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from typing import Any

    from llm_models.filters import Allow, Deny, Filters
    from llm_models.selection import Names
    from llm_models.snapshot_file import SnapshotFile

    Spec = str | tuple[str, str] | Model


class Snapshot:
    """A catalogue at one moment. `epoch` numbers it once it is published, and is 0 before.

    >>> import llm_models
    >>> llm_models.snapshot().get_model("openai", "gpt-4o-mini").limits.context
    128000
    """

    __slots__ = ("_by_id", "_filters", "_given", "_models", "_prefer", "_sets", "_specs", "_visible", "discovered", "epoch", "file")

    def __init__(
        self, file: SnapshotFile, *, prefer: Sequence[str] | None = None, allow: Allow = None, deny: Deny = None
    ) -> None:
        """A snapshot of what `file` holds; filters and preference come on top of those in its header.

        Raises `ConfigError` for a filter that names no known provider, `EmptyCatalogError` where nothing is left.
        """
        self.file = file
        self.epoch = 0
        self.discovered = False
        self._given = (prefer, allow, deny)
        self._models: dict[tuple[str, str], Model] = {}
        self._specs: dict[str, Model] = {}
        self._visible: dict[str, list[int]] = {}
        self._sets: dict[int, int] | None = None
        self._by_id: dict[str, list[ModelKey]] | None = None
        header = file.header["filters"]
        self._prefer: tuple[str, ...] = tuple(header.get("prefer", ()) if prefer is None else prefer)
        self._filters: Filters | None = None
        if allow is not None or deny or header.get("allow") is not None or header.get("deny"):
            self._filters = self._make_filters(header, allow, deny)

    def _make_filters(self, header: dict[str, Any], allow: Allow, deny: Deny) -> Filters:
        from llm_models.filters import Filters

        known = self.file.header["blocks"]
        filters = Filters(header.get("allow") if allow is None else allow, deny, known)
        for provider, patterns in header.get("deny", {}).items():  # deny unites over layers
            filters.deny[provider] = [*patterns, *filters.deny.get(provider, [])]
        return filters

    # What it is

    @property
    def date(self) -> str | None:
        """The catalogue's date, `YYYY-MM-DD`: the latest day on which its source looked at a model."""
        date: str | None = self.file.header.get("date")
        return date

    @property
    def digest(self) -> str:
        """SHA-256 of the content, in hex: equal digests are equal catalogues."""
        digest: str = self.file.header["digest"]
        return digest

    @property
    def prefer(self) -> tuple[str, ...]:
        """The providers that `select` and `candidates` try first when not told otherwise."""
        return self._prefer

    def __len__(self) -> int:
        """How many models are shown."""
        return sum(len(self._shown(provider)) for provider in self.file.header["blocks"])

    def __repr__(self) -> str:
        counts = self.file.header["counts"]
        return f"<Snapshot {self.date}: {counts['models']} models of {counts['providers']} providers>"

    def __reduce__(self) -> tuple[Any, ...]:
        return _restore, (self.file, *self._given)

    def __deepcopy__(self, _memo: object) -> Snapshot:
        return self

    # Names

    def parse_provider(self, text: str) -> str:
        """The id of the provider that `text` names in any spelling. Raises `UnknownProviderError`.

        >>> llm_models.parse_provider("Google-Vertex")
        'google_vertex'
        """
        known = self.file.header["blocks"]
        if isinstance(text, str):
            if text in known:
                return text
            provider = fold_provider(text)
            if provider in known:
                return provider
            hint = did_you_mean(provider, known)
        else:
            hint = ""
        raise UnknownProviderError(f"unknown provider '{printable(text)}'.{hint}", provider=text)

    def parse_spec(self, text: str) -> ModelKey:
        """The key that a model spec names; the model need not exist. Raises `InvalidSpecError`."""
        return parse_spec(text, self.file.header["blocks"])

    def format_spec(self, key: tuple[str, str], style: str = "colon") -> str:
        """The model spec of `key` as `"colon"`, `"at"` or `"filename"`; `parse_spec` reads each back."""
        return format_spec(key, style, self.file.header["blocks"])

    # Providers and models

    def list_providers(self) -> list[str]:
        """The ids of the providers that show a model, sorted."""
        blocks = self.file.header["blocks"]
        if self._filters is None:
            return [provider for provider, place in blocks.items() if place[3]]
        return [provider for provider in blocks if self._shown(provider)]

    def get_provider(self, provider: str) -> Provider:
        """The record of a provider, given in any spelling. Raises `UnknownProviderError`."""
        return Provider.from_dict(self.file.block(self.parse_provider(provider)).provider)

    def list_models(
        self, provider: str | None = None, *, require: Names = None, forbid: Names = None, allow: Allow = None
    ) -> list[Model]:
        """The models of one provider, or of all, that have and lack those capabilities, sorted by key.

        `allow` takes the shape of the configuration's and narrows this one answer. No match is an empty list.
        Raises `UnknownProviderError`, `UnknownCapabilityError`, `ConfigError`.
        """
        masks = selection.capability_masks(require, forbid)
        providers = self.file.header["blocks"] if provider is None else [self.parse_provider(provider)]
        narrowed = None if allow is None else self._make_filters({}, allow, None)
        return [
            self._model(name, place)
            for name in providers
            for place in self._matching(name, *masks)
            if narrowed is None or narrowed.reason(name, self.file.block(name).names(place)) is None
        ]

    def get_model(self, provider: str, model_id: str) -> Model:
        """The model that `provider` serves under that id or alias.

        Raises `UnknownProviderError`, `UnknownModelError` or `ModelNotAllowedError`.
        """
        try:
            return self._models[provider, model_id]
        except (KeyError, TypeError):
            return self._find(self.parse_provider(provider), model_id)

    def resolve(self, spec: Spec, *, scope: str | None = None, prefer: Iterable[str] | None = None) -> Model:
        """The model that a model spec, a key or a bare id names.

        `scope` is a provider, or `"all"`. A bare id that several providers serve is an `AmbiguousModelError`
        that lists them, unless one of them stands in `prefer`. Raises the other lookup errors as `get_model`,
        and `InvalidSpecError`.
        """
        if scope is None:
            try:
                return self._specs[spec]  # type: ignore[index]
            except (KeyError, TypeError):
                pass
        within = None if scope in (None, "all") else self.parse_provider(str(scope))
        if isinstance(spec, str):
            return self._resolve_text(spec.strip(), within, prefer)
        key = _as_key(spec)
        key = ModelKey(self.parse_provider(key.provider), key.id)
        self._check_scope(key, within)
        return self.get_model(*key)

    def capabilities(self, spec: Spec) -> Capabilities:
        """What the model can do; `spec` and errors as for `resolve`."""
        return self.resolve(spec).capabilities

    def allowed(self, spec: Spec) -> bool:
        """Whether `resolve(spec)` would succeed; text and keys of any kind are answered, never an error."""
        try:
            self.resolve(spec)
        except LLMModelsError:
            return False
        return True

    # Choosing

    def select(
        self,
        *,
        require: Names = None,
        forbid: Names = None,
        prefer: Iterable[str] | None = None,
        scope: str | None = None,
        order_by: str = "id",
    ) -> Model:
        """The first of `candidates`. Raises `NoMatchError`, which says what each condition removed."""
        masks = selection.capability_masks(require, forbid)
        for model in self._ordered(masks, prefer, scope, order_by):
            return model
        raise self._no_match(masks, scope)

    def candidates(
        self,
        *,
        require: Names = None,
        forbid: Names = None,
        prefer: Iterable[str] | None = None,
        scope: str | None = None,
        order_by: str = "id",
    ) -> list[Model]:
        """The models that have and lack those capabilities, best first.

        Preferred providers come first, in order; all others are one group. Within each: deprecated last, then
        `order_by`: `"id"` (provider, id), `"price"` (input plus output, unknown last), `"context"` (largest
        first) or `"release"` (newest first). `prefer` left out is the catalogue's own.
        """
        return list(self._ordered(selection.capability_masks(require, forbid), prefer, scope, order_by))

    # Inside

    def _shown(self, provider: str) -> Sequence[int]:
        """The places of the models of a provider that no filter hides."""
        block = self.file.block(provider)
        if self._filters is None:
            return range(len(block.ids))
        try:
            return self._visible[provider]
        except KeyError:
            reason = self._filters.reason
            shown = [p for p in range(len(block.ids)) if reason(provider, block.names(p)) is None]
            return self._visible.setdefault(provider, shown)

    def _matching(self, provider: str, must: int, must_not: int) -> Iterator[int]:
        bits = self.file.block(provider).bits
        for place in self._shown(provider):
            have = bits[place]
            if have & must == must and not have & must_not:
                yield place

    def _model(self, provider: str, place: int) -> Model:
        """The record at a place that is shown; decoded once."""
        block = self.file.block(provider)
        key = (provider, block.ids[place])
        model = self._models.get(key)
        if model is None:
            model = Model.from_dict(effective(block.model(place), provider))
            self._models[key] = self._specs[model.spec] = model
        return model

    def _find(self, provider: str, name: str) -> Model:
        block = self.file.block(provider)
        try:
            place = block.places.get(name)
            if place is None:
                place = block.places[block.aliases[name]]
        except (KeyError, TypeError):
            raise self._unknown(provider, name) from None
        if self._filters is not None:
            hidden = self._filters.reason(provider, block.names(place))
            if hidden is not None:
                section, pattern = hidden
                why = f"deny pattern '{printable(pattern)}'" if section == "deny" else "allow, which does not name it,"
                spec = f"{provider}:{block.ids[place]}"
                raise ModelNotAllowedError(
                    f"{printable(spec)} is shut out by {why} of the configuration", spec=spec, pattern=pattern
                )
        return self._model(provider, place)

    def _unknown(self, provider: str, name: object) -> UnknownModelError:
        spec = f"{provider}:{name}"
        removed = self.file.tail()["removed"].get(spec)
        if removed is not None:
            where = f" ({removed['place']})" if removed.get("place") else ""
            why = f"{printable(spec)} is excluded by pattern '{printable(removed['pattern'])}'{where}"
            return UnknownModelError(why, spec=spec)
        block = self.file.block(provider)
        hint = did_you_mean(str(name), [*block.ids, *block.aliases]) if block.ids else " That provider has no models."
        return UnknownModelError(f"{provider} has no model '{printable(str(name)[:300])}'.{hint}", spec=spec)

    def _index(self) -> dict[str, list[ModelKey]]:
        """Every shown id, and every alias that is no id, with the keys it stands for."""
        if self._by_id is None:
            index: dict[str, list[ModelKey]] = {}
            aliases: dict[str, list[ModelKey]] = {}
            for provider in self.file.header["blocks"]:
                block = self.file.block(provider)
                shown = [block.ids[place] for place in self._shown(provider)]
                for model_id in shown:
                    index.setdefault(model_id, []).append(ModelKey(provider, model_id))
                if block.aliases:
                    visible = set(shown)
                    for alias, target in block.aliases.items():
                        if target in visible:
                            aliases.setdefault(alias, []).append(ModelKey(provider, target))
            self._by_id = {**aliases, **index}
        return self._by_id

    def _resolve_text(self, text: str, within: str | None, prefer: Iterable[str] | None) -> Model:
        if within is not None:
            block = self.file.block(within)
            if text in block.places or text in block.aliases:
                return self._find(within, text)
        known = self.file.header["blocks"]
        key = split_spec(text, known)
        if key is None and text:
            if within is not None:
                raise self._unknown(within, text)
            return self._resolve_bare(text, prefer)
        if key is None or not key.id:
            key = parse_spec(text, known)  # says what is missing
        self._check_scope(key, within)
        return self.get_model(*key)

    def _resolve_bare(self, name: str, prefer: Iterable[str] | None) -> Model:
        keys = self._index().get(name, [])
        if len(keys) > 1:
            for provider in self._providers(prefer or ()):
                chosen = [key for key in keys if key.provider == provider]
                if chosen:
                    keys = chosen
                    break
        if len(keys) == 1:
            return self.get_model(*keys[0])
        if keys:
            specs = tuple([f"{key.provider}:{key.id}" for key in keys])
            listed = ", ".join(map(printable, specs[:8])) + (f" and {len(specs) - 8} more" if len(specs) > 8 else "")
            raise AmbiguousModelError(
                f"'{printable(name)}' is served by {len(specs)} providers: {listed}. Name one, or pass prefer=",
                spec=name,
                specs=specs,
            )
        if self._filters is not None:
            for provider in self.file.header["blocks"]:
                block = self.file.block(provider)
                if name in block.places or name in block.aliases:
                    return self._find(provider, name)  # hidden, which it says
        reading = _as_spec_error(name, self.file.header["blocks"]) if ":" in name or "@" in name else ""
        hint = did_you_mean(name, self._index())
        raise UnknownModelError(f"no provider has a model '{printable(name[:300])}'.{hint}{reading}", spec=name)

    @staticmethod
    def _check_scope(key: ModelKey, within: str | None) -> None:
        if within is not None and key.provider != within:
            spec = f"{key.provider}:{key.id}"
            raise UnknownModelError(f"{printable(spec)} is outside the scope '{within}'", spec=spec)

    def _providers(self, names: Iterable[str]) -> list[str]:
        listed = (names,) if isinstance(names, str) else names
        return list(dict.fromkeys([self.parse_provider(name) for name in listed]))

    def _capability_sets(self) -> dict[int, int]:
        """Every capability set that a shown model has, with how many have it."""
        if self._sets is None:
            sets: dict[int, int] = {}
            for provider in self.file.header["blocks"]:
                bits = self.file.block(provider).bits
                for place in self._shown(provider):
                    sets[bits[place]] = sets.get(bits[place], 0) + 1
            self._sets = sets
        return self._sets

    def _ordered(
        self, masks: tuple[int, int], prefer: Iterable[str] | None, scope: str | None, order_by: str
    ) -> Iterator[Model]:
        rank = selection.sort_key(order_by)
        if prefer is None:
            # A file may name a provider that is gone; an argument may not.
            first = [name for name in dict.fromkeys(self._prefer) if name in self.file.header["blocks"]]
        else:
            first = self._providers(prefer)
        if scope in (None, "all"):
            if self._sets is not None and not any(h & masks[0] == masks[0] and not h & masks[1] for h in self._sets):
                return
            others = [provider for provider in self.file.header["blocks"] if provider not in first]
        else:
            within = self.parse_provider(str(scope))
            first, others = [], [within]
        for group in ([name] for name in first):
            yield from self._group(group, masks, rank)
        yield from self._group(others, masks, rank)

    def _group(self, providers: list[str], masks: tuple[int, int], rank: Any) -> Iterator[Model]:
        must, must_not = masks
        gone = selection.DEPRECATED
        for also, never in ((0, gone), (gone, 0)):
            found = ((p, place) for p in providers for place in self._matching(p, must | also, must_not | never))
            if rank is None:
                for provider, place in found:
                    yield self._model(provider, place)
            else:  # sorting is stable, so that ties stand by key
                yield from sorted([self._model(provider, place) for provider, place in found], key=rank)

    def _no_match(self, masks: tuple[int, int], scope: str | None) -> NoMatchError:
        if scope in (None, "all"):
            sets = self._capability_sets()
            where = ""
        else:
            provider = self.parse_provider(str(scope))
            bits = self.file.block(provider).bits
            sets = {}
            for place in self._shown(provider):
                sets[bits[place]] = sets.get(bits[place], 0) + 1
            where = f" of {provider}"
        removed: dict[str, tuple[int, int]] = {}
        for mask, word in ((masks[0], "without"), (masks[1], "with")):
            for name, bit in selection.BIT.items():
                if mask & bit:
                    lacking = [(h, n) for h, n in sets.items() if bool(h & bit) is (word == "with")]
                    by_default = sum(n for h, n in lacking if not h & (bit << selection.STATED))
                    removed[f"{word} {name}"] = (sum(n for _, n in lacking), by_default)
        total = sum(sets.values())
        parts = [f"{n} {what}" + (f" ({d} only by default)" if d else "") for what, (n, d) in removed.items()]
        counted = f": {', '.join(parts)}" if parts else ""
        return NoMatchError(f"no model fits; of {total} models{where}{counted}", considered=total, removed=removed)


def effective(data: dict[str, Any], provider: str) -> dict[str, Any]:
    """A model's line as the data of its record: what is derived fills what is not stated."""
    derived = data.pop("derived", None)
    data["provider"] = provider
    if derived:
        capabilities = derived.pop("capabilities", None)
        if capabilities:
            data["capabilities"] = {**capabilities, **data.get("capabilities", {})}
        for name, value in derived.items():
            data.setdefault(name, value)
    data.setdefault("provider_model_id", data["id"])
    return data


def _as_key(spec: object) -> ModelKey:
    """The key that a model or a pair of texts is. Raises `InvalidSpecError`."""
    if isinstance(spec, Model):
        return spec.key
    if isinstance(spec, tuple) and len(spec) == 2 and isinstance(spec[0], str) and isinstance(spec[1], str):
        return ModelKey(*spec)
    raise InvalidSpecError(
        f"a model is named by text ('openai:gpt-4o-mini') or by a pair (provider, id), not {printable(spec)[:200]}"
    )


def _as_spec_error(name: str, known: dict[str, Any]) -> str:
    try:
        parse_spec(name, known)
    except LLMModelsError as error:
        return f" ({error})"
    return ""


def _restore(file: SnapshotFile, prefer: Any, allow: Any, deny: Any) -> Snapshot:
    return Snapshot(file, prefer=prefer, allow=allow, deny=deny)

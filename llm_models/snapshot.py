"""The catalogue that programs read: one immutable snapshot and every question to it; standard library only.

A `Snapshot` decodes what is asked for and keeps it. Nothing in it can change once it is made, so it is read
from any thread without a lock. How questions are answered stands in `view` (what is shown), `lookup` (names)
and `selection` (capabilities).
"""

from __future__ import annotations

from llm_models import selection
from llm_models.errors import LLMModelsError
from llm_models.lookup import locate, parse_provider, place_of
from llm_models.modelspec import format_spec, parse_spec
from llm_models.view import View

__all__ = ["Snapshot"]

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from typing import Any

    from llm_models.filters import Allow, Deny
    from llm_models.provenance import Explanation
    from llm_models.records import Capabilities, Model, ModelKey, Provider
    from llm_models.selection import Names
    from llm_models.snapshot_file import SnapshotFile
    from llm_models.view import Place

    Spec = str | tuple[str, str] | Model


class Snapshot:
    """A catalogue at one moment. `epoch` numbers it once it is published, and is 0 before.

    >>> llm_models.snapshot().get_model("openai", "gpt-4o-mini").limits.context
    128000
    """

    __slots__ = ("_given", "_models", "_prefer", "discovered", "epoch", "file", "overrides", "view")

    def __init__(
        self, file: SnapshotFile, *, prefer: Sequence[str] | None = None, allow: Allow = None, deny: Deny = None
    ) -> None:
        """A snapshot of what `file` holds, with filters and preference on top of those in its header.

        `deny` is united with the header's; `allow` and `prefer` take their place. Raises `ConfigError` for a
        filter that names no known provider, `EmptyCatalogError` where nothing is left.
        """
        stated = file.header["filters"]
        filters = None
        if allow is not None or deny is not None or stated.get("allow") is not None or stated.get("deny"):
            from llm_models.filters import Filters

            given = Filters(allow, deny, file.blocks)
            weaker = stated.get("allow") if allow is None else None
            filters = given.over(weaker, stated.get("deny"))
            # As they were read: what the caller gave may change, or be a generator.
            allow, deny = None if allow is None else given.allow or "all", given.deny
        self.file = file
        self.epoch = 0
        self.discovered = False
        """Whether its configuration was merely found by walking upwards: who trusts it with a key may care."""
        self.overrides: Mapping[str, Any] | None = None
        """What `load(overrides=...)` was given, immutable: the program's own word."""
        self.view = View(file, filters)
        self._models = self.view.models
        self._prefer = tuple(dict.fromkeys(stated.get("prefer", ()) if prefer is None else prefer))
        self._given = (None if prefer is None else self._prefer, allow, deny)

    # What it is

    @property
    def date(self) -> str | None:
        """The catalogue's date, `YYYY-MM-DD`: the latest day on which its source looked at a model."""
        date: str | None = self.file.header.get("date")
        return date

    @property
    def digest(self) -> str:
        """SHA-256 of the content, in hex: equal digests are equal catalogues."""
        return self.file.digest

    @property
    def prefer(self) -> tuple[str, ...]:
        """The providers that `select` and `candidates` try first when not told otherwise."""
        return self._prefer

    def __len__(self) -> int:
        """How many models are shown."""
        return sum(map(self.view.count, self.view.known))

    def __bool__(self) -> bool:
        return True  # there is no empty catalogue

    def __repr__(self) -> str:
        counts = self.file.header["counts"]
        return f"<Snapshot {self.date}: {counts['models']} models of {counts['providers']} providers>"

    def __reduce__(self) -> tuple[Any, ...]:
        return _restore, (self.file, *self._given, self.discovered, self.overrides)

    def __copy__(self) -> Snapshot:
        return self

    def __deepcopy__(self, _memo: object) -> Snapshot:
        return self

    # Names

    def parse_provider(self, text: str) -> str:
        """The id of the provider that `text` names in any spelling. Raises `UnknownProviderError`.

        >>> llm_models.snapshot().parse_provider("Google-Vertex")
        'google_vertex'
        """
        return parse_provider(text, self.view.known)

    def parse_spec(self, text: str) -> ModelKey:
        """The key that a model spec names; the model need not exist. Raises `InvalidSpecError`.

        >>> llm_models.snapshot().parse_spec("gpt-4o-mini@openai")
        ModelKey(provider='openai', id='gpt-4o-mini')
        """
        return parse_spec(text, self.view.known)

    def format_spec(self, key: tuple[str, str], style: str = "colon") -> str:
        """The model spec of `key` as `"colon"`, `"at"` or `"filename"`; `parse_spec` reads each back.

        Raises `InvalidSpecError` for another style.

        >>> llm_models.snapshot().format_spec(("openai", "gpt-4o-mini"), "at")
        'gpt-4o-mini@openai'
        """
        return format_spec(key, style, self.view.known)

    # Providers and models

    def list_providers(self) -> list[str]:
        """The ids of the providers that show a model, sorted.

        >>> "openai" in llm_models.snapshot().list_providers()
        True
        """
        return [provider for provider in self.view.known if self.view.count(provider)]

    def get_provider(self, provider: str) -> Provider:
        """The record of a provider, given in any spelling. Raises `UnknownProviderError`.

        >>> llm_models.snapshot().get_provider("openai").env
        ('OPENAI_API_KEY',)
        """
        return self.view.provider(self.parse_provider(provider))

    def list_models(
        self, provider: str | None = None, *, require: Names = None, forbid: Names = None, allow: Allow = None
    ) -> list[Model]:
        """The models of one provider, or of all, that have and lack those capabilities, sorted by key.

        `allow` takes the shape of the configuration's and narrows this one answer. No match is an empty list.
        Raises `UnknownProviderError`, `UnknownCapabilityError`, `ConfigError`.

        >>> [model.id for model in llm_models.snapshot().list_models("openai", require=["embeddings"])][-1]
        'text-embedding-ada-002'
        """
        masks = selection.capability_masks(require, forbid)
        view = self.view
        providers = view.known if provider is None else [self.parse_provider(provider)]
        if allow is None:
            return [
                model for name in providers for model in view.models_at(name, selection.matching(view, name, *masks))
            ]
        from llm_models.filters import Filters

        narrowed = Filters(allow, None, view.known)
        models: list[Model] = []
        for name in providers:
            names = view.file.block(name).names
            places = selection.matching(view, name, *masks)
            models += view.models_at(name, [place for place in places if narrowed.reason(name, names(place)) is None])
        return models

    def get_model(self, provider: str, model_id: str) -> Model:
        """The model that `provider` serves under that id or alias.

        Raises `UnknownProviderError`, `UnknownModelError` or `ModelNotAllowedError`.

        >>> llm_models.snapshot().get_model("openai", "gpt-4o-mini").cost.input
        0.15
        """
        try:
            return self._models[provider][model_id]
        except (KeyError, TypeError):
            pass
        return self._found(place_of(self.view, self.parse_provider(provider), model_id))

    def resolve(self, spec: Spec, *, scope: str | None = None, prefer: Iterable[str] | None = None) -> Model:
        """The model that a model spec, a key or a bare id names.

        `scope` is a provider, or `"all"`. A bare id that several providers serve is an `AmbiguousModelError`
        that lists them, unless one of them stands in `prefer`. Raises the other lookup errors as `get_model`,
        and `InvalidSpecError`.

        >>> llm_models.snapshot().resolve("gpt-4o-mini", scope="openai").spec
        'openai:gpt-4o-mini'
        """
        if scope is None and prefer is None and isinstance(spec, str):
            provider, _, model_id = spec.partition(":")
            try:
                return self._models[provider][model_id]
            except KeyError:
                pass
        within = self._scope(scope)
        return self._found(locate(self.view, spec, within, self._providers(prefer or ())))

    def capabilities(self, spec: Spec) -> Capabilities:
        """What the model can do; `spec` and errors as for `resolve`.

        >>> llm_models.snapshot().capabilities("openai:gpt-4o-mini").tools.enabled
        True
        """
        return self.resolve(spec).capabilities

    def allowed(self, spec: Spec) -> bool:
        """Whether `resolve(spec)` would succeed; text and keys of any kind are answered, never an error.

        >>> llm_models.snapshot().allowed("openai:no-such-model")
        False
        """
        try:
            return isinstance(locate(self.view, spec, None, ()), tuple)
        except LLMModelsError:
            return False

    def explain(self, spec: Spec, field: str | None = None) -> Explanation:
        """Where the values of a model come from, also of a denied or excluded one; see `provenance.explain`.

        >>> llm_models.snapshot().explain("openai:gpt-4o-mini", "limits.context").fields[0].layer
        'models_dev'
        """
        from llm_models.provenance import explain

        return explain(self, spec, field)

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
        """The first of `candidates`. Raises `NoMatchError`, which says what each condition removed.

        >>> llm_models.snapshot().select(require=["chat", "tools"], prefer=["openai"]).provider
        'openai'
        """
        return selection.select(self.view, *self._query(require, forbid, prefer, scope, order_by))

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
        first) or `"release"` (newest first). `prefer` left out is the catalogue's own. No match is an empty list.
        Raises `UnknownProviderError`, `UnknownCapabilityError`, and `ValueError` for another order.

        >>> llm_models.snapshot().candidates(scope="openai", order_by="price")[0].provider
        'openai'
        """
        return list(selection.ordered(self.view, *self._query(require, forbid, prefer, scope, order_by)))

    # Inside

    def _found(self, found: Place | Callable[[], LLMModelsError]) -> Model:
        if isinstance(found, tuple):
            return self.view.model(*found)
        raise found()

    def _query(
        self, require: Names, forbid: Names, prefer: Iterable[str] | None, scope: str | None, order_by: str
    ) -> tuple[tuple[int, int], list[str], str | None, str]:
        """What `selection` asks: masks, preferred providers, the only provider, order; all of them checked."""
        masks = selection.capability_masks(require, forbid)
        selection.check_order(order_by)
        if prefer is None:
            first = [name for name in self._prefer if name in self.view.known]  # a file may name one that is gone
        else:
            first = self._providers(prefer)  # an argument may not
        return masks, first, self._scope(scope), order_by

    def _scope(self, scope: str | None) -> str | None:
        return None if scope is None or scope == "all" else self.parse_provider(scope)

    def _providers(self, names: Iterable[str]) -> list[str]:
        listed = (names,) if isinstance(names, str) else names
        return list(dict.fromkeys([self.parse_provider(name) for name in listed]))


def _restore(file: SnapshotFile, prefer: Any, allow: Any, deny: Any, discovered: bool, overrides: Any) -> Snapshot:
    restored = Snapshot(file, prefer=prefer, allow=allow, deny=deny)
    restored.discovered, restored.overrides = discovered, overrides
    return restored

"""The catalogue that programs read: one immutable snapshot, and the methods that answer questions about it.

Standard library only. A `Snapshot` decodes what is asked for and keeps it. It never changes, so any thread may read it
without a lock. The answers come from `view` (what is shown), `lookup` (names) and `selection` (capabilities).
"""

from __future__ import annotations

from llm_models.frozen import FrozenDict, Immutable
from llm_models.lookup import asked_name, locate, parse, parse_provider, row_of_pair
from llm_models.modelspec import fold_provider, format_spec
from llm_models.records import Model
from llm_models.view import View

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from typing import Any, Literal, Unpack

    from llm_models.bills import Bill, Prices
    from llm_models.choices import Choice, Question
    from llm_models.counts import Usage
    from llm_models.endpoints import Endpoint
    from llm_models.errors import LLMModelsError
    from llm_models.filters import Allow, Deny
    from llm_models.frozen import ModelKey
    from llm_models.hits import SearchResult
    from llm_models.listings import ModelHistory, ProviderHistory
    from llm_models.matches import NameMatch
    from llm_models.modelspec import Style
    from llm_models.offering import Offer
    from llm_models.paths import Folder, FoundFile
    from llm_models.provenance import Explanation
    from llm_models.records import Capabilities, Provider
    from llm_models.snapshot_file import SnapshotFile
    from llm_models.validity import Moment
    from llm_models.view import ModelRow

    Spec = str | tuple[str, str] | Model
    Text = str | None


class Snapshot(Immutable):
    """A catalogue at one moment, which never changes. It has the questions of the package as methods.

    `epoch` is its number once it is published, and 0 before. `prefer` are the providers that `select` tries first.

    >>> llm_models.snapshot().get_model("openai", "gpt-5.4-mini").limits.context
    400000
    """

    __slots__ = (
        "_given", "_gone", "_models", "_texts", "epoch", "file", "found", "from_program", "named", "prefer", "view",
    )  # fmt: skip

    def __init__(
        self, file: SnapshotFile, prefer: Iterable[str] | None = None, allow: Allow = None, deny: Deny = None,
        remembers: Folder | None = None,
    ) -> None:  # fmt: skip
        """A snapshot of a file, with filters and preferred providers on top of those in its header.

        `deny` is united with the header's; `allow` and `prefer` replace them. `remembers` is the application whose own
        history is about this catalogue. A provider or an id that is gone is left out of the arguments, and logged.
        Raises `ConfigError` when a filter has an unknown provider, `UnknownProviderError` when `prefer` has, and
        `EmptyCatalogError` when no model is left.
        """
        stated = file.header["filters"]
        filters = None
        gone: list[str] = []
        if allow is not None or deny is not None or stated.get("allow") is not None or stated.get("deny"):
            from llm_models.filters import Filters
            from llm_models.gone_names import gone_ids, knowing

            was_known = knowing(remembers)
            given = Filters(allow, deny, file.provider_id, file.blocks, was_known)
            gone += [*given.gone, *gone_ids(file, given, was_known)]
            filters = given.over(stated.get("allow") if allow is None else None, stated.get("deny"))
            # The arguments as they were read: the caller's objects may change later, or be generators.
            allow, deny = None if allow is None else given.allow or "all", given.deny
        self.file, self.epoch = file, 0
        self.found: tuple[FoundFile, ...] = ()
        """The files that it was built from and that were found, so that nobody named them."""
        self.from_program: Mapping[str, Any] = FrozenDict()
        """What the program stated about addresses in arguments of `load()`, where files were found; see `trust`."""
        self.named = False
        """Whether the program named the snapshot file that `load()` began with."""
        self.view = View(file, filters, remembers)
        self._models = self.view.models
        self._texts: dict[str, Model] = {}
        self._gone: dict[str, Model] = {}  # to make the errors about these takes longer than a thousand bills
        self.prefer = tuple(
            dict.fromkeys(stated.get("prefer", ())) if prefer is None else self._providers(prefer, gone)
        )
        """The providers that `select` and `candidates` try first by default."""
        self._given = (None if prefer is None else self.prefer, allow, deny, remembers)
        if gone:
            from llm_models.past import report

            report(gone, f"load({gone[0].partition('.')[0]}=...)")

    @property
    def date(self) -> str | None:
        """The date of the catalogue, `YYYY-MM-DD` or `YYYY-MM`: the newest `last_updated` of the source's models."""
        return self.file.header.get("date")

    @property
    def digest(self) -> str:
        """SHA-256 of the content, in hex: equal digests mean equal catalogues."""
        return self.file.digest

    def __len__(self) -> int:
        """How many models are shown."""
        return sum(len(self.view.shown(provider)) for provider in self.view.known)

    def __bool__(self) -> bool:
        return True  # there is no empty catalogue

    def __repr__(self) -> str:
        counts = self.file.header["counts"]
        return f"<Snapshot {self.date}: {counts['models']} models of {counts['providers']} providers>"

    def __reduce__(self) -> tuple[Any, ...]:
        attributes = {"found": self.found, "from_program": self.from_program, "named": self.named}
        return Snapshot, (self.file, *self._given), (None, attributes)

    def parse_provider(self, text: str) -> str:
        """`llm_models.parse_provider`, of this snapshot."""
        return parse_provider(text, self.view)

    def parse_spec(self, text: str) -> ModelKey:
        """`llm_models.parse_spec`, of this snapshot."""
        return parse(self.view, text)

    def format_spec(self, key: tuple[str, str], style: Style = "colon") -> str:
        """`llm_models.format_spec`, of this snapshot."""
        return format_spec(key, style, self.file.provider_id)

    def list_providers(self) -> list[str]:
        """`llm_models.list_providers`, of this snapshot."""
        return [provider for provider in self.view.known if self.view.shown(provider)]

    def get_provider(self, provider: str) -> Provider:
        """`llm_models.get_provider`, of this snapshot."""
        return self.view.provider(self.parse_provider(provider))

    def list_models(self, provider: str | None = None, *, allow: Allow = None, **choice: Unpack[Choice]) -> list[Model]:
        """`llm_models.list_models`, of this snapshot."""
        from llm_models import selection

        view = self.view
        if provider is not None:
            if choice.get("scope") is not None:
                from llm_models.errors import wrong_argument

                raise wrong_argument("scope", "the provider is already given (found both). Leave one of them out")
            choice["scope"] = self.parse_provider(provider)
        question = self._question(choice, listing=True)
        if question.orders or question.prefer:
            models = selection.candidates(view, question)
        else:
            rows = selection.listed(view, question)
            models = [model for name, fitting in rows.items() for model in view.models_in(name, fitting)]
        if allow is not None:
            from llm_models.filters import Filters

            narrower = Filters(allow, None, view.file.provider_id, view.known, view.was_known)
            models = [one for one in models if narrower.reason(one.provider, view.names_of(one), view.id_of) is None]
        return models

    def get_model(self, provider: str, model_id: str) -> Model:
        """`llm_models.get_model`, of this snapshot."""
        try:
            return self._models[provider][model_id]
        except (KeyError, TypeError):
            pass
        return self._model(row_of_pair(self.view, provider, model_id), lambda: model_id)

    def resolve(self, spec: Spec, *, scope: str | None = None, prefer: Iterable[str] | None = None) -> Model:
        """`llm_models.resolve`, of this snapshot."""
        if scope is None and prefer is None and type(spec) is str and spec in self._texts:
            return self._texts[spec]
        within = self._scope(scope)
        found = locate(self.view, spec, within, self._providers(prefer or ()))
        model = self._model(found, lambda: asked_name(self.view, spec, within))
        if model.requested == model.id and spec in (model.spec, f"{model.provider}/{model.id}"):
            self._texts.setdefault(str(spec), model)  # no other texts, so questions cannot make it grow
        return model

    def wire_id(self, spec: Spec) -> str:
        """`llm_models.wire_id`, of this snapshot."""
        from llm_models.endpoints import wire_id

        return wire_id(self.resolve(spec))

    def match_names(self, provider: Text = None, model: Text = None, base_url: Text = None) -> NameMatch:
        """`llm_models.match_names`, of this snapshot."""
        from llm_models.matches import match

        return match(self.view, provider, model, base_url)

    def endpoint(self, spec: Spec, *, base_url: str | None = None, with_key: bool = False) -> Endpoint:
        """`llm_models.endpoint`, of this snapshot."""
        from llm_models.endpoints import endpoint_of

        model, files = self.resolve(spec), (self.found, self.from_program, self.named)
        return endpoint_of(model, self.view.provider(model.provider), self.view.file, *files, base_url, with_key)

    def capabilities(self, spec: Spec) -> Capabilities:
        """`llm_models.capabilities`, of this snapshot."""
        return self.resolve(spec).capabilities

    def allowed(self, spec: Spec) -> bool:
        """`llm_models.allowed`, of this snapshot."""
        from llm_models.errors import LLMModelsError

        try:
            return isinstance(locate(self.view, spec, None, ()), tuple)
        except LLMModelsError:
            return False

    def offers(self, spec: Spec) -> list[Offer]:
        """`llm_models.offers`, of this snapshot."""
        from llm_models.offering import offers_of

        return offers_of(self.view, self.resolve, spec)

    def explain(self, spec: Spec, field: str | None = None) -> Explanation:
        """`llm_models.explain`, of this snapshot."""
        from llm_models.provenance import explain

        return explain(self.view, spec, field)

    def search(self, words: str | Iterable[str], *, limit: int | None = 20) -> SearchResult:
        """`llm_models.search`, of this snapshot."""
        from llm_models.hits import search

        return search(self.view, words, limit)

    def history(self, spec: Spec) -> ModelHistory:
        """`llm_models.history`, of this snapshot."""
        from llm_models.chronicle import history_of

        return history_of(self.view, spec)

    def provider_history(self, provider: str) -> ProviderHistory:
        """`llm_models.provider_history`, of this snapshot."""
        from llm_models.chronicle import history_of_provider

        return history_of_provider(self.view, provider)

    def cost(
        self, spec: Spec, usage: object, at: Moment = None, mode: Text = None, strict: bool | Literal["exact"] = False
    ) -> Bill:
        """`llm_models.cost`, of this snapshot."""
        from llm_models.pricing import bill_of

        return bill_of(self.view, self._priced(spec, at), usage, at, mode, strict)

    def usage(self, obj: object, protocol: Text = None, provider: Text = None) -> Usage:
        """`llm_models.usage`, with the providers of this snapshot."""
        from llm_models import meters

        return meters.read(obj, protocol, None if provider is None else self.parse_provider(provider))

    def prices(self, spec: Spec, at: Moment = None, mode: Text = None) -> Prices:
        """`llm_models.prices`, of this snapshot."""
        from llm_models.pricing import prices_of

        return prices_of(self.view, self._priced(spec, at), at, mode)

    def _priced(self, spec: Spec, at: Moment) -> Model:
        """The model whose prices are asked for: a given one has its own, and one that is gone those of its time."""
        from llm_models.errors import RetiredModelError

        if at is not None and type(spec) is str and spec in self._gone:
            return self._gone[spec]
        try:
            return spec if isinstance(spec, Model) else self.resolve(spec)
        except RetiredModelError as error:
            if at is None:
                raise
            from llm_models.pricing import gone

            model = gone(error)
            return self._gone.setdefault(model.spec, model) if spec == model.spec else model

    def select(self, **choice: Unpack[Choice]) -> Model:
        """`llm_models.select`, of this snapshot."""
        from llm_models import selection

        return selection.select(self.view, self._question(choice))

    def candidates(self, **choice: Unpack[Choice]) -> list[Model]:
        """`llm_models.candidates`, of this snapshot."""
        from llm_models import selection

        return selection.candidates(self.view, self._question(choice))

    def _model(self, answer: ModelRow | Callable[[], LLMModelsError], asked: Callable[[], str]) -> Model:
        if callable(answer):
            raise answer()
        return self.view.asked(*answer, asked())

    def _question(self, choice: Choice, *, listing: bool = False) -> Question:
        """The checked question of a choice, or of a list, for which no condition holds by default."""
        from llm_models.choices import choice_of

        prefer = choice.get("prefer")
        # The header of a file may name a provider that is no longer known; an argument may not.
        own = () if listing else [name for name in self.prefer if name in self.view.known]
        first = own if prefer is None else self._providers(prefer)
        return choice_of(self.view, choice, first, defaults=not listing)

    def _scope(self, scope: Text) -> Text:
        return None if scope is None or scope == "all" else self.parse_provider(scope)

    def _providers(self, names: Iterable[str], gone: list[str] | None = None) -> list[str]:
        """The ids of preferred providers. Those that are gone are left out; they are added to `gone`."""
        if not hasattr(names, "__iter__"):
            from llm_models.errors import InvalidArgumentError

            raise InvalidArgumentError(f"prefer: expected names of providers (found {type(names).__name__})")
        providers = []
        for name in (names,) if isinstance(names, str) else names:
            if self.file.provider_id(name) is not None or not self.view.was_known(name):
                providers.append(self.parse_provider(name))
            elif gone is not None:
                gone.append(f"prefer.{fold_provider(name)}")
        return list(dict.fromkeys(providers))

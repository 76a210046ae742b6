"""The records of providers and models, and the names of capabilities; standard library only.

A record is typed, deeply immutable, compared by value and picklable. A field that is None or an empty tuple is
unknown: never zero, never "no". `schemas/` has the same fields in JSON Schema; a test compares them.
"""

from __future__ import annotations

from llm_models.costs import Cost
from llm_models.frozen import FrozenDict, Record, defaults, put

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any, Literal, NamedTuple, Self

    from llm_models.days import Day
    from llm_models.errors import UnknownCapabilityError

    Billing = Literal["usage", "plan", "trial", "local"]

    class ModelKey(NamedTuple):
        """The pair that identifies a model: the provider's id and the model's id at that provider."""

        provider: str
        id: str

else:

    class ModelKey(tuple):  # as `namedtuple` makes it, which would import `collections`: slower than all modules here
        """The pair that identifies a model: the provider's id and the model's id at that provider."""

        __slots__ = ()
        __match_args__ = _fields = ("provider", "id")
        provider = property(lambda self: self[0], doc="The provider's id.")
        id = property(lambda self: self[1], doc="The model's id at that provider.")

        def __new__(cls, provider, id):
            return tuple.__new__(cls, (provider, id))

        def __getnewargs__(self):
            return tuple(self)

        def __repr__(self):
            return f"{type(self).__name__}(provider={self[0]!r}, id={self[1]!r})"

        @classmethod
        def _make(cls, pair):
            return cls(*pair)

        def _asdict(self):
            return {"provider": self[0], "id": self[1]}

        def _replace(self, **parts):
            return type(self)(**{**self._asdict(), **parts})


class Limits(Record):
    """How many tokens a model accepts and returns; None is unknown."""

    context: int | None = None
    input: int | None = None
    output: int | None = None


class Modalities(Record):
    """The kinds of input and output: `text`, `image`, `audio`, `video`, `pdf`, and any that sources add."""

    input: tuple[str, ...] = ()
    output: tuple[str, ...] = ()


class Reasoning(Record):
    """Whether a model reasons before it answers, and how to control that: on and off, by effort, by a token budget."""

    enabled: bool = False
    toggle: bool = False
    efforts: tuple[str, ...] = ()
    budget: bool = False
    token_budget: int | None = None
    token_budget_min: int | None = None


class Tools(Record):
    """Tool calls: any, streamed, with arguments that must follow their schema, several in one turn."""

    enabled: bool = False
    streaming: bool = False
    strict: bool = False
    parallel: bool = False


class Json(Record):
    """Answers in JSON: any JSON, JSON for a JSON Schema, JSON that is guaranteed to follow it."""

    native: bool = False
    schema: bool = False
    strict: bool = False


class Streaming(Record):
    """What can be streamed: text, tool calls."""

    text: bool = True
    tool_calls: bool = False


class Capabilities(Record):
    """What a model can do. Every flag is a boolean; `Model.stated` distinguishes stated flags from defaults."""

    chat: bool = True
    embeddings: bool = False
    attachments: bool = False
    temperature: bool = True
    reasoning: Reasoning = Reasoning()
    tools: Tools = Tools()
    json: Json = Json()
    streaming: Streaming = Streaming()


class Provider(Record):
    """A service that offers models. `env` has the names of the environment variables for its key and settings.

    `openai_base_url` is the base URL for clients of OpenAI's API, where it is not `base_url`. `billing` is `usage`,
    `plan`, `trial` or `local`; a price of 0 means free only for `usage`. `aliases` are its names in other tools.
    """

    id: str
    name: str | None = None
    aliases: tuple[str, ...] = ()
    base_url: str | None = None
    openai_base_url: str | None = None
    env: tuple[str, ...] = ()
    billing: Billing = "usage"
    doc: str | None = None
    extra: Mapping[str, Any] = FrozenDict()

    def __str__(self) -> str:
        return self.id


class Model(Record):
    """One model at one provider. Dates are `YYYY-MM-DD`, or `YYYY-MM` when the day is unknown.

    `canonical` is the name of the model at every provider. `retires` is the date from which it no longer answers,
    `successor` the model spec of its replacement. `aliases` are names of this catalogue, `served_as` other ids that the
    provider's API accepts. `resolves_to` is the id that a moving name such as `-latest` means today. `dimensions` is
    the number of values in a vector of an embedding model.
    """

    id: str
    provider: str
    provider_model_id: str
    name: str | None = None
    canonical: str | None = None
    description: str | None = None
    family: str | None = None
    kind: str = "chat"
    apis: tuple[str, ...] = ()
    release_date: str | None = None
    last_updated: str | None = None
    knowledge: str | None = None
    status: str | None = None
    retires: str | None = None
    successor: str | None = None
    limits: Limits = Limits()
    dimensions: int | None = None
    cost: Cost = Cost()
    modalities: Modalities = Modalities()
    capabilities: Capabilities = Capabilities()
    open_weights: bool | None = None
    tags: tuple[str, ...] = ()
    deprecated: bool = False
    aliases: tuple[str, ...] = ()
    served_as: tuple[str, ...] = ()
    resolves_to: str | None = None
    extra: Mapping[str, Any] = FrozenDict()

    if TYPE_CHECKING:  # beside the fields: no values of the record
        _asked: str
        _bits: int

    def __str__(self) -> str:
        return self.spec  # people see it, as the default of an option or in a message

    def _fill(self, data: Mapping[str, Any]) -> None:
        super()._fill(data)
        capabilities = data.get("capabilities")
        if capabilities.__class__ is not Capabilities:
            put(self, "_bits", capability_bits(self.capabilities, capabilities or {}, False))

    @classmethod
    def with_bits(cls, data: Mapping[str, Any], bits: int, asked: str | None = None) -> Self:
        """The record that plain data describes, with the capability set that tells which flags are only defaults."""
        self = cls.from_dict(data)
        put(self, "_bits", bits)
        if asked is not None:
            put(self, "_asked", asked)
        return self

    @property
    def requested(self) -> str:
        """The name that was asked for, where it is another one that the provider's API takes; otherwise the id."""
        return getattr(self, "_asked", self.id)

    def stated(self, capability: str) -> bool | None:
        """Whether the model has a capability, by its name as in `require`; None where nothing but a default tells.

        A flag counts as stated where a source, a curated entry or your configuration states it, or where it follows
        from the kind of the model or from another flag. Every flag of a `Capabilities` record counts as stated.
        Raises `UnknownCapabilityError` for an unknown name.

        >>> model = llm_models.get_model("openai", "gpt-5.4-mini")
        >>> model.stated("tools"), model.stated("embeddings"), model.capabilities.embeddings
        (True, None, False)
        """
        if capability not in CAPABILITIES:
            raise unknown_capability(capability)
        bits = getattr(self, "_bits", -1)
        if not bits >> STATED & BIT[capability]:
            return None
        value: Any = self.capabilities
        for step in CAPABILITIES[capability]:
            value = getattr(value, step)
        return bool(value)

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self).with_bits, (self.to_dict(), getattr(self, "_bits", -1), getattr(self, "_asked", None))

    @property
    def key(self) -> ModelKey:
        """The pair (provider, id)."""
        return ModelKey(self.provider, self.id)

    @property
    def spec(self) -> str:
        """The canonical model spec, `provider:id`."""
        return f"{self.provider}:{self.id}"

    def is_retired(self, at: Day | None = None) -> bool:
        """Whether the model no longer answers on the day `at` (`YYYY-MM-DD` or a date), by default today (UTC).

        Its date `retires` decides; a model without one is not retired. Raises `InvalidArgumentError` for a text
        that is not a day.
        """
        from llm_models.days import has_come

        return has_come(self.retires, at)


def _capability_names() -> dict[str, tuple[str, ...]]:
    """Name -> path below `capabilities` of each flag: a group alone means `.enabled`, else `group_field`."""
    names: dict[str, tuple[str, ...]] = {}
    for field, default in defaults(Capabilities).items():
        if isinstance(default, bool):
            names[field] = (field,)
            continue
        for flag, value in defaults(type(default)).items():
            if isinstance(value, bool):
                names[field if flag == "enabled" else f"{field}_{flag}"] = (field, flag)
    return names


CAPABILITIES: dict[str, tuple[str, ...]] = _capability_names()
"""Every capability's name (as `require` and `forbid` take it) and its path in `Capabilities`."""
BIT = {name: 1 << number for number, name in enumerate(CAPABILITIES)}
STATED = len(CAPABILITIES)
"""The distance from the bit of a flag to the bit that is set when the flag is stated or derived."""
DEPRECATED = 1 << (2 * STATED)


def unknown_capability(name: object) -> UnknownCapabilityError:
    """The error for a name that no capability has, with the nearest names."""
    from llm_models.errors import UnknownCapabilityError, did_you_mean, quoted
    from llm_models.wishes import MEANT

    meant = MEANT.get(str(name))
    if meant is not None:
        state = f"{meant[0]}={list(meant[1]) or True}"
        return UnknownCapabilityError(f"unknown capability {quoted(name)}. State {state}.", name=str(name), meant=meant)
    flags = [flag for flag in CAPABILITIES if flag.startswith(f"{name}_")]  # a group that has no flag of its own
    hint = did_you_mean(flags[0], flags) if flags else did_you_mean(str(name), CAPABILITIES)
    known = "" if hint else f" The capabilities are {', '.join(CAPABILITIES)}."
    return UnknownCapabilityError(f"unknown capability {quoted(name)}.{hint}{known}", name=str(name))


def capability_bits(capabilities: Capabilities, stated: Mapping[str, Any], deprecated: bool) -> int:
    """The capability set of a model, as one integer: a bit for each flag that is true, a bit for each flag in `stated`
    (plain data; the others are defaults), and `DEPRECATED`.
    """
    bits = DEPRECATED if deprecated else 0
    for name, path in CAPABILITIES.items():
        value: Any = capabilities
        source: Any = stated
        for step in path:
            value = getattr(value, step)
            source = source.get(step) if isinstance(source, dict) else None
        if value:
            bits |= BIT[name]
        if source is not None:
            bits |= BIT[name] << STATED
    return bits

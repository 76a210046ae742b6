"""The records: what is known of a provider and of a model; standard library only.

A record is typed, deeply immutable, compared by value and picklable. A field that is None, or an empty
tuple, is unknown: never zero, never "no". Each record declares its fields once, as a class with
annotations; `record` builds the rest, and `schemas/` says the same in JSON Schema, which a test holds to it.
"""

from __future__ import annotations

__all__ = [
    "BIT",
    "CAPABILITIES",
    "DEPRECATED",
    "STATED",
    "Capabilities",
    "Cost",
    "CostTier",
    "FrozenDict",
    "Json",
    "Limits",
    "Modalities",
    "Model",
    "ModelKey",
    "Provider",
    "Reasoning",
    "Record",
    "Streaming",
    "Tools",
    "capability_bits",
    "defaults",
    "freeze",
    "thaw",
]

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any, NamedTuple, NoReturn, Self, TypeVar, dataclass_transform

    T = TypeVar("T", bound="Record")

    class ModelKey(NamedTuple):
        """The pair that names a model for good: the provider's id and the model's id at that provider."""

        provider: str
        id: str

else:

    class ModelKey(tuple):  # what `namedtuple` makes; it would import `collections`, which costs more than all this
        """The pair that names a model for good: the provider's id and the model's id at that provider."""

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

    def dataclass_transform(**_):
        return lambda decorator: decorator


class FrozenDict(dict):  # type: ignore[type-arg]  # a generic base costs an import of typing
    """A dict that cannot be changed, equal to a plain one with the same items."""

    __slots__ = ()

    def __new__(cls, *items: Any, **named: Any) -> Self:
        self = dict.__new__(cls)
        dict.update(self, *items, **named)
        return self

    __init__ = object.__init__  # does nothing: a second call must not change it, as dict's own would

    def _refuse(self, *_args: object, **_kwargs: object) -> NoReturn:
        raise TypeError("records cannot be changed; take a copy with to_dict() or dict()")

    __setitem__ = __delitem__ = __ior__ = _refuse
    clear = pop = popitem = setdefault = update = _refuse

    def __hash__(self) -> int:  # type: ignore[override]
        return hash(frozenset(self.items()))

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, _memo: object) -> Self:
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        return FrozenDict, (dict(self),)


def freeze(value: Any) -> Any:
    """Plain data as deeply immutable data: dicts become `FrozenDict`, lists become tuples."""
    if isinstance(value, dict):
        return FrozenDict({key: freeze(item) for key, item in value.items()})
    if isinstance(value, (list, tuple)):
        return tuple([freeze(item) for item in value])
    return value


def thaw(value: Any) -> Any:
    """The opposite of `freeze`: plain dicts and lists, a copy down to the last level."""
    if isinstance(value, Record):
        return value.to_dict()
    if isinstance(value, dict):
        return {key: thaw(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [thaw(item) for item in value]
    return value


class Record:
    """What all records share: built from plain data, compared by value, never changed."""

    __slots__ = ()
    _fields: tuple[str, ...] = ()
    _plan: tuple[tuple[str, Any, Callable[[Any], Any] | None, Callable[[Any, Any], None]], ...] = ()

    def __init__(self, **values: Any) -> None:
        if self._fields and hasattr(self, self._fields[0]):
            raise TypeError(f"{type(self).__name__} cannot be changed: it is made already")
        unknown = [name for name in values if name not in self._fields]
        if unknown:
            raise TypeError(f"{type(self).__name__} has no field {unknown[0]!r}")
        self._fill({name: thaw(value) for name, value in values.items()})

    def _fill(self, data: Mapping[str, Any]) -> None:
        get = data.get
        for name, default, convert, store in self._plan:
            value = get(name)
            if value is None:
                store(self, default)
            else:
                store(self, value if convert is None else convert(value))

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """The record that plain data describes; keys that are no field of it are left aside.

        A part may be a record already, and is then shared.

        >>> Limits.from_dict({"context": 128000}).context
        128000
        """
        self = cls.__new__(cls)
        self._fill(data)
        return self

    def to_dict(self) -> dict[str, Any]:
        """Plain data (dicts, lists, strings, numbers, booleans); what is unknown or empty is left out."""
        plain = ((name, thaw(getattr(self, name))) for name in self._fields)
        return {name: value for name, value in plain if value is not None and value not in ([], {})}

    def _values(self) -> tuple[Any, ...]:
        return tuple([getattr(self, name) for name in self._fields])

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return self._values() == other._values()

    def __hash__(self) -> int:
        return hash(self._values())

    def __repr__(self) -> str:
        told = ((name, default, getattr(self, name)) for name, default, _, _ in self._plan)
        return f"{type(self).__name__}({', '.join(f'{name}={v!r}' for name, default, v in told if v != default)})"

    def __setattr__(self, name: str, _value: object) -> NoReturn:
        raise AttributeError(
            f"{type(self).__name__} cannot be changed (setting {name!r}); say it in an llm_models.toml"
        )

    def __delattr__(self, name: str) -> NoReturn:
        self.__setattr__(name, None)

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, _memo: object) -> Self:
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        return _restore, (type(self), self.to_dict())


def _restore(cls: type[T], data: dict[str, Any]) -> T:
    return cls.from_dict(data)


def defaults(kind: type[Record]) -> dict[str, Any]:
    """Field -> default of a record class, in the order of its fields; a part's default is a record.

    >>> defaults(Modalities)
    {'input': (), 'output': ()}
    """
    return {name: default for name, default, _, _ in kind._plan}


_RECORDS: dict[str, type[Record]] = {}


def _converter(annotation: str) -> Callable[[Any], Any] | None:
    """How plain data becomes the value of a field, read from its annotation."""
    if annotation in _RECORDS:
        kind = _RECORDS[annotation]
        return lambda value: value if value.__class__ is kind else kind.from_dict(value)
    if annotation.startswith("tuple["):
        member = _RECORDS.get(annotation[len("tuple[") :].partition(",")[0])
        if member is None:
            return tuple
        build = member.from_dict
        return lambda items: tuple([build(item) for item in items])
    return freeze if annotation.startswith("Mapping[") else None


@dataclass_transform(frozen_default=True, kw_only_default=True)
def record(cls: type[T]) -> type[T]:
    """Build a record class with slots from a class that only declares annotated fields."""
    namespace = dict(vars(cls))
    annotations: dict[str, str] = cls.__annotations__
    defaults = {name: namespace.pop(name, None) for name in annotations}
    for gone in ("__dict__", "__weakref__"):
        namespace.pop(gone, None)
    namespace["__slots__"] = namespace["_fields"] = tuple(annotations)
    built: Any = type(cls.__name__, cls.__bases__, namespace)
    built._plan = tuple(
        [(name, defaults[name], _converter(kind), built.__dict__[name].__set__) for name, kind in annotations.items()]
    )
    _RECORDS[cls.__name__] = built
    finished: type[T] = built
    return finished


@record
class Limits(Record):
    """How much a model takes and gives, in tokens; None is unknown."""

    context: int | None = None
    input: int | None = None
    output: int | None = None


@record
class CostTier(Record):
    """Prices of a request whose input is larger than `context_over` tokens; None: the base price holds."""

    context_over: int = 0
    input: float | None = None
    output: float | None = None
    cache_read: float | None = None
    cache_write: float | None = None
    reasoning: float | None = None
    input_audio: float | None = None
    output_audio: float | None = None


@record
class Cost(Record):
    """Prices in USD per million tokens (image: per image, audio: per minute); None is unknown, 0 is free."""

    input: float | None = None
    output: float | None = None
    cache_read: float | None = None
    cache_write: float | None = None
    reasoning: float | None = None
    input_audio: float | None = None
    output_audio: float | None = None
    training: float | None = None
    image: float | None = None
    audio: float | None = None
    tiers: tuple[CostTier, ...] = ()


@record
class Modalities(Record):
    """What goes in and what comes out: `text`, `image`, `audio`, `video`, `pdf`, and what the future adds."""

    input: tuple[str, ...] = ()
    output: tuple[str, ...] = ()


@record
class Reasoning(Record):
    """Thinking before answering, and how it is controlled: on and off, by effort, by a budget in tokens."""

    enabled: bool = False
    toggle: bool = False
    efforts: tuple[str, ...] = ()
    token_budget: int | None = None
    token_budget_min: int | None = None


@record
class Tools(Record):
    """Tool calls: at all, streamed, with arguments held to their schema, several in one turn."""

    enabled: bool = False
    streaming: bool = False
    strict: bool = False
    parallel: bool = False


@record
class Json(Record):
    """Answers in JSON: at all, following a JSON Schema, guaranteed to follow it."""

    native: bool = False
    schema: bool = False
    strict: bool = False


@record
class Streaming(Record):
    """What arrives piece by piece: text, tool calls."""

    text: bool = True
    tool_calls: bool = False


@record
class Capabilities(Record):
    """What a model can do. Every flag is a boolean; `explain` tells a stated one from a default."""

    chat: bool = True
    embeddings: bool = False
    attachments: bool = False
    temperature: bool = True
    reasoning: Reasoning = Reasoning()
    tools: Tools = Tools()
    json: Json = Json()
    streaming: Streaming = Streaming()


@record
class Provider(Record):
    """Where models are served. `env` names the environment variables that hold its key and settings."""

    id: str
    name: str | None = None
    base_url: str | None = None
    env: tuple[str, ...] = ()
    doc: str | None = None
    extra: Mapping[str, Any] = FrozenDict()


@record
class Model(Record):
    """One model at one provider. Dates are `YYYY-MM-DD`, or `YYYY-MM` where no day is known."""

    id: str
    provider: str
    provider_model_id: str
    name: str | None = None
    family: str | None = None
    release_date: str | None = None
    last_updated: str | None = None
    knowledge: str | None = None
    status: str | None = None
    limits: Limits = Limits()
    cost: Cost = Cost()
    modalities: Modalities = Modalities()
    capabilities: Capabilities = Capabilities()
    open_weights: bool | None = None
    tags: tuple[str, ...] = ()
    deprecated: bool = False
    aliases: tuple[str, ...] = ()
    extra: Mapping[str, Any] = FrozenDict()

    @property
    def key(self) -> ModelKey:
        """The pair (provider, id)."""
        return ModelKey(self.provider, self.id)

    @property
    def spec(self) -> str:
        """The canonical model spec, `provider:id`."""
        return f"{self.provider}:{self.id}"


def _capability_names() -> dict[str, tuple[str, ...]]:
    """Name -> path below `capabilities` of each flag: a group alone means `.enabled`, else `group_field`."""
    names: dict[str, tuple[str, ...]] = {}
    for field, default, _, _ in Capabilities._plan:
        if isinstance(default, bool):
            names[field] = (field,)
            continue
        for flag, value, _, _ in default._plan:
            if isinstance(value, bool):
                names[field if flag == "enabled" else f"{field}_{flag}"] = (field, flag)
    return names


CAPABILITIES: dict[str, tuple[str, ...]] = _capability_names()
"""Every capability's name (as `require` and `forbid` take it) and its path in `Capabilities`."""
BIT = {name: 1 << place for place, name in enumerate(CAPABILITIES)}
STATED = len(CAPABILITIES)
"""How far the bit that tells "stated" stands above the bit of its flag."""
DEPRECATED = 1 << (2 * STATED)


def capability_bits(capabilities: Capabilities, stated: Mapping[str, Any], deprecated: bool) -> int:
    """The capability set of a model: its flags, and which of them `stated` (plain data) holds."""
    bits = DEPRECATED if deprecated else 0
    for name, path in CAPABILITIES.items():
        value: Any = capabilities
        said: Any = stated
        for step in path:
            value = getattr(value, step)
            said = said.get(step) if isinstance(said, dict) else None
        if value:
            bits |= BIT[name]
        if said is not None:
            bits |= BIT[name] << STATED
    return bits

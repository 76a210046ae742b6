"""Immutable data: the base of all record classes, the key of a model, and dicts that cannot be changed.

Standard library only. A record class only declares its fields, as annotations with defaults; `Record` does the rest.
`dataclasses` would do the same, but importing it takes longer than everything that a first question does.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any, ClassVar, NamedTuple, NoReturn, Self, dataclass_transform

    class ModelKey(NamedTuple):
        """The pair that identifies a model: the provider's id and the model's id at that provider."""

        provider: str
        """The provider's id."""
        id: str
        """The model's id at that provider."""

else:

    def dataclass_transform(**_):
        return lambda decorated: decorated

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


class Immutable:
    """The base of objects whose copies are the objects themselves."""

    __slots__ = ()

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, _memo: object) -> Self:
        return self


class FrozenDict(Immutable, dict):  # type: ignore[type-arg]  # a generic base costs an import of typing
    """A dict that cannot be changed, equal to a plain one with the same items."""

    __slots__ = ()

    def __new__(cls, *items: Any, **named: Any) -> Self:
        self = dict.__new__(cls)
        dict.update(self, *items, **named)
        return self

    def _refuse(self, *_args: object, **_kwargs: object) -> NoReturn:
        raise TypeError("records cannot be changed; take a copy with to_dict() or dict()")

    if not TYPE_CHECKING:
        __init__ = object.__init__  # does nothing: dict's own would let a second call change it
        __setitem__ = __delitem__ = __ior__ = clear = pop = popitem = setdefault = update = _refuse

    def __hash__(self) -> int:  # type: ignore[override]
        return hash(frozenset(self.items()))

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
    """The opposite of `freeze`: plain dicts and lists, a copy at every depth."""
    if isinstance(value, Record):
        return value.to_dict()
    if isinstance(value, dict):
        return {key: item if item.__class__ in _FLAT else thaw(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [item if item.__class__ in _FLAT else thaw(item) for item in value]
    return value


_FLAT = frozenset((str, int, float, bool, type(None)))
"""The types of values without parts: most values are of one, and a call takes longer than to look here."""
_KINDS: dict[str, type[Record]] = {}
put = object.__setattr__
"""Sets an attribute of an object that refuses it; only for what is being built."""
_PLAIN = frozenset(["bool", "int", "str", "float | None", "int | None", "str | None", "bool | None"])
"""The annotations of fields that hold what plain data holds."""


def _converter(annotation: str) -> Callable[[Any], Any] | None:
    """What makes the value of a field from plain data, by the annotation of the field; None: nothing to do."""
    if annotation in _PLAIN:
        return None
    if annotation in _KINDS:
        kind = _KINDS[annotation]
        return lambda value: value if value.__class__ is kind else kind.from_dict(value)
    member = member_of(annotation)
    if member is not None:
        build = member.from_dict
        if annotation.startswith("tuple["):
            return lambda items: tuple([build(item) for item in items])
        return lambda table: FrozenDict({key: build(item) for key, item in table.items()})
    if annotation.startswith("tuple["):
        return tuple
    return freeze if annotation.startswith("Mapping[") else None


def member_of(annotation: str) -> type[Record] | None:
    """The record class of which a field with this annotation holds a list or a table; None for any other field."""
    words = annotation.partition("[")[2].removesuffix("]").removesuffix(", ...").removeprefix("str, ")
    return _KINDS.get(words)


@dataclass_transform(frozen_default=True, kw_only_default=True)
class Record(Immutable):
    """What all records share: built from plain data, compared by value, never changed.

    A record stores the values that were stated. The default of a field is an attribute of the class, as it is written
    there; so a class is made quickly, and an unknown value takes no memory.
    """

    _fields: ClassVar[tuple[str, ...]] = ()
    _plan: ClassVar[Mapping[str, Callable[[Any], Any] | None]] = {}
    _own_first: ClassVar[bool] = False

    def __init_subclass__(cls) -> None:
        """The plan by which a record of the class is filled from plain data: field -> converter.

        The fields of its base come before its own, unless it states `_own_first`.
        """
        own = {}
        for field, kind in cls.__annotations__.items():
            own[field] = _converter(kind)
            if field not in cls.__dict__:
                setattr(cls, field, None)
        cls._plan = {**own, **cls._plan} if cls._own_first else {**cls._plan, **own}
        cls._fields = tuple(cls._plan)
        _KINDS[cls.__name__] = cls

    if not TYPE_CHECKING:

        def __new__(cls, **values):  # not __init__, which could be called again and change the record
            unknown = [name for name in values if name not in cls._plan]
            if unknown:
                raise TypeError(f"{cls.__name__} has no field {unknown[0]!r}")
            plain = {name: value if value.__class__ in _FLAT else thaw(value) for name, value in values.items()}
            return cls.from_dict(plain)

        @property
        def __dict__(self):
            """The values by field, a new dict at each call: writing into it changes no record."""
            return {name: getattr(self, name) for name in self._fields}

    def _fill(self, data: Mapping[str, Any]) -> None:
        plan = self._plan
        for name in filter(data.__contains__, plan):  # the names of the plan, so that all records share them
            value = data[name]
            if value is not None:
                convert = plan[name]
                put(self, name, value if convert is None else convert(value))

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """The record that plain data describes; keys that are not its fields are ignored.

        A part may be a record already; it is then shared.

        >>> llm_models.Limits.from_dict({"context": 128000}).context
        128000
        """
        self = object.__new__(cls)
        self._fill(data)
        return self

    def to_dict(self) -> dict[str, Any]:
        """Plain data (dicts, lists, strings, numbers, booleans); unknown and empty values are left out."""
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
        values = ((name, default, getattr(self, name)) for name, default in defaults(type(self)).items())
        return f"{type(self).__name__}({', '.join(f'{name}={v!r}' for name, default, v in values if v != default)})"

    def __setattr__(self, name: str, _value: object) -> NoReturn:
        raise AttributeError(f"{type(self).__name__} cannot be changed (field {name!r}); use llm_models.toml")

    def __delattr__(self, name: str) -> NoReturn:
        self.__setattr__(name, None)

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self).from_dict, (self.to_dict(),)


def parts() -> Mapping[str, type[Record]]:
    """The record classes by name, as annotations of fields have them."""
    return _KINDS


def field_kinds(kind: type[Record]) -> Mapping[str, str]:
    """Field -> annotation of a record class, those of its base included."""
    kinds = {name: text for part in kind.__mro__ for name, text in getattr(part, "__annotations__", {}).items()}
    return {name: kinds[name] for name in kind._fields}


def defaults(kind: type[Record]) -> dict[str, Any]:
    """Field -> default of a record class, in the order of the fields; the default of a part is a record.

    >>> defaults(llm_models.Modalities)
    {'input': (), 'output': ()}
    """
    return {name: getattr(kind, name) for name in kind._fields}

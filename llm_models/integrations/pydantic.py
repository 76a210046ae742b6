"""pydantic: an annotated type for fields that name a model. It imports pydantic when a field is built.

>>> from typing import Annotated
>>> import pydantic
>>> class Settings(pydantic.BaseModel):
...     model: Annotated[str, ModelSpec(require=["tools"])] = "openai:gpt-5.4-mini"
>>> Settings(model=" gpt-5.4-mini@OpenAI ").model
'openai:gpt-5.4-mini'
"""

from __future__ import annotations

import re
from types import NoneType, UnionType
from typing import TYPE_CHECKING, Annotated, Any, Literal, Union, get_args, get_origin

from llm_models import store
from llm_models.errors import AmbiguousModelError, LLMModelsError
from llm_models.integrations import client_library
from llm_models.integrations.facts import Needs
from llm_models.records import Model

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler  # type: ignore[import-not-found, unused-ignore]
    from pydantic_core import CoreSchema  # type: ignore[import-not-found, unused-ignore]

    from llm_models.conditions import Names
    from llm_models.snapshot import Snapshot

__all__ = ["ModelSpec", "unique_specs"]


class _Hook:
    """A method that pydantic calls on the instance in `Annotated`, or on the class if that is the annotation."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __get__(self, instance: ModelSpec | None, owner: type[ModelSpec]) -> Any:
        return getattr(owner() if instance is None else instance, self.name)


class ModelSpec:
    """The name of a model of the catalogue: `Annotated[str, ModelSpec(require=["tools"])]`.

    A field accepts what `resolve` accepts: a model spec in any spelling, an alias, a bare id that one provider serves,
    a key, a `Model`. Its value, also when serialized, is the canonical text `provider:id`, or `provider:` with the id
    that was asked for where the provider's API takes that one, too: a date is kept. A model that is unknown, not
    allowed, lacks what `require` names or has what `forbid` names is a validation error. So is a catalogue that cannot
    be loaded, because pydantic has no other error. The catalogue is what `catalogue` returns, by default the published
    one at the time of validation. As a bare annotation (`model: ModelSpec`) it is a `str` without conditions.

    The value has the annotated type. For `Annotated[Model, ModelSpec()]` it is the `Model`, which is that text in JSON.

    Raises `UnknownCapabilityError` for an unknown capability when the type is created, and `TypeError` for a type that
    can hold neither text nor a `Model` when the field is defined.
    """

    __slots__ = ("catalogue", "needs")

    def __init__(
        self, *, require: Names = None, forbid: Names = None, catalogue: Callable[[], Snapshot] | None = None
    ) -> None:
        self.needs = Needs(require, forbid)
        self.catalogue = store.snapshot if catalogue is None else catalogue

    def __repr__(self) -> str:
        return f"ModelSpec(require={self.needs.require!r}, forbid={self.needs.forbid!r})"

    __get_pydantic_core_schema__ = _Hook("_core_schema")
    __get_pydantic_json_schema__ = _Hook("_json_schema")

    def _core_schema(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        schemas = client_library("pydantic_core.core_schema", "pydantic")
        kinds = {str} if source is ModelSpec else {*_kinds(source)}
        core: CoreSchema
        if Model in kinds and kinds <= {Model, NoneType}:
            # What stands before it in `Annotated` is about the `Model`, of which pydantic itself knows nothing.
            core = schemas.no_info_before_validator_function(
                self._model_or_none if NoneType in kinds else self._model,
                handler(Any),
                serialization=schemas.plain_serializer_function_ser_schema(_text, when_used="json"),
            )
            return core
        if not all(isinstance(kind, type) and issubclass(kind, str | NoneType) for kind in kinds - {Any}):
            raise TypeError(f"ModelSpec annotates str or llm_models.Model, each also with None (found {source!r})")
        inner = schemas.str_schema() if source in (ModelSpec, Any) else handler(source)
        core = schemas.no_info_before_validator_function(self._canonical, inner)
        return core

    def _json_schema(self, core: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        needs = f" {self.needs}" if str(self.needs) else ""
        description = f"A model of the llm_models catalogue{needs}, such as 'openai:gpt-5.4-mini'."
        schemas = client_library("pydantic_core.core_schema", "pydantic")
        converts = [*_functions(core)]
        if self._model in converts:  # a `Model`, which is text in JSON
            core = schemas.str_schema()
        elif self._model_or_none in converts:
            core = schemas.nullable_schema(schemas.str_schema())
        return {**handler(core), "description": description, "examples": ["openai:gpt-5.4-mini"]}

    def _canonical(self, value: object) -> object:
        """The canonical text of a value that names a model. pydantic itself refuses values of other types."""
        return _text(self._model(value)) if isinstance(value, str | tuple | Model) else value

    def _model_or_none(self, value: object) -> Model | None:
        return None if value is None else self._model(value)

    def _model(self, value: object) -> Model:
        if not isinstance(value, str | tuple | Model):
            raise client_library("pydantic_core", "pydantic").PydanticKnownError("string_type")
        try:
            model = self.catalogue().resolve(value)
        except LLMModelsError as error:
            # pydantic's name of an error: `UnknownModelError` -> `unknown_model`.
            kind = re.sub(r"(?<!^)(?=[A-Z])", "_", type(error).__name__.removesuffix("Error")).lower()
            # The advice for programmers is not for those who typed the value.
            told = f"{error.problem}. Choose one of these" if isinstance(error, AmbiguousModelError) else str(error)
            raise _error(kind, told) from error
        fault = self.needs.fault(model)
        if fault is not None:
            raise _error("model_unfit", fault)
        return model


class _UniqueSpecs:
    """`Annotated[dict[Annotated[str, ModelSpec()], float], unique_specs]`: no two keys name the same model.

    Without it the last of several spellings of one model counts, because a mapping has each key once.
    """

    __slots__ = ()

    def __repr__(self) -> str:
        return "unique_specs"

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """The schema of the mapping, with a check of its keys behind it. `TypeError` for what is not a mapping."""
        if len(get_args(source)) != 2:
            raise TypeError(f"unique_specs annotates a mapping, such as dict[...] (found {source!r})")
        core = client_library("pydantic_core", "pydantic")
        schemas = client_library("pydantic_core.core_schema", "pydantic")
        names = core.SchemaValidator(schemas.list_schema(handler.generate_schema(get_args(source)[0])))

        def check(value: Any, inner: Callable[[Any], Any]) -> Any:
            result = inner(value)
            if len(result) < len(value):
                spellings: dict[object, list[str]] = {}
                for given, name in zip(value, names.validate_python([*value]), strict=True):
                    spellings.setdefault(name, []).append(repr(str(given)))
                told = [f"{' and '.join(each)} are {name}" for name, each in spellings.items() if len(each) > 1]
                raise _error(
                    "duplicate_model", f"several keys name the same model: {'; '.join(told)}. Keep one of them"
                )
            return result

        wrapped: CoreSchema = schemas.no_info_wrap_validator_function(check, handler(source))
        return wrapped


unique_specs = _UniqueSpecs()
"""In `Annotated[dict[...], unique_specs]`: two keys that name the same model are a validation error naming both."""


def _functions(core: Any) -> Iterator[object]:
    """The functions of a schema and of those in it, from the outside: later annotations stand around ours."""
    while core is not None:
        if "function" in core:
            yield core["function"]["function"]
        core = core.get("schema")


def _text(model: object) -> object:
    """The canonical text of a `Model`. What else a later validator made of it stays."""
    return f"{model.provider}:{model.requested}" if isinstance(model, Model) else model


def _kinds(source: Any) -> Iterator[Any]:
    """The types that values of an annotation have: those of a union, below an alias, of the values of a `Literal`."""
    named = getattr(source, "__value__", getattr(source, "__supertype__", None))  # `type X = ...`, `NewType`
    if named is not None:
        yield from _kinds(named)
    elif get_origin(source) is Annotated:
        yield from _kinds(get_args(source)[0])
    elif get_origin(source) in (Union, UnionType):
        for each in get_args(source):
            yield from _kinds(each)
    elif get_origin(source) is Literal:
        yield from map(type, get_args(source))
    else:
        yield NoneType if source is None else source


def _error(kind: str, reason: str) -> Exception:
    core = client_library("pydantic_core", "pydantic")
    # The reason is a value, because braces in a template have a meaning.
    error: Exception = core.PydanticCustomError(kind, "{reason}", {"reason": reason})
    return error

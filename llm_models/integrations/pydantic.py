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
from typing import TYPE_CHECKING, Any

from llm_models import store
from llm_models.errors import AmbiguousModelError, LLMModelsError
from llm_models.integrations import client_library
from llm_models.integrations.facts import Needs
from llm_models.records import Model

if TYPE_CHECKING:
    from collections.abc import Callable

    from pydantic import GetJsonSchemaHandler  # type: ignore[import-not-found, unused-ignore]
    from pydantic_core import CoreSchema  # type: ignore[import-not-found, unused-ignore]

    from llm_models.conditions import Names
    from llm_models.snapshot import Snapshot

__all__ = ["ModelSpec"]


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

    Raises `UnknownCapabilityError` for an unknown capability, when the type is created.
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

    def _core_schema(self, _source: Any, _handler: Any) -> CoreSchema:
        schemas = client_library("pydantic_core.core_schema", "pydantic")
        core: CoreSchema = schemas.no_info_before_validator_function(self._canonical, schemas.str_schema())
        return core

    def _json_schema(self, core: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        needs = f" {self.needs}" if str(self.needs) else ""
        description = f"A model of the llm_models catalogue{needs}, such as 'openai:gpt-5.4-mini'."
        return {**handler(core), "description": description, "examples": ["openai:gpt-5.4-mini"]}

    def _canonical(self, value: object) -> object:
        """The canonical text of a value that names a model. pydantic itself refuses values of other types."""
        if not isinstance(value, str | tuple | Model):
            return value
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
        return f"{model.provider}:{model.requested}"


def _error(kind: str, reason: str) -> Exception:
    core = client_library("pydantic_core", "pydantic")
    # The reason is a value, because braces in a template have a meaning.
    error: Exception = core.PydanticCustomError(kind, "{reason}", {"reason": reason})
    return error

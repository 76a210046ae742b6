"""Lines: a merged model as its line in a snapshot file, put together from the texts of its fields.

Models share most of their values, so most of these texts were made before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from llm_models.block import BESIDE, encode_json, filled
from llm_models.capability_sets import set_of
from llm_models.frozen import defaults
from llm_models.memory import remembered
from llm_models.order import ordered
from llm_models.records import Model

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from llm_models.block import Row

_FIELDS = [name for name in defaults(Model) if name != "provider"]  # the block states it


def row_of_model(stated: Mapping[str, Any], derived: Mapping[str, Any], likely: Sequence[str]) -> Row:
    """The id, the line and the capability set of a model, from what is stated of it, derived for it, and likely.

    The line is that of `ordered` data, field by field.
    """
    fields = [(name, stated[name]) for name in _FIELDS if name in stated]
    beside = [(name, value) for name, value in zip(BESIDE, (derived, likely), strict=True) if value]
    texts = [text for name, value in fields + beside if (text := _TEXTS[name](value))]
    known = filled(stated.get("capabilities", {}), derived.get("capabilities", {}))
    deprecated = stated.get("deprecated", derived.get("deprecated", False))
    return stated["id"], b"{" + b",".join(texts) + b"}", _set((known, deprecated))


def _text_of(name: str) -> Callable[[Any], bytes]:
    """The function that gives the text of a field from its value; empty where it is left out."""

    def text(value: Any) -> bytes:
        data = {name: value}
        return encode_json(data if name in BESIDE else ordered(data, Model))[1:-1]

    return remembered(text)


_TEXTS = {name: _text_of(name) for name in (*_FIELDS, *BESIDE)}


@remembered
def _set(capabilities: tuple[Mapping[str, Any], bool]) -> int:
    return set_of(*capabilities)

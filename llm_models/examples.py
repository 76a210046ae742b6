"""Examples: the values that the examples of the schemas have at a path of a configuration."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from llm_models.schema import read_schema

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llm_models.document import DocumentPath


def examples_at(path: DocumentPath) -> Iterator[Any]:
    """The values at a path in the examples of the schemas: of the configuration, then of its records."""
    of_record, of_part = (str(path[0]).removesuffix("s"), path[2:]), (str([*path, "", ""][2]), path[3:])
    for name, below in (("overrides", path), of_record, of_part):
        for example in _read_examples(name):
            value: Any = example
            for step in below:
                if isinstance(value, list) and isinstance(step, int):
                    tables = [one for one in reversed(value) if isinstance(one, dict)]
                    first = next(iter(value), None)
                    value = {key: item for one in tables for key, item in one.items()} if tables else first
                else:
                    value = value.get(step) if isinstance(value, dict) else None
            if value is not None:
                yield value


@cache
def _read_examples(name: str) -> list[Any]:
    """The examples of a schema; none for a name that has no schema."""
    try:
        return list(read_schema(name).get("examples", ()))
    except LookupError:
        return []

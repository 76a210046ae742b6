"""The upstream sources: one row here and one transform module each. Standard library only, until a transform is used.

A transform module holds data: `CATALOGUE`, the glom spec from the document to its providers and models, and
`PROVIDER` and `MODEL`, the tables in the shape of our records (`specs`). Where not every document of that shape may be
read, it has `fault(document)`, the reason or None. `FILLS` are the fields that it may fill as a supplement.
"""

from __future__ import annotations

from importlib import import_module
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

from llm_models.errors import SourceError, did_you_mean, printable

if TYPE_CHECKING:
    from types import ModuleType


class Source(NamedTuple):
    """An upstream catalogue: its title, the URL to fetch it from, and the name of the module that transforms it.

    `lists`: it can be the source that states which models exist. Any other one can only fill what that source does not
    state (`supplements`), and contradict it.
    """

    title: str
    url: str
    transform: str
    lists: bool = True


_LITELLM = "https://raw.githubusercontent.com/BerriAI/litellm/main/model_prices_and_context_window.json"

SOURCES = {
    "models_dev": Source("models.dev", "https://models.dev/api.json", "llm_models.transforms.models_dev"),
    "litellm": Source("LiteLLM's map", _LITELLM, "llm_models.transforms.litellm", lists=False),
    "openrouter": Source("OpenRouter", "https://openrouter.ai/api/v1/models", "llm_models.transforms.openrouter"),
    "genai_prices": Source(
        "genai-prices",
        "https://raw.githubusercontent.com/pydantic/genai-prices/refs/heads/main/prices/new_data/v2/data.json",
        "llm_models.transforms.genai_prices",
        lists=False,
    ),
}
DEFAULT = "models_dev"


def named(source: str) -> Source:
    """The row of a source. Raises `SourceError` for an unknown name."""
    if source not in SOURCES:
        hint = did_you_mean(source, SOURCES) or f" Known are: {', '.join(SOURCES)}."
        raise SourceError(f"unknown source '{printable(source)}'.{hint}", exit_code=2)
    return SOURCES[source]


def check_lists(source: str) -> None:
    """Raise `SourceError` for a source that does not state which models exist."""
    row = named(source)
    if not row.lists:
        what = f"{row.title} does not state which models exist, it can only fill what another source does not state"
        raise SourceError(f"{what}: use it with --supplement {source}=FILE", exit_code=2)


def check_fills(source: str) -> None:
    """Raise `SourceError` for a source that fills nothing, because it is the one that states which models exist."""
    if not hasattr(transform(source), "FILLS"):
        what = f"{named(source).title} states which models exist, and fills nothing that another source does not state"
        raise SourceError(f"{what}: use it with --from FILE", exit_code=2)


def transform(source: str) -> ModuleType:
    """The transform module of a source, which needs glom. Raises `SourceError` for an unknown name."""
    return import_module(named(source).transform)


def read(data: bytes, name: str, source: str) -> tuple[Any, dict[str, int]]:
    """The document of a source, and how many providers and models it lists before any is checked.

    Raises `SourceError`, whose message begins with `name`, for data that is not strict JSON, in which the source's spec
    finds no model, or which the source's `fault` refuses.
    """
    from llm_models.normalize import Drop, kind_of, listed
    from llm_models.upstream import parse

    document = parse(data, name)
    fault = getattr(transform(source), "fault", None)
    if fault is not None and (why := fault(document)) is not None:
        raise SourceError(printable(f"{name}: {why}"))
    counts = {"providers": 0, "models": 0}
    spec = transform(source)
    try:
        for _, models in listed(document, spec):  # one after the other: a hostile file may have very many
            counts["providers"] += 1
            counts["models"] += 0 if isinstance(models, Drop) else sum(1 for _ in models)
    except Exception as error:  # a function of the transform that takes another shape for granted
        what = f"is not a catalogue of {named(source).title}: it has another shape than the transform expects"
        raise SourceError(printable(f"{name}: {what} ({type(error).__name__})")) from error
    if not counts["models"]:
        keys = ", ".join([repr(key[:40]) for key in islice(document, 3)]) if isinstance(document, dict) else ""
        held = f"the keys {keys}" if keys else "an empty object" if document == {} else kind_of(document)
        what = f"is not a catalogue of {named(source).title}: no provider with models in it"
        raise SourceError(printable(f"{name}: {what} (found {held})"))
    return document, counts

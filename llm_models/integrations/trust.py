"""Trust: where a key may go. A configuration that was found by walking up does not decide that.

Anyone who works in a cloned repository loads its `llm_models.toml` and its `.llm_models/` without being asked. Neither
may send a user's key to another host. Their values are compared with the packaged catalogue, because a file could
forge its notes on where its values come from.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from llm_models.errors import printable
from llm_models.modelspec import fold_provider
from llm_models.paths import PACKAGED_SNAPSHOT
from llm_models.snapshot import Snapshot
from llm_models.snapshot_file import SnapshotFile

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llm_models.records import Model, Provider

__all__ = ["distrusted", "endpoint_of"]


def endpoint_of(model: Model | None, provider: Provider) -> object:
    """The base URL of a model: its own (`extra.provider.api`) if it has one, otherwise its provider's."""
    own = model.extra.get("provider") if model is not None else None
    api = own.get("api") if isinstance(own, Mapping) else None
    return provider.base_url if api is None else api


def distrusted(snapshot: Snapshot, model: Model, base_url: str | None, variables: tuple[str, ...]) -> str | None:
    """The part of `base_url` and of the key's `variables` that files found by walking up changed; None if none did.

    For a packaged provider these are values that neither the packaged catalogue nor `load(overrides=...)` states. For
    a provider that only the files state, it is a variable that a packaged provider uses.
    """
    if not getattr(snapshot, "discovered", False):
        return None
    packaged = Snapshot(SnapshotFile.open(PACKAGED_SNAPSHOT))
    named = list(_named_by_call(snapshot, model.provider))
    if model.provider not in packaged.file.header["blocks"]:
        taken = {name for other in packaged.file.header["blocks"] for name in packaged.get_provider(other).env}
        borrowed = [name for name in variables if name in taken and name not in named]
        return f"the variable {printable(', '.join(borrowed))} of another provider" if borrowed else None
    original = packaged.get_provider(model.provider)
    block = packaged.file.block(model.provider)
    same = packaged.get_model(*model.key) if model.id in block.rows else None
    if base_url is not None and base_url != endpoint_of(same, original) and base_url not in named:
        return f"its base URL{_location(snapshot, model.provider, 'base_url')}"
    foreign = [name for name in variables if name not in original.env and name not in named]
    if foreign:
        return f"the variable {printable(', '.join(foreign))}{_location(snapshot, model.provider, 'env')}"
    return None


def _named_by_call(snapshot: Snapshot, provider: str) -> Iterator[object]:
    """The base URLs and variables that the program itself names for a provider, in `load(overrides=...)`."""
    overrides: Any = getattr(snapshot, "overrides", None) or {}
    for entry in overrides.get("providers", ()):
        if fold_provider(str(entry.get("id"))) == provider:
            yield entry.get("base_url")
            yield from entry.get("env", ())
    for entry in overrides.get("models", ()):
        if fold_provider(str(entry.get("provider"))) == provider:
            own = entry.get("extra", {}).get("provider", {})
            yield own.get("api") if isinstance(own, Mapping) else None


def _location(snapshot: Snapshot, provider: str, field: str) -> str:
    origin = snapshot.file.tail()["providers"].get(provider, {}).get("fields", {}).get(field, {})
    return f" ({printable(origin['place'])})" if origin.get("place") else ""

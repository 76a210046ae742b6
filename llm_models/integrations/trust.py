"""Trust: where a key may go. A configuration that was found, and that the program does not name, cannot decide it.

Anyone who clones a repository and works in it loads its `llm_models.toml` and its `.llm_models/` without asking. These
files must not send a key to a host of their own. So their values are compared with the packaged catalogue; what a file
reports about the origin of its values could be forged.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from llm_models.errors import printable
from llm_models.in_use import packaged as packaged_file
from llm_models.modelspec import fold_provider
from llm_models.origins import fields_of
from llm_models.snapshot import Snapshot

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llm_models.records import Model

__all__ = ["distrusted"]


def distrusted(snapshot: Snapshot, model: Model, base_url: str | None, variables: tuple[str, ...]) -> str | None:
    """Which of `base_url` and the `variables` for the key comes from files that were found; None if none does.

    For a packaged provider: a value that neither the packaged catalogue nor `load(overrides=...)` states. For another
    provider: a variable that holds a packaged provider's key or settings.
    """
    if not snapshot.discovered:
        return None
    packaged = Snapshot(packaged_file())
    trusted = list(_stated_by_call(snapshot, model.provider))
    if model.provider not in packaged.file.header["blocks"]:
        taken = {name for other in packaged.file.header["blocks"] for name in packaged.get_provider(other).env}
        borrowed = [name for name in variables if name in taken and name not in trusted]
        return f"the variable {printable(', '.join(borrowed))} of another provider" if borrowed else None
    known = packaged.get_provider(model.provider)
    block = packaged.file.block(model.provider)
    api = _own_api(packaged.get_model(*model.key).extra) if model.id in block.rows else None
    if base_url is not None and base_url != (known.base_url if api is None else api) and base_url not in trusted:
        return f"its base URL{_location(snapshot, model.provider, 'base_url')}"
    strange = [name for name in variables if name not in known.env and name not in trusted]
    if strange:
        return f"the variable {printable(', '.join(strange))}{_location(snapshot, model.provider, 'env')}"
    return None


def _stated_by_call(snapshot: Snapshot, provider: str) -> Iterator[object]:
    """The base URLs and variables that the program itself states for a provider, in `load(overrides=...)`."""
    overrides = snapshot.overrides or {}
    for entry in overrides.get("providers", ()):
        if fold_provider(str(entry.get("id"))) == provider:
            yield entry.get("base_url")
            yield from entry.get("env", ())
    for entry in overrides.get("models", ()):
        if fold_provider(str(entry.get("provider"))) == provider:
            yield _own_api(entry.get("extra", {}))


def _own_api(extra: Mapping[str, Any]) -> object:
    """The base URL of a model that has its own (`extra.provider.api`)."""
    own = extra.get("provider")
    return own.get("api") if isinstance(own, Mapping) else None


def _location(snapshot: Snapshot, provider: str, field: str) -> str:
    origin = fields_of(snapshot.file.tail(), provider).get((field,))
    return f" ({printable(origin['place'])})" if origin and "place" in origin else ""

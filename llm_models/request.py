"""Request: what a catalogue is built from, and the building of it; standard library only."""

from __future__ import annotations

from llm_models import paths
from llm_models.frozen import FrozenDict
from llm_models.in_use import in_use
from llm_models.snapshot import Snapshot

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any, Required, TypedDict

    from llm_models.changes import Changes
    from llm_models.endpoints import Statements
    from llm_models.errors import EmptyCatalogError
    from llm_models.filters import Allow, Deny
    from llm_models.in_use import InUse
    from llm_models.trust import Code

    class Request(TypedDict, total=False):
        """What a catalogue is built from: the arguments of `load`, and how a command wants it.

        `found` names those of the two paths that count as found, because they were relative.
        """

        config: Required[Any]
        start: str | None
        found: frozenset[str]
        snapshot: Any
        overrides: Mapping[str, Any] | None
        overrides_module: Any
        code: Code
        prefer: Iterable[str] | None
        allow: Allow
        deny: Deny


def pin(request: Request) -> Request:
    """The same request with its paths absolute, so that `reload` reads them from any working directory."""
    pinned = request.copy()
    config, given = request["config"], request.get("snapshot")
    named = {name: path for name, path in (("config", config), ("snapshot", given)) if path not in (..., None)}
    pinned.setdefault("found", frozenset(name for name, path in named.items() if not paths.is_absolute(path)))
    if config is ...:
        pinned.setdefault("start", paths.working_folder())
    elif config is not None:
        pinned["config"] = paths.absolute(config)
    if given is not None:
        pinned["snapshot"] = paths.absolute(given)
    return pinned


def build(request: Request) -> Snapshot:
    """A snapshot from the files and arguments of a request; nothing is published."""
    request = pin(request)
    found = request.get("found", ())
    folder = paths.find(request["config"], request.get("start"), found="config" in found)
    current = in_use(folder, request.get("snapshot"), given_found="snapshot" in found)
    file = current.file
    module, overrides = request.get("overrides_module"), request.get("overrides")
    code: Code = request.get("code", "trusted")
    changes: Changes | None = None
    from_program: Statements = FrozenDict()
    named = current.found and current.config is not None and not current.config_is_found
    if overrides.__class__ is dict and not overrides:
        overrides = None
    given = overrides is not None or module is not None  # an object of a program may count as false
    if not current.is_merged or given or named or (code != "none" and "overrides_module" in file.header):
        from llm_models import pipeline

        file, changes = pipeline.merge_application(current, overrides=overrides, behaviour=module, code=code)
        if current.found and any(layer.by_program for layer in changes.layers):
            from llm_models.endpoints import statements

            from_program = statements(changes.layers)
    allow, deny = _read(request.get("allow")), _read(request.get("deny"))
    try:
        built = Snapshot(file, request.get("prefer"), allow, deny, current.remembers)
        if deny and current.found and (more := _kept(deny, built, current)):
            built = Snapshot(file, request.get("prefer"), allow, more, current.remembers)
    except _emptiness() as error:
        from llm_models import pipeline

        raise pipeline.emptied(error, current, changes, {"allow": allow, "deny": deny}) from None
    built.found, built.from_program = current.found, from_program
    built.named = request.get("snapshot") is not None and "snapshot" not in found
    return built


def _emptiness() -> type[EmptyCatalogError]:
    """The class of the error about a catalogue without models, which is imported only when a build fails."""
    from llm_models.errors import EmptyCatalogError

    return EmptyCatalogError


def _read(table: Any) -> Any:
    """A filter with its patterns read, which may be generators; what is not a table or not a list as it is."""
    if not hasattr(table, "items"):
        return table
    plain = dict(table.items())
    lists = {
        name: [*globs] for name, globs in plain.items() if hasattr(globs, "__iter__") and not isinstance(globs, str)
    }
    return plain | lists


def _kept(deny: Mapping[str, Any], built: Snapshot, current: InUse) -> dict[str, list[str]] | None:
    """`deny` by provider id, with what it hides without the files that were found; None where that is no more.

    Only where one of these files is not trusted.
    """
    from llm_models.bans import hidden_in, lost_globs
    from llm_models.in_use import base_of, packaged
    from llm_models.patterns import spread
    from llm_models.trust import distrusted

    if distrusted(current.found) is None:
        return None
    view = built.view
    deny = spread(deny, view.known)
    by_id = ((view.file.provider_id(name), patterns) for name, patterns in deny.items())
    table = {provider: [*patterns] for provider, patterns in by_id if provider is not None}  # others are gone
    more = False
    bases = (base_of(built.file), packaged())
    for provider, patterns in table.items():
        globs = [*lost_globs(bases, provider, patterns, view.file.block(provider).id_of)]
        patterns.extend(globs)
        more = more or bool(globs)
    for base in bases:
        for _, provider, model_id in hidden_in(base, deny):
            row = view.file.block(provider).rows.get(model_id) if provider in view.known else None
            if row is not None and view.hidden(provider, row) is None:
                table.setdefault(provider, []).append(model_id)
                more = True
    return table if more else None

"""Endpoints: from a model to the base URL, the variables for the key, and the id to send; the only way there.

Where an untrusted file was found, an address is given out only if the packaged catalogue or an argument of `load()`
states it for that provider. See `trust`.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from functools import cache
from glob import escape
from itertools import chain
from typing import TYPE_CHECKING, Any, NamedTuple

from llm_models import config, paths
from llm_models.errors import UntrustedEndpointError, printable, quoted
from llm_models.filters import compile_glob
from llm_models.frozen import freeze
from llm_models.in_use import base_of
from llm_models.snapshot_file import SnapshotFile
from llm_models.trust import distrusted, how_to_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from llm_models.layers import Entry, Layer
    from llm_models.paths import FoundFile
    from llm_models.records import Model, Provider

    Statements = Mapping[str, Mapping[str, tuple[Any, ...]]]
    """Provider -> what the program stated: `base_url` and `env`, values; `models`, pairs of a glob and names."""

SETTINGS = ("_ACCOUNT", "_ACCOUNT_ID", "_BASE_URL", "_ENDPOINT", "_GATEWAY_ID", "_HOST", "_LOCATION", "_PROJECT",
            "_REGION", "_RESOURCE_NAME", "_URL")  # fmt: skip
"""Endings of variables that hold settings: providers list these together with the variable for their key."""

_PLACEHOLDER = re.compile(r"\$\{([^}]*)\}")


class Endpoint(NamedTuple):
    """Where a request to a model goes, and with which key.

    `base_url` is None where no source states one: the provider's own client knows it. It may contain `${NAME}`, which
    the user must fill in; `settings` lists these variables, and others of the provider that hold no key. The key is in
    the first of `key_variables` that is set. `model_id` is the id to send.
    """

    base_url: str | None
    key_variables: tuple[str, ...]
    settings: tuple[str, ...]
    model_id: str


def own_address(record: Mapping[str, Any]) -> str | None:
    """The base URL that a model has for itself, other than its provider's: `extra.provider.api` of its record."""
    own = record.get("extra", {}).get("provider")
    address = own.get("api") if isinstance(own, Mapping) else None
    return address if isinstance(address, str) else None


def endpoint_of(
    model: Model,
    provider: Provider,
    file: SnapshotFile,
    found: Sequence[FoundFile],
    from_program: Statements,
    named: bool,
    base_url: str | None = None,
    with_key: bool = False,
) -> Endpoint:
    """The endpoint of a model of `file`; see `llm_models.endpoint`. The next three are attributes of the snapshot.

    Raises `UntrustedEndpointError`.
    """
    base_url = base_url or None  # an empty one is not given, and must not skip a check
    own = own_address({"extra": model.extra})
    url = provider.base_url if own is None else own
    placeholders = _PLACEHOLDER.findall(url or "")
    settings = tuple(name for name in provider.env if name in placeholders or name.endswith(SETTINGS))
    keys = () if with_key else tuple(name for name in provider.env if name not in settings)
    endpoint = Endpoint(base_url or url, keys, settings, model.provider_model_id)
    if found:
        known = [_packaged(paths.PACKAGED_SNAPSHOT)]
        if named:
            known.append(base_of(file))
        asked = _Asked(model, endpoint, None if base_url else ("extra", "provider", "api") if own else ("base_url",))
        claim = next(_claims(asked, file, known, from_program.get(model.provider, {}), with_key), None)
        untrusted = None if claim is None else distrusted(found)
        if claim is not None and untrusted is not None:
            raise _untrusted(model, *claim, file, found)
    return endpoint


class _Asked(NamedTuple):
    """A model, its endpoint, and the path of the field that states the base URL; None where the caller gave it."""

    model: Model
    endpoint: Endpoint
    address: tuple[str, ...] | None


def _claims(
    asked: _Asked, file: SnapshotFile, known: Sequence[SnapshotFile], stated: Mapping[str, Any], with_key: bool
) -> Iterator[tuple[str, tuple[str, ...]]]:
    """What neither the `known` catalogues nor the program (`stated`) state: in words, and the path of its field."""
    model, endpoint, address = asked
    blocks = [each.block(model.provider) for each in known if each.holds(model.provider)]
    records = [block.provider for block in blocks]
    url, addresses = endpoint.base_url, [*(record.get("base_url") for record in records), *stated.get("base_url", ())]
    if address is not None and url not in addresses:
        lines = chain.from_iterable(block.models() for block in blocks)
        if url is None or url not in map(own_address, lines):
            yield f"its base URL {quoted(url)}" if url else "that it has no base URL", address
    if not with_key:
        variables = {*chain.from_iterable(record.get("env", ()) for record in records), *stated.get("env", ())}
        for name in (*endpoint.key_variables, *endpoint.settings):
            if _folded(name) not in map(_folded, variables):
                yield f"the variable {quoted(name)}", ("env",)
    own = [values for entry, values in stated.get("models", ()) if compile_glob(entry)(model.id)]
    ids = [(each.stated(*model.key) or {}).get("provider_model_id") for each in known]
    if endpoint.model_id not in (model.id, *ids, *(values.get("provider_model_id") for values in own)):
        yield f"the id {quoted(endpoint.model_id)}, which is sent for it,", ("provider_model_id",)
    served = file.block(model.provider).aliases
    for name in (*model.aliases, *(alias for alias, model_id in served.items() if model_id == model.id)):
        meant = {name if name in block.rows else block.aliases.get(name, model.id) for block in blocks}
        if meant and model.id not in meant and not any(name in values.get("aliases", ()) for values in own):
            yield f"the name {quoted(name)} (otherwise that of '{printable(min(meant))}')", ("aliases",)


@cache
def _packaged(path: str) -> SnapshotFile:
    return SnapshotFile.open(path)


def _folded(name: str) -> str:
    """A variable's name as the system compares it."""
    return name.upper() if os.name == "nt" else name


def statements(layers: Iterable[Layer]) -> Statements:
    """What those of `layers` that are the program's own state about addresses, by provider; immutable."""
    stated: dict[str, dict[str, list[Any]]] = {}
    for layer in layers:
        for entry in (*layer.providers, *layer.models) if layer.by_program else ():
            fields = entry.fields
            of_provider = stated.setdefault(entry.provider, {"base_url": [], "env": [], "models": []})
            addresses = (fields.get("base_url"), own_address(fields))
            of_provider["base_url"] += [address for address in addresses if address is not None]
            of_provider["env"] += fields.get("env", ())
            names = {name: fields[name] for name in ("provider_model_id", "aliases") if name in fields}
            if names:
                of_provider["models"].append((entry.match or escape(entry.id), names))
    frozen: Statements = freeze(stated)
    return frozen


def _untrusted(
    model: Model, what: str, path: tuple[str, ...], file: SnapshotFile, found: Sequence[FoundFile]
) -> UntrustedEndpointError:
    """The error that names the value, where it is stated, and the ways out."""
    location = printable(next((each[0] for each in found if each[0] == file.name), found[0][0]))
    for name in [each[0] for each in found if each[0] != file.name]:
        line = _line(file.config(), name, model, path)
        if line is not None:
            location = printable(f"{name}:{line}")
    text = f"{printable(model.spec)}: {what} is stated by {location}, which was found, not named"
    ways = how_to_name(found, file.name)
    return UntrustedEndpointError(
        f"{text}, so no key and no prompt goes there. {ways}", spec=model.spec, location=location
    )


def _line(text: bytes | None, name: str, model: Model, path: tuple[str, ...]) -> int | None:
    """The line of a configuration that states the field `path` of the model, or of its provider; None if none does.

    The origins in a snapshot file do not count, because a file that was found could claim any.
    """
    document = config.parse(text or b"", name)
    if document.problems or document.data is None:
        return None
    layer = config.layer_of(document, name)
    of_model = path[0] in {"extra", "provider_model_id", "aliases"}
    entries: Iterable[Entry] = layer.models if of_model else layer.providers
    for entry in reversed([*entries]):
        applies = not of_model or (compile_glob(entry.match)(model.id) if entry.match else entry.id == model.id)
        if entry.provider == model.provider and applies:
            stated = path if entry.states(*path) else ("omit",) if path in entry.omitted else None
            if stated is not None:
                line: int | None = entry.line(stated)
                return line
    return None

"""Endpoints: from a model to the base URL, the variables for the key, and the id to send; the only way there.

Where an untrusted file was found, an address is given out only if the packaged catalogue or an argument of `load()`
states it for that provider. See `trust`.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from functools import cache
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

    Statements = Mapping[str, Mapping[str, tuple[str, ...]]]
    """Provider -> `base_url`, `env` and `provider_model_id` -> the values that the program stated."""

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
        stated = from_program.get(model.provider, {})
        known = [_packaged(paths.PACKAGED_SNAPSHOT)]
        if named:
            known.append(base_of(file))
        claim = next(_claims(endpoint, model, own, stated, known, base_url, with_key), None)
        untrusted = None if claim is None else distrusted(found)
        if claim is not None and untrusted is not None:
            raise _untrusted(model, *claim, file, found, untrusted)
    return endpoint


def _claims(
    endpoint: Endpoint,
    model: Model,
    own: str | None,
    stated: Mapping[str, Any],
    known: Sequence[SnapshotFile],
    base_url: str | None,
    with_key: bool,
) -> Iterator[tuple[str, tuple[str, ...]]]:
    """What neither the `known` catalogues nor the program state: in words, and the path of its field."""
    files = [file for file in known if file.holds(model.provider)]
    records = [file.block(model.provider).provider for file in files]
    url, addresses = endpoint.base_url, [*(record.get("base_url") for record in records), *stated.get("base_url", ())]
    if base_url is None and url not in addresses:
        lines = chain.from_iterable(file.block(model.provider).models() for file in files)
        if url is None or url not in map(own_address, lines):
            what = f"its base URL {quoted(url)}" if url else "that it has no base URL"
            yield what, ("base_url",) if own is None else ("extra", "provider", "api")
    if not with_key:
        variables = {*chain.from_iterable(record.get("env", ()) for record in records), *stated.get("env", ())}
        for name in (*endpoint.key_variables, *endpoint.settings):
            if _folded(name) not in map(_folded, variables):
                yield f"the variable {quoted(name)}", ("env",)
    ids = [(file.stated(*model.key) or {}).get("provider_model_id") for file in files]
    if endpoint.model_id not in (model.id, *ids, *stated.get("provider_model_id", ())):
        yield f"the id {quoted(endpoint.model_id)}, which is sent for it,", ("provider_model_id",)


@cache
def _packaged(path: str) -> SnapshotFile:
    return SnapshotFile.open(path)


def _folded(name: str) -> str:
    """A variable's name as the system compares it."""
    return name.upper() if os.name == "nt" else name


def statements(layers: Iterable[Layer]) -> Statements:
    """What the arguments of `load()` among `layers` state about addresses, by provider; immutable."""
    stated: dict[str, dict[str, list[Any]]] = {}
    for layer in layers:
        for entry in (*layer.providers, *layer.models) if layer.by_program else ():
            fields = entry.fields
            values = {
                "base_url": (fields.get("base_url"), own_address(fields)),
                "env": fields.get("env", ()),
                "provider_model_id": (fields.get("provider_model_id"),),
            }
            for name, items in values.items():
                of_provider = stated.setdefault(entry.provider, {}).setdefault(name, [])
                of_provider += [item for item in items if item is not None]
    frozen: Statements = freeze(stated)
    return frozen


def _untrusted(
    model: Model, what: str, path: tuple[str, ...], file: SnapshotFile, found: Sequence[FoundFile], untrusted: FoundFile
) -> UntrustedEndpointError:
    """The error that names the value, where it is stated, and the two ways out."""
    stated_by = next((each for each in found if not each[0].endswith(".toml")), untrusted)
    location = printable(stated_by[0])
    for each in found:
        line = _line(file.config(), each[0], model, path) if each[0].endswith(".toml") else None
        if line is not None:
            stated_by, location = each, printable(f"{each[0]}:{line}")
    text = f"{printable(model.spec)}: {what} is stated by {location}, which was found, not named"
    why = f"{text}, so no key and no prompt goes there. {how_to_name(stated_by)}"
    return UntrustedEndpointError(why, spec=model.spec, location=location)


def _line(text: bytes | None, name: str, model: Model, path: tuple[str, ...]) -> int | None:
    """The line of a configuration that states the field `path` of the model, or of its provider; None if none does.

    The origins in a snapshot file do not count, because a file that was found could claim any.
    """
    document = config.parse(text or b"", name)
    if document.problems or document.data is None:
        return None
    layer = config.layer_of(document, name)
    of_model = path[0] in {"extra", "provider_model_id"}
    entries: Iterable[Entry] = layer.models if of_model else layer.providers
    for entry in reversed([*entries]):
        applies = not of_model or (compile_glob(entry.match)(model.id) if entry.match else entry.id == model.id)
        if entry.provider == model.provider and applies and entry.states(*path):
            line: int | None = entry.line(path)
            return line
    return None

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
from llm_models.block import NAMES
from llm_models.canonical import canonical
from llm_models.errors import InvalidArgumentError, SnapshotError, printable, quoted
from llm_models.frozen import freeze
from llm_models.in_use import base_of
from llm_models.modelspec import fold_provider
from llm_models.patterns import matcher
from llm_models.snapshot_file import SnapshotFile
from llm_models.trust import UntrustedEndpointError, distrusted, how_to_name, how_to_set

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from llm_models.block import Block
    from llm_models.layers import Entry, Layer
    from llm_models.paths import FoundFile
    from llm_models.patterns import IdOf
    from llm_models.records import Model, Provider

    Claim = tuple[str, tuple[str, ...]]
    """What a file that was found states, in words, and the path of its field."""
    Statements = Mapping[str, Mapping[str, tuple[Any, ...]]]
    """Provider -> what the program stated: `ADDRESSES`, `env` and `aliases`, values; `models`, triples of a pattern or
    None, an id, and values."""

SETTINGS = ("_ACCOUNT", "_ACCOUNT_ID", "_BASE_URL", "_ENDPOINT", "_GATEWAY_ID", "_HOST", "_LOCATION", "_PROJECT",
            "_PROJECT_ID", "_REGION", "_RESOURCE_NAME", "_URL")  # fmt: skip
"""Endings of variables that hold settings: providers list these together with the variable for their key."""

ADDRESSES = ("base_url", "openai_base_url")
"""The fields of a provider that are addresses."""

_PLACEHOLDER = re.compile(r"\$\{([^}]*)\}")


class _Parts(NamedTuple):
    base_url: str | None
    """Where requests go. None where no source states it: the provider's own client knows it. It may contain `${NAME}`,
    which the user must fill in."""
    key_variables: tuple[str, ...]
    """The variables for the key: it is in the first of them that is set."""
    settings: tuple[str, ...]
    """The variables of the provider that hold no key, such as those in `base_url`."""
    model_id: str
    """The id to send."""
    openai_base_url: str | None
    """The base URL for clients of OpenAI's API: `base_url`, unless the provider has another one for them."""


class Endpoint(_Parts):
    """Where a request to a model goes, and with which key."""

    needs_key: bool | None = None
    """False where the provider states `env = []`, True where a variable for the key is known, else None. It is no item
    of the tuple."""


def own_address(record: Mapping[str, Any]) -> str | None:
    """The base URL that a model has for itself, other than its provider's: `extra.provider.api` of its record."""
    own = record.get("extra", {}).get("provider")
    address = own.get("api") if isinstance(own, Mapping) else None
    return address if isinstance(address, str) else None


def keys_of(variables: Sequence[str], *urls: str | None) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The variables of a provider that hold its key, and those that hold settings: for requests to one of `urls`."""
    placeholders = [name for url in urls for name in _PLACEHOLDER.findall(url or "")]
    settings = tuple(name for name in variables if name in placeholders or name.endswith(SETTINGS))
    return tuple(name for name in variables if name not in settings), settings


def destinations(provider: Mapping[str, Any], own: object) -> list[tuple[str | None, str | None]]:
    """Each variable for the key, and each base URL, that `endpoint()` gives together for a model of this provider.

    `provider` has the values of its record, and `own` is the model's own address, if it has one. The variable is None
    where the provider has none for a key, the base URL where no source states one.
    """
    own = own if isinstance(own, str) else None
    url = provider.get("base_url") if own is None else own
    urls = dict.fromkeys((url, (own is None and provider.get("openai_base_url")) or url))
    keys, _ = keys_of(provider.get("env") or (), *urls)
    return [(key, one) for one in urls for key in keys or (None,)]


def wire_id(model: Model) -> str:
    """The id to send for a model that was asked for; see `llm_models.wire_id`."""
    return model.provider_model_id if model.requested == model.id else model.requested


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

    Raises `UntrustedEndpointError`, `InvalidArgumentError` for an address that is not text, and `SnapshotError` for a
    model's own address that is none.
    """
    if base_url is not None and not isinstance(base_url, str):
        raise InvalidArgumentError(f"base_url: expected text or None (found {type(base_url).__name__})")
    base_url = base_url or None  # an empty one is not given, and must not skip a check
    own = own_address({"extra": model.extra})
    if own is not None and not base_url and (not (own.isascii() and own.isprintable()) or " " in own):
        why = "'llm-models validate' names its line; 'llm-models activate' builds a damaged snapshot again"
        text = f"{printable(model.spec)}: extra.provider.api is not a base URL (found {quoted(own)}). {why}"
        raise SnapshotError(text, path=file.name)
    url = provider.base_url if own is None else own
    its_own = url if own is not None else provider.openai_base_url or url
    keys, settings = keys_of(provider.env, url, its_own)
    for_openai = base_url or its_own
    no_key = file.block(model.provider).provider.get("env") == []
    endpoint = Endpoint(base_url or url, () if with_key else keys, settings, wire_id(model), for_openai)
    endpoint.needs_key = len(provider.env) > len(settings) or (False if no_key else None)
    if found:
        files = [base_of(file)] if named else []
        blocks = [
            one.block(model.provider)
            for one in (*files, _packaged(paths.PACKAGED_SNAPSHOT))
            if one.holds(model.provider)
        ]
        block = file.block(model.provider)
        known = _Known(model, blocks, from_program.get(model.provider, {}), block.id_of)
        to_provider = {alias for alias, owner in file.aliases.items() if owner == model.provider}
        claims = chain(known.strange_names(model.provider_model_id, block), known.strange_aliases(to_provider))
        if base_url is None:
            claims = chain(known.strange_address(url, own is not None), claims)
            if own is None:
                claims = chain(known.strange_openai_address(provider.openai_base_url), claims)
        if not with_key:
            claims = chain(claims, known.strange_variables(provider.env))
        claim = next(claims, None)
        if claim is not None and distrusted(found) is not None:
            raise _untrusted(model, *claim, file, found)
    return endpoint


class _Known:
    """What the program (`stated`), or else the strongest of `blocks`, states of a model and of its provider.

    Each method yields what differs from that: in words, and the path of its field.
    """

    def __init__(self, model: Model, blocks: Sequence[Block], stated: Mapping[str, Any], id_of: IdOf) -> None:
        self.model = model
        self.blocks = blocks
        self.stated = stated
        self.lines = [block.model(block.rows[model.id]) for block in blocks if model.id in block.rows]
        self.own: list[Mapping[str, Any]] = []
        self.rest: list[Mapping[str, Any]] = []
        for match, model_id, names in stated.get("models", ()):
            (self.own if _is_about(match, model_id, model, id_of) else self.rest).append(names)

    def _of_provider(self, name: str, default: Any) -> Sequence[Any]:
        """The values of a provider's field. Where the program states it, no other value counts."""
        if self.stated.get(name):
            return self.stated[name]  # type: ignore[no-any-return]
        return [self.blocks[0].provider.get(name, default)] if self.blocks else [default] if self.stated else []

    def strange_address(self, url: str | None, is_own: bool) -> Iterator[Claim]:
        """A base URL; `is_own`: the model has it for itself."""
        own = [names["api"] for names in self.own if "api" in names]
        own = own or [address for line in self.lines if (address := own_address(line)) is not None][:1]
        if url not in (*own, *self._of_provider("base_url", None)):
            what = f"its base URL {quoted(url)}" if url else "that it has no base URL"
            yield what, ("extra", "provider", "api") if is_own else ("base_url",)

    def strange_openai_address(self, url: str | None) -> Iterator[Claim]:
        """A base URL for clients of OpenAI's API, where the provider has one."""
        if url is not None and url not in self._of_provider("openai_base_url", None):
            yield f"its base URL for OpenAI clients, {quoted(url)},", ("openai_base_url",)

    def strange_variables(self, names: Sequence[str]) -> Iterator[Claim]:
        """Variables for keys and settings."""
        known = {_folded(name) for listed in self._of_provider("env", ()) for name in listed}
        for name in names:
            if _folded(name) not in known:
                yield f"the variable {quoted(name)}", ("env",)

    def strange_names(self, model_id: str, served: Block) -> Iterator[Claim]:
        """The id to send, and the other names that lead to the model: both decide which model answers.

        A served id is sent as it was asked for, so it must be known as one.
        """
        sent = {self.model.id, *(line.get("provider_model_id", self.model.id) for line in self.lines)}
        if model_id not in (*sent, *(names.get("provider_model_id") for names in self.own)):
            yield f"the id {quoted(model_id)}, which is sent for it,", ("provider_model_id",)
        for field, table in served.tables().items():
            known = [block.served for block in self.blocks]
            if field == "aliases":
                known += [block.aliases for block in self.blocks]
            stated = {name for name, model_id in table.items() if model_id == self.model.id}
            for name in sorted(stated.union(getattr(self.model, field))):
                of_program = any(name in names.get(field, ()) for names in self.own)
                if not of_program and all(one.get(name) != self.model.id for one in known):
                    yield f"the {'alias' if field == 'aliases' else 'served id'} {quoted(name)}", (field,)
        if any(self.model.id in _named(names) for names in self.rest) or any(
            block.serves(self.model.id) for block in self.blocks if self.model.id not in block.rows
        ):
            yield f"the id {quoted(self.model.id)}, otherwise another name of another model,", ("id",)

    def strange_aliases(self, aliases: set[str]) -> Iterator[Claim]:
        """Names that lead to the provider: they decide who answers."""
        stated = [*self.stated.get("aliases", ()), *(block.provider.get("aliases", ()) for block in self.blocks)]
        for alias in sorted(aliases.difference(map(fold_provider, chain(*stated)))):
            yield f"the alias {quoted(alias)} of its provider", ("providers", "aliases")


@cache
def _packaged(path: str) -> SnapshotFile:
    return SnapshotFile.open(path)


def _named(fields: Mapping[str, Any]) -> list[str]:
    """The served ids and aliases among the fields of a model."""
    return [*chain(*(fields.get(field, ()) for field in NAMES))]


def _is_about(match: str | None, model_id: str, model: Model, id_of: IdOf) -> bool:
    """Whether an entry with that `match`, or else that id, is about a model."""
    return model_id == model.id if match is None else matcher(match, id_of, model.provider)([model.id])


def _folded(name: str) -> str:
    """A variable's name as the system compares it."""
    return name.upper() if os.name == "nt" else name


def statements(layers: Iterable[Layer]) -> Statements:
    """What those of `layers` that are the program's own state about addresses, by provider; immutable."""
    stated: dict[str, dict[str, list[Any]]] = {}
    for layer in layers:
        for entry in (*layer.providers, *layer.models) if layer.by_program else ():
            fields = entry.fields
            of_provider = stated.setdefault(
                entry.provider, {**{name: [] for name in ADDRESSES}, "env": [], "aliases": [], "models": []}
            )
            for name in ADDRESSES:
                if name in fields or (name,) in entry.omitted:
                    of_provider[name].append(fields.get(name))
            if "env" in fields:
                of_provider["env"].append(fields["env"])
            if entry.path[:1] == ("providers",):
                of_provider["aliases"].append(fields.get("aliases", ()))
                continue
            names: dict[str, Any] = {name: fields[name] for name in ("provider_model_id", *NAMES) if name in fields}
            if (api := own_address(fields)) is not None:
                names["api"] = api
            if names:
                of_provider["models"].append((entry.match, entry.id, names))
    frozen: Statements = freeze(stated)
    return frozen


def _untrusted(
    model: Model, what: str, path: tuple[str, ...], file: SnapshotFile, found: Sequence[FoundFile]
) -> UntrustedEndpointError:
    """The error that names the value, where it is stated, and the ways out."""
    location = printable(next((each[0] for each in found if each[0] == file.name), found[0][0]))
    for name in [each[0] for each in found if each[0] != file.name]:
        line = _line(file, name, model, path)
        if line is not None:
            location = printable(f"{name}:{line}")
    text = f"{what} is stated by {location}, which was found, not named, so no key and no prompt goes there"
    message = f"{printable(model.spec)}: {text}. {how_to_name(found, file.name)}"
    problem = f"{text}. {how_to_set(found, file.name)}"
    return UntrustedEndpointError(message, spec=model.spec, location=location, problem=problem)


def _line(file: SnapshotFile, name: str, model: Model, path: tuple[str, ...]) -> int | None:
    """The line of a configuration that states the field `path` of the model, or of its provider; None if none does.

    The origins in a snapshot file do not count, because a file that was found could claim any.
    """
    document = config.parse(file.config() or b"", name)
    if document.problems or document.data is None:
        return None
    layer = canonical(config.layer_of(document, name), file)
    path = path[1:] if (of_provider := path[0] == "providers") else path
    of_model = not of_provider and path[0] in {"extra", "provider_model_id", "id", *NAMES}
    entries: Iterable[Entry] = layer.models if of_model else layer.providers
    for entry in reversed([*entries]):
        applies = not of_model or _is_about(entry.match, entry.id, model, file.block(model.provider).id_of)
        if entry.provider == model.provider and applies:
            stated = path if entry.states(*path) or path == ("id",) else ("omit",) if path in entry.omitted else None
            if stated is not None:
                line: int | None = entry.line(stated)
                return line
    return None

"""The process's published catalogue: loading, swapping, and the questions to it; standard library only.

Readers take no lock: they pick up one reference. One writer at a time builds a snapshot, numbers it and swaps
that reference; a build that fails leaves everything as it was.
"""

from __future__ import annotations

import os
from _thread import RLock

from llm_models.request import build, pin

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from typing import Any, Unpack

    from llm_models.choices import Choice
    from llm_models.endpoints import Endpoint
    from llm_models.errors import ConfigError
    from llm_models.filters import Allow, Deny
    from llm_models.frozen import ModelKey
    from llm_models.modelspec import Style
    from llm_models.records import Capabilities, Model, Provider
    from llm_models.request import Request
    from llm_models.snapshot import Snapshot, Spec

_published: Snapshot | None = None
_request: Request | None = None
_PATIENCE = 60.0
"""Seconds after which it is asked whether one and the same build still keeps another thread waiting."""
_writing: dict[str, Any] = {}
"""The `lock` of the writers, and what the thread that holds it is `building`.

A child forked while a writer held the lock must not wait for a thread that it does not have, so the child clears this.
"""

if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_writing.clear)  # a function of ours would keep all modules until the end


def load(
    config: str | os.PathLike[str] | None = ...,  # type: ignore[assignment]
    *,
    snapshot: str | os.PathLike[str] | None = None,
    overrides: Mapping[str, Any] | None = None,
    overrides_module: Any = None,
    prefer: Sequence[str] | None = None,
    allow: Allow = None,
    deny: Deny = None,
    publish: bool = True,
) -> Snapshot:
    """Build the catalogue and publish it; the snapshot is returned.

    `config` is the absolute path of an `llm_models.toml`; left out, it is looked for; None reads no file. `snapshot` is
    that of a snapshot file in place of the packaged one. A file with a relative path is read, but counts as found, not
    named: it decides neither which code runs nor where a key goes, unless code from its folder is part of the process.
    `overrides` is a mapping in the shape of `llm_models.toml`, `overrides_module` a behaviour module or its name.
    `prefer`, `allow` and `deny` are the strongest layer. With `publish=False` nothing but the return value changes,
    and its epoch is 0.

    Raises `ConfigError`, `SnapshotError`, `EmptyCatalogError`, or `UnknownProviderError` for `prefer`; what was
    published stays published.

    >>> llm_models.load(config=None, deny={"openai": ["*-preview"]}).allowed("openai:gpt-5.4-mini")
    True
    """
    request: Request = {
        "config": config,
        "snapshot": snapshot,
        "overrides": overrides,
        "overrides_module": overrides_module,
        "prefer": prefer,
        "allow": allow,
        "deny": deny,
    }
    return _publish(request) if publish else build(request)


def reload() -> Snapshot:
    """The last `load()` again, from the same paths: an edit or an activation since is seen. Errors are those of `load`.

    >>> llm_models.reload().epoch == llm_models.epoch()
    True
    """
    return _publish(_request or {"config": ...})


def snapshot() -> Snapshot:
    """The published snapshot; the first call loads with defaults, and then its errors are those of `load`.

    >>> catalogue = llm_models.snapshot()
    >>> catalogue.get_model("openai", "gpt-5.4-mini") is llm_models.get_model("openai", "gpt-5.4-mini")
    True
    """
    return _publish({"config": ...}, only_first=True) if _published is None else _published


def epoch() -> int:
    """The number of the published snapshot; 0 before the first. A larger one means that the answers may be new.

    >>> llm_models.load(config=None).epoch == llm_models.epoch() > 0
    True
    """
    return 0 if _published is None else _published.epoch


def _refused(why: str) -> ConfigError:
    from llm_models.errors import ConfigError

    return ConfigError(f"{why}. For the data below it, call load(config=None, publish=False)")


def _publish(request: Request, *, only_first: bool = False) -> Snapshot:
    """Build a catalogue and publish it; with `only_first`, one that another thread has published meanwhile will do."""
    global _published, _request
    lock: RLock = _writing.setdefault("lock", RLock())
    before = None
    while not lock.acquire(timeout=_PATIENCE):
        now = _writing.get("building")
        if now is not None and now is before:
            raise _refused("another thread has loaded for too long: a behaviour module must not wait for this thread")
        before = now
    try:
        if only_first and _published is not None:
            return _published
        if "building" in _writing:
            raise _refused("load() was called while this thread was loading: a behaviour module must not publish one")
        _writing["building"] = object()
        try:
            request = pin(request)
            built = build(request)
        finally:
            _writing.pop("building", None)
        built.epoch = epoch() + 1
        _request, _published = request, built  # from here on, readers see it
        return built
    finally:
        lock.release()


def list_providers() -> list[str]:
    """The ids of the providers with at least one model that is shown, sorted.

    >>> "openai" in llm_models.list_providers()
    True
    """
    return snapshot().list_providers()


def get_provider(provider: str) -> Provider:
    """The record of `provider`, in any spelling. Raises `UnknownProviderError`.

    >>> llm_models.get_provider("anthropic").name
    'Anthropic'
    """
    return snapshot().get_provider(provider)


def list_models(provider: str | None = None, *, allow: Allow = None, **choice: Unpack[Choice]) -> list[Model]:
    """The models of one provider, or of all, sorted by provider and id. The list is empty when no model fits.

    The conditions are those of `select`, but none holds by default: without any, all models are listed. With
    `order_by` or `prefer` the list is in the order of `candidates`. `allow` has the shape of `allow` in
    `llm_models.toml`, provider -> list of patterns or `"all"`, and narrows this answer only.

    Raises the errors of `select`, except `NoMatchError`, and `ConfigError` for an `allow` that is wrong.

    >>> [model.id for model in llm_models.list_models("openai", require=["embeddings"])][-1]
    'text-embedding-ada-002'
    """
    return snapshot().list_models(provider, allow=allow, **choice)


def get_model(provider: str, model_id: str) -> Model:
    """The model that `provider` (in any spelling) serves under the id `model_id`, or under another name that it has.

    Raises `UnknownProviderError`, `UnknownModelError`, or `ModelNotAllowedError` when `allow` or `deny` hides it.

    >>> llm_models.get_model("openai", "gpt-5.4-mini").limits.context
    400000
    """
    current = snapshot() if _published is None else _published
    try:
        return current.view.models[provider][model_id]  # what was met needs no second call
    except (KeyError, TypeError):
        return current.get_model(provider, model_id)


def endpoint(spec: Spec, *, base_url: str | None = None, with_key: bool = False) -> Endpoint:
    """Where a request to a model goes, with which key, and under which id; `spec` and errors as for `resolve`.

    `base_url` replaces the catalogue's, and then the caller decides where the key goes. With `with_key` the caller has
    the key, so no variables are given. Nothing is read from the environment, and nothing goes online.

    Raises `UntrustedEndpointError` where a file that was found, not named, states the address, the variables or the id,
    and neither the packaged catalogue nor an argument of `load()` does; `SnapshotError` for an address that is none.

    >>> llm_models.endpoint("openai:gpt-5.4-mini")[:2]
    ('https://api.openai.com/v1', ('OPENAI_API_KEY',))
    """
    return snapshot().endpoint(spec, base_url=base_url, with_key=with_key)


def capabilities(spec: Spec) -> Capabilities:
    """The capabilities of a model; `spec` and errors as for `resolve`.

    >>> llm_models.capabilities("openai:gpt-5.4-mini").tools.enabled
    True
    """
    return snapshot().capabilities(spec)


def allowed(spec: Spec) -> bool:
    """Whether `resolve(spec)` would succeed. Never raises an error about `spec`.

    >>> llm_models.allowed("openai:no-such-model")
    False
    """
    return snapshot().allowed(spec)


def select(**choice: Unpack[Choice]) -> Model:
    """The best model that fits: the first of `candidates`, with the same arguments.

    All conditions must hold; each may be left out or None:

    - `require`, `forbid`: names of capabilities that a model must have or lack (`llm_models.CAPABILITIES` has all), or
      mappings from name to yes or no. A flag that no source states counts as its default. With `unknown="likely"` one
      of `require` is also met where other records of the model have it, with `"yes"` wherever it is not stated.
    - `scope`: a provider, or several; `"all"` is the default.
    - `kind` (`chat` is the default, unless `kind`, `output` or embeddings are asked for), `family`: one of these.
    - `input`, `output`: modalities that it must take or return, such as `image`; `tags` that it must have.
    - `min_context`, `min_output`: tokens. `max_price_input`, `max_price_output`: USD per million tokens.
    - `released_after`: a day, `YYYY-MM-DD` or a date. `open_weights`: True or False.
    - `match`: a pattern such as `*:gpt-*-mini` over the model spec, or several of which one must match; in any case.
    - `lifecycle`: states that it may have: `ga`, `preview`, `deprecated`, `retired`, or `current` (all but retired, the
      default) on the day `at` (`YYYY-MM-DD` or a date, in UTC; default today).
    - `free`: True for models of which input and output cost 0 and the provider bills by usage; False for all others,
      also plans. `billing`: how the provider bills, `usage`, `plan`, `trial` or `local`, or several of these.
    - `workload`: what it must be able to take, as far as its limits and modalities are stated: a `Usage`, a mapping of
      its fields, text such as `input=8k,output=500,x=1000` (`x` is how often it occurs), or a list of these.
      `max_cost`: USD for the workload. Costs are those of `llm_models.cost`.

    Two more arguments decide which of the models that fit comes first; the rest is stated by `candidates`:

    - `prefer`: providers that come first, in this order (default: those of the configuration). It leaves none out.
    - `order_by`: `"release"` (default), `"price"`, `"cost"` (of the `workload`), `"context"` or `"id"`, or several.

    Errors, of which a program should expect the first:

    - `NoMatchError`: no model fits. It counts the models that each condition removed, and how many of them only because
      no source states the fact. So does a word that no model has as `kind`, `input`, `output`, `family` or `tags`.
    - `UnknownProviderError`, `UnknownCapabilityError`: a name in `scope`, `prefer`, `require` or `forbid` is mistyped.
    - `InvalidArgumentError`: a condition does not take this value. `UsageError`: a `workload` cannot be read.
    - `TypeError`: a condition does not exist.
    - The errors of `load`, such as `ConfigError`, where this is the first question of the program.

    >>> llm_models.select(require=["tools"], input="image", min_context=200_000, scope=["openai", "google"]).kind
    'chat'
    """
    return snapshot().select(**choice)


def candidates(**choice: Unpack[Choice]) -> list[Model]:
    """All models that fit, best first; the conditions and errors are those of `select`. The list may be empty.

    The order, from the most to the least important: deprecated models after all others; models for a special purpose
    (tagged `guard`, `moving`, `special`) after the rest, unless `tags` asks for them; the providers in `prefer` first,
    in this order (default: those of the configuration); released models before previews; `order_by`, one order or
    several; models at their makers before those of resellers; then provider and id. Without `order_by`, `prefer` and
    `scope`, models at their makers come before those of resellers, and then the newest release counts.

    `order_by`: `"release"` (newest first, the default), `"price"` (one token of input and one of output, in USD;
    cheapest first), `"cost"` (of the `workload`; cheapest first), `"context"` (tokens, largest first), `"id"`. What is
    unknown comes last in its order. Prices of 0 come after all others, unless `free=True`, and then those of plans and
    trials. A value far from that of the same model elsewhere (4 times in context, 8 times in price) comes after all
    that are plausible.

    >>> llm_models.candidates(scope="openai", order_by="price")[0].provider
    'openai'
    """
    return snapshot().candidates(**choice)


def parse_provider(text: str) -> str:
    """The id of the provider that `text` names, in any spelling or as other tools do. Raises `UnknownProviderError`.

    >>> llm_models.parse_provider("Google-Vertex")
    'google_vertex'
    """
    return snapshot().parse_provider(text)


def parse_spec(text: str) -> ModelKey:
    """The key that the model spec `text` names. The model need not exist, and the provider may be gone.

    Raises `InvalidSpecError`.

    >>> llm_models.parse_spec("gpt-5.4-mini@openai")
    ModelKey(provider='openai', id='gpt-5.4-mini')
    """
    return snapshot().parse_spec(text)


def format_spec(key: tuple[str, str], style: Style = "colon") -> str:
    """The model spec of a key: `"colon"` (`provider:id`), `"at"` (`id@provider`) or `"filename"` (safe as a file name).

    `parse_spec` reads all of them. Raises `InvalidSpecError` for another style, and when `key` is not a key.

    >>> llm_models.format_spec(("openai", "gpt-5.4-mini"), "at")
    'gpt-5.4-mini@openai'
    """
    return snapshot().format_spec(key, style)


def resolve(spec: Spec, *, scope: str | None = None, prefer: Iterable[str] | None = None) -> Model:
    """The model that `spec` names: a model spec, a pair of provider and id, a bare id, or a model.

    `scope` is the only provider, or `"all"`. If several providers serve a bare id, the first of them in `prefer` wins.

    Raises `AmbiguousModelError` when none of them is in `prefer`, `InvalidSpecError` for what is not a model spec,
    `UnknownProviderError`, `UnknownModelError`, `RetiredModelError` (one of these two) for a name that is gone, and
    `ModelNotAllowedError` when `allow` or `deny` hides the model.

    >>> llm_models.resolve("gpt-5.4-mini", scope="openai").spec
    'openai:gpt-5.4-mini'
    """
    return (snapshot() if _published is None else _published).resolve(spec, scope=scope, prefer=prefer)
